using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>What a figure shows, in words.</summary>
public static class Caption
{
    private static readonly string[] s_axes = ["z", "y", "x"];

    /// <summary>Dataset, modality, time, planes, window and voxel size, in one sentence of parts.</summary>
    public static string Of(FigureScene scene, IReadOnlyList<Pane> panes)
    {
        var (volume, view) = (scene.Volume, scene.View);
        var parts = new List<string> { scene.Dataset.Name, volume.Key.Modality, Ticks.Hours(volume.Key.Hours) };
        parts.AddRange(panes.Where(p => p != Pane.Volume).Select(p => PlaceOf(scene, p)));
        if (view.SlabUm > 0 && panes.Any(p => p != Pane.Volume))
        {
            parts.Add($"slab of {N(view.SlabUm)} µm, {view.SlabMode.ToString().ToLowerInvariant()}");
        }

        if (panes.Contains(Pane.Volume))
        {
            var camera = string.Create(CultureInfo.InvariantCulture,
                $"azimuth {view.Camera.AzimuthDeg:0.#}°, elevation {view.Camera.ElevationDeg:0.#}°");
            parts.Add($"3D from {camera}{(view.Mode == VolumeMode.Isosurface ? $", isosurface of {N(view.IsoValue)}" : "")}");
        }

        if (scene.Subtracted is { } other && panes.Any(p => p != Pane.Volume))
        {
            parts.Add($"slices less those at {Ticks.Hours(other.Key.Hours)}");
        }
        else if (panes.Any(p => p != Pane.Volume))
        {
            parts.Add($"window {N(view.WindowLow)} to {N(view.WindowHigh)}");
        }

        if (scene.HasBand)
        {
            parts.Add($"band {N(view.Band.FromUm)}–{N(view.Band.ToUm)} µm");
        }

        parts.Add($"voxel {volume.VoxelSize.ToText()}");
        return string.Join(" · ", parts);
    }

    /// <summary>Where a slice lies: its coordinate, and where there is room, its depth where it lies across the depth axis.</summary>
    public static string PlaceOf(FigureScene scene, Pane pane, bool withDepth = true)
    {
        var view = scene.View;
        if (!view.Rotation.IsNone)
        {
            var r = view.Rotation;
            return string.Create(CultureInfo.InvariantCulture,
                $"{s_axes[(int)pane]} turned by {r.AboutZ:0.#}°, {r.AboutY:0.#}°, {r.AboutX:0.#}° about z, y, x");
        }

        var at = pane switch { Pane.Z => view.Focus.Z, Pane.Y => view.Focus.Y, _ => view.Focus.X };
        var voxel = scene.Volume.VoxelSize.Least;
        var place = $"{s_axes[(int)pane]} {Ticks.Coordinate(at, voxel)} µm";
        if (!withDepth || (int)pane != (int)scene.Dataset.Depth.Axis || !scene.Dataset.HasInterface)
        {
            return place;
        }

        // Along a surface that bends, a slice has another depth at each place.
        var depth = $"{place}, depth {Ticks.Coordinate(scene.Dataset.Depth.DepthOf(view.Focus).Um, voxel)} µm";
        return scene.Dataset.Depth.Surface is null ? depth : $"{depth} at the crosshair";
    }

    private static string N(double v) => v.ToString("G5", CultureInfo.InvariantCulture);
}
