using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>
/// Areal charge q(t) = ∫ I dt / A since 0 h by the trapezoid, and what it may be wrong by. Over a hole of the current series, where a
/// trapezoid would invent a current, the smaller of the two currents at its ends is taken, none where their signs differ; Faraday's volume
/// takes the same. The uncertainty has three parts: where between two rows a changed current changed (independent from interval to
/// interval, |ΔI| Δt / √12), the step in which the instrument writes currents (the same for all rows, so that it grows with time), and
/// holes (the larger current instead of the smaller, taken as equally likely as anything between).
/// </summary>
public sealed class ChargeCurve
{
    private readonly double[] _hours;
    private readonly double[] _current;
    private readonly double[] _charge;
    private readonly double[] _variance;
    private readonly double[] _flowing;
    private readonly bool[] _isHole;

    private ChargeCurve(double[] hours, double[] current, HashSet<int> holes, double step)
    {
        var n = hours.Length;
        (_hours, _current, StepMaCm2) = (hours, current, step);
        (_charge, _variance, _flowing, _isHole) = (new double[n], new double[n], new double[n], new bool[n]);
        for (var i = 1; i < n; i++)
        {
            _isHole[i] = holes.Contains(i - 1);
            var (charge, variance) = Piece(i, hours[i]);
            _charge[i] = _charge[i - 1] + charge;
            _variance[i] = _variance[i - 1] + variance;
            _flowing[i] = _flowing[i - 1] + (current[i] != 0 || current[i - 1] != 0 ? hours[i] - hours[i - 1] : 0);
        }
    }

    /// <summary>The step in which the instrument writes currents, mA/cm²; 0 where too few different currents are there to tell.</summary>
    public double StepMaCm2 { get; }

    /// <summary>Hours of the rows.</summary>
    public IReadOnlyList<double> Hours => _hours;

    /// <summary>Current density of each row, mA/cm², signed as in the series.</summary>
    public IReadOnlyList<double> MaCm2 => _current;

    /// <summary>The charge of a current series.</summary>
    /// <param name="current">A series of kind current.</param>
    /// <param name="areaCm2">Area of the electrode, cm²; may be null where the series is per cm² already.</param>
    /// <returns>Null where the series is of a whole current and no area is known.</returns>
    /// <exception cref="Imaging.Volumes.VolumeFormatException">The series' header names no unit of a current.</exception>
    public static ChargeCurve? Of(Series current, double? areaCm2)
    {
        var (ampere, perCm2) = current.Scale("current");
        if (!perCm2 && areaCm2 is not > 0)
        {
            return null;
        }

        var factor = ampere * 1e3 / (perCm2 ? 1 : areaCm2!.Value);
        var density = current.Values.Select(v => v * factor).ToArray();
        return new ChargeCurve([.. current.Hours], density, [.. current.HolesAfter], StepOf(density));
    }

    /// <summary>The charge of a constant current density, where nobody logged the current.</summary>
    /// <param name="maCm2">mA/cm².</param>
    /// <param name="toHours">Until when, from 0 h.</param>
    public static ChargeCurve OfConstant(double maCm2, double toHours) => new([0, Math.Max(0, toHours)], [maCm2, maCm2], [], 0);

    /// <summary>The charge since 0 h at a time; before the series nothing, after it what it came to.</summary>
    /// <param name="hours">The time.</param>
    public ArealCharge At(double hours) => Since(Math.Max(0, _hours[0]), hours);

    /// <summary>The charge that passed between two times.</summary>
    /// <param name="from">Hours.</param>
    /// <param name="to">Hours.</param>
    public ArealCharge Since(double from, double to)
    {
        var (a, b) = (Sum(from), Sum(to));
        var random = Math.Abs(b.Variance - a.Variance);
        var systematic = StepMaCm2 / Math.Sqrt(12) * Math.Abs(b.Flowing - a.Flowing);
        return new ArealCharge(b.Charge - a.Charge, Math.Sqrt(random + (systematic * systematic)));
    }

    private (double Charge, double Variance, double Flowing) Sum(double hours)
    {
        if (hours <= _hours[0])
        {
            return default;
        }

        if (hours >= _hours[^1])
        {
            return (_charge[^1], _variance[^1], _flowing[^1]);
        }

        // The first row after it.
        var at = Array.BinarySearch(_hours, hours);
        at = at < 0 ? ~at : at;
        while (_hours[at] <= hours)
        {
            at++;
        }

        var (charge, variance) = Piece(at, hours);
        var share = (hours - _hours[at - 1]) / (_hours[at] - _hours[at - 1]);
        return (_charge[at - 1] + charge, _variance[at - 1] + variance, _flowing[at - 1] + (share * (_flowing[at] - _flowing[at - 1])));
    }

    // Charge from the row before until a time that is not after row i, mAh/cm², and its variance.
    private (double Charge, double Variance) Piece(int i, double hours)
    {
        double span = _hours[i] - _hours[i - 1], dt = hours - _hours[i - 1], from = _current[i - 1], to = _current[i];
        if (span <= 0)
        {
            return default;
        }

        if (_isHole[i])
        {
            var (least, most) = Math.Abs(from) < Math.Abs(to) ? (from, to) : (to, from);
            least = from * to < 0 ? 0 : least;
            var width = (most - least) * dt;
            return (least * dt, width * width / 3);
        }

        var at = from + ((to - from) * dt / span);
        var jump = (to - from) * dt;
        return ((from + at) / 2 * dt, jump * jump / 12);
    }

    // The smallest difference between neighbouring values where the values take few enough levels for it to be the instrument's step.
    private static double StepOf(double[] values)
    {
        var levels = values.Distinct().Order().ToArray();
        if (levels.Length < 20)
        {
            return 0;
        }

        var least = double.MaxValue;
        var most = Math.Max(Math.Abs(levels[0]), Math.Abs(levels[^1]));
        for (var i = 1; i < levels.Length; i++)
        {
            var gap = levels[i] - levels[i - 1];
            least = gap > 1e-9 * most && gap < least ? gap : least;
        }

        return least < 0.05 * most ? least : 0;
    }
}

/// <summary>An areal charge.</summary>
/// <param name="MahCm2">mAh/cm², signed as the current is.</param>
/// <param name="Sigma">Its standard deviation, mAh/cm².</param>
public readonly record struct ArealCharge(double MahCm2, double Sigma)
{
    /// <summary>Thickness of lithium of the charge, µm: 4.85 µm per mAh/cm².</summary>
    public double ThicknessUm => MahCm2 * UmPerMahCm2;

    /// <summary>µm of dense lithium that 1 mAh/cm² plates: M/(F ρ), with the constants of Faraday's volume.</summary>
    public const double UmPerMahCm2 = 3.6 * Faraday.MolarMass / (Faraday.Constant * Faraday.Density) * 1e4;
}
