namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>CLS data acquisition: a comma between numbers, names in quotes; "#(1)" names the columns of lines that begin with 1.</summary>
internal sealed class ClsFormat : ITableFormat
{
    public bool Recognises(SpectrumSource source) =>
        source.Text[..Math.Min(source.Text.Length, 120)].Contains("CLS Data Acquisition", StringComparison.OrdinalIgnoreCase);

    public IReadOnlyList<SpectrumTable> Read(SpectrumSource source)
    {
        var (lines, remarks) = (source.Lines, new List<string>());
        var kept = lines.Where(l => l.StartsWith('#') || l.StartsWith("1,", StringComparison.Ordinal)).ToArray();
        var (columns, first) = NumberRows.Find(source, kept, remarks);
        var labels = kept[..first].Where(l => l.StartsWith("#(1)", StringComparison.Ordinal))
            .Select(l => ColumnLabels.Of(l[4..], columns.Length)).FirstOrDefault(l => l is not null) ?? [];
        var plain = labels.Select(l => l.Trim('$', '(', ')')).ToArray();

        // The last of the energies is the one that was reached.
        var energy = Array.FindLastIndex(plain, l => l.Contains("energy", StringComparison.OrdinalIgnoreCase));
        return [new() { Format = "CLS", Labels = plain, Columns = columns, Energy = energy < 0 ? 1 : energy, Remarks = remarks }];
    }
}
