using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Viewing;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Placements;

/// <summary>What the panes show while landmarks are placed, and the script that places them. One a circuit.</summary>
public sealed class PlacementViews(ViewSessions sessions, IJSRuntime js)
{
    // A pane of usual height, CSS pixels; it need not fit exactly.
    private const double PanePixels = 520;

    // So much around the volume is seen of the scan, where the stage's coordinates may be off.
    private const double StageUm = 15;

    /// <summary>A script, not started.</summary>
    public LandmarkScript NewScript() => new(js);

    /// <summary>
    /// The change of view that shows a volume beside the scan of its hour: both at the middle of where it lies now, at one zoom.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="slice">The slice that is shown of both.</param>
    public async Task<Func<ViewState, ViewState>> OfAsync(Dataset dataset, VolumeInfo volume, Pane slice)
    {
        var scan = VolumePlacer.FixedOf(dataset, volume.Key, null);
        var (ofScan, ofVolume) = (await sessions.StartAsync(dataset, scan, default), await sessions.StartAsync(dataset, volume, default));
        var (low, high) = volume.Bounds;
        var widest = Math.Max(high.Z - low.Z, Math.Max(high.Y - low.Y, high.X - low.X));
        var around = PlacementDesk.VersionOf(dataset, volume.Key) == 0 ? StageUm : 0;
        var (middle, um) = (volume.Center, (1.1 * widest + around) / PanePixels);
        return v =>
        {
            var isShown = v.Modality == scan.Key.Modality;
            return v with
            {
                Modality = scan.Key.Modality, Hours = scan.Key.Hours, Focus = middle, Center = middle, UmPerPixel = um,
                WindowLow = isShown ? v.WindowLow : ofScan.WindowLow, WindowHigh = isShown ? v.WindowHigh : ofScan.WindowHigh,
                Maximized = slice, FollowsInterface = false, Compare = null, Nested = null,
                Landmarks = new MovingView(
                    volume.Key.Modality, volume.Key.Hours, middle, middle, um, ofVolume.WindowLow, ofVolume.WindowHigh),
            };
        };
    }

    /// <summary>The change of view that ends it, back to what was shown before.</summary>
    /// <param name="before">That, or null where it is not known: then the scan stays.</param>
    public static Func<ViewState, ViewState> Back(ViewState? before) => v => before is null ? v with { Landmarks = null } : v with
    {
        Landmarks = null, Modality = before.Modality, Hours = before.Hours, Focus = before.Focus, Center = before.Center,
        UmPerPixel = before.UmPerPixel, WindowLow = before.WindowLow, WindowHigh = before.WindowHigh, Maximized = before.Maximized,
        FollowsInterface = before.FollowsInterface, Compare = before.Compare, Nested = before.Nested,
    };
}
