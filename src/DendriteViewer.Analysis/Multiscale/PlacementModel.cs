namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What a placement may do to a volume.</summary>
public enum PlacementModel
{
    /// <summary>Turn and shift: six numbers.</summary>
    Rigid,

    /// <summary>Turn, shift and one scale: seven numbers.</summary>
    Similarity,

    /// <summary>Any affine map: twelve numbers.</summary>
    Affine,
}
