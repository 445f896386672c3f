using System.Globalization;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>.P00: a line that begins with <c>f/Hz</c> names columns, the next says how many points; tabs part the fields.</summary>
internal sealed class P00Format : IImpedanceFormat
{
    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) => source.Extension == ".p00";

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        var lines = source.Lines;
        var head = Array.FindIndex(lines, l => l.TrimStart().StartsWith("f/Hz", StringComparison.OrdinalIgnoreCase));
        if (head < 0 || head + 1 >= lines.Length
            || !int.TryParse(lines[head + 1].AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            throw source.Refuse("It has no line f/Hz … with the number of points below it; export the spectrum as text.");
        }

        var names = SourceText.Fields(lines[head], '\t');
        var layout = ColumnLayout.Of(source, names)
            ?? throw source.Refuse($"It has no column for {ColumnLayout.Missing(names)}; export it as text.");
        List<string> remarks = [.. layout.Remarks];
        var rows = BlockRows.Read(source, head + 2, lines.Length, layout, '\t', remarks, "its program");
        if (rows.Count != count)
        {
            remarks.Add($"It should have {count} points and has {rows.Count}.");
        }

        return new ImpedanceTable("P00", [new ImpedanceBlock([.. rows.Select(r => r.Row)])], remarks) { SignIsNamed = layout.SignIsNamed };
    }
}
