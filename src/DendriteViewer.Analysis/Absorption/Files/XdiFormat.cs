using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>
/// XDI, the XAFS data interchange format: <c># Column.N: name unit</c>, <c># Mono.d_spacing</c>
/// (<see href="https://github.com/XraySpectroscopy/XAS-Data-Interchange"/>).
/// </summary>
internal sealed partial class XdiFormat : ITableFormat
{
    public bool Recognises(SpectrumSource source) => Start().IsMatch(source.Text[..Math.Min(source.Text.Length, 200)]);

    public IReadOnlyList<SpectrumTable> Read(SpectrumSource source)
    {
        var (lines, remarks) = (source.Lines, new List<string>());
        var (columns, first) = NumberRows.Find(source, lines, remarks);
        var (labels, units) = (new string[columns.Length], new string[columns.Length]);
        double? spacing = null;
        foreach (var line in lines[..first])
        {
            if (ColumnLine().Match(line) is { Success: true } c
                && int.TryParse(c.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                && n >= 1 && n <= labels.Length)
            {
                // "name unit", and behind two bars what the control system calls it.
                var words = c.Groups[2].Value.Split("||")[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                (labels[n - 1], units[n - 1]) = (words.Length > 0 ? words[0] : "", words.Length > 1 ? words[1].ToLowerInvariant() : "");
            }
            else if (SpacingLine().Match(line) is { Success: true } d
                && double.TryParse(d.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var angstrom)
                && angstrom > 0)
            {
                spacing = angstrom;
            }
        }

        var named = labels.Any(l => l is null) ? ColumnLabels.Find(lines[..first], columns.Length) : labels;
        var angle = named.ToList().FindIndex(l => l.Equals("angle", StringComparison.OrdinalIgnoreCase));
        var isAngle = angle >= 0 && !named.Any(l => l.Contains("energy", StringComparison.OrdinalIgnoreCase));
        return
        [
            new()
            {
                Format = "XDI", Labels = named, Columns = columns, Units = [.. units.Select(u => u ?? "")], Energy = isAngle ? angle : null,
                IsAngle = isAngle, SpacingAngstrom = spacing, Remarks = remarks,
            },
        ];
    }

    [GeneratedRegex(@"^#\s*XDI/\d", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex(@"^#\s*Column\.(\d{1,4})\s*:\s*(.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ColumnLine();

    [GeneratedRegex(@"^#\s*Mono\.d_?spacing\s*:\s*([-+.\deE]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SpacingLine();
}
