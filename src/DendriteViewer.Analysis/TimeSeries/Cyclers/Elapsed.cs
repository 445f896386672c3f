using System.Globalization;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Times that are written as hours, minutes and seconds: hh:mm:ss, hh:mm:ss.fff, d.hh:mm:ss, d-hh:mm:ss.</summary>
internal static class Elapsed
{
    /// <summary>The seconds of a cell; null where it is no such time.</summary>
    public static double? Seconds(string cell)
    {
        var parts = cell.Split(':');
        if (parts.Length != 3)
        {
            return null;
        }

        double days = 0;
        var at = parts[0].IndexOfAny(['.', '-', 'd', ' ']);
        if (at > 0)
        {
            if (!Whole(parts[0][..at], out days))
            {
                return null;
            }

            parts[0] = parts[0][(at + 1)..];
        }

        return Whole(parts[0], out var hours) && Whole(parts[1], out var minutes) && minutes < 60
            && double.TryParse(parts[2].Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds < 61 ? (((((days * 24) + hours) * 60) + minutes) * 60) + seconds : null;

        static bool Whole(string text, out double value) =>
            double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value < 1e7;
    }
}
