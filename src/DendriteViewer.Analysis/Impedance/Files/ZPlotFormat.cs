using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// What ZPlot writes (.z), old and new: a head, a line that names the columns (<c>Freq(Hz) … Z'(a) Z''(b) …</c>), perhaps
/// "End Comments", and the rows. The Autolab's export (<c>Z60W</c>) is built alike.
/// </summary>
internal sealed partial class ZPlotFormat : IImpedanceFormat
{
    private static readonly string[] s_dates = ["M-d-yyyy H:m:s", "M/d/yyyy H:m:s"];

    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => source.Lines[0].TrimStart('"', ' ') is var first
        && (first.StartsWith("ZPLOT", StringComparison.OrdinalIgnoreCase) || first.StartsWith("Z60W", StringComparison.Ordinal));

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        var lines = source.Lines;
        var blocks = new List<ImpedanceBlock>();
        var rows = new List<ImpedanceRow>();
        var remarks = new List<string>();
        ColumnLayout? layout = null;
        var separator = ',';
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (HeadOf(source, line) is { } head)
            {
                Close();
                (layout, separator) = head;
                remarks.AddRange(layout.Remarks);
            }
            else if (layout is not null && line.Length > 0 && !line.StartsWith("End Comments", StringComparison.OrdinalIgnoreCase))
            {
                if (!layout.TryRow(SourceText.Fields(line, separator), out var row, out _, out var bad))
                {
                    throw source.Refuse($"Line {i + 1} has '{(bad.Length > 40 ? bad[..40] + "…" : bad)}' for a number; "
                        + "export the spectrum from ZView again.");
                }

                rows.Add(row);
            }
        }

        Close();
        return blocks.Count > 0
            ? new ImpedanceTable("ZPlot", blocks, [.. remarks.Distinct()])
            : throw source.Refuse("It has no rows below a line with Freq(Hz), Z' and Z''; export the spectrum from ZView again.");

        void Close()
        {
            if (rows.Count > 0)
            {
                blocks.Add(new ImpedanceBlock([.. rows]) { Started = blocks.Count == 0 ? StartOf(lines) : null });
                rows.Clear();
            }
        }
    }

    private static (ColumnLayout, char)? HeadOf(ImpedanceSource source, string line)
    {
        if (!line.Contains("Freq", StringComparison.OrdinalIgnoreCase) || !line.Contains("Z'", StringComparison.Ordinal))
        {
            return null;
        }

        // The old form has the names in one quoted line, two blanks or more apart, above rows that commas part.
        var quoted = line.StartsWith('"');
        var names = quoted ? NamesParted().Split(line.Trim('"', ' ')) : SourceText.Fields(line, '\t');
        return ColumnLayout.Of(source, names) is { } layout ? (layout, quoted ? ',' : '\t') : null;
    }

    private static DateTime? StartOf(string[] lines)
    {
        string? Value(string key) => lines.Take(200).Select(l => l.Trim()).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))
            ?[key.Length..].Trim();
        var text = Value("Date:") is { } date
            ? date.Contains("Time:", StringComparison.Ordinal)
                ? string.Join(' ', date.Replace("Time:", " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                : $"{date} {Value("Time:")}"
            : "";
        return DateTime.TryParseExact(text, s_dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;
    }

    [GeneratedRegex(@"\s{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex NamesParted();
}
