namespace DendriteViewer.Analysis.Absorption;

/// <summary>Straight lines between the points of a curve whose abscissae rise strictly.</summary>
internal static class Lines
{
    /// <summary>The value at x; the first or the last value outside. Costs a step or two where x rises from call to call.</summary>
    /// <param name="xs">Abscissae, rising.</param>
    /// <param name="ys">Ordinates.</param>
    /// <param name="x">Where.</param>
    /// <param name="near">Where the last call ended; 0 for the first.</param>
    public static double At(ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, double x, ref int near)
    {
        if (x <= xs[0])
        {
            return ys[0];
        }

        if (x >= xs[^1])
        {
            return ys[^1];
        }

        near = x < xs[near] ? 0 : near;
        while (xs[near + 1] < x)
        {
            near++;
        }

        return ys[near] + (x - xs[near]) / (xs[near + 1] - xs[near]) * (ys[near + 1] - ys[near]);
    }

    /// <summary>The values at many abscissae, which rise.</summary>
    public static double[] At(ReadOnlySpan<double> xs, ReadOnlySpan<double> ys, ReadOnlySpan<double> at)
    {
        var (values, near) = (new double[at.Length], 0);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = At(xs, ys, at[i], ref near);
        }

        return values;
    }

    /// <summary>The index of the abscissa nearest to a value; the lower one of two as near.</summary>
    public static int Nearest(ReadOnlySpan<double> xs, double value)
    {
        var at = AtOrBelow(xs, value);
        return at + 1 < xs.Length && Math.Abs(xs[at + 1] - value) < Math.Abs(xs[at] - value) ? at + 1 : at;
    }

    /// <summary>The index of the largest abscissa at or below a value; 0 where all are above.</summary>
    public static int AtOrBelow(ReadOnlySpan<double> xs, double value)
    {
        var found = xs.BinarySearch(value);
        return found >= 0 ? found : Math.Max(0, ~found - 1);
    }
}
