using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;

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
        var (link, token) = await host.Links.CreateAsync(host.Dataset, DatasetRole.View, "x", TimeSpan.FromHours(1), "v=1", "me", default);
        var guest = new ClaimsPrincipal(new ClaimsIdentity([new(DendriteClaims.Link, link.Id.ToString())], "Link"));
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

    private static ClaimsPrincipal User(Guid id) => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, id.ToString())], "test"));
}
