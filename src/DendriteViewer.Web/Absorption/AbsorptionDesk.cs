using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using Microsoft.Extensions.Caching.Memory;

namespace DendriteViewer.Web.Absorption;

/// <summary>Spectra of a cell that were read, and the files that could not be.</summary>
/// <param name="Items">The spectra, in the order of their files.</param>
/// <param name="Problems">A sentence for each file that cannot be read.</param>
public sealed record CellSpectra(IReadOnlyList<CellSpectrum> Items, IReadOnlyList<string> Problems)
{
    /// <summary>Nothing.</summary>
    public static readonly CellSpectra None = new([], []);
}

/// <summary>
/// Spectra of a cell for pages, exports and the report: they are read and computed when it is the turn of who asks. They are changed
/// through <see cref="CellActions"/>.
/// </summary>
public sealed class AbsorptionDesk(CellDesk cells, AnswerTurns turns, Budgets budgets, Failures failures) : IDisposable
{
    // Spectra that were read, for all viewers: 64 MiB hold some thousand of usual length. Curves are two doubles a point.
    private const long MostCachedBytes = 64L << 20;
    private const int BytesAPoint = 16, BytesASpectrum = 2048;

    // What ranking costs of a budget for pictures: 16 for the 4095 combinations of 12 references.
    private const double MegapixelsACombination = 16.0 / 4095, LeastMegapixels = 0.25;

    // Seconds of a processor, roughly: of a file by its bytes, of combinations by their number, of a spectrum with its mixture and spread.
    private const double BytesASecond = 4 << 20, CombinationsASecond = 1000;

    /// <summary>What normalising a spectrum and fitting its mixture takes of a processor, in seconds, roughly.</summary>
    public const double StudySeconds = 0.3;

    private readonly MemoryCache _read = new(new MemoryCacheOptions { SizeLimit = MostCachedBytes });

    /// <inheritdoc/>
    public void Dispose() => _read.Dispose();

    /// <summary>The settings of an edge among the settings of a cell.</summary>
    public static string KeyOf(string edge) => "absorption/" + edge.Replace(' ', '-');

    /// <summary>The recipe of an edge.</summary>
    /// <exception cref="OutOfRangeException">It cannot be read.</exception>
    public static AbsorptionRecipe RecipeOf(CellState cell, string edge) =>
        AbsorptionRecipe.Parse(cell.Settings.TryGetValue(KeyOf(edge), out var json) ? json : null);

    /// <summary>What belongs to the cell.</summary>
    public Task<CellState> StateAsync(Dataset dataset, CancellationToken ct) => cells.StateAsync(dataset, ct);

    /// <summary>Reads the spectra of a cell.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="cell">What belongs to it.</param>
    /// <param name="known">What was read before; files that are read the same way are not read again.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<CellSpectra> ReadAsync(
        string owner, Dataset dataset, CellState cell, CellSpectra known, CancellationToken ct)
    {
        var (items, problems) = (new List<CellSpectrum>(), new List<string>());
        foreach (var file in cell.Files.Where(f => f.Kind is CellFileKind.Spectrum or CellFileKind.Reference))
        {
            var before = known.Items.Where(s => s.File.Id == file.Id && s.File.Options == file.Options).ToArray();
            if (before.Length > 0)
            {
                items.AddRange(before.Select(s => s with { File = file }));
                continue;
            }

            try
            {
                items.AddRange(await ReadAsync(owner, dataset, file, ct));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                problems.Add(failures.Tell(e));
            }
        }

        return new(items, problems);
    }

    /// <summary>Fits all combinations of references, the best first, at the cost of who asks.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="study">The normalised spectra.</param>
    /// <param name="client">Whose budget is spent.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="BudgetSpentException">The budget is spent.</exception>
    public async Task<IReadOnlyList<MixtureFit>> RankAsync(
        string owner, AbsorptionStudy study, ClientKeys client, CancellationToken ct)
    {
        var combinations = (1 << study.References.Count) - 1;
        var megapixels = Math.Max(LeastMegapixels, MegapixelsACombination * combinations);
        using var spent = await budgets.SpendAsync(client, megapixels, ct, "rankings of combinations");
        return await RunAsync(owner, combinations / CombinationsASecond, () => study.Fitter().Combinations(ct), ct);
    }

    /// <summary>Computes something of spectra.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="seconds">What it takes of a processor, roughly.</param>
    /// <param name="work">The work.</param>
    /// <param name="ct">Gives up.</param>
    public Task<T> RunAsync<T>(string owner, double seconds, Func<T> work, CancellationToken ct) =>
        turns.RunAsync(owner, seconds, work, ct);

    /// <summary>Reads a file that somebody is about to add, as it would be read.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="name">Its name.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>
    /// What it holds, or the sentence that says why it cannot be read; and the names of its columns, where it has a choice.
    /// </returns>
    public async Task<SpectrumPreview> PreviewAsync(
        string owner, string name, byte[] bytes, CellFileOptions options, CancellationToken ct)
    {
        IReadOnlyList<string> columns = [];
        try
        {
            return await RunAsync(owner, bytes.Length / BytesASecond, () =>
            {
                columns = SpectrumReader.Columns(name, bytes);
                var file = new CellFile(Guid.Empty, CellFileKind.Spectrum, name, "", bytes.Length, "", default)
                {
                    Options = options.ToJson(),
                };
                return new SpectrumPreview(CellSpectrum.Of(file, bytes), columns, null);
            }, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new([], columns, failures.Tell(e));
        }
    }

    /// <summary>The sentence that a person is told of an exception.</summary>
    public string Tell(Exception exception) => failures.Tell(exception);

    // What a file's content, name and options lead to is the same in every dataset; what else is said of the file is not part of it.
    private async Task<IEnumerable<CellSpectrum>> ReadAsync(string owner, Dataset dataset, CellFile file, CancellationToken ct)
    {
        var key = (file.Sha256, file.Name, file.Options);
        if (!_read.TryGetValue(key, out IReadOnlyList<CellSpectrum>? spectra) || spectra is null)
        {
            var bytes = await cells.ReadAsync(dataset, file, ct);
            spectra = await RunAsync(owner, bytes.Length / BytesASecond, () => CellSpectrum.Of(file, bytes), ct);
            _read.Set(key, spectra, new MemoryCacheEntryOptions
            {
                Size = spectra.Sum(s => BytesASpectrum + ((long)BytesAPoint * s.Spectrum.Count)),
            });
        }

        return spectra.Select(s => s with { File = file });
    }
}

/// <summary>A file of spectra before it is added.</summary>
/// <param name="Spectra">What it holds; none where it cannot be read.</param>
/// <param name="Columns">Names of its columns, where there is a choice.</param>
/// <param name="Problem">Why it cannot be read.</param>
public sealed record SpectrumPreview(IReadOnlyList<CellSpectrum> Spectra, IReadOnlyList<string> Columns, string? Problem);
