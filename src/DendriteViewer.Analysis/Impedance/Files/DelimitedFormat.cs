namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// CSV and other tables of text: commas, semicolons, tabs or blanks; a point or a comma as decimal sign; lines that begin with # are
/// comments. Where no line names the columns, they are frequency, Re and Im.
/// </summary>
internal sealed class DelimitedFormat : IImpedanceFormat
{
    // How many lines above the numbers may name the columns.
    private const int HeadLines = 4;

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

        var (layout, remark) = Layout(source, lines, first, separator);
        var blocks = new List<ImpedanceBlock>();
        var rows = new List<ImpedanceRow>();
        var current = double.NaN;
        for (var i = first; i < lines.Length; i++)
        {
            if (IsEmpty(lines[i]))
            {
                continue;
            }

            var fields = SourceText.Fields(lines[i], separator);
            if (!layout.TryRow(fields, out var row, out var sweep, out var bad))
            {
                // A table that begins anew repeats its head.
                if (ColumnLayout.Of(fields) is not null)
                {
                    Close();
                    continue;
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
        return new ImpedanceTable("delimited text", blocks, remark is null ? [] : [remark]) { SignIsNamed = layout.SignIsNamed };

        void Close()
        {
            if (rows.Count > 0)
            {
                blocks.Add(new ImpedanceBlock([.. rows]));
                rows.Clear();
            }
        }
    }

    private static (ColumnLayout Layout, string? Remark) Layout(ImpedanceSource source, string[] lines, int first, char separator)
    {
        // The head is a line before the numbers, perhaps with units below it, or a comment there: "# f, Re, Im".
        var above = Enumerable.Range(1, Math.Min(first, HeadLines)).Select(back => first - back)
            .Where(i => lines[i].TrimStart('#', ' ').Length > 0).ToList();
        foreach (var i in above)
        {
            foreach (var parted in (char[])[separator, ',', ';', '\t', ' '])
            {
                if (ColumnLayout.Of(SourceText.Fields(lines[i].TrimStart('#', ' '), parted)) is { } layout)
                {
                    return (layout, layout.IsPolar ? "Re and Im were computed from modulus and phase." : null);
                }
            }
        }

        if (above is [var head, ..] && !lines[head].StartsWith('#') && SourceText.Fields(lines[head], separator) is { Length: >= 2 } names)
        {
            throw source.Refuse($"Line {head + 1} names no column for {ColumnLayout.Missing(names)}; "
                + "name the columns frequency_Hz, Re_Z_ohm and Im_Z_ohm.");
        }

        return (ColumnLayout.Plain, "No line names the columns; they were read as frequency in Hz, Re and Im in Ω.");
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

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
