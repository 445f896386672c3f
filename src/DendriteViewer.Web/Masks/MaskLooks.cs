using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Analysis;

namespace DendriteViewer.Web.Masks;

/// <summary>How a mask under correction is coloured.</summary>
public static class MaskLooks
{
    /// <summary>Of the automatic mask and left so, where what was corrected is told apart: the older tone of lithium's colour.</summary>
    public const int Kept = 0x1C7183;

    /// <summary>Added by hand; what is gained has this colour everywhere.</summary>
    public const int Added = TransferPresets.Lithium;

    /// <summary>Taken away by hand; what is lost has this colour everywhere.</summary>
    public const int Removed = TransferPresets.Void;

    /// <summary>What the colours mean, where what was corrected is told apart.</summary>
    public static readonly IReadOnlyList<(string Name, int Color)> Legend =
        [("automatic, kept", Kept), ("added", Added), ("removed", Removed)];

    /// <summary>The layer that shows the mask of a timestep.</summary>
    /// <param name="modality">Modality of the mask.</param>
    /// <param name="compares">Whether what was corrected is told apart; else the mask has one colour, and what was removed none.</param>
    public static Overlay Layer(string modality, bool compares) => new(
        modality + CorrectedMask.ShownSuffix, null,
        LabelLooks.Ranges(compares
            ?
            [
                (MaskClasses.Kept, MaskClasses.Kept, Kept), (MaskClasses.Added, MaskClasses.Added, Added),
                (MaskClasses.Removed, MaskClasses.Removed, Removed),
            ]
            : [(MaskClasses.Kept, MaskClasses.Added, TransferPresets.Lithium)]), Replaces: false);
}
