using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Registry;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Members;

public sealed class DatasetMembersTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private DatasetMembers Members => new(
        host.Database, host.Access, new Groups(host.Database, host.Audit, host.Time), host.Confirmations, host.Audit);

    private Invitations Invitations => new(host.Database, host.Access, host.Confirmations, host.Audit, host.Time);

    private ClaimsPrincipal _owner = new();
    private Guid _ownerId;

    public async Task InitializeAsync()
    {
        await using var db = await host.Database.CreateDbContextAsync();
        await db.Members.ExecuteDeleteAsync();
        _ownerId = await AddAsync("Ada");
        await host.AddMemberAsync(_ownerId, DatasetRole.Own);
        _owner = Of(_ownerId);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task AddedByAddressOrName_GetsTheRole_AndUnknownNamesAreRefused()
    {
        var ben = await AddAsync("Ben Franklin");
        Assert.Equal("Ben Franklin", await Members.AddAsync(_owner, host.Dataset, " ben FRANKLIN ", DatasetRole.Annotate));
        Assert.Equal(DatasetRole.Annotate, await host.Access.RoleOfAccountAsync(ben, host.Dataset.Identity));
        var again = await Assert.ThrowsAsync<ArgumentException>(
            () => Members.AddAsync(_owner, host.Dataset, "Ben Franklin", DatasetRole.View));
        Assert.Contains("is a member already", again.Message);
        var unknown = await Assert.ThrowsAsync<ArgumentException>(
            () => Members.AddAsync(_owner, host.Dataset, "nobody@example.org", DatasetRole.View));
        Assert.Contains("invite them", unknown.Message);
    }

    [Fact]
    public async Task NameOfTwoAccounts_IsRefused_AndTheAddressIsAskedFor()
    {
        await AddAsync("Grace");
        await AddAsync("Grace");
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => Members.AddAsync(_owner, host.Dataset, "grace", DatasetRole.View));
        Assert.Contains("give the e-mail address", refusal.Message);
    }

    [Fact]
    public async Task LastOwner_CannotGo_UntilThereIsAnother()
    {
        var list = (await Members.ListAsync(_owner, host.Dataset))!;
        var me = list.Members.Single();
        await Assert.ThrowsAsync<ArgumentException>(() => Members.SetAsync(_owner, host.Dataset, me, null));
        await Assert.ThrowsAsync<ArgumentException>(() => Members.SetAsync(_owner, host.Dataset, me, DatasetRole.Curate));
        await AddAsync("Heir");
        await Members.AddAsync(_owner, host.Dataset, "Heir", DatasetRole.Own);
        await Members.SetAsync(_owner, host.Dataset, me, DatasetRole.View);
        Assert.Null(await Members.ListAsync(_owner, host.Dataset));
    }

    [Fact]
    public async Task TwoOwners_WhoRemoveOneAnotherAtTheSameMoment_LeaveOne()
    {
        var second = await AddAsync("Second");
        await host.AddMemberAsync(second, DatasetRole.Own);
        var results = await Task.WhenAll(new[] { _ownerId, second }.Select(async id =>
        {
            try
            {
                await DatasetMembers.SetRoleAsync(
                    host.Database, host.Audit, host.Dataset.Identity, id, null, null, default);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }));
        Assert.Single(results, done => done);
        await using var db = await host.Database.CreateDbContextAsync();
        Assert.Single(await db.Members.Where(m => m.Role == DatasetRole.Own).ToListAsync());
    }

    [Fact]
    public async Task WhoDoesNotOwn_ChangesNothing_AndAnAdministratorTakesOver()
    {
        var curator = await AddAsync("Curator");
        await host.AddMemberAsync(curator, DatasetRole.Curate);
        await Assert.ThrowsAsync<ArgumentException>(() => Members.AddAsync(Of(curator), host.Dataset, "Ada", DatasetRole.View));
        await Assert.ThrowsAsync<ArgumentException>(() => Members.TakeOverAsync(Of(curator), host.Dataset));
        await Assert.ThrowsAsync<ArgumentException>(
            () => Invitations.CreateAsync(Of(curator), host.Dataset, null, DatasetRole.View, 7));
        var admin = await host.AddUserAsync(administrator: true);
        await Members.TakeOverAsync(Of(admin), host.Dataset);
        Assert.Contains((await Members.ListAsync(Of(admin), host.Dataset))!.Members, m => m.Id == admin && m.Role == DatasetRole.Own);
    }

    [Fact]
    public async Task Invitation_TakenByTwoAtTheSameMoment_IsTakenOnce()
    {
        var (made, path) = await Invitations.CreateAsync(_owner, host.Dataset, null, DatasetRole.Annotate, 7);
        var token = path.Split('/')[^1];
        Assert.DoesNotContain(token, made.TokenHash);
        var found = await Invitations.FindAsync(token);
        var people = new List<Guid>();
        for (var i = 0; i < 8; i++)
        {
            people.Add(await host.AddUserAsync());
        }

        var taken = await Task.WhenAll(people.Select(p => Invitations.TryAcceptAsync(found!, p)));
        Assert.Single(taken, t => t);
        await using (var db = await host.Database.CreateDbContextAsync())
        {
            // Whoever took it is a member, and nobody else.
            var members = await db.Members.Where(m => people.Contains(m.UserId)).Select(m => m.UserId).ToListAsync();
            Assert.Equal([people[Array.IndexOf(taken, true)]], members);
        }

        Assert.Null(await Invitations.FindAsync(token));
        Assert.Equal(InvitationEnd.Used, (await Invitations.ListAsync(_owner, host.Dataset))!.Single(i => i.Invitation.Id == made.Id).End);
    }

    [Fact]
    public async Task Invitation_RevokedOrOfSomebodyWhoOwnsNoMore_IsNotOpen()
    {
        var (made, path) = await Invitations.CreateAsync(_owner, host.Dataset, "x@example.org", DatasetRole.View, 7);
        Assert.NotNull(Invitations.RefusalOf(made, "y@example.org"));
        Assert.Null(Invitations.RefusalOf(made, "X@EXAMPLE.org"));
        await using (var db = await host.Database.CreateDbContextAsync())
        {
            await db.Members.Where(m => m.UserId == _ownerId).ExecuteUpdateAsync(s => s.SetProperty(m => m.Role, DatasetRole.Curate));
        }

        Assert.Null(await Invitations.FindAsync(path.Split('/')[^1]));
        await using (var db = await host.Database.CreateDbContextAsync())
        {
            await db.Members.Where(m => m.UserId == _ownerId).ExecuteUpdateAsync(s => s.SetProperty(m => m.Role, DatasetRole.Own));
        }

        Assert.NotNull(await Invitations.FindAsync(path.Split('/')[^1]));
        await Invitations.RevokeAsync(_owner, host.Dataset, made.Id);
        Assert.Null(await Invitations.FindAsync(path.Split('/')[^1]));
        Assert.False(await Invitations.TryAcceptAsync(made, _ownerId));
    }

    [Fact]
    public async Task Invitation_WhoseDatasetWasDeleted_IsNotOpen()
    {
        var (made, path) = await Invitations.CreateAsync(_owner, host.Dataset, null, DatasetRole.View, 7);
        await using var db = await host.Database.CreateDbContextAsync();
        var record = await db.Datasets.FindAsync(host.Dataset.Identity.Value);
        var isNew = record is null;
        if (record is null)
        {
            record = new DatasetRecord
                { Identity = host.Dataset.Identity.Value, DatasetId = host.Dataset.Id.Value, Name = host.Dataset.Name };
            db.Datasets.Add(record);
        }

        record.DeletedAt = 1;
        await db.SaveChangesAsync();
        Assert.Null(await Invitations.FindAsync(path.Split('/')[^1]));
        Assert.False(await Invitations.TryAcceptAsync(made, await host.AddUserAsync()));
        record.DeletedAt = null;
        if (isNew)
        {
            db.Datasets.Remove(record);
        }

        await db.SaveChangesAsync();
        Assert.NotNull(await Invitations.FindAsync(path.Split('/')[^1]));
    }

    [Theory]
    [InlineData("no address")]
    [InlineData("a@b@c")]
    [InlineData("@example.org")]
    public async Task Invitation_OfWhatIsNoAddress_IsRefused(string email) => await Assert.ThrowsAsync<ArgumentException>(
        () => Invitations.CreateAsync(_owner, host.Dataset, email, DatasetRole.View, 7));

    [Fact]
    public async Task PublicDataset_IsOpenToAnybodyToLook_UntilItIsClosed()
    {
        var open = new Web.Visitors.PublicDatasets(host.Database, host.Access, host.Catalog, host.Audit, host.Time);
        var (nobody, stranger) = (new ClaimsPrincipal(new ClaimsIdentity()), Of(await AddAsync("Stranger")));
        await Assert.ThrowsAsync<ArgumentException>(() => open.OpenAsync(stranger, host.Dataset));
        Assert.Null(await host.Access.GrantAsync(nobody, host.Dataset.Identity));
        await Task.WhenAll(open.OpenAsync(_owner, host.Dataset), open.OpenAsync(_owner, host.Dataset));
        foreach (var who in new[] { nobody, stranger })
        {
            var grant = await host.Access.GrantAsync(who, host.Dataset.Identity);
            Assert.True(grant is { Role: DatasetRole.View, IsPublic: true, SeesNames: false });
        }

        Assert.Equal(DatasetRole.Own, (await host.Access.GrantAsync(_owner, host.Dataset.Identity))?.Role);
        await open.CloseAsync(_owner, host.Dataset);
        Assert.Null(await host.Access.GrantAsync(stranger, host.Dataset.Identity));
    }

    // Whoever was invited to anything could make an account of anybody's address, and was the member that an owner meant by it.
    [Fact]
    public async Task AddedByAnAddressThatNobodyConfirmed_IsRefusedUntilItIs_AndByNameIsMarked()
    {
        var address = $"{Guid.NewGuid():N}@lab.org";
        var account = await AddAsync("Mallory of the lab", address);
        var refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => Members.AddAsync(_owner, host.Dataset, address, DatasetRole.View));
        Assert.Contains("nobody has confirmed", refusal.Message);
        Assert.Null(await host.Access.RoleOfAccountAsync(account, host.Dataset.Identity));
        await Members.AddAsync(_owner, host.Dataset, "Mallory of the lab", DatasetRole.View);
        var row = await RowAsync();
        Assert.True(row.IsUnconfirmed);
        await Members.SetAsync(_owner, host.Dataset, row, null);
        await ConfirmAsync(account);
        await Members.AddAsync(_owner, host.Dataset, address, DatasetRole.View);
        Assert.False((await RowAsync()).IsUnconfirmed);

        async Task<MemberRow> RowAsync() => (await Members.ListAsync(_owner, host.Dataset))!.Members.Single(m => m.Id == account);
    }

    [Fact]
    public async Task InvitationThatItsOwnerBound_IsAcceptedByTheAccountMadeByItOrAConfirmedOne_AndByNoOtherOfThatAddress()
    {
        var address = $"{Guid.NewGuid():N}@lab.org";
        var account = await UserAsync(await AddAsync("Mallory", address));
        var (made, path) = await Invitations.CreateAsync(_owner, host.Dataset, address, DatasetRole.View, 7);
        Assert.Contains("nobody has confirmed", Invitations.RefusalOf(made, account));
        Assert.True(await Invitations.TryBindAsync(made, address, account, isMade: false));
        Assert.False(await Invitations.TryAcceptAsync((await FindAsync(path))!, account.Id));
        Assert.True(await Invitations.TryBindAsync(made, address, account, isMade: true));
        Assert.True(await Invitations.TryAcceptAsync((await FindAsync(path))!, account.Id));

        (made, path) = await Invitations.CreateAsync(_owner, host.Dataset, address, DatasetRole.Annotate, 7);
        Assert.False(await Invitations.TryAcceptAsync(made, account.Id));
        await ConfirmAsync(account.Id);
        Assert.True(await Invitations.TryAcceptAsync(made, account.Id));
        Assert.Equal(DatasetRole.Annotate, await host.Access.RoleOfAccountAsync(account.Id, host.Dataset.Identity));
    }

    [Fact]
    public async Task InvitationForWhoeverOpensIt_IsAcceptedByTheAccountOfTheAddressGiven_AlsoUnconfirmed()
    {
        var address = $"{Guid.NewGuid():N}@lab.org";
        var account = await UserAsync(await AddAsync("Grace", address));
        var (made, path) = await Invitations.CreateAsync(_owner, host.Dataset, null, DatasetRole.View, 7);
        Assert.True(await Invitations.TryBindAsync(made, address, account, isMade: false));
        Assert.True(await Invitations.TryAcceptAsync((await FindAsync(path))!, account.Id));
    }

    private Task<Invitation?> FindAsync(string path) => Invitations.FindAsync(path.Split('/')[^1]);

    private async Task<AppUser> UserAsync(Guid id)
    {
        await using var db = await host.Database.CreateDbContextAsync();
        return await db.Users.AsNoTracking().SingleAsync(u => u.Id == id);
    }

    private async Task ConfirmAsync(Guid id)
    {
        await using var db = await host.Database.CreateDbContextAsync();
        await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.EmailConfirmed, true));
    }

    private static ClaimsPrincipal Of(Guid account) =>
        new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, account.ToString()), new("dendrite:name", "Ada")], "test"));

    private async Task<Guid> AddAsync(string name, string? email = null)
    {
        var id = await host.AddUserAsync();
        await using var db = await host.Database.CreateDbContextAsync();
        var normalized = email?.ToUpperInvariant();
        await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(s => s.SetProperty(u => u.DisplayName, name)
            .SetProperty(u => u.Email, email).SetProperty(u => u.NormalizedEmail, normalized));
        return id;
    }
}
