using System.Numerics;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>How well a placement agrees with the images, and how that changes with it.</summary>
/// <param name="Value">Mutual information, nats a sample.</param>
/// <param name="Inside">Samples that lie in the fixed scan.</param>
/// <param name="Gradient">Sum over samples of how their share of the log likelihood changes with each number of the motion.</param>
/// <param name="Blocks">The same sums for each block of the moving volume; row major.</param>
/// <param name="Information">Sum of the products of the samples' scores, the motion's Fisher information; row major.</param>
/// <param name="BlockInformation">The same, for a shift alone, for each block: 9 numbers, then the 3 of its score.</param>
internal sealed record Agreement(
    double Value, int Inside, double[] Gradient, double[] Blocks, double[] Information, double[] BlockInformation)
{
    /// <summary>Log likelihood ratio against images that have nothing to do with each other, less what chance gives.</summary>
    public double Evidence(int bins) => Inside * Value - 0.5 * (bins - 1.0) * (bins - 1);
}

/// <summary>
/// The mutual information of two images by the joint histogram of D. Mattes et al. (IEEE Trans. Med. Imaging 22, 120, 2003): values of the
/// moving volume fall into bins, those of the fixed scan spread over four bins by a cubic B-spline, so that the sum has slopes.
/// </summary>
/// <remarks>
/// The sum over samples of log p(f, m)/(p(f)·p(m)) is a log likelihood ratio, and its slope a sum of one score a sample. The products of
/// the
/// scores add up to the Fisher information, which steps towards the maximum need; sums over blocks of the volume say how much the slope
/// varies where neighbours share their errors.
/// </remarks>
internal sealed class MutualInformation : IAgreementMetric
{
    /// <summary>Bins of either image.</summary>
    public const int Bins = 50;

    private const int Chunk = 4096, Pad = 2;
    private const double PriorCounts = 60;
    private readonly FieldSample[] _samples;
    private readonly byte[] _bins;
    private readonly VoxelBox _fixed;
    private readonly float _low, _scale;

    public MutualInformation(FieldSample[] samples, VoxelBox fixedBox)
    {
        (_samples, _fixed) = (samples, fixedBox);
        var (low, high) = RobustRange.Of(samples.Select(s => s.Value).ToArray());
        _bins = samples.Select(s => (byte)Math.Clamp((int)((s.Value - low) / (high - low) * Bins), 0, Bins - 1)).ToArray();
        (low, high) = RobustRange.Of(fixedBox.Voxels);
        (_low, _scale) = (low, (Bins - 2 * Pad) / (high - low));
    }

    /// <inheritdoc/>
    public int Count => _samples.Length;

    /// <inheritdoc/>
    public Agreement At(AffineTransform placement, LocalMotion? motion)
    {
        var n = _samples.Length;
        var places = new float[n];
        var slopes = motion is null ? [] : new Vector3[n];
        var joint = Joint(placement, places, slopes);
        double total = 0;
        foreach (var c in joint)
        {
            total += c;
        }

        var inside = (int)Math.Round(total);
        if (inside < 100)
        {
            return new Agreement(0, inside, [], [], [], []);
        }

        // Where few samples fell, the two images count as independent.
        double[] pm = new double[Bins], pf = new double[Bins];
        for (var i = 0; i < joint.Length; i++)
        {
            pm[i / Bins] += joint[i] / total;
            pf[i % Bins] += joint[i] / total;
        }

        var ratio = new float[Bins * Bins];
        double value = 0;
        for (var i = 0; i < joint.Length; i++)
        {
            var chance = pm[i / Bins] * pf[i % Bins];
            if (chance > 0)
            {
                var log = Math.Log((joint[i] + PriorCounts * chance) / ((total + PriorCounts) * chance));
                ratio[i] = (float)log;
                value += joint[i] / total * log;
            }
        }

        if (motion is null)
        {
            return new Agreement(value, inside, [], [], [], []);
        }

        Changes(places, ratio);
        return AgreementSums.Of(_samples, placement, motion, places, slopes).At(value, inside);
    }

    // Places of the fixed values in bins, NaN outside; and their slopes in bins a µm.
    private double[] Joint(AffineTransform placement, float[] places, Vector3[] slopes)
    {
        var m = placement.Rows.ToArray();
        var chunks = (_samples.Length + Chunk - 1) / Chunk;
        var tables = new float[chunks][];
        Parallel.For(0, chunks, ComputeLane.Options(), chunk =>
        {
            var mine = tables[chunk] = new float[Bins * Bins];
            for (var i = chunk * Chunk; i < Math.Min(_samples.Length, (chunk + 1) * Chunk); i++)
            {
                var p = _samples[i].At;
                var inside = _fixed.TrySample(
                    m[0] * p.Z + m[1] * p.Y + m[2] * p.X + m[3], m[4] * p.Z + m[5] * p.Y + m[6] * p.X + m[7],
                    m[8] * p.Z + m[9] * p.Y + m[10] * p.X + m[11], out var value, out var slope);
                if (!inside)
                {
                    places[i] = float.NaN;
                    continue;
                }

                var bin = Pad + (value - _low) * _scale;
                var held = Math.Clamp(bin, Pad - 0.5f, Bins - Pad - 0.5f);
                places[i] = held;
                if (slopes.Length > 0)
                {
                    slopes[i] = held == bin ? slope * _scale : default;
                }

                var first = (int)held - 1;
                var w = Spline(held - (int)held);
                var row = _bins[i] * Bins + first;
                mine[row] += w.X;
                mine[row + 1] += w.Y;
                mine[row + 2] += w.Z;
                mine[row + 3] += w.W;
            }
        });

        // In the order of the chunks, whichever thread was first: the same seed gives the same sums to the last bit.
        var joint = new double[Bins * Bins];
        foreach (var table in tables)
        {
            for (var i = 0; i < joint.Length; i++)
            {
                joint[i] += table[i];
            }
        }

        return joint;
    }

    // How the log likelihood changes with each sample's place in the bins.
    private void Changes(float[] places, float[] ratio)
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (!float.IsNaN(places[i]))
            {
                var row = ratio.AsSpan(_bins[i] * Bins + (int)places[i] - 1, 4);
                var d = SplineSlope(places[i] - (int)places[i]);
                places[i] = (float)((double)d.X * row[0] + d.Y * row[1] + d.Z * row[2] + d.W * row[3]);
            }
        }
    }

    private static Vector4 Spline(float t)
    {
        var u = 1 - t;
        return new Vector4(u * u * u, (3 * t - 6) * t * t + 4, (3 * u - 6) * u * u + 4, t * t * t) / 6;
    }

    private static Vector4 SplineSlope(float t)
    {
        var u = 1 - t;
        return new Vector4(-u * u, (3 * t - 4) * t, (4 - 3 * u) * u, t * t) / 2;
    }
}
