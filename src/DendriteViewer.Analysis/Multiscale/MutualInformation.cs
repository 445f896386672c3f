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
internal sealed class MutualInformation
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

    /// <summary>Samples.</summary>
    public int Count => _samples.Length;

    /// <summary>The agreement at a placement; without slopes where no motion is given.</summary>
    /// <param name="placement">From the moving volume's own µm to the fixed frame.</param>
    /// <param name="motion">Of what the slopes are asked, or null.</param>
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

        return motion is null ? new Agreement(value, inside, [], [], [], []) : Slopes(placement, motion, places, slopes, ratio, value,
            inside);
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

    private Agreement Slopes(
        AffineTransform placement, LocalMotion motion, float[] places, Vector3[] slopes, float[] ratio, double value, int inside)
    {
        const int Blocks = FieldSamples.BlocksAlong * FieldSamples.BlocksAlong * FieldSamples.BlocksAlong;
        var (n, chunks) = (motion.Count, (_samples.Length + Chunk - 1) / Chunk);
        var parts = new Sums[chunks];
        Parallel.For(0, chunks, ComputeLane.Options(), chunk =>
        {
            var mine = parts[chunk] = new Sums(n, Blocks);
            Span<double> j = stackalloc double[3 * n], score = stackalloc double[n];
            for (var i = chunk * Chunk; i < Math.Min(_samples.Length, (chunk + 1) * Chunk); i++)
            {
                if (float.IsNaN(places[i]) || slopes[i] == default)
                {
                    continue;
                }

                var first = (int)places[i] - 1;
                var row = ratio.AsSpan(_bins[i] * Bins + first, 4);
                var d = SplineSlope(places[i] - (int)places[i]);
                double change = d.X * row[0] + d.Y * row[1] + d.Z * row[2] + d.W * row[3];
                double gz = change * slopes[i].X, gy = change * slopes[i].Y, gx = change * slopes[i].Z;
                var at = _samples[i].At;
                motion.Jacobian(placement.ToWorld(new VoxelPoint(at.Z, at.Y, at.X)), j);
                for (var k = 0; k < n; k++)
                {
                    score[k] = gz * j[k] + gy * j[n + k] + gx * j[2 * n + k];
                }

                mine.Add(score, _samples[i].Block, gz, gy, gx);
            }
        });
        var sums = new Sums(n, Blocks);
        foreach (var part in parts)
        {
            sums.Add(part);
        }

        return new Agreement(value, inside, sums.Gradient, sums.Blocks, sums.Information, sums.Shift);
    }

    private sealed class Sums(int n, int blocks)
    {
        public double[] Gradient { get; } = new double[n];

        public double[] Blocks { get; } = new double[blocks * n];

        public double[] Information { get; } = new double[n * n];

        public double[] Shift { get; } = new double[12 * blocks];

        public void Add(ReadOnlySpan<double> score, int block, double gz, double gy, double gx)
        {
            for (var k = 0; k < n; k++)
            {
                Gradient[k] += score[k];
                Blocks[block * n + k] += score[k];
                for (var l = 0; l < n; l++)
                {
                    Information[k * n + l] += score[k] * score[l];
                }
            }

            ReadOnlySpan<double> g = [gz, gy, gx];
            for (var k = 0; k < 3; k++)
            {
                for (var l = 0; l < 3; l++)
                {
                    Shift[12 * block + 3 * k + l] += g[k] * g[l];
                }

                Shift[12 * block + 9 + k] += g[k];
            }
        }

        public void Add(Sums other)
        {
            Sum(Gradient, other.Gradient);
            Sum(Blocks, other.Blocks);
            Sum(Information, other.Information);
            Sum(Shift, other.Shift);

            static void Sum(double[] to, double[] from)
            {
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] += from[i];
                }
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
