using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Which instrument's text a file is, and what stands above its table.</summary>
/// <param name="Format">For people.</param>
/// <param name="Head">Number of the line with the columns' names, from 0.</param>
/// <param name="Started">When the test began, as the file writes it.</param>
/// <param name="AreaCm2">Area of the electrode that the file states, cm².</param>
internal sealed partial record Dialect(string Format, int Head, string? Started = null, double? AreaCm2 = null)
{
    private const int MostPreamble = 3000;
    private const int MostTried = 200;

    // EC-Lab writes this area where nobody gave one.
    private const double EcLabDefaultCm2 = 0.001;

    /// <summary>Finds it.</summary>
    /// <param name="lines">The file's lines.</param>
    /// <param name="file">Its name, for complaints.</param>
    /// <param name="map">What the caller says of columns, by their names.</param>
    /// <exception cref="MeasurementException">No line names columns.</exception>
    public static Dialect Of(string[] lines, string file, IReadOnlyDictionary<string, Quantity>? map = null)
    {
        var first = lines[0];
        if (first.StartsWith("EC-Lab ASCII", StringComparison.Ordinal) || first.StartsWith("BT-Lab ASCII", StringComparison.Ordinal))
        {
            return BioLogic(lines, file);
        }

        if (first.StartsWith("~Resultfile from Basytec", StringComparison.OrdinalIgnoreCase))
        {
            var last = Array.FindLastIndex(lines, Math.Min(lines.Length, MostPreamble) - 1, l => l.StartsWith('~'));
            return new Dialect("Basytec text", last, After(lines, "~Start of Test:"));
        }

        if (first.StartsWith("[Summary]", StringComparison.Ordinal)
            && Find(lines, l => l.StartsWith("[Data]", StringComparison.Ordinal)) is { } data)
        {
            return new Dialect("Novonix CSV", Within(lines, data + 1, file), After(lines, "Started:"));
        }

        if (first.StartsWith("Today's Date", StringComparison.Ordinal)
            && Find(lines, l => l.StartsWith("Rec", StringComparison.Ordinal)) is { } rec)
        {
            return new Dialect("Maccor text", rec, After(lines, "Date of Test:"));
        }

        if (first.StartsWith("EXPLAIN", StringComparison.Ordinal))
        {
            throw new MeasurementException($"{file} is a Gamry file, which is not read as a series; export it as CSV, or read its "
                + "impedance with dendrite eis.");
        }

        return Table(lines, file, map ?? CyclerOptions.Default.Map);
    }

    /// <summary>
    /// The line that may name columns although none of the names is known: the first that holds two words or more, none of them a number,
    /// above a line of as many cells with two numbers.
    /// </summary>
    /// <param name="lines">The file's lines.</param>
    /// <param name="file">Its name, for complaints.</param>
    /// <exception cref="MeasurementException">There is none.</exception>
    public static Dialect Unknown(string[] lines, string file)
    {
        for (var i = 0; i + 1 < Math.Min(lines.Length, MostTried); i++)
        {
            var separator = TextTable.SeparatorOf(lines[i]);
            var (names, below) = (TextTable.Split(lines[i], separator), TextTable.Split(lines[i + 1], separator));
            if (names.Length >= 2 && below.Length == names.Length && !names.Any(IsNumber) && below.Count(IsNumber) >= 2)
            {
                return new Dialect("CSV", i);
            }
        }

        throw new MeasurementException($"{file} has no line with names of columns above rows of numbers; export it again with a header.");
    }

    private static bool IsNumber(string cell) =>
        double.TryParse(cell.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static Dialect BioLogic(string[] lines, string file)
    {
        var count = lines.Length > 1 && HeaderLines().Match(lines[1]) is { Success: true } m
            && int.TryParse(m.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
        var head = count >= 3 && count <= lines.Length && lines[count - 1].Contains('\t', StringComparison.Ordinal) ? count - 1
            : Find(lines, l => l.Contains('\t', StringComparison.Ordinal) && (l.Contains("time/s", StringComparison.Ordinal)
                || l.Contains("freq/Hz", StringComparison.Ordinal)));
        var area = Number(After(lines, "Electrode surface area :"));
        return new Dialect(
            lines[0][..2] == "BT" ? "Bio-Logic BT-Lab text" : "Bio-Logic EC-Lab text",
            Within(lines, head ?? lines.Length, file), After(lines, "Acquisition started on :"), area > EcLabDefaultCm2 ? area : null);
    }

    // No preamble that is known: the first line that names a time and something that is measured.
    private static Dialect Table(string[] lines, string file, IReadOnlyDictionary<string, Quantity> map)
    {
        for (var i = 0; i < Math.Min(lines.Length, MostTried); i++)
        {
            var names = TextTable.Split(lines[i].TrimStart('#', ' '), TextTable.SeparatorOf(lines[i]))
                .Select(n => map.TryGetValue(n, out var said) ? new ColumnName(said, "", n) : ColumnName.Of(n)).ToArray();
            if (names.Length >= 2 && names.Any(IsTime) && names.Any(c => Units.Of(c.Quantity).Length > 0 && !IsTime(c)))
            {
                return new Dialect(NameOf(lines[i]), i);
            }
        }

        throw new MeasurementException(
            $"{file}: no line names a time and a voltage or current; it needs a header such as Test Time / s,Voltage / V,Current / A.");
    }

    private static bool IsTime(ColumnName c) => c.Quantity is Quantity.TestTime or Quantity.WallClock or Quantity.UnixTime;

    private static string NameOf(string head)
    {
        bool Has(params string[] names) => names.All(n => head.Contains(n, StringComparison.OrdinalIgnoreCase));
        return Has("Test Time / s", "Voltage / V", "Current / A") || Has("test_time_second", "voltage_volt", "current_ampere")
                ? "Battery Data Format"
            : Has("Data Point", "Test Time (s)") || Has("Data_Point", "Test_Time(s)") ? "Arbin text"
            : Has("test_time_s", "step_time_s", "voltage_V") ? "Landt CSV"
            : Has("Rec#", "DPt-Time", "Volts", "Amps") ? "Landt text"
            : Has("Chg. Cap.(") || Has("Total Time(", "Cycle Index") ? "Neware text"
            : Has("time/s", "Ecell/V") || Has("time/s", "Ewe/V") ? "Bio-Logic text without its header"
            : "CSV";
    }

    private static int Within(string[] lines, int head, string file) => head < lines.Length
        ? head
        : throw new MeasurementException($"{file} ends before the line that names its columns; export it again.");

    private static int? Find(string[] lines, Predicate<string> fits)
    {
        var at = Array.FindIndex(lines, 0, Math.Min(lines.Length, MostPreamble), fits);
        return at < 0 ? null : at;
    }

    private static string? After(string[] lines, string start) =>
        Find(lines, l => l.StartsWith(start, StringComparison.Ordinal)) is { } at ? lines[at][start.Length..].Trim(' ', ',', '\t') : null;

    private static double? Number(string? text) => text is not null && LeadingNumber().Match(text) is { Success: true } m
        && double.TryParse(m.Value.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"^Nb header lines\s*:\s*(\d{1,6})", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderLines();

    [GeneratedRegex(@"^\d+([.,]\d+)?", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingNumber();
}
