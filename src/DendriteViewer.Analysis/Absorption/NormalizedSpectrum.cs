namespace DendriteViewer.Analysis.Absorption;

/// <summary>A spectrum with its edge step made one, and every setting that led to it.</summary>
public sealed class NormalizedSpectrum
{
    internal NormalizedSpectrum(Spectrum spectrum, double[] flat) => (Spectrum, FlatValues) = (spectrum, flat);

    /// <summary>The spectrum as it was measured.</summary>
    public Spectrum Spectrum { get; }

    /// <summary>E0 in eV.</summary>
    public required double E0 { get; init; }

    /// <summary>Whether somebody gave E0; otherwise it was found.</summary>
    public required bool IsE0Given { get; init; }

    /// <summary>post(E0) − pre(E0), in the unit of µ; above 0.</summary>
    public required double EdgeStep { get; init; }

    /// <summary>The pre-edge range that was used, in eV relative to E0.</summary>
    public required EnergyRange Pre { get; init; }

    /// <summary>The post-edge range that was used, in eV relative to E0.</summary>
    public required EnergyRange Post { get; init; }

    /// <summary>Degree of the pre-edge curve: 1, or 0 where too few points lie below the edge.</summary>
    public required int PreDegree { get; init; }

    /// <summary>Degree of the post-edge polynomial.</summary>
    public required int Degree { get; init; }

    /// <summary>The pre-edge curve at every energy, in the unit of µ.</summary>
    public required IReadOnlyList<double> PreEdge { get; init; }

    /// <summary>The post-edge curve at every energy, in the unit of µ.</summary>
    public required IReadOnlyList<double> PostEdge { get; init; }

    /// <summary>(µ − pre)/step.</summary>
    public required IReadOnlyList<double> Normalized { get; init; }

    /// <summary>What was changed of the settings that were asked for, for people.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>The normalised spectrum, above E0 with the post-edge curve's shape taken out: it lies about one there.</summary>
    public IReadOnlyList<double> Flattened => FlatValues;

    internal double[] FlatValues { get; }
}
