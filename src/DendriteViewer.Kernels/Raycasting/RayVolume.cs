namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// What a ray caster walks through: 16-bit voxels in C order (z, y, x), and the extremes of every cell of 8³ voxels.
/// A cell's extremes cover one voxel more on its far sides, since a trilinear sample in the cell reads that far.
/// </summary>
public sealed class RayVolume
{
    /// <summary>log2 of a cell's edge in voxels.</summary>
    public const int CellShift = 3;

    private readonly ushort[] _least;
    private readonly ushort[] _most;

    /// <param name="voxels">At least z·y·x + 2 values: the last gather of a row reads one element past the volume.</param>
    /// <param name="z">Voxels along z, at least 2.</param>
    /// <param name="y">Voxels along y, at least 2.</param>
    /// <param name="x">Voxels along x, at least 2.</param>
    /// <exception cref="ArgumentException">An axis is shorter than 2, or the array too short.</exception>
    public RayVolume(ushort[] voxels, int z, int y, int x)
    {
        if (z < 2 || y < 2 || x < 2 || (long)z * y * x + 2 > voxels.Length)
        {
            throw new ArgumentException($"A ray volume needs two voxels an axis and z·y·x + 2 elements; got {z}×{y}×{x} and {voxels.Length}.");
        }

        (Voxels, SizeZ, SizeY, SizeX) = (voxels, z, y, x);
        (CellsZ, CellsY, CellsX) = ((z >> CellShift) + 1, (y >> CellShift) + 1, (x >> CellShift) + 1);
        _least = new ushort[CellsZ * CellsY * CellsX];
        _most = new ushort[_least.Length];
        Parallel.For(0, CellsZ, FindExtremes);
    }

    /// <summary>The voxels, with at least two elements of padding behind them.</summary>
    public ushort[] Voxels { get; }

    /// <summary>Voxels along z.</summary>
    public int SizeZ { get; }

    /// <summary>Voxels along y.</summary>
    public int SizeY { get; }

    /// <summary>Voxels along x.</summary>
    public int SizeX { get; }

    /// <summary>Cells along z.</summary>
    public int CellsZ { get; }

    /// <summary>Cells along y.</summary>
    public int CellsY { get; }

    /// <summary>Cells along x.</summary>
    public int CellsX { get; }

    /// <summary>Bytes this volume holds in memory.</summary>
    public long Bytes => 2L * (Voxels.Length + _least.Length + _most.Length);

    /// <summary>Smallest value of each cell.</summary>
    public ReadOnlySpan<ushort> CellLeast => _least;

    /// <summary>Largest value of each cell.</summary>
    public ReadOnlySpan<ushort> CellMost => _most;

    internal ushort[] CellMostArray => _most;

    private void FindExtremes(int cz)
    {
        Span<ushort> rowLeast = stackalloc ushort[CellsX], rowMost = stackalloc ushort[CellsX];
        for (var cy = 0; cy < CellsY; cy++)
        {
            rowLeast.Fill(ushort.MaxValue);
            rowMost.Clear();
            for (var z = cz << CellShift; z <= Math.Min((cz + 1) << CellShift, SizeZ - 1); z++)
            {
                for (var y = cy << CellShift; y <= Math.Min((cy + 1) << CellShift, SizeY - 1); y++)
                {
                    var row = Voxels.AsSpan((int)(((long)z * SizeY + y) * SizeX), SizeX);
                    for (var cx = 0; cx < CellsX; cx++)
                    {
                        var from = cx << CellShift;
                        if (from >= SizeX)
                        {
                            continue;
                        }

                        ushort least = rowLeast[cx], most = rowMost[cx];
                        foreach (var v in row[from..Math.Min(from + (1 << CellShift) + 1, SizeX)])
                        {
                            least = Math.Min(least, v);
                            most = Math.Max(most, v);
                        }

                        (rowLeast[cx], rowMost[cx]) = (least, most);
                    }
                }
            }

            var at = (cz * CellsY + cy) * CellsX;
            rowLeast.CopyTo(_least.AsSpan(at));
            rowMost.CopyTo(_most.AsSpan(at));
        }
    }
}
