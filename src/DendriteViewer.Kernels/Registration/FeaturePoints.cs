using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Registration;

/// <summary>A place of a scan at which its values change so much that they tell how another scan lies to it.</summary>
/// <param name="Z">Index coordinate.</param>
/// <param name="Y">Index coordinate.</param>
/// <param name="X">Index coordinate.</param>
/// <param name="Value">Smoothed value there.</param>
/// <param name="Gz">Slope along z, a voxel.</param>
/// <param name="Gy">Slope along y.</param>
/// <param name="Gx">Slope along x.</param>
public readonly record struct FeaturePoint(int Z, int Y, int X, float Value, float Gz, float Gy, float Gx);

/// <summary>Chooses the places of a scan that registration rests on.</summary>
public static class FeaturePoints
{
    /// <summary>
    /// Of the voxels in a set that lie two voxels inside the volume, those with the steepest slopes, at most
    /// <paramref name="most"/> of them in scan order. Slopes are central differences smoothed across by (1, 2, 1).
    /// </summary>
    public static FeaturePoint[] Collect(float[] voxels, int z, int y, int x, BitVolume within, int most)
    {
        // A histogram of squared slopes on a logarithmic scale says where to cut.
        const int Bins = 512;
        var counts = new long[Bins];
        var found = new List<FeaturePoint>[z];
        var gate = new Lock();
        Parallel.For(2, Math.Max(2, z - 2), ComputeLane.Options(), () => new long[Bins], (k, _, bins) =>
        {
            for (var j = 2; j < y - 2; j++)
            {
                for (var i = 2; i < x - 2; i++)
                {
                    if (within[k, j, i])
                    {
                        bins[BinOf(PointAt(voxels, y, x, k, j, i))]++;
                    }
                }
            }

            return bins;
        }, bins =>
        {
            lock (gate)
            {
                for (var b = 0; b < Bins; b++)
                {
                    counts[b] += bins[b];
                }
            }
        });
        var least = Bins - 1;
        for (var n = counts[least]; least > 1 && n + counts[least - 1] <= most; n += counts[least])
        {
            least--;
        }

        Parallel.For(2, Math.Max(2, z - 2), ComputeLane.Options(), k =>
        {
            var list = new List<FeaturePoint>();
            for (var j = 2; j < y - 2; j++)
            {
                for (var i = 2; i < x - 2; i++)
                {
                    if (within[k, j, i] && PointAt(voxels, y, x, k, j, i) is var p && BinOf(p) >= least)
                    {
                        list.Add(p);
                    }
                }
            }

            found[k] = list;
        });
        return found.Where(l => l is not null).SelectMany(l => l).ToArray();

        static int BinOf(FeaturePoint p)
        {
            var g = p.Gz * p.Gz + p.Gy * p.Gy + p.Gx * p.Gx;
            return g <= 1e-12f || !float.IsFinite(g) ? 0 : Math.Clamp((int)(Math.Log2(g) * 6) + 240, 0, Bins - 1);
        }
    }

    private static FeaturePoint PointAt(float[] v, int y, int x, int k, int j, int i)
    {
        float gz = 0, gy = 0, gx = 0, value = 0;
        for (var dz = -1; dz <= 1; dz++)
        {
            for (var dy = -1; dy <= 1; dy++)
            {
                var row = ((long)(k + dz) * y + j + dy) * x + i;
                float a = v[row - 1], b = v[row], c = v[row + 1], sum = a + 2 * b + c;
                float wz = 2 - Math.Abs(dz), wy = 2 - Math.Abs(dy);
                gz += dz * wy * sum;
                gy += dy * wz * sum;
                gx += wz * wy * (c - a);
                value += wz * wy * sum;
            }
        }

        return new FeaturePoint(k, j, i, value / 64, gz / 32, gy / 32, gx / 32);
    }
}
