using System.Globalization;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// Ivium's .idf (one measurement) and .ids (several): settings as NAME=value among bytes that are no text, then "primary_data", how
/// many columns, how many points, and as many rows of Re, Im and frequency.
/// </summary>
internal sealed class IviumFormat : IImpedanceFormat
{
    private const string Data = "primary_data";
    private const int LinesOfHead = 4000;

    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => source.Extension is ".idf" or ".ids"
        && source.Lines.Take(LinesOfHead).Any(
            l => l.StartsWith(Data, StringComparison.Ordinal) || l.StartsWith("Method=", StringComparison.Ordinal));

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        var lines = source.Lines;
        var (blocks, others, method) = (new List<ImpedanceBlock>(), new List<string>(), "");
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("Method=", StringComparison.Ordinal))
            {
                method = lines[i]["Method=".Length..].Trim();
            }
            else if (lines[i].StartsWith(Data, StringComparison.Ordinal))
            {
                if (method.Equals("Impedance", StringComparison.OrdinalIgnoreCase))
                {
                    blocks.Add(BlockAt(source, i));
                }
                else
                {
                    others.Add(method.Length == 0 ? "one without a method" : method);
                }
            }
        }

        if (blocks.Count == 0)
        {
            throw source.Refuse(
                others.Count > 0 ? $"It holds no impedance but {Listed(others)}." : "It has no primary_data; it is cut short.");
        }

        string[] remarks = others.Count > 0 ? [$"Measurements that are no impedance were left out: {Listed(others)}."] : [];
        return new ImpedanceTable("Ivium", blocks, remarks) { SignIsNamed = true };
    }

    private static ImpedanceBlock BlockAt(ImpedanceSource source, int at)
    {
        var lines = source.Lines;
        var (columns, count) = (Whole(lines, at + 1), Whole(lines, at + 2));
        if (columns != 3 || count is < 0 or > SweepChecks.MostPoints)
        {
            throw source.Refuse($"Its data in line {at + 1} have {columns} columns and {count} points; impedance has 3 columns. "
                + "Export the measurement from IviumSoft as text.");
        }

        var rows = new List<ImpedanceRow>();
        for (var i = 0; i < count; i++)
        {
            var fields = at + 3 + i < lines.Length ? lines[at + 3 + i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];
            if (fields.Length != 3 || !SourceText.TryNumber(fields[0], out var re) || !SourceText.TryNumber(fields[1], out var im)
                || !SourceText.TryNumber(fields[2], out var hertz))
            {
                throw source.Refuse($"Line {at + 4 + i} should have Re, Im and frequency of point {i + 1} of {count}; the file is cut "
                    + "short or damaged. Export the measurement from IviumSoft as text.");
            }

            rows.Add(new(hertz, re, im));
        }

        return new ImpedanceBlock(rows);
    }

    private static int Whole(string[] lines, int at) =>
        at < lines.Length && int.TryParse(lines[at].AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value : -1;

    private static string Listed(List<string> methods) =>
        string.Join(", ", methods.Distinct().Take(5).Select(m => m.Length > 40 ? m[..40] + "…" : m));
}
