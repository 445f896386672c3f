using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Compute;

namespace DendriteViewer.Web.Viewing;

/// <summary>Windows for the slices by what values occur: of the scan, or of one slice. Whoever calls has been authorized.</summary>
public sealed class WindowFinder(DatasetCatalog catalog, SliceRenderer slices, ComputeLanes lanes)
{
    /// <summary>Shares of the voxels that are left out at either end, as menus offer them.</summary>
    public static IReadOnlyList<double> Tails { get; } = [0.001, 0.005, 0.01, 0.05];

    // Left out at either end of a slice, as of the scan's own window.
    private const double SliceTail = 0.002;

    /// <summary>All values of the scan that is shown, its outliers too.</summary>
    public static (double Low, double High) WholeRange(ViewSession session)
    {
        var volume = session.Volume(session.Current.View);
        return (volume.Least, volume.Most);
    }

    /// <summary>The value range of the scan that is shown, without a share of its voxels at either end and without padding.</summary>
    public async Task<(double Low, double High)> OfScanAsync(ViewSession session, double tail, CancellationToken ct) =>
        (await catalog.HistogramAsync(session.Volume(session.Current.View), ct)).WindowOf(tail);

    /// <summary>
    /// The value range of a slice that is shown, without 0.2 % of its voxels at either end; null where the scan is not in it.
    /// </summary>
    public async Task<(double Low, double High)?> OfSliceAsync(ViewSession session, Pane pane, CancellationToken ct)
    {
        var view = session.Current.View;
        var volume = session.Volume(view);
        var padding = (await catalog.HistogramAsync(volume, ct)).Padding;
        return await lanes[Urgency.Resting].RunAsync(
            () => slices.WindowAsync(volume, session.Dataset, view, pane, SliceTail, padding, ct), ct);
    }
}
