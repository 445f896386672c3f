using System.Numerics;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>What a ray makes of the values it meets.</summary>
public enum RayMode
{
    /// <summary>Emission and absorption through the transfer function, front to back.</summary>
    Composite,

    /// <summary>Largest value on the ray, through the transfer function's colours.</summary>
    Maximum,

    /// <summary>First crossing of <see cref="RaycastSettings.IsoValue"/>, shaded.</summary>
    Isosurface,
}

/// <summary>
/// Rays in index coordinates (the centre of voxel (k, j, i) is x = i, y = j, z = k): pixel (u, v) looks from
/// <c>Origin + u·OriginRight + v·OriginDown</c> along <c>Direction + u·DirectionRight + v·DirectionDown</c>.
/// </summary>
public readonly record struct RayGeometry(
    Vector3 Origin, Vector3 OriginRight, Vector3 OriginDown, Vector3 Direction, Vector3 DirectionRight, Vector3 DirectionDown)
{
    /// <summary>Start and unit direction of the ray through the centre of pixel (u, v).</summary>
    public (Vector3 Origin, Vector3 Direction) Ray(float u, float v) =>
        (Origin + u * OriginRight + v * OriginDown, Vector3.Normalize(Direction + u * DirectionRight + v * DirectionDown));
}

/// <summary>
/// Colour and opacity by 16-bit value. <see cref="Alpha"/> is the opacity that one sample step adds, colours are packed 0xBBGGRR.
/// </summary>
public sealed class TransferTable
{
    /// <summary>Entries of the table; a value v reads entry v · Size / 65536.</summary>
    public const int Size = 4096;

    /// <summary>log2 of the values that share an entry.</summary>
    public const int Shift = 4;

    private readonly int[] _visibleBefore = new int[Size + 1];

    /// <param name="alphaPerVoxel">Opacity of one voxel's length, 0–1, <see cref="Size"/> entries.</param>
    /// <param name="colors">Packed colours 0xBBGGRR, <see cref="Size"/> entries.</param>
    /// <param name="step">Distance between samples in voxels.</param>
    public TransferTable(ReadOnlySpan<float> alphaPerVoxel, ReadOnlySpan<int> colors, float step)
    {
        Alpha = new float[Size];
        Colors = colors[..Size].ToArray();
        for (var i = 0; i < Size; i++)
        {
            var a = Math.Clamp(alphaPerVoxel[i], 0f, 1f);
            Alpha[i] = step == 1 ? a : 1 - MathF.Pow(1 - a, step);
            _visibleBefore[i + 1] = _visibleBefore[i] + (Alpha[i] > 0 ? 1 : 0);
        }
    }

    /// <summary>Opacity of a sample.</summary>
    public float[] Alpha { get; }

    /// <summary>Packed colours 0xBBGGRR.</summary>
    public int[] Colors { get; }

    /// <summary>Whether any value in [least, most] has an opacity above zero.</summary>
    public bool IsVisible(ushort least, ushort most) => _visibleBefore[(most >> Shift) + 1] > _visibleBefore[least >> Shift];
}

/// <summary>Everything but the rays that decides a ray-cast picture.</summary>
public sealed record RaycastSettings
{
    /// <summary>What a ray makes of its values.</summary>
    public RayMode Mode { get; init; }

    /// <summary>Colours and opacities.</summary>
    public required TransferTable Transfer { get; init; }

    /// <summary>Empty space under the transfer function (Composite) or the iso value (Isosurface).</summary>
    public required EmptySpace Empty { get; init; }

    /// <summary>Distance between samples in voxels, above 0.</summary>
    public float Step { get; init; } = 1;

    /// <summary>The value whose surface is shown in <see cref="RayMode.Isosurface"/>.</summary>
    public float IsoValue { get; init; }

    /// <summary>Gradient shading in Composite mode.</summary>
    public bool Shaded { get; init; }

    /// <summary>Factor from a difference of neighbouring voxels to a gradient in world length, by axis (x, y, z).</summary>
    public Vector3 GradientScale { get; init; } = Vector3.One;

    /// <summary>Unit vector to the headlight, in world axes (x, y, z).</summary>
    public Vector3 HeadLight { get; init; } = -Vector3.UnitZ;

    /// <summary>Unit vector to the key light, in world axes (x, y, z).</summary>
    public Vector3 KeyLight { get; init; } = Vector3.UnitY;

    /// <summary>Packed background, 0xBBGGRR.</summary>
    public int Background { get; init; }

    /// <summary>Lower corner of the clipping box in index coordinates (x, y, z).</summary>
    public Vector3 BoxLow { get; init; } = new(float.NegativeInfinity);

    /// <summary>Upper corner of the clipping box in index coordinates (x, y, z).</summary>
    public Vector3 BoxHigh { get; init; } = new(float.PositiveInfinity);

    /// <summary>Kept is what has n·p + w ≥ 0 for every plane (n.x, n.y, n.z, w), in index coordinates.</summary>
    public IReadOnlyList<Vector4> ClipPlanes { get; init; } = [];

    /// <summary>Starts each ray at a pseudo-random fraction of a step, which turns banding into fine grain.</summary>
    public bool Jitter { get; init; }

    internal const float Ambient = 0.25f;
    internal const float HeadDiffuse = 0.5f;
    internal const float KeyDiffuse = 0.3f;
    internal const float Specular = 0.2f;
    internal const float Opaque = 0.995f;
}
