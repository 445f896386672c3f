using System.Globalization;
namespace DendriteViewer.Imaging.Geometry;

/// <summary>Voxels along z, y, x.</summary>
public readonly record struct VolumeShape(int Z, int Y, int X)
{
    /// <summary>Number of voxels.</summary>
    public long Count => (long)Z * Y * X;

    /// <summary>Voxels of one z slice.</summary>
    public long SliceCount => (long)Y * X;

    /// <summary>The shape of the next pyramid level: half of each axis, rounded up.</summary>
    public VolumeShape Halved() => new((Z + 1) / 2, (Y + 1) / 2, (X + 1) / 2);

    /// <summary>Whether an index lies inside.</summary>
    public bool Contains(VoxelIndex i) => (uint)i.Z < (uint)Z && (uint)i.Y < (uint)Y && (uint)i.X < (uint)X;

    /// <inheritdoc/>
    public override string ToString() => $"{Z} × {Y} × {X}";
}

/// <summary>One voxel, counted from 0 along z, y, x.</summary>
public readonly record struct VoxelIndex(int Z, int Y, int X)
{
    /// <summary>The voxel's centre.</summary>
    public VoxelPoint Center => new(Z + 0.5, Y + 0.5, X + 0.5);
}

/// <summary>A continuous place in a volume, in voxels: voxel (k, j, i) fills [k, k+1) × [j, j+1) × [i, i+1).</summary>
public readonly record struct VoxelPoint(double Z, double Y, double X)
{
    /// <summary>The voxel that contains the point.</summary>
    public VoxelIndex Floor() => new((int)Math.Floor(Z), (int)Math.Floor(Y), (int)Math.Floor(X));
}

/// <summary>A place in the dataset's frame, in µm.</summary>
public readonly record struct WorldPoint(double Z, double Y, double X)
{
    /// <summary>The point displaced by a vector.</summary>
    public static WorldPoint operator +(WorldPoint p, WorldVector v) => new(p.Z + v.Z, p.Y + v.Y, p.X + v.X);

    /// <summary>The vector from the second point to the first.</summary>
    public static WorldVector operator -(WorldPoint a, WorldPoint b) => new(a.Z - b.Z, a.Y - b.Y, a.X - b.X);
}

/// <summary>A displacement in the dataset's frame, in µm.</summary>
public readonly record struct WorldVector(double Z, double Y, double X)
{
    /// <summary>Length in µm.</summary>
    public double Length => Math.Sqrt(Z * Z + Y * Y + X * X);

    /// <summary>The sum of two displacements.</summary>
    public static WorldVector operator +(WorldVector a, WorldVector b) => new(a.Z + b.Z, a.Y + b.Y, a.X + b.X);

    /// <summary>A displacement scaled by a factor.</summary>
    public static WorldVector operator *(double f, WorldVector v) => new(f * v.Z, f * v.Y, f * v.X);

    /// <summary>The inner product.</summary>
    public double Dot(WorldVector o) => Z * o.Z + Y * o.Y + X * o.X;

    /// <summary>The same direction with length 1; the zero vector stays zero.</summary>
    public WorldVector Normalized() => Length is var l && l > 0 ? 1 / l * this : this;
}

/// <summary>Edge lengths of a voxel in µm, along z, y, x; all finite and above zero.</summary>
public readonly record struct VoxelSize(double Z, double Y, double X)
{
    /// <summary>A cubic voxel.</summary>
    public static VoxelSize Cubic(double um) => new(um, um, um);

    /// <summary>The shortest edge in µm.</summary>
    public double Least => Math.Min(Z, Math.Min(Y, X));

    /// <summary>Whether every edge is finite and above zero.</summary>
    public bool IsValid => Ok(Z) && Ok(Y) && Ok(X);

    /// <summary>Whether the three edges are alike.</summary>
    public bool IsCubic => Math.Abs(Z - X) <= 1e-6 * X && Math.Abs(Y - X) <= 1e-6 * X;

    /// <summary>For people, without a unit: one number of a cubic voxel, else all three, z × y × x.</summary>
    public string ToNumbers() => IsCubic
        ? string.Create(CultureInfo.InvariantCulture, $"{X:0.####}")
        : string.Create(CultureInfo.InvariantCulture, $"{Z:0.####} × {Y:0.####} × {X:0.####}");

    /// <summary>For people, in µm: one number of a cubic voxel, else all three with their axes.</summary>
    public string ToText() => IsCubic ? $"{ToNumbers()} µm" : $"{ToNumbers()} µm (z × y × x)";

    private static bool Ok(double v) => double.IsFinite(v) && v > 0;
}

/// <summary>Signed distance from the lithium/electrolyte interface in µm, positive into the electrolyte.</summary>
public readonly record struct Depth(double Um);

/// <summary>A depth interval in µm, both ends included.</summary>
public readonly record struct Band(double FromUm, double ToUm)
{
    /// <summary>Where the source paper saw lithium first: 100–120 µm.</summary>
    public static readonly Band Default = new(100, 120);

    /// <summary>Whether a depth lies in the band.</summary>
    public bool Contains(Depth d) => d.Um >= FromUm && d.Um <= ToUm;
}
