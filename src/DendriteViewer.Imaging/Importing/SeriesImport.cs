using System.Security.Cryptography;
using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Importing;

/// <summary>A series that an import read, and its rows as CSV of hours and values.</summary>
internal sealed record ReadSeries(SeriesManifest Series, byte[] Bytes);

/// <summary>
/// Reads series for an import and writes those that differ from what is published. Published bytes are never written over: readers have
/// them until the manifest names others, and an import that dies in between leaves the dataset as it was.
/// </summary>
internal sealed class SeriesImport(DatasetStore store, ISeriesReader? reader)
{
    /// <summary>What a manifest names, checked. What a cycler wrote becomes CSV, with what was guessed on the way.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="pathOf">The file that a path of the manifest leads to, where it may be read.</param>
    /// <param name="warnings">Receives what is odd.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">A file is missing, too large, or no such series.</exception>
    public async Task<List<ReadSeries>> ReadAsync(
        DatasetManifest manifest, Func<string, string> pathOf, List<string> warnings, CancellationToken ct)
    {
        var list = new List<ReadSeries>();

        // Whoever adds a series of their own to a dataset.json writes it below those that are there.
        foreach (var s in manifest.Series.GroupBy(s => s.Kind).Select(g => g.Last()))
        {
            var path = pathOf(s.Path);
            var bytes = await BytesAsync(path, s.Kind, ct);
            var described = s;
            if (reader?.Read(s, bytes, path) is { } read)
            {
                (bytes, described) = (read.Csv, s with { Source = read.Source });
                warnings.AddRange(read.Source.Remarks ?? []);
            }

            var series = Series.Parse(s.Kind, bytes, path).OnClock(s.Clock);
            warnings.AddRange(series.Warnings);
            warnings.AddRange(series.CoverageWarnings(manifest.Volumes.Select(v => v.Hours).ToArray()));
            warnings.AddRange(s.Kind == "current" && CurrentCheck.WarningOf(manifest.Cell, series) is { } odd ? [odd] : []);
            list.Add(new(described with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) }, bytes));
        }

        warnings.AddRange(manifest.Series.GroupBy(s => s.Kind).Where(g => g.Count() > 1)
            .Select(g => $"dataset.json names {g.Count()} series of kind {g.Key}; the last was taken, the others were left out."));
        return list;
    }

    /// <summary>Writes what is not published yet, below names that nothing published has.</summary>
    /// <param name="id">The dataset, whose lease the caller has.</param>
    /// <param name="existing">What is published of it.</param>
    /// <param name="series">What was read.</param>
    /// <param name="written">Receives the names of blobs that go where the import fails.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The series to publish, and a sentence on each that an existing dataset did not have so.</returns>
    public async Task<(SeriesManifest[] Series, List<string> Changes)> WriteAsync(
        DatasetId id, Dataset? existing, IReadOnlyList<ReadSeries> series, List<string> written, CancellationToken ct)
    {
        var (list, changes) = (new List<SeriesManifest>(), new List<string>());
        foreach (var (read, bytes) in series)
        {
            var there = existing?.Manifest.Series.FirstOrDefault(s => s.Kind == read.Kind);
            if (there is not null && there.Sha256 == read.Sha256)
            {
                list.Add(AreSame(there, read) ? there : read with { Path = there.Path });
                await MendAsync(BlobNames.Series(id, there), read, bytes, changes, ct);
            }
            else
            {
                var path = there is null ? BlobNames.SeriesPath(read.Kind) : BlobNames.SeriesPath(read.Kind, read.Sha256!);
                written.Add(BlobNames.Dataset(id) + path);
                await store.Blobs.WriteAsync(written[^1], bytes, ct);
                list.Add(read with { Path = path });
            }

            if (existing is not null && list[^1] != there)
            {
                changes.Add(Describe(there, read));
            }
        }

        if (changes.Count > 0 && list.Any(s => s.Kind == "current" && !existing!.Manifest.Series.Contains(s))
            && await IsAnalysedAsync(existing!, ct))
        {
            changes.Add("The analysis that is kept has Faraday’s volume of the current as it was before; run the analysis again.");
        }

        return ([.. list], changes);
    }

    // Whoever reads a damaged series is told to import the dataset again.
    private async Task MendAsync(string name, SeriesManifest read, byte[] bytes, List<string> changes, CancellationToken ct)
    {
        if (await store.Blobs.TryReadAsync(name, ct) is not { } there || !there.AsSpan().SequenceEqual(bytes))
        {
            await store.Blobs.WriteAsync(name, bytes, ct);
            changes.Add($"The {read.Kind} series was damaged or missing in the store and was written anew.");
        }
    }

    private static async Task<byte[]> BytesAsync(string path, string kind, CancellationToken ct)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new VolumeFormatException($"{path}, the {kind} series, does not exist; correct the path.");
        }

        return Ranges.SeriesBytes.Contains(file.Length) ? await File.ReadAllBytesAsync(path, ct)
            : throw new VolumeFormatException($"{path}, the {kind} series, is larger than "
                + $"{(long)Ranges.SeriesBytes.Most >> 20} MiB, which a series may have at most; split it or leave out columns.");
    }

    private async Task<bool> IsAnalysedAsync(Dataset dataset, CancellationToken ct)
    {
        foreach (var modality in dataset.Modalities)
        {
            if (await store.Blobs.StatAsync(BlobNames.Analysis(dataset.Id, dataset.Manifest, modality), ct) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static string Describe(SeriesManifest? there, SeriesManifest read)
    {
        if (there is null)
        {
            return $"The {read.Kind} series was added.";
        }

        string[] others =
        [
            .. there.Sha256 == read.Sha256 ? Array.Empty<string>() : ["values"],
            .. SeriesClock.AreSame(there.Clock, read.Clock) ? Array.Empty<string>() : ["clock"],
            .. SourceOf(there) == SourceOf(read) ? Array.Empty<string>() : ["source"],
        ];
        var what = others.Length == 0 ? "description" : string.Join(" and ", others);
        var clock = read.Clock is { } c
            ? FormattableString.Invariant($" Its clock is stated to be {c.OffsetSeconds ?? 0:0.###} s ahead at 0 h")
            + FormattableString.Invariant($"{(c.DriftPpm is null or 0 ? "" : $" and {c.DriftPpm:0.###} ppm fast")}.")
            : there.Clock is null ? "" : " No clock is stated for it any more.";
        return $"The {read.Kind} series was published anew: its {what} changed.{clock}";
    }

    private static bool AreSame(SeriesManifest a, SeriesManifest b) => SeriesClock.AreSame(a.Clock, b.Clock)
        && SourceOf(a) == SourceOf(b)
        && JsonSerializer.Serialize(a.Other ?? []) == JsonSerializer.Serialize(b.Other ?? []);

    // Remarks name the file, which may lie elsewhere now.
    private static SeriesSource SourceOf(SeriesManifest s) =>
        (s.Source ?? new SeriesSource()) with { Format = null, Remarks = null, Other = null };
}
