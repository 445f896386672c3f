using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>A range of energies in eV relative to E0, both ends included.</summary>
public readonly record struct EnergyRange(double From, double To)
{
    /// <summary>The range with its ends in order.</summary>
    [JsonIgnore]
    public EnergyRange Ordered => From <= To ? this : new(To, From);

    /// <summary>Its length in eV.</summary>
    [JsonIgnore]
    public double Length => To - From;
}

/// <summary>Which points belong to a range of energies.</summary>
public enum RangeEnds
{
    /// <summary>Larch's rule: from the point at or below the lower end to the one before the point nearest to the upper end.</summary>
    Larch,

    /// <summary>The R package LCF's rule: from the point nearest to the lower end to the one nearest to the upper end.</summary>
    Nearest,
}

/// <summary>
/// How spectra are normalised: the same for data and references. What is null is chosen, as Larch does (<see cref="Normalizer"/>).
/// </summary>
public sealed record NormalizationSettings
{
    /// <summary>The highest degree of the post-edge polynomial.</summary>
    public const int MostDegree = 5;

    /// <summary>Ends of the ranges in eV relative to E0.</summary>
    public static readonly NumberRange RelativeEv = new("An energy relative to E0", -20_000, 20_000, "eV");

    /// <summary>E0 in eV.</summary>
    public static readonly NumberRange EdgeEv = new("E0", 10, 200_000, "eV");

    /// <summary>Everything is chosen from the data.</summary>
    public static readonly NormalizationSettings Chosen = new();

    /// <summary>Where the line below the edge is fitted.</summary>
    public EnergyRange? Pre { get; init; }

    /// <summary>Where the polynomial above the edge is fitted.</summary>
    public EnergyRange? Post { get; init; }

    /// <summary>Degree of the post-edge polynomial, 0 to 5.</summary>
    public int? Degree { get; init; }

    /// <summary>Which points belong to the ranges.</summary>
    public RangeEnds Ends { get; init; }

    /// <summary>The settings, if every number is in its range.</summary>
    /// <exception cref="OutOfRangeException">One is not.</exception>
    public NormalizationSettings Checked()
    {
        foreach (var range in new[] { Pre, Post }.OfType<EnergyRange>())
        {
            RelativeEv.Check(range.From);
            RelativeEv.Check(range.To);
        }

        new NumberRange("The degree", 0, MostDegree).Check(Degree ?? 0);
        return this;
    }
}
