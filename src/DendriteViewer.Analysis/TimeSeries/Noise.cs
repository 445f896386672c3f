namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>How much the rows of a curve scatter.</summary>
internal static class Noise
{
    /// <summary>
    /// Standard deviation of white noise on a smooth curve, from the median of its second differences, whose variance is six times the
    /// noise's; steps and slopes do not count. At least what rounding to the values' own step adds.
    /// </summary>
    public static double Of(IReadOnlyList<double> values, int first, int count)
    {
        if (count < 5)
        {
            return 0;
        }

        var second = new double[count - 2];
        var step = double.MaxValue;
        for (var i = 0; i < second.Length; i++)
        {
            var (a, b, c) = (values[first + i], values[first + i + 1], values[first + i + 2]);
            second[i] = Math.Abs(c - (2 * b) + a);
            var gap = Math.Abs(b - a);
            step = gap > 1e-12 * Math.Abs(b) && gap < step ? gap : step;
        }

        var rounding = step == double.MaxValue ? 0 : step / Math.Sqrt(12);
        return Math.Max(1.4826 * Median(second) / Math.Sqrt(6), rounding);
    }

    /// <summary>The middle value; the array is sorted.</summary>
    public static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length == 0 ? double.NaN
            : values.Length % 2 == 1 ? values[values.Length / 2]
            : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }

    /// <summary>The middle value of a part of a curve.</summary>
    public static double Median(IReadOnlyList<double> values, int first, int count)
    {
        var part = new double[count];
        for (var i = 0; i < count; i++)
        {
            part[i] = values[first + i];
        }

        return Median(part);
    }
}
