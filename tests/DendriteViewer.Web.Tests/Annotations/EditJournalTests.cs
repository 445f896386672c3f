using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>One journal a dataset: numbers over all kinds, states at each of them, and servers that write at the same time.</summary>
public sealed class EditJournalTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person Ada = new("ada", "Ada"), Ben = new("ben", "Ben");

    private DatasetIdentity Dataset => host.Dataset.Identity;

    [Fact]
    public async Task Edits_OfTwoKindsByTwoServers_AreNumberedWithoutGaps()
    {
        // A log without a journal of its server has one of its own, as on another server.
        var (left, right) = (new SiteLog(host.Database, host.Time), new SiteLog(host.Database, host.Time));
        var measured = new MeasurementLog(host.Database, host.Time);
        await left.ListAsync(Dataset);
        await right.ListAsync(Dataset);
        var first = await NumberAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (Task)((i % 3) switch
        {
            0 => AddAsync(left, Ada),
            1 => AddAsync(right, Ben),
            _ => measured.AddAsync(Dataset, Ruler(), Ada, default),
        })));
        var journal = new EditJournal(host.Database, host.Time);
        var entries = await journal.SinceAsync(Dataset, first, 100, default);
        Assert.Equal(Enumerable.Range(1, 40).Select(i => first + i), entries.Select(e => e.Number));
        await left.CatchUpAsync(Dataset, default);
        await right.CatchUpAsync(Dataset, default);
        Assert.Equal(await left.ListAsync(Dataset), await right.ListAsync(Dataset));
        Assert.Equal(27, (await left.HistoryAsync(Dataset, default)).Count(r => r.Number > first));
    }

    [Fact]
    public async Task StateAt_EachNumber_IsWhatTheListWasThen()
    {
        var log = new SiteLog(host.Database, host.Time);
        var page = new Editor(Ada, new EditHistory("page"));
        var then = new List<(long Number, IReadOnlyList<Site> List)>();
        async Task KeepAsync() => then.Add((await NumberAsync(), await log.ListAsync(Dataset)));
        var site = await AddAsync(log, page);
        await KeepAsync();
        site = await log.ChangeAsync(host.Dataset, site with { Note = "seen" }, page, default);
        await KeepAsync();
        await log.DeleteAsync(Dataset, site.Id, page, default);
        await KeepAsync();
        await page.History!.UndoAsync(Ada, default);
        await KeepAsync();
        foreach (var (number, list) in then)
        {
            Assert.Equal(list, await log.ListAtAsync(Dataset, number, default));
        }

        var last = then[^1].Number;
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => log.StateAtAsync(Dataset, last + 1, default));
        Assert.Contains($"revisions 0 to {last}", refused.Message);
        Assert.Empty(await log.StateAtAsync(Dataset, 0, default));
    }

    [Fact]
    public async Task Undo_OfOneField_LeavesAnotherThatSomebodyElseChanged()
    {
        var log = new SiteLog(host.Database, host.Time);
        var page = new Editor(Ada, new EditHistory());
        var site = await AddAsync(log, Ada);
        site = await log.ChangeAsync(host.Dataset, site with { Status = SiteStatus.Confirmed, Note = "mine" }, page, default);
        site = await log.ChangeAsync(host.Dataset, site with { Note = "Ben's" }, Ben, default);
        var undone = await page.History!.UndoAsync(Ada, default);
        Assert.Equal($"The note of {site.Label} was left as it is, since somebody else changed it meanwhile.", undone!.Warning);
        var now = (await log.ListAsync(Dataset)).Single(s => s.Id == site.Id);
        Assert.Equal((SiteStatus.Proposed, "Ben's"), (now.Status, now.Note));
        await page.History.RedoAsync(Ada, default);
        now = (await log.ListAsync(Dataset)).Single(s => s.Id == site.Id);
        Assert.Equal((SiteStatus.Confirmed, "Ben's"), (now.Status, now.Note));
    }

    [Fact]
    public async Task Restore_OfAnEarlierVersion_IsANewEditAndTheHistoryNamesWhatChanged()
    {
        var log = new SiteLog(host.Database, host.Time);
        var site = await AddAsync(log, Ada);
        var second = await log.ChangeAsync(host.Dataset, site with { Note = "seen", ZUm = 61 }, Ben, default);
        await log.DeleteAsync(Dataset, site.Id, Ada, default);
        var back = await log.RestoreAsync(Dataset, site.Id, 2, Ben, default);
        Assert.Equal(second with { Version = 4, ChangedAt = back.ChangedAt }, back);
        var versions = await log.VersionsAsync(Dataset, site.Id, default);
        Assert.Equal(["Ada", "Ben", "Ada", "Ben"], versions.Select(v => v.ByName));
        Assert.Equal(["note", "place"], versions[1].Changes.Select(c => c.Field).Order());
        Assert.True(versions[2].IsDeleted);
        Assert.Equal((EditWhat.Restore, versions[1].Number), (versions[3].What, versions[3].Of));
        await Assert.ThrowsAsync<EditConflictException>(() => log.RestoreAsync(Dataset, site.Id, 3, Ada, default));
    }

    private Task<long> NumberAsync() => new EditJournal(host.Database, host.Time).NumberAsync(Dataset, default);

    private Task<Site> AddAsync(SiteLog log, Editor by) =>
        log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", by, default);

    private static Measurement Ruler() =>
        new() { Kind = MeasurementKind.Ruler, PointsUm = [[1, 2, 3], [4, 5, 6]], Modality = "projection" };
}
