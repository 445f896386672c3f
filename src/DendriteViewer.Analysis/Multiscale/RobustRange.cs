namespace DendriteViewer.Analysis.Multiscale;

/// <summary>Between which values nearly all lie: from the 0.1th to the 99.9th percentile, never empty.</summary>
internal static class RobustRange
{
    private const int MostSorted = 400_000;

    public static (float Low, float High) Of(ReadOnlySpan<float> values)
    {
        var every = Math.Max(1, values.Length / MostSorted);
        var some = new List<float>(Math.Min(values.Length, MostSorted) + 1);
        for (var i = 0; i < values.Length; i += every)
        {
            if (float.IsFinite(values[i]))
            {
                some.Add(values[i]);
            }
        }

        if (some.Count == 0)
        {
            return (0, 1);
        }

        some.Sort();
        var (low, high) = (some[(int)(0.001 * (some.Count - 1))], some[(int)Math.Ceiling(0.999 * (some.Count - 1))]);
        if (!(high > low))
        {
            (low, high) = (some[0], some[^1]);
        }

        return high > low ? (low, high) : (low, low + Math.Max(1e-6f, Math.Abs(low) * 1e-6f));
    }
}
