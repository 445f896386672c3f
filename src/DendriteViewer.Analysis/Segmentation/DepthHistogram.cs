namespace DendriteViewer.Analysis.Segmentation;

/// <summary>Volume by depth, in steps much finer than any bin that is asked for, so that bins are free. From depth 0 on.</summary>
/// <param name="StepUm">Width of a step, µm.</param>
/// <param name="Um3">Volume in each step, µm³.</param>
public sealed record DepthHistogram(double StepUm, double[] Um3)
{
    /// <summary>Volume at all depths.</summary>
    public double TotalUm3 => Um3.Sum();

    /// <summary>Depth at which it ends.</summary>
    public double EndUm => Um3.Length * StepUm;

    /// <summary>Volume between two depths; steps that a limit cuts count in part.</summary>
    public double Between(double fromUm, double toUm)
    {
        double a = Math.Clamp(fromUm / StepUm, 0, Um3.Length), b = Math.Clamp(toUm / StepUm, 0, Um3.Length), sum = 0;
        for (var i = (int)a; i < b; i++)
        {
            sum += Um3[i] * (Math.Min(i + 1, b) - Math.Max(i, a));
        }

        return sum;
    }
}
