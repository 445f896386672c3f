using System.Numerics;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Sums of the samples' scores: how the log likelihood changes with each number of a motion, by samples and by blocks of the volume, and
/// the products of the scores. They are added in the order of the samples, so that the same samples give the same sums to the last bit.
/// </summary>
internal sealed class AgreementSums
{
    private const int Chunk = 4096;
    private const int AllBlocks = FieldSamples.BlocksAlong * FieldSamples.BlocksAlong * FieldSamples.BlocksAlong;
    private readonly int _n;
    private readonly double[] _gradient, _blocks, _information, _shift;

    private AgreementSums(int n) => (_n, _gradient, _blocks, _information, _shift) =
        (n, new double[n], new double[AllBlocks * n], new double[n * n], new double[12 * AllBlocks]);

    /// <summary>Sums up.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="placement">From the moving volume's own µm to the fixed frame.</param>
    /// <param name="motion">Of what the slopes are asked.</param>
    /// <param name="changes">How the log likelihood changes with each sample's fixed value; NaN of samples that lie outside.</param>
    /// <param name="slopes">How that value changes a µm along z, y, x.</param>
    public static AgreementSums Of(
        FieldSample[] samples, AffineTransform placement, LocalMotion motion, float[] changes, Vector3[] slopes)
    {
        var n = motion.Count;
        var parts = new AgreementSums[(samples.Length + Chunk - 1) / Chunk];
        Parallel.For(0, parts.Length, ComputeLane.Options(), chunk =>
        {
            var mine = parts[chunk] = new AgreementSums(n);
            Span<double> j = stackalloc double[3 * n], score = stackalloc double[n];
            for (var i = chunk * Chunk; i < Math.Min(samples.Length, (chunk + 1) * Chunk); i++)
            {
                if (float.IsNaN(changes[i]) || slopes[i] == default)
                {
                    continue;
                }

                double change = changes[i];
                double gz = change * slopes[i].X, gy = change * slopes[i].Y, gx = change * slopes[i].Z;
                var at = samples[i].At;
                motion.Jacobian(placement.ToWorld(new VoxelPoint(at.Z, at.Y, at.X)), j);
                for (var k = 0; k < n; k++)
                {
                    score[k] = gz * j[k] + gy * j[n + k] + gx * j[2 * n + k];
                }

                mine.Add(score, samples[i].Block, gz, gy, gx);
            }
        });
        var sums = new AgreementSums(n);
        foreach (var part in parts)
        {
            sums.Add(part);
        }

        return sums;
    }

    /// <summary>The agreement that they are of.</summary>
    public Agreement At(double value, int inside) => new(value, inside, _gradient, _blocks, _information, _shift);

    private void Add(ReadOnlySpan<double> score, int block, double gz, double gy, double gx)
    {
        for (var k = 0; k < _n; k++)
        {
            _gradient[k] += score[k];
            _blocks[block * _n + k] += score[k];
            for (var l = 0; l < _n; l++)
            {
                _information[k * _n + l] += score[k] * score[l];
            }
        }

        ReadOnlySpan<double> g = [gz, gy, gx];
        for (var k = 0; k < 3; k++)
        {
            for (var l = 0; l < 3; l++)
            {
                _shift[12 * block + 3 * k + l] += g[k] * g[l];
            }

            _shift[12 * block + 9 + k] += g[k];
        }
    }

    private void Add(AgreementSums other)
    {
        Sum(_gradient, other._gradient);
        Sum(_blocks, other._blocks);
        Sum(_information, other._information);
        Sum(_shift, other._shift);

        static void Sum(double[] to, double[] from)
        {
            for (var i = 0; i < to.Length; i++)
            {
                to[i] += from[i];
            }
        }
    }
}
