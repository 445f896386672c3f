using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// What a tile has to do in one layer of blocks: the rectangle of blocks that its rays may cross there, which of them are read, and which
/// packets are taken over which planes.
/// </summary>
internal sealed unsafe class ByteLayer : IDisposable
{
    /// <summary>Blocks each way at most: 32 cells, as many as <see cref="ByteJobs512"/> looks up.</summary>
    public const int MostBlocks = 16;

    /// <summary>Packets of a tile at most.</summary>
    public const int MostPackets = 256;

    private readonly byte* _marks = (byte*)NativeMemory.AllocZeroed(MostBlocks * MostBlocks);
    private readonly Job[] _jobs = new Job[MostPackets];
    private readonly Block[] _blocks = new Block[MostBlocks * MostBlocks];
    private readonly short[] _ofPacket = new short[MostPackets];
    private int _jobCount;
    private int _blockCount;

    /// <summary>A packet and the planes that it is taken over.</summary>
    public record struct Job(int Packet, int From, int To);

    /// <summary>A block of the rectangle; bit 0 of the halves stands for its first eight slices, bit 1 for the others.</summary>
    public record struct Block(int Column, int Row, int Halves);

    /// <summary>Slices 16·layer to 16·layer + 15.</summary>
    public int Number { get; private set; }

    /// <summary>The first column, a multiple of 16.</summary>
    public int Column { get; private set; }

    /// <summary>The first row, a multiple of 16.</summary>
    public int Row { get; private set; }

    /// <summary>Blocks along columns.</summary>
    public int Columns { get; private set; }

    /// <summary>Blocks along rows.</summary>
    public int Rows { get; private set; }

    /// <summary>What is to be done.</summary>
    public ReadOnlySpan<Job> Jobs => _jobs.AsSpan(0, _jobCount);

    /// <summary>The blocks that are read, after <see cref="Close"/>.</summary>
    public ReadOnlySpan<Block> Blocks => _blocks.AsSpan(0, _blockCount);

    /// <summary>Turns to a rectangle of another layer, with nothing to do; false where it is too large.</summary>
    public bool Open(int number, float lowColumn, float lowRow, float highColumn, float highRow)
    {
        int c0 = (int)MathF.Floor((lowColumn - 1) / 16), c1 = (int)MathF.Floor((highColumn + 2) / 16);
        int r0 = (int)MathF.Floor((lowRow - 1) / 16), r1 = (int)MathF.Floor((highRow + 2) / 16);
        (Number, Column, Row, Columns, Rows) = (number, c0 * 16, r0 * 16, c1 + 1 - c0, r1 + 1 - r0);
        (_jobCount, _blockCount) = (0, 0);
        if (Columns > MostBlocks || Rows > MostBlocks)
        {
            return false;
        }

        new Span<byte>(_marks, Columns * Rows).Clear();
        _ofPacket.AsSpan().Fill(-1);
        return true;
    }

    /// <summary>
    /// Takes a packet over planes of one half of the layer, which read a rectangle of columns and rows, both ends included. The halves
    /// share the plane between them; a packet that is found in both goes on without a gap, so it has one job.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int packet, int from, int to, int column0, int row0, int column1, int row1, int half)
    {
        int c0 = Math.Max((column0 - Column) >> 4, 0), c1 = Math.Min((column1 - Column) >> 4, Columns - 1);
        int r0 = Math.Max((row0 - Row) >> 4, 0), r1 = Math.Min((row1 - Row) >> 4, Rows - 1);
        for (var r = r0; r <= r1; r++)
        {
            for (var c = c0; c <= c1; c++)
            {
                _marks[r * Columns + c] |= (byte)half;
            }
        }

        var known = _ofPacket[packet];
        if (known >= 0 && _jobs[known].To == from + 1)
        {
            _jobs[known].To = to;
            return;
        }

        _ofPacket[packet] = (short)_jobCount;
        _jobs[_jobCount++] = new Job(packet, from, to);
    }

    /// <summary>Lists the blocks that are read.</summary>
    public void Close()
    {
        for (var i = 0; i < Columns * Rows && _jobCount > 0; i++)
        {
            if (_marks[i] != 0)
            {
                _blocks[_blockCount++] = new Block(i % Columns, i / Columns, _marks[i]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_marks);
        GC.SuppressFinalize(this);
    }

    ~ByteLayer() => NativeMemory.Free(_marks);
}
