using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Views to start from.</summary>
public static class ViewStates
{
    /// <summary>Margin around a volume that is fitted into a pane.</summary>
    public const double FitMargin = 1.04;

    // A scan of so few slices fills one pane; across them there is nothing to see.
    private const int FewSlices = 4;

    /// <summary>
    /// The middle of a volume, everything in sight, a window that shows all but the outermost values, voids in 3D. A scan of labels is
    /// shown in colours, and one of very few slices in the pane of these.
    /// </summary>
    public static async Task<ViewState> InitialAsync(DatasetStore store, Dataset dataset, VolumeInfo volume, CancellationToken ct) =>
        Initial(dataset, volume, await ValueHistogram.OfAsync(store, volume, ct));

    /// <summary>As <see cref="InitialAsync"/>, with the histogram at hand.</summary>
    public static ViewState Initial(Dataset dataset, VolumeInfo volume, ValueHistogram histogram)
    {
        var (low, high) = histogram.Window;
        var labels = dataset.HasInterface ? null : histogram.Labels;
        return new ViewState
        {
            Hours = volume.Key.Hours,
            Modality = volume.Key.Modality,
            Focus = volume.Center,
            Center = volume.Center,
            WindowLow = low,
            WindowHigh = high > low ? high : low + 1,
            IsoValue = dataset.HasInterface ? histogram.Threshold : histogram.Classes?.Surface ?? histogram.Threshold,
            Camera = new OrbitCamera(30, 20, 0, volume.Center),
            Transfer = TransferPresets.Find(TransferPresets.All, dataset, histogram)!,
            BandVisible = dataset.HasInterface,
            Interpolation = labels is null ? SliceInterpolation.Linear : SliceInterpolation.Nearest,
            Overlay = labels?.OverlayOf(volume.Key.Modality),
            Maximized = PaneOfFew(volume.Shape),
        };
    }

    // The pane that fills the view: of a stack of very few slices, the one that shows them.
    private static Pane? PaneOfFew(VolumeShape shape)
    {
        var least = Math.Min(shape.Z, Math.Min(shape.Y, shape.X));
        return least > FewSlices || shape.Count < (long)least * least * FewSlices * FewSlices ? null
            : shape.Z == least ? Pane.Z : shape.Y == least ? Pane.Y : Pane.X;
    }

    /// <summary>
    /// A view with one slice turned so that it goes through three points, whose middle becomes the crosshair and the middle of the panes.
    /// A slice that followed the interface no longer does.
    /// </summary>
    /// <exception cref="Bounds.OutOfRangeException">The points lie on a line, within half a voxel.</exception>
    public static ViewState Through(ViewState view, Dataset dataset, VolumeInfo volume, Pane pane, IReadOnlyList<WorldPoint> points)
    {
        var angles = SliceAngles.Through(view.Rotation, pane, points, volume.VoxelSize.Least / 2);
        var middle = points[0] + 1.0 / 3 * (points[1] - points[0] + (points[2] - points[0]));
        return view with
        {
            Rotation = angles.RotationOf(pane), Focus = middle, Center = middle,
            FollowsInterface = view.FollowsInterface && !InterfaceSheet.IsShownIn(view, pane, dataset),
        };
    }

    /// <summary>µm a pixel at which a volume fits a pane.</summary>
    public static double FitUmPerPixel(VolumeInfo volume, Pane pane, int width, int height)
    {
        var (low, high) = volume.Bounds;
        var size = high - low;
        var (across, down) = pane switch { Pane.Z => (size.X, size.Y), Pane.Y => (size.X, size.Z), _ => (size.Y, size.Z) };
        return FitMargin * Math.Max(across / width, down / height);
    }
}
