using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>
/// Counts floats in two passes. The first takes number, extremes, mean and spread, and counts by the upper 16 bits of each value (sign,
/// exponent, seven bits of the mantissa), in which floats of one sign keep their order: that gives the range of all but the outermost
/// thousandth. The second counts in 65 536 equal bins over that range.
/// </summary>
internal sealed class FloatTally : ValueTally
{
    private const int Bins = 65536;
    private readonly long[] _counts = new long[Bins];
    private readonly FloatTally? _first;
    private readonly double _low;
    private readonly double _width;
    private long _n;
    private long _below;
    private long _above;
    private double _least = double.PositiveInfinity;
    private double _most = double.NegativeInfinity;

    // Mean, and the sum of squared distances from it.
    private double _mean;
    private double _squares;

    public FloatTally()
    {
    }

    private FloatTally(FloatTally first)
    {
        _first = first;
        var (low, high) = first.Range();
        (_low, _width) = (low, (high - low) / Bins);
    }

    public override bool NeedsSecondPass => _first is null && _n > 0 && _least < _most;

    public override void Add(ReadOnlySpan<byte> voxels)
    {
        var values = MemoryMarshal.Cast<byte, float>(voxels);
        if (_first is null)
        {
            AddFirst(values);
            return;
        }

        foreach (var v in values)
        {
            if (!float.IsFinite(v))
            {
                continue;
            }

            _n++;
            var bin = Math.Floor((v - _low) / _width);
            if (bin < 0)
            {
                _below++;
            }
            else if (bin >= Bins)
            {
                // The upper end of the range belongs to the last bin.
                if (v > _low + Bins * _width)
                {
                    _above++;
                }
                else
                {
                    _counts[Bins - 1]++;
                }
            }
            else
            {
                _counts[(int)bin]++;
            }
        }
    }

    public override void Join(ValueTally other)
    {
        var o = (FloatTally)other;
        for (var i = 0; i < Bins; i++)
        {
            _counts[i] += o._counts[i];
        }

        (_below, _above, NoData) = (_below + o._below, _above + o._above, NoData + o.NoData);
        (_least, _most) = (Math.Min(_least, o._least), Math.Max(_most, o._most));
        JoinMoments(o._n, o._mean, o._squares);
    }

    public override ValueTally Again() => new FloatTally(_first ?? this);

    public override ValueStatistics? Finish()
    {
        var first = _first ?? this;
        if (first._n == 0)
        {
            return null;
        }

        var deviation = first._n > 1 ? Math.Sqrt(first._squares / (first._n - 1)) : 0;
        if (_first is null)
        {
            // All values are the same.
            double[] alike = [.. ValueStatistics.Shares.Select(_ => _least)];
            var width = Math.Max(Math.Abs(_least) * 1e-6, float.Epsilon);
            return new ValueStatistics(_mean, deviation, _least, _most, alike, 0, new RegionHistogram(_least, width, [_n], 0, 0));
        }

        return new ValueStatistics(
            first._mean, deviation, first._least, first._most, [.. ValueStatistics.Shares.Select(Quantile)], _width, Plot());
    }

    private void AddFirst(ReadOnlySpan<float> values)
    {
        // A row at a time against its own first value, so that few digits are lost where values are large and near to one another.
        double sum = 0, squares = 0, pivot = double.NaN;
        long n = 0;
        foreach (var v in values)
        {
            if (!float.IsFinite(v))
            {
                NoData++;
                continue;
            }

            pivot = n == 0 ? v : pivot;
            n++;
            var d = v - pivot;
            sum += d;
            squares += d * d;
            _least = Math.Min(_least, v);
            _most = Math.Max(_most, v);
            _counts[Key(v)]++;
        }

        if (n > 0)
        {
            JoinMoments(n, pivot + sum / n, Math.Max(0, squares - sum * sum / n));
        }
    }

    // T. F. Chan, G. H. Golub, R. J. LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979.
    private void JoinMoments(long n, double mean, double squares)
    {
        if (n == 0)
        {
            return;
        }

        var (all, d) = (_n + n, mean - _mean);
        _mean += d * n / all;
        _squares += squares + d * d * _n / all * n;
        _n = all;
    }

    // The upper 16 bits so that larger floats have larger keys.
    private static int Key(float v)
    {
        var bits = BitConverter.SingleToUInt32Bits(v);
        return (int)(((bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000) >> 16);
    }

    private static float Value(uint ordered) =>
        BitConverter.UInt32BitsToSingle((ordered & 0x80000000) != 0 ? ordered & 0x7FFFFFFF : ~ordered);

    // Of all but the outermost thousandth, widened to whole keys and cut to the extremes.
    private (double Low, double High) Range()
    {
        var tail = (long)Math.Floor(PlotTail * _n);
        var (low, high) = (0, Bins - 1);
        for (var seen = _counts[low]; seen <= tail; seen += _counts[++low])
        {
        }

        for (var seen = _counts[high]; seen <= tail; seen += _counts[--high])
        {
        }

        double from = Math.Max(_least, Value((uint)low << 16)), to = Math.Min(_most, Value(((uint)high << 16) | 0xFFFF));
        return (from, to > from ? to : from + Math.Max(Math.Abs(from) * 1e-6, float.Epsilon));
    }

    // Values spread evenly within a bin.
    private double Quantile(double share)
    {
        var wanted = share * (_n - 1) + 0.5 - _below;
        double seen = 0;
        for (var i = 0; i < Bins; i++)
        {
            if (_counts[i] > 0 && seen + _counts[i] >= wanted)
            {
                return _low + (i + Math.Max(0, wanted - seen) / _counts[i]) * _width;
            }

            seen += _counts[i];
        }

        return _low + Bins * _width;
    }

    private RegionHistogram Plot()
    {
        var bins = new long[PlotBins];
        for (var i = 0; i < Bins; i++)
        {
            bins[i / (Bins / PlotBins)] += _counts[i];
        }

        return new RegionHistogram(_low, _width * (Bins / PlotBins), bins, _below, _above);
    }
}
