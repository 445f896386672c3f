namespace DendriteViewer.Imaging.Geometry;

/// <summary>An axis of the dataset's frame.</summary>
public enum Axis
{
    /// <summary>The plating direction unless the dataset says otherwise.</summary>
    Z,

    /// <summary>Second array axis.</summary>
    Y,

    /// <summary>Third array axis, the fastest.</summary>
    X,
}
