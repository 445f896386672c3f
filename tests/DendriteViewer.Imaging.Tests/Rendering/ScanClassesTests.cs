using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Imaging.Tests.Rendering;

public sealed class ScanClassesTests
{
    private const int N = 64;
    private static readonly VolumeShape s_shape = new(N, N, N);

    [Fact]
    public void Classes_OfACanWithNoise_AreAirFillingAndCasing()
    {
        var histogram = Survey(Cans.Scan(N));
        var classes = histogram.Classes!;
        Assert.Equal(3, classes.Classes.Count);
        Assert.Equal(0, classes.Air);
        Assert.Equal([Cans.Air, Cans.Filling, Cans.Casing], classes.Classes.Select(c => Math.Round(c.Mean / 100) * 100));
        Assert.InRange(classes.Classes[2].Inward, 0, 0.15);
        Assert.InRange(classes.Classes[1].Inward, 0.4, 0.65);

        // Through the filling's middle 48 voxels, and four of the casing; chords away from the middle are shorter.
        Assert.InRange(classes.Classes[1].PathVoxels, 30, 46);
        Assert.InRange(classes.Classes[2].PathVoxels, 4, 9);
    }

    [Fact]
    public void Presets_OfACan_LetTheFillingBeSeenThroughTheCasing()
    {
        var histogram = Survey(Cans.Scan(N));
        var all = ClassPresets.Find(ClassPresets.All, histogram.Classes!, histogram.Padding)!;
        Assert.Equal(0, all.At(Cans.Air).Opacity);
        Assert.Equal(0, all.At(-1e6).Opacity);

        // One wall is two voxels thick.
        Assert.InRange(1 - Math.Pow(1 - all.At(Cans.Casing).Opacity, 2), 0.02, 0.4);
        Assert.InRange(1 - Math.Pow(1 - all.At(Cans.Filling).Opacity, 48), 0.5, 0.999);
        Assert.Equal(["all", "air", "soft", "dense"], ClassPresets.NamesOf(histogram.Classes!));
        var (soft, dense) = (Find("soft"), Find("dense"));
        Assert.True(soft.At(Cans.Filling).Opacity > 0 && soft.At(Cans.Casing).Opacity == 0);
        Assert.True(dense.At(Cans.Filling).Opacity == 0 && dense.At(Cans.Casing).Opacity > 0);
        Assert.True(Find("air").At(Cans.Air).Opacity > 0 && Find("air").At(Cans.Filling).Opacity == 0);

        TransferFunction Find(string name) => ClassPresets.Find(name, histogram.Classes!, histogram.Padding)!;
    }

    [Fact]
    public void Classes_OfAnyScaleAndOffset_ScaleWithTheValues() => Prop.ForAll(
        Gen.Choose(1, 4000).Select(i => i / 100.0).ToArbitrary(), Gen.Choose(-5000, 5000).ToArbitrary(), (scale, offset) =>
        {
            var scan = Cans.Scan(24);
            var (a, b) = (Survey(scan, 24), Survey(Array.ConvertAll(scan, v => (float)(v * scale + offset)), 24));
            return a.Classes!.Classes.Count == b.Classes!.Classes.Count && a.Classes.Air == b.Classes.Air
                && a.Classes.Classes.Zip(b.Classes.Classes).All(p => Math.Abs(p.First.To * scale + offset - p.Second.To) < 8 * scale);
        }).QuickCheckThrowOnFailure();

    // Where voxels lie decides which class is air, not in which order the axes are stored.
    [Fact]
    public void Classes_OfATransposedScan_AreTheSame()
    {
        var scan = Cans.Scan(N);
        var turned = Enumerable.Range(0, scan.Length).Select(i => scan[(i % N * N + i / N % N) * N + i / N / N]).ToArray();
        var (a, b) = (Survey(scan).Classes!, Survey(turned).Classes!);
        Assert.Equal(a.Air, b.Air);
        Assert.Equal(a.Classes.Select(c => c.Share), b.Classes.Select(c => c.Share));
        Assert.All(a.Classes.Zip(b.Classes), p => Assert.Equal(p.First.Inward, p.Second.Inward, 0.02));
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(-1e30f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void HotPixels_OfAnyValue_ChangeNeitherClassesNorWindowNorHistogram(float hot)
    {
        var scan = Cans.Scan(N);
        var clean = Survey(scan);
        foreach (var i in new[] { 5, 9000, 40_000, 130_001 })
        {
            scan[i] = hot;
        }

        var histogram = Survey(scan);
        Assert.Equal(3, histogram.Classes!.Classes.Count);
        Assert.All(clean.Classes!.Classes.Zip(histogram.Classes.Classes), p => Assert.Equal(p.First.To, p.Second.To, 30.0));
        Assert.Equal(clean.Window.Low, histogram.Window.Low, 30.0);
        Assert.Equal(clean.Window.High, histogram.Window.High, 30.0);
        Assert.InRange(histogram.Most - histogram.Least, 2000, 8000);
        Assert.Equal(float.IsFinite(hot) ? 4 : 0, histogram.Outliers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-500)]
    [InlineData(1500)]
    [InlineData(float.NaN)]
    public void Padding_AroundAReconstructionsCircle_IsNeitherCountedNorSeen(float padding)
    {
        var scan = Cans.Scan(N);
        for (var i = 0; i < scan.Length; i++)
        {
            double x = i % N - 31.5, y = i / N % N - 31.5;
            scan[i] = x * x + y * y > 32 * 32 ? padding : scan[i];
        }

        var histogram = Survey(scan);
        Assert.Equal(3, histogram.Classes!.Classes.Count);
        Assert.Equal(0, histogram.Classes.Air);
        Assert.InRange(histogram.Window.Low, 300, 600);
        if (!float.IsNaN(padding))
        {
            Assert.Equal(padding, histogram.Padding);
            Assert.Equal(0, ClassPresets.Find("all", histogram.Classes, padding)!.At(padding).Opacity);
        }
    }

    // Synthetic scans and those that were clipped at air have one value around the sample, which is no padding but the air.
    [Fact]
    public void Air_OfOneValueAroundTheSample_IsTheAirClass()
    {
        var scan = Array.ConvertAll(Cans.Scan(N), v => v < 700 ? 0 : v);
        var classes = Survey(scan).Classes!;
        Assert.Equal(3, classes.Classes.Count);
        Assert.Equal(0, classes.Air);
        Assert.InRange(classes.Classes[0].Mean, 0, 10);
    }

    // A sample in resin: what lies around it is brighter than its pores.
    [Fact]
    public void Air_BrighterThanTheSample_IsFoundByTheRim()
    {
        var classes = Survey(Array.ConvertAll(Cans.Scan(N), v => 5000 - v)).Classes!;
        Assert.Equal(classes.Classes.Count - 1, classes.Air);
    }

    [Fact]
    public void Air_WhereTheFieldOfViewLiesWithinTheSample_IsTheDarkestClass()
    {
        var random = new Random(3);
        var scan = Enumerable.Range(0, N * N * N).Select(_ => random.NextDouble() < 0.3 ? 100f : 900f).ToArray();
        Assert.Equal(0, Survey(scan).Classes!.Air);
    }

    [Fact]
    public void Classes_OfOneValue_AreOneThatIsSeen()
    {
        var histogram = Survey(Enumerable.Repeat(7f, N * N * N).ToArray());
        Assert.Equal(-1, histogram.Classes!.Air);
        Assert.True(ClassPresets.Find("all", histogram.Classes, histogram.Padding)!.At(7).Opacity > 0);
        Assert.Null(ClassPresets.Find("soft", histogram.Classes, null));
        Assert.Equal(["all"], ClassPresets.NamesOf(histogram.Classes));
    }

    [Fact]
    public void Classes_OfNothingFinite_AreOne() =>
        Assert.Single(Survey(Enumerable.Repeat(float.NaN, N * N * N).ToArray()).Classes!.Classes);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 40, 40)]
    [InlineData(3, 1, 70)]
    public void Classes_OfFlatVolumes_AreFound(int z, int y, int x)
    {
        var values = Enumerable.Range(0, z * y * x).Select(i => i % x > x / 2 ? 9f : 2f).ToArray();
        var histogram = ValueHistogram.Of(values, new VolumeShape(z, y, x), 1, (2, 9));
        Assert.Equal(x > 1 ? 2 : 1, histogram.Classes!.Classes.Count);
    }

    [Fact]
    public void Classes_OfLabels_AreTheLabels()
    {
        var scan = Enumerable.Range(0, N * N * N).Select(i => (float)(i % N / 24)).ToArray();
        var classes = Survey(scan).Classes!;
        Assert.Equal([0.5, 1.5], classes.Classes.Take(2).Select(c => Math.Round(c.To, 1)));
    }

    private static ValueHistogram Survey(float[] values, int n = N)
    {
        var finite = values.Where(float.IsFinite).DefaultIfEmpty(0).ToArray();
        return ValueHistogram.Of(values, new VolumeShape(n, n, n), 1, (finite.Min(), finite.Max()));
    }
}

/// <summary>Scans of a can: a cylinder along z with a thin bright wall, filled, in air; with noise.</summary>
internal static class Cans
{
    public const double Air = 500, Filling = 1500, Casing = 3500;

    /// <summary>n³ values.</summary>
    /// <param name="n">Voxels along an edge.</param>
    /// <param name="part">Value of a ball in the middle, or null for none.</param>
    public static float[] Scan(int n, double? part = null)
    {
        var random = new Random(11);
        double Noise() => 60 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
        return Enumerable.Range(0, n * n * n).Select(i =>
        {
            double x = i % n - (n - 1) / 2.0, y = i / n % n - (n - 1) / 2.0, z = i / n / n - (n - 1) / 2.0;
            var r = Math.Sqrt(x * x + y * y) / (n / 2.0);
            var value = r > 0.81 ? Air : r > 0.75 ? Casing : part is { } p && Math.Sqrt(x * x + y * y + z * z) < n / 8.0 ? p : Filling;
            return (float)(value + Noise());
        }).ToArray();
    }
}
