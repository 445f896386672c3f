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

/// <summary>How depth is measured: along one axis, from the interface, in one direction.</summary>
/// <param name="Axis">The plating direction.</param>
/// <param name="Direction">+1 where the electrolyte lies towards larger coordinates, −1 otherwise.</param>
/// <param name="InterfaceUm">Coordinate of the lithium/electrolyte interface on the axis, µm.</param>
public sealed record DepthFrame(Axis Axis, int Direction, double InterfaceUm)
{
    /// <summary>Depth of a point.</summary>
    public Depth DepthOf(WorldPoint p) => new(Direction * (Along(p) - InterfaceUm));

    /// <summary>Coordinate on the axis at which a depth lies, µm.</summary>
    public double CoordinateOf(Depth d) => InterfaceUm + Direction * d.Um;

    private double Along(WorldPoint p) => Axis switch { Axis.Z => p.Z, Axis.Y => p.Y, _ => p.X };
}
