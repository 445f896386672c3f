using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Annotations;

/// <summary>Sites of a dataset as it is looked at: as they are, or as they were when a frozen link was made.</summary>
public static class FrozenSites
{
    /// <summary>The sites that are not deleted, in their order.</summary>
    public static async Task<IReadOnlyList<Site>> ListAsync(this SiteLog log, Dataset dataset, CancellationToken ct = default)
    {
        if (dataset.Kept is not FrozenState)
        {
            return await log.ListAsync(dataset.Identity, ct);
        }

        var edits = await log.HistoryAsync(dataset, ct);
        return SiteLog.Sorted(FrozenEdits.Fold<Site>(edits.Select(e => (e.SiteId, e.State)), SiteLog.Json));
    }

    /// <summary>The edits of sites, oldest first: all, or those that were there when a frozen link was made.</summary>
    public static async Task<IReadOnlyList<SiteEdit>> HistoryAsync(this SiteLog log, Dataset dataset, CancellationToken ct = default)
    {
        var all = await log.HistoryAsync(dataset.Identity, ct);
        return dataset.Kept is FrozenState kept ? [.. all.Where(e => e.Sequence <= kept.Moment.SiteEdits)] : all;
    }
}
