using System.Numerics;

namespace DendriteViewer.Kernels.Statistics;

/// <summary>Counts and extremes of voxel values.</summary>
public static class HistogramKernel
{
    /// <summary>Smallest and largest finite value; (+∞, −∞) for none.</summary>
    public static (double Least, double Most) Range<T>(ReadOnlySpan<T> values) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        if (typeof(T) == typeof(float))
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var v in values)
            {
                var f = double.CreateTruncating(v);
                if (!double.IsFinite(f))
                {
                    continue;
                }

                low = f < low ? f : low;
                high = f > high ? f : high;
            }

            return (low, high);
        }

        if (values.IsEmpty)
        {
            return (double.PositiveInfinity, double.NegativeInfinity);
        }

        T least = T.MaxValue, most = T.MinValue;
        var i = 0;
        if (Vector.IsHardwareAccelerated && values.Length >= Vector<T>.Count)
        {
            var vLeast = new Vector<T>(least);
            var vMost = new Vector<T>(most);
            for (; i <= values.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                var v = new Vector<T>(values[i..]);
                vLeast = Vector.Min(vLeast, v);
                vMost = Vector.Max(vMost, v);
            }

            for (var k = 0; k < Vector<T>.Count; k++)
            {
                least = T.Min(least, vLeast[k]);
                most = T.Max(most, vMost[k]);
            }
        }

        for (; i < values.Length; i++)
        {
            least = T.Min(least, values[i]);
            most = T.Max(most, values[i]);
        }

        return (double.CreateTruncating(least), double.CreateTruncating(most));
    }

    /// <summary>Adds the values to equal bins over [low, high]; the last bin includes high, what lies outside and NaN is left out.</summary>
    public static void Accumulate<T>(ReadOnlySpan<T> values, double low, double high, Span<long> bins) where T : unmanaged, INumber<T>
    {
        var scale = high > low ? bins.Length / (high - low) : 0;
        foreach (var value in values)
        {
            var v = double.CreateTruncating(value);
            if (v >= low && v <= high)
            {
                bins[Math.Min((int)((v - low) * scale), bins.Length - 1)]++;
            }
        }
    }
}
