using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;

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
    public async Task Label_ThatTheAnalysisGivesItsSites_IsRefusedToPeople()
    {
        var log = host.Sites;
        var site = await log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ada, default);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            log.ChangeAsync(host.Dataset, site with { Label = "A12" }, Ada, default));
        Assert.Contains("how the analysis names its sites", refused.Message);
        Assert.Equal("A12b", (await log.ChangeAsync(host.Dataset, site with { Label = "A12b" }, Ada, default)).Label);
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
}
