using System.Globalization;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Web.Components;

namespace DendriteViewer.Web.Measurements;

/// <summary>Numbers of measurements for people, with their units, and with no digit that their uncertainty does not justify.</summary>
public static class MeasurementText
{
    // µm² and µm³ up to here; beyond, mm² and mm³.
    private const double MostUm2 = 1e6, MostUm3 = 1e9;

    // Characters of a note's text that a row has room for.
    private const int MostOfNote = 22;

    /// <summary>The numbers that a picture has room for: 42.3 ± 0.5 µm.</summary>
    public static string Short(Measurement m) => m.Result switch
    {
        { AngleDeg: { } angle } => Degrees(angle),
        { Region: { } region } => region.Values is { } v ? $"{Size(region)} · mean {Value(v.Mean)}" : Size(region),
        { LengthUm: { } length } => Length(length),
        _ => "",
    };

    /// <summary>The one number that a row has room for; of a text note the beginning of its text.</summary>
    public static string Shortest(Measurement m) => m.Kind == MeasurementKind.Note ? FirstLine(m.Note)
        : m.Result?.Region is { } region ? Size(region) : Short(m);

    private static string FirstLine(string text)
    {
        var line = text.Trim().Split('\n')[0];
        return line.Length > MostOfNote ? line[..MostOfNote] + "…" : line;
    }

    /// <summary>A length: 42.3 ± 0.5 µm, or from a millimetre on in mm.</summary>
    public static string Length(Measured um) =>
        um.Value < 1000 ? $"{WithError(um.Value, um.Error)} µm" : $"{WithError(um.Value / 1000, um.Error / 1000)} mm";

    /// <summary>An angle: 45.2° ± 0.6°.</summary>
    public static string Degrees(Measured deg) => WithError(deg.Value, deg.Error).Replace(" ± ", "° ± ", StringComparison.Ordinal) + "°";

    /// <summary>A region's size as it was drawn: 1 235 ± 60 µm².</summary>
    public static string Size(RegionStatistics r) => Size(r.GeometricSize, r.SizeError, r.IsFlat);

    /// <summary>A size with its unit.</summary>
    /// <param name="size">µm² or µm³.</param>
    /// <param name="error">The same.</param>
    /// <param name="isFlat">Whether it is an area.</param>
    public static string Size(double size, double error, bool isFlat)
    {
        var (most, unit, factor) = isFlat ? (MostUm2, "m²", 1e6) : (MostUm3, "m³", 1e9);
        return size < most ? $"{WithError(size, error)} µ{unit}" : $"{WithError(size / factor, error / factor)} m{unit}";
    }

    /// <summary>A size with its unit, to the digits that its error justifies, without the error.</summary>
    /// <param name="size">µm² or µm³.</param>
    /// <param name="error">The same.</param>
    /// <param name="isFlat">Whether it is an area.</param>
    public static string SizeAlone(double size, double error, bool isFlat)
    {
        var words = Size(size, error, isFlat).Split(' ');
        return $"{words[0]} {words[^1]}";
    }

    /// <summary>A stored value or a mean of some, to five significant digits; whole numbers as they are.</summary>
    public static string Value(double value)
    {
        if (value == Math.Floor(value) && Math.Abs(value) < 1e9)
        {
            return NumberText.Grouped(value, 0);
        }

        var size = Math.Abs(value);
        return size is >= 1e-3 and < 1e9
            ? NumberText.Grouped(value, Math.Max(0, 4 - (int)Math.Floor(Math.Log10(size))))
            : value.ToString("0.####E+0", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// A number and what it may be off by, both to the first digit of the latter, or its first two where it begins with 1.
    /// </summary>
    public static string WithError(double value, double error)
    {
        var place = Place(error);
        if (place <= 0)
        {
            return $"{NumberText.Grouped(value, -place)} ± {NumberText.Grouped(error, -place)}";
        }

        var unit = Math.Pow(10, place);
        return $"{NumberText.Grouped(Math.Round(value / unit) * unit, 0)} ± {NumberText.Grouped(Math.Round(error / unit) * unit, 0)}";
    }

    /// <summary>Decimals that an uncertainty justifies, 0 to 6.</summary>
    public static int Decimals(double error) => Math.Clamp(-Place(error), 0, 6);

    // Power of ten of the last digit that is given.
    private static int Place(double error)
    {
        if (!(error > 0) || !double.IsFinite(error))
        {
            return -3;
        }

        var first = (int)Math.Floor(Math.Log10(error));
        return Math.Max(-6, error / Math.Pow(10, first) < 1.95 ? first - 1 : first);
    }
}
