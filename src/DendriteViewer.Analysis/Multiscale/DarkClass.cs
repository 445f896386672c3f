namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What a voxel of the joint histogram of absorption and phase contrast may be.</summary>
public enum DarkClass
{
    /// <summary>Bright in both.</summary>
    Electrolyte,

    /// <summary>Dark in absorption, black in phase contrast: a void or a crack.</summary>
    Void,

    /// <summary>Dark in absorption, grey in phase contrast.</summary>
    Lithium,

    /// <summary>None of them: as likely anywhere in the histogram.</summary>
    Unsure,
}
