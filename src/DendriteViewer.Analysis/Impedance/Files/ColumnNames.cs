using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>What a column holds.</summary>
internal enum ColumnKind
{
    Other,
    Frequency,
    Real,
    Imaginary,
    Modulus,
    Phase,
    Seconds,
    Sweep,
}

/// <summary>A column's meaning and what its numbers are multiplied by to get Hz, Ω, degrees or seconds.</summary>
internal readonly record struct ColumnMeaning(ColumnKind Kind, double Factor, bool SignIsNamed = false);

/// <summary>
/// Names that columns of impedance files have: <c>Freq(Hz)</c>, <c>frequency_Hz</c>, <c>Z'(a)</c>, <c>Re(Z)/Ohm</c>, <c>Re_Z_ohm</c>,
/// <c>Zre (kohms)</c>, <c>-Im(Z)/Ohm</c>, <c>Z''</c>, <c>|Z|/Ohm</c>, <c>Phase(Z)/deg</c> and the like.
/// </summary>
internal static partial class ColumnNames
{
    /// <summary>What a name says.</summary>
    public static ColumnMeaning Of(string header)
    {
        // Primes as typographers write them, and the minus sign.
        var name = SourceText.Unquote(header).Replace('′', '\'').Replace("″", "''").Replace('’', '\'').Replace("\"", "''")
            .Replace('−', '-').Replace('–', '-');
        var minus = name.StartsWith('-') || name.StartsWith("neg", StringComparison.OrdinalIgnoreCase);
        var bare = name.TrimStart('-', ' ');
        if (FrequencyName().IsMatch(bare))
        {
            return new(ColumnKind.Frequency, Prefix(bare, "Hz"));
        }

        if (SweepName().IsMatch(bare))
        {
            return new(ColumnKind.Sweep, 1);
        }

        if (SecondsName().IsMatch(bare))
        {
            return new(ColumnKind.Seconds, HoursUnit().IsMatch(bare) ? 3600 : MinutesUnit().IsMatch(bare) ? 60 : 1);
        }

        if (ImaginaryName().IsMatch(bare))
        {
            return new(ColumnKind.Imaginary, (minus ? -1 : 1) * Prefix(bare, "Ω|ohm"), minus);
        }

        if (RealName().IsMatch(bare))
        {
            return new(ColumnKind.Real, Prefix(bare, "Ω|ohm"));
        }

        if (ModulusName().IsMatch(bare))
        {
            return new(ColumnKind.Modulus, Prefix(bare, "Ω|ohm"));
        }

        return PhaseName().IsMatch(bare)
            ? new(ColumnKind.Phase, (minus ? -1 : 1) * (RadianUnit().IsMatch(bare) ? 180 / Math.PI : 1), minus)
            : new(ColumnKind.Other, 1);
    }

    // Capital M is a million, small m a thousandth; "kohm" and "MHz" as they stand.
    private static double Prefix(string name, string unit)
    {
        var match = Regex.Match(name, $"(?<![A-Za-zµ])([kKMmGµu])\\.?\\s?(?i:{unit})", RegexOptions.CultureInvariant);
        return !match.Success ? 1 : match.Groups[1].Value switch { "k" or "K" => 1e3, "M" => 1e6, "m" => 1e-3, "G" => 1e9, _ => 1e-6 };
    }

    [GeneratedRegex(@"^(f|freq|frequency|frequenz|fréquence)\b|^freq|^f[_ /(\[]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FrequencyName();

    [GeneratedRegex(@"^(cycle|sweep|loop|spectrum|scan)([ _]?(number|no\.?|nr|index|id))?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SweepName();

    [GeneratedRegex(@"^(time|t|elapsed[ _]time|hours|test time)\b|^time[_ /(\[]|^t[_/(\[]|^elapsed",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecondsName();

    [GeneratedRegex(@"(^hours\b|[_ /(\[]h(ours|r)?[)\]]?$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HoursUnit();

    [GeneratedRegex(@"[_ /(\[]min(utes)?[)\]]?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex MinutesUnit();

    [GeneratedRegex(@"^(neg[ _]?)?(im(ag(inary)?)?([ _(\[/]|$|z)|z[ _]?''|z[ _]?im|z[ _.]?i?imag|z''|x$|z\(im|z[ _]?\(?imag|img)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ImaginaryName();

    [GeneratedRegex(@"^(re(al)?([ _(\[/]|$|z)|z[ _]?'(?!')|z[ _]?re|z[ _]?\(?real|z\(re)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RealName();

    [GeneratedRegex(@"^(\|z\||z[ _]?mod|zmod|mod(ulus)?\b|abs|magnitude|mag\b|z\b|impedance)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ModulusName();

    [GeneratedRegex(@"^(phase|z[ _]?phz|zphase|theta|φ|ϕ|θ|phi\b|angle|arg)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PhaseName();

    [GeneratedRegex(@"rad(ians?)?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RadianUnit();
}
