using System.Text.Json;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.History;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Sharing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.History;

/// <summary>The journal of a dataset read by pages, in words, and the annotations as an entry left them.</summary>
public sealed class HistoryReaderTests : IAsyncLifetime
{
    private static readonly Person Ada = new("ada", "Ada"), Ben = new("ben", "Ben");
    private readonly TestHost _host = new();
    private SiteLog _sites = null!;
    private MeasurementLog _measurements = null!;
    private HistoryReader _reader = null!;

    public async Task InitializeAsync()
    {
        await _host.InitializeAsync();
        _sites = new SiteLog(_host.Database, _host.Time, _host.Journal, _host.Schemas);
        _measurements = new MeasurementLog(_host.Database, _host.Time, _host.Journal, _host.Schemas);
        _reader = new HistoryReader(_host.Database, [_sites, _measurements, _host.Schemas]);
    }

    public Task DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Pages_WhileOthersEdit_HaveEveryEntryOnceNewestFirst()
    {
        for (var i = 0; i < 7; i++)
        {
            await AddAsync(Ada);
        }

        var (numbers, before, hasMore) = (new List<long>(), long.MaxValue, true);
        while (hasMore)
        {
            var part = await ReadAsync(new HistoryFilter(), before, 3);
            numbers.AddRange(part.Items.Select(i => i.Entry.Number));
            (before, hasMore) = (numbers[^1], part.HasMore);
            await AddAsync(Ben);
        }

        Assert.Equal([7, 6, 5, 4, 3, 2, 1], numbers);
        Assert.Equal([8, 9], (await _reader.SinceAsync(_host.Dataset.Identity, new(), 7, 2, default)).Items.Select(i => i.Entry.Number));
        Assert.True((await _reader.SinceAsync(_host.Dataset.Identity, new(), 7, 2, default)).HasMore);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(new(), long.MaxValue, HistoryReader.MostItems + 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(new(), long.MaxValue, 0));
    }

    [Fact]
    public async Task Filters_OfPersonKindAndAnnotation_LeaveTheOthersOut()
    {
        var first = await AddAsync(Ada);
        await AddAsync(Ben);
        await _measurements.AddAsync(_host.Dataset.Identity, Ruler(), Ben, default);
        await _sites.ChangeAsync(_host.Dataset, first with { Note = "seen" }, Ben, default);
        Assert.Equal([1L], await NumbersAsync(new(PersonKey: "ada")));
        Assert.Equal([3L], await NumbersAsync(new(Kind: "measurement")));
        Assert.Equal([4L, 1L], await NumbersAsync(new(Kind: "site", Id: first.Id)));
        Assert.Equal([4L], await NumbersAsync(new("ben", "site", first.Id)));
        Assert.Empty(await NumbersAsync(new(PersonKey: "nobody")));
        Assert.Equal([Ben, Ada], await _reader.PeopleAsync(_host.Dataset.Identity, default));
        Assert.Equal(first.Label, await _reader.NameAsync(_host.Dataset.Identity, new(Kind: "site", Id: first.Id), default));
        await Assert.ThrowsAsync<ArgumentException>(() => NumbersAsync(new(Kind: "dream")));
        await Assert.ThrowsAsync<ArgumentException>(() => NumbersAsync(new(Id: first.Id)));
        await Assert.ThrowsAsync<ArgumentException>(() => NumbersAsync(new(Kind: "site", Id: new string('x', 65))));
    }

    [Fact]
    public async Task Entries_OfEveryKindOfEdit_AreToldInWords()
    {
        var page = new Editor(Ada, new EditHistory("page"));
        var site = await AddAsync(page);
        site = await _sites.ChangeAsync(_host.Dataset, site with { ZUm = 66 }, page, default);
        site = await _sites.ChangeAsync(_host.Dataset, site with { Status = SiteStatus.Confirmed }, page, default);
        site = await _sites.ChangeAsync(_host.Dataset, site with { ZUm = 67, Status = SiteStatus.Rejected }, page, default);
        site = await _sites.ChangeAsync(_host.Dataset, site with { Note = "seen" }, page, default);
        site = await _sites.ChangeAsync(_host.Dataset, site with { Note = "" }, page, default);
        site = await _sites.ChangeAsync(_host.Dataset, site with { Label = "crack" }, page, default);
        await _sites.DeleteAsync(_host.Dataset.Identity, site.Id, page, default);
        await page.History!.UndoAsync(Ada, default);
        await page.History.RedoAsync(Ada, default);
        await _sites.RestoreAsync(_host.Dataset.Identity, site.Id, 3, page, default);
        await _measurements.AddAsync(_host.Dataset.Identity, Ruler(), page, default);
        await _host.Schemas.ChangeAsync(
            _host.Dataset.Identity, s => s with { Labels = new([new AnnotationLabel { Id = "a", Name = "a", Color = "#ffffff" }]) },
            0, page, default);
        var said = (await ReadAsync(new(), long.MaxValue, 50)).Items.Select(i => HistoryWords.Of(i).Text).Reverse();
        Assert.Equal(
        [
            "marked N1", "moved N1", "confirmed N1", "moved and rejected N1", "wrote the note of N1", "took away the note of N1",
            "renamed crack, which was N1", "deleted crack", "undid “delete crack” (edit 8)", "did “delete crack” again (edit 9)",
            "restored N1 as edit 3 left it", "drew Ruler 1", "changed labels and fields",
        ], said);
    }

    [Theory]
    [InlineData("delete N3", "deleted N3")]
    [InlineData("open again a comment", "opened again a comment")]
    [InlineData("import 12 sites", "imported 12 sites")]
    [InlineData("marker", "marker")]
    public void Names_InThePast_AreSentences(string name, string past) => Assert.Equal(past, HistoryWords.Past(name));

    [Fact]
    public void Days_ByTheReadersClock_AreRunsOfOnePerson()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test");
        var noon = new DateTimeOffset(2026, 1, 1, 21, 50, 0, TimeSpan.Zero);
        HistoryItem At(long number, Person by, int minutes) => new(new EditEntry
        {
            DatasetIdentity = "d", Number = number, Kind = "site", Name = "mark N1", ByKey = by.Key, ByName = by.Name,
            At = noon.AddMinutes(minutes).ToUnixTimeMilliseconds(),
        }, []);
        var days = HistoryDay.Of([At(5, Ada, 60), At(4, Ada, 20), At(3, Ada, 12), At(2, Ben, 5), At(1, Ben, 0)], zone);
        Assert.Equal(["2026-01-02", "2026-01-01"], days.Select(d => d.Day.ToString("yyyy-MM-dd")));
        Assert.Equal([[5L], [4L, 3L]], days[0].Runs.Select(r => r.Items.Select(i => i.Entry.Number)));
        Assert.Equal(("Ben", 2), (days[1].Runs.Single().PersonName, days[1].Runs.Single().Items.Count));
        Assert.Equal(["Today", "Yesterday"], days.Select(d => d.Name(new DateTimeOffset(2026, 1, 2, 8, 0, 0, TimeSpan.FromHours(2)))));
        Assert.Equal(TimeZoneInfo.Utc, HistoryDay.ZoneOf("no/such"));
        Assert.Equal(TimeZoneInfo.Utc, HistoryDay.ZoneOf(new string('x', 1000)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task StateAtEveryEntry_OfRandomEdits_IsTheFoldOfTheEntriesUpToIt(int seed)
    {
        var random = new Random(seed);
        Editor[] pages = [new(Ada, new EditHistory("a")), new(Ben, new EditHistory("b"))];
        for (var i = 0; i < 60; i++)
        {
            await EditAsync(random, pages[random.Next(2)]);
        }

        // Folded here by nothing but the rows as they were written.
        var rows = await _sites.HistoryAsync(_host.Dataset.Identity, default);
        var drawn = await _measurements.HistoryAsync(_host.Dataset.Identity, default);
        var last = await _host.Journal.NumberAsync(_host.Dataset.Identity, default);
        Assert.InRange(last, 30, 60);
        var past = new PastStates(new EditJournal(_host.Database, _host.Time));
        for (var number = 0L; number <= last; number++)
        {
            var then = (await past.OpenAsync(
                new DatasetGrant(DatasetRole.Annotate, IsMember: true), _host.Dataset, $"?revision={number}", default))!;
            var sites = rows.Where(r => r.Number <= number).GroupBy(r => r.SiteId)
                .Select(g => JsonSerializer.Deserialize<Site>(g.MaxBy(r => r.Version)!.State, SiteLog.Json)!).Where(s => !s.Deleted);
            Assert.Equal(sites.OrderBy(s => s.Id), (await _sites.ListAsync(then)).OrderBy(s => s.Id));
            var rulers = drawn.Where(r => r.Number <= number).GroupBy(r => r.MeasurementId)
                .Select(g => g.MaxBy(r => r.Version)!).Where(r => !r.State.Contains("\"deleted\":true")).Select(r => r.MeasurementId);
            Assert.Equal(rulers.Order(), (await _measurements.ListAsync(then)).Select(m => m.Id).Order());
            Assert.Equal((number, number == 0), (then.Kept!.Revision, ((PastState)then.Kept).Entry is null));
        }
    }

    [Fact]
    public async Task EarlierState_OfWhoMayNotSeeTheLog_IsNotThere()
    {
        await AddAsync(Ada);
        var past = new PastStates(_host.Journal);
        Task<DendriteViewer.Imaging.Datasets.Dataset?> OpenAsync(DatasetGrant grant, string query = "revision=1") =>
            past.OpenAsync(grant, _host.Dataset, query, default);
        var member = new DatasetGrant(DatasetRole.Annotate, IsMember: true);
        Assert.NotNull(await OpenAsync(member));
        Assert.Null(await OpenAsync(new DatasetGrant(DatasetRole.Annotate, IsMember: false)));
        Assert.Null(await OpenAsync(new DatasetGrant(DatasetRole.View, IsMember: true)));
        Assert.Contains("revisions 0 to 1; there is no 2",
            (await Assert.ThrowsAsync<ArgumentException>(() => OpenAsync(member, "revision=2"))).Message);
        foreach (var query in (string[])["revision=", "revision=-1", "revision=x", "revision=99999999999999999999"])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => OpenAsync(member, query));
        }

        // Whose right ends does not go on seeing it; who came by a frozen link alone never does.
        var then = (await OpenAsync(member))!;
        Assert.True(member.Shows(then));
        Assert.False(new DatasetGrant(DatasetRole.View, IsMember: true).Shows(then));
        Assert.False(new DatasetGrant(DatasetRole.View, IsMember: false) { Frozen = then.Kept!.Id }.Shows(then));
    }

    [Fact]
    public async Task Restore_OfWhatSomebodyChangedMeanwhileOrARetiredLabel_IsRefusedWithASentence()
    {
        var desk = new EditDesk(_host.Journal, [_sites, _measurements]);
        var history = new DatasetHistory(
            _reader, desk, _host.Journal, _host.Access, new Failures(new SecretRedactor(), NullLogger<Failures>.Instance));
        var me = Principal(await _host.AddUserAsync(administrator: true));
        var (dataset, identity) = (_host.Dataset, _host.Dataset.Identity);
        var label = new AnnotationLabel { Id = "crack", Name = "crack", Color = "#ffffff" };
        await _host.Schemas.ChangeAsync(identity, s => s with { Labels = new([label]) }, 0, Ada, default);
        var site = await AddAsync(Ada);
        site = await _sites.ChangeAsync(dataset, site with { Labels = new(["crack"]) }, Ada, default);
        site = await _sites.ChangeAsync(dataset, site with { Labels = new([]) }, Ada, default);

        // What Ben does between the question and the answer is not overwritten.
        var plan = (await history.PlanAsync(dataset, me, "site", site.Id, 1)).Value!;
        site = await _sites.ChangeAsync(dataset, site with { Note = "Ben's" }, Ben, default);
        var refused = (await history.RestoreAsync(dataset, me, plan, null)).Value!;
        Assert.Equal((EditOutcome.Refused, true), (refused.Outcome, refused.Why!.Contains("changed after you looked")));

        await _host.Schemas.ChangeAsync(identity, s => s with { Labels = new([label with { Retired = true }]) }, 1, Ada, default);
        plan = (await history.PlanAsync(dataset, me, "site", site.Id, 2)).Value!;
        refused = (await history.RestoreAsync(dataset, me, plan, null)).Value!;
        Assert.Equal(EditOutcome.Refused, refused.Outcome);
        Assert.Contains("has the label 'crack'", refused.Why);

        // As it was at first: a new edit, which one's own undo takes back, and nobody else's.
        plan = (await history.PlanAsync(dataset, me, "site", site.Id, 1)).Value!;
        Assert.Equal([("note", "Ben's", "")], plan.Changes.Select(c => (c.Field, c.Before, c.After)));
        var done = (await history.RestoreAsync(dataset, me, plan, null)).Value!;
        Assert.Equal("", (await _sites.ListAsync(identity)).Single().Note);
        var other = Principal(await _host.AddUserAsync(administrator: true));
        Assert.Contains("somebody else", (await history.TakeBackAsync(dataset, other, done.Number!.Value)).Value!.Why);
        Assert.Equal(EditOutcome.Accepted, (await history.TakeBackAsync(dataset, me, done.Number.Value)).Value!.Outcome);
        Assert.Equal("Ben's", (await _sites.ListAsync(identity)).Single().Note);

        // Closed to whoever is no member, whatever they ask for.
        var stranger = Principal(await _host.AddUserAsync());
        Assert.True((await history.ReadAsync(dataset, stranger, new(), long.MaxValue, 5)).IsClosed);
        Assert.True((await history.PeopleAsync(dataset, stranger)).IsClosed);
        Assert.True((await history.RestoreAsync(dataset, stranger, plan, null)).IsClosed);
        Assert.True((await history.TakeBackAsync(dataset, stranger, 1)).IsClosed);
    }

    [Fact]
    public async Task FrozenLink_OfAnEarlierState_KeepsItsAnnotationsAndSaysBothMoments()
    {
        var site = await AddAsync(Ada);
        var number = await _host.Journal.NumberAsync(_host.Dataset.Identity, default);
        _host.Time.Advance(TimeSpan.FromHours(3));
        await _sites.DeleteAsync(_host.Dataset.Identity, site.Id, Ada, default);
        var then = (await new PastStates(_host.Journal).OpenAsync(
            new DatasetGrant(DatasetRole.Own, IsMember: true), _host.Dataset, $"revision={number}", default))!;
        var (link, _) = await _host.Links.CreateAsync(
            then, DatasetRole.View, "then", null, $"t=0&revision={number}", await _host.AddMakerAsync(), default,
            new LinkChoices(LinkKind.Frozen));
        Assert.Equal("t=0", link.Query);
        var kept = (await _host.Frozen.OpenAsync(link.Id, _host.Dataset, default))!;
        Assert.Equal(site.Id, (await _sites.ListAsync(kept)).Single().Id);
        Assert.Equal(
            $"annotations of revision {number}, 2026-01-01 12:00 UTC, with scans and analyses of 2026-01-01 15:00 UTC",
            ((FrozenState)kept.Kept!).Moment.Text);
    }

    private static System.Security.Claims.ClaimsPrincipal Principal(Guid id) => new(new System.Security.Claims.ClaimsIdentity(
        [new(System.Security.Claims.ClaimTypes.NameIdentifier, id.ToString()), new("dendrite:name", "Me")], "test"));

    // One random edit; it may change nothing, or be refused.
    private async Task EditAsync(Random random, Editor by)
    {
        var sites = await _sites.ListAsync(_host.Dataset.Identity);
        var site = sites.Count > 0 ? sites[random.Next(sites.Count)] : null;
        switch (random.Next(8))
        {
            case 0 or 1:
                await AddAsync(by);
                break;
            case 2 when site is not null:
                await _sites.ChangeAsync(_host.Dataset, site with { ZUm = random.Next(30, 120) }, by, default);
                break;
            case 3 when site is not null:
                await _sites.ChangeAsync(_host.Dataset, site with { Note = $"{random.Next()}" }, by, default);
                break;
            case 4 when site is not null:
                await _sites.DeleteAsync(_host.Dataset.Identity, site.Id, by, default);
                break;
            case 5:
                await by.History!.UndoAsync(by.Person, default);
                break;
            case 6:
                await by.History!.RedoAsync(by.Person, default);
                break;
            default:
                await _measurements.AddAsync(_host.Dataset.Identity, Ruler(), by, default);
                break;
        }
    }

    private async Task<IEnumerable<long>> NumbersAsync(HistoryFilter filter) =>
        (await ReadAsync(filter, long.MaxValue, 50)).Items.Select(i => i.Entry.Number);

    private Task<HistoryPart> ReadAsync(HistoryFilter filter, long before, int most) =>
        _reader.ReadAsync(_host.Dataset.Identity, filter, before, most, default);

    private Task<Site> AddAsync(Editor by) =>
        _sites.AddAsync(_host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", by, default);

    private static Measurement Ruler() =>
        new() { Kind = MeasurementKind.Ruler, PointsUm = [[1, 2, 3], [4, 5, 6]], Modality = "projection" };
}
