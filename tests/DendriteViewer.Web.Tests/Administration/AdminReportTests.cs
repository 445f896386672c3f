using System.Security.Claims;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Administration;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Hosting.Authorization;
using DendriteViewer.Web.Uploads;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Administration;

/// <summary>What the administrator's pages list and do, over a database and store that hold something of each.</summary>
[Collection(AuthorizationScene.Name)]
public sealed class AdminReportTests(AuthorizationScene scene)
{
    private AdminReports Reports => scene.Service<AdminReports>();

    private ClaimsPrincipal Admin => scene.PrincipalOf(scene.Visitors.Single(v => v.Name == "admin"));

    [Fact]
    public async Task Reports_AskedByWhoIsNoAdministrator_RefuseAndChangeNothing()
    {
        var owner = scene.PrincipalOf(scene.Visitors.Single(v => v.Name == "owner"));
        var link = (await Reports.LinksAsync(Admin, "", 0, 1)).Items[0];
        Func<Task>[] all =
        [
            () => Reports.DatasetsAsync(owner, "", 0, 10), () => Reports.LinksAsync(owner, "", 0, 10),
            () => Reports.SessionsAsync(owner, "", 0, 10), () => Reports.AuditAsync(owner, new AuditFilter(), 0, 10),
            () => Reports.RevokeAsync(owner, link.Link), () => scene.Service<StorageReport>().LinesAsync(owner),
            () => scene.Service<StorageReport>().DevicesAsync(owner),
        ];
        foreach (var ask in all)
        {
            Assert.Contains("for administrators", (await Assert.ThrowsAsync<ArgumentException>(ask)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(link.Link.RevokedAt, (await FindAsync(link.Link.Id)).RevokedAt);
    }

    [Fact]
    public async Task Datasets_FoundByAPartOfTheName_TellWhatTheyTakeAndWhenTheyWereOpened()
    {
        // The watch of the store notes the dataset; it may not have looked yet. An opening that found no row does not keep later ones away.
        await scene.Service<DatasetOpenings>().NoteAsync(scene.Running.Identity);
        await scene.Service<DatasetRegistry>().NoteAsync(await scene.DatasetAsync(), default);
        await scene.Service<DatasetOpenings>().NoteAsync(scene.Running.Identity);
        var part = scene.Running.Stored.Name[1..^1].ToUpperInvariant();
        var found = (await Reports.DatasetsAsync(Admin, part, 0, 10)).Items.Single(d => d.Identity == scene.Running.Identity.Value);
        Assert.True(found is { StoredBytes: > 0, Members: > 0, Links: > 0, OpenedAt: > 0 }, found.ToString());
        Assert.Empty((await Reports.DatasetsAsync(Admin, "no such dataset", 0, 10)).Items);
    }

    [Fact]
    public async Task Link_RevokedByAnAdministrator_LetsNobodyInAndStandsInTheAuditLog()
    {
        var maker = await scene.Running.AddPersonAsync("Maker of a link to revoke", role: DatasetRole.Curate);
        var (made, token) = await scene.Running.LinkAsync(DatasetRole.View, maker);
        Assert.NotNull(await scene.Service<ShareLinks>().FindAsync(token, default));
        await scene.Service<ShareLinks>().CountAsync(made.Id, default);
        var listed = (await Reports.LinksAsync(Admin, "", 0, 1000)).Items.Single(l => l.Link.Id == made.Id);
        Assert.Equal(("Maker of a link to revoke", null), (listed.Maker, listed.End));
        Assert.NotNull(listed.Link.LastUsedAt);

        await Reports.RevokeAsync(Admin, listed.Link);
        Assert.Null(await scene.Service<ShareLinks>().FindAsync(token, default));
        var told = await Reports.AuditAsync(Admin, new AuditFilter(Kind: AuditKind.Link), 0, 5);
        Assert.Contains(told.Items, e => e.Detail == $"revoked the link '{made.Name}' as administrator");
    }

    // The state stayed until the next sweep, a copy revived it, and the second click stood in the log too.
    [Fact]
    public async Task FrozenLink_RevokedByAnAdministratorTwice_LosesItsStateAtOnce_IsNotCopied_AndStandsInTheAuditLogOnce()
    {
        var maker = (await scene.Running.AddPersonAsync("Maker of a state to revoke", role: DatasetRole.Curate)).ToString();
        var links = scene.Service<ShareLinks>();
        var (made, _) = await links.CreateAsync(scene.Running.Stored, DatasetRole.View, "a state to revoke", null, "", maker, default,
            new LinkChoices(LinkKind.Frozen));
        Assert.True(await KeepsAsync());
        Assert.True(await Reports.RevokeAsync(Admin, made));
        Assert.False(await KeepsAsync());
        Assert.False(await Reports.RevokeAsync(Admin, made));
        Assert.Equal(1, await scene.Running.AskDatabaseAsync(db => db.Audit.CountAsync(
            a => a.Detail == "revoked the frozen link 'a state to revoke' as administrator")));
        var refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => links.CopyAsync(scene.Running.Stored, made.Id, null, maker, default));
        Assert.Contains("was revoked", refusal.Message);

        Task<bool> KeepsAsync() => scene.Running.AskDatabaseAsync(db => db.LinkSnapshots.AnyAsync(s => s.LinkId == made.Id));
    }

    [Fact]
    public async Task Accounts_ChangedInAnAdministratorsSessionThatWasLeftOpen_StayAsTheyAreUntilAConfirmation()
    {
        var id = await scene.Running.AddPersonAsync("Away", administrator: true);
        var other = await scene.Running.AddPersonAsync("Of another");
        var visitor = new Visitor("away", "Away");
        await scene.SignInAsync(visitor);
        var (user, desk, members) = (scene.PrincipalOf(visitor), scene.Service<AccountDesk>(), scene.Service<DatasetMembers>());
        await scene.Running.AskDatabaseAsync(db => db.AccountSessions.Where(s => s.UserId == id)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.ConfirmedAt, 1L)));
        Func<Task>[] all =
        [
            () => desk.AddAsync("Theirs", "theirs@example.org", user), () => desk.ResetPasswordAsync(other, user),
            () => desk.LinkAsync(other, user), () => desk.TakeSecondFactorAsync(other, user),
            () => desk.SetAdministratorAsync(other, true, user), () => desk.EnableAsync(other, user),
            () => desk.ConfirmAddressAsync(other, user), () => desk.SetRoleAsync(scene.Running.Identity, other, DatasetRole.Own, user),
            () => members.AddAsync(user, scene.Running.Stored, "of another@example.org", DatasetRole.Own),
            () => members.TakeOverAsync(user, scene.Running.Stored),
            () => scene.Service<Invitations>().CreateAsync(user, scene.Running.Stored, null, DatasetRole.Own, 7),
        ];
        foreach (var act in all)
        {
            Assert.Equal(Confirmations.Needed, (await Assert.ThrowsAsync<ArgumentException>(act)).Message);
        }

        await scene.Service<Confirmations>().NoteAsync(user, TimeProvider.System.GetUtcNow(), "password");
        await desk.SetAdministratorAsync(other, true, user);
        Assert.True(await scene.Running.AskDatabaseAsync(db => db.Users.AnyAsync(u => u.Id == other && u.IsAdministrator)));
        Assert.False(await scene.Running.AskDatabaseAsync(db => db.Users.AnyAsync(u => u.Email == "theirs@example.org")));
    }

    [Fact]
    public async Task Session_EndedByAnAdministrator_IsListedNoMore()
    {
        await scene.Running.AddPersonAsync("Sleeper");
        await scene.SignInAsync(new Visitor("sleeper", "Sleeper"));
        await scene.SignInAsync(new Visitor("sleeper", "Sleeper"));
        var open = await Reports.SessionsAsync(Admin, "SLEEPER@example", 0, 10);
        Assert.Equal(2, open.Total);
        await Reports.EndAsync(Admin, open.Items[0], all: false);
        Assert.Equal(open.Items[1].Session.Id, Assert.Single((await Reports.SessionsAsync(Admin, "sleeper", 0, 10)).Items).Session.Id);
        await Reports.EndAsync(Admin, open.Items[1], all: true);
        Assert.Empty((await Reports.SessionsAsync(Admin, "sleeper", 0, 10)).Items);
    }

    [Fact]
    public async Task Storage_OfTheStoreAndTheDataFolder_IsWhatLiesThere()
    {
        var uploads = scene.Service<UploadFolder>().Root;
        Directory.CreateDirectory(uploads);
        var before = (await LinesAsync())["Uploads on this server"];
        var file = Path.Combine(uploads, "measured.bin");
        await File.WriteAllBytesAsync(file, new byte[1234]);
        var lines = await LinesAsync();
        File.Delete(file);
        Assert.Equal(before + 1234, lines["Uploads on this server"]);
        Assert.Equal((await scene.Service<DendriteViewer.Imaging.Datasets.DatasetStore>().Blobs.MeasureAsync(BlobNames.Datasets, default)),
            lines["Datasets"]);
        Assert.True(lines["Databases"] > 0 && lines["Free on this disk"] > 0);
    }

    private async Task<Dictionary<string, long?>> LinesAsync() =>
        (await scene.Service<StorageReport>().LinesAsync(Admin)).ToDictionary(l => l.What, l => l.Bytes);

    private Task<ShareLink> FindAsync(Guid id) =>
        scene.Running.AskDatabaseAsync(db => db.Links.AsNoTracking().SingleAsync(l => l.Id == id));
}
