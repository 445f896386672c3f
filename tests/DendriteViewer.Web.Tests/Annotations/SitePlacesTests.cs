using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>Sites lie in a scan of their time, whichever way they come in.</summary>
public sealed class SitePlacesTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person Ada = new("ada", "Ada");

    [Fact]
    public void Point_IsInAScan_WhereItsVoxelCoordinatesAre()
    {
        var scan = host.Dataset.Volumes[0] with
        {
            Transform = new AffineTransform([0, 2, 0, 40, 0.5, 0, 1.5, -7, -1.5, 0, 0.5, 3]),
        };
        var coordinate = Gen.Choose(-300, 1300).Select(i => i / 1000.0);
        Prop.ForAll(coordinate.Three().ToArbitrary(), c =>
        {
            var at = scan.Transform.ToWorld(new VoxelPoint(c.Item1 * scan.Shape.Z, c.Item2 * scan.Shape.Y, c.Item3 * scan.Shape.X));
            return SitePlaces.IsIn(scan, at) == new[] { c.Item1, c.Item2, c.Item3 }.All(v => v is >= 0 and <= 1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
        Assert.False(SitePlaces.IsIn(scan, new WorldPoint(double.NaN, 0, 0)));
    }

    [Fact]
    public void Site_OutsideEveryScanOfItsTime_IsRefusedWithThePointAndNothingIsKept()
    {
        var log = host.Sites;
        var (low, high) = host.Dataset.Volumes[0].Bounds;
        var coordinate = Gen.Choose(-1000, 2000).Select(i => i / 1000.0);
        Prop.ForAll(coordinate.Three().ToArbitrary(), c =>
        {
            WorldPoint at = new(
                low.Z + c.Item1 * (high.Z - low.Z), low.Y + c.Item2 * (high.Y - low.Y), low.X + c.Item3 * (high.X - low.X));
            var isInside = new[] { c.Item1, c.Item2, c.Item3 }.All(v => v is >= 0 and <= 1);
            var before = log.ListAsync(host.Dataset.Identity).Result.Count;
            try
            {
                log.AddAsync(host.Dataset, at, 0, "projection", Ada, default).Wait();
                return isInside;
            }
            catch (AggregateException e) when (e.InnerException is ArgumentException refused)
            {
                Assert.Contains($"z {at.Z.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)}", refused.Message);
                Assert.Contains("outside the scans", refused.Message);
                return !isInside && log.ListAsync(host.Dataset.Identity).Result.Count == before;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Theory]
    [InlineData(1.5, "projection", null)]
    [InlineData(1.5, "", null)]
    [InlineData(1.6, "projection", "at 1.6 h, when nothing was scanned. The scans of projection are at 0, 1.5, 3 h.")]
    [InlineData(99, "", "at 99 h, when nothing was scanned. The scans are at 0, 1.5, 3 h.")]
    [InlineData(double.NaN, "", "when nothing was scanned")]
    [InlineData(1.5, "neutrons", "of the modality 'neutrons'; the dataset has projection.")]
    public async Task Site_AtATimeWithoutThatScan_IsRefusedWithTheTimesThatThereAre(double hours, string modality, string? sentence)
    {
        Task Add() => host.Sites.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), hours, modality, Ada, default);
        if (sentence is null)
        {
            await Add();
            return;
        }

        Assert.Contains(sentence, (await Assert.ThrowsAsync<ArgumentException>(Add)).Message);
    }

    [Fact]
    public async Task MoveAndImport_OutsideTheScans_AreRefused()
    {
        var log = host.Sites;
        var site = await log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ada, default);
        var outside = site with { XUm = -20 };
        await Assert.ThrowsAsync<ArgumentException>(() => log.ChangeAsync(host.Dataset, outside, Ada, default));
        var lines = SiteFiles.Read(SiteFiles.ToCsv([outside, site with { Id = "other", Hours = 2 }]), "f");
        var order = new ImportOrder(host.Dataset, new ImportChoice(), new DefaultScan(0, "projection"), MayDefine: false);
        var report = await host.Exchange.ImportAsync(order, ReadMarks.Of(lines), Ada, default);
        Assert.Equal((2, false), (report.Wrong, report.Applied));
        await Assert.ThrowsAsync<ArgumentException>(() => log.ProposeAsync(host.Dataset, [outside], Ada, default));
        await Assert.ThrowsAsync<ArgumentException>(() => log.ChangeAsync(host.Dataset, site with { Hours = 2 }, Ada, default));
    }

    // The scan of an old site was deleted since: its note can still be written.
    [Fact]
    public void Note_OfASiteWhoseScanIsGone_IsTaken()
    {
        var site = new Site { Id = "old", Label = "O", Hours = 17, Modality = "projection", ZUm = 60, YUm = 90, XUm = 90 };
        Assert.Equal("seen", SiteRules.Check(host.Dataset, site with { Note = "seen" }, site).Note);
    }
}
