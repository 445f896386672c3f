using System.Numerics;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Distances;

/// <summary>
/// Exact Euclidean distances from every voxel to the nearest voxel of a set, centre to centre. Squared distances are built
/// axis by axis: along x by looking both ways, along y and z as the least of f(j) + (i − j)² over the row (the separable form
/// of P. Felzenszwalb, D. Huttenlocher, Theory Comput. 8, 415, 2012). Rather than by lower envelopes, the least is found by
/// looking further and further away, a vector of columns at a time, until no column can become nearer: for the distances that
/// occur in porous media that is faster, and it stays exact.
/// </summary>
public static class EuclideanDistance
{
    /// <summary>Squared distances, Z × Y × X floats in C order; +∞ everywhere where the set is empty.</summary>
    /// <param name="set">What distance is measured to.</param>
    /// <param name="z">Edge of a voxel along z. For edges that are equal and a power of two the result is exact up to 2²⁴ voxels².</param>
    /// <param name="y">Along y.</param>
    /// <param name="x">Along x.</param>
    public static float[] Squared(BitVolume set, double z = 1, double y = 1, double x = 1)
    {
        var f = new float[checked(set.Z * set.Y * set.X)];
        var (xx, yy, zz) = ((float)(x * x), (float)(y * y), (float)(z * z));
        var plane = set.Y * set.X;
        Parallel.For(0, set.Z, ComputeLane.Options(), () => new float[plane], (k, _, copy) =>
        {
            var slice = f.AsSpan(k * plane, plane);
            for (var j = 0; j < set.Y; j++)
            {
                AlongRow(set.Row(k, j), xx, slice.Slice(j * set.X, set.X));
            }

            slice.CopyTo(copy);
            for (var j = 0; j < set.Y; j++)
            {
                Nearest(copy, j, set.Y, set.X, yy, slice.Slice(j * set.X, set.X));
            }

            return copy;
        }, _ => { });
        Parallel.For(0, set.Y, ComputeLane.Options(), () => new float[set.Z * set.X], (j, _, copy) =>
        {
            for (var k = 0; k < set.Z; k++)
            {
                f.AsSpan(k * plane + j * set.X, set.X).CopyTo(copy.AsSpan(k * set.X));
            }

            for (var k = 0; k < set.Z; k++)
            {
                Nearest(copy, k, set.Z, set.X, zz, f.AsSpan(k * plane + j * set.X, set.X));
            }

            return copy;
        }, _ => { });
        return f;
    }

    // Squared distance to the nearest bit of the row.
    private static void AlongRow(ReadOnlySpan<ulong> words, float xx, Span<float> target)
    {
        var last = -1;
        for (var i = 0; i < target.Length; i++)
        {
            last = (words[i >> 6] >> i & 1) != 0 ? i : last;
            target[i] = last < 0 ? float.PositiveInfinity : xx * (i - last) * (i - last);
        }

        last = -1;
        for (var i = target.Length - 1; i >= 0; i--)
        {
            last = (words[i >> 6] >> i & 1) != 0 ? i : last;
            target[i] = last < 0 ? target[i] : Math.Min(target[i], xx * (last - i) * (last - i));
        }
    }

    // target[x] = min over j of rows[j][x] + step · (row − j)², rows of a plane of so many.
    private static void Nearest(ReadOnlySpan<float> rows, int row, int count, int width, float step, Span<float> target)
    {
        var x = 0;
        for (; x <= width - Vector<float>.Count; x += Vector<float>.Count)
        {
            var best = new Vector<float>(rows[(row * width + x)..]);
            for (var d = 1; d < count; d++)
            {
                var add = new Vector<float>(step * d * d);
                if (!Vector.GreaterThanAny(best, add))
                {
                    break;
                }

                if (row - d >= 0)
                {
                    best = Vector.Min(best, new Vector<float>(rows[((row - d) * width + x)..]) + add);
                }

                if (row + d < count)
                {
                    best = Vector.Min(best, new Vector<float>(rows[((row + d) * width + x)..]) + add);
                }
            }

            best.CopyTo(target[x..]);
        }

        for (; x < width; x++)
        {
            var best = rows[row * width + x];
            for (var d = 1; d < count && best > step * d * d; d++)
            {
                best = row - d >= 0 ? Math.Min(best, rows[(row - d) * width + x] + step * d * d) : best;
                best = row + d < count ? Math.Min(best, rows[(row + d) * width + x] + step * d * d) : best;
            }

            target[x] = best;
        }
    }
}
