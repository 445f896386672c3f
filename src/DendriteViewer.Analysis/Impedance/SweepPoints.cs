namespace DendriteViewer.Analysis.Impedance;

/// <summary>The points of a sweep that a computation uses, as arrays.</summary>
public sealed class SweepPoints
{
    private SweepPoints(double[] frequencyHz, double[] re, double[] im)
    {
        (FrequencyHz, Re, Im) = (frequencyHz, re, im);
        Omega = [.. frequencyHz.Select(f => 2 * Math.PI * f)];
        Modulus = [.. re.Zip(im, double.Hypot)];
    }

    /// <summary>Frequencies in Hz.</summary>
    public double[] FrequencyHz { get; }

    /// <summary>Angular frequencies ω in 1/s.</summary>
    public double[] Omega { get; }

    /// <summary>Real parts in Ω.</summary>
    public double[] Re { get; }

    /// <summary>Imaginary parts in Ω.</summary>
    public double[] Im { get; }

    /// <summary>|Z| in Ω.</summary>
    public double[] Modulus { get; }

    /// <summary>How many points there are.</summary>
    public int Count => FrequencyHz.Length;

    /// <summary>The points of a sweep that a mask leaves.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="mask">Which points are left out; null for none.</param>
    /// <exception cref="ArgumentException">Fewer than five points are left.</exception>
    public static SweepPoints Of(ImpedanceSweep sweep, PointMask? mask = null)
    {
        var kept = Enumerable.Range(0, sweep.Points)
            .Where(i => mask is null || !mask.LeavesOut(sweep, i)).ToArray();
        return kept.Length >= SweepChecks.LeastPoints
            ? new SweepPoints([.. kept.Select(i => sweep.FrequencyHz[i])], [.. kept.Select(i => sweep.Re[i])],
                [.. kept.Select(i => sweep.Im[i])])
            : throw new ArgumentException(
                $"The mask leaves {kept.Length} points of sweep {sweep.Index}; {SweepChecks.LeastPoints} are needed at least.");
    }

    /// <summary>Points given one by one.</summary>
    public static SweepPoints Of(double[] frequencyHz, double[] re, double[] im) => new(frequencyHz, re, im);
}
