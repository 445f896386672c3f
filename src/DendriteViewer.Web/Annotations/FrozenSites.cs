using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Annotations;

/// <summary>Sites of a dataset as it is looked at: as they are, or as they were at an earlier state.</summary>
public static class FrozenSites
{
    /// <summary>The sites that are not deleted, in their order.</summary>
    public static Task<IReadOnlyList<Site>> ListAsync(this SiteLog log, Dataset dataset, CancellationToken ct = default) =>
        dataset.Kept is { Revision: var revision }
            ? log.ListAtAsync(dataset.Identity, revision, ct) : log.ListAsync(dataset.Identity, ct);

    /// <summary>The edits of sites, oldest first: all, or those that were there at an earlier state.</summary>
    public static async Task<IReadOnlyList<SiteEdit>> HistoryAsync(this SiteLog log, Dataset dataset, CancellationToken ct = default)
    {
        var all = await log.HistoryAsync(dataset.Identity, ct);
        return dataset.Kept is { Revision: var revision } ? [.. all.Where(e => e.Number <= revision)] : all;
    }

    /// <summary>How far annotators agree: by all edits, or those that were there at an earlier state.</summary>
    /// <param name="log">The sites.</param>
    /// <param name="dataset">Of what.</param>
    /// <param name="withinUm">Marks so near to one another are of one place, µm.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<AgreementFinding?> AgreementAsync(
        this SiteLog log, Dataset dataset, double withinUm, CancellationToken ct = default) => dataset.Kept is not null
        ? Agreement.Of(await log.HistoryAsync(dataset, ct), withinUm)
        : await log.AgreementAsync(dataset.Identity, withinUm, ct);
}
