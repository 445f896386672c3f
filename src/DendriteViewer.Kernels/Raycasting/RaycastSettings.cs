using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting.BytePackets;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>What a ray makes of the values it meets.</summary>
public enum RayMode
{
    /// <summary>Emission and absorption through the transfer function, front to back.</summary>
    Composite,

    /// <summary>Largest value on the ray, through the transfer function's colours.</summary>
    Maximum,

    /// <summary>Smallest value on the ray, through the transfer function's colours.</summary>
    Minimum,

    /// <summary>Mean of the values on the ray, through the transfer function's colours.</summary>
    Mean,

    /// <summary>First crossing of <see cref="RaycastSettings.IsoValue"/>, shaded.</summary>
    Isosurface,
}

/// <summary>
/// Rays in index coordinates (the centre of voxel (k, j, i) is x = i, y = j, z = k): pixel (u, v) looks from
/// <c>Origin + u·OriginRight + v·OriginDown</c> along <c>Direction + u·DirectionRight + v·DirectionDown</c>.
/// </summary>
public readonly record struct RayGeometry(
    VoxelVector Origin, VoxelVector OriginRight, VoxelVector OriginDown, VoxelVector Direction, VoxelVector DirectionRight, VoxelVector DirectionDown)
{
    /// <summary>Start and unit direction (x, y, z) of the ray through the centre of pixel (u, v).</summary>
    public (Vector3 Origin, Vector3 Direction) Ray(float u, float v) =>
        (Origin + u * OriginRight + v * OriginDown, Vector3.Normalize(Direction + u * DirectionRight + v * DirectionDown));
}

/// <summary>
/// Colour and opacity by voxel value: entry i holds values around <c>Low + (i + ½)·(High − Low)/Size</c>; what lies outside
/// takes the outermost entry.
/// </summary>
public sealed class TransferTable
{
    /// <summary>Entries of the table.</summary>
    public const int Size = 2048;

    /// <summary>What 1 is in <see cref="Sums"/>: of extinction, and of a colour's 255ths times extinction. All of them fit an integer.</summary>
    internal const float ExtinctionUnit = 1 << 17, ColorUnit = 1 << 9;

    private const float MostOpacity = 0.999f;

    private readonly int[] _visibleBefore = new int[Size + 1];

    // The last one made, and for what; a table is seen with one volume in one mode nearly always.
    private volatile Tuple<(VoxelType, (float, float)?, RayMode), ByteTransfer?>? _inBytes;

    /// <param name="low">Value at the table's lower end.</param>
    /// <param name="high">Value at the table's upper end, above <paramref name="low"/>.</param>
    /// <param name="alphaPerVoxel">Opacity of one voxel's length, 0–1, <see cref="Size"/> entries.</param>
    /// <param name="colors">Packed colours 0xBBGGRR, <see cref="Size"/> entries.</param>
    /// <param name="step">Distance between samples in voxels.</param>
    public TransferTable(float low, float high, ReadOnlySpan<float> alphaPerVoxel, ReadOnlySpan<int> colors, float step)
    {
        (Low, Scale) = (low, Size / (high - low));
        Entries = new long[Size];
        var opacity = new float[Size];
        for (var i = 0; i < Size; i++)
        {
            var a = Math.Clamp(alphaPerVoxel[i], 0f, 1f);
            a = step == 1 ? a : 1 - MathF.Pow(1 - a, step);
            opacity[i] = a;
            Entries[i] = BitConverter.SingleToUInt32Bits(a) | ((long)colors[i] << 32);
            _visibleBefore[i + 1] = _visibleBefore[i] + (a > 0 ? 1 : 0);
        }

        Pieces = TransferPieces.Of(opacity, colors);
        Sums = new int[4 * (Size + 1)];
        for (var i = 0; i < Size; i++)
        {
            var extinction = -MathF.Log(1 - Math.Min(opacity[i], MostOpacity));
            Sums[4 * i + 4] = Sums[4 * i] + (int)MathF.Round(extinction * ExtinctionUnit);
            for (var c = 0; c < 3; c++)
            {
                Sums[4 * i + 5 + c] = Sums[4 * i + 1 + c] + (int)MathF.Round(extinction * (colors[i] >> (8 * c) & 255) * ColorUnit);
            }
        }
    }

    /// <summary>Value at the table's lower end.</summary>
    public float Low { get; }

    /// <summary>Entries for a difference in value of 1.</summary>
    public float Scale { get; }

    /// <summary>Opacity of one step's length (the bits of a float, low half) and colour 0xBBGGRR (high half).</summary>
    public long[] Entries { get; }

    /// <summary>
    /// Sums over the entries before each, and over all: extinction of a step, then red, green and blue times extinction, in whole units, so
    /// that differences are exact.
    /// </summary>
    internal int[] Sums { get; }

    /// <summary>The table as few straight pieces, if it can be.</summary>
    public TransferPieces? Pieces { get; }

    /// <summary>The entry of a value.</summary>
    public int Index(float value) => (int)Math.Clamp((value - Low) * Scale, 0, Size - 1);

    /// <summary>Opacity of a sample of this value.</summary>
    public float Alpha(float value) => BitConverter.UInt32BitsToSingle((uint)Entries[Index(value)]);

    /// <summary>Colour of a value, 0xBBGGRR.</summary>
    public int Color(float value) => (int)(Entries[Index(value)] >> 32);

    /// <summary>
    /// Opacity of a step along which the value goes from one to another, and its colour times that (0–255): what lies between two samples
    /// is seen however thin it is, and however it is cut into steps. 1 − exp(−mean extinction), and the mean colour by extinction
    /// (pre-integration; K. Engel, M. Kraus, T. Ertl, Graphics Hardware 2001, with the colour's absorption within the step left out).
    /// </summary>
    public float Between(float from, float to, out Vector3 color)
    {
        int a = Index(from), b = Index(to);
        int low = 4 * Math.Min(a, b), high = 4 * Math.Max(a, b) + 4;
        var extinction = Sums[high] - Sums[low];
        var opacity = 1 - MathF.Exp(-extinction * (4 / ExtinctionUnit) / (high - low));
        color = opacity / Math.Max(extinction, 1) * (ExtinctionUnit / ColorUnit)
            * new Vector3(Sums[high + 1] - Sums[low + 1], Sums[high + 2] - Sums[low + 2], Sums[high + 3] - Sums[low + 3]);
        return opacity;
    }

    /// <summary>The same for 256 levels, or null where those are too few for what the table shows of a volume.</summary>
    internal ByteTransfer? InBytes(VoxelType type, (float Least, float Most)? values, RayMode mode)
    {
        if (_inBytes is { } made && made.Item1 == (type, values, mode))
        {
            return made.Item2;
        }

        var transfer = ByteMapping.For(type, values, this, mode) is { } mapping ? new ByteTransfer(this, mapping) : null;
        _inBytes = Tuple.Create((type, values, mode), transfer);
        return transfer;
    }

    /// <summary>Whether any value in [least, most] has an opacity above zero.</summary>
    public bool IsVisible(float least, float most) => _visibleBefore[Index(most) + 1] > _visibleBefore[Index(least)];
}

/// <summary>Everything but the rays that decides a ray-cast picture.</summary>
public sealed record RaycastSettings
{
    /// <summary>What a ray makes of its values.</summary>
    public RayMode Mode { get; init; }

    /// <summary>Colours and opacities.</summary>
    public required TransferTable Transfer { get; init; }

    /// <summary>Empty space under the transfer function (Composite) or around the iso value (Isosurface); not read in other modes.</summary>
    public required EmptySpace Empty { get; init; }

    /// <summary>Distance between samples in voxels, above 0.</summary>
    public float Step { get; init; } = 1;

    /// <summary>The value whose surface is shown in <see cref="RayMode.Isosurface"/>.</summary>
    public float IsoValue { get; init; }

    /// <summary>
    /// Whether a step shows all values between its two samples rather than the second sample's alone, in <see cref="RayMode.Composite"/>
    /// with one volume: no rings where the transfer function is steep.
    /// </summary>
    public bool Integrated { get; init; }

    /// <summary>Gradient shading in Composite mode.</summary>
    public bool Shaded { get; init; }

    /// <summary>
    /// Shades by central differences over two voxels rather than by the gradient of the cell's own trilinear function, which jumps from
    /// cell to cell: six samples more. In <see cref="RayMode.Isosurface"/>, with several volumes, and where the picture is
    /// <see cref="Integrated"/>.
    /// </summary>
    public bool Smooth { get; init; }

    /// <summary>Factor from a difference of neighbouring voxels to a gradient in world length, by axis.</summary>
    public VoxelVector GradientScale { get; init; } = VoxelVector.One;

    /// <summary>Added to a gradient's squared length before it is normalized, above 0; a gradient far below its root is no surface.</summary>
    public float GradientFloor { get; init; } = 1e-6f;

    /// <summary>Unit vector to the headlight, in the volume's axes of world length.</summary>
    public VoxelVector HeadLight { get; init; } = -VoxelVector.UnitZ;

    /// <summary>Unit vector to the key light, in the volume's axes of world length.</summary>
    public VoxelVector KeyLight { get; init; } = VoxelVector.UnitY;

    /// <summary>
    /// Ambient occlusion and shadow of what is shaded, in <see cref="RayMode.Isosurface"/>, with several volumes, and where the picture is
    /// <see cref="Integrated"/>.
    /// </summary>
    public LightField? Light { get; init; }

    /// <summary>Packed background, 0xBBGGRR.</summary>
    public int Background { get; init; }

    /// <summary>Lower corner of the clipping box in index coordinates.</summary>
    public VoxelVector BoxLow { get; init; } = new(float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity);

    /// <summary>Upper corner of the clipping box in index coordinates.</summary>
    public VoxelVector BoxHigh { get; init; } = new(float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity);

    /// <summary>What is kept besides.</summary>
    public ClipShape Clip { get; init; } = ClipShape.None;

    /// <summary>
    /// A plane (n.x, n.y, n.z, w) in index coordinates, across every ray: samples lie at whole steps from it, so that clipping does
    /// not move them. Without one they begin where a ray enters.
    /// </summary>
    public Vector4? SamplePlane { get; init; }

    /// <summary>
    /// Other volumes in the same rays, each over those before it and all over the picture's own; drawn in <see cref="RayMode.Composite"/>
    /// alone. The clipping box and shape hold for them too.
    /// </summary>
    public IReadOnlyList<RayLayer> Layers { get; init; } = [];

    /// <summary>Volumes in one picture at most, its own included.</summary>
    public const int MostVolumes = 4;

    /// <summary>Whether more than one volume is drawn.</summary>
    internal bool IsLayered => Layers.Count > 0 && Mode == RayMode.Composite;

    /// <summary>
    /// Whether the picture is one of many in motion: drawn in bytes, on planes across the volume's own axes, where the processor has what
    /// that takes and bytes are enough for the picture; else, and on devices, as without this.
    /// </summary>
    public bool InMotion { get; init; }

    /// <summary>
    /// The volume's least and most value, or null where they are not known: pictures in motion are drawn in bytes only where those cover
    /// enough of them. Not read of 8-bit voxels.
    /// </summary>
    public (float Least, float Most)? Values { get; init; }

    /// <summary>Starts each ray at a pseudo-random fraction of a step, which turns banding into fine grain.</summary>
    public bool Jitter { get; init; }

    internal const float Ambient = 0.25f;
    internal const float HeadDiffuse = 0.5f;
    internal const float KeyDiffuse = 0.3f;
    internal const float Specular = 0.2f;

    /// <summary>Of the headlight, how much the key light's shadow takes too: light from one side shows form better than light from the eye.</summary>
    internal const float ShadowedHead = 0.5f;

    internal const float Opaque = 0.995f;
}
