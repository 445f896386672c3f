using System.Numerics;
using System.Runtime.Intrinsics;

namespace DendriteViewer.Kernels.Masks;

/// <summary>Values to bits: which of a row lie in a closed interval.</summary>
/// <remarks>
/// A comparison leaves all ones in the lanes where it holds; the highest bits of all lanes, gathered, are the bits of the row.
/// 512 bits hold 64, 32 or 16 voxels, so one to four vectors make a word.
/// </remarks>
public static class ThresholdKernel
{
    /// <summary>Writes 1 for every value in [low, high], 0 for others and for NaN; bits past the end of the row are 0.</summary>
    /// <param name="values">A row.</param>
    /// <param name="low">Least value that counts.</param>
    /// <param name="high">Largest value that counts.</param>
    /// <param name="bits">⌈length / 64⌉ words.</param>
    public static void Within<T>(ReadOnlySpan<T> values, T low, T high, Span<ulong> bits) where T : unmanaged, INumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits.Length, (values.Length + 63) / 64);
        bits.Clear();
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var (l, h) = (Vector512.Create(low), Vector512.Create(high));
            for (; i <= values.Length - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                var v = Vector512.Create(values.Slice(i, Vector512<T>.Count));
                bits[i >> 6] |= (Vector512.GreaterThanOrEqual(v, l) & Vector512.LessThanOrEqual(v, h)).ExtractMostSignificantBits() << i;
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            var (l, h) = (Vector256.Create(low), Vector256.Create(high));
            for (; i <= values.Length - Vector256<T>.Count; i += Vector256<T>.Count)
            {
                var v = Vector256.Create(values.Slice(i, Vector256<T>.Count));
                bits[i >> 6] |= (ulong)(Vector256.GreaterThanOrEqual(v, l) & Vector256.LessThanOrEqual(v, h)).ExtractMostSignificantBits() << i;
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            var (l, h) = (Vector128.Create(low), Vector128.Create(high));
            for (; i <= values.Length - Vector128<T>.Count; i += Vector128<T>.Count)
            {
                var v = Vector128.Create(values.Slice(i, Vector128<T>.Count));
                bits[i >> 6] |= (ulong)(Vector128.GreaterThanOrEqual(v, l) & Vector128.LessThanOrEqual(v, h)).ExtractMostSignificantBits() << i;
            }
        }

        WithinScalar(values, low, high, bits, i);
    }

    internal static void WithinScalar<T>(ReadOnlySpan<T> values, T low, T high, Span<ulong> bits, int from) where T : unmanaged, INumber<T>
    {
        for (var i = from; i < values.Length; i++)
        {
            bits[i >> 6] |= values[i] >= low && values[i] <= high ? 1UL << i : 0;
        }
    }

    /// <summary>
    /// The closed interval of a type's values that a real interval holds: an integer type is rounded inwards and cut to its
    /// range. False where it holds none.
    /// </summary>
    public static bool TryInterval<T>(double low, double high, out T least, out T most) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var (min, max) = (double.CreateTruncating(T.MinValue), double.CreateTruncating(T.MaxValue));
        if (typeof(T) != typeof(float))
        {
            (low, high) = (Math.Ceiling(low), Math.Floor(high));
        }

        (least, most) = (T.CreateSaturating(low), T.CreateSaturating(high));
        return low <= high && low <= max && high >= min;
    }
}
