using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>How a sample is fitted with references.</summary>
public sealed record MixtureSettings
{
    /// <summary>References that one fit takes: all their combinations are tried where that is asked for.</summary>
    public const int MostReferences = 12;

    /// <summary>The range that is fitted where nobody gives one, in eV relative to the sample's E0.</summary>
    public static readonly EnergyRange UsualFit = new(-20, 30);

    /// <summary>How far references may be shifted in energy, in eV.</summary>
    public static readonly NumberRange ShiftEv = new("The shift", 0, 20, "eV");

    /// <summary>
    /// The fitted range in eV relative to the sample's E0; the points nearest to its ends belong to it. Null takes the usual one, as far as
    /// all spectra cover it.
    /// </summary>
    public EnergyRange? Fit { get; init; }

    /// <summary>How far all references may be shifted together, up and down, in eV; 0 fits no shift.</summary>
    public double MostShiftEv { get; init; }
}
