namespace DendriteViewer.Analysis.Absorption;

/// <summary>How µ was measured; it decides how deep a spectrum looks and whether self-absorption damps it.</summary>
public enum AbsorptionMode
{
    /// <summary>The file does not say, and nobody did.</summary>
    Unknown,

    /// <summary>ln(I0/I1) through the sample.</summary>
    Transmission,

    /// <summary>Fluorescence over I0.</summary>
    Fluorescence,

    /// <summary>Drain current or electrons over I0.</summary>
    ElectronYield,
}
