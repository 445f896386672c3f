using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Viewing;

/// <summary>Whether what a link or bookmark selects is still there: a site or a measurement.</summary>
public sealed class LinkTargets(SiteLog sites, MeasurementLog measurements)
{
    /// <summary>A sentence where what is selected is gone, else null.</summary>
    public async Task<LinkRemark?> MissingAsync(Dataset dataset, string selected, CancellationToken ct = default) =>
        selected.Length == 0 || (await sites.ListAsync(dataset, ct)).Any(s => s.Id == selected)
            || (await measurements.ListAsync(dataset, ct)).Any(m => m.Id == selected)
            ? null
            : new LinkRemark("site", "The site or measurement (site) that is opened with it is not there any more.");
}
