using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DendriteViewer.Imaging.Geometry;

/// <summary>
/// How depth is measured: from the interface into the electrolyte, across the interface's mean plane. Where the interface is a
/// surface, depth is the way along the axis from the surface, times the cosine of its mean plane's tilt; else the way from a
/// coordinate.
/// </summary>
/// <param name="Axis">The plating direction.</param>
/// <param name="Direction">+1 where the electrolyte lies towards larger coordinates, −1 otherwise.</param>
/// <param name="InterfaceUm">Coordinate of the lithium/electrolyte interface on the axis, µm; of a surface, in its middle.</param>
/// <param name="Surface">The interface as a surface, or null where it is a coordinate.</param>
public sealed record DepthFrame(Axis Axis, int Direction, double InterfaceUm, InterfaceSurface? Surface = null)
{
    /// <summary>Changes when the interface does: what rests on depth says which one it was measured from.</summary>
    public string Fingerprint
    {
        get
        {
            var bytes = MemoryMarshal.AsBytes<double>([Surface is null ? InterfaceUm : 0, (int)Axis, Direction]).ToArray();
            return Convert.ToHexStringLower(SHA256.HashData(Surface is { } s ? [.. bytes, .. MemoryMarshal.AsBytes(s.HeightsUm)] : bytes))[..12];
        }
    }

    /// <summary>Depth of a point.</summary>
    public Depth DepthOf(WorldPoint p)
    {
        var (along, u, v) = InterfaceSurface.Split(Axis, p.Z, p.Y, p.X);
        return Surface is { } s ? new Depth(Direction * (along - s.HeightAt(u, v)) * s.Cosine) : new Depth(Direction * (along - InterfaceUm));
    }

    /// <summary>Coordinate on the axis at which a depth lies at a place across it, µm.</summary>
    public double CoordinateOf(Depth d, double u, double v) => Surface is { } s
        ? s.HeightAt(u, v) + Direction * d.Um / s.Cosine
        : InterfaceUm + Direction * d.Um;

    /// <summary>The mean plane: its unit normal into the electrolyte, and the offset w for which n·p − w is the depth of p below it.</summary>
    public (WorldVector Normal, double OffsetUm) MeanPlane
    {
        get
        {
            if (Surface is not { } s)
            {
                return (Direction * Compose(1, 0, 0), Direction * InterfaceUm);
            }

            var (middle, su, sv) = s.Plane;
            double u = s.OriginUm.U + (s.Shape.U - 1) / 2.0 * s.StepUm, v = s.OriginUm.V + (s.Shape.V - 1) / 2.0 * s.StepUm;
            var f = Direction * s.Cosine;
            return (f * Compose(1, -su, -sv), f * (middle - su * u - sv * v));
        }
    }

    private WorldVector Compose(double along, double u, double v) => Axis switch
    {
        Axis.Y => new WorldVector(u, along, v),
        Axis.X => new WorldVector(u, v, along),
        _ => new WorldVector(along, u, v),
    };
}
