namespace DendriteViewer.Analysis.Absorption;

/// <summary>What the way of measuring does to a spectrum that no normalisation mends; said beside every result.</summary>
public static class AbsorptionCautions
{
    /// <summary>How deep a way of measuring looks, in few words; empty where nobody said how it was measured.</summary>
    public static string DepthOf(AbsorptionMode mode) => mode switch
    {
        AbsorptionMode.Transmission => "the whole thickness",
        AbsorptionMode.Fluorescence => "micrometres deep",
        AbsorptionMode.ElectronYield => "nanometres deep",
        _ => "",
    };

    /// <summary>Sentences for people; none where there is nothing to beware of.</summary>
    /// <param name="mode">How the spectrum was measured.</param>
    /// <param name="isDilute">Whether somebody said that the absorber is dilute.</param>
    public static IReadOnlyList<string> Of(AbsorptionMode mode, bool isDilute) => mode switch
    {
        AbsorptionMode.Fluorescence when !isDilute =>
        [
            "Fluorescence of a concentrated absorber: self-absorption damps the white line and biases weights. Correcting it needs the "
            + "sample's composition and the angles of beam and detector.",
            "Fluorescence looks micrometres deep: what it says of before and after is of that depth, not of the surface.",
        ],
        AbsorptionMode.Fluorescence =>
            ["Fluorescence looks micrometres deep: what it says of before and after is of that depth, not of the surface."],
        AbsorptionMode.ElectronYield =>
            ["Electron yield looks nanometres deep: what it says of before and after is of the surface, not of the bulk."],
        AbsorptionMode.Unknown =>
        [
            "The file does not say how µ was measured. If by fluorescence of a concentrated absorber, self-absorption damps the white line "
            + "and biases weights.",
        ],
        _ => [],
    };
}
