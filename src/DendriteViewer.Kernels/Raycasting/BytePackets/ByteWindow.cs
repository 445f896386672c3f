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
    /// <summary>Blocks each way at most.</summary>
    public const int MostBlocks = 16;

    // Sampling reads 16 columns and 16 rows from a sample's cell on, and may take one plane too many on either side.
    private const int Beside = 16;
    private const int SlicesBefore = 2;
    private const int SlicesAll = 16 + 1 + 2 * SlicesBefore;

    private readonly byte* _marks = (byte*)NativeMemory.AllocZeroed(MostBlocks * MostBlocks);
    private readonly ByteSource _source = new();
    private byte* _memory;
    private nuint _bytes;
    private int _rows;
    private int _columns;
    private PagedVolume _volume = null!;

    /// <summary>Where column <see cref="Column"/> and row <see cref="Row"/> of the layer's first slice lie.</summary>
    public byte* Data { get; private set; }

    /// <summary>Bytes from a row to the next.</summary>
    public int Pitch { get; private set; }

    /// <summary>Bytes from a slice to the next.</summary>
    public int Stride { get; private set; }

    /// <summary>The first column, a multiple of 16.</summary>
    public int Column { get; private set; }

    /// <summary>The first row, a multiple of 16.</summary>
    public int Row { get; private set; }

    /// <summary>Turns to another volume.</summary>
    public void Open(PagedVolume volume, ByteMapping mapping)
    {
        _volume = volume;
        _source.Open(volume, mapping);
    }

    /// <summary>Turns to a rectangle of another layer, with no block marked; false where it is too large.</summary>
    public bool Place(float lowColumn, float lowRow, float highColumn, float highRow)
    {
        int c0 = (int)MathF.Floor((lowColumn - 1) / 16), c1 = (int)MathF.Floor((highColumn + 2) / 16);
        int r0 = (int)MathF.Floor((lowRow - 1) / 16), r1 = (int)MathF.Floor((highRow + 2) / 16);
        (Column, Row, _columns, _rows) = (c0 * 16, r0 * 16, c1 + 1 - c0, r1 + 1 - r0);
        if (_columns > MostBlocks || _rows > MostBlocks)
        {
            return false;
        }

        // Neither rows nor slices a power of two apart, so that they do not share the cache's sets.
        Pitch = (_columns * 16 + Beside + 31) / 32 * 32 + 16;
        Stride = (Pitch * (_rows * 16 + Beside) + 127) / 128 * 128 + 64;
        var bytes = (nuint)Stride * SlicesAll + 4096;
        if (bytes > _bytes)
        {
            NativeMemory.AlignedFree(_memory);
            _memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            _bytes = bytes;
            new Span<byte>(_memory, (int)bytes).Clear();
        }

        Data = _memory + SlicesBefore * Stride;
        new Span<byte>(_marks, _columns * _rows).Clear();
        return true;
    }

    /// <summary>
    /// Marks the blocks of a rectangle of columns and rows, both ends included; bit 0 of the halves is the first eight slices.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Mark(int column0, int row0, int column1, int row1, int halves)
    {
        int c0 = Math.Max((column0 - Column) >> 4, 0), c1 = Math.Min((column1 - Column) >> 4, _columns - 1);
        int r0 = Math.Max((row0 - Row) >> 4, 0), r1 = Math.Min((row1 - Row) >> 4, _rows - 1);
        for (var r = r0; r <= r1; r++)
        {
            for (var c = c0; c <= c1; c++)
            {
                _marks[r * _columns + c] |= (byte)halves;
            }
        }
    }

    /// <summary>Copies the marked blocks of a layer across an axis.</summary>
    public void Fill(int axis, int layer)
    {
        for (var r = 0; r < _rows; r++)
        {
            for (var c = 0; c < _columns; c++)
            {
                int halves = _marks[r * _columns + c];
                if (halves != 0)
                {
                    Copy(axis, layer * 16, Row + r * 16, Column + c * 16, halves, Data + (nint)r * 16 * Pitch + c * 16);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Copy(int axis, int slice, int row, int column, int halves, byte* target)
    {
        var (z, y, x) = axis switch { 0 => (row, column, slice), 1 => (row, slice, column), _ => (slice, row, column) };
        if (z < 0 || y < 0 || x < 0 || z >= _volume.Z || y >= _volume.Y || x >= _volume.X)
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
        NativeMemory.Free(_marks);
        _memory = null;
    }
}
