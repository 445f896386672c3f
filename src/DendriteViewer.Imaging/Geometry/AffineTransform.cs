using System.Text.Json;
using System.Text.Json.Serialization;

namespace DendriteViewer.Imaging.Geometry;

/// <summary>
/// From voxel points to world points: <c>world = M · voxel + t</c>, rows and columns in z, y, x order, µm.
/// The only bridge between the two.
/// </summary>
[JsonConverter(typeof(RowsConverter))]
public sealed record AffineTransform
{
    private readonly double[] _m;
    private readonly double[] _inverse;

    /// <param name="rows">3×4, row major: for each world axis z, y, x the factors of voxel z, y, x and the offset.</param>
    /// <exception cref="ArgumentException">Not twelve finite numbers, or not invertible.</exception>
    public AffineTransform(ReadOnlySpan<double> rows)
    {
        if (rows.Length != 12 || rows.ToArray().Any(v => !double.IsFinite(v)))
        {
            throw new ArgumentException("A transform is twelve finite numbers, 3×4, row major.", nameof(rows));
        }

        _m = rows.ToArray();
        _inverse = Invert(_m) ?? throw new ArgumentException("The transform cannot be inverted.", nameof(rows));
    }

    /// <summary>The twelve numbers, row major.</summary>
    public ReadOnlySpan<double> Rows => _m;

    /// <summary>Voxels of a given size whose corner lies at <paramref name="origin"/>.</summary>
    public static AffineTransform Of(VoxelSize size, WorldPoint origin) =>
        new([size.Z, 0, 0, origin.Z, 0, size.Y, 0, origin.Y, 0, 0, size.X, origin.X]);

    /// <summary>The same volume at a pyramid level whose voxels are larger by these factors.</summary>
    public AffineTransform ForLevel(double factorZ, double factorY, double factorX)
    {
        var m = Rows.ToArray();
        for (var r = 0; r < 3; r++)
        {
            m[4 * r] *= factorZ;
            m[4 * r + 1] *= factorY;
            m[4 * r + 2] *= factorX;
        }

        return new AffineTransform(m);
    }

    /// <summary>The same with its origin, the corner of voxel (0, 0, 0), moved to another place in voxels.</summary>
    public AffineTransform From(VoxelPoint origin)
    {
        var corner = ToWorld(origin);
        var rows = _m.ToArray();
        (rows[3], rows[7], rows[11]) = (corner.Z, corner.Y, corner.X);
        return new AffineTransform(rows);
    }

    /// <summary>The transform that does another first, then this one, both taken as maps of points z, y, x.</summary>
    public AffineTransform After(AffineTransform first)
    {
        var m = new double[12];
        for (var r = 0; r < 3; r++)
        {
            for (var c = 0; c < 4; c++)
            {
                m[4 * r + c] = _m[4 * r] * first._m[c] + _m[4 * r + 1] * first._m[4 + c] + _m[4 * r + 2] * first._m[8 + c] + (c == 3 ? _m[4 * r + 3] : 0);
            }
        }

        return new AffineTransform(m);
    }

    /// <summary>The transform back.</summary>
    public AffineTransform Inverse() => new(_inverse);

    /// <summary>Length in µm of a step of one voxel along each axis.</summary>
    public VoxelSize VoxelSize => new(Column(0).Length, Column(1).Length, Column(2).Length);

    /// <summary>World displacement of one voxel step along axis 0 (z), 1 (y) or 2 (x).</summary>
    public WorldVector Column(int axis) => new(_m[axis], _m[4 + axis], _m[8 + axis]);

    /// <summary>Where a voxel point lies in the world.</summary>
    public WorldPoint ToWorld(VoxelPoint p)
    {
        var (z, y, x) = Apply(_m, p.Z, p.Y, p.X, 1);
        return new WorldPoint(z, y, x);
    }

    /// <summary>Where a world point lies in the volume.</summary>
    public VoxelPoint ToVoxel(WorldPoint p)
    {
        var (z, y, x) = Apply(_inverse, p.Z, p.Y, p.X, 1);
        return new VoxelPoint(z, y, x);
    }

    /// <summary>A world displacement in voxels.</summary>
    public VoxelPoint ToVoxel(WorldVector v)
    {
        var (z, y, x) = Apply(_inverse, v.Z, v.Y, v.X, 0);
        return new VoxelPoint(z, y, x);
    }

    /// <inheritdoc/>
    public bool Equals(AffineTransform? other) => other is not null && _m.AsSpan().SequenceEqual(other._m);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_m[0], _m[3], _m[5], _m[7], _m[10], _m[11]);

    private static (double, double, double) Apply(double[] m, double z, double y, double x, double w) => (
        m[0] * z + m[1] * y + m[2] * x + m[3] * w,
        m[4] * z + m[5] * y + m[6] * x + m[7] * w,
        m[8] * z + m[9] * y + m[10] * x + m[11] * w);

    private static double[]? Invert(double[] m)
    {
        double a = m[0], b = m[1], c = m[2], d = m[4], e = m[5], f = m[6], g = m[8], h = m[9], i = m[10];
        var det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
        if (Math.Abs(det) < 1e-300 || !double.IsFinite(det))
        {
            return null;
        }

        double[] r =
        [
            (e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det, 0,
            (f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det, 0,
            (d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det, 0,
        ];
        for (var row = 0; row < 3; row++)
        {
            r[4 * row + 3] = -(r[4 * row] * m[3] + r[4 * row + 1] * m[7] + r[4 * row + 2] * m[11]);
        }

        return r;
    }

    // In files a transform is its twelve numbers.
    private sealed class RowsConverter : JsonConverter<AffineTransform>
    {
        public override AffineTransform Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            try
            {
                return new AffineTransform(JsonSerializer.Deserialize<double[]>(ref reader, options));
            }
            catch (ArgumentException e)
            {
                throw new JsonException(e.Message, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, AffineTransform value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value._m, options);
    }
}
