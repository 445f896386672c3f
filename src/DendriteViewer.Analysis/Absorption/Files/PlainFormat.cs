namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>Text with a table, whatever stands above it: two columns, SLS PHOENIX, APS, NSLS and beamlines unknown.</summary>
internal sealed class PlainFormat : ITableFormat
{
    public bool Recognises(SpectrumSource source) => true;

    public IReadOnlyList<SpectrumTable> Read(SpectrumSource source)
    {
        var (lines, remarks) = (source.Lines, new List<string>());
        var (columns, first) = NumberRows.Find(source, lines, remarks);
        var labels = ColumnLabels.Find(lines[..first], columns.Length);
        return [new() { Format = "columns", Labels = labels, Columns = columns, Remarks = remarks }];
    }
}
