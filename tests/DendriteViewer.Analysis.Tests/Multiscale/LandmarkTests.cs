using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Geometry;
using MathNet.Numerics.Distributions;
using Xunit.Abstractions;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>Placements by landmarks whose errors are known: what is fitted, and how well the stated bound holds.</summary>
public sealed class LandmarkTests(ITestOutputHelper output)
{
    private const double SizeUm = 40, OffUm = 0.4;
    private const int Runs = 500;
    private static readonly AffineTransform s_truth = new([1.004, 0.05, -0.03, 80, -0.05, 1.002, 0.02, 40, 0.03, -0.02, 1.006, 55]);

    // 66 and 86 % of three and four pairs, before the bound knew how few degrees of freedom are left.
    [Theory]
    [InlineData(3, PlacementModel.Rigid)]
    [InlineData(4, PlacementModel.Rigid)]
    [InlineData(6, PlacementModel.Rigid)]
    [InlineData(10, PlacementModel.Rigid)]
    [InlineData(3, PlacementModel.Similarity)]
    [InlineData(4, PlacementModel.Similarity)]
    [InlineData(6, PlacementModel.Similarity)]
    [InlineData(10, PlacementModel.Similarity)]
    [InlineData(5, PlacementModel.Affine)]
    [InlineData(6, PlacementModel.Affine)]
    [InlineData(10, PlacementModel.Affine)]
    public void Bound_OfLandmarksThatAreOff_HoldsTheMeanErrorIn95Percent(int count, PlacementModel model)
    {
        var truth = model switch
        {
            PlacementModel.Affine => s_truth,
            PlacementModel.Similarity => Turned(1.01),
            _ => Turned(1),
        };
        var held = new bool[Runs];
        var shares = new double[Runs];
        Parallel.For(0, Runs, run =>
        {
            var random = new Random(1000 * count + run);
            var pairs = Pairs(count, truth, OffUm, random);
            var fit = LandmarkFit.Of(pairs, model);
            var middle = fit.Matrix.ToWorld(new VoxelPoint(SizeUm / 2, SizeUm / 2, SizeUm / 2));
            var bound = LandmarkSpread.Of(pairs, fit, new LocalMotion(model, middle, SizeUm / 2), (SizeUm, SizeUm, SizeUm))!.Value.BoundUm;
            var error = MeanError(fit.Matrix, truth);
            (held[run], shares[run]) = (error <= bound, error / bound);
        });

        output.WriteLine($"{model}, {count} pairs: the bound held in {100.0 * held.Count(h => h) / Runs:0.0} %.");

        // No more than chance leaves of 95 %, and not by being useless: half of all errors are not far below.
        Assert.InRange(held.Count(h => h) / (double)Runs, 0.93, 0.985);
        Assert.InRange(shares.Order().ElementAt(Runs / 2), 0.1, 0.8);
    }

    [Fact]
    public void Bound_OfAsManyLandmarksAsNumbers_IsNotGiven()
    {
        var pairs = Pairs(4, s_truth, OffUm, new Random(1));
        var fit = LandmarkFit.Of(pairs, PlacementModel.Affine);
        Assert.Null(LandmarkSpread.Of(
            pairs, fit, new LocalMotion(PlacementModel.Affine, new WorldPoint(80, 40, 55), SizeUm / 2), (SizeUm, SizeUm, SizeUm)));
        Assert.Null(fit.LeaveOneOutUm);
    }

    [Theory]
    [InlineData(PlacementModel.Rigid)]
    [InlineData(PlacementModel.Similarity)]
    [InlineData(PlacementModel.Affine)]
    public void LeftOut_OfEachPair_IsItsDistanceFromTheFitToTheOthers(PlacementModel model)
    {
        var pairs = Pairs(8, s_truth, OffUm, new Random(2));
        var fit = LandmarkFit.Of(pairs, model);
        for (var i = 0; i < pairs.Length; i++)
        {
            var others = LandmarkFit.Of([.. pairs.Where((_, k) => k != i)], model).Matrix;
            var p = pairs[i];
            Assert.Equal((others.ToWorld(new VoxelPoint(p.Moving.Z, p.Moving.Y, p.Moving.X)) - p.Dataset).Length, fit.LeftOutUm[i], 1e-8);
        }

        // Exact pairs give their matrix again.
        var exact = Pairs(8, model == PlacementModel.Affine ? s_truth : Turned(model == PlacementModel.Rigid ? 1 : 1.01), 0, new Random(3));
        Assert.InRange(LandmarkFit.Of(exact, model).ResidualUm, 0, 1e-9);
    }

    // A singular value decomposition of all pairs took gigabytes for some thousands.
    [Fact]
    public void Fit_OfThousandsOfPairs_TakesLittleMemory()
    {
        var pairs = Pairs(5000, s_truth, OffUm, new Random(4));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fit = LandmarkFit.Of(pairs, PlacementModel.Similarity);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200 << 20);
        Assert.Equal(Math.Sqrt(3) * OffUm, fit.LeaveOneOutUm!.Value, 0.1);
    }

    private static PointPair[] Pairs(int count, AffineTransform truth, double offUm, Random random) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var p = new WorldPoint(SizeUm * random.NextDouble(), SizeUm * random.NextDouble(), SizeUm * random.NextDouble());
            double Off() => offUm * Normal.Sample(random, 0, 1);
            return new PointPair($"Pt-{i}", p, truth.ToWorld(new VoxelPoint(p.Z, p.Y, p.X)) + new WorldVector(Off(), Off(), Off()));
        }),
    ];

    private static AffineTransform Turned(double scale)
    {
        Span<double> l = stackalloc double[9];
        LocalMotion.Rotation(0.08, -0.05, 0.03, l);
        foreach (ref var v in l)
        {
            v *= scale;
        }

        return LocalMotion.About(new WorldPoint(20, 20, 20), l, 30, 40, 50);
    }

    private static double MeanError(AffineTransform a, AffineTransform b) => Enumerable.Range(0, 343).Average(i =>
    {
        double Of(int k) => (k + 0.5) / 7 * SizeUm;
        var p = new VoxelPoint(Of(i / 49), Of(i / 7 % 7), Of(i % 7));
        return (a.ToWorld(p) - b.ToWorld(p)).Length;
    });
}
