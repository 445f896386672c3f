namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>Where a table of text has its columns, and how a line of it becomes a row.</summary>
internal sealed class ColumnLayout
{
    private readonly int _frequency, _first, _second, _seconds, _sweep;
    private readonly bool _polar;
    private readonly ColumnMeaning[] _columns;

    private ColumnLayout(ColumnMeaning[] columns)
    {
        // Measured values come before those of a fit, in either form; Re and Im before modulus and phase.
        _columns = columns;
        var (real, imaginary) = (IndexOf(ColumnKind.Real), IndexOf(ColumnKind.Imaginary));
        var (modulus, phase) = (IndexOf(ColumnKind.Modulus), IndexOf(ColumnKind.Phase));
        bool IsComputed(int one, int other) => columns[one].IsComputed || columns[other].IsComputed;
        _polar = real < 0 || imaginary < 0
            || (modulus >= 0 && phase >= 0 && IsComputed(real, imaginary) && !IsComputed(modulus, phase));
        (_first, _second) = _polar ? (modulus, phase) : (real, imaginary);
        _frequency = IndexOf(ColumnKind.Frequency);
        _seconds = IndexOf(ColumnKind.Seconds);
        _sweep = IndexOf(ColumnKind.Sweep);
    }

    /// <summary>Frequency, real and imaginary part in this order.</summary>
    public static ColumnLayout Plain { get; } =
        new([new(ColumnKind.Frequency, 1), new(ColumnKind.Real, 1), new(ColumnKind.Imaginary, 1)]);

    /// <summary>Whether the name of the imaginary column (or of the phase) has a minus before it.</summary>
    public bool SignIsNamed => _columns[_second].SignIsNamed;

    /// <summary>Whether modulus and phase are what the file has.</summary>
    public bool IsPolar => _polar;

    /// <summary>Whether there is a column that counts sweeps.</summary>
    public bool HasSweeps => _sweep >= 0;

    /// <summary>Whether Re or the modulus has a unit or no name at all.</summary>
    public bool IsUnitNamed => _columns[_first].Unit is not "";

    /// <summary>What was guessed or chosen, a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; private init; } = [];

    /// <summary>The layout that the names of columns say, or null where one that is needed is missing.</summary>
    /// <param name="source">The file, for refusals.</param>
    /// <param name="names">The names, perhaps with units.</param>
    /// <param name="units">Units that a line below the names has, or none.</param>
    /// <exception cref="MeasurementException">A column that is needed has a unit that is not known.</exception>
    public static ColumnLayout? Of(ImpedanceSource source, IReadOnlyList<string> names, IReadOnlyList<string>? units = null)
    {
        var columns = names.Select((n, i) => ColumnNames.Of(n, units?.ElementAtOrDefault(i) ?? "")).ToArray();
        bool Has(ColumnKind kind) => columns.Any(c => c.Kind == kind);
        if (!Has(ColumnKind.Frequency)
            || !((Has(ColumnKind.Real) && Has(ColumnKind.Imaginary)) || (Has(ColumnKind.Modulus) && Has(ColumnKind.Phase))))
        {
            return null;
        }

        var layout = new ColumnLayout(columns);
        foreach (var i in layout.Used.Where(i => !columns[i].IsUnitKnown))
        {
            throw source.Refuse($"Its column '{names[i]}' has the unit '{columns[i].Unit}', which is not known for it; "
                + $"give the column in {ImpedanceUnits.Accepted(columns[i].Kind)}.");
        }

        if (columns[layout._first].PerArea != (!layout._polar && columns[layout._second].PerArea) && !layout._polar)
        {
            throw source.Refuse("One of Re and Im is in Ω cm² and the other in Ω; give both in one of them.");
        }

        return new(columns) { Remarks = [.. layout.RemarksOn(names)] };
    }

    /// <summary>What of the needed columns is missing, for a message.</summary>
    public static string Missing(IEnumerable<string> names)
    {
        var kinds = names.Select(n => ColumnNames.Of(n).Kind).ToHashSet();
        return !kinds.Contains(ColumnKind.Frequency) ? "frequency" : !kinds.Contains(ColumnKind.Real) ? "Re(Z)" : "Im(Z)";
    }

    /// <summary>The row that a line's fields are, and the number of the sweep that it belongs to.</summary>
    /// <returns>False where a needed field is missing or no number; <paramref name="bad"/> is that field.</returns>
    public bool TryRow(string[] fields, out ImpedanceRow row, out double sweep, out string bad)
    {
        (row, sweep, bad) = (default, 0, "");
        if (!Number(_frequency, out var f, ref bad) || !Number(_first, out var a, ref bad) || !Number(_second, out var b, ref bad))
        {
            return false;
        }

        var ignored = "";
        double? seconds = _seconds >= 0 && Number(_seconds, out var t, ref ignored) && double.IsFinite(t) ? t : null;
        if (_sweep >= 0 && !Number(_sweep, out sweep, ref bad))
        {
            return false;
        }

        var perArea = _columns[_first].PerArea;
        row = _polar
            ? new(f, a * Math.Cos(b * Math.PI / 180), a * Math.Sin(b * Math.PI / 180), seconds, perArea)
            : new(f, a, b, seconds, perArea);
        return true;

        bool Number(int column, out double value, ref string text)
        {
            value = 0;
            if (column >= fields.Length || !SourceText.TryNumber(fields[column], out value))
            {
                text = column < fields.Length ? fields[column] : "";
                return false;
            }

            value *= _columns[column].Factor;
            return true;
        }
    }

    private IEnumerable<int> Used => new[] { _frequency, _first, _second, _seconds }.Where(i => i >= 0);

    // The first of the best: measured before computed, a known unit before another.
    private int IndexOf(ColumnKind kind) => Enumerable.Range(0, _columns.Length).Where(i => _columns[i].Kind == kind)
        .OrderBy(i => (_columns[i].IsComputed ? 2 : 0) + (_columns[i].IsUnitKnown ? 0 : 1)).FirstOrDefault(-1);

    private IEnumerable<string> RemarksOn(IReadOnlyList<string> names)
    {
        if (_polar)
        {
            yield return "Re and Im were computed from modulus and phase.";
            if (_columns[_second].Unit is "")
            {
                yield return $"The column '{names[_second]}' names no unit; it was read as degrees.";
            }
        }

        foreach (var i in Used)
        {
            var others = Enumerable.Range(0, names.Count).Where(j => j != i && _columns[j].Kind == _columns[i].Kind)
                .Select(j => $"'{names[j]}'").ToList();
            if (others.Count > 0)
            {
                yield return $"Several columns fit; '{names[i]}' was read, not {string.Join(", ", others)}.";
            }
            else if (_columns[i].IsComputed)
            {
                yield return $"The column '{names[i]}' was read; by its name it holds no measured values.";
            }
        }

        if (_seconds >= 0 && _columns[_seconds] is { Unit: "", Factor: 1 })
        {
            yield return $"The column '{names[_seconds]}' names no unit; it was read as seconds.";
        }
    }
}
