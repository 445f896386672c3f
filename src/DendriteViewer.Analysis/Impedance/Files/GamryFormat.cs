namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// Gamry's .DTA: tagged lines, and tables that begin with a tab; the impedance is in ZCURVE. Drift-corrected columns are taken where the
/// file has them. A run that was aborted says so and is read as far as it goes.
/// </summary>
internal sealed class GamryFormat : IImpedanceFormat
{
    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => source.Lines[0].Trim() == "EXPLAIN";

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        var lines = source.Lines;
        var (blocks, remarks) = (new List<ImpedanceBlock>(), new List<string>());
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("ZCURVE", StringComparison.Ordinal))
            {
                blocks.Add(TableAt(source, i, remarks));
            }
        }

        if (blocks.Count == 0)
        {
            throw source.Refuse("It is of Gamry and has no table ZCURVE, so no impedance; "
                + $"its experiment is '{Value(lines, "TITLE") ?? Value(lines, "TAG")}'.");
        }

        var aborted = Value(lines, "EXPERIMENTABORTED") == "T";
        double? last = SourceText.TryNumber(Value(lines, "FREQFINAL") ?? "", out var hz) && hz > 0 ? hz : null;
        blocks = [.. blocks.Select(b => b with { LastPlannedHz = last })];
        blocks[0] = blocks[0] with { Started = InstrumentClock.Parse($"{Value(lines, "DATE")} {Value(lines, "TIME")}") };
        blocks[^1] = blocks[^1] with { Aborted = aborted };
        return new ImpedanceTable("Gamry", blocks, [.. remarks.Distinct()]) { SignIsNamed = true };
    }

    // The names, a line of units, and rows; each begins with a tab.
    private static ImpedanceBlock TableAt(ImpedanceSource source, int at, List<string> remarks)
    {
        var lines = source.Lines;
        var names = at + 1 < lines.Length ? SourceText.Fields(lines[at + 1], '\t') : [];
        if (names.Contains("ZrealDrCor") && names.Contains("ZimagDrCor"))
        {
            remarks.Add("The drift-corrected columns were taken.");
            names = [.. names.Select(n => n switch
            {
                "Zreal" or "Zimag" => $"uncorrected {n}", "ZrealDrCor" => "Zreal", "ZimagDrCor" => "Zimag", _ => n,
            })];
        }

        string[] units = at + 2 < lines.Length && lines[at + 2].StartsWith("\t#", StringComparison.Ordinal)
            ? SourceText.Fields(lines[at + 2], '\t') : [];
        var layout = ColumnLayout.Of(source, names, units) ?? throw source.Refuse(
            $"Its table ZCURVE in line {at + 1} has no column for {ColumnLayout.Missing(names)}; export it from Gamry's programs again.");
        remarks.AddRange(layout.Remarks);
        var from = at + 2 + (units.Length > 0 ? 1 : 0);
        var to = from;
        while (to < lines.Length && lines[to].StartsWith('\t') && lines[to].Any(char.IsAsciiDigit))
        {
            to++;
        }

        return new ImpedanceBlock([.. BlockRows.Read(source, from, to, layout, '\t', remarks, "Gamry's programs").Select(r => r.Row)]);
    }

    // TAG, kind, value.
    private static string? Value(string[] lines, string tag)
    {
        var line = lines.FirstOrDefault(l => l.StartsWith(tag + "\t", StringComparison.Ordinal));
        var fields = line?.Split('\t');
        return tag == "TAG" ? fields?.ElementAtOrDefault(1)?.Trim() : fields?.ElementAtOrDefault(2)?.Trim();
    }
}
