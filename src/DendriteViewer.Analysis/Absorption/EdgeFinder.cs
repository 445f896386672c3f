namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// Finds E0, the energy of the largest derivative of µ, as Larch's <c>find_e0</c> does (version 2026.3): first in the plain derivative of
/// the whole spectrum, then, within 75 points of what was found, in a derivative smoothed by a Lorentzian about as wide as the energy
/// steps. Both times a point counts only where its neighbours are high too, which passes over glitches. Where the first falls
/// into the first twentieth of the points, which is where monochromators glitch, the second looks at everything behind it.
/// </summary>
internal static class EdgeFinder
{
    private const int Around = 75, AroundGlitch = 20, NotSmoothed = 100;

    /// <summary>The energy in eV, one of the spectrum's.</summary>
    public static double Find(ReadOnlySpan<double> energies, ReadOnlySpan<double> mu)
    {
        var first = Steepest(energies, mu, null);
        var (nearEv, from, to) = (energies[first], Math.Max(3, first - Around), Math.Min(first + Around, energies.Length - 3));
        if (first < 0.05 * energies.Length)
        {
            (nearEv, from, to) = (Mean(energies), Math.Max(3, first - AroundGlitch), energies.Length - 3);
        }

        var width = 0.5 * (Math.Clamp(TypicalStep(energies[..^1]), 0.01, 1) + Math.Clamp(nearEv / 25_000, 0.01, 1));
        var second = Steepest(energies[from..to], mu[from..to], width);
        return second < 1 ? energies[from + 2] : energies[from + second];
    }

    // The index of the largest derivative among points whose neighbours are high too; 0 where there is none.
    private static int Steepest(ReadOnlySpan<double> allEnergies, ReadOnlySpan<double> allMu, double? width)
    {
        // Larch leaves the last point out here.
        var energies = allEnergies[..^1];
        var mu = allMu[..^1];
        var slope = Derivative(energies, mu);
        if (width is { } w)
        {
            slope = LorentzianSmoothing.Smooth(energies, slope, w);
        }

        var margin = Math.Max(3, (int)(energies.Length * 0.02));
        if (energies.Length <= 2 * margin)
        {
            return 0;
        }

        for (var i = 0; i < slope.Length; i++)
        {
            slope[i] = double.IsFinite(slope[i]) ? slope[i] : -1;
        }

        var inner = slope.AsSpan()[margin..^margin];
        var least = Least(inner);
        var range = Math.Max(1e-10, -Least(inner, negated: true) - least);
        for (var i = 0; i < slope.Length; i++)
        {
            slope[i] = (slope[i] - least) / range;
        }

        var high = High(slope, energies.Length > 20 ? 0.6 : 0.3);
        var (best, at) = (0.0, 0);
        for (var i = margin; i <= Math.Min(energies.Length - margin, energies.Length - 1); i++)
        {
            if (high[i] && slope[i] > best && i + 1 < high.Length && high[i + 1] && high[i - 1])
            {
                (best, at) = (slope[i], i);
            }
        }

        return at;
    }

    // Which points are high: the limit falls by half, twice at most, until there are three; then all are.
    private static bool[] High(double[] slope, double limit)
    {
        for (var halved = 0; halved <= 2; halved++, limit /= 2)
        {
            var high = Array.ConvertAll(slope, s => s > limit);
            if (high.Count(h => h) is var count && (count > 3 || (halved != 1 && count == 3)))
            {
                return high;
            }
        }

        return Array.ConvertAll(slope, _ => true);
    }

    /// <summary>dµ/dE by central differences of both over the index, as numpy's gradient.</summary>
    internal static double[] Derivative(ReadOnlySpan<double> energies, ReadOnlySpan<double> mu)
    {
        var slope = new double[mu.Length];
        for (var i = 0; i < slope.Length; i++)
        {
            var (below, above) = (Math.Max(0, i - 1), Math.Min(slope.Length - 1, i + 1));
            slope[i] = (mu[above] - mu[below]) / (energies[above] - energies[below]);
        }

        return slope;
    }

    // The mean of ten of the smallest steps, the very smallest left out. Short spectra count as coarse.
    private static double TypicalStep(ReadOnlySpan<double> energies)
    {
        var skip = energies.Length / NotSmoothed;
        if (skip == 0)
        {
            return 1;
        }

        var inner = energies[..^1][skip..^skip];
        var steps = new double[inner.Length - 1];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = inner[i + 1] - inner[i];
        }

        Array.Sort(steps);
        return Mean(steps.AsSpan(skip, Math.Min(10, steps.Length - skip)));
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var v in values)
        {
            sum += v;
        }

        return sum / values.Length;
    }

    private static double Least(ReadOnlySpan<double> values, bool negated = false)
    {
        var least = double.PositiveInfinity;
        foreach (var v in values)
        {
            least = Math.Min(least, negated ? -v : v);
        }

        return least;
    }
}
