using System.Globalization;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>
/// Files of Autolab's older FRA program (.dfr): "VERSION8.0", how many points, and nine lines a point: frequency, Z′, −Z″, potential,
/// current, time and three more.
/// </summary>
internal sealed class AutolabFraFormat : IImpedanceFormat
{
    private const string Mark = "VERSION";
    private const int LinesAPoint = 9, LinesOfHead = 3;

    /// <inheritdoc/>
    public bool Recognises(ImpedanceSource source) =>
        source.Extension == ".dfr" && source.Lines[0].StartsWith(Mark, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public ImpedanceTable Read(ImpedanceSource source)
    {
        string[] lines = [.. source.Lines.Select(l => l.Trim()).Where(l => l.Length > 0)];
        if (lines.Length < LinesOfHead || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count < 1)
        {
            throw source.Refuse("Its second line does not say how many points it has; export the spectrum from FRA or NOVA as text.");
        }

        if (count > (lines.Length - LinesOfHead) / LinesAPoint)
        {
            throw source.Refuse($"It should have {count} points of nine lines each and has {lines.Length} lines; it is cut short. "
                + "Export the spectrum from FRA or NOVA as text.");
        }

        var rows = new List<ImpedanceRow>(count);
        for (var i = 0; i < count; i++)
        {
            var at = LinesOfHead + i * LinesAPoint;
            if (!SourceText.TryNumber(lines[at], out var hertz) || !SourceText.TryNumber(lines[at + 1], out var re)
                || !SourceText.TryNumber(lines[at + 2], out var im))
            {
                throw source.Refuse($"Point {i + 1} has something that is no number; export the spectrum from FRA or NOVA as text.");
            }

            rows.Add(new(hertz, re, -im));
        }

        return new ImpedanceTable("Autolab FRA", [new ImpedanceBlock(rows)], []) { SignIsNamed = true };
    }
}
