using System.Numerics;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// What of a view decides a volume's table and its map of empty space, which cost some milliseconds and outlive the camera.
/// <paramref name="Step"/> is the distance between samples in voxels of the level drawn.
/// </summary>
internal sealed record RayLook(VolumeMode Mode, double Iso, TransferFunction Transfer, float Step)
{
    /// <summary>The table and the map of empty space, for all cameras.</summary>
    public RaycastSettings Prepare(VolumeInfo volume, PyramidLevel level, PagedVolume pages)
    {
        var iso = (float)Iso;
        var table = Transfer.ToTable(volume.Least, volume.Most, Step * level.FactorX);
        var range = (float)Math.Max(volume.Most - volume.Least, 1e-30);
        return new RaycastSettings
        {
            Mode = Mode switch
            {
                VolumeMode.Maximum => RayMode.Maximum,
                VolumeMode.Minimum => RayMode.Minimum,
                VolumeMode.Mean => RayMode.Mean,
                VolumeMode.Isosurface => RayMode.Isosurface,
                _ => RayMode.Composite,
            },
            Transfer = table,
            Empty = Mode == VolumeMode.Isosurface ? EmptySpace.Of(pages, (least, most) => least <= iso && most >= iso) : EmptySpace.Of(pages, table.IsVisible),
            Step = Step, IsoValue = iso, Background = VolumeRenderer.Background, GradientFloor = 1e-12f * range * range,
        };
    }

    /// <summary>The same with lights, clipping and the plane from which samples are counted, for one camera.</summary>
    public static RaycastSettings Light(RaycastSettings basis, VolumeInfo volume, PyramidLevel level, Dataset dataset, ViewState view, RayFrame frame)
    {
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var forward = frame.Forward;
        var ahead = new Vector3((float)forward.Dot(transform.Column(2)), (float)forward.Dot(transform.Column(1)), (float)forward.Dot(transform.Column(0)));
        var (head, key) = LightsIn(transform, frame);
        return basis with
        {
            Shaded = view.Shaded, GradientScale = GradientScale(transform), HeadLight = head, KeyLight = key, Clip = ClipOf(dataset, view, transform),
            SamplePlane = new Vector4(ahead, -Vector3.Dot(ahead, new Vector3(level.Shape.X, level.Shape.Y, level.Shape.Z) / 2)),
        };
    }

    /// <summary>A volume over another, of whose level <paramref name="below"/> the picture's rays are.</summary>
    public static RayLayer Over(
        RaycastSettings basis, PagedVolume pages, VolumeInfo volume, PyramidLevel level, VolumeInfo belowVolume, PyramidLevel below, bool replaces, bool shaded, RayFrame frame)
    {
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var from = belowVolume.Transform.ForLevel(below.FactorZ, below.FactorY, below.FactorX);
        var (head, key) = LightsIn(transform, frame);
        var (origin, x, y, z) = (At(0, 0, 0), At(1, 0, 0), At(0, 1, 0), At(0, 0, 1));
        return new RayLayer
        {
            Volume = pages, Transfer = basis.Transfer, Empty = basis.Empty, GradientFloor = basis.GradientFloor, GradientScale = GradientScale(transform),
            HeadLight = head, KeyLight = key, Shaded = shaded, Replaces = replaces,
            FromPicture = new Matrix4x4(
                (float)(x.X - origin.X), (float)(x.Y - origin.Y), (float)(x.Z - origin.Z), 0, (float)(y.X - origin.X), (float)(y.Y - origin.Y), (float)(y.Z - origin.Z), 0,
                (float)(z.X - origin.X), (float)(z.Y - origin.Y), (float)(z.Z - origin.Z), 0, (float)(origin.X - 0.5), (float)(origin.Y - 0.5), (float)(origin.Z - 0.5), 1),
        };

        VoxelPoint At(double x, double y, double z) => transform.ToVoxel(from.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5)));
    }

    /// <summary>
    /// What is kept, in the transform's index coordinates: the box, the depths along the interface's surface, and what lies behind the
    /// slice that the picture is cut along.
    /// </summary>
    public static ClipShape ClipOf(Dataset dataset, ViewState view, AffineTransform transform)
    {
        if (view.Clip is null && view.DepthClip is null && view.Cut is null)
        {
            return ClipShape.None;
        }

        var planes = new List<ClipPlane>();
        ClipRelief? relief = null;
        if (view.Clip is { } box)
        {
            Keep(new WorldVector(1, 0, 0), box.Low.Z);
            Keep(new WorldVector(-1, 0, 0), -box.High.Z);
            Keep(new WorldVector(0, 1, 0), box.Low.Y);
            Keep(new WorldVector(0, -1, 0), -box.High.Y);
            Keep(new WorldVector(0, 0, 1), box.Low.X);
            Keep(new WorldVector(0, 0, -1), -box.High.X);
        }

        if (view.DepthClip is { } band)
        {
            KeepDepths(band.FromUm, isDeeper: true);
            KeepDepths(band.ToUm, isDeeper: false);
        }

        if (view.Cut is { } cut)
        {
            var (slice, curve) = SliceSheet.Of(view, cut.Along, dataset);
            if (curve is null)
            {
                var n = cut.KeepsFar ? slice.Normal : -1 * slice.Normal;
                Keep(n, n.Dot(slice.Middle - default(WorldPoint)));
            }
            else
            {
                KeepDepths(curve.DepthUm, cut.KeepsFar == dataset.Depth.Direction > 0);
            }
        }

        return new ClipShape(planes, relief);

        void KeepDepths(double um, bool isDeeper)
        {
            var (normal, offset) = dataset.Depth.MeanPlane;
            relief ??= ReliefOf(dataset.Depth, transform);
            var sign = isDeeper ? 1 : -1;
            Keep(sign * normal, sign * (offset + um), relief is null ? 0 : -sign);
        }

        // Kept is n·world ≥ least; world = M·(index + ½) + t makes that a plane over index coordinates.
        void Keep(WorldVector n, double least, float bulges = 0)
        {
            var corner = transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5));
            planes.Add(new ClipPlane(new Vector4(
                (float)n.Dot(transform.Column(2)), (float)n.Dot(transform.Column(1)), (float)n.Dot(transform.Column(0)),
                (float)(n.Z * corner.Z + n.Y * corner.Y + n.X * corner.X - least)), bulges));
        }
    }

    // How much deeper than the mean plane the surface lies, over the surface's own nodes; null for a plane.
    private static ClipRelief? ReliefOf(DepthFrame depth, AffineTransform transform)
    {
        if (depth.Surface is not { } s)
        {
            return null;
        }

        var (normal, offset) = depth.MeanPlane;
        var heights = new float[s.Shape.U * s.Shape.V];
        for (var i = 0; i < s.Shape.U; i++)
        {
            for (var j = 0; j < s.Shape.V; j++)
            {
                var node = InterfaceSurface.Join(s.Axis, s.HeightsUm[i * s.Shape.V + j], s.OriginUm.U + i * s.StepUm, s.OriginUm.V + j * s.StepUm);
                heights[i * s.Shape.V + j] = (float)(normal.Dot(node - default(WorldPoint)) - offset);
            }
        }

        if (heights.All(h => Math.Abs(h) < 1e-3))
        {
            return null;
        }

        return new ClipRelief(NodeAlong(1, s.OriginUm.U), NodeAlong(2, s.OriginUm.V), s.Shape.U, s.Shape.V, heights);

        // A point's place among the nodes is a linear function of its index coordinates.
        Vector4 NodeAlong(int which, double origin)
        {
            var corner = transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5));
            return new Vector4(
                (float)(Across(which, transform.Column(2)) / s.StepUm), (float)(Across(which, transform.Column(1)) / s.StepUm), (float)(Across(which, transform.Column(0)) / s.StepUm),
                (float)((Across(which, corner - default(WorldPoint)) - origin) / s.StepUm));
        }

        double Across(int which, WorldVector v)
        {
            var (_, a, b) = InterfaceSurface.Split(s.Axis, v.Z, v.Y, v.X);
            return which == 1 ? a : b;
        }
    }

    private static VoxelVector GradientScale(AffineTransform transform)
    {
        var size = transform.VoxelSize;
        return new VoxelVector((float)(size.Least / size.Z), (float)(size.Least / size.Y), (float)(size.Least / size.X));
    }

    // Lights are turned into the volume's own axes, whose gradient is then only stretched.
    private static (VoxelVector Head, VoxelVector Key) LightsIn(AffineTransform transform, RayFrame frame)
    {
        return (Turned(-1 * frame.Forward), Turned(frame.ToKeyLight));

        VoxelVector Turned(WorldVector v) => new(
            (float)v.Dot(transform.Column(0).Normalized()), (float)v.Dot(transform.Column(1).Normalized()), (float)v.Dot(transform.Column(2).Normalized()));
    }
}
