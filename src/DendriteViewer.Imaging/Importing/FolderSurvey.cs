using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Formats.Tiff;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Importing;

/// <summary>One scan of a folder that holds several.</summary>
/// <param name="Path">Its file or folder.</param>
/// <param name="Name">What it is called below the folder.</param>
public sealed record FoundScan(string Path, string Name)
{
    /// <summary>Its format, for people.</summary>
    public string Format { get; init; } = "";

    /// <summary>Voxels along z, y, x; null where it cannot be read.</summary>
    public VolumeShape? Shape { get; init; }

    /// <summary>How the store will hold its voxels.</summary>
    public VoxelType Type { get; init; }

    /// <summary>Where the file says that the voxels lie, or null.</summary>
    public FileGeometry? Geometry { get; init; }

    /// <summary>Hours of plating that its name tells of, or null.</summary>
    public HoursGuess? Hours { get; init; }

    /// <summary>What it is taken for.</summary>
    public string Modality { get; init; } = "projection";

    /// <summary>Why, or null where nothing tells.</summary>
    public string? ModalityFrom { get; init; }

    /// <summary>When its file, or the last of its files, was written.</summary>
    public DateTimeOffset Written { get; init; }

    /// <summary>Why it cannot be imported as it is, or null.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// The scans of a folder: its files that are volumes, and its folders that hold one each (or hold one folder that does). A folder of
/// slices is one scan and no folder of scans.
/// </summary>
/// <param name="Scans">In the natural order of their names: scan 2 before scan 10.</param>
/// <param name="Remarks">What was left out, and why.</param>
public sealed record FolderSurvey(IReadOnlyList<FoundScan> Scans, IReadOnlyList<string> Remarks)
{
    /// <summary>Scans that are looked at, at most.</summary>
    public const int MostScans = 500;

    private const int MostNamed = 5;

    private static readonly HashSet<string> s_endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ".tif", ".tiff", ".nrrd", ".nhdr", ".mha", ".mhd", ".nii", ".gz", ".h5", ".hdf5", ".hdf", ".nxs", ".nx", ".nx5", ".mat", ".zip",
    };

    /// <summary>
    /// Whether a folder holds scans rather than being one: TIFFs of one page each are the slices of one scan, and so is a Zarr.
    /// </summary>
    public static bool IsFolderOfScans(string folder, Func<string, string> confine)
    {
        if (!Directory.Exists(folder) || File.Exists(Path.Combine(folder, "dataset.json")))
        {
            return false;
        }

        if (!IsScan(folder))
        {
            return Candidates(folder, confine, [], []).Count > 1;
        }

        var tiffs = Directory.EnumerateFiles(folder).Where(TiffFolder.IsTiff).Order(NaturalOrder.Instance).Take(2).ToArray();
        if (tiffs.Length < 2)
        {
            return false;
        }

        using var first = VolumeFiles.Open(confine(tiffs[0]), new VolumeManifest(), confine);
        return first.Shape.Z > 1;
    }

    /// <summary>Looks at a folder. Each scan's header is read, no voxel.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="confine">Asked for every path: gives it back, or refuses it.</param>
    /// <param name="ct">Stops it.</param>
    public static FolderSurvey Of(string folder, Func<string, string> confine, CancellationToken ct)
    {
        var remarks = new List<string>();
        var paths = Candidates(folder, confine, remarks, []);
        if (paths.Count > MostScans)
        {
            remarks.Add($"It holds {paths.Count} scans, of which the first {MostScans} are listed; import the rest from a folder of "
                + "their own.");
            paths.RemoveRange(MostScans, paths.Count - MostScans);
        }

        var names = paths.Select(p => Path.GetRelativePath(folder, p)).ToArray();
        var hours = ScanNames.HoursOf(names);
        var scans = new List<FoundScan>();
        for (var i = 0; i < paths.Count; i++)
        {
            ct.ThrowIfCancellationRequested();
            var (modality, from) = ScanNames.ModalityOf(names[i]);
            scans.Add(Headed(new FoundScan(paths[i], names[i]) { Hours = hours[i], Modality = modality, ModalityFrom = from }, confine));
        }

        return new FolderSurvey(scans, remarks);
    }

    /// <summary>Whether a folder holds no scan, and nothing unreadable, beside the scans that were taken.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="taken">Their paths as <paramref name="confine"/> gives them back.</param>
    /// <param name="confine">Asked for every path: gives it back, or refuses it.</param>
    public static bool AreAll(string folder, IEnumerable<string> taken, Func<string, string> confine)
    {
        var (known, unread) = (taken.ToHashSet(StringComparer.Ordinal), new List<string>());
        return Candidates(folder, confine, [], unread).All(p => known.Contains(confine(p))) && unread.Count == 0;
    }

    private static List<string> Candidates(string folder, Func<string, string> confine, List<string> remarks, List<string> unread)
    {
        var found = new List<string>();
        var (others, outside) = (new List<string>(), 0);
        var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => !e.Name.StartsWith('.'))
            .OrderBy(e => e.Name, NaturalOrder.Instance).ToArray();
        foreach (var entry in entries)
        {
            try
            {
                if (ScanAt(confine(entry.FullName), entry, confine) is { } scan)
                {
                    found.Add(scan);
                }
                else
                {
                    others.Add(entry.Name);
                }
            }
            catch (VolumeFormatException)
            {
                outside++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unread.Add(entry.Name);
            }
        }

        if (others.Count > 0)
        {
            remarks.Add($"Left out: {Named(others)}.");
        }

        if (unread.Count > 0)
        {
            remarks.Add($"Left out, since they cannot be read: {Named(unread)}; look at their permissions.");
        }

        if (outside > 0)
        {
            remarks.Add($"{outside} entries were left out, since they lead out of the folders to import from.");
        }

        return found;
    }

    private static string Named(List<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");

    // A folder is asked for what it leads to, links followed, before anything in it is listed.
    private static string? ScanAt(string real, FileSystemInfo entry, Func<string, string> confine) =>
        !Directory.Exists(real) ? (s_endings.Contains(entry.Extension) ? entry.FullName : null)
        : IsScan(real) ? entry.FullName
        : Directory.GetDirectories(entry.FullName).Where(f => IsScan(confine(f))).Take(2).ToArray() is [var one] ? one : null;

    private static bool IsScan(string folder) => Directory.EnumerateFiles(folder).Any(f =>
        TiffFolder.IsTiff(f) || Path.GetFileName(f) is "zarr.json" or ".zarray" or ".zattrs" or ".zgroup" or "attributes.json");

    private static FoundScan Headed(FoundScan scan, Func<string, string> confine)
    {
        try
        {
            var written = File.GetLastWriteTimeUtc(scan.Path);
            using var file = VolumeFiles.Open(scan.Path, new VolumeManifest(), confine);
            return scan with
            {
                Format = file.Format, Shape = file.Shape, Type = file.Type, Geometry = file.Geometry, Written = written,
                Problem = file.Frames == 1 ? null : $"It holds {file.Frames} volumes; import it by itself.",
            };
        }
        catch (Exception e) when (e is VolumeFormatException or IOException or UnauthorizedAccessException)
        {
            return scan with { Problem = e is VolumeFormatException ? e.Message : $"{scan.Name} cannot be read; look at its permissions." };
        }
    }
}
