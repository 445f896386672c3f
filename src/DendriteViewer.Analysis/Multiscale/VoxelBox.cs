using System.Numerics;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// The part of a level that a placement looks at, sampled anywhere by the cubic B-spline whose coefficients are the voxels themselves: that
/// smooths by σ = 0.58 voxels, which keeps noise from drawing a placement towards voxel centres, and has smooth slopes.
/// </summary>
internal sealed class VoxelBox
{
    private readonly float[] _voxels;
    private readonly VolumeShape _shape;

    // From the frame to index coordinates of the box, whole at voxel centres: rows of nine numbers and an offset.
    private readonly double[] _to;

    private VoxelBox(float[] voxels, VolumeShape shape, AffineTransform transform)
    {
        (_voxels, _shape, Transform) = (voxels, shape, transform);
        _to = transform.Inverse().Rows.ToArray();
        (_to[3], _to[7], _to[11]) = (_to[3] - 0.5, _to[7] - 0.5, _to[11] - 0.5);
    }

    /// <summary>From the box's voxels to the frame.</summary>
    public AffineTransform Transform { get; }

    /// <summary>Voxels along each axis.</summary>
    public VolumeShape Shape => _shape;

    /// <summary>The voxels.</summary>
    public ReadOnlySpan<float> Voxels => _voxels;

    /// <summary>Reads what of a level lies in a box of the frame; null where that is less than four voxels wide.</summary>
    public static async Task<VoxelBox?> ReadAsync(
        VolumeReader reader, PyramidLevel level, AffineTransform toFrame, (WorldPoint Low, WorldPoint High) box, CancellationToken ct)
    {
        var (low, high) = RangeOf(level, toFrame, box);
        if (Math.Min(high.Z - low.Z, Math.Min(high.Y - low.Y, high.X - low.X)) < 4)
        {
            return null;
        }

        var transform = toFrame.ForLevel(level.FactorZ, level.FactorY, level.FactorX).From(new VoxelPoint(low.Z, low.Y, low.X));
        return new VoxelBox(
            await DenseLevels.ReadBoxAsync(reader, level, low, high, ct),
            new VolumeShape(high.Z - low.Z, high.Y - low.Y, high.X - low.X), transform);
    }

    /// <summary>How steep the box is at each voxel, a µm, as a box of the same voxels; as beside them at its faces.</summary>
    public VoxelBox Steepness()
    {
        var (steep, edges) = (new float[_voxels.Length], Transform.VoxelSize);
        Parallel.For(0, _shape.Z, ComputeLane.Options(), z =>
        {
            for (var y = 0; y < _shape.Y; y++)
            {
                for (var x = 0; x < _shape.X; x++)
                {
                    static int Inside(int i, int n) => Math.Clamp(i, 1, n - 2);
                    var (_, square) = Smoothed.At(
                        _voxels, _shape, Inside(z, _shape.Z), Inside(y, _shape.Y), Inside(x, _shape.X), edges);
                    steep[((long)z * _shape.Y + y) * _shape.X + x] = MathF.Sqrt(square);
                }
            }
        });
        return new VoxelBox(steep, _shape, Transform);
    }

    /// <summary>How many voxels of a level lie in a box of the frame.</summary>
    public static long CountOf(PyramidLevel level, AffineTransform toFrame, (WorldPoint Low, WorldPoint High) box)
    {
        var (low, high) = RangeOf(level, toFrame, box);
        return Math.Max(0L, high.Z - low.Z) * Math.Max(0, high.Y - low.Y) * Math.Max(0, high.X - low.X);
    }

    private static (VoxelIndex Low, VoxelIndex High) RangeOf(PyramidLevel level, AffineTransform toFrame, (WorldPoint Low,
        WorldPoint High) box)
    {
        var to = toFrame.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var corners = Enumerable.Range(0, 8).Select(i => to.ToVoxel(new WorldPoint(
            (i & 4) != 0 ? box.High.Z : box.Low.Z, (i & 2) != 0 ? box.High.Y : box.Low.Y, (i & 1) != 0 ? box.High.X
                : box.Low.X))).ToArray();
        int Low(Func<VoxelPoint, double> of, int n) => (int)Math.Clamp(Math.Floor(corners.Min(of)) - 2, 0, n);
        int High(Func<VoxelPoint, double> of, int n) => (int)Math.Clamp(Math.Ceiling(corners.Max(of)) + 2, 0, n);
        var s = level.Shape;
        return (new VoxelIndex(Low(c => c.Z, s.Z), Low(c => c.Y, s.Y), Low(c => c.X, s.X)),
            new VoxelIndex(High(c => c.Z, s.Z), High(c => c.Y, s.Y), High(c => c.X, s.X)));
    }

    /// <summary>Index coordinates of a place, whole at voxel centres.</summary>
    public (double Z, double Y, double X) IndexOf(double z, double y, double x) => (
        _to[0] * z + _to[1] * y + _to[2] * x + _to[3],
        _to[4] * z + _to[5] * y + _to[6] * x + _to[7],
        _to[8] * z + _to[9] * y + _to[10] * x + _to[11]);

    /// <summary>The smoothed value at a place and its slope, a µm; false near or beyond the box's faces.</summary>
    public bool TrySample(double z, double y, double x, out float value, out Vector3 slope)
    {
        var (iz, iy, ix) = IndexOf(z, y, x);
        if (!(iz >= 1 && iy >= 1 && ix >= 1 && iz < _shape.Z - 2 && iy < _shape.Y - 2 && ix < _shape.X - 2))
        {
            (value, slope) = (float.NaN, default);
            return false;
        }

        int kz = (int)iz, ky = (int)iy, kx = (int)ix;
        var (wz, dz) = Weights((float)(iz - kz));
        var (wy, dy) = Weights((float)(iy - ky));
        var (wx, dx) = Weights((float)(ix - kx));
        float v = 0, gz = 0, gy = 0, gx = 0;
        for (var a = 0; a < 4; a++)
        {
            float row = 0, rowY = 0, rowX = 0;
            for (var b = 0; b < 4; b++)
            {
                var at = ((kz + a - 1) * (long)_shape.Y + ky + b - 1) * _shape.X + kx - 1;
                var taps = new Vector4(_voxels.AsSpan((int)at, 4));
                var line = Vector4.Dot(wx, taps);
                row += wy[b] * line;
                rowY += dy[b] * line;
                rowX += wy[b] * Vector4.Dot(dx, taps);
            }

            v += wz[a] * row;
            gz += dz[a] * row;
            gy += wz[a] * rowY;
            gx += wz[a] * rowX;
        }

        value = v;
        slope = new Vector3(
            (float)(gz * _to[0] + gy * _to[4] + gx * _to[8]),
            (float)(gz * _to[1] + gy * _to[5] + gx * _to[9]),
            (float)(gz * _to[2] + gy * _to[6] + gx * _to[10]));
        return float.IsFinite(v);
    }

    // The uniform cubic B-spline and its derivative at t between the second and the third of four voxels.
    private static (Vector4 Weights, Vector4 Slopes) Weights(float t)
    {
        var u = 1 - t;
        return (
            new Vector4(u * u * u, (3 * t - 6) * t * t + 4, (3 * u - 6) * u * u + 4, t * t * t) / 6,
            new Vector4(-u * u, (3 * t - 4) * t, (4 - 3 * u) * u, t * t) / 2);
    }
}
