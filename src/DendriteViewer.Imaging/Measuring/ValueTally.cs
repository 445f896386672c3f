using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>
/// Counts values as they stream by, in memory that does not grow with their number. Each thread has one of its own; at the end they are
/// joined. Whole numbers are counted one by one, so that everything about them is exact. Floats are read twice: first for extremes,
/// mean and a coarse range, then for counts in bins over that range.
/// </summary>
internal abstract class ValueTally
{
    /// <summary>Bins of a histogram for a plot at most.</summary>
    protected const int PlotBins = 128;

    /// <summary>Share of the voxels below and above the range of a plot, so that a hot pixel does not spoil it.</summary>
    protected const double PlotTail = 0.001;

    /// <summary>Voxels without a finite value.</summary>
    public long NoData { get; protected set; }

    /// <summary>Whether the values must be read once more.</summary>
    public virtual bool NeedsSecondPass => false;

    /// <summary>One for a type of voxel.</summary>
    public static ValueTally For(VoxelType type) => type == VoxelType.Float32 ? new FloatTally() : new WholeTally(type);

    /// <summary>Counts voxels.</summary>
    /// <param name="voxels">Their bytes, one after another.</param>
    public abstract void Add(ReadOnlySpan<byte> voxels);

    /// <summary>Takes what another tally counted.</summary>
    public abstract void Join(ValueTally other);

    /// <summary>An empty tally that goes on where this one is: for the second pass, with the range that the first one found.</summary>
    public virtual ValueTally Again() => throw new InvalidOperationException("One pass is enough.");

    /// <summary>The statistics, or null where nothing was counted.</summary>
    public abstract ValueStatistics? Finish();
}

/// <summary>Counts whole numbers of at most 16 bits, each value by itself.</summary>
internal sealed class WholeTally : ValueTally
{
    private readonly VoxelType _type;
    private readonly int _least;
    private readonly long[] _counts;

    public WholeTally(VoxelType type)
    {
        _type = type;
        _least = type switch { VoxelType.Int8 => sbyte.MinValue, VoxelType.Int16 => short.MinValue, _ => 0 };
        _counts = new long[type.Size() == 1 ? 256 : 65536];
    }

    public override void Add(ReadOnlySpan<byte> voxels)
    {
        switch (_type)
        {
            case VoxelType.UInt8:
                foreach (var v in voxels)
                {
                    _counts[v]++;
                }

                break;
            case VoxelType.Int8:
                foreach (var v in MemoryMarshal.Cast<byte, sbyte>(voxels))
                {
                    _counts[v - _least]++;
                }

                break;
            case VoxelType.UInt16:
                foreach (var v in MemoryMarshal.Cast<byte, ushort>(voxels))
                {
                    _counts[v]++;
                }

                break;
            default:
                foreach (var v in MemoryMarshal.Cast<byte, short>(voxels))
                {
                    _counts[v - _least]++;
                }

                break;
        }
    }

    public override void Join(ValueTally other)
    {
        var counts = ((WholeTally)other)._counts;
        for (var i = 0; i < counts.Length; i++)
        {
            _counts[i] += counts[i];
        }
    }

    public override ValueStatistics? Finish()
    {
        var n = _counts.Sum();
        if (n == 0)
        {
            return null;
        }

        Int128 sum = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            sum += (Int128)_counts[i] * (i + _least);
        }

        var mean = (double)sum / n;
        double squares = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            var d = i + _least - mean;
            squares += _counts[i] * d * d;
        }

        var (first, last) = (Array.FindIndex(_counts, c => c > 0), Array.FindLastIndex(_counts, c => c > 0));
        return new ValueStatistics(
            mean, n > 1 ? Math.Sqrt(squares / (n - 1)) : 0, first + _least, last + _least,
            [.. ValueStatistics.Shares.Select(q => Quantile(n, q))], 0, Plot(n, first, last));
    }

    // Between two voxels in the order of values by a straight line, as numpy's default does.
    private double Quantile(long n, double share)
    {
        var place = share * (n - 1);
        var below = (long)Math.Floor(place);
        double a = ValueOf(below), b = ValueOf(Math.Min(below + 1, n - 1));
        return a + (b - a) * (place - below);
    }

    // The value of the k-th voxel in the order of values.
    private int ValueOf(long k)
    {
        long seen = 0;
        for (var i = 0; ; i++)
        {
            seen += _counts[i];
            if (seen > k)
            {
                return i + _least;
            }
        }
    }

    // Bins of whole numbers, so that each holds equally many values.
    private RegionHistogram Plot(long n, int first, int last)
    {
        var low = Math.Max(first, (int)Math.Floor(Quantile(n, PlotTail)) - _least);
        var high = Math.Min(last, (int)Math.Ceiling(Quantile(n, 1 - PlotTail)) - _least);
        var width = (high - low + PlotBins) / PlotBins;
        var bins = new long[(high - low) / width + 1];
        for (var i = low; i < low + bins.Length * width && i < _counts.Length; i++)
        {
            bins[(i - low) / width] += _counts[i];
        }

        long below = 0;
        for (var i = 0; i < low; i++)
        {
            below += _counts[i];
        }

        return new RegionHistogram(low + _least, width, bins, below, n - below - bins.Sum());
    }
}
