using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>A site as one thing through time: followed, cut in two, joined, and taken back.</summary>
public sealed class SiteChainsTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person s_ada = new("account:ada", "Ada");

    private double[] Hours => [.. host.Dataset.HoursOf("projection")];

    [Fact]
    public async Task Site_FollowedSplitAndJoined_IsTheSameAgainAfterUndo()
    {
        var (log, history) = (host.Sites, new EditHistory());
        var me = new Editor(s_ada, history);
        var (first, last) = (Hours[0], Hours[^1]);
        var site = await log.AddAsync(host.Dataset, new WorldPoint(60, 60, 60), first, "projection", me, default);
        site = await FollowedAsync(log, site, last, new WorldPoint(70, 62, 60), me);
        Assert.Equal([first, last], SiteChains.PositionsOf(site).Select(p => p.Hours));
        Assert.Equal(host.Dataset.Depth.DepthOf(new WorldPoint(70, 62, 60)).Um, site.Track[0].DepthUm, 2);
        site = await FollowedAsync(log, site, last, new WorldPoint(71, 62, 60), me);
        Assert.Equal(71, Assert.Single(site.Track).ZUm);
        var chained = site;

        var parts = await log.SplitAsync(host.Dataset, site.Id, site.Version, last, me, default);
        Assert.Empty(parts[0].Track);
        Assert.Equal((last, 71d, 0), (parts[1].Hours, parts[1].ZUm, parts[1].Track.Count));
        Assert.NotEqual(parts[0].Label, parts[1].Label);
        await history.UndoAsync(s_ada, default);
        var all = await log.ListAsync(host.Dataset.Identity);
        Assert.Equal(chained.Track, all.Single(s => s.Id == site.Id).Track);
        Assert.DoesNotContain(all, s => s.Id == parts[1].Id);
        await history.RedoAsync(s_ada, default);

        var again = (await log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == site.Id);
        var joined = await log.JoinAsync(host.Dataset, site.Id, again.Version, parts[1].Id, me, default);
        Assert.Equal(chained.Track, joined.Track);
        Assert.DoesNotContain(await log.ListAsync(host.Dataset.Identity), s => s.Id == parts[1].Id);

        // As a table, there and back.
        var read = Assert.Single(SiteFiles.Read(SiteFiles.ToCsv([joined]), "f"));
        Assert.Equal(joined.Track.Select(p => p with { DepthUm = 0 }), read.Track!);
        var report = await log.PreviewAsync(host.Dataset, [read], new ImportChoice(), AnnotationSchema.Empty, s_ada, default);
        Assert.Equal(1, report.Unchanged);
    }

    [Fact]
    public async Task Site_ThatCannotBeFollowedSplitOrJoined_SaysWhyInOneSentence()
    {
        var log = host.Sites;
        var site = await log.AddAsync(host.Dataset, new WorldPoint(60, 60, 60), Hours[0], "projection", s_ada, default);
        var other = await log.AddAsync(host.Dataset, new WorldPoint(61, 60, 60), Hours[0], "projection", s_ada, default);
        async Task SaysAsync(string said, Func<Task> act) =>
            Assert.Contains(said, (await Assert.ThrowsAsync<ArgumentException>(act)).Message);
        Assert.Contains("when nothing was scanned", (await FollowAsync(log, site, 99, new WorldPoint(60, 60, 60), s_ada)).Why);
        Assert.Contains("outside the scans", (await FollowAsync(log, site, Hours[^1], new WorldPoint(6000, 60, 60), s_ada)).Why);
        await SaysAsync("cannot be cut there", () => log.SplitAsync(host.Dataset, site.Id, site.Version, Hours[0], s_ada, default));
        await SaysAsync("both have a position", () => log.JoinAsync(host.Dataset, site.Id, site.Version, other.Id, s_ada, default));
        await SaysAsync("with itself", () => log.JoinAsync(host.Dataset, site.Id, site.Version, site.Id, s_ada, default));
        await Assert.ThrowsAsync<EditConflictException>(() => log.SplitAsync(host.Dataset, site.Id, 7, Hours[^1], s_ada, default));
    }

    // As a page does it: the positions as they shall be, from the version that it shows.
    private Task<EditAnswer> FollowAsync(SiteLog log, Site site, double hours, WorldPoint at, Editor by)
    {
        var positions = site.Track.Where(p => !SiteChains.IsSame(p.Hours, hours))
            .Append(new SitePosition { Hours = hours, ZUm = at.Z, YUm = at.Y, XUm = at.X }).OrderBy(p => p.Hours);
        return ((IEditedKind)log).ApplyAsync(host.Dataset, AnnotationSchema.Empty, new EditOp
        {
            Key = Guid.NewGuid().ToString("N"), Do = EditAction.Change, Id = site.Id, Base = site.Version,
            Fields = new JsonObject { ["track"] = JsonSerializer.SerializeToNode(positions, SiteLog.Json) },
        }, by, default);
    }

    private async Task<Site> FollowedAsync(SiteLog log, Site site, double hours, WorldPoint at, Editor by)
    {
        Assert.Equal(EditOutcome.Accepted, (await FollowAsync(log, site, hours, at, by)).Outcome);
        return (await log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == site.Id);
    }
}
