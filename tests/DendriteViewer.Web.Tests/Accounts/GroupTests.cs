using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.OpenId;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Accounts;

public sealed class GroupTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly ConfirmedPerson s_by = new(new Person("admin", "Grace"));

    private Groups Groups => new(host.Database, host.Audit, host.Time);

    [Theory]
    [InlineData(null, DatasetRole.View, DatasetRole.View)]
    [InlineData(DatasetRole.View, DatasetRole.Curate, DatasetRole.Curate)]
    [InlineData(DatasetRole.Own, DatasetRole.View, DatasetRole.Own)]
    public async Task Role_OfAPersonInAGroup_IsTheLargerOfTheirOwnAndTheGroups(DatasetRole? own, DatasetRole group, DatasetRole expected)
    {
        var (person, id) = (await host.AddUserAsync(), await Groups.AddAsync(s_by, $"Group {Guid.NewGuid()}"));
        if (own is { } role)
        {
            await host.AddMemberAsync(person, role);
        }

        await Groups.PutAsync(s_by, id, person);
        await Groups.SetRoleAsync(s_by, host.Dataset.Identity, id, group);
        Assert.Equal(expected, await RoleAsync(person));
        Assert.Equal(group, (await Groups.RolesAsync(host.Dataset.Identity))[id]);

        await Groups.SetRoleAsync(s_by, host.Dataset.Identity, id, null);
        Assert.Equal(own, await RoleAsync(person));
    }

    [Fact]
    public async Task Role_OfAPersonInTwoGroups_IsTheLargestAndEndsWithTheGroup()
    {
        var person = await host.AddUserAsync();
        var (small, large) = (await Groups.AddAsync(s_by, "Visitors"), await Groups.AddAsync(s_by, "Beamline"));
        foreach (var (group, role) in new[] { (small, DatasetRole.View), (large, DatasetRole.Annotate) })
        {
            await Groups.PutAsync(s_by, group, person);
            await Groups.SetRoleAsync(s_by, host.Dataset.Identity, group, role);
        }

        Assert.Equal(DatasetRole.Annotate, await RoleAsync(person));
        await Groups.RemoveAsync(s_by, large);
        Assert.Equal(DatasetRole.View, await RoleAsync(person));
        await Groups.TakeAsync(s_by, small, person);
        Assert.Null(await RoleAsync(person));
        Assert.DoesNotContain(large, (await Groups.RolesAsync(host.Dataset.Identity)).Keys);
    }

    [Fact]
    public async Task Link_OfAMakerWhoMayShareByAGroup_EndsWhenTheyLeaveIt()
    {
        var (person, id) = (await host.AddUserAsync(), await Groups.AddAsync(s_by, "Curators"));
        await Groups.PutAsync(s_by, id, person);
        await Groups.SetRoleAsync(s_by, host.Dataset.Identity, id, DatasetRole.Curate);
        var (_, token) = await host.Links.CreateAsync(host.Dataset, DatasetRole.View, "x", null, "", person.ToString(), default);
        Assert.NotNull(await host.Links.FindAsync(token, default));
        await Groups.TakeAsync(s_by, id, person);
        Assert.Null(await host.Links.FindAsync(token, default));
    }

    [Fact]
    public async Task Account_Removed_LeavesItsGroups()
    {
        var (person, other, id) = (await host.AddUserAsync(), await host.AddUserAsync(), await Groups.AddAsync(s_by, "Short stay"));
        await Groups.PutAsync(s_by, id, person);
        await Groups.PutAsync(s_by, id, other);
        await using (var db = await host.Database.CreateDbContextAsync())
        {
            await db.Users.Where(u => u.Id == person).ExecuteDeleteAsync();
        }

        Assert.Equal([other], (await Groups.PeopleAsync(id)).Select(p => p.Id));
        Assert.Equal(1, (await Groups.ListAsync()).Single(g => g.Id == id).People);
    }

    [Fact]
    public async Task Group_WithATakenOrEmptyNameOrHalfAClaim_IsRefusedInOneSentence()
    {
        await Groups.AddAsync(s_by, "Operando");
        Assert.Contains("already", (await Assert.ThrowsAsync<ArgumentException>(() => Groups.AddAsync(s_by, " operando "))).Message,
            StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Groups.AddAsync(s_by, " "));
        await Assert.ThrowsAsync<ArgumentException>(() => Groups.AddAsync(s_by, new string('x', 81)));
        await Assert.ThrowsAsync<ArgumentException>(() => Groups.AddAsync(
            s_by, "Half", new OpenIdOptions { Name = "Keycloak", Issuer = "https://login.example.org" }));
        await Assert.ThrowsAsync<ArgumentException>(() => Groups.PutAsync(s_by, Guid.NewGuid(), Guid.NewGuid()));
        await Assert.ThrowsAsync<ArgumentException>(
            () => Groups.SetRoleAsync(s_by, host.Dataset.Identity, Guid.NewGuid(), DatasetRole.View));
        var id = await Groups.AddAsync(s_by, "Renamed");
        await Assert.ThrowsAsync<ArgumentException>(() => Groups.RenameAsync(s_by, id, "OPERANDO"));
        await Groups.RenameAsync(s_by, id, "renamed");
        Assert.Equal("renamed", (await Groups.ListAsync()).Single(g => g.Id == id).Name);
    }

    private Task<DatasetRole?> RoleAsync(Guid person) => host.Access.RoleAsync(
        new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, person.ToString())], "test")), host.Dataset.Identity);
}
