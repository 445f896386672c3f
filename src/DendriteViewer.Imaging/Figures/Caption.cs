using System.Globalization;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>What a figure shows, in words.</summary>
public static class Caption
{
    private static readonly string[] s_axes = ["z", "y", "x"];

    /// <summary>Dataset, modality, time, planes, how 3D is made and cut, window and voxel size, in one sentence of parts.</summary>
    public static string Of(FigureScene scene, IReadOnlyList<Pane> panes)
    {
        var (volume, view) = (scene.Volume, scene.View);
        var parts = new List<string> { scene.Dataset.Name, volume.Key.Modality, Ticks.Hours(volume.Key.Hours) };
        parts.AddRange(panes.Where(p => p != Pane.Volume).Select(p => PlaceOf(scene, p)));
        if (panes.Any(p => p != Pane.Volume && InterfaceSheet.IsShownIn(view, p, scene.Dataset)))
        {
            parts.Add("stripes where no interface was found");
        }

        if (view.SlabUm > 0 && panes.Any(p => p != Pane.Volume))
        {
            var sampled = scene.SlabStepUm is { } step ? $", sampled every {N(step)} µm" : "";
            parts.Add($"slab of {N(view.SlabUm)} µm, {view.SlabMode.ToString().ToLowerInvariant()}{sampled}");
        }

        if (panes.Contains(Pane.Volume))
        {
            var camera = string.Create(CultureInfo.InvariantCulture,
                $"azimuth {view.Camera.AzimuthDeg:0.#}°, elevation {view.Camera.ElevationDeg:0.#}°");
            parts.Add($"3D from {camera}{ModeOf(view)}");
            parts.AddRange(CutsOf(scene));
        }

        if (scene.Subtracted is { } other && panes.Any(p => p != Pane.Volume))
        {
            parts.Add($"slices less those at {Ticks.Hours(other.Key.Hours)}");
        }
        else if (panes.Any(p => p != Pane.Volume))
        {
            parts.Add($"window {N(view.WindowLow)} to {N(view.WindowHigh)}");
        }

        if (panes.Any(p => p != Pane.Volume) && NestedFields.ShownIn(scene.Dataset, volume, view) is { } nested && view.Nested is { } look)
        {
            var placed = NestedFields.IsPlaced(scene.Dataset, nested.Key) ? "" : ", not registered";
            parts.Add($"inside its outline {nested.Key}, voxel {nested.VoxelSize.ToText()}{placed}, window {N(look.WindowLow)} to "
                + N(look.WindowHigh));
        }

        if (MaskOf(scene, panes) is { } mask)
        {
            parts.Add(mask);
        }

        if (scene.HasBand)
        {
            parts.Add($"band {N(view.Band.FromUm)}–{N(view.Band.ToUm)} µm");
        }

        parts.Add($"voxel {volume.VoxelSize.ToText()}");
        return string.Join(" · ", parts);
    }

    // Which mask of lithium is drawn, where one is: as the analysis counted it, or as it is being corrected.
    private static string? MaskOf(FigureScene scene, IReadOnlyList<Pane> panes)
    {
        var isSeen = (scene.Subtracted is null && panes.Any(p => p != Pane.Volume))
            || (panes.Contains(Pane.Volume) && scene.View.Mode == VolumeMode.Composite);
        return !isSeen || scene.View.LabelsIn(scene.Dataset) is not { } labels ? null
            : labels.Mask is { } mask ? $"mask under correction, {mask.Revision} entries in its log"
            : MaskUse.Of(labels) is { } text ? $"mask: {text}"
            : null;
    }

    /// <summary>Where a slice lies: its coordinate, and where there is room, its depth where it lies across the depth axis.</summary>
    public static string PlaceOf(FigureScene scene, Pane pane, bool withDepth = true)
    {
        var roll = scene.View.Roll.Of(pane);
        return LiesAt(scene, pane, withDepth)
            + (roll == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", picture turned by {roll:0.#}°"));
    }

    private static string LiesAt(FigureScene scene, Pane pane, bool withDepth)
    {
        var (view, voxel) = (scene.View, scene.Volume.VoxelSize.Least);
        if (SliceSheet.Of(view, pane, scene.Dataset) is { Curve: { } curve })
        {
            return $"{s_axes[(int)pane]} slice along the interface, depth {Ticks.Coordinate(curve.DepthUm, voxel)} µm";
        }

        if (!IsStraight(view, pane))
        {
            // The way along the slice's own normal from the origin, as the screen has it.
            var r = view.Rotation;
            var along = Ticks.Coordinate((view.Focus - default(WorldPoint)).Dot(SlicePlane.Of(view, pane).Normal), voxel);
            return string.Create(CultureInfo.InvariantCulture,
                $"{NameOf(view, pane)} {along} µm, turned by {r.AboutZ:0.#}°, {r.AboutY:0.#}°, {r.AboutX:0.#}° about z, y, x");
        }

        var at = pane switch { Pane.Z => view.Focus.Z, Pane.Y => view.Focus.Y, _ => view.Focus.X };
        var place = $"{NameOf(view, pane)} {Ticks.Coordinate(at, voxel)} µm";
        if (!withDepth || (int)pane != (int)scene.Dataset.Depth.Axis || !scene.Dataset.HasInterface)
        {
            return place;
        }

        // Along a surface that bends, a slice has another depth at each place.
        var depth = $"{place}, depth {Ticks.Coordinate(scene.Dataset.Depth.DepthOf(view.Focus).Um, voxel)} µm";
        return scene.Dataset.Depth.Surface is null ? depth : $"{depth} at the crosshair";
    }

    private static string ModeOf(ViewState view) => view.Mode switch
    {
        VolumeMode.Isosurface => $", isosurface of {N(view.IsoValue)}",
        VolumeMode.Maximum => ", maximum along each ray",
        VolumeMode.Minimum => ", minimum along each ray",
        VolumeMode.Mean => ", mean along each ray",
        _ => "",
    };

    // What the 3D picture was cut to: what is missing was there.
    private static IEnumerable<string> CutsOf(FigureScene scene)
    {
        var view = scene.View;
        if (view.Clip is var (low, high))
        {
            yield return $"3D box z {N(low.Z)}–{N(high.Z)}, y {N(low.Y)}–{N(high.Y)}, x {N(low.X)}–{N(high.X)} µm";
        }

        if (view.DepthClip is var (from, to))
        {
            yield return $"3D depths {N(from)}–{N(to)} µm";
        }

        if (view.Cut is var (along, keepsFar))
        {
            yield return $"3D cut at {LiesAt(scene, along, false)}, {(keepsFar ? "larger" : "smaller")} {NameOf(view, along)} kept";
        }
    }

    // A turned slice lies across an axis of its own; one whose picture alone is turned does not.
    private static string NameOf(ViewState view, Pane pane) => s_axes[(int)pane] + (IsStraight(view, pane) ? "" : "′");

    private static bool IsStraight(ViewState view, Pane pane) =>
        SlicePlane.Of(view with { Roll = default }, pane).IsStraight(pane);

    private static string N(double v) => v.ToString("G5", CultureInfo.InvariantCulture);
}
