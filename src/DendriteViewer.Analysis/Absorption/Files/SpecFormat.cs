using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>Files of SPEC: scans begin with <c>#S</c>, <c>#L</c> names columns with two blanks between them.</summary>
internal sealed partial class SpecFormat : ITableFormat
{
    private const int MostScans = 10_000;

    public bool Recognises(SpectrumSource source) => LabelLine().IsMatch(source.Text) && ScanLine().IsMatch(source.Text);

    public IReadOnlyList<SpectrumTable> Read(SpectrumSource source)
    {
        var lines = source.Lines;
        var starts = Enumerable.Range(0, lines.Length).Where(i => ScanLine().IsMatch(lines[i])).Take(MostScans + 1).ToArray();
        if (starts.Length > MostScans)
        {
            throw source.Refuse($"It has more than {MostScans} scans; save fewer in one file.");
        }

        var tables = new List<SpectrumTable>();
        MeasurementException? last = null;
        for (var i = 0; i < starts.Length; i++)
        {
            var scan = lines[starts[i]..(i + 1 < starts.Length ? starts[i + 1] : lines.Length)];
            try
            {
                tables.Add(Read(source, scan, starts.Length > 1));
            }
            catch (MeasurementException e)
            {
                // Scans that were stopped at once are common, and no reason to refuse the others.
                last = e;
            }
        }

        return tables.Count > 0 ? tables : throw last!;
    }

    private static SpectrumTable Read(SpectrumSource source, string[] scan, bool isOneOfSeveral)
    {
        var remarks = new List<string>();
        var (columns, first) = NumberRows.Find(source, scan, remarks);
        var line = scan[..first].LastOrDefault(l => l.StartsWith("#L ", StringComparison.Ordinal)) ?? "";
        var labels = ColumnLabels.Of(line.Length > 3 ? line[3..] : "", columns.Length) ?? [];
        return new()
        {
            Format = "SPEC", Labels = labels, Columns = columns, Remarks = remarks,
            Scan = isOneOfSeveral ? ScanLine().Match(scan[0]).Groups[1].Value : null,
        };
    }

    [GeneratedRegex(@"^#S (\d+)\b", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ScanLine();

    [GeneratedRegex(@"^#L \S", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex LabelLine();
}
