using System.Numerics;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>A plane, or a row of a transform: n.x, n.y, n.z and w, for code that runs on the host and on devices alike.</summary>
/// <param name="x">Factor of x.</param>
/// <param name="y">Factor of y.</param>
/// <param name="z">Factor of z.</param>
/// <param name="w">What is added.</param>
public struct Float4(float x, float y, float z, float w)
{
    /// <summary>Factor of x.</summary>
    public float X = x;

    /// <summary>Factor of y.</summary>
    public float Y = y;

    /// <summary>Factor of z.</summary>
    public float Z = z;

    /// <summary>What is added.</summary>
    public float W = w;

    /// <summary>The same four numbers; for the host only.</summary>
    public static implicit operator Float4(Vector4 v) => new(v.X, v.Y, v.Z, v.W);

    /// <summary>n·v.</summary>
    public readonly float Along(Float3 v) => X * v.X + Y * v.Y + Z * v.Z;

    /// <summary>n·p + w.</summary>
    public readonly float At(Float3 p) => X * p.X + Y * p.Y + Z * p.Z + W;
}
