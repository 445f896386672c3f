using DendriteViewer.Kernels.Filtering;

namespace DendriteViewer.Kernels.Tests.Filtering;

public sealed class NonLocalMeansTests
{
    private const int Z = 9, Y = 13, X = 41;

    // The definition, voxel by voxel.
    [Theory]
    [InlineData(5f, 4f)]
    [InlineData(20f, 30f)]
    public void Filter_IsItsDefinition(float sigma, float h)
    {
        var random = new Random(3);
        var v = Enumerable.Range(0, Z * Y * X).Select(i => (float)((i % X < X / 2 ? 100 : 200) + random.Next(-15, 16))).ToArray();
        float At(int z, int y, int x) => v[(Math.Clamp(z, 0, Z - 1) * Y + Math.Clamp(y, 0, Y - 1)) * X + Math.Clamp(x, 0, X - 1)];
        var z = 4;
        var target = new float[Y * X];
        NonLocalMeans.Filter(Slices(At, z), X, 0, 6, sigma, h, target);
        NonLocalMeans.Filter(Slices(At, z), X, 6, Y, sigma, h, target);
        for (var y = 0; y < Y; y++)
        {
            for (var x = 0; x < X; x++)
            {
                var (weights, sum) = (0.0, 0.0);
                for (var i = 0; i < 125; i++)
                {
                    var (dz, dy, dx) = (i / 25 - 2, i / 5 % 5 - 2, i % 5 - 2);
                    var d = 0.0;
                    for (var j = 0; j < 27; j++)
                    {
                        var (pz, py, px) = (j / 9 - 1, j / 3 % 3 - 1, j % 3 - 1);
                        d += Math.Pow(At(z + pz, y + py, x + px) - At(z + pz + dz, y + py + dy, x + px + dx), 2) / 27;
                    }

                    var w = Math.Exp(-Math.Max(0, d - 2 * sigma * sigma) / (h * h));
                    weights += w;
                    sum += w * At(z + dz, y + dy, x + dx);
                }

                Assert.Equal(sum / weights, target[y * X + x], 2e-3 * Math.Abs(sum / weights));
            }
        }
    }

    [Fact]
    public void Noise_IsFoundBesideEdges()
    {
        var random = new Random(1);
        var slice = Enumerable.Range(0, 200 * 100).Select(i => (float)((i % 200 / 40 * 300) + 10 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))).ToArray();
        Assert.InRange(NonLocalMeans.Noise(slice, 200), 9.3f, 10.7f);
    }

    [Fact]
    public void Filter_TakesNoiseAwayAndLeavesTheEdge()
    {
        var random = new Random(2);
        var noise = Enumerable.Range(0, Z * Y * X).Select(_ => (float)(10 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))).ToArray();
        float At(int z, int y, int x) => (x < X / 2 ? 100 : 200) + noise[(Math.Clamp(z, 0, Z - 1) * Y + Math.Clamp(y, 0, Y - 1)) * X + Math.Clamp(x, 0, X - 1)];
        var target = new float[Y * X];
        NonLocalMeans.Filter(Slices(At, 4), X, 0, Y, 10, 8, target);
        double left = 0, edge = 0;
        for (var y = 0; y < Y; y++)
        {
            for (var x = 0; x < X; x++)
            {
                var off = target[y * X + x] - (x < X / 2 ? 100 : 200);
                left += off * off / (Y * X);
                edge = Math.Max(edge, x == X / 2 || x == X / 2 - 1 ? Math.Abs(off) : 0);
            }
        }

        Assert.InRange(Math.Sqrt(left), 0, 5);
        Assert.InRange(edge, 0, 25);
    }

    private static float[][] Slices(Func<int, int, int, float> at, int z)
    {
        var m = NonLocalMeans.Margin;
        return Enumerable.Range(-m, 2 * m + 1).Select(dz => Enumerable.Range(0, (Y + 2 * m) * (X + 2 * m)).Select(i => at(z + dz, i / (X + 2 * m) - m, Math.Clamp(i % (X + 2 * m) - m, 0, X - 1))).ToArray()).ToArray();
    }
}
