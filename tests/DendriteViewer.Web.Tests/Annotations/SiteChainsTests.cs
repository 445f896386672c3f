using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>A site as one thing through time: followed, cut in two, joined, and taken back.</summary>
public sealed class SiteChainsTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person s_ada = new("account:ada", "Ada");

    private double[] Hours => [.. host.Dataset.HoursOf("projection")];

    [Fact]
    public async Task Site_FollowedSplitAndJoined_IsTheSameAgainAfterUndo()
    {
        var (log, desk, history) = Server();
        var me = new Editor(s_ada, history);
        var (first, last) = (Hours[0], Hours[^1]);
        var site = await log.AddAsync(host.Dataset, new WorldPoint(60, 60, 60), first, "projection", me, default);
        site = await FollowedAsync(log, site, last, new WorldPoint(70, 62, 60), me);
        Assert.Equal([first, last], SiteChains.PositionsOf(site).Select(p => p.Hours));
        Assert.Equal(host.Dataset.Depth.DepthOf(new WorldPoint(70, 62, 60)).Um, site.Track[0].DepthUm, 2);
        site = await FollowedAsync(log, site, last, new WorldPoint(71, 62, 60), me);
        Assert.Equal(71, Assert.Single(site.Track).ZUm);
        var chained = site;

        var split = Split(site, last);
        Assert.Equal(EditOutcome.Accepted, (await DoAsync(desk, split, me)).Outcome);
        Assert.Equal(EditOutcome.Accepted, (await DoAsync(desk, split, me)).Outcome);
        Site[] parts = [await NowAsync(log, site.Id), await NowAsync(log, split.Other)];
        Assert.Empty(parts[0].Track);
        Assert.Equal((last, 71d, 0), (parts[1].Hours, parts[1].ZUm, parts[1].Track.Count));
        Assert.NotEqual(parts[0].Label, parts[1].Label);
        Assert.Equal(4, history.Counts.Undo);
        await history.UndoAsync(s_ada, default);
        var all = await log.ListAsync(host.Dataset.Identity);
        Assert.Equal(chained.Track, all.Single(s => s.Id == site.Id).Track);
        Assert.DoesNotContain(all, s => s.Id == parts[1].Id);
        await history.RedoAsync(s_ada, default);

        var join = Join(await NowAsync(log, site.Id), await NowAsync(log, parts[1].Id));
        Assert.Equal(EditOutcome.Accepted, (await DoAsync(desk, join, me)).Outcome);
        var joined = await NowAsync(log, site.Id);
        Assert.Equal(chained.Track, joined.Track);
        Assert.DoesNotContain(await log.ListAsync(host.Dataset.Identity), s => s.Id == parts[1].Id);

        // What the audit log is told: what was done once, and the edit's name where that says another thing.
        var told = (await host.Audit.ListAsync(new AuditFilter(), 0, 100)).Entries.Select(e => e.Detail).ToArray();
        var (one, two) = (parts[0].Label, parts[1].Label);
        Assert.Contains($"changed 2 sites: “{one}”, “{two}” (by “split 2 sites”)", told);
        Assert.Contains($"deleted 1 site: “{two}” (undo of “split 2 sites”)", told);
        Assert.Contains($"restored 1 site: “{two}” (redo of “split 2 sites”)", told);
        Assert.Contains($"deleted 1 site: “{two}” (by “join 2 sites”)", told);

        // As a table, there and back.
        var read = Assert.Single(SiteFiles.Read(SiteFiles.ToCsv([joined]), "f"));
        Assert.Equal(joined.Track.Select(p => p with { DepthUm = 0 }), read.Track!);
        var report = await log.PreviewAsync(host.Dataset, [read], new ImportChoice(), AnnotationSchema.Empty, s_ada, default);
        Assert.Equal(1, report.Unchanged);
    }

    [Fact]
    public async Task Site_ThatCannotBeFollowedSplitOrJoined_SaysWhyInOneSentence()
    {
        var (log, desk, _) = Server();
        var site = await log.AddAsync(host.Dataset, new WorldPoint(60, 60, 60), Hours[0], "projection", s_ada, default);
        var other = await log.AddAsync(host.Dataset, new WorldPoint(61, 60, 60), Hours[0], "projection", s_ada, default);
        Assert.Contains("when nothing was scanned", (await FollowAsync(log, site, 99, new WorldPoint(60, 60, 60), s_ada)).Why);
        Assert.Contains("outside the scans", (await FollowAsync(log, site, Hours[^1], new WorldPoint(6000, 60, 60), s_ada)).Why);
        async Task RefusesAsync(string said, EditOp op)
        {
            var answer = await DoAsync(desk, op, s_ada);
            Assert.Equal(EditOutcome.Refused, answer.Outcome);
            Assert.Contains(said, answer.Why);
        }

        await RefusesAsync("cannot be cut there", Split(site, Hours[0]));
        await RefusesAsync("both have a position", Join(site, other));
        await RefusesAsync("with itself", Join(site, site));
        await RefusesAsync("from which hours on", Split(site, Hours[^1]) with { Hours = null });
        await RefusesAsync("what was seen", Split(site, Hours[^1]) with { Was = null });
        await RefusesAsync("what was seen", Join(site, other) with { OtherWas = new JsonObject { ["hours"] = 0 } });
        await RefusesAsync("no such site", Split(site with { Id = "none" }, Hours[^1]));
    }

    // Both sites are as somebody else left them, but for where they are: that is what is cut and joined.
    [Fact]
    public async Task SplitAndJoin_OfSitesThatOthersChanged_MergeOtherFieldsAndRefuseAnotherPlace()
    {
        var ((log, desk, _), ben) = (Server(), new Person("account:ben", "Ben"));
        var site = await log.AddAsync(host.Dataset, new WorldPoint(60, 60, 60), Hours[0], "projection", s_ada, default);
        site = await FollowedAsync(log, site, Hours[^1], new WorldPoint(70, 62, 60), s_ada);
        await log.ChangeAsync(host.Dataset, site with { Note = "Ben's" }, ben, default);
        var split = Split(site, Hours[^1]);
        Assert.Equal(EditOutcome.Merged, (await DoAsync(desk, split, s_ada)).Outcome);
        var (first, second) = (await NowAsync(log, site.Id), await NowAsync(log, split.Other));
        Assert.Equal(("Ben's", "Ben's", "Ada"), (first.Note, second.Note, second.Author));

        // Ben moves one and judges the other, while Ada looks at what they were.
        await log.ChangeAsync(host.Dataset, second with { ZUm = 72 }, ben, default);
        var moved = await DoAsync(desk, Join(first, second), s_ada);
        Assert.Equal((EditOutcome.Refused, "place", "Ben"), (moved.Outcome, moved.Conflict!.Field, moved.Conflict.By));
        Assert.Equal($"The place of {second.Label} was changed by Ben meanwhile.", moved.Why);
        second = await NowAsync(log, second.Id);
        await log.ChangeAsync(host.Dataset, second with { Status = SiteStatus.Confirmed }, ben, default);
        Assert.Equal("status", (await DoAsync(desk, Join(first, second), s_ada)).Conflict!.Field);
        await log.DeleteAsync(host.Dataset.Identity, second.Id, ben, default);
        Assert.Equal($"{second.Label} was deleted by Ben meanwhile.", (await DoAsync(desk, Join(first, second), s_ada)).Why);
        Assert.Equal(first, await NowAsync(log, first.Id));
    }

    private (SiteLog Log, EditDesk Desk, EditHistory History) Server()
    {
        var journal = new EditJournal(host.Database, host.Time, host.Audit);
        var log = new SiteLog(host.Database, host.Time, journal, host.Schemas);
        return (log, new EditDesk(journal, [log]), new EditHistory());
    }

    private async Task<Site> NowAsync(SiteLog log, string id) =>
        (await log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == id);

    private async Task<EditAnswer> DoAsync(EditDesk desk, EditOp op, Editor by) =>
        Assert.Single(await desk.ApplyAsync(host.Dataset, [op], by, default));

    private static EditOp Split(Site site, double hours) => new()
    {
        Key = Guid.NewGuid().ToString("N"), Do = EditAction.Split, Id = site.Id, Base = site.Version, Hours = hours,
        Other = Guid.NewGuid().ToString("N")[..12], Was = Seen(site),
    };

    private static EditOp Join(Site site, Site other) => new()
    {
        Key = Guid.NewGuid().ToString("N"), Do = EditAction.Join, Id = site.Id, Base = site.Version, Was = Seen(site),
        Other = other.Id, OtherWas = Seen(other, "status"),
    };

    // What a page saw of a site, as it sends it.
    private static JsonObject Seen(Site site, params string[] more)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(site, SiteLog.Json)!;
        string[] names = ["zUm", "yUm", "xUm", "hours", "modality", "track", .. more];
        return new JsonObject(names.Select(n => KeyValuePair.Create(n, json[n]?.DeepClone())));
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
        return await NowAsync(log, site.Id);
    }
}
