using DendriteViewer.Analysis.Absorption;

namespace DendriteViewer.Analysis.Tests.Absorption;

public sealed class SimplexLeastSquaresTests
{
    // Against every support of the weights in turn, by normal equations with the sum as a Lagrange condition.
    [Fact]
    public void Weights_OfRandomProblems_AreThoseOfTheBestSupport()
    {
        var random = new Random(7);
        for (var n = 0; n < 400; n++)
        {
            var count = random.Next(1, 6);
            var points = random.Next(count + 1, 30);
            double[][] columns = [.. Enumerable.Range(0, count).Select(_ => Values(random, points))];
            var target = Values(random, points);

            var (weights, squares) = new SimplexLeastSquares(columns, target).Solve([.. Enumerable.Range(0, count)]);
            var best = Enumerable.Range(1, (1 << count) - 1).Select(s => OfSupport(columns, target, s)).Min();

            Assert.Equal(1, weights.Sum(), 1e-9);
            Assert.All(weights, w => Assert.True(w >= 0));
            Assert.Equal(best, squares, 1e-7 * (1 + best));
        }
    }

    [Fact]
    public void Weights_OfAMixture_AreWhatWasMixed()
    {
        var random = new Random(11);
        for (var n = 0; n < 200; n++)
        {
            var count = random.Next(1, 9);
            double[][] columns = [.. Enumerable.Range(0, count).Select(_ => Values(random, 60))];
            double[] mixed = [.. Enumerable.Range(0, count).Select(i => i % 3 == 2 ? 0 : random.NextDouble())];
            double[] truth = [.. mixed.Select(m => m / mixed.Sum())];
            double[] target = [.. Enumerable.Range(0, 60).Select(i => columns.Zip(truth, (c, t) => c[i] * t).Sum())];

            var (weights, _) = new SimplexLeastSquares(columns, target).Solve([.. Enumerable.Range(0, count)]);

            Assert.All(weights.Zip(truth), p => Assert.Equal(p.Second, p.First, 1e-8));
        }
    }

    private static double[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => Synthetic.Normal(random))];

    private static double OfSupport(double[][] columns, double[] target, int support)
    {
        int[] chosen = [.. Enumerable.Range(0, columns.Length).Where(i => (support >> i & 1) == 1)];
        var size = chosen.Length + 1;
        var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(size, size, (i, j) =>
            i < size - 1 && j < size - 1 ? Dot(columns[chosen[i]], columns[chosen[j]]) : i == size - 1 && j == size - 1 ? 0 : 1);
        var right = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(size, i =>
            i < size - 1 ? Dot(columns[chosen[i]], target) : 1);
        var weights = matrix.Solve(right);
        return chosen.Select((_, i) => weights[i]).Any(w => w < -1e-12) ? double.PositiveInfinity
            : target.Select((t, i) => Math.Pow(chosen.Select((c, n) => weights[n] * columns[c][i]).Sum() - t, 2)).Sum();
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
