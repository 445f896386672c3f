using System.Globalization;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Processes;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Web.Plots;
using static DendriteViewer.Web.Impedance.ImpedanceText;

namespace DendriteViewer.Web.Impedance;

/// <summary>What is followed over a series.</summary>
public enum TrendQuantity
{
    /// <summary>Resistances of arcs.</summary>
    Resistance,

    /// <summary>Capacitances of arcs.</summary>
    Capacitance,

    /// <summary>The distribution of relaxation times.</summary>
    Relaxation,
}

/// <summary>Plots of a fitted series. The id of a point is the place of its sweep in the series.</summary>
internal static class TrendPlots
{
    // More lines than this cannot be told apart.
    private const int MostRidges = 24;

    /// <summary>Resistances or capacitances of the arcs over time, or over the number of the sweep where there are no times.</summary>
    public static PlotSpec Of(SeriesEvaluation series, TrendQuantity quantity, ImpedanceSettings settings, string? selectedId = null)
    {
        if (quantity == TrendQuantity.Relaxation)
        {
            return Ridges(series, settings);
        }

        var isResistance = quantity == TrendQuantity.Resistance;
        var (hasHours, places) = Places(series);
        var arcs = series.Fitted.Select(f => ArcProcess.Of(f.Fit)).ToList();
        var lines = arcs[0].Select((arc, k) => new PlotSeries(
            isResistance ? $"{arc.Name}, {Usual(arcs, k)}" : $"C of {arc.Name}", PlotKind.Line, PlotColor.Of(k),
            [.. places.Select(i => PointOf(i, k))]) { HasMarkers = true });
        return new()
        {
            Title = isResistance ? "Resistances of the arcs" : "Capacitances of the arcs",
            FileName = isResistance ? "resistances" : "capacitances", IsOnScanClock = hasHours, SelectedId = selectedId,
            X = hasHours ? new("time", "h") : new("sweep", "", PlotScale.Linear, 0),
            Y = isResistance ? new("R", settings.Unit) : new("C", "F", PlotScale.Logarithmic),
            Series = [.. lines, .. Doubtful()],
        };

        PlotPoint PointOf(int i, int k)
        {
            var (f, arc) = (series.Fitted[i], arcs[i][k]);
            var x = hasHours ? f.Sweep.Hours!.Value : i;
            var scale = isResistance ? settings.Scale : 1;
            var value = (isResistance ? arc.ResistanceOhm : arc.CapacitanceF) * scale;
            var sigma = isResistance ? arc.SigmaOhm * scale : null;
            var jumped = f.Jumps.Contains(arc.Name) ? "\njumped since the sweep before" : "";
            var doubt = f.Verdict.IsConsistent ? "" : "\nnot consistent";
            return new(x, value)
            {
                Low = value - sigma, High = value + sigma, Id = i.ToString(CultureInfo.InvariantCulture),
                Text = $"{(hasHours ? FormattableString.Invariant($"{x:0.##} h, ") : "")}sweep {i}\n"
                    + $"{arc.Name} = {Rounded.WithSigma(value, sigma)} {(isResistance ? settings.Unit : "F")}\n"
                    + $"{arc.Words}{jumped}{doubt}",
            };
        }

        // Sweeps that do not obey Kramers and Kronig, and jumps, are marked on top.
        IEnumerable<PlotSeries> Doubtful()
        {
            PlotSeries Marks(string name, PlotColor color, Func<FittedSweep, ArcProcess, bool> isMarked) => new(
                name, PlotKind.Scatter, color,
                [.. places.SelectMany(i => arcs[i].Select((a, k) => (i, a, k))).Where(t => isMarked(series.Fitted[t.i], t.a))
                    .Select(t => PointOf(t.i, t.k) with { Low = null, High = null })]);
            PlotSeries[] marks =
            [
                Marks("not consistent", PlotColor.Soft, (f, _) => !f.Verdict.IsConsistent),
                Marks("jump", PlotColor.Ink, (f, a) => f.Jumps.Contains(a.Name)),
            ];
            return marks.Where(m => m.Points.Count > 0);
        }
    }

    /// <summary>Growth of a resistance with both laws.</summary>
    public static PlotSpec Growth(SeriesEvaluation series, ResistanceGrowth growth, ImpedanceSettings settings)
    {
        var used = series.Fitted.Where(f => f.Sweep.Hours is >= 0 && f.Verdict.IsConsistent).ToList();
        var hours = used.Select(f => f.Sweep.Hours!.Value).ToList();
        var end = hours.Max();
        return new()
        {
            Title = $"Growth of {growth.Name}", FileName = $"growth-{growth.Name}", IsOnScanClock = true,
            X = new("time", "h"), Y = new(growth.Name, settings.Unit),
            Series =
            [
                new(growth.Name, PlotKind.Scatter, PlotColor.Of(0),
                    [.. used.Select(f => f.Fit[growth.Name]).Zip(hours, (p, h) => new PlotPoint(h, p.Value * settings.Scale)
                    {
                        Low = (p.Value - p.Sigma) * settings.Scale, High = (p.Value + p.Sigma) * settings.Scale,
                    })]),
                .. growth.Laws.Select((law, i) => PlotSeries.Line($"as {Law(law.Kind)}", PlotColor.Of(i + 1),
                    Enumerable.Range(0, 61).Select(k => end * k / 60).Select(h => (h, settings.Scale
                        * (law.StartOhm + law.Rate * (law.Kind == GrowthKind.Diffusion ? Math.Sqrt(h) : h))))) with { IsDashed = i > 0 }),
            ],
        };
    }

    // Ridges: the distribution of each sweep stands on its time.
    private static PlotSpec Ridges(SeriesEvaluation series, ImpedanceSettings settings)
    {
        var (hasHours, places) = Places(series);
        double Base(int i) => hasHours ? series.Fitted[i].Sweep.Hours!.Value : i;
        var step = Math.Max(1, (int)Math.Ceiling(places.Count / (double)MostRidges));
        var shown = places.Where((_, k) => k % step == 0).ToList();
        var span = Math.Max(Base(places[^1]) - Base(places[0]), hasHours ? 0.1 : 1);
        var most = shown.Max(i => series.Fitted[i].Relaxation.GammaOhm.Max()) * settings.Scale;
        var (tall, unit) = (most * Math.Max(1, shown.Count) / (2.5 * span), hasHours ? "h" : "sweep");
        return new()
        {
            Title = "Relaxation times over the series" + (step > 1 ? $", every {step}. sweep" : ""), FileName = "drt-series",
            X = new("τ", "s", PlotScale.Logarithmic),
            Y = new($"{(hasHours ? "time" : "sweep")} + γ ÷ {G(tall, 3)} {settings.Unit}/{unit}", hasHours ? "h" : ""),
            Series = [.. shown.Select((i, k) => PlotSeries.Line(
                shown.Count <= 6 ? FormattableString.Invariant($"{Base(i):0.##} {(hasHours ? "h" : "")}") : "", PlotColor.Of(0),
                series.Fitted[i].Relaxation.TauS.Zip(series.Fitted[i].Relaxation.GammaOhm,
                    (t, g) => (t, Base(i) + g * settings.Scale / tall))))],
        };
    }

    // Of a series with times, the sweeps without one have no place.
    private static (bool HasHours, List<int> Places) Places(SeriesEvaluation series)
    {
        var all = Enumerable.Range(0, series.Fitted.Count).ToList();
        var timed = all.Where(i => series.Fitted[i].Sweep.Hours is not null).ToList();
        return timed.Count > 1 || timed.Count == all.Count ? (true, timed) : (false, all);
    }

    // An arc has the process that its capacitance points to most often.
    private static string Usual(List<IReadOnlyList<ArcProcess>> arcs, int k) =>
        arcs.GroupBy(a => a[k].Words).MaxBy(g => g.Count())!.Key;
}
