namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>Where a table of text has its columns, and how a line of it becomes a row.</summary>
internal sealed class ColumnLayout
{
    private readonly int _frequency, _first, _second, _seconds, _sweep;
    private readonly bool _polar;
    private readonly ColumnMeaning[] _columns;

    private ColumnLayout(ColumnMeaning[] columns, bool polar)
    {
        _columns = columns;
        _polar = polar;
        _frequency = IndexOf(ColumnKind.Frequency);
        _first = IndexOf(polar ? ColumnKind.Modulus : ColumnKind.Real);
        _second = IndexOf(polar ? ColumnKind.Phase : ColumnKind.Imaginary);
        _seconds = IndexOf(ColumnKind.Seconds);
        _sweep = IndexOf(ColumnKind.Sweep);
    }

    /// <summary>Frequency, real and imaginary part in this order.</summary>
    public static ColumnLayout Plain { get; } =
        new([new(ColumnKind.Frequency, 1), new(ColumnKind.Real, 1), new(ColumnKind.Imaginary, 1)], false);

    /// <summary>Whether the name of the imaginary column (or of the phase) has a minus before it.</summary>
    public bool SignIsNamed => _columns[_second].SignIsNamed;

    /// <summary>Whether modulus and phase are what the file has.</summary>
    public bool IsPolar => _polar;

    /// <summary>Whether there is a column that counts sweeps.</summary>
    public bool HasSweeps => _sweep >= 0;

    /// <summary>The layout that the names of columns say, or null where one that is needed is missing.</summary>
    public static ColumnLayout? Of(IEnumerable<string> names)
    {
        var columns = names.Select(ColumnNames.Of).ToArray();
        bool Has(ColumnKind kind) => columns.Any(c => c.Kind == kind);
        return !Has(ColumnKind.Frequency) ? null
            : Has(ColumnKind.Real) && Has(ColumnKind.Imaginary) ? new(columns, false)
            : Has(ColumnKind.Modulus) && Has(ColumnKind.Phase) ? new(columns, true)
            : null;
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

        row = _polar
            ? new(f, a * Math.Cos(b * Math.PI / 180), a * Math.Sin(b * Math.PI / 180), seconds)
            : new(f, a, b, seconds);
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

    private int IndexOf(ColumnKind kind) => Array.FindIndex(_columns, c => c.Kind == kind);
}
