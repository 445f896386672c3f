using DendriteViewer.Kernels.Resampling;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Resampling;

public sealed class CubicResamplerTests
{
    private const int N = 40;

    private static readonly Gen<double> s_small = Gen.Choose(-1000, 1000).Select(i => i / 20000.0);

    // Lines nearly along x, through the volume and out of it: vectors read what the specification reads.
    [Fact]
    public void ReadLine_AnyLineNearlyAlongX_IsAsPlaceByPlace() => Prop.ForAll(
        Gen.Choose(-300, 4300).Three().Select(t => (Z: t.Item1 / 100.0, Y: t.Item2 / 100.0, X: t.Item3 / 100.0)).ToArbitrary(), s_small.Three().ToArbitrary(), (start, tilt) =>
        {
            var slices = Slices((z, y, x) => (z * 7919 + y * 104729 + x * 1299709) % 1000);
            var step = (tilt.Item1, tilt.Item2, 1 + tilt.Item3);
            var line = new float[50];
            CubicResampler.ReadLine(slices, N, N, start, step, line);
            for (var i = 0; i < line.Length; i++)
            {
                var expected = CubicResampler.Read(slices, N, N, start.Z + i * step.Item1, start.Y + i * step.Item2, start.X + i * step.Item3);
                if (float.IsNaN(expected) != float.IsNaN(line[i]) || Math.Abs(expected - line[i]) > 0.05f)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    // Catmull–Rom's cubic follows any quadratic exactly, which linear interpolation does not.
    [Fact]
    public void Read_OfAQuadratic_IsTheQuadratic()
    {
        static double F(double z, double y, double x) => 3 + 0.5 * z - 0.25 * y + 0.125 * x + 0.02 * z * z - 0.03 * y * y + 0.01 * x * x + 0.015 * z * y - 0.02 * y * x;
        var slices = Slices((z, y, x) => (float)F(z, y, x));
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            double z = 2 + 35 * random.NextDouble(), y = 2 + 35 * random.NextDouble(), x = 2 + 35 * random.NextDouble();
            Assert.Equal(F(z, y, x), CubicResampler.Read(slices, N, N, z, y, x), 3);
        }
    }

    private static float[]?[] Slices(Func<int, int, int, float> value) =>
        Enumerable.Range(0, N).Select(z => Enumerable.Range(0, N * N).Select(i => value(z, i / N, i % N)).ToArray()).ToArray();
}
