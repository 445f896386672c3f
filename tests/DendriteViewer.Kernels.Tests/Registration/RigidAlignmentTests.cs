using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Registration;

namespace DendriteViewer.Kernels.Tests.Registration;

public sealed class RigidAlignmentTests
{
    private const int N = 56;

    // Blobs of which some grow between the scans, noise, another brightness: the motion comes back to a few hundredths of a voxel.
    [Theory]
    [InlineData(0.3, -0.7, 0.45, 0, 0, 0)]
    [InlineData(2.4, 1.7, -2.6, 0, 0, 0)]
    [InlineData(0.5, 0.2, -0.4, 0.02, -0.015, 0.03)]
    public void Improve_AKnownMotion_IsFound(double sz, double sy, double sx, double wz, double wy, double wx)
    {
        var random = new Random(8);
        var blobs = Enumerable.Range(0, 60).Select(i => (Z: 8 + 40 * random.NextDouble(), Y: 8 + 40 * random.NextDouble(), X: 8 + 40 * random.NextDouble(), R: 1.5 + 1.5 * random.NextDouble(), Grows: i % 8 == 0)).ToArray();
        const double C = (N - 1) / 2.0;

        // A place p of the fixed scan is at R(p − c) + c + s in the moving one, so that the moving scan shows at q what the fixed has at Rᵀ(q − c − s) + c.
        var motion = RigidMotion.None.AfterInverse([0, 0, 0, -wz, -wy, -wx]) with { Shift = (sz, sy, sx) };
        double Fixed(double z, double y, double x, double grown) => blobs.Sum(b => Math.Exp(-((z - b.Z) * (z - b.Z) + (y - b.Y) * (y - b.Y) + (x - b.X) * (x - b.X)) / (b.R * b.R * (b.Grows ? grown : 1))));
        var still = Volume((z, y, x) => 100 - 60 * Fixed(z, y, x, 1), random);
        var moved = Volume((z, y, x) =>
        {
            double dz = z - C - sz, dy = y - C - sy, dx = x - C - sx;
            var r = motion.Rotation;
            return 20 + 0.8 * (100 - 60 * Fixed(r[0] * dz + r[3] * dy + r[6] * dx + C, r[1] * dz + r[4] * dy + r[7] * dx + C, r[2] * dz + r[5] * dy + r[8] * dx + C, 2.5));
        }, random);
        var points = FeaturePoints.Collect(still, N, N, N, new BitVolume(N, N, N).Complement(), 20_000);
        Assert.InRange(points.Length, 5_000, 20_000);
        var alignment = new RigidAlignment(points, (C, C, C), moved, (N, N, N), (1, 1, 1), (C, C, C));
        var found = alignment.Improve(alignment.SearchShift(3), 40, Solve);
        Assert.Equal(sz, found.Motion.Shift.Z, 0.03);
        Assert.Equal(sy, found.Motion.Shift.Y, 0.03);
        Assert.Equal(sx, found.Motion.Shift.X, 0.03);
        Assert.All(motion.Rotation.Zip(found.Motion.Rotation), p => Assert.Equal(p.First, p.Second, 0.003));
        Assert.Equal(1 / 0.8, found.Gain, 0.08);
        Assert.True(found.Correlation > 0.9);
        Assert.All(alignment.Local(found.Motion, (2, 2, 2), (N, N, N), 100), d => Assert.InRange(Math.Abs(d!.Value.Z) + Math.Abs(d.Value.Y) + Math.Abs(d.Value.X), 0, 0.3));
    }

    private static float[] Volume(Func<double, double, double, double> value, Random random)
    {
        var v = new float[N * N * N];
        for (var i = 0; i < v.Length; i++)
        {
            v[i] = (float)(value(i / N / N, i / N % N, i % N) + random.NextDouble() - 0.5);
        }

        return v;
    }

    // Gauss's elimination with pivots.
    private static double[]? Solve(double[,] a, double[] b)
    {
        var (m, x) = ((double[,])a.Clone(), (double[])b.Clone());
        for (var i = 0; i < 6; i++)
        {
            for (var r = 0; r < 6; r++)
            {
                var f = r == i ? 0 : m[r, i] / m[i, i];
                for (var c = 0; c < 6; c++)
                {
                    m[r, c] -= f * m[i, c];
                }

                x[r] -= f * x[i];
            }
        }

        return x.Select((v, i) => v / m[i, i]).ToArray();
    }
}
