using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>
/// SPring-8 and Photon Factory 9809: angles of the monochromator, as driven and as read, the time, then a column a detector. The row
/// "Mode" says which is which: 1 is the beam before the sample, 2 behind it, 3 fluorescence. The energy is that of the angle that was read.
/// </summary>
internal sealed partial class PhotonFactoryFormat : ITableFormat
{
    public bool Recognises(SpectrumSource source) => Start().IsMatch(source.Text[..Math.Min(source.Text.Length, 120)]);

    public IReadOnlyList<SpectrumTable> Read(SpectrumSource source)
    {
        var (lines, remarks) = (source.Lines, new List<string>());
        var titles = Array.FindIndex(lines, l => l.Contains("Angle(c)", StringComparison.OrdinalIgnoreCase));
        if (titles < 0)
        {
            throw source.Refuse("It is of form 9809 and lacks the line with Angle(c) and Angle(o) above the numbers.");
        }

        var (columns, first) = NumberRows.Find(source, lines, remarks, titles + 1);
        if (columns.Length < 4)
        {
            throw source.Refuse("It is of form 9809 and has no column of a detector.");
        }

        var head = lines[titles..first];
        var modes = Words(head, "Mode");
        var labels = columns.Select((_, i) => i switch
        {
            0 => "angle_drive", 1 => "angle_read", 2 => "time",
            _ => (i < modes.Length ? modes[i] : "") switch { "1" => "i0", "2" => "i1", "3" => "if", _ => $"channel{i - 2}" },
        }).ToArray();
        if (Words(head, "Offset").Skip(3).Any(o => double.TryParse(o, CultureInfo.InvariantCulture, out var v) && v != 0))
        {
            remarks.Add("The detectors' offsets that its head gives were not subtracted.");
        }

        var spacing = Spacing().Match(string.Join('\n', lines[..titles]));
        var fluorescence = Array.Exists(lines[..titles], l => l.Contains("Fluorescence(", StringComparison.OrdinalIgnoreCase));
        return
        [
            new()
            {
                Format = "9809", Labels = labels, Columns = columns, Energy = 1, IsAngle = true, Remarks = remarks,
                SpacingAngstrom = spacing.Success ? double.Parse(spacing.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null,
                Mode = fluorescence ? AbsorptionMode.Fluorescence : AbsorptionMode.Unknown,
            },
        ];
    }

    private static string[] Words(string[] head, string first) => head
        .Where(l => l.TrimStart().StartsWith(first, StringComparison.OrdinalIgnoreCase))
        .Select(l => (string[])["", .. l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1..]]).FirstOrDefault() ?? [];

    [GeneratedRegex(@"^\s*#?\s*9809\b", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex(@"\bD\s*=\s*(\d{1,3}(?:\.\d+)?)\s*A", RegexOptions.CultureInvariant)]
    private static partial Regex Spacing();
}
