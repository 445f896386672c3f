namespace DendriteViewer.Imaging.Rendering;

/// <summary>How two timesteps are shown together.</summary>
public enum CompareMode
{
    /// <summary>Each in a pane of its own, side by side.</summary>
    Side,

    /// <summary>One over the other, with a border that is dragged.</summary>
    Swipe,

    /// <summary>One after the other in the same place.</summary>
    Blink,

    /// <summary>
    /// In slices, the value of the view's timestep less that of the other, coloured from <see cref="ColorMap.Difference"/>; the 3D picture
    /// is as without a comparison.
    /// </summary>
    Difference,
}

/// <summary>Another timestep of the view's modality beside the one that is shown.</summary>
/// <param name="Mode">How it is shown.</param>
/// <param name="Hours">Its hours.</param>
public sealed record Comparison(CompareMode Mode, double Hours);
