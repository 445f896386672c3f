using System.Numerics;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Downsampling;

/// <summary>Halves a volume along every axis: each voxel is the mean of the up to 2×2×2 voxels that it covers.</summary>
public static class MeanDownsampler
{
    /// <summary>
    /// Writes one slice of the halved volume from one or two slices of the full one.
    /// Integer means are rounded half up; at an odd edge, the mean is over the voxels that exist.
    /// </summary>
    /// <param name="first">Slice 2k, <paramref name="height"/> × <paramref name="width"/>.</param>
    /// <param name="second">Slice 2k + 1, or empty at an odd end.</param>
    /// <param name="height">Rows of the full slice.</param>
    /// <param name="width">Columns of the full slice.</param>
    /// <param name="target">⌈height/2⌉ × ⌈width/2⌉ voxels.</param>
    public static void Halve<T>(ReadOnlySpan<T> first, ReadOnlySpan<T> second, int height, int width, Span<T> target)
        where T : unmanaged, INumber<T>
    {
        int halfH = (height + 1) / 2, halfW = (width + 1) / 2;
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, halfH * halfW);
        var integer = typeof(T) != typeof(float) && typeof(T) != typeof(double);
        for (var j = 0; j < halfH; j++)
        {
            var a = first.Slice(2 * j * width, width);
            var b = 2 * j + 1 < height ? first.Slice((2 * j + 1) * width, width) : default;
            var c = second.IsEmpty ? default : second.Slice(2 * j * width, width);
            var d = second.IsEmpty || b.IsEmpty ? default : second.Slice((2 * j + 1) * width, width);
            var row = target.Slice(j * halfW, halfW);
            var full = width / 2;
            if (!d.IsEmpty && integer)
            {
                for (var i = Vectors(a, b, c, d, row[..full]); i < full; i++)
                {
                    var sum = I(a[2 * i]) + I(a[2 * i + 1]) + I(b[2 * i]) + I(b[2 * i + 1])
                        + I(c[2 * i]) + I(c[2 * i + 1]) + I(d[2 * i]) + I(d[2 * i + 1]);
                    row[i] = T.CreateTruncating((sum + 4) >> 3);
                }
            }
            else if (!d.IsEmpty)
            {
                for (var i = 0; i < full; i++)
                {
                    var sum = D(a[2 * i]) + D(a[2 * i + 1]) + D(b[2 * i]) + D(b[2 * i + 1])
                        + D(c[2 * i]) + D(c[2 * i + 1]) + D(d[2 * i]) + D(d[2 * i + 1]);
                    row[i] = T.CreateSaturating(sum / 8);
                }
            }
            else
            {
                for (var i = 0; i < full; i++)
                {
                    row[i] = Mean(a, b, c, d, 2 * i, 2, integer);
                }
            }

            if ((width & 1) != 0)
            {
                row[full] = Mean(a, b, c, d, width - 1, 1, integer);
            }
        }
    }

    // As many voxels of a row as whole vectors hold. Neighbours are the halves of a lane twice as wide, whose sums need no more than it has.
    private static int Vectors<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, ReadOnlySpan<T> d, Span<T> row) where T : unmanaged, INumber<T>
    {
        var i = 0;
        if (typeof(T) == typeof(byte))
        {
            var n = Vector<byte>.Count;
            for (; i + n <= row.Length; i += n)
            {
                Store(row, i, Vector.Narrow(Sum(2 * i, a, b, c, d), Sum(2 * i + n, a, b, c, d)));
            }

            static Vector<ushort> Sum(int at, ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, ReadOnlySpan<T> d) =>
                (Pair(a, at) + Pair(b, at) + Pair(c, at) + Pair(d, at) + new Vector<ushort>(4)) >> 3;
            static Vector<ushort> Pair(ReadOnlySpan<T> line, int at) => Load<ushort>(line, at) is var v ? (v & new Vector<ushort>(0xFF)) + (v >> 8) : default;
        }
        else if (typeof(T) == typeof(sbyte))
        {
            var n = Vector<sbyte>.Count;
            for (; i + n <= row.Length; i += n)
            {
                Store(row, i, Vector.Narrow(Sum(2 * i, a, b, c, d), Sum(2 * i + n, a, b, c, d)));
            }

            static Vector<short> Sum(int at, ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, ReadOnlySpan<T> d) =>
                (Pair(a, at) + Pair(b, at) + Pair(c, at) + Pair(d, at) + new Vector<short>(4)) >> 3;
            static Vector<short> Pair(ReadOnlySpan<T> line, int at) => Load<short>(line, at) is var v ? ((v << 8) >> 8) + (v >> 8) : default;
        }
        else if (typeof(T) == typeof(ushort))
        {
            var n = Vector<ushort>.Count;
            for (; i + n <= row.Length; i += n)
            {
                Store(row, i, Vector.Narrow(Sum(2 * i, a, b, c, d), Sum(2 * i + n, a, b, c, d)));
            }

            static Vector<uint> Sum(int at, ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, ReadOnlySpan<T> d) =>
                (Pair(a, at) + Pair(b, at) + Pair(c, at) + Pair(d, at) + new Vector<uint>(4)) >> 3;
            static Vector<uint> Pair(ReadOnlySpan<T> line, int at) => Load<uint>(line, at) is var v ? (v & new Vector<uint>(0xFFFF)) + (v >> 16) : default;
        }
        else if (typeof(T) == typeof(short))
        {
            var n = Vector<short>.Count;
            for (; i + n <= row.Length; i += n)
            {
                Store(row, i, Vector.Narrow(Sum(2 * i, a, b, c, d), Sum(2 * i + n, a, b, c, d)));
            }

            static Vector<int> Sum(int at, ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, ReadOnlySpan<T> d) =>
                (Pair(a, at) + Pair(b, at) + Pair(c, at) + Pair(d, at) + new Vector<int>(4)) >> 3;
            static Vector<int> Pair(ReadOnlySpan<T> line, int at) => Load<int>(line, at) is var v ? ((v << 16) >> 16) + (v >> 16) : default;
        }

        return i;

        // Lanes of twice the width, from voxel `at` on.
        static Vector<TWide> Load<TWide>(ReadOnlySpan<T> line, int at) where TWide : unmanaged =>
            MemoryMarshal.Read<Vector<TWide>>(MemoryMarshal.AsBytes(line[at..]));
        static void Store<TVoxel>(Span<T> row, int at, Vector<TVoxel> value) where TVoxel : unmanaged => MemoryMarshal.Write(MemoryMarshal.AsBytes(row[at..]), value);
    }

    private static double D<T>(T value) where T : unmanaged, INumber<T> => double.CreateTruncating(value);

    private static int I<T>(T value) where T : unmanaged, INumber<T> => int.CreateTruncating(value);

    private static T Mean<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, ReadOnlySpan<T> d, int at, int count, bool integer)
        where T : unmanaged, INumber<T>
    {
        var sum = 0.0;
        var n = 0;
        Add(a, ref sum, ref n);
        Add(b, ref sum, ref n);
        Add(c, ref sum, ref n);
        Add(d, ref sum, ref n);
        return T.CreateSaturating(integer ? Math.Floor(sum / n + 0.5) : sum / n);

        void Add(ReadOnlySpan<T> row, ref double total, ref int counted)
        {
            for (var i = 0; i < count && !row.IsEmpty; i++, counted++)
            {
                total += double.CreateTruncating(row[at + i]);
            }
        }
    }
}
