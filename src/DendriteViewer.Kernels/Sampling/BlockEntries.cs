using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// Unpacks a block's voxels into the entries of a <see cref="BlockWindow"/>: entry (z, y, x) holds voxels (z, y), (z, y + 1), (z + 1, y),
/// (z + 1, y + 1) at x, signed ones biased so that none is negative.
/// </summary>
internal static unsafe class BlockEntries
{
    private const int Edge = BlockWindow.Edge;
    private const int EntriesARow = BlockWindow.EntriesARow;
    private const int StageRow = BlockStage.Row;

    // Entry x of a row from byte x of two rows in each of two pairs; then entry 16 alone.
    private static readonly byte[] s_bytes =
        [.. Enumerable.Range(0, 128).Select(i => (byte)(Math.Min(i / 4, 16) + (i & 1) * StageRow + (i & 2) * 32))];

    private static readonly ushort[] s_words = 
        [.. Enumerable.Range(0, 32).Select(i => (ushort)(i / 4 + (i & 1) * StageRow + (i & 2) * 16))];

    /// <summary>Writes the entries of the block that begins at (z, y, x), as far as they lie in a sheet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(PagedVolume v, BlockStage stage, in BlockSheet sheet, byte* block, int z, int y, int x)
    {
        Span<BlockSheet.Range> rows = stackalloc BlockSheet.Range[Edge];
        if (!sheet.Rows(z, y, x, rows))
        {
            return;
        }

        switch (v.Type)
        {
            case VoxelType.UInt8 or VoxelType.Int8:
                fixed (byte* source = &stage.Of<byte>(v, rows, z, y, x))
                {
                    Pack8(rows, source, block, v.Type == VoxelType.Int8 ? (byte)0x80 : (byte)0);
                }

                break;
            case VoxelType.UInt16 or VoxelType.Int16:
                fixed (byte* source = &stage.Of<ushort>(v, rows, z, y, x))
                {
                    Pack16(rows, (ushort*)source, block, v.Type == VoxelType.Int16 ? (ushort)0x8000 : (ushort)0);
                }

                break;
            default:
                fixed (byte* source = &stage.Of<float>(v, rows, z, y, x))
                {
                    PackFloat(rows, (float*)source, block);
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack8(ReadOnlySpan<BlockSheet.Range> rows, byte* stage, byte* block, byte flip)
    {
        if (Avx512Vbmi.IsSupported)
        {
            // Two rows lie within 64 bytes, so one shuffle of two such pairs makes a row of entries; another its last entry.
            var (shuffle, last) = (Vector512.Create<byte>(s_bytes), Vector512.Create<byte>(s_bytes.AsSpan(64)));
            var flips = Vector512.Create(flip);
            for (var z = 0; z < Edge; z++)
            {
                var (first, end) = rows[z];
                var target = block + (z * Edge + first) * EntriesARow * 4;
                for (var y = first; y < end; y++, target += EntriesARow * 4)
                {
                    var from = stage + (z * StageRow + y) * StageRow;
                    Vector512<byte> near = Vector512.Load(from), far = Vector512.Load(from + StageRow * StageRow);
                    (Avx512Vbmi.PermuteVar64x8x2(near, shuffle, far) ^ flips).Store(target);
                    *(uint*)(target + 64) = (Avx512Vbmi.PermuteVar64x8x2(near, last, far) ^ flips).AsUInt32().ToScalar();
                }
            }

            return;
        }

        var signs = Vector128.Create(flip);
        for (var z = 0; z < Edge; z++)
        {
            var (first, end) = rows[z];
            var target = block + (z * Edge + first) * EntriesARow * 4;
            for (var y = first; y < end; y++, target += EntriesARow * 4)
            {
                byte* a = stage + (z * (Edge + 1) + y) * StageRow, b = a + StageRow, c = a + (Edge + 1) * StageRow, d = c + StageRow;
                Vector128<byte> va = Vector128.Load(a) ^ signs, vb = Vector128.Load(b) ^ signs;
                Vector128<byte> vc = Vector128.Load(c) ^ signs, vd = Vector128.Load(d) ^ signs;
                Vector128<ushort> lowNear = Zip.Low(va, vb).AsUInt16(), highNear = Zip.High(va, vb).AsUInt16();
                Vector128<ushort> lowFar = Zip.Low(vc, vd).AsUInt16(), highFar = Zip.High(vc, vd).AsUInt16();
                Zip.Low(lowNear, lowFar).AsByte().Store(target);
                Zip.High(lowNear, lowFar).AsByte().Store(target + 16);
                Zip.Low(highNear, highFar).AsByte().Store(target + 32);
                Zip.High(highNear, highFar).AsByte().Store(target + 48);
                *(uint*)(target + 64) = (uint)((a[16] ^ flip) | ((b[16] ^ flip) << 8) | ((c[16] ^ flip) << 16) | ((d[16] ^ flip) << 24));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack16(ReadOnlySpan<BlockSheet.Range> rows, ushort* stage, byte* block, ushort flip)
    {
        if (Avx512BW.IsSupported)
        {
            // As above with words: eight entries a shuffle.
            var shuffle = Vector512.Create<ushort>(s_words);
            var flips = Vector512.Create(flip);
            for (var z = 0; z < Edge; z++)
            {
                var (first, end) = rows[z];
                var target = block + (z * Edge + first) * EntriesARow * 8;
                for (var y = first; y < end; y++, target += EntriesARow * 8)
                {
                    ushort* near = stage + (z * StageRow + y) * StageRow, far = near + StageRow * StageRow;
                    (Avx512BW.PermuteVar32x16x2(Vector512.Load(near), shuffle, Vector512.Load(far)) ^ flips).AsByte().Store(target);
                    (Avx512BW.PermuteVar32x16x2(Vector512.Load(near + 8), shuffle, Vector512.Load(far + 8)) ^ flips)
                        .AsByte().Store(target + 64);
                    var lastEntry = Avx512BW.PermuteVar32x16x2(Vector512.Load(near + 16), shuffle, Vector512.Load(far + 16)) ^ flips;
                    *(ulong*)(target + 128) = lastEntry.AsUInt64().ToScalar();
                }
            }

            return;
        }

        var signs = Vector128.Create(flip);
        for (var z = 0; z < Edge; z++)
        {
            var (first, end) = rows[z];
            var target = block + (z * Edge + first) * EntriesARow * 8;
            for (var y = first; y < end; y++, target += EntriesARow * 8)
            {
                ushort* a = stage + (z * (Edge + 1) + y) * StageRow, b = a + StageRow, c = a + (Edge + 1) * StageRow, d = c + StageRow;
                for (var x = 0; x < Edge; x += 8)
                {
                    Vector128<ushort> va = Vector128.Load(a + x) ^ signs, vb = Vector128.Load(b + x) ^ signs;
                    Vector128<ushort> vc = Vector128.Load(c + x) ^ signs, vd = Vector128.Load(d + x) ^ signs;
                    Vector128<uint> lowNear = Zip.Low(va, vb).AsUInt32(), highNear = Zip.High(va, vb).AsUInt32();
                    Vector128<uint> lowFar = Zip.Low(vc, vd).AsUInt32(), highFar = Zip.High(vc, vd).AsUInt32();
                    Zip.Low(lowNear, lowFar).AsByte().Store(target + 8 * x);
                    Zip.High(lowNear, lowFar).AsByte().Store(target + 8 * x + 16);
                    Zip.Low(highNear, highFar).AsByte().Store(target + 8 * x + 32);
                    Zip.High(highNear, highFar).AsByte().Store(target + 8 * x + 48);
                }

                *(ulong*)(target + 128) = (ulong)(ushort)(a[16] ^ flip) | ((ulong)(ushort)(b[16] ^ flip) << 16) 
                    | ((ulong)(ushort)(c[16] ^ flip) << 32) | ((ulong)(ushort)(d[16] ^ flip) << 48);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackFloat(ReadOnlySpan<BlockSheet.Range> rows, float* stage, byte* block)
    {
        for (var z = 0; z < Edge; z++)
        {
            var (first, end) = rows[z];
            var target = block + (z * Edge + first) * EntriesARow * 16;
            for (var y = first; y < end; y++, target += EntriesARow * 16)
            {
                float* a = stage + (z * (Edge + 1) + y) * StageRow, b = a + StageRow, c = a + (Edge + 1) * StageRow, d = c + StageRow;
                for (var x = 0; x <= Edge; x++)
                {
                    Finite(Vector128.Create(a[x], b[x], c[x], d[x])).Store((float*)(target + 16 * x));
                }
            }
        }
    }

    private static Vector128<float> Finite(Vector128<float> v) => Vector128.MinNative(
        Vector128.MaxNative(Vector128.ConditionalSelect(Vector128.Equals(v, v), v, Vector128<float>.Zero), Vector128.Create(-1e30f)),
        Vector128.Create(1e30f));
}
