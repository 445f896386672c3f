using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Sharing;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Accounts;

public sealed class DatasetAccessTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly DatasetIdentity Other = DatasetIdentity.New();

    [Fact]
    public async Task Nobody_HasNoRole() =>
        Assert.Null(await host.Access.RoleAsync(new ClaimsPrincipal(new ClaimsIdentity()), host.Dataset.Identity));

    [Fact]
    public async Task AnAccountAlone_HasNoRoleAndAMemberItsOwnInThatDatasetOnly()
    {
        var id = await host.AddUserAsync();
        Assert.Null(await host.Access.RoleAsync(User(id), host.Dataset.Identity));
        await using (var db = await host.Database.CreateDbContextAsync())
        {
            db.Members.Add(new DatasetMember { DatasetIdentity = host.Dataset.Identity.Value, UserId = id, Role = DatasetRole.Annotate });
            await db.SaveChangesAsync();
        }

        Assert.Equal(DatasetRole.Annotate, await host.Access.RoleAsync(User(id), host.Dataset.Identity));
        Assert.Null(await host.Access.RoleAsync(User(id), Other));
    }

    [Fact]
    public async Task ALink_OpensItsDatasetUntilItExpiresOrIsRevoked()
    {
        var (link, token) = await host.Links.CreateAsync(
            host.Dataset, DatasetRole.View, "x", TimeSpan.FromHours(1), "v=1", await host.AddMakerAsync(), default);
        var guest = Guest(link);
        Assert.DoesNotContain(token, link.TokenHash);
        Assert.Equal(link.Id, (await host.Links.FindAsync(token, default))!.Id);
        Assert.Null(await host.Links.FindAsync(token + "x", default));
        Assert.Equal(DatasetRole.View, await host.Access.RoleAsync(guest, host.Dataset.Identity));
        Assert.Null(await host.Access.RoleAsync(guest, Other));
        host.Time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await host.Access.RoleAsync(guest, host.Dataset.Identity));
        Assert.Null(await host.Links.FindAsync(token, default));
        host.Time.Advance(TimeSpan.FromHours(-2));
        await host.Links.RevokeAsync(host.Dataset.Identity, link.Id, default);
        Assert.Null(await host.Access.RoleAsync(guest, host.Dataset.Identity));
        Assert.Null(await host.Links.FindAsync(token, default));
    }

    [Theory]
    [InlineData(DatasetRole.Own, null)]
    [InlineData(DatasetRole.Curate, null)]
    [InlineData(DatasetRole.Annotate, LinkEnd.MakerMayNotShare)]
    [InlineData(DatasetRole.View, LinkEnd.MakerMayNotShare)]
    [InlineData(null, LinkEnd.MakerMayNotShare)]
    public async Task ALink_WhoseMakerHasAnotherRoleSince_IsOpenForAsLongAsTheyMayShare(DatasetRole? now, LinkEnd? end)
    {
        var maker = await host.AddMakerAsync();
        var (link, token) = await host.Links.CreateAsync(host.Dataset, DatasetRole.Annotate, "x", null, "", maker, default);
        await SetRoleAsync(maker, now);
        DatasetRole? expected = end is null ? DatasetRole.Annotate : null;
        Assert.Equal(expected, await host.Access.RoleAsync(Guest(link), host.Dataset.Identity));
        Assert.Equal(end is null, await host.Access.HoldsAnythingAsync(Guest(link)));
        Assert.Equal(end is null, await host.Links.FindAsync(token, default) is not null);
        Assert.Equal(end, (await host.Links.ListAsync(host.Dataset.Identity, default)).Single(l => l.Link.Id == link.Id).End);
        await SetRoleAsync(maker, DatasetRole.Curate);
        Assert.Equal(DatasetRole.Annotate, await host.Access.RoleAsync(Guest(link), host.Dataset.Identity));
    }

    [Theory]
    [InlineData("")]
    [InlineData("somebody")]
    [InlineData("9f3e2b0c-6c1c-4b8a-9d0e-1f2a3b4c5d6e")]
    public async Task ALink_OfNoAccountThatExists_IsClosed(string maker)
    {
        var (link, token) = await host.Links.CreateAsync(host.Dataset, DatasetRole.View, "x", null, "", maker, default);
        Assert.Null(await host.Access.RoleAsync(Guest(link), host.Dataset.Identity));
        Assert.Null(await host.Links.FindAsync(token, default));
        Assert.Equal(LinkEnd.MakerRemoved, await host.Access.EndOfAsync(link));
    }

    [Fact]
    public async Task ALink_OfAnAdministratorWithoutARoleInTheDataset_IsOpen()
    {
        var maker = await host.AddUserAsync(administrator: true);
        var (link, _) = await host.Links.CreateAsync(host.Dataset, DatasetRole.View, "x", null, "", maker.ToString(), default);
        Assert.Equal(DatasetRole.View, await host.Access.RoleAsync(Guest(link), host.Dataset.Identity));
    }

    [Fact]
    public async Task ALink_CannotOwn() => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
        host.Links.CreateAsync(host.Dataset, DatasetRole.Own, "x", null, "", "me", default));

    [Fact]
    public void OneTimeCode_WorksOnce()
    {
        var first = new FirstAdministrator();
        var code = first.Begin();
        Assert.False(first.TryUse("wrong"));
        Assert.True(first.IsOpen);
        Assert.True(first.TryUse(code));
        Assert.False(first.TryUse(code));
        Assert.False(first.IsOpen);
    }

    [Theory]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://[::1]:5080", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://*:5080", false)]
    [InlineData("http://+:80", false)]
    [InlineData("http://example.org", false)]
    public void Loopback_IsToldFromTheRest(string address, bool loopback) => Assert.Equal(loopback,
        LocalRequests.IsLoopbackAddress(address));

    private async Task SetRoleAsync(string user, DatasetRole? role)
    {
        await using var db = await host.Database.CreateDbContextAsync();
        var id = Guid.Parse(user);
        await db.Members.Where(m => m.UserId == id).ExecuteDeleteAsync();
        if (role is { } r)
        {
            await host.AddMemberAsync(id, r);
        }
    }

    private static ClaimsPrincipal Guest(ShareLink link) =>
        new(new ClaimsIdentity([new(DendriteClaims.Link, link.Id.ToString())], "Link"));

    private static ClaimsPrincipal User(Guid id) => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id.ToString())], "test"));
}
