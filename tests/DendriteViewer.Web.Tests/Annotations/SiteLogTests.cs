using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations;

public sealed class SiteLogTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person Ada = new("ada", "Ada"), Ben = new("ben", "Ben");

    [Fact]
    public async Task Add_IsKeptInTheLogAndSurvivesARestart()
    {
        var site = await host.Sites.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 1.5, "projection", Ada, default);
        Assert.Equal(host.Dataset.Depth.DepthOf(new WorldPoint(60, 90, 90)).Um, site.DepthUm, 3);
        Assert.Equal(site, Assert.Single(await host.Sites.ListAsync(host.Dataset.Identity), s => s.Id == site.Id));
    }

    [Fact]
    public async Task Change_FromAnOldVersion_IsRefusedAndLosesNothing()
    {
        var log = host.Sites;
        var site = await log.AddAsync(host.Dataset, new WorldPoint(1, 2, 3), 0, "projection", Ada, default);
        await log.ChangeAsync(host.Dataset, site with { Note = "seen" }, Ben, default);
        await Assert.ThrowsAsync<EditConflictException>(() => log.ChangeAsync(host.Dataset, site with { Note = "other" }, Ada, default));
        var kept = (await log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == site.Id);
        Assert.Equal(("seen", "Ada", 2), (kept.Note, kept.Author, kept.Version));
    }

    [Fact]
    public async Task Import_WithOneBadSite_AddsNone()
    {
        var log = host.Sites;
        var before = (await log.ListAsync(host.Dataset.Identity)).Count;
        Site[] sites = [new() { Id = "good", Label = "a" }, new() { Id = "bad", Label = "b", ZUm = double.NaN }];
        await Assert.ThrowsAsync<ArgumentException>(() => log.ImportAsync(host.Dataset, sites, Ada, default));
        Assert.Equal(before, (await log.ListAsync(host.Dataset.Identity)).Count);
        await log.ImportAsync(host.Dataset, [sites[0], sites[0]], Ada, default);
        Assert.Equal(before + 2, (await log.ListAsync(host.Dataset.Identity)).Count);
    }

    [Fact]
    public async Task Changed_IsRaisedAfterTheEditCanBeRead()
    {
        var log = host.Sites;
        var seen = new TaskCompletionSource<int>();
        log.Changed += id => seen.TrySetResult(log.ListAsync(id).Result.Count);
        var before = (await log.ListAsync(host.Dataset.Identity)).Count;
        await log.AddAsync(host.Dataset, new WorldPoint(7, 7, 7), 0, "projection", Ada, default);
        Assert.Equal(before + 1, await seen.Task);
    }

    // Text of what CSV and spreadsheets treat specially, of what guards it, and of anything.
    [Fact]
    public void Csv_OutAndIn_KeepsEveryField()
    {
        var special = Gen.Elements("=+-@'\t\r\n,; \"ab1".ToCharArray()).ArrayOf().Select(c => new string(c));
        var any = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(t => new string(t.Get.Where(c => !char.IsSurrogate(c)).ToArray()));
        var texts = Gen.OneOf(special, any).ArrayOf(5);
        Prop.ForAll(texts.ToArbitrary(), ArbMap.Default.ArbFor<NormalFloat>(), (text, number) =>
        {
            var site = new Site
            {
                Id = text[0], Label = text[1], Note = text[2], Modality = text[3], Author = text[4], ZUm = number.Get, YUm = 1.25, XUm = -3,
                Hours = 1.5, RadiusUm = 7, Status = SiteStatus.Confirmed,
            };
            return SiteFiles.Parse(SiteFiles.ToCsv([site, site]), "f").SequenceEqual([site, site]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    // A spreadsheet must not run text as a formula, and gets no cell that begins as one.
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-5 °C side", "'-5 °C side")]
    [InlineData("'=already", "''=already")]
    [InlineData("'quoted'", "'quoted'")]
    [InlineData("plain", "plain")]
    public void Csv_TextThatBeginsAsAFormula_IsGuardedAndComesBack(string note, string cell)
    {
        var site = new Site { Id = "a", Label = "l", Note = note, Modality = "m", Author = "Ada" };
        var csv = SiteFiles.ToCsv([site]);
        Assert.EndsWith("," + cell + "\n", csv, StringComparison.Ordinal);
        Assert.Equal(note, SiteFiles.Parse(csv, "f").Single().Note);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a,b\n1,2\n", "no column z_um")]
    [InlineData("z_um,y_um,x_um,hours\n1,2,three,4\n", "x_um is 'three'")]
    [InlineData("[{\"zUm\":\"far\"}]", "not a list of sites")]
    [InlineData("[null]", "null")]
    [InlineData("[{\"id\":\"a\",\"label\":null}]", "null")]
    public void Parse_OfAnotherFile_SaysWhatIsWrong(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<VolumeFormatException>(() => SiteFiles.Parse(text, "f.csv")).Message);
}
