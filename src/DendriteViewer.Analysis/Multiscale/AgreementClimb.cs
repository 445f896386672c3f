using DendriteViewer.Imaging.Geometry;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>Where a climb ended.</summary>
/// <param name="Placement">From the moving volume's own µm to the fixed frame.</param>
/// <param name="Agreement">There, with its slopes.</param>
/// <param name="Motion">What the slopes are of.</param>
internal sealed record Climbed(AffineTransform Placement, Agreement Agreement, LocalMotion Motion);

/// <summary>
/// Climbs to the nearest maximum of agreement by Fisher scoring: the slope over the Fisher information, lengthened while that
/// helps and shortened while it does not.
/// </summary>
internal static class AgreementClimb
{
    private const double Settled = 0.004;

    /// <summary>Climbs from a start.</summary>
    /// <param name="metric">The two images.</param>
    /// <param name="start">To begin with.</param>
    /// <param name="model">What may change.</param>
    /// <param name="center">Middle of the moving volume in its own µm.</param>
    /// <param name="rho">Half its size, µm.</param>
    /// <param name="voxelUm">Voxel of the level: no step is longer than one and a half, none that counts shorter than 0.004.</param>
    /// <param name="rounds">At most so many steps.</param>
    /// <param name="ct">Stops it.</param>
    public static Climbed From(
        IAgreementMetric metric, AffineTransform start, PlacementModel model, WorldPoint center, double rho, double voxelUm, int rounds,
        CancellationToken ct)
    {
        var (placement, stretch) = (start, 1.0);
        var motion = MotionAt(placement);
        var now = metric.At(placement, motion);
        for (var round = 0; round < rounds && now.Gradient.Length > 0; round++)
        {
            ct.ThrowIfCancellationRequested();
            if (StepOf(now, motion.Count) is not { } step)
            {
                break;
            }

            var longest = step.Max(Math.Abs);
            var scale = Math.Min(stretch, 1.5 * voxelUm / Math.Max(longest, 1e-12));
            if (scale * longest < Settled * voxelUm)
            {
                break;
            }

            var trial = motion.Apply(placement, step.Select(s => s * scale).ToArray());
            var there = metric.At(trial, null);
            if (there.Value > now.Value && 2 * there.Inside > now.Inside)
            {
                (placement, stretch) = (trial, Math.Min(4, 1.6 * stretch));
                motion = MotionAt(placement);
                now = metric.At(placement, motion);
            }
            else
            {
                stretch = 0.35 * scale;
            }
        }

        return new Climbed(placement, now, motion);

        LocalMotion MotionAt(AffineTransform p) => new(model, p.ToWorld(new VoxelPoint(center.Z, center.Y, center.X)), rho);
    }

    private static double[]? StepOf(Agreement at, int n)
    {
        var a = Matrix<double>.Build.Dense(n, n, (i, j) => at.Information[i * n + j] * (i == j ? 1.0001 : 1));
        if (Enumerable.Range(0, n).Any(i => !(a[i, i] > 0)))
        {
            return null;
        }

        var step = a.Solve(Vector<double>.Build.Dense(at.Gradient));
        return step.All(double.IsFinite) ? step.ToArray() : null;
    }
}
