using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>
/// Trilinear samples of a volume's finest level in double precision. It keeps the bricks that it used lately, up to a number of bytes, so
/// that a sample beside another one asks nobody. For one thread.
/// </summary>
internal sealed class TrilinearSampler(VolumeInfo volume, VolumeReader reader, BrickCache cache)
{
    private const long MostBytes = 128L << 20;
    private readonly PyramidLevel _level = reader.Levels[0];
    private readonly Dictionary<BrickIndex, Brick> _bricks = [];
    private long _bytes;

    /// <summary>The value at a point: null outside the volume, NaN beside a voxel without a number.</summary>
    /// <returns>False where a brick must be read first; ask <see cref="SampleAsync"/> then.</returns>
    public bool TrySample(WorldPoint point, out double? value)
    {
        value = null;
        return Corners(point) is not { } c || TryBlend(c, out value);
    }

    /// <summary>As <see cref="TrySample"/>, reading what is missing.</summary>
    public async Task<double?> SampleAsync(WorldPoint point, CancellationToken ct)
    {
        if (Corners(point) is not { } c)
        {
            return null;
        }

        for (var i = 0; i < 8; i++)
        {
            var index = BrickOf((i & 4) != 0 ? c.Z1 : c.Z0, (i & 2) != 0 ? c.Y1 : c.Y0, (i & 1) != 0 ? c.X1 : c.X0);
            if (_bricks.ContainsKey(index))
            {
                continue;
            }

            var brick = await cache.GetAsync(volume, index, ct);
            _bytes += brick.Bytes;
            _bricks[index] = brick;
        }

        TryBlend(c, out var value);
        if (_bytes > MostBytes)
        {
            _bricks.Clear();
            _bytes = 0;
        }

        return value;
    }

    // The eight voxels around a point and how near it is to the farther ones; null outside the volume.
    private Cell? Corners(WorldPoint point)
    {
        var (p, s) = (volume.Transform.ToVoxel(point), volume.Shape);

        // A point on the volume's face is inside, whatever the transform's rounding.
        const double Slack = 1e-9;
        if (!(p.Z >= -Slack && p.Y >= -Slack && p.X >= -Slack && p.Z <= s.Z + Slack && p.Y <= s.Y + Slack && p.X <= s.X + Slack))
        {
            return null;
        }

        var (z0, z1, fz) = Split(p.Z, s.Z);
        var (y0, y1, fy) = Split(p.Y, s.Y);
        var (x0, x1, fx) = Split(p.X, s.X);
        return new Cell(z0, z1, fz, y0, y1, fy, x0, x1, fx);

        static (int Low, int High, double Fraction) Split(double at, int size)
        {
            var low = (int)Math.Floor(at - 0.5);
            return (Math.Clamp(low, 0, size - 1), Math.Clamp(low + 1, 0, size - 1), at - 0.5 - low);
        }
    }

    private bool TryBlend(in Cell c, out double? value)
    {
        double sum = 0;
        value = null;
        for (var i = 0; i < 8; i++)
        {
            var weight = ((i & 4) != 0 ? c.FZ : 1 - c.FZ) * ((i & 2) != 0 ? c.FY : 1 - c.FY) * ((i & 1) != 0 ? c.FX : 1 - c.FX);
            if (weight == 0)
            {
                // A voxel without data does not spoil a sample that lies on its neighbour.
                continue;
            }

            var (z, y, x) = ((i & 4) != 0 ? c.Z1 : c.Z0, (i & 2) != 0 ? c.Y1 : c.Y0, (i & 1) != 0 ? c.X1 : c.X0);
            if (!_bricks.TryGetValue(BrickOf(z, y, x), out var brick))
            {
                return false;
            }

            var b = _level.Brick;
            sum += weight * brick.At(z % b.Z, y % b.Y, x % b.X);
        }

        value = sum;
        return true;
    }

    private BrickIndex BrickOf(int z, int y, int x) => new(0, z / _level.Brick.Z, y / _level.Brick.Y, x / _level.Brick.X);

    private readonly record struct Cell(int Z0, int Z1, double FZ, int Y0, int Y1, double FY, int X0, int X1, double FX);
}
