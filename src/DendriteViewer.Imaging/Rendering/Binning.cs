namespace DendriteViewer.Imaging.Rendering;

/// <summary>Equal bins over a range; what lies beyond goes to the outermost, what is not finite and a left-out value to none.</summary>
/// <param name="low">Where the first bin begins.</param>
/// <param name="high">Where the last bin ends, above <paramref name="low"/>.</param>
/// <param name="leftOut">A value that is not counted; NaN for none.</param>
internal readonly struct Binning(double low, double high, float leftOut)
{
    /// <summary>How many bins.</summary>
    public const int Count = 255;

    /// <summary>Stands for no bin.</summary>
    public const byte None = 255;

    /// <summary>Where the first bin begins.</summary>
    public double Low => low;

    /// <summary>Where the last bin ends.</summary>
    public double High => high;

    /// <summary>Middle of a bin.</summary>
    public double MiddleOf(int bin) => low + (bin + 0.5) * (high - low) / Count;

    /// <summary>Sorts values into bins and counts them.</summary>
    /// <param name="values">Values.</param>
    /// <param name="bins">Receives the bin of each, or <see cref="None"/>; as many.</param>
    public long[] Sort(ReadOnlySpan<float> values, Span<byte> bins)
    {
        // Scaled before it is converted: values of any size stay within the range of an int.
        float least = (float)low, scale = (float)(Count / (high - low)), skipped = leftOut;
        var counts = new long[Count + 1];
        bins = bins[..values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var v = values[i];
            var bin = !float.IsFinite(v) || v == skipped ? None : (byte)MathF.Min(MathF.Max((v - least) * scale, 0), Count - 1);
            bins[i] = bin;
            counts[bin]++;
        }

        return counts[..Count];
    }
}
