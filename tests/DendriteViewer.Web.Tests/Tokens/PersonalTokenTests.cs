using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Tokens;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Tokens;

public sealed class PersonalTokenTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person s_by = new("admin", "Grace");

    private PersonalTokens Tokens => new(host.Database, host.Audit, host.Time);

    [Theory]
    [InlineData(TokenScopes.Read, DatasetRole.View)]
    [InlineData(TokenScopes.Annotate, DatasetRole.Annotate)]
    [InlineData(TokenScopes.Import, DatasetRole.Curate)]
    [InlineData(TokenScopes.Annotate | TokenScopes.Import, DatasetRole.Curate)]
    [InlineData(TokenScopes.Manage, DatasetRole.Own)]
    public async Task Role_ByAToken_IsTheSmallerOfTheAccountsAndTheScopes(TokenScopes scopes, DatasetRole ceiling)
    {
        foreach (var own in Enum.GetValues<DatasetRole>().Cast<DatasetRole?>().Prepend(null))
        {
            var person = await host.AddUserAsync();
            if (own is { } role)
            {
                await host.AddMemberAsync(person, role);
            }

            var program = await ProgramAsync(person, scopes);
            var expected = own > ceiling ? ceiling : own;
            Assert.Equal(expected, await host.Access.RoleAsync(program, host.Dataset.Identity));
            Assert.Equal(expected, await host.Access.AccountRoleAsync(program, host.Dataset.Identity));
            Assert.False(await host.Access.IsAdministratorAsync(program));
        }
    }

    [Theory]
    [InlineData(TokenScopes.Read, DatasetRole.View, false, false)]
    [InlineData(TokenScopes.Import, DatasetRole.Curate, false, true)]
    [InlineData(TokenScopes.Manage, DatasetRole.Own, true, true)]
    public async Task Administrator_ByAToken_HasWhatTheScopesLeave(TokenScopes scopes, DatasetRole role, bool manages, bool uploads)
    {
        var program = await ProgramAsync(await host.AddUserAsync(administrator: true), scopes);
        Assert.Equal(role, await host.Access.RoleAsync(program, host.Dataset.Identity));
        Assert.Equal(manages, await host.Access.IsAdministratorAsync(program));
        Assert.Equal(uploads, await host.Access.MayUploadAsync(program));
    }

    [Fact]
    public async Task Token_RevokedEndedOrOfARemovedAccount_LetsNobodyIn()
    {
        var person = await host.AddUserAsync(administrator: true);
        var (id, text) = await Tokens.CreateAsync(person, new TokenOrder("a", TokenScopes.Read, 1));
        var (_, other) = await Tokens.CreateAsync(person, new TokenOrder("b", TokenScopes.Read, 2));
        Assert.StartsWith(PersonalTokens.Mark, text);
        Assert.Equal(person, (await Tokens.CheckAsync(text)).Account?.Id);
        Assert.Null((await Tokens.CheckAsync(text + "x")).Account);
        Assert.Null((await Tokens.CheckAsync(PersonalTokens.Mark + new string('x', 100_000))).Account);

        Assert.False(await Tokens.RevokeAsync(s_by, id, await host.AddUserAsync()));
        Assert.True(await Tokens.RevokeAsync(s_by, id, person));
        Assert.Contains("revoked", (await Tokens.CheckAsync(text)).Refusal);
        Assert.Null(await host.Access.RoleAsync(Program(person, id), host.Dataset.Identity));
        Assert.False(await host.Access.HoldsAnythingAsync(Program(person, id)));

        host.Time.Advance(TimeSpan.FromDays(2));
        Assert.Contains("ended", (await Tokens.CheckAsync(other)).Refusal);
        Assert.Empty(await Tokens.ListAsync(person));
        host.Time.Advance(TimeSpan.FromDays(-2));
        await using (var db = await host.Database.CreateDbContextAsync())
        {
            await db.Users.Where(u => u.Id == person).ExecuteDeleteAsync();
            Assert.False(await db.Tokens.AnyAsync(t => t.UserId == person));
        }

        Assert.Null((await Tokens.CheckAsync(other)).Account);
    }

    [Fact]
    public async Task Token_OfAnotherAccount_GivesItsRightsToNobodyElse()
    {
        var (owner, other) = (await host.AddUserAsync(administrator: true), await host.AddUserAsync());
        var (id, _) = await Tokens.CreateAsync(owner, new TokenOrder("a", TokenScopes.Manage, 1));
        await host.AddMemberAsync(other, DatasetRole.Own);
        Assert.Null(await host.Access.RoleAsync(Program(other, id), host.Dataset.Identity));
        Assert.Null(await host.Access.RoleAsync(Program(other, Guid.NewGuid()), host.Dataset.Identity));
        var broken = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, other.ToString()), new(TokenRights.Claim, "no key")], "Token");
        Assert.Null(await host.Access.RoleAsync(new ClaimsPrincipal(broken), host.Dataset.Identity));
    }

    [Fact]
    public async Task Token_Used_NotesWhenToTheMinuteAndKeepsOnlyAHash()
    {
        var person = await host.AddUserAsync();
        var (id, text) = await Tokens.CreateAsync(person, new TokenOrder(" Beamline script ", TokenScopes.Annotate, 30));
        Assert.Null((await Tokens.ListAsync(person)).Single().LastUsedAt);
        var first = host.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await Tokens.CheckAsync(text);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        await Tokens.CheckAsync(text);
        Assert.Equal(first, (await Tokens.ListAsync(person)).Single().LastUsedAt);
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await Tokens.CheckAsync(text);
        var facts = (await Tokens.ListAsync(null)).Single(t => t.Id == id);
        Assert.Equal(first + 61_000, facts.LastUsedAt);
        Assert.Equal(("Beamline script", "read, annotate"), (facts.Name, facts.Scopes.Words()));
        await using var db = await host.Database.CreateDbContextAsync();
        Assert.DoesNotContain(text, (await db.Tokens.SingleAsync(t => t.Id == id)).Hash);
    }

    [Theory]
    [InlineData("", TokenScopes.Read, 30)]
    [InlineData("a\nb", TokenScopes.Read, 30)]
    [InlineData("x", TokenScopes.Read, 0)]
    [InlineData("x", TokenScopes.Read, 367)]
    [InlineData("x", (TokenScopes)64, 30)]
    public async Task Token_WithANameAnEndOrScopesThatCannotBe_IsRefused(string name, TokenScopes scopes, int days)
    {
        var person = await host.AddUserAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => Tokens.CreateAsync(person, new TokenOrder(name, scopes, days)));
        Assert.Empty(await Tokens.ListAsync(person));
    }

    private async Task<ClaimsPrincipal> ProgramAsync(Guid person, TokenScopes scopes) =>
        Program(person, (await Tokens.CreateAsync(person, new TokenOrder("program", scopes, 30))).Id);

    private static ClaimsPrincipal Program(Guid person, Guid token) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, person.ToString()), new(TokenRights.Claim, token.ToString())], TokenAuthentication.SchemeName));
}
