using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>A picture of a slice that is asked for.</summary>
/// <param name="Volume">The volume shown.</param>
/// <param name="Dataset">
/// Whose labels are laid over it, where the view asks for them, and whose interface the slice may follow; null for neither.
/// </param>
/// <param name="View">The view; its window, colour map, plane and slab are used.</param>
/// <param name="Pane">Z, Y or X.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="UmPerPixel">Scale of this picture.</param>
internal sealed record SliceRequest(
    VolumeInfo Volume, Dataset? Dataset, ViewState View, Pane Pane, int Width, int Height, double UmPerPixel)
{
    /// <summary>What the pane shows of space.</summary>
    public SliceSheet Sheet => SliceSheet.Of(View, Pane, Dataset);
}
