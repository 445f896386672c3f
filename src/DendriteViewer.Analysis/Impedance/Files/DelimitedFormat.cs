using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// CSV and other tables of text: commas, semicolons, tabs or blanks; a point or a comma as decimal sign; lines that begin with # are
/// comments. Where no line names the columns, they are frequency, Re and Im.
/// </summary>
internal sealed partial class DelimitedFormat : IImpedanceFormat
{
    // How many lines above the numbers may name the columns.
    private const int HeadLines = 4;

    private static readonly char[] s_separators = [',', ';', '\t', ' '];
    private static readonly char[] s_aroundUnits = ['(', ')', '[', ']', '/', '-', '#', ' '];

    private const double MostHours = 1e6;

    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => true;

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        if (source.Bytes.AsSpan(0, Math.Min(source.Bytes.Length, 4096)).Contains((byte)0) && source.Bytes is not [0xFF or 0xFE, ..])
        {
            throw source.Refuse("It is no text and no impedance file that is known; export it as text (CSV).");
        }

        var lines = source.Lines;
        var first = FirstNumbers(lines, out var separator);
        if (first < 0)
        {
            throw source.Refuse("It has no rows of at least three numbers (frequency, Re, Im); export the spectrum as CSV.");
        }

        var (layout, head, remarks) = Layout(source, lines, first, separator);
        var heads = (head < 0 ? [] : lines[head..first]).Select(l => l.Trim()).ToHashSet(StringComparer.Ordinal);
        var blocks = new List<ImpedanceBlock>();
        var rows = new List<ImpedanceRow>();
        var current = double.NaN;
        var hours = lines.Take(first).Select(HoursOf).LastOrDefault(h => h is not null);
        for (var i = first; i < lines.Length; i++)
        {
            if (IsEmpty(lines[i]))
            {
                // A comment with hours stands above the sweep that it belongs to.
                if (HoursOf(lines[i]) is { } stated)
                {
                    Close();
                    hours = stated;
                }

                continue;
            }

            var fields = SourceText.Fields(lines[i], separator);
            if (!layout.TryRow(fields, out var row, out var sweep, out var bad))
            {
                // A table that begins anew repeats its head, with the units below it.
                if (heads.Contains(lines[i].Trim()))
                {
                    Close();
                    continue;
                }

                if (ColumnLayout.Of(source, fields) is not null)
                {
                    throw source.Refuse($"Line {i + 1} names columns that the head does not; put the tables into files of their own.");
                }

                throw source.Refuse($"Line {i + 1} has {(bad.Length == 0 ? "too few fields" : $"'{Short(bad)}' for a number")}; "
                    + "each row needs frequency, Re and Im.");
            }

            if (layout.HasSweeps && sweep != current)
            {
                Close();
                current = sweep;
            }

            rows.Add(row);
        }

        Close();
        return new ImpedanceTable("delimited text", blocks, remarks) { SignIsNamed = layout.SignIsNamed };

        void Close()
        {
            if (rows.Count > 0)
            {
                blocks.Add(new ImpedanceBlock([.. rows]) { Hours = hours });
                rows.Clear();
                hours = null;
            }
        }
    }

    private static (ColumnLayout Layout, int Head, string[] Remarks) Layout(
        ImpedanceSource source, string[] lines, int first, char separator)
    {
        // The head is a line before the numbers, perhaps with units below it, or a comment there: "# f, Re, Im".
        var above = Enumerable.Range(1, Math.Min(first, HeadLines)).Select(back => first - back)
            .Where(i => lines[i].TrimStart('#', ' ').Length > 0).ToList();
        var count = SourceText.Fields(lines[first], separator).Length;
        foreach (var i in above)
        {
            // As many names as numbers are the right ones; other numbers of names may be cut at a wrong sign.
            var ways = s_separators.Prepend(separator).Distinct().Select(parted => (Parted: parted, Names: FieldsOf(lines[i], parted)));
            foreach (var (parted, names) in ways.OrderBy(w => w.Names.Length == count ? 0 : 1))
            {
                if (ColumnLayout.Of(source, names, UnitsBelow(lines, i, first, parted)) is { } layout)
                {
                    return (layout, i, [.. layout.Remarks,
                        .. layout.IsUnitNamed ? Array.Empty<string>() : ["The columns name no unit of Z; they were read as Ω."]]);
                }
            }
        }

        if (above is [var head, ..] && !lines[head].StartsWith('#') && SourceText.Fields(lines[head], separator) is { Length: >= 2 } named)
        {
            throw source.Refuse($"Line {head + 1} names no column for {ColumnLayout.Missing(named)}; "
                + "name the columns frequency_Hz, Re_Z_ohm and Im_Z_ohm.");
        }

        return (ColumnLayout.Plain, -1, ["No line names the columns; they were read as frequency in Hz, Re and Im in Ω."]);
    }

    // The units that a line between the names and the numbers has. A comment is such a line only where two units stand in it.
    private static string[] UnitsBelow(string[] lines, int head, int first, char parted)
    {
        foreach (var line in lines[(head + 1)..first].Where(l => l.Any(c => char.IsLetter(c) || c == '°')))
        {
            var fields = s_separators.Prepend(parted).Select(s => FieldsOf(line, s)).FirstOrDefault(f => f.Length >= 2) ?? [];
            var units = Array.ConvertAll(fields, f => f.Trim(s_aroundUnits));
            if (units.Count(ImpedanceUnits.IsKnown) >= (line.TrimStart().StartsWith('#') ? 2 : 0) && units.Length > 0)
            {
                return units;
            }
        }

        return [];
    }

    private static string[] FieldsOf(string line, char parted)
    {
        var fields = SourceText.Fields(line.TrimStart('#', ' '), parted);

        // Parted by blanks, a unit in brackets belongs to the name before it.
        return parted != ' ' ? fields : [.. fields.Aggregate(new List<string>(), (all, field) =>
        {
            if (all.Count > 0 && field is ['(' or '[' or '/', ..])
            {
                all[^1] += field;
            }
            else
            {
                all.Add(field);
            }

            return all;
        })];
    }

    private static int FirstNumbers(string[] lines, out char separator)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (IsEmpty(lines[i]))
            {
                continue;
            }

            separator = SourceText.SeparatorOf(lines[i]);
            var fields = SourceText.Fields(lines[i], separator);
            if (fields.Length >= 3 && fields.Count(f => SourceText.TryNumber(f, out _)) >= 3 && SourceText.TryNumber(fields[0], out _))
            {
                return i;
            }
        }

        separator = ',';
        return -1;
    }

    private static bool IsEmpty(string line) => string.IsNullOrWhiteSpace(line) || line.TrimStart().StartsWith('#');

    private static double? HoursOf(string line) =>
        HoursComment().Match(line) is { Success: true } match && SourceText.TryNumber(match.Groups[1].Value, out var hours)
            && Math.Abs(hours) <= MostHours ? hours : null;

    [GeneratedRegex(@"^\s*#\s*hours\s*[:=]\s*(\S+)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HoursComment();

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
