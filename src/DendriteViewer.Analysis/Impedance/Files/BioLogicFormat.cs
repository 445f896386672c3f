using System.Globalization;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// EC-Lab's and BT-Lab's text (.mpt): Latin-1, a head of as many lines as it says, whose last names the columns, and rows with tabs
/// between. A loop of the technique or another cycle number begins a block.
/// </summary>
internal sealed class BioLogicFormat : IImpedanceFormat
{
    private const string HeadLines = "Nb header lines :", LoopLine = "Loop ";

    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => source.Lines[0].StartsWith("EC-Lab ASCII FILE", StringComparison.Ordinal)
        || source.Lines[0].StartsWith("BT-Lab ASCII FILE", StringComparison.Ordinal);

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        var lines = source.Lines;
        if (lines.Length < 3 || !lines[1].StartsWith(HeadLines, StringComparison.Ordinal)
            || !int.TryParse(lines[1].AsSpan(HeadLines.Length), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out var head) || head < 3 || head > lines.Length)
        {
            throw source.Refuse("Its second line does not say how many lines its head has; export it from EC-Lab again.");
        }

        var names = SourceText.Fields(lines[head - 1], '\t');
        var layout = ColumnLayout.Of(source, names) ?? throw source.Refuse(
            $"It has no column for {ColumnLayout.Missing(names)}; export it from EC-Lab with freq/Hz, Re(Z)/Ohm and -Im(Z)/Ohm.");
        List<string> remarks = [.. layout.Remarks];
        var rows = BlockRows.Read(source, head, lines.Length, layout, '\t', remarks, "EC-Lab");
        var blocks = Loops(lines[..head], rows).SelectMany(BlockRows.BySweep).ToList();
        if (blocks.Count > 0)
        {
            var started = lines[..head].FirstOrDefault(l => l.StartsWith("Acquisition started on :", StringComparison.Ordinal));
            var clock = started?[(started.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            blocks[0] = blocks[0] with { Started = InstrumentClock.Parse(clock) };
            blocks = [.. blocks.Select(b => b with { LastPlannedHz = LastPlanned(lines[..head]) })];
        }

        return new ImpedanceTable("Bio-Logic text", blocks, remarks) { SignIsNamed = layout.SignIsNamed };
    }

    // "Loop 0 from point number 0 to 42": rows of each loop apart. Rows that no loop has stay together.
    private static IEnumerable<List<(ImpedanceRow Row, double Sweep)>> Loops(string[] head, List<(ImpedanceRow Row, double Sweep)> rows)
    {
        var ends = head.Where(l => l.StartsWith(LoopLine, StringComparison.Ordinal) && l.Contains(" to ", StringComparison.Ordinal))
            .Select(l => int.TryParse(l[(l.LastIndexOf(" to ", StringComparison.Ordinal) + 4)..], CultureInfo.InvariantCulture, out var end)
                ? Math.Clamp(end, -1, rows.Count) + 1 : 0)
            .Append(rows.Count);
        var from = 0;
        foreach (var end in ends)
        {
            var to = Math.Min(end, rows.Count);
            if (to > from)
            {
                yield return rows[from..to];
                from = to;
            }
        }
    }

    // "ff   10.000" and "unit ff   mHz", of one sequence; several sequences may end at different frequencies.
    private static double? LastPlanned(string[] head)
    {
        var value = ValuesOf(head, "ff ");
        var unit = ValuesOf(head, "unit ff ") switch
        {
            ["Hz"] => 1, ["mHz"] => 1e-3, ["kHz"] => 1e3, ["MHz"] => 1e6, ["µHz"] => 1e-6, _ => 0.0,
        };
        return unit > 0 && value is [var one] && SourceText.TryNumber(one, out var last) && last > 0 ? last * unit : null;
    }

    private static string[] ValuesOf(string[] head, string name) =>
        head.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..]
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
}
