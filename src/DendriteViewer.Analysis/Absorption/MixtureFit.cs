namespace DendriteViewer.Analysis.Absorption;

/// <summary>One reference's part of a mixture.</summary>
/// <param name="Name">The reference.</param>
/// <param name="Weight">0 to 1; all together sum to one.</param>
/// <param name="Sigma">One standard deviation from the fit's covariance; null where the weight is at 0 or 1, where it has none.</param>
public sealed record MixtureWeight(string Name, double Weight, double? Sigma)
{
    /// <summary>Whether the weight is at the end of what it may be.</summary>
    public bool IsAtLimit => Sigma is null;
}

/// <summary>A sample as a mixture of references.</summary>
public sealed record MixtureFit
{
    /// <summary>A weight for each reference, in their order.</summary>
    public required IReadOnlyList<MixtureWeight> Weights { get; init; }

    /// <summary>Σr²/Σy².</summary>
    public required double RFactor { get; init; }

    /// <summary>Σr²/(N − free parameters). Flattened spectra have no errors of their own, so it is in edge steps squared.</summary>
    public required double ReducedChiSquare { get; init; }

    /// <summary>Points of the sample that were fitted.</summary>
    public required int Points { get; init; }

    /// <summary>What has to be added to the references' energies, in eV; 0 where no shift was fitted.</summary>
    public required double ShiftEv { get; init; }

    /// <summary>One standard deviation of the shift; null where none was fitted or it is at its end.</summary>
    public required double? ShiftSigma { get; init; }

    /// <summary>The fitted range in eV relative to the sample's E0, as its points lie.</summary>
    public required EnergyRange Fit { get; init; }

    /// <summary>The sample's energies in eV within that range.</summary>
    public required IReadOnlyList<double> EnergiesEv { get; init; }

    /// <summary>The flattened sample there.</summary>
    public required IReadOnlyList<double> Data { get; init; }

    /// <summary>The mixture there.</summary>
    public required IReadOnlyList<double> Model { get; init; }

    /// <summary>What to know of the fit, for people.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}
