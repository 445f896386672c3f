using System.Globalization;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Relaxation;
using DendriteViewer.Web.Plots;
using static DendriteViewer.Web.Impedance.ImpedanceText;

namespace DendriteViewer.Web.Impedance;

/// <summary>Plots of one sweep, the same in the panel and in the report. The id of a measured point is its number in the sweep.</summary>
internal static class SweepPlots
{
    private const int CurvePoints = 160;

    /// <summary>−Im against Re.</summary>
    public static PlotSpec Nyquist(PreparedSweep sweep, FitResult? fit, ImpedanceSettings settings) => new()
    {
        Title = "Nyquist", FileName = "nyquist", HasEqualAxes = true,
        X = new("Re Z", settings.Unit), Y = new("−Im Z", settings.Unit),
        Series =
        [
            .. Measured(sweep, (f, re, im) => new(re * settings.Scale, -im * settings.Scale), settings),
            .. Curve(fit, sweep, (f, re, im) => (re * settings.Scale, -im * settings.Scale)),
        ],
    };

    /// <summary>|Z| against frequency.</summary>
    public static PlotSpec Modulus(PreparedSweep sweep, FitResult? fit, ImpedanceSettings settings) => new()
    {
        Title = "Modulus", FileName = "bode-modulus",
        X = new("frequency", "Hz", PlotScale.Logarithmic), Y = new("|Z|", settings.Unit, PlotScale.Logarithmic),
        Series =
        [
            .. Measured(sweep, (f, re, im) => new(f, double.Hypot(re, im) * settings.Scale), settings),
            .. Curve(fit, sweep, (f, re, im) => (f, double.Hypot(re, im) * settings.Scale)),
        ],
    };

    /// <summary>−phase against frequency.</summary>
    public static PlotSpec Phase(PreparedSweep sweep, FitResult? fit, ImpedanceSettings settings) => new()
    {
        Title = "Phase", FileName = "bode-phase",
        X = new("frequency", "Hz", PlotScale.Logarithmic), Y = new("−phase", "°"),
        Series =
        [
            .. Measured(sweep, (f, re, im) => new(f, -Degrees(re, im)), settings),
            .. Curve(fit, sweep, (f, re, im) => (f, -Degrees(re, im))),
        ],
    };

    /// <summary>Residuals of the Kramers–Kronig test, or of a fit, in percent of |Z|.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="re">What was fitted to Re, in Ω.</param>
    /// <param name="im">What was fitted to Im, in Ω.</param>
    /// <param name="of">What was fitted.</param>
    public static PlotSpec Residuals(PreparedSweep sweep, double[] re, double[] im, string of)
    {
        var p = sweep.Points;
        PlotSeries Of(string name, PlotColor color, double[] measured, double[] fitted) => new(name, PlotKind.Line, color,
            [.. Enumerable.Range(0, p.Count).Select(i => new PlotPoint(p.FrequencyHz[i], 100 * (measured[i] - fitted[i]) / p.Modulus[i]))])
        {
            HasMarkers = true,
        };
        return new()
        {
            Title = $"Residuals of the {of}", FileName = "residuals",
            X = new("frequency", "Hz", PlotScale.Logarithmic), Y = new("residual", "% of |Z|"),
            Series = [Of("Re", PlotColor.Of(0), p.Re, re), Of("Im", PlotColor.Of(1), p.Im, im)],
        };
    }

    /// <summary>The distribution of relaxation times.</summary>
    public static PlotSpec Relaxation(DrtResult drt, ImpedanceSettings settings) => new()
    {
        Title = "Distribution of relaxation times", FileName = "drt",
        X = new("τ", "s", PlotScale.Logarithmic), Y = new("γ(ln τ)", settings.Unit),
        Series = [PlotSeries.Line("", PlotColor.Of(0), drt.TauS.Zip(drt.GammaOhm, (t, g) => (t, g * settings.Scale)))],
        Events = [.. drt.Peaks.Select(p => new PlotEvent(p.TauS, $"{G(p.AreaOhm * settings.Scale, 3)} {settings.Unit}", PlotColor.Soft))],
    };

    private static double Degrees(double re, double im) => Math.Atan2(im, re) * 180 / Math.PI;

    // What is left out lies behind and is fainter; both can be clicked.
    private static IEnumerable<PlotSeries> Measured(
        PreparedSweep sweep, Func<double, double, double, PlotPoint> place, ImpedanceSettings settings)
    {
        var s = sweep.Sweep;
        PlotSeries Of(string name, PlotColor color, bool isLeftOut) => new(name, PlotKind.Scatter, color,
            [.. Enumerable.Range(0, s.Points).Where(i => sweep.LeftOut[i] == isLeftOut).Select(i =>
                place(s.FrequencyHz[i], s.Re[i], s.Im[i]) with
                {
                    Id = i.ToString(CultureInfo.InvariantCulture), Text = Words(i, isLeftOut),
                })]);
        string Words(int i, bool isLeftOut) => $"{Hz(s.FrequencyHz[i])}{(isLeftOut ? ", left out" : "")}\n"
            + $"{G(s.Re[i] * settings.Scale)} {(s.Im[i] < 0 ? "−" : "+")} {G(Math.Abs(s.Im[i]) * settings.Scale)}j {settings.Unit}";
        if (sweep.LeftOut.Contains(true))
        {
            yield return Of("left out", PlotColor.Soft, true);
        }

        yield return Of("measured", PlotColor.Of(0), false);
    }

    // The circuit between the points too, so that a coarse sweep shows an arc and not a polygon.
    private static IEnumerable<PlotSeries> Curve(
        FitResult? fit, PreparedSweep sweep, Func<double, double, double, (double X, double Y)> place)
    {
        if (fit is null)
        {
            yield break;
        }

        var (least, most) = (sweep.Points.FrequencyHz.Min(), sweep.Points.FrequencyHz.Max());
        var values = fit.Values;
        yield return PlotSeries.Line("fit", PlotColor.Of(1), Enumerable.Range(0, CurvePoints).Select(i =>
        {
            var f = least * Math.Pow(most / least, i / (CurvePoints - 1d));
            var z = fit.Circuit.Impedance(f, values);
            return place(f, z.Real, z.Imaginary);
        }));
    }
}
