using System.Numerics;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// Three floats along x, y and z for code that runs on the host and on devices alike: a point or a displacement in index coordinates, or a
/// colour. <see cref="Vector3"/> is not known to the compiler for devices.
/// </summary>
/// <param name="x">Along x, or red.</param>
/// <param name="y">Along y, or green.</param>
/// <param name="z">Along z, or blue.</param>
public struct Float3(float x, float y, float z)
{
    /// <summary>Along x, or red.</summary>
    public float X = x;

    /// <summary>Along y, or green.</summary>
    public float Y = y;

    /// <summary>Along z, or blue.</summary>
    public float Z = z;

    /// <summary>The same vector; for the host only.</summary>
    public static implicit operator Float3(Vector3 v) => new(v.X, v.Y, v.Z);

    /// <summary>The same vector; for the host only.</summary>
    public static implicit operator Float3(VoxelVector v) => new(v.X, v.Y, v.Z);

    /// <summary>The sum.</summary>
    public static Float3 operator +(Float3 a, Float3 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    /// <summary>The difference.</summary>
    public static Float3 operator -(Float3 a, Float3 b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    /// <summary>The products of the components.</summary>
    public static Float3 operator *(Float3 a, Float3 b) => new(a.X * b.X, a.Y * b.Y, a.Z * b.Z);

    /// <summary>The vector scaled by a factor.</summary>
    public static Float3 operator *(float factor, Float3 v) => new(factor * v.X, factor * v.Y, factor * v.Z);

    /// <summary>The scalar product.</summary>
    public static float Dot(Float3 a, Float3 b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;

    /// <summary>The smaller of each component.</summary>
    public static Float3 Min(Float3 a, Float3 b) => new(MathF.Min(a.X, b.X), MathF.Min(a.Y, b.Y), MathF.Min(a.Z, b.Z));

    /// <summary>The larger of each component.</summary>
    public static Float3 Max(Float3 a, Float3 b) => new(MathF.Max(a.X, b.X), MathF.Max(a.Y, b.Y), MathF.Max(a.Z, b.Z));
}
