using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Importing;

/// <summary>One scan that a dataset.json names.</summary>
/// <param name="Key">Modality and hours.</param>
/// <param name="Path">Its file or folder, as dataset.json has it.</param>
public sealed record DescribedScan(VolumeKey Key, string Path)
{
    /// <summary>Voxels of the file along z, y, x; null where it cannot be read.</summary>
    public VolumeShape? Shape { get; init; }

    /// <summary>How the store will hold its voxels; null where it cannot be read.</summary>
    public VoxelType? Type { get; init; }

    /// <summary>Size of its voxels, µm; null where it cannot be read.</summary>
    public VoxelSize? VoxelUm { get; init; }

    /// <summary>What is done to it on its way: the names of the fields that ask for it.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Whether the dataset of that id has a scan of this modality and time already.</summary>
    public bool IsThere { get; init; }

    /// <summary>Why it cannot be imported, or null.</summary>
    public string? Problem { get; init; }
}

/// <summary>What a dataset.json would become, before anything is imported: headers and series are read, no voxel.</summary>
/// <param name="Id">Id of the dataset.</param>
/// <param name="Name">What it is called; where it exists already, its name of now.</param>
/// <param name="ExistingScans">Scans that a dataset of that id has now; null where there is none yet.</param>
/// <param name="Scans">The scans, in the order of dataset.json.</param>
/// <param name="Series">Kinds of the measured series.</param>
/// <param name="Remarks">What was guessed or left out, a sentence each.</param>
/// <param name="SeriesProblem">Why the series cannot be imported, or null.</param>
public sealed record DescribedSurvey(
    DatasetId Id, string Name, int? ExistingScans, IReadOnlyList<DescribedScan> Scans, IReadOnlyList<string> Series,
    IReadOnlyList<string> Remarks, string? SeriesProblem)
{
    /// <summary>Whether an import would be refused as things are.</summary>
    public bool IsRefused => SeriesProblem is not null || Scans.Any(s => s.Problem is not null);

    /// <summary>Looks at what a manifest names.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="manifest">The manifest, which was validated.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <param name="existing">What is published of the dataset, or null.</param>
    /// <param name="sources">Opens its files.</param>
    /// <param name="series">Reads its series.</param>
    /// <param name="ct">Stops it.</param>
    internal static async Task<DescribedSurvey> OfAsync(
        DatasetId id, DatasetManifest manifest, string file, Dataset? existing, ImportSources sources, SeriesImport series,
        CancellationToken ct)
    {
        var root = Path.GetDirectoryName(file)!;
        var (remarks, scans) = (new List<string>(), new List<DescribedScan>());
        (VolumeManifest Volume, VolumeFile File)? last = null;
        try
        {
            foreach (var volume in manifest.Volumes)
            {
                ct.ThrowIfCancellationRequested();
                var key = new VolumeKey(volume.Modality, volume.Hours);
                var scan = new DescribedScan(key, volume.Path)
                {
                    IsThere = existing?.Find(key.Modality, key.Hours) is { IsLabels: false }, Options = OptionsOf(volume),
                };
                try
                {
                    var (_, opened, source) = sources.OpenFrame(volume, root, (last?.Volume, last?.File));
                    source.Dispose();
                    if (last?.File != opened)
                    {
                        last?.File.Dispose();
                    }

                    last = (volume, opened);
                    var located = Manifests.Located(volume, manifest, opened.Geometry);
                    scans.Add(scan with
                    {
                        Shape = opened.Shape, Type = opened.Type, VoxelUm = Manifests.TransformOf(located, manifest, file).VoxelSize,
                    });

                    // What was guessed of a size that was given says nothing.
                    var moot = ReferenceEquals(located, volume) ? opened.Geometry?.Guesses ?? [] : [];
                    remarks.AddRange(opened.Remarks.Except(moot).Select(r => $"{volume.Path}: {r}"));
                }
                catch (Exception e) when (e is VolumeFormatException or IOException or UnauthorizedAccessException)
                {
                    scans.Add(scan with { Problem = SentenceOf(e, volume.Path) });
                }
            }
        }
        finally
        {
            last?.File.Dispose();
        }

        var (kinds, problem) = ((IReadOnlyList<string>)[], (string?)null);
        try
        {
            var read = await series.ReadAsync(manifest, p => sources.Confined(Path.GetFullPath(p, root)), remarks, ct);
            kinds = [.. read.Select(s => s.Series.Kind)];
        }
        catch (Exception e) when (e is VolumeFormatException or IOException or UnauthorizedAccessException)
        {
            problem = SentenceOf(e, "A series");
        }

        return new DescribedSurvey(
            id, existing?.Name ?? manifest.Name, existing?.Volumes.Count, scans, kinds, [.. remarks.Distinct()], problem);
    }

    // What the system says of a file that cannot be read names paths of the server's disk.
    private static string SentenceOf(Exception e, string what) =>
        e is VolumeFormatException ? e.Message : $"{what} cannot be read; look at its permissions.";

    private static IReadOnlyList<string> OptionsOf(VolumeManifest volume) =>
    [
        .. new[]
        {
            volume.InPlace == true ? "used in place" : null, volume.Region is not null ? "cropped" : null,
            volume.Convert is { } convert ? $"converted to {convert.Dtype}" : null,
            volume.Denoise is { } filter ? $"a copy filtered by {filter}" : null, volume.Register == true ? "registered" : null,
        }.OfType<string>(),
    ];
}
