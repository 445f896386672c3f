using DendriteViewer.Web.Cell;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Cell;

/// <summary>What a picture of a long curve may leave out.</summary>
public sealed class SeriesThinningTests
{
    private const int Columns = 7;

    [Fact]
    public void Thinning_OfAnyCurve_KeepsEndsAndExtremesOfEachColumnInOrder() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var n = random.Next(1, 400);
            var hours = Enumerable.Range(0, n).Select(_ => Math.Round(random.NextDouble() * 10, random.Next(1, 4))).Order().ToArray();
            var values = hours.Select(_ => random.Next(12) == 0 ? double.NaN : random.NextDouble() * random.Next(1, 100)).ToArray();
            var kept = SeriesThinning.Of(hours, values, Columns);

            Assert.Equal(kept.Order().Distinct(), kept);
            var span = hours[^1] - hours[0];
            int Column(int row) => span > 0 ? Math.Min(Columns - 1, (int)((hours[row] - hours[0]) / span * Columns)) : 0;
            foreach (var column in Enumerable.Range(0, n).Where(i => !double.IsNaN(values[i])).GroupBy(Column))
            {
                var mine = kept.Where(k => Column(k) == column.Key && !double.IsNaN(values[k])).Select(k => values[k]).ToArray();
                Assert.Equal(column.Min(i => values[i]), mine.Min());
                Assert.Equal(column.Max(i => values[i]), mine.Max());
                Assert.Contains(column.First(), kept);
                Assert.Contains(column.Last(), kept);
            }

            // Where values are not known between two that are, the picture has a gap too.
            var known = kept.Where(k => !double.IsNaN(values[k])).ToArray();
            foreach (var (a, b) in known.Zip(known.Skip(1)))
            {
                var isGap = Enumerable.Range(a, b - a).Any(i => double.IsNaN(values[i]));
                Assert.Equal(isGap, kept.Any(k => k > a && k < b));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Thinning_OfAMillionRowsWithAShortOfOneRow_KeepsItAndFewOthers()
    {
        var hours = Enumerable.Range(0, 1_000_000).Select(i => i / 1000.0).ToArray();
        var values = hours.Select(h => 3 + (0.01 * Math.Sin(h))).ToArray();
        values[765_432] = 0.1;
        var kept = SeriesThinning.Of(hours, values);
        Assert.Contains(765_432, kept);
        Assert.InRange(kept.Count, SeriesThinning.Columns, 4 * SeriesThinning.Columns);
    }

    [Fact]
    public void Thinning_OfAShortCurve_LeavesNothingOut() =>
        Assert.Equal([0, 1, 2], SeriesThinning.Of([0, 0, 1], [1, double.NaN, 2], 5));
}
