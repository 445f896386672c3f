using DendriteViewer.Kernels.Downsampling;
using ILGPU;

namespace DendriteViewer.Kernels.Statistics;

/// <summary>What every work item of a count shares.</summary>
public struct HistogramArguments
{
    /// <summary>Values, bins, and work items that count.</summary>
    public int Count, Bins, Counters;
}

/// <summary>
/// Counts values on a device. Which bin a value falls into is decided by the bins' first values, which the host works out in double
/// precision,
/// so that the counts are those of <see cref="HistogramKernel.Accumulate"/> to the last one. Each work item counts on its own, and a second
/// kernel adds up, since not every OpenCL driver has the atomic operations that ILGPU writes.
/// </summary>
internal static class HistogramProgram
{
    /// <summary>Counter i takes every so-manyth value; its count of bin b is number b·Counters + i, all 0 before.</summary>
    public static void Count<TVoxels>(ArrayView<byte> values, ArrayView<float> edges, ArrayView<int> counts, HistogramArguments a)
        where TVoxels : struct, DownsampleProgram.IVoxels
    {
        var counter = Grid.GlobalIndex.X;
        for (var i = counter; i < a.Count && counter < a.Counters; i += a.Counters)
        {
            var v = default(TVoxels).Read(values, i);

            // ILGPU's OpenCL takes comparisons with NaN for true, so it is asked for.
            if (!float.IsNaN(v) && v >= edges[0] && v < edges[a.Bins])
            {
                counts[(long)BinOf(edges, a, v) * a.Counters + counter] += 1;
            }
        }
    }

    /// <summary>One work item a bin adds up what was counted of it.</summary>
    public static void Sum(ArrayView<int> counts, ArrayView<int> sums, HistogramArguments a)
    {
        var bin = Grid.GlobalIndex.X;
        if (bin < a.Bins)
        {
            var sum = 0;
            for (var i = 0; i < a.Counters; i++)
            {
                sum += counts[(long)bin * a.Counters + i];
            }

            sums[bin] = sum;
        }
    }

    // The last bin whose first value is not above the value, by halving what is left of the bins.
    private static int BinOf(ArrayView<float> edges, HistogramArguments a, float v)
    {
        int first = 0, last = a.Bins - 1;
        while (first < last)
        {
            var middle = (first + last + 1) >> 1;
            var isAbove = v >= edges[middle];
            first = isAbove ? middle : first;
            last = isAbove ? last : middle - 1;
        }

        return first;
    }
}
