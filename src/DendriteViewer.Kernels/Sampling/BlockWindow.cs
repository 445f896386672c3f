using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// The voxels around the samples that a tile of a picture is about to take, unpacked so that one load brings all eight corners of a
/// sample. A window of 4³ blocks of 16³ voxels wraps around the volume like a torus: block (z, y, x) lives in slot
/// (z mod 4, y mod 4, x mod 4), so an address is arithmetic. An entry holds voxels (z, y), (z, y + 1), (z + 1, y), (z + 1, y + 1)
/// at one x; a row has 17 entries, so that the entry at x + 1 always follows. Beside it, one bit a cell says what can be seen.
/// </summary>
internal sealed unsafe class BlockWindow : IDisposable
{
    public const int Edge = 16;
    public const int EntriesARow = Edge + 1;
    public const int EntriesABlock = Edge * Edge * EntriesARow;
    private const int Slots = 64;
    private readonly long[] _blocks = new long[Slots];
    private readonly int[] _stamps = new int[Slots];
    private readonly BlockStage _stage = new();
    private int _stamp;
    private byte* _data;
    private nuint _bytes;
    private PagedVolume? _volume;
    private BlockSheet _sheet = BlockSheet.Everything;

    /// <summary>What is taken from a voxel's stored value so that it is not negative.</summary>
    public static float BiasOf(VoxelType type) => type switch { VoxelType.Int8 => -128, VoxelType.Int16 => -32768, _ => 0 };

    /// <summary>512 bits: cell (z, y, x) is bit (z mod 8)·64 + (y mod 8)·8 + x mod 8; set where it must be sampled.</summary>
    public ulong* Visible { get; } = (ulong*)NativeMemory.AlignedAlloc(64, 64);

    /// <summary>The entries.</summary>
    public byte* Data => _data;

    /// <summary>Whether every cell that was looked at can be seen.</summary>
    public bool AllVisible { get; private set; }

    /// <summary>Forgets what is here and turns to another volume.</summary>
    public void Open(PagedVolume volume, BlockSheet sheet)
    {
        (_volume, _sheet) = (volume, sheet);
        Array.Fill(_blocks, -1);
        var bytes = (nuint)(Slots * EntriesABlock * EntryBytes(volume.Type)) + 64;
        if (bytes > _bytes)
        {
            NativeMemory.AlignedFree(_data);
            _data = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            _bytes = bytes;
        }
    }

    /// <summary>Makes ready what a part of space holds, as far as it can be seen.</summary>
    /// <returns>False where two needed blocks share a slot: the part is too long or too wide.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Prepare(in ConvexPart part, in OccupancyQuery occupancy)
    {
        var v = _volume!;
        new Span<ulong>(Visible, 8).Clear();
        AllVisible = true;
        _stamp++;
        if (!(Span(part.Low.X, part.High.X, v.From.X, v.To.X, out var x0, out var x1)
            && Span(part.Low.Y, part.High.Y, v.From.Y, v.To.Y, out var y0, out var y1)
            && Span(part.Low.Z, part.High.Z, v.From.Z, v.To.Z, out var z0, out var z1)))
        {
            return true;
        }

        for (var z = z0; z <= z1; z++)
        {
            for (var y = y0; y <= y1; y++)
            {
                for (var x = x0; x <= x1; x++)
                {
                    if (part.Touches(z, y, x) && !TryLoad(v, occupancy, z, y, x))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    // Blocks along an axis; outside the volume nothing is sampled.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Span(float low, float high, int begin, int end, out int from, out int to)
    {
        from = (int)MathF.Max(low, begin) / Edge;
        to = (int)MathF.Min(high, end - 1) / Edge;
        return high >= begin - 1 && low <= end;
    }

    private static int EntryBytes(VoxelType type) => 4 * type.Size();

    private static int Slot(int z, int y, int x) => ((z & 3) << 4) | ((y & 3) << 2) | (x & 3);

    private static long Block(int z, int y, int x) => ((long)z << 42) | ((long)y << 21) | (long)x;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryLoad(PagedVolume v, in OccupancyQuery occupancy, int z, int y, int x)
    {
        var read = occupancy.IsNeeded(v.Grid, z, y, x, out var seen);
        AllVisible &= seen == 0xFF;
        if (!read)
        {
            return true;
        }

        var pairs = (ulong)((seen & 3) | ((seen & 12) << 6));
        var far = (ulong)(((seen >> 4) & 3) | ((seen & 0xC0) << 2));
        var shift = (((2 * y) & 7) << 3) | ((2 * x) & 7);
        Visible[(2 * z) & 7] |= pairs << shift;
        Visible[((2 * z) & 7) + 1] |= far << shift;
        var (slot, block) = (Slot(z, y, x), Block(z, y, x));
        if (_blocks[slot] == block)
        {
            _stamps[slot] = _stamp;
            return true;
        }

        if (_stamps[slot] == _stamp)
        {
            return false;
        }

        (_stamps[slot], _blocks[slot]) = (_stamp, block);
        BlockEntries.Unpack(v, _stage, _sheet, _data + (nint)slot * EntriesABlock * EntryBytes(v.Type), z * Edge, y * Edge, x * Edge);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        NativeMemory.AlignedFree(Visible);
        _data = null;
        GC.SuppressFinalize(this);
    }

    ~BlockWindow() => Dispose();
}
