using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Viewing;

/// <summary>Views that compare two scans of one place.</summary>
internal static class ScanComparison
{
    /// <summary>
    /// A view that compares what it shows inside an outline with another scan there. Both are then shown however far one has zoomed out:
    /// where neither is, there is nothing to compare.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="mode">How they are compared.</param>
    /// <param name="other">The other scan, and how it is shown.</param>
    public static ViewState Inside(ViewState view, CompareMode mode, NestedLook other) =>
        Over(view, new Comparison(mode, view.Hours, other with { AtEveryZoom = true })) with
        {
            Nested = view.Nested is { } own ? own with { AtEveryZoom = true } : null,
        };

    /// <summary>A view with a comparison. Beside two slices 3D shows where they are, so that it shows the whole.</summary>
    /// <param name="view">The view.</param>
    /// <param name="comparison">The comparison.</param>
    public static ViewState Over(ViewState view, Comparison comparison) => comparison is { Mode: CompareMode.Side, Inside: not null }
        ? view with { Compare = comparison, Camera = view.Camera with { DistanceUm = 0 } } : view with { Compare = comparison };
}
