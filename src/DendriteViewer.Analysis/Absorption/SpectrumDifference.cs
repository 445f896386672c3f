namespace DendriteViewer.Analysis.Absorption;

/// <summary>What changed: a flattened spectrum minus the one before it.</summary>
/// <param name="EnergiesEv">The later spectrum's energies, where both were measured and within the range.</param>
/// <param name="Values">After minus before, in edge steps.</param>
public sealed record SpectrumDifference(IReadOnlyList<double> EnergiesEv, IReadOnlyList<double> Values)
{
    /// <summary>The energy in eV of the largest gain, and the gain in edge steps.</summary>
    public (double EnergyEv, double Value) LargestGain => At(Enumerable.Range(0, Values.Count).MaxBy(i => Values[i]));

    /// <summary>The energy in eV of the largest loss, and the loss (negative) in edge steps.</summary>
    public (double EnergyEv, double Value) LargestLoss => At(Enumerable.Range(0, Values.Count).MinBy(i => Values[i]));

    /// <summary>The root of the mean square, in edge steps.</summary>
    public double RootMeanSquare => Math.Sqrt(Values.Average(v => v * v));

    /// <summary>The difference of two spectra.</summary>
    /// <param name="before">The earlier; it is interpolated onto the later one's energies.</param>
    /// <param name="after">The later.</param>
    /// <param name="range">In eV relative to the later one's E0; its ends' nearest points belong to it.</param>
    /// <exception cref="MeasurementException">They share too few energies there.</exception>
    public static SpectrumDifference Of(NormalizedSpectrum before, NormalizedSpectrum after, EnergyRange range)
    {
        var (all, other) = (after.Spectrum.EnergyEv, before.Spectrum.EnergyEv);
        var (from, to) = (Lines.Nearest(all, after.E0 + range.Ordered.From), Lines.Nearest(all, after.E0 + range.Ordered.To));
        var shared = Enumerable.Range(from, to - from + 1).Where(i => all[i] >= other[0] && all[i] <= other[^1]).ToArray();
        if (shared.Length < 2)
        {
            throw new MeasurementException($"{before.Spectrum.Name} and {after.Spectrum.Name} share no energies in the range.");
        }

        var energies = shared.Select(i => all[i]).ToArray();
        var earlier = Lines.At(other, before.FlatValues, energies);
        return new(energies, [.. shared.Select((i, n) => after.FlatValues[i] - earlier[n])]);
    }

    private (double EnergyEv, double Value) At(int index) => (EnergiesEv[index], Values[index]);
}
