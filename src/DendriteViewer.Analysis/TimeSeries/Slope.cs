namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>Local linear fits along a curve.</summary>
public static class Slope
{
    /// <summary>
    /// The slope at each row, of a straight line fitted by least squares to the rows within half a window on either side, and its standard
    /// deviation from the scatter about that line; NaN where fewer than three rows or no two times lie in the window.
    /// </summary>
    /// <param name="hours">Times, never falling.</param>
    /// <param name="values">One a row.</param>
    /// <param name="windowHours">The window's whole width.</param>
    /// <returns>Slope and its σ, both in the values' unit an hour.</returns>
    public static (double[] PerHour, double[] Sigma) Of(IReadOnlyList<double> hours, IReadOnlyList<double> values, double windowHours)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, hours.Count);
        var (slopes, sigmas) = (new double[hours.Count], new double[hours.Count]);
        int first = 0, last = -1;
        for (var i = 0; i < hours.Count; i++)
        {
            while (last + 1 < hours.Count && hours[last + 1] <= hours[i] + (windowHours / 2))
            {
                last++;
            }

            while (hours[first] < hours[i] - (windowHours / 2))
            {
                first++;
            }

            var count = last - first + 1;
            var line = count < 3 ? new Line(double.NaN, double.NaN, double.NaN) : Line.Fit(hours, values, first, count, hours[i]);
            (slopes[i], sigmas[i]) = (line.Slope, line.SlopeSigma);
        }

        return (slopes, sigmas);
    }
}

/// <summary>A straight line by least squares.</summary>
/// <param name="Value">Its value at the place that it was asked for.</param>
/// <param name="Slope">Per unit of the abscissa; NaN where the points do not say.</param>
/// <param name="SlopeSigma">Standard deviation of the slope from the scatter; NaN for fewer than three points.</param>
internal readonly record struct Line(double Value, double Slope, double SlopeSigma)
{
    /// <summary>Fits the points [first, first + count), and says where the line is at a place.</summary>
    public static Line Fit(IReadOnlyList<double> x, IReadOnlyList<double> y, int first, int count, double at)
    {
        double mx = 0, my = 0;
        for (var i = first; i < first + count; i++)
        {
            (mx, my) = (mx + x[i], my + y[i]);
        }

        (mx, my) = (mx / count, my / count);
        double xx = 0, xy = 0, yy = 0;
        for (var i = first; i < first + count; i++)
        {
            var (dx, dy) = (x[i] - mx, y[i] - my);
            (xx, xy, yy) = (xx + (dx * dx), xy + (dx * dy), yy + (dy * dy));
        }

        if (count < 2 || !(xx > 0))
        {
            return new Line(my, double.NaN, double.NaN);
        }

        var slope = xy / xx;
        var rest = Math.Max(0, yy - (slope * xy));
        return new Line(my + (slope * (at - mx)), slope, count > 2 ? Math.Sqrt(rest / (count - 2) / xx) : double.NaN);
    }
}
