using DendriteViewer.Kernels.Downsampling;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Downsampling;

public sealed class LabelDownsamplerTests
{
    [Fact]
    public void Halve_OfAnySlices_TakesTheMostFrequentLabel() => Prop.ForAll(Gen.Choose(1, 9).Two().ToArbitrary(), Gen.Choose(0, 1 << 20).ToArbitrary(), (size, seed) =>
    {
        var (h, w) = size;
        var random = new Random(seed);
        ushort[] Slice() => Enumerable.Range(0, h * w).Select(_ => (ushort)Math.Max(0, random.Next(-3, 4))).ToArray();
        var (first, second) = (Slice(), random.Next(3) == 0 ? [] : Slice());
        var found = new ushort[(h + 1) / 2 * ((w + 1) / 2)];
        LabelDownsampler.Halve<ushort>(first, second, h, w, found);
        for (var i = 0; i < found.Length; i++)
        {
            var (j, k) = (i / ((w + 1) / 2), i % ((w + 1) / 2));
            var covered = (from s in new[] { first, second } where s.Length > 0 from y in new[] { 2 * j, 2 * j + 1 } from x in new[] { 2 * k, 2 * k + 1 } where y < h && x < w select s[y * w + x]).Where(l => l > 0).ToArray();
            var expected = covered.Length < 2 ? 0 : covered.GroupBy(l => l).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key).First().Key;
            if (found[i] != expected)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();
}
