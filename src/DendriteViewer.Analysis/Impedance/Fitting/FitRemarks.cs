using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>What should be said beside a fit, so that nobody takes its numbers for more than they are.</summary>
public static class FitRemarks
{
    private const double PoorPercent = 10;

    /// <summary>Remarks on a fit, a sentence each.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="points">The points that were fitted.</param>
    public static IReadOnlyList<string> Of(FitResult fit, SweepPoints points)
    {
        var remarks = new List<string>();
        var inductive = points.Im.Count(v => v > 0);
        if (inductive > 0 && fit.Circuit.Elements.All(e => e.Kind != ElementKind.Inductor))
        {
            var which = inductive == 1 ? "One point has" : $"{inductive} points have";
            remarks.Add($"{which} Im above 0, which no circuit without L follows: add L, or leave them out (--mask \"im>0\").");
        }

        if (fit.WorstPercent > PoorPercent)
        {
            remarks.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The circuit misses points by up to {fit.WorstPercent:0} % of |Z|; another circuit, or a mask, may suit them better."));
        }

        return remarks;
    }
}
