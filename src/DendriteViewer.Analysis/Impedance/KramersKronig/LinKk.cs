using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Impedance.KramersKronig;

/// <summary>Which parts of Z the elements are fitted to.</summary>
public enum KkFit
{
    /// <summary>Both.</summary>
    Complex,

    /// <summary>The real part; inductance and capacitance then follow from the imaginary part.</summary>
    Real,

    /// <summary>The imaginary part; R₀ then follows from the real part.</summary>
    Imaginary,
}

/// <summary>What is asked of the test.</summary>
public sealed record KkSettings
{
    /// <summary>Stop at the first number of elements whose µ is not above this; null: the best by AICc.</summary>
    public double? Limit { get; init; }

    /// <summary>Exactly so many elements; null to choose.</summary>
    public int? Elements { get; init; }

    /// <summary>Which parts are fitted.</summary>
    public KkFit Fit { get; init; } = KkFit.Complex;

    /// <summary>Whether a capacitance stands in series, for cells that block at low frequencies.</summary>
    public bool Capacitance { get; init; }
}

/// <summary>A fit of M RC elements.</summary>
/// <param name="M">How many elements.</param>
/// <param name="Mu">µ = 1 − Σ|R&lt;0|/Σ|R≥0| over the elements, without R₀.</param>
/// <param name="Re">The fitted real parts in Ω, in the order of the points.</param>
/// <param name="Im">The fitted imaginary parts in Ω.</param>
/// <param name="ChiSquare">Σ |ΔZ|²/|Z|².</param>
/// <param name="Aicc">AICc over 2N residuals.</param>
/// <param name="Capacitance">Whether a capacitance stands in series.</param>
public sealed record KkModel(int M, double Mu, double[] Re, double[] Im, double ChiSquare, double Aicc, bool Capacitance);

/// <summary>
/// The linear Kramers–Kronig test (Schönleber, Klotz, Ivers-Tiffée 2014): a resistance, an inductance and M elements R∥C whose
/// time constants lie fixed, log-spaced from 1/(2πf_max) to 1/(2πf_min), so that only their (possibly negative) resistances are
/// unknown, by least squares weighted with 1/|Z|. Such a chain obeys Kramers and Kronig; what it cannot follow does not.
/// </summary>
public static class LinKk
{
    // Elements that are tried: at most so many a decade, and no more than half the residuals determine well.
    private const int MostADecade = 7, MostElements = 100;

    // Below this µ the elements cancel one another: the chain follows noise and drift, which is what the test should find.
    private const double LeastMu = 0.5;

    // A loop: at least so many points of the lower half of the decades have Im above this part of |Z|.
    private const int LoopPoints = 3;
    private const double LoopPart = 0.01;

    /// <summary>The fit that the settings ask for.</summary>
    public static KkModel Fit(SweepPoints points, KkSettings settings)
    {
        if (settings.Elements is { } exact)
        {
            return Of(points, exact, settings);
        }

        return settings.Limit is { } limit ? FirstBelow(points, limit, settings) : Best(points, settings);
    }

    /// <summary>The fit of exactly M elements.</summary>
    /// <exception cref="ArgumentException">The points determine fewer.</exception>
    public static KkModel Of(SweepPoints points, int m, KkSettings settings)
    {
        var rows = settings.Fit == KkFit.Complex ? 2 * points.Count : points.Count;
        if (m < 1 || m + 3 > rows)
        {
            throw new ArgumentException($"{m} elements cannot be fitted to {points.Count} points; give 1 to {rows - 3}.");
        }

        var model = new KkColumns(points, TimeConstants(points, m), settings.Capacitance);
        var (re, im) = model.Evaluate(model.Solve(settings.Fit, out var resistances));
        var chi = 0d;
        for (var i = 0; i < points.Count; i++)
        {
            var (a, b) = ((points.Re[i] - re[i]) / points.Modulus[i], (points.Im[i] - im[i]) / points.Modulus[i]);
            chi += a * a + b * b;
        }

        return new KkModel(m, Mu(resistances), re, im, chi, InformationCriterion.Aicc(chi, 2 * points.Count, model.Unknowns),
            settings.Capacitance);
    }

    /// <summary>
    /// The fit with the least AICc among those whose µ is not under 0.5, which uses as many elements as the data support without following
    /// what no stable system does. Where a loop at low frequencies asks for negative resistances, µ is not looked at.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="settings">What is asked of the test.</param>
    /// <param name="ct">Gives up between two numbers of elements.</param>
    public static KkModel Best(SweepPoints points, KkSettings settings, CancellationToken ct = default)
    {
        var all = new List<KkModel>();
        for (var m = 1; m <= MostFor(points, settings); m++)
        {
            ct.ThrowIfCancellationRequested();
            ComputeLane.GiveWay();
            all.Add(Of(points, m, settings));
        }

        var sound = HasLoop(points) ? all : all.Where(k => k.Mu >= LeastMu).ToList();
        return sound.Count > 0 ? sound.MinBy(k => k.Aicc)! : all.MaxBy(k => k.Mu)!;
    }

    /// <summary>Whether Im lies above 0 at low frequencies, as in inductive loops: negative resistances are the cell's own then.</summary>
    internal static bool HasLoop(SweepPoints points)
    {
        var middle = Math.Sqrt(points.Omega.Max() * points.Omega.Min());
        return Enumerable.Range(0, points.Count)
            .Count(i => points.Omega[i] < middle && points.Im[i] > LoopPart * points.Modulus[i]) >= LoopPoints;
    }

    /// <summary>Log-spaced time constants in s.</summary>
    internal static double[] TimeConstants(SweepPoints points, int m)
    {
        var (least, most) = (1 / points.Omega.Max(), 1 / points.Omega.Min());
        return [.. Enumerable.Range(0, m).Select(k => m == 1 ? least : least * Math.Pow(most / least, k / (m - 1d)))];
    }

    // µ need not fall evenly: it may dip below the limit at a few elements, far too few to follow the data. So it counts only from about
    // one element a decade on. Where no M is low enough, the last one stands.
    private static KkModel FirstBelow(SweepPoints points, double limit, KkSettings settings)
    {
        var decades = Math.Log10(points.Omega.Max() / points.Omega.Min());
        var (first, last) = (Math.Max(1, (int)Math.Round(decades)), MostFor(points, settings));
        var model = Of(points, Math.Min(first, last), settings);
        for (var m = first + 1; m <= last && model.Mu > limit; m++)
        {
            model = Of(points, m, settings);
        }

        return model;
    }

    private static int MostFor(SweepPoints points, KkSettings settings)
    {
        var decades = Math.Log10(points.Omega.Max() / points.Omega.Min());
        var rows = settings.Fit == KkFit.Complex ? 2 * points.Count : points.Count;
        return Math.Clamp((int)(MostADecade * decades), 1, Math.Max(1, Math.Min(MostElements, Math.Min(points.Count, rows - 3))));
    }

    private static double Mu(ReadOnlySpan<double> resistances)
    {
        var (below, above) = (0d, 0d);
        foreach (var r in resistances)
        {
            (below, above) = r < 0 ? (below - r, above) : (below, above + r);
        }

        return above > 0 ? 1 - below / above : double.NegativeInfinity;
    }
}
