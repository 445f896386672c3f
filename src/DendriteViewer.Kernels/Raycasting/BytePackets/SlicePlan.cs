using System.Numerics;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Where the rays of one tile are sampled: on planes across the volume's axis that the tile's middle ray is nearest to. A ray's place is
/// told by its distance h along that axis from a reference (the eye; for parallel rays the face of the volume), so that every ray of the
/// tile is at column <c>E.c + h·T.c</c> and row <c>E.r + h·T.r</c>, and all of them meet plane m at h = <see cref="First"/> +
/// m·<see cref="Step"/>. Every eighth slice, where cells of <see cref="Bricks.CellRanges"/> meet, is a plane: a step never lies in two
/// cells, so a cell that cannot be seen is left out with its steps whole. Planes are the same for all tiles across an axis and for all
/// views, so that nothing shimmers as the view turns; what changes is how far they are apart along a ray, for which opacities are
/// corrected: by a table for the tile's <see cref="Length"/>, and in proportion for each ray, so that no border between tiles is seen.
/// Clipping moves no plane.
/// </summary>
/// <remarks>
/// In-plane axes: across x, columns run along y and rows along z; across y, along x and z; across z, along x and y. Not thread-safe: each
/// worker has a plan of its own, which it makes anew for each tile.
/// </remarks>
internal sealed unsafe class SlicePlan : IDisposable
{
    // Rays of a tile may differ by so much in the distance between their samples.
    private const float MostSpread = 1.1f;

    // Marching looks so many planes ahead of the last one.
    private const int Beyond = 4;

    /// <summary>Distance from plane to plane along <see cref="Axis"/>, in voxels.</summary>
    public const float Step = (float)Cell / PlanesACell;

    private const int PlanesACell = 10;

    private const int Cell = 1 << Bricks.CellRanges.CellShift;

    // Rays are kept so far from the outermost voxels' centres that rounded positions never leave the volume.
    private const float Rim = 4e-3f;

    private int _room;

    /// <summary>The axis across the planes: 0 is x, 1 is y, 2 is z.</summary>
    public int Axis { get; private set; }

    /// <summary>The axis along which columns count.</summary>
    public int Column { get; private set; }

    /// <summary>The axis along which rows count.</summary>
    public int Row { get; private set; }

    /// <summary>1 where rays go towards larger indices along <see cref="Axis"/>, −1 where they go towards smaller ones.</summary>
    public int Sign { get; private set; }

    /// <summary>
    /// Distance from plane to plane along the ray of the tile that is longest between them, in voxels, from 0.8 to 1.6.
    /// </summary>
    public float Length { get; private set; }

    /// <summary>h of plane 0.</summary>
    public float First { get; private set; }

    /// <summary>Index along <see cref="Axis"/> at which h is 0.</summary>
    public float Reference { get; private set; }

    /// <summary>Planes in the volume.</summary>
    public int Count { get; private set; }

    /// <summary>Whether all rays have one direction; else all come from one eye.</summary>
    public bool IsParallel { get; private set; }

    /// <summary>Lower corner of what is drawn: (axis, column, row) as (X, Y, Z).</summary>
    public Vector3 Low { get; private set; }

    /// <summary>Upper corner of what is drawn.</summary>
    public Vector3 High { get; private set; }

    /// <summary>
    /// The slice at or below plane m, <see cref="Count"/> and a few more of them; the next slice is in the volume too. A plane between
    /// two cells belongs to the one that rays leave there.
    /// </summary>
    public int* Slices { get; private set; }

    /// <summary>How far plane m lies from its slice to the next one, in 32768ths; 32767 is all of the way.</summary>
    public short* Weights { get; private set; }

    /// <summary>The picture's rays, (axis, column, row) as (X, Y, Z).</summary>
    public TurnedRays Rays { get; private set; }

    /// <summary>As <see cref="RayGeometry"/>, in the order of a plan's axes.</summary>
    public readonly record struct TurnedRays(
        Vector3 Origin, Vector3 OriginRight, Vector3 OriginDown, Vector3 Direction, Vector3 DirectionRight, Vector3 DirectionDown);

    /// <summary>A ray: column and row where h is 0, what they gain for an h of 1, and the h of its origin.</summary>
    public readonly record struct Line(float Column, float Row, float ColumnSlope, float RowSlope, float Origin)
    {
        /// <summary>How far the ray goes for an h of 1.</summary>
        public float Length => MathF.Sqrt(1 + ColumnSlope * ColumnSlope + RowSlope * RowSlope);
    }

    /// <summary>Components of a vector x, y, z in the order axis, column, row.</summary>
    public Vector3 Pick(Vector3 v) => new(v[Axis], v[Column], v[Row]);

    /// <summary>Makes the plan of a tile; false where its rays spread too far for one.</summary>
    public bool TryMake(RayJob job, int u0, int v0, int size)
    {
        var (middleOrigin, middle) = job.Ray(u0 + (size - 1) / 2f, v0 + (size - 1) / 2f);
        var lengths = Vector3.Abs(middle);
        Axis = lengths.X >= lengths.Y && lengths.X >= lengths.Z ? 0 : lengths.Y >= lengths.Z ? 1 : 2;
        (Column, Row) = Axis switch { 0 => (1, 2), 1 => (0, 2), _ => (0, 1) };
        Sign = middle[Axis] >= 0 ? 1 : -1;
        var along = lengths[Axis];
        var least = along;
        foreach (var (u, v) in (ReadOnlySpan<(int, int)>)[(u0, v0), (u0 + size - 1, v0), (u0, v0 + size - 1),
            (u0 + size - 1, v0 + size - 1)])
        {
            var corner = Sign * job.Ray(u, v).Direction[Axis];
            least = Math.Min(least, corner);
            if (corner * MostSpread < along || corner > along * MostSpread)
            {
                return false;
            }
        }

        var (g, volume) = (job.Rays, job.Volume);
        Rays = new(
            Pick(g.Origin), Pick(g.OriginRight), Pick(g.OriginDown), Pick(g.Direction), Pick(g.DirectionRight), Pick(g.DirectionDown));
        int size0 = Axis switch { 0 => volume.X, 1 => volume.Y, _ => volume.Z };
        Length = Step / least;
        var last = (size0 - 1) * PlanesACell / Cell;
        Count = last + 1;
        var start = Sign > 0 ? 0 : last * Step;
        IsParallel = job.Rays.DirectionRight == default && job.Rays.DirectionDown == default;
        Reference = IsParallel ? start : middleOrigin[Axis];
        First = Sign * (start - Reference);
        var (low, high) = RayBox.Of(volume, job.Settings);
        (Low, High) = (Pick(low) + new Vector3(0, Rim, Rim), Pick(high) - new Vector3(0, Rim, Rim));
        Place(Sign > 0 ? 0 : last, size0);
        return true;
    }

    /// <summary>The ray through a pixel's centre.</summary>
    public Line LineOf(RayJob job, float u, float v)
    {
        var (origin, direction) = job.Ray(u, v);
        Vector3 o = Pick(origin), d = Pick(direction);
        var slopes = new Vector2(d.Y, d.Z) / (Sign * d.X);
        var at = Sign * (o.X - Reference);
        return new Line(o.Y - at * slopes.X, o.Z - at * slopes.Y, slopes.X, slopes.Y, at);
    }

    /// <summary>The planes on which a ray is sampled, from the first to before the end; none where both are equal.</summary>
    public (int First, int End) Clip(Line line, ClipShape clip)
    {
        float start = MathF.Max(line.Origin, HLow), end = HHigh;
        Slab(line.Column, line.ColumnSlope, Low.Y, High.Y, ref start, ref end);
        Slab(line.Row, line.RowSlope, Low.Z, High.Z, ref start, ref end);
        Vector3 o = default, d = default;
        (o[Axis], o[Column], o[Row]) = (Reference, line.Column, line.Row);
        (d[Axis], d[Column], d[Row]) = (Sign, line.ColumnSlope, line.RowSlope);
        if (!clip.Cut(o, d, ref start, ref end))
        {
            return (0, 0);
        }

        var first = (int)Math.Clamp(MathF.Ceiling((start - First) / Step - Near), 0, Count);
        return (first, (int)Math.Clamp(MathF.Floor((end - First) / Step + Near) + 1, first, Count));

        static void Slab(float at, float slope, float low, float high, ref float start, ref float end)
        {
            slope = MathF.CopySign(MathF.Max(MathF.Abs(slope), LeastSlope), slope);
            float a = (low - at) / slope, b = (high - at) / slope;
            (start, end) = (MathF.Max(start, MathF.Min(a, b)), MathF.Min(end, MathF.Max(a, b)));
        }
    }

    /// <summary>
    /// A plane so near to where a ray begins or ends, in steps, counts, so that rounding leaves out none at the volume's face.
    /// </summary>
    internal const float Near = 1e-3f;

    /// <summary>Slopes below this are taken as this, so that a ray along an axis divides by no zero.</summary>
    internal const float LeastSlope = 1e-9f;

    /// <summary>Least h that is drawn.</summary>
    public float HLow => Sign > 0 ? Low.X - Reference : Reference - High.X;

    /// <summary>Largest h that is drawn.</summary>
    public float HHigh => Sign > 0 ? High.X - Reference : Reference - Low.X;

    // Where the planes lie between the slices: plane 0 is the first one.
    private void Place(int first, int size)
    {
        if (_room < Count + Beyond)
        {
            Free();
            _room = Count + 66;
            Slices = (int*)NativeMemory.AlignedAlloc((nuint)_room * sizeof(int), 64);
            Weights = (short*)NativeMemory.AlignedAlloc((nuint)_room * sizeof(short), 64);
        }

        for (var m = 0; m < Count + Beyond; m++)
        {
            var at = first + Sign * m;
            var slice = (int)Math.Floor((double)at * Cell / PlanesACell);
            slice = Math.Clamp(Sign > 0 && at % PlanesACell == 0 ? slice - 1 : slice, 0, size - 2);
            Slices[m] = slice;
            Weights[m] = (short)Math.Clamp(((float)at * Cell / PlanesACell - slice) * 32768 + 0.5f, 0, 32767);
        }
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Slices);
        NativeMemory.AlignedFree(Weights);
        Slices = null;
        Weights = null;
        _room = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    ~SlicePlan() => Free();
}
