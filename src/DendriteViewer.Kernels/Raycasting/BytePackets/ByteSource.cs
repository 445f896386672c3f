using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Blocks of 16³ voxels as bytes, in the layout of a tile (<see cref="Brick"/>): 17 bytes a row, 17 rows a layer, 17 layers, of which the
/// last of each belong to the next block and are there only where a brick holds both. Unsigned 8-bit tiles are used where they lie; other
/// types are converted, and what is missing is interpolated from the finest coarser level in memory, on a stage.
/// </summary>
internal sealed unsafe class ByteSource : IDisposable
{
    public const int Edge = Brick.TileEdge;

    /// <summary>Blocks that are held at a time.</summary>
    public const int Slots = 4;

    private const int Row = Edge + 1;
    private const int Voxels = Row * Row * Row;

    // What vectors read and write beyond both ends.
    private const int Around = 512;

    private const int StageSize = (Voxels + 2 * Around + 63) / 64 * 64;

    private readonly byte* _stages = (byte*)NativeMemory.AlignedAlloc(Slots * StageSize, 64);
    private readonly PinnedGCHandle<byte[]?>[] _pins = new PinnedGCHandle<byte[]?>[Slots];
    private readonly byte[] _wide = new byte[(Voxels + Around) * sizeof(float)];
    private readonly float[] _scratch = new float[CoarserLevels.Scratch];
    private PagedVolume _volume = null!;
    private ByteMapping _mapping;
    private ushort _least;
    private ushort _range;
    private int _shift;
    private short _factor;

    public ByteSource()
    {
        for (var i = 0; i < Slots; i++)
        {
            _pins[i] = new PinnedGCHandle<byte[]?>(null);
        }
    }

    /// <summary>Lets go of what is held.</summary>
    public void Release()
    {
        for (var i = 0; i < Slots; i++)
        {
            _pins[i].Target = null;
        }
    }

    /// <summary>Turns to another volume.</summary>
    public void Open(PagedVolume volume, ByteMapping mapping)
    {
        (_volume, _mapping) = (volume, mapping);

        // v − least, cut to the range, shifted to fill 15 bits and scaled to 255 with rounding.
        var bias = volume.Type == VoxelType.Int16 ? 32768 : 0;
        var least = Math.Clamp(MathF.Round(mapping.Low + bias), 0, 65535);
        var range = Math.Clamp(MathF.Round(255 * mapping.Level), 1, 65535);
        (_least, _range) = ((ushort)least, (ushort)range);
        _shift = System.Numerics.BitOperations.LeadingZeroCount((uint)_range) - 16;
        _factor = (short)Math.Min(MathF.Round(255f * 32768 / ((_range << _shift) >> 1)), 32767);
    }

    /// <summary>
    /// The block's bytes, for voxel (z, y, x), multiples of 16 inside the volume. They hold until the slot is used again, at most until
    /// <see cref="Release"/>.
    /// </summary>
    /// <param name="slot">0 … <see cref="Slots"/> − 1.</param>
    /// <param name="z">First voxel along z.</param>
    /// <param name="y">First voxel along y.</param>
    /// <param name="x">First voxel along x.</param>
    /// <param name="axis">The axis whose 17th layer is asked for.</param>
    /// <param name="isThick">Whether the 17th layer along the axis is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public byte* Block(int slot, int z, int y, int x, int axis, out bool isThick)
    {
        var grid = _volume.Grid;
        var stage = _stages + slot * StageSize + Around;
        int maskZ = (1 << grid.ShiftZ) - 1, maskY = (1 << grid.ShiftY) - 1, maskX = (1 << grid.ShiftX) - 1;
        isThick = axis switch { 0 => (x & maskX) + Edge <= maskX, 1 => (y & maskY) + Edge <= maskY, _ => (z & maskZ) + Edge <= maskZ };
        if (!Brick.IsTiledFor(maskZ + 1, maskY + 1, maskX + 1))
        {
            isThick = true;
            return Singly(stage, z, y, x);
        }

        if (grid.BrickAt(z, y, x) is not { } brick)
        {
            return StandIn(stage, z, y, x, maskZ, maskY, maskX);
        }

        brick.AskForHugePages();
        var at = brick.TileOffset(z & maskZ, y & maskY, x & maskX);
        if (_volume.Type == VoxelType.UInt8)
        {
            _pins[slot].Target = brick.Data;
            return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(brick.Data)) + at;
        }

        fixed (byte* data = brick.Data)
        {
            return Convert(stage, data + (nint)at * _volume.Type.Size());
        }
    }

    /// <summary>Asks for the memory of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Prefetch(int z, int y, int x)
    {
        var grid = _volume.Grid;
        int maskZ = (1 << grid.ShiftZ) - 1, maskY = (1 << grid.ShiftY) - 1, maskX = (1 << grid.ShiftX) - 1;
        if (grid.BrickAt(z, y, x) is { IsTiled: true } brick)
        {
            // A hint alone, so that the array may move meanwhile.
            var size = _volume.Type.Size();
            ref var first = ref MemoryMarshal.GetArrayDataReference(brick.Data);
            var from = (byte*)Unsafe.AsPointer(ref first) + (nint)brick.TileOffset(z & maskZ, y & maskY, x & maskX) * size;
            for (var i = 0; i < Voxels * size; i += 64)
            {
                Sse.Prefetch1(from + i);
            }
        }
    }

    private byte* StandIn(byte* stage, int z, int y, int x, int maskZ, int maskY, int maskX)
    {
        // As far as the block's own brick and the volume reach.
        int nz = Reach(z, maskZ, _volume.Z), ny = Reach(y, maskY, _volume.Y), nx = Reach(x, maskX, _volume.X);
        switch (_volume.Type.Size())
        {
            case 1: _volume.StandIn<byte>(z, y, x, nz, ny, nx, _wide, Row * Row, Row, _scratch); break;
            case 2: _volume.StandIn(z, y, x, nz, ny, nx, MemoryMarshal.Cast<byte, ushort>(_wide.AsSpan()), Row * Row, Row, _scratch); break;
            default: _volume.StandIn(z, y, x, nz, ny, nx, MemoryMarshal.Cast<byte, float>(_wide.AsSpan()), Row * Row, Row, _scratch); break;
        }

        fixed (byte* wide = _wide)
        {
            return Convert(stage, wide);
        }

        static int Reach(int at, int mask, int size) => Math.Min((at & mask) + Edge <= mask ? Row : Edge, size - at);
    }

    // Voxel by voxel, where bricks are too flat for tiles.
    private byte* Singly(byte* stage, int z, int y, int x)
    {
        for (var i = 0; i < Voxels; i++)
        {
            stage[i] = _mapping.Of(_volume.At(z + i / (Row * Row), y + i / Row % Row, x + i % Row));
        }

        return stage;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private byte* Convert(byte* stage, byte* from)
    {
        switch (_volume.Type)
        {
            case VoxelType.UInt8 or VoxelType.Int8:
                var flip = Vector256.Create(_volume.Type == VoxelType.Int8 ? (byte)0x80 : (byte)0);
                for (var i = 0; i < Voxels; i += 32)
                {
                    (Vector256.Load(from + i) ^ flip).Store(stage + i);
                }

                break;
            case VoxelType.UInt16 or VoxelType.Int16:
                Words((ushort*)from, stage);
                break;
            default:
                Floats((float*)from, stage);
                break;
        }

        return stage;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Words(ushort* from, byte* stage)
    {
        if (!Avx512BW.IsSupported)
        {
            Words256(from, stage);
            return;
        }

        var flip = Vector512.Create(_volume.Type == VoxelType.Int16 ? (ushort)0x8000 : (ushort)0);
        Vector512<ushort> least = Vector512.Create(_least), range = Vector512.Create(_range);
        var factor = Vector512.Create(_factor);
        var shift = Vector128.CreateScalar((ushort)_shift);
        for (var i = 0; i < Voxels; i += 32)
        {
            var v = Vector512.Min(Avx512BW.SubtractSaturate(Vector512.Load(from + i) ^ flip, least), range);
            var part = (Avx512BW.ShiftLeftLogical(v, shift) >> 1).AsInt16();
            Avx512BW.ConvertToVector256Byte(Avx512BW.MultiplyHighRoundScale(part, factor)).Store(stage + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Words256(ushort* from, byte* stage)
    {
        var flip = Vector256.Create(_volume.Type == VoxelType.Int16 ? (ushort)0x8000 : (ushort)0);
        Vector256<ushort> least = Vector256.Create(_least), range = Vector256.Create(_range);
        var factor = Vector256.Create(_factor);
        var shift = Vector128.CreateScalar((ushort)_shift);
        for (var i = 0; i < Voxels; i += 16)
        {
            var v = Vector256.Min(Avx2.SubtractSaturate(Vector256.Load(from + i) ^ flip, least), range);
            var level = Avx2.MultiplyHighRoundScale((Avx2.ShiftLeftLogical(v, shift) >> 1).AsInt16(), factor);
            Vector128.Narrow(level.GetLower(), level.GetUpper()).AsByte().Store(stage + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Floats(float* from, byte* stage)
    {
        Vector256<float> low = Vector256.Create(_mapping.Low), scale = Vector256.Create(1 / _mapping.Level), most = Vector256.Create(255f);
        for (var i = 0; i < Voxels; i += 16)
        {
            Vector256<int> first = Level(from + i), second = Level(from + i + 8);
            var words = Vector256.Narrow(first, second);
            Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte().Store(stage + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector256<int> Level(float* at)
        {
            // Not a number is drawn as zero.
            var v = Vector256.Load(at);
            v = Vector256.ConditionalSelect(Vector256.Equals(v, v), v, Vector256<float>.Zero);
            return Avx.ConvertToVector256Int32(Vector256.MinNative(Vector256.MaxNative((v - low) * scale, Vector256<float>.Zero), most));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    ~ByteSource() => Free();

    private void Free()
    {
        NativeMemory.AlignedFree(_stages);
        for (var i = 0; i < Slots; i++)
        {
            _pins[i].Dispose();
        }
    }
}
