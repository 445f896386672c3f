using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Segmentation;

/// <summary>
/// Depth of a scan's voxels: their distance from the interface, NaN outside the cell. The electrolyte is where it is above zero, voids
/// and lithium included.
/// </summary>
internal sealed class ElectrolyteRegion
{
    private readonly AffineTransform _transform;
    private readonly DepthFrame _depth;
    private readonly CellOutline? _outline;

    // For a scan along the dataset's axes: depth where voxels begin, and NaN outside the cell, at each place across the axis.
    private readonly float[]? _start;
    private readonly double _step;

    public ElectrolyteRegion(VolumeShape shape, AffineTransform transform, DepthFrame depth, CellOutline? outline)
    {
        (Shape, _transform, _depth, _outline) = (shape, transform, depth, outline);
        var (n, u, v) = InterfaceSurface.Split(depth.Axis, shape.Z, shape.Y, shape.X);
        var along = Column(depth.Axis);
        if (Math.Abs(Math.Abs(Part(along)) - along.Length) > 1e-9 * along.Length || Part(along) < 0 || n < 1)
        {
            return;
        }

        // Depth grows evenly along the axis, so that a place across it needs its surface and outline looked up once.
        _start = new float[(int)(u * v)];
        _step = depth.Direction * Part(along) * (depth.Surface?.Cosine ?? 1);
        Parallel.For(0, (int)u, ComputeLane.Options(), i =>
        {
            for (var j = 0; j < (int)v; j++)
            {
                _start[i * (int)v + j] = DepthAt(Voxel(0.5, i + 0.5, j + 0.5));
            }
        });
    }

    /// <summary>Voxels of the scan.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Volume of a voxel, µm³.</summary>
    public double VoxelUm3
    {
        get
        {
            var (a, b, c) = (_transform.Column(0), _transform.Column(1), _transform.Column(2));
            return Math.Abs(a.Z * (b.Y * c.X - b.X * c.Y) - a.Y * (b.Z * c.X - b.X * c.Z) + a.X * (b.Z * c.Y - b.Y * c.Z));
        }
    }

    /// <summary>Depths of a row of voxels, µm.</summary>
    public void Row(int z, int y, Span<float> depths)
    {
        if (_start is null)
        {
            for (var x = 0; x < depths.Length; x++)
            {
                depths[x] = DepthAt(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5));
            }

            return;
        }

        switch (_depth.Axis)
        {
            case Axis.X:
                var (start, step) = (_start[z * Shape.Y + y], (float)_step);
                for (var x = 0; x < depths.Length; x++)
                {
                    depths[x] = start + x * step;
                }

                break;
            case Axis.Y:
                Shift(_start.AsSpan(z * Shape.X, Shape.X), (float)(y * _step), depths);
                break;
            default:
                Shift(_start.AsSpan(y * Shape.X, Shape.X), (float)(z * _step), depths);
                break;
        }
    }

    private static void Shift(ReadOnlySpan<float> from, float by, Span<float> to)
    {
        for (var x = 0; x < to.Length; x++)
        {
            to[x] = from[x] + by;
        }
    }

    private float DepthAt(VoxelPoint voxel)
    {
        var p = _transform.ToWorld(voxel);
        var (_, u, v) = InterfaceSurface.Split(_depth.Axis, p.Z, p.Y, p.X);
        return _outline?.Contains(u, v) == false ? float.NaN : (float)_depth.DepthOf(p).Um;
    }

    private VoxelPoint Voxel(double along, double u, double v) => _depth.Axis switch
    {
        Axis.Y => new VoxelPoint(u, along, v),
        Axis.X => new VoxelPoint(u, v, along),
        _ => new VoxelPoint(along, u, v),
    };

    private WorldVector Column(Axis axis) => _transform.Column(axis switch { Axis.Y => 1, Axis.X => 2, _ => 0 });

    private double Part(WorldVector v) => _depth.Axis switch { Axis.Y => v.Y, Axis.X => v.X, _ => v.Z };
}
