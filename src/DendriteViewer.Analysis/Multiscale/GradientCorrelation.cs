using System.Numerics;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// How edges agree: the correlation ρ of how steep the moving volume is at its samples with how steep the fixed scan is there. Which side
/// of an edge is brighter does not count, nor does shading. Correlating gradients for registration is of G. Penney et al. (IEEE Trans. Med.
/// Imaging 17, 586, 1998), here by their lengths, which a turn leaves as they are.
/// </summary>
/// <remarks>
/// Where the one is a linear function of the other with normal errors, −½·ln(1 − ρ²) is their mutual information, nats a sample, and its
/// sum over the samples a log likelihood ratio: it has scores, which climb and bound use as those of <see cref="MutualInformation"/>.
/// </remarks>
internal sealed class GradientCorrelation(FieldSample[] samples, VoxelBox steepness) : IAgreementMetric
{
    private const int Chunk = 4096, Least = 100;

    // Beyond it the likelihood of rounding errors would be counted.
    private const double MostSquare = 1 - 1e-9;

    /// <inheritdoc/>
    public int Count => samples.Length;

    /// <inheritdoc/>
    public Agreement At(AffineTransform placement, LocalMotion? motion)
    {
        var (values, slopes) = (new float[samples.Length], motion is null ? [] : new Vector3[samples.Length]);
        var m = Summed(placement, values, slopes);
        double varianceFixed = m.FixedFixed - m.Fixed * m.Fixed, varianceMoving = m.MovingMoving - m.Moving * m.Moving;
        if (m.Count < Least || !(varianceFixed > 0) || !(varianceMoving > 0))
        {
            return new Agreement(0, m.Count, [], [], [], []);
        }

        var (sf, sm) = (Math.Sqrt(varianceFixed), Math.Sqrt(varianceMoving));
        var rho = (m.Both - m.Fixed * m.Moving) / (sf * sm);
        var square = Math.Min(MostSquare, rho * rho);
        var value = rho > 0 ? -0.5 * Math.Log(1 - square) : 0;
        if (motion is null)
        {
            return new Agreement(value, m.Count, [], [], [], []);
        }

        // d(−N/2·ln(1 − ρ²)) = ρ/(1 − ρ²)·Σ (m − ρ·f)·df, of values less their mean and over their spread.
        for (var i = 0; i < values.Length; i++)
        {
            var (f, g) = ((values[i] - m.Fixed) / sf, (samples[i].Slope - m.Moving) / sm);
            values[i] = (float)(rho / (1 - square) * (g - rho * f) / sf);
        }

        return AgreementSums.Of(samples, placement, motion, values, slopes).At(value, m.Count);
    }

    private readonly record struct Means(
        int Count, double Fixed, double Moving, double FixedFixed, double MovingMoving, double Both)
    {
        public Means Plus(Means o) => new(
            Count + o.Count, Fixed + o.Fixed, Moving + o.Moving, FixedFixed + o.FixedFixed, MovingMoving + o.MovingMoving, Both + o.Both);

        public Means Over(double n) => new(Count, Fixed / n, Moving / n, FixedFixed / n, MovingMoving / n, Both / n);
    }

    // Values of the fixed scan, NaN outside, and their slopes a µm; sums in the order of the chunks.
    private Means Summed(AffineTransform placement, float[] values, Vector3[] slopes)
    {
        var parts = new Means[(samples.Length + Chunk - 1) / Chunk];
        Parallel.For(0, parts.Length, ComputeLane.Options(), chunk =>
        {
            var sum = default(Means);
            for (var i = chunk * Chunk; i < Math.Min(samples.Length, (chunk + 1) * Chunk); i++)
            {
                var p = placement.ToWorld(new VoxelPoint(samples[i].At.Z, samples[i].At.Y, samples[i].At.X));
                if (!steepness.TrySample(p.Z, p.Y, p.X, out var value, out var slope))
                {
                    values[i] = float.NaN;
                    continue;
                }

                values[i] = value;
                if (slopes.Length > 0)
                {
                    slopes[i] = slope;
                }

                double f = value, g = samples[i].Slope;
                sum = sum.Plus(new Means(1, f, g, f * f, g * g, f * g));
            }

            parts[chunk] = sum;
        });
        var all = parts.Aggregate(default(Means), (a, b) => a.Plus(b));
        return all.Over(Math.Max(1, all.Count));
    }
}
