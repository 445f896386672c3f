using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Processes;
using DendriteViewer.Analysis.Uncertainties;

namespace DendriteViewer.Cli.Commands;

/// <summary>Fits of circuits to sweeps, printed.</summary>
internal static class EisFits
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    public static EisPrinted Run(
        IReadOnlyList<ImpedanceSweep> sweeps, Circuit? circuit, FitSettings settings, PointMask? mask, double? area, string[] profile,
        CancellationToken ct)
    {
        var fitted = SeriesFit.Run(sweeps, circuit, settings, mask, ct);
        var (objects, text) = (new List<object>(), new StringBuilder());
        foreach (var one in fitted)
        {
            var (fit, arcs) = (one.Fit, ArcProcess.Of(one.Fit));
            var intervals = profile.Select(name => ProfileLikelihood.Of(fit, one.Points, settings, name)).ToList();
            objects.Add(new
            {
                index = one.Sweep.Index, hours = one.Sweep.Hours, points = fit.Points, circuit = fit.Circuit.Text,
                weight = fit.Weight.ToString().ToLowerInvariant(),
                parameters = fit.Parameters.Select(p => new
                {
                    name = p.Name, value = p.Value, sigma = p.Sigma, atLimit = p.AtLimit, unit = p.Unit,
                    isFixed = p.IsFixed, tiedTo = p.TiedTo,
                }),
                pseudoChiSquare = fit.PseudoChiSquare, worstPercent = fit.WorstPercent,
                aicc = double.IsFinite(fit.Aicc) ? fit.Aicc : (double?)null,
                consistent = one.Verdict.IsConsistent, verdict = one.Verdict.Sentence,
                correlations = fit.Correlations.Select(c => new { first = c.First, second = c.Second, value = c.Value }),
                arcs = arcs.Select(a => new
                {
                    name = a.Name, ohm = a.ResistanceOhm, sigmaOhm = a.SigmaOhm, tauS = a.TauS, capacitanceF = a.CapacitanceF,
                    process = a.Words, ohmCm2 = a.ResistanceOhm * area, halfOhmCm2 = a.ResistanceOhm * area / 2,
                }),
                minimum = fit.Minimum is { } m ? new { pseudoChiSquare = m.ChiSquare, values = m.Values } : null,
                jumps = one.Jumps, otherMinima = fit.OtherMinima,
                profile = intervals.Select(i => new { name = i.Name, low = i.Low, high = i.High }),
                truncated = one.Sweep.Truncated, remarks = one.Sweep.Remarks.Concat(FitRemarks.Of(fit, one.Points, one.Verdict)),
            });
            Describe(text, one, arcs, area, intervals);
        }

        var growth = ResistanceGrowth.Of(fitted);
        foreach (var (name, laws) in growth)
        {
            text.AppendLine(s_invariant, $"{name} against {(laws[0].Kind == GrowthKind.Diffusion ? "√t (diffusion)" : "t (reaction)")}: "
                + $"{laws[0].StartOhm:G5} Ω + {Rounded.WithSigma(laws[0].Rate, laws[0].RateSigma)} {Unit(laws[0].Kind)}, "
                + $"AICc {laws[1].Aicc - laws[0].Aicc:0.0} below the other law");
        }

        return new EisPrinted(objects, text.ToString(), growth.Count == 0 ? null : growth.Select(g => new
        {
            name = g.Name, law = g.Laws[0].Kind == GrowthKind.Diffusion ? "sqrt" : "linear",
            laws = g.Laws.Select(l => new
            {
                law = l.Kind == GrowthKind.Diffusion ? "sqrt" : "linear", startOhm = l.StartOhm, rate = l.Rate, rateSigma = l.RateSigma,
                aicc = l.Aicc,
            }),
        }));
    }

    private static void Describe(
        StringBuilder text, FittedSweep one, IReadOnlyList<ArcProcess> arcs, double? area, List<ProfileInterval> intervals)
    {
        var fit = one.Fit;
        text.AppendLine(EisTests.Title(one.Sweep, one.Points)).AppendLine("  " + one.Verdict.Sentence)
            .AppendLine(s_invariant, $"  {fit.Circuit.Text}, weight {fit.Weight.ToString().ToLowerInvariant()}: "
                + $"χ² {fit.PseudoChiSquare:G4}, worst {fit.WorstPercent:0.00} %, AICc {fit.Aicc:0.0}");
        foreach (var p in fit.Parameters)
        {
            var note = p.TiedTo is { } leader ? $"equals {leader}" : p.IsFixed ? "fixed" : p.AtLimit ? "at its limit"
                : p.Sigma is null ? "not determined by these points" : "";
            var value = $"{Rounded.WithSigma(p.Value, p.Sigma)} {p.Unit}".TrimEnd();
            text.AppendLine($"    {p.Name,-8} {value}{(note.Length > 0 ? $" ({note})" : "")}");
        }

        if (fit.Minimum is { } minimum)
        {
            var values = fit.Parameters.Zip(minimum.Values, (p, v) => string.Create(s_invariant, $"{p.Name} {v:G5}"));
            text.AppendLine(s_invariant,
                    $"    ended by scipy's limits before the minimum, χ² {minimum.ChiSquare:G6}; --tight goes on to it:")
                .AppendLine("      " + string.Join(", ", values));
        }

        foreach (var interval in intervals)
        {
            text.AppendLine(s_invariant,
                $"    {interval.Name} lies between {End(interval.Low)} and {End(interval.High)} (95 %, profile of χ²)");
        }

        foreach (var arc in arcs)
        {
            var perArea = area is { } a
                ? string.Create(s_invariant, $", {arc.ResistanceOhm * a:G4} Ω cm² in all, ")
                    + string.Create(s_invariant, $"{arc.ResistanceOhm * a / 2:G4} Ω cm² each of two alike interfaces")
                : "";
            text.AppendLine(s_invariant,
                $"    {arc.Name}: τ {arc.TauS:G4} s, C {arc.CapacitanceF:G4} F, {arc.Words} by its capacitance{perArea}");
        }

        foreach (var c in fit.Correlations)
        {
            text.AppendLine(s_invariant,
                $"    {c.First} and {c.Second} are correlated ({c.Value:0.000}): these points hardly tell them apart");
        }

        foreach (var remark in FitRemarks.Of(fit, one.Points, one.Verdict))
        {
            text.AppendLine("    " + remark);
        }

        if (one.Jumps.Count > 0)
        {
            text.AppendLine($"    jumped since the sweep before: {string.Join(", ", one.Jumps)}");
        }
    }

    private static string Unit(GrowthKind kind) => kind == GrowthKind.Diffusion ? "Ω h^-½ · √t" : "Ω/h · t";

    private static string End(double? value) => value is { } v ? v.ToString("G5", s_invariant) : "no end that the points set";
}
