namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>VersaStudio's .par: elements, of which each SegmentN has a Definition that names columns, and rows with commas.</summary>
internal sealed class VersaStudioFormat : IImpedanceFormat
{
    private const string Definition = "Definition=";

    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) =>
        source.Lines.Take(5).Any(l => l.Trim() is "Name=VersaStudio") && source.Lines[0].StartsWith('<');

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        var lines = source.Lines;
        var (blocks, remarks, segments) = (new List<ImpedanceBlock>(), new List<string>(), 0);
        for (var i = 0; i < lines.Length; i++)
        {
            if (!IsSegment(lines[i]))
            {
                continue;
            }

            segments++;
            var named = Array.FindIndex(
                lines, i, l => l.StartsWith(Definition, StringComparison.Ordinal) || l.StartsWith("</", StringComparison.Ordinal));
            if (named < 0 || lines[named].StartsWith('<'))
            {
                continue;
            }

            var to = Array.FindIndex(lines, named, l => l.StartsWith("</Segment", StringComparison.Ordinal));
            if (to < 0)
            {
                remarks.Add("The last segment has no end; the file is cut short.");
                to = lines.Length;
            }

            if (ColumnLayout.Of(source, SourceText.Fields(lines[named][Definition.Length..], ',')) is { } layout)
            {
                remarks.AddRange(layout.Remarks.Except(remarks));
                blocks.Add(new([.. BlockRows.Read(source, named + 1, to, layout, ',', remarks, "VersaStudio").Select(r => r.Row)]));
            }

            i = to;
        }

        return blocks.Count > 0 ? new ImpedanceTable("VersaStudio", blocks, remarks) { SignIsNamed = true }
            : throw source.Refuse(segments == 0 ? "It has no segments with data; the experiment was not run, or the file is cut short."
                : "None of its segments has columns Frequency(Hz), Z Real and Z Imag, so it holds no impedance.");
    }

    private static bool IsSegment(string line) =>
        line.StartsWith("<Segment", StringComparison.Ordinal) && line.TrimEnd().EndsWith('>') && line.Length > 9
        && char.IsAsciiDigit(line[8]);
}
