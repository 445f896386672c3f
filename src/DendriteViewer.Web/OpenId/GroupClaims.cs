using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.OpenId;

/// <summary>
/// Puts people into the groups that their provider's claim names, each time they sign in there. It takes them out of such only as it put
/// them into; what administrators did by hand stays.
/// </summary>
public sealed class GroupClaims(IDbContextFactory<DendriteDb> database, OpenIdProviders providers, AuditLog audit)
{
    /// <summary>Ends what a provider's claim said of somebody, whose login there was taken off.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="issuer">The provider's <see cref="OpenIdOptions.IssuerKey"/>.</param>
    /// <param name="ct">Stops it.</param>
    public async Task EndAsync(AppUser account, string issuer, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        await db.GroupMembers.Where(m => m.UserId == account.Id && m.Source == issuer).ExecuteDeleteAsync(ct);
    }

    /// <summary>
    /// Has groups name their provider by its issuer that earlier versions had by the name that people see. Done at each start: a group
    /// of a provider that the configuration does not name now is found when it does again.
    /// </summary>
    public async Task KeyByIssuerAsync(CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        foreach (var provider in providers.All)
        {
            var issuer = provider.IssuerKey;
            await db.Groups.Where(g => g.Provider == provider.Name).ExecuteUpdateAsync(s => s.SetProperty(g => g.Provider, issuer), ct);
        }
    }

    /// <summary>Makes the memberships by a provider's claim what the claim says.</summary>
    /// <param name="account">Who signed in.</param>
    /// <param name="provider">Where.</param>
    /// <param name="values">The claim's values; null where the provider did not tell all, and nothing is changed.</param>
    /// <param name="ct">Stops it.</param>
    public async Task SyncAsync(AppUser account, OpenIdOptions provider, IReadOnlyList<string>? values, CancellationToken ct = default)
    {
        if (values is null)
        {
            return;
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var groups = await db.Groups.Where(g => g.Provider == provider.IssuerKey).ToListAsync(ct);
        var wanted = groups.Where(g => values.Contains(g.ClaimValue)).ToDictionary(g => g.Id);
        var has = await db.GroupMembers.Where(m => m.UserId == account.Id && m.Source == provider.IssuerKey).ToListAsync(ct);
        foreach (var gone in has.Where(m => !wanted.ContainsKey(m.GroupId)))
        {
            db.GroupMembers.Remove(gone);
            Record("is out of", groups.FirstOrDefault(g => g.Id == gone.GroupId)?.Name, gone.GroupId);
        }

        foreach (var group in wanted.Values.Where(g => has.All(m => m.GroupId != g.Id)))
        {
            db.GroupMembers.Add(new GroupMember { GroupId = group.Id, UserId = account.Id, Source = provider.IssuerKey });
            Record("is in", group.Name, group.Id);
        }

        await db.SaveChangesAsync(ct);

        void Record(string what, string? name, Guid group) => db.Audit.Add(audit.NewEntry(
            AuditKind.Group, new Person(account.Id.ToString(), account.DisplayName),
            $"{what} the group {name}, as {provider.Name} says", new(Key: group.ToString())));
    }
}
