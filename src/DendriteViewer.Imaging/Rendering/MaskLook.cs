namespace DendriteViewer.Imaging.Rendering;

/// <summary>How a mask that an analysis made looks in 3D: every label in one colour, over a ghost of what is dark.</summary>
public static class MaskLook
{
    private const double Opacity = 0.85;
    private const double GhostOpacity = 0.03;

    /// <summary>The labels of a modality at the time that is shown.</summary>
    public static Overlay Of(string modality) => new(
        modality, null, TransferFunction.OfLabels([new LabelRange(1, ushort.MaxValue, TransferPresets.Lithium, Opacity)]), Replaces: false);

    /// <summary>What is dark as a faint amber, so that the mask stands out before it.</summary>
    public static TransferFunction Ghosts(ValueHistogram histogram) => TransferFunction.Of(
        [new(histogram.Least, TransferPresets.Void, GhostOpacity), new(histogram.DarkMean, TransferPresets.Void, GhostOpacity),
            new(histogram.Threshold, TransferPresets.Void, 0)]);
}
