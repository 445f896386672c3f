using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Imports;

/// <summary>Something in a folder that may be imported from.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its path on the server.</param>
/// <param name="IsFolder">Whether it can be opened.</param>
/// <param name="Kind">What it looks like, for people.</param>
/// <param name="Bytes">Size of a file.</param>
public sealed record FolderEntry(string Name, string Path, bool IsFolder, string Kind, long Bytes);

/// <summary>A folder as somebody sees it.</summary>
/// <param name="Path">Its path; null for the list of all folders that may be imported from.</param>
/// <param name="Trail">The folders above it, the outermost first, itself last.</param>
/// <param name="Entries">Folders first, then files, in the order of their names.</param>
/// <param name="LeftOut">What is not shown, in a sentence; null where all is.</param>
public sealed record FolderListing(
    string? Path, IReadOnlyList<FolderEntry> Trail, IReadOnlyList<FolderEntry> Entries, string? LeftOut);

/// <summary>
/// Lists the server's folders that may be imported from, and nothing else: a path is followed through every link first, and must then lie
/// in one of them. Entries that lead elsewhere are counted, not named. Whoever calls has been authorized.
/// </summary>
public sealed class ImportFolders(DendriteOptions options)
{
    /// <summary>Entries of a folder that are shown, at most.</summary>
    public const int MostEntries = 1000;

    /// <summary>Lists a folder, or all that may be imported from.</summary>
    /// <param name="path">The folder; null or empty for the outermost ones.</param>
    /// <exception cref="VolumeFormatException">It is not there, may not be read, or lies elsewhere.</exception>
    public FolderListing List(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return new FolderListing(null, [], [.. options.ImportRoots.Select(r => EntryOf(r, r, isFolder: true))], null);
        }

        var real = RealPaths.Resolve(path);
        if (!RealPaths.IsBelowAny(real, options.ImportRoots))
        {
            throw new VolumeFormatException($"{path} is not below a folder to import from; choose one that is listed.");
        }

        try
        {
            return ListIn(real);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VolumeFormatException($"{path} cannot be listed; look whether it is there and may be read.", e);
        }
    }

    private FolderListing ListIn(string folder)
    {
        var (shown, elsewhere, more) = (new List<FolderEntry>(), 0, 0);
        var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => !e.Name.StartsWith('.'))
            .Select(e => (Entry: e, IsFolder: Directory.Exists(e.FullName)))
            .OrderBy(e => !e.IsFolder).ThenBy(e => e.Entry.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (entry, isFolder) in entries)
        {
            if (shown.Count == MostEntries)
            {
                more++;
            }
            else if (entry.LinkTarget is not null && !RealPaths.IsBelowAny(entry.FullName, options.ImportRoots))
            {
                elsewhere++;
            }
            else
            {
                shown.Add(EntryOf(entry.Name, entry.FullName, isFolder));
            }
        }

        var leftOut = string.Join(" ", new[]
        {
            more > 0 ? $"{more} more are not shown; type the path." : null,
            elsewhere > 0 ? $"{elsewhere} that lead out of the folders to import from are not shown." : null,
        }.OfType<string>());
        return new FolderListing(folder, TrailOf(folder), shown, leftOut.Length > 0 ? leftOut : null);
    }

    private List<FolderEntry> TrailOf(string folder)
    {
        var root = options.ImportRoots.First(r => RealPaths.IsBelowAny(folder, [r]));
        var at = Path.TrimEndingDirectorySeparator(RealPaths.Resolve(root));
        var trail = new List<FolderEntry> { new(root, at, true, "", 0) };
        foreach (var part in folder[at.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            at = Path.Combine(at, part);
            trail.Add(new FolderEntry(part, at, true, "", 0));
        }

        return trail;
    }

    private static FolderEntry EntryOf(string name, string path, bool isFolder) => isFolder
        ? new FolderEntry(name, path, true, FolderKind(path), 0)
        : new FolderEntry(name, path, false, FileKind(name), new FileInfo(path).Length);

    private static string FolderKind(string path)
    {
        try
        {
            return File.Exists(Path.Combine(path, "dataset.json")) ? "described dataset"
                : File.Exists(Path.Combine(path, "zarr.json")) || File.Exists(Path.Combine(path, ".zattrs"))
                    || File.Exists(Path.Combine(path, ".zarray")) || File.Exists(Path.Combine(path, ".zgroup")) ? "Zarr"
                : Directory.EnumerateFiles(path, "*.tif*").Any() ? "TIFF slices or scans"
                : "folder";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "may not be read";
        }
    }

    private static string FileKind(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".tif" or ".tiff" => "TIFF",
        ".nrrd" or ".nhdr" => "NRRD",
        ".mha" or ".mhd" => "MetaImage",
        ".nii" => "NIfTI",
        ".gz" when name.EndsWith(".nii.gz", StringComparison.OrdinalIgnoreCase) => "NIfTI",
        ".h5" or ".hdf5" or ".hdf" or ".nxs" or ".nx" or ".nx5" or ".mat" => "HDF5",
        ".zip" => "archive",
        ".json" => "description",
        ".raw" or ".dat" or ".bin" or ".vol" => "raw voxels",
        _ => "file",
    };
}
