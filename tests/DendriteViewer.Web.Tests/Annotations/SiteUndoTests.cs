using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>Undo and redo of edits of sites: in order, of one page only, and never over somebody else's edit.</summary>
public sealed class SiteUndoTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person Ada = new("ada", "Ada"), Ben = new("ben", "Ben");

    private readonly SiteLog _log = host.Exchange.Sites;

    [Fact]
    public async Task UndoRedo_OfAddChangeDelete_WalksBackAndForth()
    {
        var page = Page(Ada);
        var site = await AddAsync(page);
        async Task<Site?> Now() => (await _log.ListAsync(host.Dataset.Identity)).FirstOrDefault(s => s.Id == site.Id);
        await _log.ChangeAsync(host.Dataset, site with { Status = SiteStatus.Confirmed }, page, default);
        await _log.DeleteAsync(host.Dataset.Identity, site.Id, page, default);
        Assert.Null(await Now());
        await UndoAsync(page);
        Assert.Equal(SiteStatus.Confirmed, (await Now())!.Status);
        await UndoAsync(page);
        Assert.Equal(SiteStatus.Proposed, (await Now())!.Status);
        await UndoAsync(page);
        Assert.Null(await Now());
        await RedoAsync(page);
        await RedoAsync(page);
        Assert.Equal(SiteStatus.Confirmed, (await Now())!.Status);
        await RedoAsync(page);
        Assert.Null(await Now());
        Assert.Null(await RedoAsync(page));
        Assert.Equal(9, (await _log.HistoryAsync(host.Dataset.Identity, default)).Count(e => e.SiteId == site.Id));
    }

    // What a panel showed before it was kept was not taken back, but what was done before it.
    [Fact]
    public void Settled_WhileEditsAreMade_EndsWithTheLastOfThem()
    {
        using var history = new EditHistory();
        Assert.True(history.SettledAsync().IsCompleted);
        var (first, second) = (history.Making(), history.Making());
        var settled = history.SettledAsync();
        first.Dispose();
        first.Dispose();
        Assert.False(settled.IsCompleted);
        second.Dispose();
        Assert.True(settled.IsCompleted);
        Assert.True(history.SettledAsync().IsCompleted);
    }

    [Fact]
    public async Task Undo_OfOnePage_LeavesTheEditsOfThePersonsOtherPage()
    {
        var (left, right) = (Page(Ada), Page(Ada));
        var ofLeft = await AddAsync(left);
        var ofRight = await AddAsync(right);
        Assert.Equal($"mark {ofLeft.Label}", (await UndoAsync(left))!.Name);
        Assert.Null(await UndoAsync(left));
        var now = await _log.ListAsync(host.Dataset.Identity);
        Assert.DoesNotContain(now, s => s.Id == ofLeft.Id);
        Assert.Contains(now, s => s.Id == ofRight.Id);
    }

    [Fact]
    public async Task Undo_AfterSomebodyElsesEdit_LeavesTheirsAndNamesTheSite()
    {
        var page = Page(Ada);
        var site = await AddAsync(page);
        await _log.ChangeAsync(host.Dataset, site with { Note = "Ben's" }, Page(Ben), default);
        var step = await UndoAsync(page);
        Assert.Equal(0, step!.Changed);
        Assert.Contains($"{site.Label} was left as it is", step.Warning);
        Assert.Equal("Ben's", (await _log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == site.Id).Note);
    }

    [Fact]
    public async Task Undo_AfterAnotherPagesEditThatWasTakenBack_StillWorks()
    {
        var (mine, theirs) = (Page(Ada), Page(Ben));
        var site = await AddAsync(mine);
        await _log.ChangeAsync(host.Dataset, site with { Note = "Ben's" }, theirs, default);
        await UndoAsync(theirs);
        Assert.Null((await UndoAsync(mine))!.Warning);
        Assert.DoesNotContain(await _log.ListAsync(host.Dataset.Identity), s => s.Id == site.Id);
    }

    [Fact]
    public async Task Undo_OfAnImport_IsOneStepAndKeepsWhatSomebodyChanged()
    {
        var (mine, theirs) = (Page(Ada), Page(Ben));
        var before = await _log.ListAsync(host.Dataset.Identity);
        Site[] file = [.. Enumerable.Range(0, 5).Select(i => new Site { Id = $"undo{i}", Label = $"U{i}", ZUm = 60, YUm = 90, XUm = 90 })];
        var order = new ImportOrder(host.Dataset, new ImportChoice(), new DefaultScan(0, "projection"), MayDefine: false);
        await host.Exchange.ImportAsync(order, ReadMarks.Of(SiteFiles.Read(SiteFiles.ToCsv(file), "f")), mine, default);
        Assert.Equal(("import 5 sites", 1), (mine.History!.Counts.UndoName, mine.History.Counts.Undo));
        var third = (await _log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == "undo2");
        await _log.ChangeAsync(host.Dataset, third with { Note = "seen" }, theirs, default);
        var step = await UndoAsync(mine);
        Assert.Equal((4, "U2"), (step!.Changed, step.Kept.Single()));
        Assert.Equal(before.Count + 1, (await _log.ListAsync(host.Dataset.Identity)).Count);
        Assert.Equal(4, (await RedoAsync(mine))!.Changed);
        Assert.Equal(before.Count + 5, (await _log.ListAsync(host.Dataset.Identity)).Count);
    }

    [Fact]
    public async Task Undo_ManyAtOnce_TakesEachStepOnce()
    {
        var page = Page(Ada);
        var before = (await _log.ListAsync(host.Dataset.Identity)).Count;
        for (var i = 0; i < 8; i++)
        {
            await AddAsync(page);
        }

        var undone = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => UndoAsync(page)));
        Assert.Equal(8, undone.Count(s => s is not null));
        Assert.Equal(before, (await _log.ListAsync(host.Dataset.Identity)).Count);
    }

    [Fact]
    public async Task Counts_OfEditUndoAndRedo_CountWhatWasMadeAndWhatCanBeTaken()
    {
        var page = Page(Ada);
        var raised = 0;
        page.History!.Changed += () => raised++;
        var site = await AddAsync(page);
        await _log.DeleteAsync(host.Dataset.Identity, site.Id, page, default);
        await UndoAsync(page);
        Assert.Equal(new EditCounts(2, 1, 1, $"mark {site.Label}", $"delete {site.Label}") { Version = 3 }, page.History.Counts);
        await AddAsync(page);
        Assert.Equal((3L, 2, 0), (page.History.Counts.Made, page.History.Counts.Undo, page.History.Counts.Redo));
        Assert.Equal(4, raised);
    }

    // A page marks, changes, deletes and undoes in any order. When it takes everything back, the sites are as before; when it makes
    // everything again, they are as it left them.
    [Fact]
    public void UndoOfAllEdits_InAnyOrder_RestoresTheStateBeforeThem()
    {
        var moves = Gen.Choose(0, 3).ArrayOf(12).ToArbitrary();
        Prop.ForAll(moves, kinds =>
        {
            var page = Page(Ada);
            var before = State();
            var own = new List<string>();
            foreach (var kind in kinds)
            {
                var site = own.Count == 0 ? null : _log.ListAsync(host.Dataset.Identity).Result.FirstOrDefault(s => s.Id == own[^1]);
                if (kind == 0 || site is null)
                {
                    own.Add(AddAsync(page).Result.Id);
                }
                else if (kind == 1)
                {
                    _log.ChangeAsync(host.Dataset, site with { Note = site.Note + "x" }, page, default).Wait();
                }
                else if (kind == 2)
                {
                    _log.DeleteAsync(host.Dataset.Identity, site.Id, page, default).Wait();
                }
                else
                {
                    UndoAsync(page).Wait();
                }
            }

            var made = State();
            var steps = 0;
            while (UndoAsync(page).Result is { } step)
            {
                steps++;
                Assert.Null(step.Warning);
            }

            Assert.Equal(before, State());
            for (; steps > 0; steps--)
            {
                Assert.NotNull(RedoAsync(page).Result);
            }

            return made.SequenceEqual(State());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    private string[] State() =>
        [.. _log.ListAsync(host.Dataset.Identity).Result
            .Select(s => $"{s.Id} {s.Label} {s.Note} {s.Status}").Order(StringComparer.Ordinal)];

    private static Editor Page(Person person) => new(person, new EditHistory());

    private Task<Site> AddAsync(Editor by) => _log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", by, default);

    private static Task<EditStepResult?> UndoAsync(Editor page) => page.History!.UndoAsync(page.Person, default);

    private static Task<EditStepResult?> RedoAsync(Editor page) => page.History!.RedoAsync(page.Person, default);
}
