using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// The bytes that a tile reads of one layer of blocks: 16 slices of the tile's rectangle and the first slice of the next layer, each
/// slice rows of columns. Only blocks that were marked are copied, in halves of eight slices; what was not is left as it was and is read
/// for rays outside the volume alone, whose samples are thrown away.
/// </summary>
internal sealed unsafe class ByteWindow : IDisposable
{
    // Sampling reads 16 columns and 16 rows from a sample's cell on, and may take one plane too many on either side.
    private const int Beside = 16;
    private const int SlicesBefore = 2;
    private const int SlicesAll = 16 + 1 + 2 * SlicesBefore;

    private readonly ByteSource _source = new();
    private byte* _memory;
    private nuint _bytes;
    private PagedVolume _volume = null!;

    /// <summary>Where the first column and row of the layer's first slice lie.</summary>
    public byte* Data { get; private set; }

    /// <summary>Bytes from a row to the next.</summary>
    public int Pitch { get; private set; }

    /// <summary>Bytes from a slice to the next.</summary>
    public int Stride { get; private set; }

    /// <summary>Turns to another volume.</summary>
    public void Open(PagedVolume volume, ByteMapping mapping)
    {
        _volume = volume;
        _source.Open(volume, mapping);
    }

    /// <summary>Copies the blocks of a layer across an axis.</summary>
    public void Fill(ByteLayer layer, int axis)
    {
        // Neither rows nor slices a power of two apart, so that they do not share the cache's sets.
        Pitch = (layer.Columns * 16 + Beside + 31) / 32 * 32 + 16;
        Stride = (Pitch * (layer.Rows * 16 + Beside) + 127) / 128 * 128 + 64;
        var bytes = (nuint)Stride * SlicesAll + 4096;
        if (bytes > _bytes)
        {
            NativeMemory.AlignedFree(_memory);
            _memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            _bytes = bytes;
            new Span<byte>(_memory, (int)bytes).Clear();
        }

        Data = _memory + SlicesBefore * Stride;
        foreach (var (column, row, halves) in layer.Blocks)
        {
            Copy(
                axis, layer.Number * 16, layer.Row + row * 16, layer.Column + column * 16, halves,
                Data + (nint)row * 16 * Pitch + column * 16);
        }
    }

    /// <summary>Asks for the memory of a block that <see cref="Fill"/> will copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Prefetch(ByteLayer layer, int axis, int block)
    {
        var (column, row, halves) = layer.Blocks[block];
        var (z, y, x) = Place(axis, layer.Number * 16, layer.Row + row * 16, layer.Column + column * 16);
        if (IsInside(z, y, x))
        {
            _source.Prefetch(z, y, x);
        }
    }

    private static (int Z, int Y, int X) Place(int axis, int slice, int row, int column) =>
        axis switch { 0 => (row, column, slice), 1 => (row, slice, column), _ => (slice, row, column) };

    private bool IsInside(int z, int y, int x) =>
        (uint)z < (uint)_volume.Z && (uint)y < (uint)_volume.Y && (uint)x < (uint)_volume.X;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Copy(int axis, int slice, int row, int column, int halves, byte* target)
    {
        var (z, y, x) = Place(axis, slice, row, column);
        if (!IsInside(z, y, x))
        {
            return;
        }

        // Samples in the first eight slices read the ninth, those in the others the first of the next layer.
        var place = _source.Block(z, y, x, axis, out var isThick, out var tiles);
        fixed (byte* data = tiles)
        {
            var source = data + (nint)place;
            int from = (halves & 1) != 0 ? 0 : 8, to = (halves & 2) == 0 ? 9 : isThick && axis != 0 ? 17 : 16;
            ByteCopies.Slices(source, axis, from, to, target, Pitch, Stride);
            if (axis == 0 && (halves & 2) != 0 && isThick)
            {
                ByteCopies.SliceAcrossX(source, 16, target + 16 * (nint)Stride, Pitch);
            }
        }

        var size = axis switch { 0 => _volume.X, 1 => _volume.Y, _ => _volume.Z };
        if ((halves & 2) == 0 || isThick || slice + 16 >= size)
        {
            return;
        }

        (z, y, x) = axis switch { 0 => (z, y, x + 16), 1 => (z, y + 16, x), _ => (z + 16, y, x) };
        place = _source.Block(z, y, x, axis, out _, out tiles);
        fixed (byte* data = tiles)
        {
            byte* source = data + (nint)place, into = target + 16 * (nint)Stride;
            if (axis == 0)
            {
                ByteCopies.SliceAcrossX(source, 0, into, Pitch);
            }
            else
            {
                ByteCopies.Slices(source, axis, 0, 1, into, Pitch, Stride);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _source.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    ~ByteWindow() => Free();

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
