namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>SSRL's data collectors: names of columns one a line under "Data:", then a blank line. The energy is the achieved one.</summary>
internal sealed class SsrlFormat : ITableFormat
{
    public bool Recognises(SpectrumSource source) =>
        source.Text.StartsWith("SSRL", StringComparison.Ordinal)
        && source.Text[..Math.Min(source.Text.Length, 120)].Contains("EXAFS Data Collector", StringComparison.OrdinalIgnoreCase);

    public IReadOnlyList<SpectrumTable> Read(SpectrumSource source)
    {
        var (lines, remarks) = (source.Lines, new List<string>());
        var data = Array.FindIndex(lines, l => l.Trim() == "Data:");
        if (data < 0)
        {
            throw source.Refuse("It is of SSRL's data collector and has no line 'Data:'; it is cut short.");
        }

        var labels = lines.Skip(data + 1).Select(l => l.Trim()).TakeWhile(l => l.Length > 0).ToArray();
        var (columns, _) = NumberRows.Find(source, lines, remarks, data + 1 + labels.Length);
        if (labels.Length != columns.Length)
        {
            throw source.Refuse($"It names {labels.Length} columns and has {columns.Length}; it is damaged.");
        }

        var energy = Array.FindLastIndex(labels, l => l.Contains("energy", StringComparison.OrdinalIgnoreCase));
        return [new() { Format = "SSRL", Labels = labels, Columns = columns, Energy = energy < 0 ? null : energy, Remarks = remarks }];
    }
}
