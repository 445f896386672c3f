using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Copies a block's bytes, which lie as a tile does (<see cref="Bricks.Brick"/>: 17 bytes a row, 17 rows a layer), into slices of a
/// window, in which 16 bytes are one row of columns. Across y and z a row of the tile is a row of the window. Across x the 16×16 bytes of
/// a layer are transposed: slice x, column y.
/// </summary>
internal static unsafe class ByteCopies
{
    public const int RowStep = 17, LayerStep = 17 * 17;

    private const int Edge = 16;

    // Eight rows of 16 bytes in two registers become eight columns: column l in the low half of group l of 16 bytes, column l + 4 in the
    // high half.
    private static readonly byte[] s_turn = [.. Enumerable.Range(0, 64).Select(k => (byte)(k % 8 * Edge + k / 16 + (k & 8) / 2))];

    // The first byte of rows of 17.
    private static readonly byte[] s_first = [.. Enumerable.Range(0, 64).Select(k => (byte)Math.Min(RowStep * k, 255 - Edge))];

    /// <summary>
    /// Slices from … to of some blocks, each 16 rows of 16 columns; 17 slices are there across y and z, 16 across x. All blocks are
    /// copied row by row at once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Slices(byte** sources, byte** targets, int count, int axis, int from, int to, nint pitch, nint stride)
    {
        if (axis == 0 && !Avx512Vbmi.IsSupported)
        {
            for (var row = 0; row < Edge; row++)
            {
                for (var i = 0; i < count; i++)
                {
                    Turn(sources[i] + row * LayerStep, from, to, targets[i] + row * pitch, stride);
                }
            }

            return;
        }

        if (axis == 0)
        {
            var turn = Vector512.Create<byte>(s_turn);
            for (var row = 0; row < Edge; row++)
            {
                for (var i = 0; i < count; i++)
                {
                    Turn(sources[i] + row * LayerStep, from, to, targets[i] + row * pitch, stride, turn);
                }
            }

            return;
        }

        nint sliceStep = axis == 1 ? RowStep : LayerStep, rowStep = axis == 1 ? LayerStep : RowStep;
        for (nint slice = from; slice < to; slice++)
        {
            nint at = slice * sliceStep, into = slice * stride;
            if (count == 4)
            {
                byte* a = sources[0] + at, b = sources[1] + at, c = sources[2] + at, d = sources[3] + at;
                byte* a1 = targets[0] + into, b1 = targets[1] + into, c1 = targets[2] + into, d1 = targets[3] + into;
                for (nint row = 0, read = 0, write = 0; row < Edge; row++, read += rowStep, write += pitch)
                {
                    Vector128.Load(a + read).Store(a1 + write);
                    Vector128.Load(b + read).Store(b1 + write);
                    Vector128.Load(c + read).Store(c1 + write);
                    Vector128.Load(d + read).Store(d1 + write);
                }

                continue;
            }

            for (var row = 0; row < Edge; row++, at += rowStep, into += pitch)
            {
                for (var i = 0; i < count; i++)
                {
                    Vector128.Load(sources[i] + at).Store(targets[i] + into);
                }
            }
        }
    }

    /// <summary>One slice of a block across x: the last one of a tile, or the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SliceAcrossX(byte* source, int slice, byte* target, nint pitch)
    {
        if (!Avx512Vbmi.IsSupported)
        {
            for (var row = 0; row < Edge; row++, source += LayerStep, target += pitch)
            {
                for (var y = 0; y < Edge; y++)
                {
                    target[y] = source[RowStep * y + slice];
                }
            }

            return;
        }

        // Byte 17·y + slice for 16 rows y, of which the last one lies beyond 256 bytes.
        var at = Vector512.Create<byte>(s_first) + Vector512.Create((byte)slice);
        var upper = Vector128.LessThan(at.GetLower().GetLower().AsSByte(), Vector128<sbyte>.Zero).AsByte();
        for (var row = 0; row < Edge; row++, source += LayerStep, target += pitch)
        {
            var near = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(source), at, Vector512.Load(source + 64)).GetLower().GetLower();
            var far = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(source + 128), at, Vector512.Load(source + 192)).GetLower().GetLower();
            Vector128.ConditionalSelect(upper, far, near).Store(target);
            target[Edge - 1] = source[RowStep * (Edge - 1) + slice];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(byte* source, int from, int to, byte* target, nint stride, Vector512<byte> turn)
    {
        Vector512<byte> a = Four(source), b = Four(source + 4 * RowStep), c = Four(source + 8 * RowStep), d = Four(source + 12 * RowStep);
        if (from < 8)
        {
            Eight(a, b, c, d, turn, target, stride);
        }

        if (to > 8)
        {
            Eight(a, b, c, d, turn + Vector512.Create((byte)8), target + 8 * stride, stride);
        }
    }

    // The same in registers of 16 bytes: four rounds, in each of which row i and row i + 8 are unpacked to rows 2·i and 2·i + 1.
    private static void Turn(byte* source, int from, int to, byte* target, nint stride)
    {
        var rows = stackalloc Vector128<byte>[Edge];
        var next = stackalloc Vector128<byte>[Edge];
        for (var y = 0; y < Edge; y++)
        {
            rows[y] = Vector128.Load(source + y * RowStep);
        }

        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < Edge / 2; i++)
            {
                next[2 * i] = Sse2.UnpackLow(rows[i], rows[i + Edge / 2]);
                next[2 * i + 1] = Sse2.UnpackHigh(rows[i], rows[i + Edge / 2]);
            }

            var turned = next;
            next = rows;
            rows = turned;
        }

        for (var x = from; x < to; x++)
        {
            rows[x].Store(target + x * stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(
        Vector512<byte> a, Vector512<byte> b, Vector512<byte> c, Vector512<byte> d, Vector512<byte> turn, byte* target, nint stride)
    {
        var upper = Avx512Vbmi.PermuteVar64x8x2(a, turn, b).AsUInt64();
        var lower = Avx512Vbmi.PermuteVar64x8x2(c, turn, d).AsUInt64();
        Put(Avx512F.UnpackLow(upper, lower).AsByte(), target, stride);
        Put(Avx512F.UnpackHigh(upper, lower).AsByte(), target + 4 * stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector512<byte> four, byte* target, nint stride)
    {
        Avx512F.ExtractVector128(four, 0).Store(target);
        Avx512F.ExtractVector128(four, 1).Store(target + stride);
        Avx512F.ExtractVector128(four, 2).Store(target + 2 * stride);
        Avx512F.ExtractVector128(four, 3).Store(target + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Four(byte* rows)
    {
        var four = Vector128.Load(rows).ToVector256Unsafe().ToVector512Unsafe();
        four = Avx512F.InsertVector128(four, Vector128.Load(rows + RowStep), 1);
        four = Avx512F.InsertVector128(four, Vector128.Load(rows + 2 * RowStep), 2);
        return Avx512F.InsertVector128(four, Vector128.Load(rows + 3 * RowStep), 3);
    }
}
