using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tokens;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// The one place that decides who may do what. A role comes from being administrator, from membership (one's own, or that of a group that
/// one is in), from a link that is neither expired nor revoked and whose maker may still share the dataset, or from the dataset being open
/// to everybody, who may look. The database is asked each time, so that a link, and what is public, ends at once. Who asks by a personal
/// access token has the smaller of their account's role and what its scopes leave.
/// </summary>
public sealed class DatasetAccess(IDbContextFactory<DendriteDb> database, TimeProvider time) : IAuthorizationHandler
{
    /// <summary>
    /// The least role that may share a dataset. All that a link can grant is below it, so that a link whose maker may still share grants
    /// its own role, and others grant nothing.
    /// </summary>
    public const DatasetRole Sharing = DatasetRole.Curate;

    /// <summary>The role somebody has in a dataset, or null for none.</summary>
    public async Task<DatasetRole?> RoleAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct = default) =>
        (await GrantAsync(user, dataset, ct))?.Role;

    /// <summary>
    /// The role somebody has in a dataset and whether as a member, or null for none. Of several ways by which they came the largest role
    /// counts; only an account makes a member, and who may look by frozen links alone sees what those keep.
    /// </summary>
    public async Task<DatasetGrant?> GrantAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var account = await AccountAsync(db, user, ct);
        DatasetRole? own = account is null ? null : await AccountRoleAsync(db, account, dataset, ct);
        if (own == DatasetRole.Own)
        {
            return new DatasetGrant(DatasetRole.Own, IsMember: true, account!.Id);
        }

        var links = (await LinkRights.OpenToAsync(db, user, time, ct)).FindAll(l => l.DatasetIdentity == dataset.Value);
        var role = links.Select(l => (DatasetRole?)l.Role).Append(own).Max();
        var onlyFrozen = own is null && links.TrueForAll(l => l.Kind == LinkKind.Frozen);
        var grant = role is not { } held ? null : new DatasetGrant(held, IsMember: own is not null, account?.Id)
        {
            // Claims stand in the order of opening, the last first.
            Frozen = onlyFrozen ? links[0].Id : null,
            OtherFrozen = onlyFrozen ? [.. links.Skip(1).Select(l => l.Id)] : [],
        };
        return grant is { Frozen: null } || !await db.PublicDatasets.AnyAsync(p => p.DatasetIdentity == dataset.Value, ct) ? grant
            : new DatasetGrant(DatasetRole.View, IsMember: false, account?.Id) { IsPublic = true };
    }

    /// <summary>Whether a dataset is open to everybody.</summary>
    public async Task<bool> IsPublicAsync(DatasetIdentity dataset, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.PublicDatasets.AnyAsync(p => p.DatasetIdentity == dataset.Value, ct);
    }

    /// <summary>Whether any dataset that exists is open to everybody.</summary>
    public async Task<bool> IsAnythingPublicAsync(CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await IsAnythingPublicAsync(db, ct);
    }

    private static Task<bool> IsAnythingPublicAsync(DendriteDb db, CancellationToken ct) => db.PublicDatasets.AnyAsync(
        p => db.Datasets.Any(d => d.Identity == p.DatasetIdentity && d.DeletedAt == null), ct);

    /// <summary>
    /// The role that somebody has by an account, not by a link; links to a dataset end with it, accounts may still read its archive.
    /// </summary>
    public async Task<DatasetRole?> AccountRoleAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await AccountAsync(db, user, ct) is { } account ? await AccountRoleAsync(db, account, dataset, ct) : null;
    }

    /// <summary>The role that an account has, whoever asks; null for none, or where the account is gone.</summary>
    public async Task<DatasetRole?> RoleOfAccountAsync(Guid account, DatasetIdentity dataset, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == account, ct) is not { DisabledAt: null } found ? null
            : found.IsAdministrator ? DatasetRole.Own : await MemberRoleAsync(db, account, dataset, ct);
    }

    /// <summary>
    /// Why a link lets nobody in now, or null while it does. A link is open for as long as its maker may share the dataset: it ends with
    /// their account, or with a role that falls below <see cref="Sharing"/>, and is open again if the role comes back.
    /// </summary>
    public async Task<LinkEnd?> EndOfAsync(ShareLink link, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await LinkRights.EndOfAsync(db, link, time, ct);
    }

    private static async Task<DatasetRole?> AccountRoleAsync(
        DendriteDb db, Asker account, DatasetIdentity dataset, CancellationToken ct)
    {
        var role = account.IsAdministrator ? DatasetRole.Own : await MemberRoleAsync(db, account.Id, dataset, ct);
        return role > account.Scopes.Ceiling() ? account.Scopes.Ceiling() : role;
    }

    // The largest of a person's own role and those of the groups that they are in.
    internal static async Task<DatasetRole?> MemberRoleAsync(DendriteDb db, Guid user, DatasetIdentity dataset, CancellationToken ct)
    {
        var own = db.Members.Where(m => m.UserId == user && m.DatasetIdentity == dataset.Value).Select(m => (int?)m.Role);
        var groups = db.DatasetGroups.Where(d => d.DatasetIdentity == dataset.Value
            && db.GroupMembers.Any(m => m.GroupId == d.GroupId && m.UserId == user)).Select(d => (int?)d.Role);
        return (DatasetRole?)await own.Concat(groups).MaxAsync(ct);
    }

    /// <summary>
    /// The identity that a dataset was last seen with, where its manifest does not tell; null where none of that id is known.
    /// </summary>
    public async Task<DatasetIdentity?> LastKnownAsync(DatasetId id, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var known = await db.Datasets.Where(d => d.DatasetId == id.Value && d.DeletedAt == null).Select(d => d.Identity)
            .FirstOrDefaultAsync(ct);
        return DatasetIdentity.TryParse(known, out var identity) ? identity : null;
    }

    /// <summary>Whether a dataset of an id was deleted that was open to somebody, who may therefore know of it.</summary>
    public async Task<bool> WasDeletedAsync(ClaimsPrincipal user, DatasetId id, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var deleted = await db.Datasets.Where(d => d.DatasetId == id.Value && d.DeletedAt != null).Select(d => d.Identity).ToListAsync(ct);
        foreach (var text in deleted)
        {
            if (DatasetIdentity.TryParse(text, out var identity) && await RoleAsync(user, identity, ct) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether somebody is an administrator, and asks by nothing that leaves less.</summary>
    public async Task<bool> IsAdministratorAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await AccountAsync(db, user, ct) is { IsAdministrator: true } account && account.Scopes.LeaveAdministration();
    }

    /// <summary>Whether somebody may bring files to the server: an administrator, by a token too whose scopes leave imports.</summary>
    public async Task<bool> MayUploadAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await AccountAsync(db, user, ct) is { IsAdministrator: true } account && account.Scopes.LeaveImports();
    }

    /// <summary>Whether somebody is signed in to an account, and no program in its name.</summary>
    public async Task<bool> HasAccountAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return user.TokenOf() is null && await AccountAsync(db, user, ct) is not null;
    }

    /// <summary>Whether somebody still has an account, a link that lets anybody in, or visits while something is open to
    /// everybody.</summary>
    public async Task<bool> HoldsAnythingAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await AccountAsync(db, user, ct) is not null || (await LinkRights.OpenToAsync(db, user, time, ct)).Count > 0
            || (user.HasClaim(c => c.Type == DendriteClaims.Visitor) && await IsAnythingPublicAsync(db, ct));
    }

    /// <summary>The account that somebody asks by, and what they ask by leaves of it.</summary>
    private sealed record Asker(Guid Id, bool IsAdministrator, TokenScopes Scopes);

    // The account of a session or token that still holds.
    private async Task<Asker?> AccountAsync(DendriteDb db, ClaimsPrincipal user, CancellationToken ct)
    {
        if ((await AccountSessions.FindAsync(db, user, ct)).Account is not { Id: var id } account)
        {
            return null;
        }

        if (user.TokenOf() is not { } key)
        {
            return new Asker(id, account.IsAdministrator, TokenRights.Everything);
        }

        var token = await db.Tokens.AsNoTracking().FirstOrDefaultAsync(t => t.Id == key && t.UserId == id, ct);
        return token is not null && PersonalTokens.EndOf(token, time.GetUtcNow().ToUnixTimeMilliseconds()) is null
            ? new Asker(id, account.IsAdministrator, token.Scopes) : null;
    }

    /// <inheritdoc/>
    public async Task HandleAsync(AuthorizationHandlerContext context)
    {
        foreach (var requirement in context.PendingRequirements.ToArray())
        {
            var ok = requirement switch
            {
                DatasetRequirement r when context.Resource is DatasetIdentity id => await RoleAsync(context.User, id) >= r.Role,
                AdministratorRequirement => await IsAdministratorAsync(context.User),
                UploadRequirement => await MayUploadAsync(context.User),
                _ => false,
            };
            if (ok)
            {
                context.Succeed(requirement);
            }
        }
    }
}
