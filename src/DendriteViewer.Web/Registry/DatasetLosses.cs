using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tours;

namespace DendriteViewer.Web.Registry;

/// <summary>What goes with a dataset when it is deleted, and what is kept.</summary>
/// <param name="Scans">Scans of all modalities and times.</param>
/// <param name="Labels">Label volumes that analyses made.</param>
/// <param name="Series">Measured curves.</param>
/// <param name="Findings">Results of analyses.</param>
/// <param name="Bytes">All of it in the store.</param>
/// <param name="Links">Links that are open and end.</param>
/// <param name="Exports">Files that were exported and not fetched yet.</param>
/// <param name="ExportBytes">Their size.</param>
/// <param name="Sites">Sites that are kept in the archive.</param>
/// <param name="Measurements">Measurements that are kept in the archive.</param>
/// <param name="Bookmarks">Bookmarks of everybody, which nobody can open then.</param>
/// <param name="CellFiles">Files that were added to the cell, as sweeps and spectra; also those removed from it, which are kept.</param>
/// <param name="Masks">Masks that somebody corrected by hand, one a label and time.</param>
/// <param name="Tours">Tours, which nobody can play then.</param>
public sealed record DatasetLoss(
    int Scans, int Labels, int Series, int Findings, long Bytes, int Links, int Exports, long ExportBytes, int Sites,
    int Measurements, int Bookmarks, int CellFiles, int Masks, int Tours)
{
    /// <summary>
    /// States that frozen links keep, which may be cited; nobody can open them then, and they are removed some time later.
    /// </summary>
    public int FrozenStates { get; init; }
}

/// <summary>Counts what a deletion would take along. Whoever calls has been authorized.</summary>
public sealed class DatasetLosses(
    DatasetStore store, SiteLog sites, MeasurementLog measurements, ShareLinks links, ExportFiles exports, BookmarkStore bookmarks,
    TourStore tours)
{
    /// <summary>Counts it as it is now.</summary>
    public async Task<DatasetLoss> OfAsync(Dataset dataset, CancellationToken ct)
    {
        var prefix = BlobNames.Dataset(dataset.Id);
        var cell = BlobNames.CellFiles(dataset.Id, dataset.Identity);
        var corrections = BlobNames.CorrectionsOf(dataset.Id, dataset.Identity);
        var masks = new HashSet<string>();
        var (findings, cellFiles) = (0, 0);
        var bytes = 0L;
        await foreach (var blob in store.Blobs.ListAsync(prefix, ct))
        {
            bytes += blob.Size;
            findings += blob.Name.StartsWith(prefix + "analysis/", StringComparison.Ordinal)
                && blob.Name.EndsWith(".json", StringComparison.Ordinal) ? 1 : 0;
            cellFiles += blob.Name.StartsWith(cell, StringComparison.Ordinal) ? 1 : 0;
            if (blob.Name.StartsWith(corrections, StringComparison.Ordinal))
            {
                masks.Add(blob.Name[..blob.Name.LastIndexOf('/')]);
            }
        }

        var files = await exports.ListAsync(dataset.Identity, ct);
        var shared = await links.ListAsync(dataset.Identity, ct);
        return new DatasetLoss(
            dataset.Volumes.Count, dataset.Labels.Count, dataset.Manifest.Series.Count, findings, bytes,
            shared.Count(l => l.End is null), files.Count, files.Sum(f => f.Bytes),
            (await sites.ListAsync(dataset.Identity, ct)).Count, (await measurements.ListAsync(dataset.Identity, ct)).Count,
            await bookmarks.CountAsync(dataset.Identity, ct), cellFiles, masks.Count,
            await tours.CountAsync(dataset.Identity, ct))
        {
            FrozenStates = shared.Count(l => l.Link.Kind == LinkKind.Frozen && l.End is not LinkEnd.Revoked),
        };
    }
}
