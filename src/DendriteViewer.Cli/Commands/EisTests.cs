using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Cli.Commands;

/// <summary>What the impedance command prints: as JSON and as text.</summary>
/// <param name="Sweeps">One object a sweep.</param>
/// <param name="Text">Lines for people.</param>
/// <param name="Growth">Growth laws of a series; null where there are none.</param>
internal sealed record EisPrinted(IReadOnlyList<object> Sweeps, string Text, object? Growth = null);

/// <summary>The Kramers–Kronig test and the distribution of relaxation times, printed.</summary>
internal static class EisTests
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    public static EisPrinted KramersKronig(IReadOnlyList<ImpedanceSweep> sweeps, PointMask? mask, KkSettings settings)
    {
        var (objects, text) = (new List<object>(), new StringBuilder());
        foreach (var sweep in sweeps)
        {
            var points = SweepPoints.Of(sweep, mask);
            var verdict = KkVerdict.Of(points);
            var asked = settings is not { Limit: null, Elements: null, Fit: KkFit.Complex, Capacitance: false };
            var model = asked ? LinKk.Fit(points, settings) : verdict.Model;
            var worst = KkVerdict.Of(points, model).WorstPercent;
            objects.Add(new
            {
                index = sweep.Index, hours = sweep.Hours, points = points.Count, m = model.M,
                mu = double.IsFinite(model.Mu) ? model.Mu : (double?)null,
                frequencyHz = points.FrequencyHz, real = model.Re, imaginary = model.Im, worstPercent = worst,
                consistent = verdict.IsConsistent, verdict = verdict.Sentence, capacitance = model.Capacitance,
                best = new
                {
                    m = verdict.Model.M, mu = double.IsFinite(verdict.Model.Mu) ? verdict.Model.Mu : (double?)null,
                    capacitance = verdict.Model.Capacitance,
                    worstPercent = verdict.WorstPercent, noisePercent = verdict.NoisePercent,
                },
                truncated = sweep.Truncated, remarks = sweep.Remarks,
            });
            text.Append(Title(sweep, points)).AppendLine()
                .AppendLine(s_invariant, $"  M = {model.M}, µ = {model.Mu:0.####}{Capacitance(model)}; residuals up to {worst:0.00} %")
                .AppendLine("  " + verdict.Sentence);
            if (settings.Limit is { } limit && model.Mu > limit)
            {
                text.AppendLine(s_invariant,
                    $"  µ does not fall to {limit}; this is the largest number of elements that the points allow.");
            }

            if (asked)
            {
                text.Append(s_invariant, $"  The verdict rests on the fit that suits this sweep best: M = {verdict.Model.M}, ")
                    .AppendLine(s_invariant, $"µ = {verdict.Model.Mu:0.####}{Capacitance(verdict.Model)}.");
            }
        }

        return new EisPrinted(objects, text.ToString());
    }

    public static EisPrinted Relaxation(IReadOnlyList<ImpedanceSweep> sweeps, PointMask? mask, double? lambda)
    {
        var (objects, text) = (new List<object>(), new StringBuilder());
        foreach (var sweep in sweeps)
        {
            var points = SweepPoints.Of(sweep, mask);
            var drt = lambda is { } l ? new Drt(points).At(l) : Drt.Of(points);
            objects.Add(new
            {
                index = sweep.Index, hours = sweep.Hours, points = points.Count, lambda = drt.Lambda,
                peaks = drt.Peaks.Select(p => new { tauS = p.TauS, areaOhm = p.AreaOhm, atEdge = p.AtEdge }),
                seriesOhm = drt.SeriesOhm, inductanceH = drt.InductanceH, capacitanceF = drt.CapacitanceF,
                residualPercent = drt.ResidualPercent, tauS = drt.TauS, gammaOhm = drt.GammaOhm,
                truncated = sweep.Truncated, remarks = sweep.Remarks,
            });
            text.Append(Title(sweep, points)).AppendLine()
                .AppendLine(s_invariant,
                    $"  λ = {drt.Lambda:G3}, residuals {drt.ResidualPercent:0.00} % of |Z| on average; R∞ {drt.SeriesOhm:G5} Ω");
            foreach (var peak in drt.Peaks)
            {
                text.AppendLine(s_invariant,
                    $"  τ = {peak.TauS,10:G4} s   {peak.AreaOhm,10:G5} Ω{(peak.AtEdge ? "   beyond the measured frequencies" : "")}");
            }
        }

        return new EisPrinted(objects, text.ToString());
    }

    private static string Capacitance(KkModel model) => model.Capacitance ? ", with a capacitance in series" : "";

    /// <summary>The line above what is said of a sweep.</summary>
    public static string Title(ImpedanceSweep sweep, SweepPoints points)
    {
        var left = sweep.Points - points.Count;
        return string.Create(s_invariant, $"sweep {sweep.Index}")
            + (sweep.Hours is { } hours ? string.Create(s_invariant, $", {hours:0.###} h") : "")
            + string.Create(s_invariant, $": {points.Count} points from {points.FrequencyHz.Min():G4} to {points.FrequencyHz.Max():G4} Hz")
            + (left > 0 ? $", {left} left out by the mask" : "") + (sweep.Truncated ? ", cut short" : "")
            + string.Concat(sweep.Remarks.Select(r => "\n  " + r));
    }
}
