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
internal readonly record struct ColumnMeaning(ColumnKind Kind, double Factor, bool SignIsNamed = false)
{
    /// <summary>The unit as the file writes it; empty where it names none, null for columns without names.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether the unit is one that such a column may have.</summary>
    public bool IsUnitKnown { get; init; } = true;

    /// <summary>Whether the factor leads to Ω cm².</summary>
    public bool PerArea { get; init; }

    /// <summary>Whether the name says that the values were fitted or computed.</summary>
    public bool IsComputed { get; init; }
}

/// <summary>
/// Names that columns of impedance files have: <c>Freq(Hz)</c>, <c>frequency_Hz</c>, <c>Z'(a)</c>, <c>Re(Z)/Ohm</c>, <c>Re_Z_ohm</c>,
/// <c>Zre (kohms)</c>, <c>-Im(Z)/Ohm</c>, <c>Z''</c>, <c>|Z|/Ohm</c>, <c>Phase(Z)/deg</c> and the like.
/// </summary>
internal static partial class ColumnNames
{
    /// <summary>What a name says.</summary>
    /// <param name="header">The name, perhaps with its unit.</param>
    /// <param name="below">The unit that a line below the names has for the column, or nothing.</param>
    public static ColumnMeaning Of(string header, string below = "")
    {
        // Primes as typographers write them, and the minus sign.
        var name = SourceText.Unquote(header).Replace('′', '\'').Replace("″", "''").Replace('’', '\'').Replace("\"", "''")
            .Replace('−', '-').Replace('–', '-');
        var minus = name.StartsWith('-') || name.StartsWith("neg", StringComparison.OrdinalIgnoreCase);
        var head = ColumnHead.Of(name.TrimStart('-', ' '));
        var (unit, other) = head.Unit.Length > 0 ? (head.Unit, below) : (below, "");
        var kind = KindOf(head.Name, unit);
        if (kind is ColumnKind.Other or ColumnKind.Sweep)
        {
            return new(kind, 1) { Unit = unit };
        }

        var perArea = false;
        var factor = unit.Length == 0 ? head.Name.StartsWith("hours", StringComparison.OrdinalIgnoreCase) ? 3600 : 1
            : ImpedanceUnits.Find(kind, unit, out perArea);
        var agree = other.Length == 0 || (ImpedanceUnits.Find(kind, other, out var area) == factor && area == perArea);
        minus &= kind is ColumnKind.Imaginary or ColumnKind.Phase;
        return new(kind, (minus ? -1 : 1) * (factor ?? 1), minus)
        {
            Unit = agree ? unit : $"{unit}' and '{other}", IsUnitKnown = factor is not null && agree, PerArea = perArea,
            IsComputed = Computed().IsMatch(head.Name),
        };
    }

    private static ColumnKind KindOf(string name, string unit)
    {
        if (Uncertainty().IsMatch(name))
        {
            return ColumnKind.Other;
        }

        if (FrequencyName().IsMatch(name))
        {
            return ColumnKind.Frequency;
        }

        if (SweepName().IsMatch(name))
        {
            return ColumnKind.Sweep;
        }

        if (SecondsName().IsMatch(name))
        {
            // T is a temperature unless its unit is of time; a clock is no count of seconds.
            var isTime = unit.Length == 0 ? name != "T" : ImpedanceUnits.Find(ColumnKind.Seconds, unit, out _) is not null;
            return isTime || (!name.Equals("t", StringComparison.OrdinalIgnoreCase) && !Clock().IsMatch(unit)) ? ColumnKind.Seconds
                : ColumnKind.Other;
        }

        var kind = ImaginaryName().IsMatch(name) ? ColumnKind.Imaginary
            : RealName().IsMatch(name) ? ColumnKind.Real
            : ModulusName().IsMatch(name) ? ColumnKind.Modulus
            : PhaseName().IsMatch(name) ? ColumnKind.Phase
            : ColumnKind.Other;
        var isOhm = kind != ColumnKind.Phase && ImpedanceUnits.Find(kind, unit, out _) is not null;
        return isOhm || IsOfImpedance(name) ? kind : ColumnKind.Other;
    }

    // "Re", "Real part of Z" and "Zre" are of Z; "Re(Y)", "Im(M)" and "Real permittivity" are of something else.
    private static bool IsOfImpedance(string name)
    {
        if (name.StartsWith("impedance", StringComparison.OrdinalIgnoreCase) || !PartName().IsMatch(name))
        {
            return true;
        }

        var of = NoQuantity().Replace(PartName().Replace(name, ""), "");
        return of.Length == 0 || of.StartsWith('z') || of.StartsWith('Z') || of.StartsWith("impedance", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^(neg[ _]?)?(re(al)?|im(ag(inary)?)?|img|mod(ulus)?|abs(olute)?|magnitude|mag|phase|theta|φ|ϕ|θ|phi|angle|arg)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PartName();

    [GeneratedRegex(@"(?<!\p{L})(part|component|value|of|the|angle|shift|fit|fitted|calc|calculated|model|sim|simulated|meas"
        + @"|measured|data|raw|exp)(?!\p{L})|[^\p{L}]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoQuantity();

    [GeneratedRegex(@"(?<!\p{L})(fit|fitted|calc|calcd|calculated|model|modell?ed|sim|simulated|simulation|theory)(?!\p{L})"
        + @"|(fit|calc|model)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Computed();

    [GeneratedRegex(@"(?<!\p{L})(std|stdev|stddev|std[ _]?dev|err|error|sd|sigma|unc|uncertainty|residuals?|resid|delta)(?!\p{L})"
        + @"|(std|stdev|err|error)$|[σΔ±]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Uncertainty();

    [GeneratedRegex(@":|^(utc|gmt|unix|local|iso)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex(@"^(f|freq|frequency|frequenz|fréquence)\b|^freq|^f[_ /(\[]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FrequencyName();

    [GeneratedRegex(@"^(cycle|sweep|loop|spectrum|scan)([ _]?(number|no\.?|nr|index|id))?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SweepName();

    [GeneratedRegex(@"^(time|t|elapsed[ _]time|hours|test time)\b|^time[_ /(\[]|^t[_/(\[]|^elapsed",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecondsName();

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
}
