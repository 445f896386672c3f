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
        var blocks = layer.Blocks;
        for (var i = 0; i < blocks.Length;)
        {
            // Blocks of one row of blocks, a few at a time.
            var count = 1;
            while (count < ByteSource.Slots && i + count < blocks.Length && blocks[i + count].Row == blocks[i].Row)
            {
                count++;
            }

            Copy(layer, axis, blocks.Slice(i, count));
            i += count;
        }

        _source.Release();
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

    // Neighbouring blocks are copied at once, row by row: their bytes share cache lines of the window.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Copy(ByteLayer layer, int axis, ReadOnlySpan<ByteLayer.Block> blocks)
    {
        var sources = stackalloc byte*[ByteSource.Slots];
        var targets = stackalloc byte*[ByteSource.Slots];
        int slice = layer.Number * 16, count = 0, halves = 0;
        var isThick = false;
        foreach (var block in blocks)
        {
            var (z, y, x) = Place(axis, slice, layer.Row + block.Row * 16, layer.Column + block.Column * 16);
            if (IsInside(z, y, x))
            {
                sources[count] = _source.Block(count, z, y, x, axis, out isThick);
                targets[count++] = Data + (nint)block.Row * 16 * Pitch + block.Column * 16;
                halves |= block.Halves;
            }
        }

        if (count == 0)
        {
            return;
        }

        // Samples in the first eight slices read the ninth, those in the others the first of the next layer.
        int from = (halves & 1) != 0 ? 0 : 8, to = (halves & 2) == 0 ? 9 : isThick && axis != 0 ? 17 : 16;
        ByteCopies.Slices(sources, targets, count, axis, from, to, Pitch, Stride);
        var size = axis switch { 0 => _volume.X, 1 => _volume.Y, _ => _volume.Z };
        if ((halves & 2) == 0 || isThick && axis != 0 || !isThick && slice + 16 >= size)
        {
            return;
        }

        for (int i = 0, k = 0; i < blocks.Length; i++)
        {
            var (z, y, x) = Place(axis, slice, layer.Row + blocks[i].Row * 16, layer.Column + blocks[i].Column * 16);
            if (!IsInside(z, y, x))
            {
                continue;
            }

            targets[k] += 16 * (nint)Stride;
            if (!isThick)
            {
                (z, y, x) = Place(axis, slice + 16, layer.Row + blocks[i].Row * 16, layer.Column + blocks[i].Column * 16);
                sources[k] = _source.Block(k, z, y, x, axis, out _);
            }

            if (axis == 0)
            {
                ByteCopies.SliceAcrossX(sources[k], isThick ? 16 : 0, targets[k], Pitch);
            }

            k++;
        }

        if (axis != 0)
        {
            ByteCopies.Slices(sources, targets, count, axis, 0, 1, Pitch, Stride);
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
