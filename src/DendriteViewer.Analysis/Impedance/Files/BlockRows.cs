namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>Reads the rows of tables whose columns are named, as instruments write them.</summary>
internal static class BlockRows
{
    /// <summary>The rows of some lines, empty ones left out.</summary>
    /// <param name="source">The file, for refusals.</param>
    /// <param name="from">The first line.</param>
    /// <param name="to">The line behind the last.</param>
    /// <param name="layout">Which column is what.</param>
    /// <param name="separator">What parts the fields.</param>
    /// <param name="remarks">Gets a sentence where the file's last row is cut short, as a program that was stopped leaves it.</param>
    /// <param name="program">What to export the file from again.</param>
    /// <returns>Each row with the number of its sweep, 0 where no column counts sweeps.</returns>
    public static List<(ImpedanceRow Row, double Sweep)> Read(
        ImpedanceSource source, int from, int to, ColumnLayout layout, char separator, List<string> remarks, string program)
    {
        var lines = source.Lines;
        var rows = new List<(ImpedanceRow, double)>();
        for (var i = from; i < to; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            if (layout.TryRow(SourceText.Fields(lines[i], separator), out var row, out var sweep, out var bad))
            {
                rows.Add((row, sweep));
            }
            else if (rows.Count > 0 && lines.Skip(i + 1).All(string.IsNullOrWhiteSpace))
            {
                remarks.Add($"Line {i + 1}, the last, is cut short and was left out.");
            }
            else
            {
                throw source.Refuse($"Line {i + 1} has {(bad.Length == 0 ? "too few fields" : $"'{Short(bad)}' for a number")}; "
                    + $"export the spectrum from {program} again.");
            }
        }

        return rows;
    }

    /// <summary>Blocks of rows that follow one another with the same number of a sweep.</summary>
    public static IEnumerable<ImpedanceBlock> BySweep(IReadOnlyList<(ImpedanceRow Row, double Sweep)> rows)
    {
        for (var from = 0; from < rows.Count;)
        {
            var to = from;
            while (to < rows.Count && rows[to].Sweep.Equals(rows[from].Sweep))
            {
                to++;
            }

            yield return new ImpedanceBlock([.. rows.Skip(from).Take(to - from).Select(r => r.Row)]);
            from = to;
        }
    }

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
