using System.Globalization;
using System.Numerics;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// Rounds 64-bit floats to 32-bit ones and refuses such that fall together: values a little apart on a large offset, 10⁹ + k / 100, become
/// one. Some hundred values of each slice or chunk are looked at.
/// </summary>
/// <remarks>
/// Values count as different where they differ by more than arithmetic leaves behind (10⁻¹² of themselves); ones too small for a 32-bit
/// float, beside others that are not, become zero and count as equal. Where a quarter of the different values becomes equal to others,
/// the volume is refused: noise of 64 bits keeps all of them on any range that 32-bit floats divide into some thousand steps.
/// </remarks>
internal static class FloatRounding
{
    private const int Looked = 512;
    private const int Run = 32;
    private const double MostLost = 0.25;
    private const double SameWithin = 1e-12;
    private const double SmallestNormal = 1.17549435e-38;

    /// <summary>Rounds values.</summary>
    /// <param name="from">The values.</param>
    /// <param name="to">As many.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="isChecked">Whether the volume was accepted before: a coarser level of it, with less noise, must not be refused
    /// later.</param>
    /// <exception cref="VolumeFormatException">One is beyond the range of a 32-bit float, or different ones would become one.</exception>
    public static void Round(ReadOnlySpan<double> from, Span<float> to, string path, bool isChecked = false)
    {
        var (at, two) = (0, 2 * Vector<double>.Count);
        for (; at + two <= from.Length; at += two)
        {
            var narrow = Vector.Narrow(new Vector<double>(from[at..]), new Vector<double>(from[(at + Vector<double>.Count)..]));
            narrow.CopyTo(to[at..]);
            if (Vector.EqualsAny(Vector.Abs(narrow), new Vector<float>(float.PositiveInfinity)))
            {
                RefuseBeyond(from.Slice(at, two), path);
            }
        }

        for (; at < from.Length; at++)
        {
            to[at] = (float)from[at];
            if (float.IsInfinity(to[at]))
            {
                RefuseBeyond(from.Slice(at, 1), path);
            }
        }

        if (isChecked)
        {
            return;
        }

        Span<double> sample = stackalloc double[Looked];
        sample = sample[..Sample(from, sample)];
        if (FallTogether(sample, out _, out _))
        {
            throw Together(from, path);
        }
    }

    // Runs of neighbours, evenly spread: values of a ramp fall together with their neighbours, those of noise with any.
    private static int Sample(ReadOnlySpan<double> from, Span<double> sample)
    {
        var (count, step) = (0, Math.Max(Run, (long)from.Length * Run / sample.Length));
        for (long first = 0; first < from.Length; first += step)
        {
            foreach (var v in from.Slice((int)first, (int)Math.Min(Run, from.Length - first)))
            {
                if (double.IsFinite(v) && count < sample.Length)
                {
                    sample[count++] = v;
                }
            }
        }

        return count;
    }

    private static bool FallTogether(Span<double> values, out int before, out int after)
    {
        (before, after) = (0, 0);
        if (values.Length == 0)
        {
            return false;
        }

        values.Sort();
        var areAllTiny = Math.Max(Math.Abs(values[0]), Math.Abs(values[^1])) < SmallestNormal;
        (before, after) = (1, 1);
        for (var i = 1; i < values.Length; i++)
        {
            var (a, b) = (values[i - 1], values[i]);
            if (b - a <= SameWithin * Math.Abs(b) || (!areAllTiny && Math.Max(Math.Abs(a), Math.Abs(b)) < SmallestNormal))
            {
                continue;
            }

            before++;
            after += (float)a == (float)b ? 0 : 1;
        }

        return before - after >= MostLost * before;
    }

    private static void RefuseBeyond(ReadOnlySpan<double> values, string path)
    {
        foreach (var v in values)
        {
            if (float.IsInfinity((float)v) && double.IsFinite(v))
            {
                throw Samples.TooLarge(path, v.ToString("R", CultureInfo.InvariantCulture));
            }
        }
    }

    // Counts all of them, for the sentence.
    private static VolumeFormatException Together(ReadOnlySpan<double> from, string path)
    {
        var finite = from.ToArray().Where(double.IsFinite).ToArray();
        FallTogether(finite, out var before, out var after);
        var range = string.Create(CultureInfo.InvariantCulture, $"{finite[0]:R} to {finite[^1]:R}");
        return new VolumeFormatException(
            $"{path}: {before} different values of a slice or chunk, from {range}, become {after} as 32-bit floats, which is what the "
            + "store keeps; subtract an offset from them first (their mean, say), or convert them to 8 or 16 bits, or to 32-bit floats "
            + "where the difference means nothing.");
    }
}
