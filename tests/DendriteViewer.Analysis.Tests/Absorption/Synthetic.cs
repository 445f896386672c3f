using DendriteViewer.Analysis.Absorption;

namespace DendriteViewer.Analysis.Tests.Absorption;

/// <summary>Spectra of known shape: an arctangent edge, a white line and a background that is not flat.</summary>
internal static class Synthetic
{
    public const double Edge = 2472;

    /// <summary>Energies as a beamline steps them: coarse, fine about the edge, coarse.</summary>
    public static double[] Energies(double from = -40, double to = 60) =>
    [
        .. Enumerable.Range(0, (int)((-8 - from) / 0.5)).Select(i => Edge + from + 0.5 * i),
        .. Enumerable.Range(0, 260).Select(i => Edge - 8 + 0.1 * i),
        .. Enumerable.Range(0, (int)((to - 18) / 0.4)).Select(i => Edge + 18 + 0.4 * i),
    ];

    /// <summary>A spectrum.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shift">Of edge and white line, in eV.</param>
    /// <param name="white">Height of the white line.</param>
    /// <param name="ripple">Height of an oscillation above the edge.</param>
    /// <param name="scale">The edge step.</param>
    public static Spectrum Of(string name, double shift = 0, double white = 1, double ripple = 0.05, double scale = 1) =>
        Spectrum.Of(name, Energies(), [.. Energies().Select(e => scale * Mu(e, shift, white, ripple) + 0.4 - 0.002 * (e - Edge))]);

    /// <summary>A mixture with noise.</summary>
    public static Spectrum Mixed(string name, Random random, double noise, params (Spectrum Spectrum, double Weight)[] parts) =>
        Spectrum.Of(name, Energies(),
            [.. Energies().Select((_, i) => parts.Sum(p => p.Weight * p.Spectrum.Absorption[i]) + noise * Normal(random))]);

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Mu(double energy, double shift, double white, double ripple)
    {
        var x = energy - Edge - shift;
        return 0.5 + Math.Atan(x / 0.4) / Math.PI + white * Math.Exp(-Math.Pow((x - 1) / 1.2, 2))
            + (x > 0 ? ripple * Math.Sin(x / 2.2 + shift) * Math.Exp(-x / 12) : 0);
    }
}
