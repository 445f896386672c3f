namespace DendriteViewer.Analysis.Impedance.Processes;

/// <summary>How a resistance grows with time.</summary>
public enum GrowthKind
{
    /// <summary>As √t: limited by diffusion through what has grown.</summary>
    Diffusion,

    /// <summary>As t: limited by the reaction.</summary>
    Reaction,
}

/// <summary>A growth law that was fitted: R = R₀ + k·√t, or R₀ + k·t.</summary>
/// <param name="Kind">The law.</param>
/// <param name="StartOhm">R₀ in Ω.</param>
/// <param name="Rate">k in Ω h^−½ or Ω h⁻¹.</param>
/// <param name="RateSigma">One standard deviation of k.</param>
/// <param name="Aicc">AICc over the sweeps.</param>
public sealed record GrowthFit(GrowthKind Kind, double StartOhm, double Rate, double RateSigma, double Aicc);

/// <summary>Fits both growth laws and says which one the data prefer.</summary>
public static class GrowthLaw
{
    /// <summary>Sweeps that are needed at least.</summary>
    public const int LeastSweeps = 5;

    /// <summary>The two laws, the one with the lesser AICc first; empty where there are too few sweeps.</summary>
    /// <param name="hours">Hours since the contact was made, at which R was measured; none below 0.</param>
    /// <param name="ohm">R in Ω.</param>
    /// <param name="sigma">Standard deviations in Ω; where one is missing, all weigh the same.</param>
    public static IReadOnlyList<GrowthFit> Of(IReadOnlyList<double> hours, IReadOnlyList<double> ohm, IReadOnlyList<double?> sigma)
    {
        if (hours.Count < LeastSweeps || hours.Any(h => h < 0) || hours.Distinct().Count() < LeastSweeps)
        {
            return [];
        }

        double[] weights = sigma.All(s => s > 0) ? [.. sigma.Select(s => 1 / s!.Value)] : [.. ohm.Select(_ => 1d)];
        return [.. Enum.GetValues<GrowthKind>().Select(k => Fit(k, hours, ohm, weights)).OrderBy(f => f.Aicc)];
    }

    private static GrowthFit Fit(GrowthKind kind, IReadOnlyList<double> hours, IReadOnlyList<double> ohm, double[] weights)
    {
        var x = hours.Select(h => kind == GrowthKind.Diffusion ? Math.Sqrt(h) : h).ToArray();
        var squares = weights.Select(w => w * w).ToArray();
        var total = squares.Sum();
        var middle = x.Zip(squares, (v, w) => v * w).Sum() / total;
        var spread = x.Zip(squares, (v, w) => w * (v - middle) * (v - middle)).Sum();
        var level = ohm.Zip(squares, (v, w) => v * w).Sum() / total;
        var rate = Enumerable.Range(0, x.Length).Sum(i => squares[i] * (x[i] - middle) * (ohm[i] - level)) / spread;
        var start = level - rate * middle;
        var chi = Enumerable.Range(0, x.Length).Sum(i => squares[i] * Math.Pow(ohm[i] - start - rate * x[i], 2));
        return new GrowthFit(kind, start, rate, Math.Sqrt(chi / (x.Length - 2) / spread), InformationCriterion.Aicc(chi, x.Length, 2));
    }
}
