using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Exports;

/// <summary>A file that was exported and can be fetched.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Made">When.</param>
public sealed record ExportFile(string Name, long Bytes, DateTimeOffset Made);

/// <summary>Where exports lie until they are fetched, or a week is over.</summary>
public sealed class ExportFiles(DendriteOptions options, TimeProvider time) : IDatasetFollower
{
    /// <summary>How long an export is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    // Exports of datasets from before there were identities lie under the id.
    private static string NameOf(DatasetIdentity dataset) => dataset.EarlierId ?? dataset.Value;

    private string Root => Path.Combine(Path.GetFullPath(options.Data), "exports");

    /// <summary>The folder of a dataset's exports; made where there is none.</summary>
    public string FolderOf(DatasetIdentity dataset) => Directory.CreateDirectory(Path.Combine(Root, NameOf(dataset))).FullName;

    // They were made of voxels that are gone.
    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        var folder = Path.Combine(Root, NameOf(dataset));
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    /// <summary>What can be fetched of a dataset, newest first.</summary>
    public IReadOnlyList<ExportFile> List(DatasetIdentity dataset) => new DirectoryInfo(FolderOf(dataset)).EnumerateFiles()
        .Where(f => !f.Name.EndsWith(".unfinished", StringComparison.Ordinal) && f.LastWriteTimeUtc > time.GetUtcNow() - Kept)
        .OrderByDescending(f => f.LastWriteTimeUtc).Select(f => new ExportFile(f.Name, f.Length, f.LastWriteTimeUtc)).ToArray();

    /// <summary>The path of a file that is listed, or null.</summary>
    public string? Find(DatasetIdentity dataset, string name) =>
        List(dataset).Any(f => f.Name == name) ? Path.Combine(FolderOf(dataset), name) : null;

    /// <summary>Removes what was kept long enough, of every dataset.</summary>
    public void Sweep()
    {
        var root = new DirectoryInfo(Root);
        foreach (var old in root.Exists ? root.EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.LastWriteTimeUtc < time.GetUtcNow() - Kept).ToArray() : [])
        {
            old.Delete();
        }
    }
}
