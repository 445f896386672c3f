using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Viewing;
using MessagePack;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Streaming.Calls;

/// <summary>What is stored or seen at a place: voxels, points in the 3D picture, planes through points.</summary>
/// <param name="callers">Which session is asked about.</param>
/// <param name="slices">Reads stored voxels.</param>
/// <param name="volumes">Finds what a ray meets.</param>
/// <param name="lanes">Where rays are cast.</param>
public sealed class PlaceQueries(HubCallers callers, SliceRenderer slices, VolumeRenderer volumes, ComputeLanes lanes)
{
    /// <summary>The stored voxel at a point, in the scan of the view's modality at some hours, or those of the view.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="at">z, y, x in µm.</param>
    /// <param name="hours">Hours of plating; null for those that are shown.</param>
    /// <returns>Null outside the volume.</returns>
    public async Task<ProbeDto?> ProbeAsync(HubCallerContext call, WorldPoint at, double? hours = null)
    {
        var session = callers.SessionOf(call);
        var hit = await slices.ProbeAsync(ScanAt(session, hours), at, call.ConnectionAborted);
        return hit is { } h ? new ProbeDto(h.Value, session.Dataset.Depth.DepthOf(at).Um, h.Index.Z, h.Index.Y, h.Index.X) : null;
    }

    /// <summary>
    /// The stored voxels of the finer scans that hold a point, z, y, x in µm, inside the scan of the view's modality at some hours.
    /// </summary>
    public async Task<NestedProbeDto[]> ProbeNestedAsync(HubCallerContext call, WorldPoint at, double hours)
    {
        var session = callers.SessionOf(call);
        var found = new List<NestedProbeDto>();
        foreach (var volume in NestedFields.In(session.Dataset, ScanAt(session, hours)))
        {
            if (await slices.ProbeAsync(volume, at, call.ConnectionAborted) is { } h)
            {
                found.Add(new NestedProbeDto(volume.Key.Modality, h.Value, h.Index.Z, h.Index.Y, h.Index.X));
            }
        }

        return [.. found];
    }

    /// <summary>What is seen in the 3D pane at a pixel of a picture so wide and high: z, y, x in µm, or null.</summary>
    public async Task<double[]?> PickAsync(HubCallerContext call, double u, double v, int width, int height)
    {
        var session = callers.SessionOf(call);
        (Ranges.PaneSide with { Name = "The picture's width", Least = 1 }).Check(width);
        (Ranges.PaneSide with { Name = "The picture's height", Least = 1 }).Check(height);
        new NumberRange("u", 0, width, "pixels").Check(u);
        new NumberRange("v", 0, height, "pixels").Check(v);

        var view = session.Current.View;
        var gone = call.ConnectionAborted;
        var hit = await lanes[Urgency.Moving].RunAsync(
            () => volumes.PickAsync(session.Volume(view), session.Dataset, view, width, height, u, v, gone), gone);
        return hit is { } p ? [p.Z, p.Y, p.X] : null;
    }

    /// <summary>Turns the slices so that one of them, 0 z, 1 y or 2 x, goes through three points: z, y, x of each in µm.</summary>
    /// <returns>The revision that the change made.</returns>
    public long PlaneThrough(HubCallerContext call, int slice, double[] points)
    {
        var session = callers.SessionOf(call);
        var pane = (Pane)(int)new NumberRange("The slice", 0, 2).Check(slice);
        var c = Ranges.Um.Of("The points of a plane").Check(points, 9);
        WorldPoint[] three = [new(c[0], c[1], c[2]), new(c[3], c[4], c[5]), new(c[6], c[7], c[8])];

        // As a panel's change, so that the page hears of it and can take it back.
        return session.Update(v => ViewStates.Through(v, session.Dataset, session.Volume(v), pane, three), null).Number;
    }

    /// <summary>A point that a client named.</summary>
    /// <exception cref="OutOfRangeException">A coordinate is none or too far away.</exception>
    public static WorldPoint At(double z, double y, double x) => new(
        Ranges.Um.Of("z").Check(z), Ranges.Um.Of("y").Check(y), Ranges.Um.Of("x").Check(x));

    private static VolumeInfo ScanAt(ViewSession session, double? hours) => session.Volume(
        hours is { } h ? session.Current.View with { Hours = Ranges.Hours.Check(h) } : session.Current.View);
}

/// <summary>A probed voxel.</summary>
/// <param name="Value">The stored value.</param>
/// <param name="DepthUm">Signed distance from the interface, positive into the electrolyte.</param>
/// <param name="Z">Voxel index along z.</param>
/// <param name="Y">Voxel index along y.</param>
/// <param name="X">Voxel index along x.</param>
[MessagePackObject]
public sealed record ProbeDto(
    [property: Key("value")] double Value,
    [property: Key("depthUm")] double DepthUm,
    [property: Key("z")] int Z,
    [property: Key("y")] int Y,
    [property: Key("x")] int X);

/// <summary>A probed voxel of a finer scan.</summary>
/// <param name="Modality">The scan's modality.</param>
/// <param name="Value">The stored value.</param>
/// <param name="Z">Voxel index along z.</param>
/// <param name="Y">Voxel index along y.</param>
/// <param name="X">Voxel index along x.</param>
[MessagePackObject]
public sealed record NestedProbeDto(
    [property: Key("modality")] string Modality,
    [property: Key("value")] double Value,
    [property: Key("z")] int Z,
    [property: Key("y")] int Y,
    [property: Key("x")] int X);
