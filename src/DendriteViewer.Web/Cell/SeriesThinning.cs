namespace DendriteViewer.Web.Cell;

/// <summary>
/// Which rows of a long curve a picture needs. The time is divided into columns, about as many as the picture has pixels across; of each
/// the first and last row and the rows of the least and largest value are kept, so that the picture is the same as of all rows and a drop
/// of a single row is never lost.
/// </summary>
internal static class SeriesThinning
{
    /// <summary>Columns of a plot in a panel and on paper.</summary>
    public const int Columns = 400;

    /// <summary>Indices of the rows to draw, ascending.</summary>
    /// <param name="hours">Times, never falling.</param>
    /// <param name="values">One a row; NaN where it is not known. A run of rows without a value is kept as one row, which is a gap.</param>
    /// <param name="columns">How many columns.</param>
    public static IReadOnlyList<int> Of(IReadOnlyList<double> hours, IReadOnlyList<double> values, int columns = Columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Count, hours.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var n = hours.Count;
        if (n <= 4 * columns)
        {
            return Enumerable.Range(0, n).ToArray();
        }

        var kept = new List<int>(4 * columns);
        var (from, span) = (hours[0], hours[n - 1] - hours[0]);
        int Column(int row) => span > 0 ? Math.Min(columns - 1, (int)((hours[row] - from) / span * columns)) : 0;
        for (var i = 0; i < n;)
        {
            // A column, or the part of it up to where values begin or cease to be known.
            var (first, column, isKnown) = (i, Column(i), !double.IsNaN(values[i]));
            var (least, most) = (i, i);
            for (i++; i < n && Column(i) == column && !double.IsNaN(values[i]) == isKnown; i++)
            {
                least = values[i] < values[least] ? i : least;
                most = values[i] > values[most] ? i : most;
            }

            foreach (var row in new[] { first, Math.Min(least, most), Math.Max(least, most), i - 1 })
            {
                if ((kept.Count == 0 || kept[^1] < row) && (isKnown || kept.Count == 0 || !double.IsNaN(values[kept[^1]])))
                {
                    kept.Add(row);
                }
            }
        }

        return kept;
    }
}
