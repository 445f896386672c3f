namespace DendriteViewer.Analysis.Multiscale;

/// <summary>Few levels that stand for the values of a scan with the least mean square error (S. Lloyd, IEEE Trans. Inf. Theory 28, 129,
/// 1982).</summary>
internal static class Quantiser
{
    private const int Bins = 512, Rounds = 60;

    /// <summary>Limits between the classes, ascending: one less than there are classes.</summary>
    public static float[] Levels(ReadOnlySpan<float> values, int classes)
    {
        var (low, high) = RobustRange.Of(values);
        var counts = new double[Bins];
        foreach (var v in values)
        {
            if (float.IsFinite(v))
            {
                counts[Math.Clamp((int)((v - low) / (high - low) * Bins), 0, Bins - 1)]++;
            }
        }

        // Begun evenly over the range, so that what is rare and far from the rest gets a level.
        var centers = Enumerable.Range(0, classes).Select(i => (i + 0.5) * Bins / classes).ToArray();
        var limits = new double[classes - 1];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < limits.Length; i++)
            {
                limits[i] = (centers[i] + centers[i + 1]) / 2;
            }

            var (sums, weights) = (new double[classes], new double[classes]);
            for (int b = 0, c = 0; b < Bins; b++)
            {
                while (c < limits.Length && b + 0.5 > limits[c])
                {
                    c++;
                }

                sums[c] += counts[b] * (b + 0.5);
                weights[c] += counts[b];
            }

            for (var c = 0; c < classes; c++)
            {
                centers[c] = weights[c] > 0 ? sums[c] / weights[c] : centers[c];
            }
        }

        return limits.Select(l => (float)(low + l * (high - low) / Bins)).ToArray();
    }

    /// <summary>The class of a value.</summary>
    public static byte ClassOf(float[] limits, float value)
    {
        byte c = 0;
        while (c < limits.Length && value > limits[c])
        {
            c++;
        }

        return c;
    }
}
