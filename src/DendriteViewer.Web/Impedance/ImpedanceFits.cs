using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Analysis.Impedance.Processes;
using DendriteViewer.Analysis.Impedance.Relaxation;
using DendriteViewer.Web.Compute;
using Microsoft.Extensions.Caching.Memory;

namespace DendriteViewer.Web.Impedance;

/// <summary>
/// Computes what the pages show of impedance spectra, when it is the turn of who asks. What was computed lately is kept, by
/// what it was computed from: files are found by the checksum of their content, so that nothing kept can be of another file.
/// </summary>
/// <param name="turns">Whose turn it is.</param>
/// <param name="lanes">Where whole series are fitted, which a budget bounds.</param>
public sealed class ImpedanceFits(AnswerTurns turns, ComputeLanes lanes) : IDisposable
{
    /// <summary>Sweeps that a series may have; one of more is fitted in pieces.</summary>
    public const int MostSweeps = 1000;

    // A hundred sweeps of 60 points take some 10 s of a processor. The most is below what a budget may hold at least.
    private const double PointsAMegapixel = 600, MostMegapixels = 16;

    // Seconds of a processor, roughly: a file by its bytes, the rest by the points of a sweep. Arcs cost by their number, seven elements as
    // much as three arcs.
    private const double BytesASecond = 16 << 20, TestedASecond = 2000, FittedASecond = 600, RelaxedASecond = 20_000, UsualElements = 7;

    // Counted in hundreds of points.
    private const int MostKept = 40_000;

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = MostKept });
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _series = new();

    /// <inheritdoc/>
    public void Dispose() => _kept.Dispose();

    /// <summary>What fitting a series costs of a budget for pictures, in megapixels.</summary>
    /// <param name="points">The points of all its sweeps.</param>
    public static double SeriesMegapixels(long points) => Math.Clamp(points / PointsAMegapixel, 1, MostMegapixels);

    /// <summary>Reads a file.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="file">The file.</param>
    /// <param name="content">Its content, asked for where it is not kept.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="DendriteViewer.Analysis.MeasurementException">It cannot be read.</exception>
    public async Task<ImpedanceFile> ReadAsync(string owner, CellFile file, Func<Task<byte[]>> content, CancellationToken ct)
    {
        var key = ("file", file.Name, file.Sha256, file.Options);
        if (!_kept.TryGetValue(key, out ImpedanceFile? read))
        {
            var bytes = await content();
            read = await turns.RunAsync(owner, bytes.Length / BytesASecond, () => CellFileReader.Impedance(file, bytes), ct);
            Keep(key, read, read.Sweeps.Sum(s => s.Points));
        }

        return read!;
    }

    /// <summary>What is known of a sweep before any circuit.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="source">What the sweep is of: the checksum of its file, and how that was read.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="settings">What is left out.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ArgumentException">The mask is none, or leaves too few points.</exception>
    public async Task<PreparedSweep> PrepareAsync(
        string owner, string source, ImpedanceSweep sweep, ImpedanceSettings settings, CancellationToken ct)
    {
        var mask = settings.ParsedMask();
        var key = (source, sweep.Index, MaskKey(sweep, settings));
        if (!_kept.TryGetValue(key, out PreparedSweep? prepared))
        {
            prepared = await turns.RunAsync(owner, sweep.Points / TestedASecond, () => Prepare(sweep, mask, ct), ct);
            Keep(key, prepared, sweep.Points);
        }

        return prepared!;
    }

    /// <summary>Tests and fits a sweep.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="source">As above.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="settings">What is asked.</param>
    /// <param name="seriesCircuit">The circuit that suits the whole series, where it is known and none is given.</param>
    /// <param name="ct">Gives up: what was asked for since counts.</param>
    /// <param name="isTried">Whether constraints are being tried, so that few starts do; what is kept is fitted with all.</param>
    public async Task<SweepEvaluation> EvaluateAsync(
        string owner, string source, ImpedanceSweep sweep, ImpedanceSettings settings, Circuit? seriesCircuit, CancellationToken ct,
        bool isTried = false)
    {
        var prepared = await PrepareAsync(owner, source, sweep, settings, ct);
        var seconds = sweep.Points / FittedASecond * Math.Max(1, (settings.Circuit?.Count(char.IsLetter) ?? 0) / UsualElements);
        return await turns.RunAsync(owner, seconds, () => Fit(source, prepared, settings, seriesCircuit, isTried, ct), ct);
    }

    /// <summary>The distribution of relaxation times with a given strength of smoothing.</summary>
    public Task<DrtResult> RelaxAsync(string owner, PreparedSweep prepared, double lambda, CancellationToken ct) =>
        turns.RunAsync(owner, prepared.Points.Count / RelaxedASecond, () => new Drt(prepared.Points).At(lambda), ct);

    /// <summary>The profile of χ² of a parameter.</summary>
    public Task<ProfileInterval> ProfileAsync(
        string owner, SweepEvaluation evaluation, ImpedanceSettings settings, string name, CancellationToken ct) =>
        turns.RunAsync(owner, evaluation.Prepared.Points.Count / FittedASecond,
            () => ProfileLikelihood.Of(evaluation.Fit!, evaluation.Prepared.Points, settings.Fit, name, ct), ct);

    /// <summary>Fits a series; the same series asked for at the same time is fitted once.</summary>
    /// <param name="source">What the sweeps are of: checksums of their files, how they were read, their times, points turned.</param>
    /// <param name="sweeps">The sweeps in the order of time, with the hours that the page shows, and what is left out of each.</param>
    /// <param name="settings">What is asked.</param>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ArgumentException">There are too many sweeps, or the settings do not suit them.</exception>
    public async Task<SeriesEvaluation> SeriesAsync(
        string source, IReadOnlyList<(SweepPlace Place, ImpedanceSweep Sweep, PointMask? Mask)> sweeps, ImpedanceSettings settings,
        IProgress<double>? progress, CancellationToken ct)
    {
        if (sweeps.Count > MostSweeps)
        {
            throw new ArgumentException($"The series has {sweeps.Count} sweeps; {MostSweeps} are fitted at once. Upload it in parts.");
        }

        var key = $"series {source} {FitKey(settings)}";
        var turn = _series.GetOrAdd(key, _ => new(1, 1));
        await turn.WaitAsync(ct);
        try
        {
            if (!_kept.TryGetValue(key, out SeriesEvaluation? series))
            {
                var circuit = settings.ParsedCircuit();
                var fitted = await lanes[Urgency.Large].RunAsync(
                    () => SeriesFit.Run([.. sweeps.Select(s => (s.Sweep, s.Mask))], circuit, settings.Fit, ct, progress), ct);
                series = new(
                    [.. sweeps.Select(s => s.Place)], fitted, ResistanceGrowth.Of(fitted));
                Keep(key, series, 3 * sweeps.Sum(s => s.Sweep.Points));
            }

            return series!;
        }
        finally
        {
            turn.Release();
            _series.TryRemove(key, out _);
        }
    }

    /// <summary>The fitted series where it is kept; else null.</summary>
    public SeriesEvaluation? KeptSeries(string source, ImpedanceSettings settings) =>
        _kept.TryGetValue($"series {source} {FitKey(settings)}", out SeriesEvaluation? series) ? series : null;

    private SweepEvaluation Fit(
        string source, PreparedSweep prepared, ImpedanceSettings settings, Circuit? seriesCircuit, bool isTried, CancellationToken ct)
    {
        var (points, peaks) = (prepared.Points, prepared.Drt.Peaks);
        var free = new FitSettings { Weight = settings.Weight };
        IReadOnlyList<FitResult> models = [];
        FitResult? best = null, unbound = null, fit = null;
        string? problem = null;
        var began = Stopwatch.GetTimestamp();
        var took = 0d;
        try
        {
            // The comparison is of circuits without constraints, and is the same whatever is typed beside it.
            var masked = MaskKey(prepared.Sweep, settings);
            models = Once((source, prepared.Sweep.Index, masked, settings.Weight, "models"), 4 * points.Count,
                () => ModelChoice.All(points, free, peaks, ct));
            best = ModelChoice.Best(models);
            ct.ThrowIfCancellationRequested();
            var circuit = settings.ParsedCircuit() ?? seriesCircuit;
            unbound = models.FirstOrDefault(m => m.Circuit.Text == (circuit ?? best.Circuit).Text)
                ?? Once((source, prepared.Sweep.Index, masked, settings.Weight, circuit!.Text), points.Count,
                    () => CircuitFit.Run(circuit!, points, free, peaks, ct: ct));
            ct.ThrowIfCancellationRequested();
            began = Stopwatch.GetTimestamp();
            fit = settings.HasConstraints
                ? ConstrainedFit.Run(unbound.Circuit, points, settings.Fit, peaks, unbound, isTried, ct)
                : unbound;
            took = settings.HasConstraints ? Stopwatch.GetElapsedTime(began).TotalMilliseconds : 0;
        }
        catch (ArgumentException e)
        {
            problem = e.Message;
        }

        return new(prepared, models, best, unbound, fit, problem, fit is null ? [] : FitRemarks.Of(fit, points, prepared.Verdict), took);
    }

    private static PreparedSweep Prepare(ImpedanceSweep sweep, PointMask? mask, CancellationToken ct)
    {
        var points = SweepPoints.Of(sweep, mask);
        var verdict = KkVerdict.Of(points, ct);
        return new(sweep, points, [.. Enumerable.Range(0, sweep.Points).Select(i => mask?.LeavesOut(sweep, i) ?? false)], verdict,
            new Drt(points).Solve(verdict.NoisePercent / 100, ct));
    }

    private T Once<T>(object key, int points, Func<T> make) where T : class
    {
        if (!_kept.TryGetValue(key, out T? kept))
        {
            kept = make();
            Keep(key, kept, points);
        }

        return kept!;
    }

    private void Keep(object key, object value, int points) =>
        _kept.Set(key, value, new MemoryCacheEntryOptions { Size = 1 + points / 100 });

    // Points that were turned in other sweeps do not matter to this one.
    private static string MaskKey(ImpedanceSweep sweep, ImpedanceSettings settings) => settings.Mask + "|" + string.Join(
        ',', settings.Turned.Where(t => t.Sweep == sweep.Index).OrderBy(t => t.Point)
            .Select(t => t.Point.ToString(CultureInfo.InvariantCulture) + t.IsOut switch { true => "-", false => "+", null => "" }));

    // How a fit is shown does not matter to it. Turned points are of each sweep's own file, and stand in the source of a series.
    private static string FitKey(ImpedanceSettings settings) =>
        (settings with { AreaCm2 = null, PerArea = false, Lambda = null, Turned = [] }).ToJson();
}
