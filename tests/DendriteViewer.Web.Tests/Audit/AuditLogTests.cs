using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Audit;

/// <summary>What is recorded, what is found again, and what must not be done where it cannot be recorded.</summary>
public sealed class AuditLogTests(RunningApp app) : IClassFixture<RunningApp>
{
    private static readonly Person s_ada = new("ada-key", "Ada Lovelace");

    private AuditLog Log => app.App.Services.GetRequiredService<AuditLog>();

    [Fact]
    public async Task Entries_FilteredByPersonDatasetKindAndTime_ArePagedNewestFirst()
    {
        var subject = new AuditSubject("identity-1", "li-one", "key-1");
        for (var i = 0; i < 5; i++)
        {
            await Log.RecordAsync(AuditKind.Import, s_ada, $"imported scan {i}", subject);
        }

        await Log.RecordAsync(AuditKind.Export, new Person("ben-key", "Ben"), "exported a scan", new AuditSubject("identity-2", "li-two"));
        var page = await Log.ListAsync(new AuditFilter(Person: "lovelace", Kind: AuditKind.Import, Dataset: "li-one"), 1, 2);
        Assert.Equal(5, page.Total);
        Assert.Equal(["imported scan 3", "imported scan 2"], page.Entries.Select(e => e.Detail));
        Assert.All(page.Entries, e => Assert.Equal(("ada-key", "identity-1", "key-1"), (e.PersonKey, e.DatasetIdentity, e.Subject)));
        var at = page.Entries[0].At;
        Assert.Equal(0, (await Log.ListAsync(new AuditFilter(From: at + 3_600_000), 0, 10)).Total);
        Assert.Equal(0, (await Log.ListAsync(new AuditFilter(Until: at - 3_600_000), 0, 10)).Total);
        Assert.Equal("exported a scan", Assert.Single((await Log.ListAsync(new AuditFilter("BEN"), 0, 10)).Entries).Detail);
    }

    [Fact]
    public async Task Entries_OfWhichTheIdentityAloneWasKept_NameTheDatasetAndAreFoundByItsId()
    {
        await Log.RecordAsync(AuditKind.Annotation, s_ada, "restored a site", AuditSubject.Of(app.Identity));
        var filter = new AuditFilter(Kind: AuditKind.Annotation, Dataset: app.Dataset.Value);
        var entry = Assert.Single((await Log.ListAsync(filter, 0, 10)).Entries, e => e.Detail == "restored a site");
        Assert.Equal(app.Dataset.Value, entry.DatasetId);
        await foreach (var read in Log.ReadAsync(filter))
        {
            Assert.Equal(app.Dataset.Value, read.DatasetId);
        }
    }

    [Fact]
    public async Task Detail_WithASecret_IsKeptWithoutIt()
    {
        await Log.RecordAsync(AuditKind.Link, s_ada, "made /s/dvl_abcdefghijklmnopqrstuvwx for somebody");
        var entry = (await Log.ListAsync(new AuditFilter(Kind: AuditKind.Link, Person: "ada-key"), 0, 1)).Entries[0];
        Assert.DoesNotContain("abcdefgh", entry.Detail);
        Assert.Contains("for somebody", entry.Detail);
    }

    [Fact]
    public async Task AuditTableThatCannotBeWritten_GrantAndDeletion_AreNotDone()
    {
        var people = app.App.Services.GetRequiredService<People>();
        var ben = await app.AddPersonAsync("Benedict");
        await app.AskDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE Audit RENAME TO AuditAway"));
        try
        {
            await Assert.ThrowsAsync<DbUpdateException>(
                () => people.SetRoleAsync(app.Identity, ben, DatasetRole.Own, new ConfirmedPerson(s_ada)));
            await Assert.ThrowsAsync<DbUpdateException>(() =>
                app.App.Services.GetRequiredService<Web.Registry.DatasetWatch>().DeleteAsync(app.Stored, s_ada, default));
            await Assert.ThrowsAsync<DbUpdateException>(
                () => people.AddAsync("Nobody", "nobody@example.org", false, new ConfirmedPerson(s_ada)));
            await Assert.ThrowsAsync<DbUpdateException>(() => app.App.Services.GetRequiredService<Web.Registry.DatasetEdits>().SaveAsync(
                app.Stored, _ => Imaging.Datasets.DatasetDescription.Of(app.Stored.Manifest) with { Name = "Not recorded" }, s_ada,
                default));
            var isDone = false;
            await Assert.ThrowsAsync<DbUpdateException>(() => Log.RecordedAsync(
                AuditKind.Correction, s_ada, "moved it", default, () => Task.FromResult(isDone = true)));
            Assert.False(isDone);
        }
        finally
        {
            await app.AskDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE AuditAway RENAME TO Audit"));
        }

        Assert.DoesNotContain(ben, (await people.MembersAsync(app.Identity)).Keys);
        var store = app.App.Services.GetRequiredService<Imaging.Datasets.DatasetStore>();
        Assert.Equal(app.Stored.Name, (await store.TryOpenAsync(app.Dataset, default))!.Name);
        Assert.DoesNotContain(await people.ListAsync(), u => u.Email == "nobody@example.org");
        await people.SetRoleAsync(app.Identity, ben, DatasetRole.Own, new ConfirmedPerson(s_ada));
        var entry = (await Log.ListAsync(new AuditFilter(Kind: AuditKind.Role, Dataset: app.Identity.Value), 0, 1)).Entries[0];
        Assert.Equal("gave Benedict the role 'owner'", entry.Detail);
    }

    [Fact]
    public async Task Act_ThatIsRecorded_HasItsEntryBefore_AndWhereItFailsOneMore()
    {
        const string done = "moved the interface for the log", failed = "moved the outline for the log";
        Assert.Equal(7, await Log.RecordedAsync(AuditKind.Correction, s_ada, done, default, async () =>
        {
            Assert.Equal([done], await DetailsAsync());
            return 7;
        }));
        await Assert.ThrowsAsync<OperationCanceledException>(() => Log.RecordedAsync<int>(
            AuditKind.Correction, s_ada, failed, default, () => throw new OperationCanceledException()));
        Assert.Equal([AuditLog.FailedOf(failed), failed, done], await DetailsAsync());
        Assert.Contains("may not have been done", AuditLog.FailedOf(failed), StringComparison.Ordinal);

        async Task<IEnumerable<string>> DetailsAsync() =>
            (await Log.ListAsync(new AuditFilter(Kind: AuditKind.Correction), 0, 100)).Entries.Select(e => e.Detail)
                .Where(d => d.Contains("for the log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AccountThatIsMade_IsRecordedWithIt_AndOneThatIsRefusedIsNot()
    {
        var people = app.App.Services.GetRequiredService<People>();
        await people.AddAsync("Carla", "carla@example.org", true, new ConfirmedPerson(s_ada));
        await Assert.ThrowsAsync<ArgumentException>(() => people.AddAsync("Carlo", "carla@example.org", false, new ConfirmedPerson(s_ada)));
        var account = (await people.ListAsync()).Single(u => u.Email == "carla@example.org");
        var entry = (await Log.ListAsync(new AuditFilter(Kind: AuditKind.Account), 0, 100)).Entries.Single(e => e.Detail.Contains("Carl"));
        Assert.Equal(("made the account of Carla, an administrator", account.Id.ToString()), (entry.Detail, entry.Subject));
    }

    [Fact]
    public async Task Files_ThatAreFetched_AreRecordedOnceAKindAndPersonInFiveMinutes()
    {
        var time = new ManualTime();
        var exports = new ExportAudit(Log, app.App.Services.GetRequiredService<Imaging.Datasets.DatasetStore>(), time);
        var gus = new Person("gus-exports", "Gus");
        for (var i = 0; i < 3; i++)
        {
            await exports.NoteAsync(s_ada, app.Dataset.Value, "sites, a table", "a.csv");
            await exports.NoteAsync(s_ada, app.Dataset.Value, "figures", null);
            await exports.NoteAsync(gus, app.Dataset.Value, "sites, a table", "b.csv");
        }

        time.Advance(ExportAudit.Interval);
        await exports.NoteAsync(s_ada, app.Dataset.Value, "sites, a table", "c.csv");
        var mine = (await Log.ListAsync(new AuditFilter(Kind: AuditKind.Export, Dataset: app.Identity.Value), 0, 100)).Entries
            .Where(e => e.Detail.StartsWith("fetched", StringComparison.Ordinal) && e.PersonKey is "ada-key" or "gus-exports").ToArray();
        Assert.Equal(
            ["fetched sites, a table: c.csv", "fetched sites, a table: b.csv", "fetched figures", "fetched sites, a table: a.csv"],
            mine.Select(e => e.Detail));
        Assert.All(mine, e => Assert.Equal(app.Dataset.Value, e.DatasetId));
    }

    [Fact]
    public async Task Files_FetchedByAGuest_AreRecorded_AndNotGivenOutWhereThatFails()
    {
        var (guest, of) = (await app.GuestAsync(DatasetRole.View), $"/api/datasets/{app.Dataset}");
        Assert.Equal(HttpStatusCode.NotFound, (await guest.GetAsync($"{of}/measurements/none/csv")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await guest.GetAsync($"{of}/sites/csv")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await guest.GetAsync($"{of}/sites/csv")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await guest.GetAsync($"{of}/annotations/export?format=geojson")).StatusCode);
        var told = (await Log.ListAsync(new AuditFilter(Kind: AuditKind.Export, Dataset: app.Identity.Value), 0, 100)).Entries
            .Where(e => e.PersonKey is not ("ada-key" or "gus-exports")).ToArray();
        Assert.Equal(
            [$"fetched all annotations: {app.Dataset}-annotations.geojson", $"fetched sites, a table: {app.Dataset}-sites.csv"],
            told.Select(e => e.Detail));

        var another = await app.GuestAsync(DatasetRole.View);
        await app.AskDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE Audit RENAME TO AuditAway"));
        try
        {
            Assert.False((await another.GetAsync($"{of}/sites/csv")).IsSuccessStatusCode);
        }
        finally
        {
            await app.AskDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE AuditAway RENAME TO Audit"));
        }

        Assert.Equal(HttpStatusCode.OK, (await another.GetAsync($"{of}/sites/csv")).StatusCode);
    }
}
