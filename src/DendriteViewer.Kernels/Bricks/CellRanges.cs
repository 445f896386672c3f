using System.Numerics;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Bricks;

/// <summary>
/// Least and largest value of every cell of 8³ voxels in a brick, as far as a trilinear sample in the cell reads: one voxel more
/// on the far sides. At the brick's own far faces that voxel is the neighbour's, so every axis has one interval more, which holds
/// the first layer alone: a cell at a far face is joined with the neighbours' first layers, whoever they are.
/// </summary>
public sealed class CellRanges
{
    /// <summary>log2 of a cell's edge in voxels.</summary>
    public const int CellShift = 3;

    private readonly float[] _least;
    private readonly float[] _most;

    private CellRanges(int z, int y, int x)
    {
        (CountZ, CountY, CountX) = (Cells(z), Cells(y), Cells(x));
        _least = new float[(CountZ + 1) * (CountY + 1) * (CountX + 1)];
        _most = new float[_least.Length];
    }

    /// <summary>Cells along z; index <c>CountZ</c> is the first layer alone.</summary>
    public int CountZ { get; }

    /// <summary>Cells along y; index <c>CountY</c> is the first layer alone.</summary>
    public int CountY { get; }

    /// <summary>Cells along x; index <c>CountX</c> is the first layer alone.</summary>
    public int CountX { get; }

    /// <summary>Extremes of interval (z, y, x).</summary>
    public (float Least, float Most) this[int z, int y, int x]
    {
        get
        {
            var at = (z * (CountY + 1) + y) * (CountX + 1) + x;
            return (_least[at], _most[at]);
        }
    }

    internal static long BytesOf(int z, int y, int x) => 8L * (Cells(z) + 1) * (Cells(y) + 1) * (Cells(x) + 1);

    // Of voxels in C order, stepY and stepZ from a row and a slice to the next, of which z, y, x lie inside the level.
    internal static CellRanges Of(ReadOnlySpan<byte> voxels, VoxelType type, int stepZ, int stepY, int z, int y, int x) => type switch
    {
        VoxelType.UInt8 => Of(voxels, stepZ, stepY, z, y, x),
        VoxelType.Int8 => Of(MemoryMarshal.Cast<byte, sbyte>(voxels), stepZ, stepY, z, y, x),
        VoxelType.UInt16 => Of(MemoryMarshal.Cast<byte, ushort>(voxels), stepZ, stepY, z, y, x),
        VoxelType.Int16 => Of(MemoryMarshal.Cast<byte, short>(voxels), stepZ, stepY, z, y, x),
        _ => Of(MemoryMarshal.Cast<byte, float>(voxels), stepZ, stepY, z, y, x),
    };

    private static int Cells(int voxels) => (voxels + 7) >> CellShift;

    // The voxels that interval i reads: its cell and the layer behind it, or the first layer alone.
    private static (int From, int To) Interval(int i, int cells, int voxels) =>
        i == cells ? (0, 1) : (i << CellShift, Math.Min(voxels, ((i + 1) << CellShift) + 1));

    private static CellRanges Of<T>(ReadOnlySpan<T> voxels, int stepZ, int stepY, int nz, int ny, int nx) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var ranges = new CellRanges(nz, ny, nx);
        Span<T> least = stackalloc T[nx], most = stackalloc T[nx];
        for (var cz = 0; cz <= ranges.CountZ; cz++)
        {
            var (z0, z1) = Interval(cz, ranges.CountZ, nz);
            for (var cy = 0; cy <= ranges.CountY; cy++)
            {
                var (y0, y1) = Interval(cy, ranges.CountY, ny);
                least.Fill(T.MaxValue);
                most.Fill(T.MinValue);
                for (var z = z0; z < z1; z++)
                {
                    for (var y = y0; y < y1; y++)
                    {
                        Extend(voxels.Slice(z * stepZ + y * stepY, nx), least, most);
                    }
                }

                for (var cx = 0; cx <= ranges.CountX; cx++)
                {
                    var (x0, x1) = Interval(cx, ranges.CountX, nx);
                    var (low, high) = (least[x0], most[x0]);
                    for (var x = x0 + 1; x < x1; x++)
                    {
                        (low, high) = (T.Min(low, least[x]), T.Max(high, most[x]));
                    }

                    var at = (cz * (ranges.CountY + 1) + cy) * (ranges.CountX + 1) + cx;
                    (ranges._least[at], ranges._most[at]) = (float.CreateTruncating(low), float.CreateTruncating(high));
                }
            }
        }

        return ranges;
    }

    private static void Extend<T>(ReadOnlySpan<T> row, Span<T> least, Span<T> most) where T : unmanaged, INumber<T>
    {
        var rows = MemoryMarshal.Cast<T, Vector<T>>(row);
        var leasts = MemoryMarshal.Cast<T, Vector<T>>(least);
        var mosts = MemoryMarshal.Cast<T, Vector<T>>(most);
        for (var i = 0; i < rows.Length; i++)
        {
            var v = typeof(T) == typeof(float) ? Vector.As<float, T>(PagedVolume.Finite(Vector.As<T, float>(rows[i]))) : rows[i];
            leasts[i] = Vector.Min(leasts[i], v);
            mosts[i] = Vector.Max(mosts[i], v);
        }

        for (var i = rows.Length * Vector<T>.Count; i < row.Length; i++)
        {
            var v = typeof(T) == typeof(float) ? (T)(object)PagedVolume.Finite((float)(object)row[i]) : row[i];
            least[i] = T.Min(least[i], v);
            most[i] = T.Max(most[i], v);
        }
    }
}
