using System.Numerics;
using System.Runtime.CompilerServices;

namespace DendriteViewer.Kernels.Filtering;

/// <summary>Noise filters over the 3 × 3 × 3 voxels around each; at the volume's border the nearest voxels stand in for those outside.</summary>
public static class NeighbourhoodFilters
{
    /// <summary>Median of 27: takes single outliers away and keeps edges.</summary>
    /// <param name="above">The slice before.</param>
    /// <param name="same">The slice that is filtered.</param>
    /// <param name="below">The slice after.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Voxels of a row.</param>
    /// <param name="target">height × width values.</param>
    /// <remarks>
    /// Forgetful selection, in all lanes at once: of fifteen values the least and the largest cannot be the median of 27; they are
    /// forgotten, one more value comes in, and so on until three are left, whose middle one it is (A. W. Paeth, Graphics Gems, 1990).
    /// </remarks>
    public static void Median(ReadOnlySpan<float> above, ReadOnlySpan<float> same, ReadOnlySpan<float> below, int height, int width, Span<float> target)
    {
        var lanes = Vector<float>.Count;
        Span<Vector<float>> v = stackalloc Vector<float>[27];
        for (var y = 0; y < height; y++)
        {
            int up = Math.Max(0, y - 1) * width, at = y * width, down = Math.Min(height - 1, y + 1) * width;
            var x = 0;
            for (; x < width; x++)
            {
                // Columns at both ends one by one, those between by vectors.
                if (x >= 1 && x + lanes + 1 <= width)
                {
                    for (var k = 0; k < 3; k++)
                    {
                        v[k] = new Vector<float>(above[(up + x + k - 1)..]);
                        v[k + 3] = new Vector<float>(above[(at + x + k - 1)..]);
                        v[k + 6] = new Vector<float>(above[(down + x + k - 1)..]);
                        v[k + 9] = new Vector<float>(same[(up + x + k - 1)..]);
                        v[k + 12] = new Vector<float>(same[(at + x + k - 1)..]);
                        v[k + 15] = new Vector<float>(same[(down + x + k - 1)..]);
                        v[k + 18] = new Vector<float>(below[(up + x + k - 1)..]);
                        v[k + 21] = new Vector<float>(below[(at + x + k - 1)..]);
                        v[k + 24] = new Vector<float>(below[(down + x + k - 1)..]);
                    }

                    Middle(v).CopyTo(target[(at + x)..]);
                    x += lanes - 1;
                    continue;
                }

                target[at + x] = MedianScalar(above, same, below, up, at, down, x, width);
            }
        }
    }

    /// <summary>Weights (1, 2, 1)/4 along each axis: a Gaussian of 0.7 voxels.</summary>
    /// <inheritdoc cref="Median"/>
    public static void Gaussian(ReadOnlySpan<float> above, ReadOnlySpan<float> same, ReadOnlySpan<float> below, int height, int width, Span<float> target)
    {
        var across = new float[width];
        for (var y = 0; y < height; y++)
        {
            int up = Math.Max(0, y - 1) * width, at = y * width, down = Math.Min(height - 1, y + 1) * width;
            for (var x = 0; x < width; x++)
            {
                across[x] = above[up + x] + 2 * above[at + x] + above[down + x] + 2 * (same[up + x] + 2 * same[at + x] + same[down + x]) + below[up + x] + 2 * below[at + x] + below[down + x];
            }

            for (var x = 0; x < width; x++)
            {
                target[at + x] = (across[Math.Max(0, x - 1)] + 2 * across[x] + across[Math.Min(width - 1, x + 1)]) / 64;
            }
        }
    }

    internal static float MedianScalar(ReadOnlySpan<float> above, ReadOnlySpan<float> same, ReadOnlySpan<float> below, int up, int at, int down, int x, int width)
    {
        Span<float> values = stackalloc float[27];
        var n = 0;
        for (var k = -1; k <= 1; k++)
        {
            var i = Math.Clamp(x + k, 0, width - 1);
            values[n++] = above[up + i];
            values[n++] = above[at + i];
            values[n++] = above[down + i];
            values[n++] = same[up + i];
            values[n++] = same[at + i];
            values[n++] = same[down + i];
            values[n++] = below[up + i];
            values[n++] = below[at + i];
            values[n++] = below[down + i];
        }

        values.Sort();
        return values[13];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector<float> Middle(Span<Vector<float>> v)
    {
        // v[low] .. v[high] are those not forgotten; the next to come in takes the place of the largest.
        var (low, high) = (0, 14);
        for (var next = 15; ; next++)
        {
            for (var i = low; i < high; i++)
            {
                var (a, b) = (v[i], v[high]);
                (v[i], v[high]) = (Vector.Min(a, b), Vector.Max(a, b));
            }

            for (var i = high - 1; i > low; i--)
            {
                var (a, b) = (v[low], v[i]);
                (v[low], v[i]) = (Vector.Min(a, b), Vector.Max(a, b));
            }

            low++;
            if (next == 27)
            {
                return v[low];
            }

            v[high] = v[next];
        }
    }
}
