using System.Numerics;

namespace DendriteViewer.Kernels.Filtering;

/// <summary>
/// Non-local means: a voxel becomes the mean of those around whose own surroundings look like its own, so that noise is averaged away
/// along edges and not across them (Buades, Coll and Morel, CVPR 2005).
/// </summary>
/// <remarks>
/// The weight of a voxel is exp(−max(0, d − 2σ²)/h²), where d is the mean squared difference of the 3 × 3 × 3 voxels around both, σ the
/// noise's standard deviation, and the search goes over 5 × 5 × 5 voxels. For one offset at a time the squared differences are
/// summed along z, then y, then x, so that a voxel costs some twenty operations an offset, in vectors.
/// </remarks>
public static class NonLocalMeans
{
    /// <summary>Voxels that are searched on either side.</summary>
    public const int Search = 2;

    /// <summary>Voxels on either side that are compared.</summary>
    public const int Patch = 1;

    /// <summary>Voxels by which slices are to be wider on each side, and slices that are needed before and after.</summary>
    public const int Margin = Search + Patch;

    private const int PatchVoxels = 27;

    /// <summary>Filters rows of one slice.</summary>
    /// <param name="slices">
    /// 2·<see cref="Margin"/> + 1 slices, the filtered one in the middle, each (height + 2·Margin) × (width + 2·Margin) values, the nearest
    /// voxels standing in for those outside the volume.
    /// </param>
    /// <param name="width">Voxels of a row.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">Row behind the last.</param>
    /// <param name="sigma">Standard deviation of the noise, above 0.</param>
    /// <param name="h">How much surroundings may differ, above 0.</param>
    /// <param name="target">The slice, width values a row.</param>
    public static void Filter(ReadOnlySpan<float[]> slices, int width, int from, int to, float sigma, float h, Span<float> target)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(slices.Length, 2 * Margin + 1);
        int wide = width + 2 * Margin, rows = to - from;

        // Sums along z and y of one offset; weights and weighted values of all of them.
        var columns = new float[(rows + 2 * Patch) * wide];
        var weights = new float[rows * width];
        var sums = new float[rows * width];
        var (floor, scale) = (2 * sigma * sigma * PatchVoxels, -1 / (h * h * PatchVoxels));
        for (var dz = -Search; dz <= Search; dz++)
        {
            for (var dy = -Search; dy <= Search; dy++)
            {
                for (var dx = -Search; dx <= Search; dx++)
                {
                    Differences(slices, dz, dy, dx, from, rows, wide, columns);
                    Accumulate(slices[Margin + dz], dy, dx, from, rows, width, wide, columns, floor, scale, weights, sums);
                }
            }
        }

        for (var i = 0; i < rows * width; i++)
        {
            target[from * width + i] = sums[i] / weights[i];
        }
    }

    /// <summary>The noise's standard deviation, from the median of how far neighbours along x differ; edges are too few to count.</summary>
    /// <param name="slice">Values of a slice.</param>
    /// <param name="width">Values of a row.</param>
    public static float Noise(ReadOnlySpan<float> slice, int width)
    {
        var differences = new List<float>(slice.Length);
        for (var i = 1; i < slice.Length; i++)
        {
            if (i % width != 0 && float.IsFinite(slice[i] - slice[i - 1]))
            {
                differences.Add(Math.Abs(slice[i] - slice[i - 1]));
            }
        }

        if (differences.Count == 0)
        {
            return 0;
        }

        differences.Sort();

        // The median of |N(0, 2σ²)| is 0.6745·√2·σ.
        return differences[differences.Count / 2] / (0.67449f * MathF.Sqrt(2));
    }

    // For each place of a band, one row and column wider than it: squared differences, summed over three slices.
    private static void Differences(ReadOnlySpan<float[]> slices, int dz, int dy, int dx, int from, int rows, int wide, float[] columns)
    {
        var lanes = Vector<float>.Count;
        for (var y = 0; y < rows + 2 * Patch; y++)
        {
            var at = (from + y + Margin - Patch) * wide;
            var other = at + dy * wide + dx;
            var target = columns.AsSpan(y * wide, wide);
            ReadOnlySpan<float> a = slices[Margin - 1], b = slices[Margin], c = slices[Margin + 1];
            ReadOnlySpan<float> p = slices[Margin - 1 + dz], q = slices[Margin + dz], r = slices[Margin + 1 + dz];
            int x = Search, end = wide - Search;
            for (; x + lanes <= end; x += lanes)
            {
                var u = new Vector<float>(a[(at + x)..]) - new Vector<float>(p[(other + x)..]);
                var v = new Vector<float>(b[(at + x)..]) - new Vector<float>(q[(other + x)..]);
                var w = new Vector<float>(c[(at + x)..]) - new Vector<float>(r[(other + x)..]);
                (u * u + v * v + w * w).CopyTo(target[x..]);
            }

            for (; x < end; x++)
            {
                float u = a[at + x] - p[other + x], v = b[at + x] - q[other + x], w = c[at + x] - r[other + x];
                target[x] = u * u + v * v + w * w;
            }
        }
    }

    private static void Accumulate(
        ReadOnlySpan<float> slice, int dy, int dx, int from, int rows, int width, int wide, float[] columns, float floor, float scale, float[] weights, float[] sums)
    {
        var lanes = Vector<float>.Count;
        for (var y = 0; y < rows; y++)
        {
            // Rows above, at and below; their columns are summed by loads one beside the other.
            ReadOnlySpan<float> above = columns.AsSpan(y * wide, wide), same = columns.AsSpan((y + 1) * wide, wide), below = columns.AsSpan((y + 2) * wide, wide);
            var values = slice.Slice((from + y + Margin + dy) * wide + Margin + dx, width);
            var weight = weights.AsSpan(y * width, width);
            var sum = sums.AsSpan(y * width, width);
            var x = 0;
            for (; x + lanes <= width; x += lanes)
            {
                var d = Vector<float>.Zero;
                for (var k = Margin - Patch; k <= Margin + Patch; k++)
                {
                    d += new Vector<float>(above[(x + k)..]) + new Vector<float>(same[(x + k)..]) + new Vector<float>(below[(x + k)..]);
                }

                var w = Vector.Exp(Vector.Max(Vector<float>.Zero, d - new Vector<float>(floor)) * scale);
                (new Vector<float>(weight[x..]) + w).CopyTo(weight[x..]);
                (new Vector<float>(sum[x..]) + w * new Vector<float>(values[x..])).CopyTo(sum[x..]);
            }

            for (; x < width; x++)
            {
                var d = 0f;
                for (var k = Margin - Patch; k <= Margin + Patch; k++)
                {
                    d += above[x + k] + same[x + k] + below[x + k];
                }

                var w = MathF.Exp(Math.Max(0, d - floor) * scale);
                weight[x] += w;
                sum[x] += w * values[x];
            }
        }
    }
}
