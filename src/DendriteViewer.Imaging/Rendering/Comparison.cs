namespace DendriteViewer.Imaging.Rendering;

/// <summary>How two timesteps, or two scans of one place, are shown together.</summary>
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

    /// <summary>One over the other in the squares of a checkerboard.</summary>
    Checker,

    /// <summary>In slices, the other in a circle around the pointer.</summary>
    Loupe,
}

/// <summary>What is shown beside the view: another timestep of its modality, or the same one with another finer scan inside.</summary>
/// <param name="Mode">How it is shown.</param>
/// <param name="Hours">Hours of the other timestep; those of the view where finer scans are compared.</param>
/// <param name="Inside">The finer scan that the other picture shows inside its outline; null where timesteps are compared.</param>
public sealed record Comparison(CompareMode Mode, double Hours, NestedLook? Inside = null);
