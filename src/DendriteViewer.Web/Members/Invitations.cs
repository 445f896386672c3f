using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Members;

/// <summary>
/// Invitations to become a member of a dataset: made, listed and revoked by its owners, accepted once by who was invited.
/// </summary>
public sealed class Invitations(
    IDbContextFactory<DendriteDb> database, DatasetAccess access, Confirmations confirmations, AuditLog audit, TimeProvider time)
{
    /// <summary>Invitations of one dataset that are open at the same time at most.</summary>
    public const int MostOpen = 200;

    /// <summary>Days that an invitation is open at most.</summary>
    public const int MostDays = 90;

    private const string Mark = "dvi_";
    private const int LongestEmail = 254;

    /// <summary>Makes an invitation.</summary>
    /// <param name="user">Who invites.</param>
    /// <param name="dataset">To what.</param>
    /// <param name="email">The only address that may accept; null or empty for whoever holds the link first.</param>
    /// <param name="role">What who accepts may do.</param>
    /// <param name="days">How long it is open, 1 to <see cref="MostDays"/>.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="count">Counts it for the account and the dataset, and throws where there were too many.</param>
    /// <returns>The invitation, and the path of its page, which has the token and is not kept.</returns>
    /// <exception cref="ArgumentException">
    /// Whoever asks may not or did not confirm lately who they are, the address is none, or there are too many.
    /// </exception>
    public async Task<(Invitation Invitation, string Path)> CreateAsync(
        ClaimsPrincipal user, Dataset dataset, string? email, DatasetRole role, int days, CancellationToken ct = default,
        Action<Guid, DatasetIdentity>? count = null)
    {
        await CheckAsync(user, dataset, ct);
        var by = await confirmations.RequireAsync(user, ct);
        var address = string.IsNullOrWhiteSpace(email) ? null : CheckedAddress(email.Trim());
        if (days is < 1 or > MostDays)
        {
            throw new ArgumentException($"An invitation is open for 1 to {MostDays} days.");
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        if (await db.Invitations.CountAsync(i => i.DatasetIdentity == dataset.Identity.Value && i.UsedAt == null && i.RevokedAt == null
            && i.ExpiresAt > now.ToUnixTimeMilliseconds(), ct) >= MostOpen)
        {
            throw new ArgumentException($"A dataset has at most {MostOpen} open invitations; revoke some.");
        }

        // What is refused for another reason does not count.
        count?.Invoke(AccountOf(user), dataset.Identity);
        var token = Mark + Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)).Replace('+', '-').Replace('/', '_');
        var made = new Invitation
        {
            Id = Guid.NewGuid(), TokenHash = Hash(token), DatasetIdentity = dataset.Identity.Value, DatasetId = dataset.Id.Value,
            DatasetName = dataset.Name, Role = role, Email = address, CreatedBy = AccountOf(user), CreatedByName = user.NameOf(),
            CreatedAt = now.ToUnixTimeMilliseconds(), ExpiresAt = now.AddDays(days).ToUnixTimeMilliseconds(),
        };
        db.Invitations.Add(made);
        db.Audit.Add(audit.NewEntry(AuditKind.Invitation, by,
            $"invited {address ?? "whoever opens the link first"} as {RoleSelect.NameOf(role)}",
            AuditSubject.Of(dataset, made.Id.ToString())));
        await db.SaveChangesAsync(ct);
        return (made, "/account/invitation/" + token);
    }

    /// <summary>The invitations to a dataset, newest first; null where whoever asks may not invite.</summary>
    public async Task<IReadOnlyList<ListedInvitation>?> ListAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default)
    {
        if (!(await access.RoleAsync(user, dataset.Identity, ct) >= DatasetRole.Own))
        {
            return null;
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var made = await db.Invitations.AsNoTracking().Where(i => i.DatasetIdentity == dataset.Identity.Value)
            .OrderByDescending(i => i.CreatedAt).ToListAsync(ct);
        var listed = new List<ListedInvitation>(made.Count);
        foreach (var invitation in made)
        {
            listed.Add(new ListedInvitation(invitation, await EndOfAsync(invitation, ct)));
        }

        return listed;
    }

    /// <summary>Ends an invitation that nobody accepted yet.</summary>
    /// <exception cref="ArgumentException">Whoever asks may not.</exception>
    public async Task RevokeAsync(ClaimsPrincipal user, Dataset dataset, Guid id, CancellationToken ct = default)
    {
        await CheckAsync(user, dataset, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var ended = await db.Invitations
            .Where(i => i.Id == id && i.DatasetIdentity == dataset.Identity.Value && i.UsedAt == null && i.RevokedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(i => i.RevokedAt, now), ct);
        if (ended > 0)
        {
            db.Audit.Add(audit.NewEntry(
                AuditKind.Invitation, user.PersonOf(), "revoked an invitation", AuditSubject.Of(dataset, id.ToString())));
            await db.SaveChangesAsync(ct);
        }

        await all.CommitAsync(ct);
    }

    /// <summary>The invitation of a token that can be accepted now, else null, for whatever reason.</summary>
    public async Task<Invitation?> FindAsync(string token, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var hash = Hash(token);
        var found = await db.Invitations.AsNoTracking().FirstOrDefaultAsync(i => i.TokenHash == hash, ct);
        return found is not null && await EndOfAsync(found, ct) is null ? found : null;
    }

    /// <summary>Why an account of an address cannot accept an invitation, or null where it can.</summary>
    public static string? RefusalOf(Invitation invitation, string? email) =>
        invitation.Email is { } bound && !string.Equals(bound, email?.Trim(), StringComparison.OrdinalIgnoreCase)
            ? $"This invitation is for {bound}; sign in with the account of that address." : null;

    /// <summary>
    /// Why an account cannot accept an invitation, or null where it can. Where an owner bound it to an address, the account's address has
    /// to be confirmed: anybody who was ever invited may have made an account of that address. The account that was made by this invitation
    /// accepts, since else nobody could join where no mail is sent.
    /// </summary>
    public static string? RefusalOf(Invitation invitation, AppUser account) => RefusalOf(invitation, account.Email)
        ?? (invitation.Email is null || account.EmailConfirmed || invitation.AccountId == account.Id ? null
            : $"This invitation is for {invitation.Email}, and nobody has confirmed yet that this account is of who has that address. "
                + "Choose a new password by a link that is mailed there, which confirms it, or ask an administrator to confirm it; then "
                + "accept.");

    /// <summary>Whether somebody is invited by an e-mail, to whatever dataset, and can accept.</summary>
    public async Task<bool> IsInvitedAsync(string email, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var open = await db.Invitations.AsNoTracking()
            .Where(i => i.Email != null && i.UsedAt == null && i.RevokedAt == null && i.ExpiresAt > now).ToListAsync(ct);
        foreach (var invitation in open.Where(i => RefusalOf(i, email) is null))
        {
            if (await EndOfAsync(invitation, ct) is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Binds an invitation to an address, whose account alone accepts it from then on, signed in. Nobody becomes a member by it: who holds
    /// an invitation may give anybody's address.
    /// </summary>
    /// <param name="invitation">The invitation.</param>
    /// <param name="email">The address.</param>
    /// <param name="account">The account of that address.</param>
    /// <param name="isMade">Whether it was made for that; else the address had it.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>False where it cannot be accepted any more, or is bound to another address.</returns>
    public async Task<bool> TryBindAsync(Invitation invitation, string email, AppUser account, bool isMade, CancellationToken ct = default)
    {
        if (RefusalOf(invitation, email) is not null || await EndOfAsync(invitation, ct) is not null)
        {
            return false;
        }

        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        var (now, bound) = (time.GetUtcNow().ToUnixTimeMilliseconds(), invitation.Email ?? email);

        // What its owner bound to no address was for whoever holds it, and they chose this account.
        Guid? trusted = isMade || invitation.Email is null ? account.Id : null;
        if (await db.Invitations
            .Where(i => i.Id == invitation.Id && i.UsedAt == null && i.RevokedAt == null && i.ExpiresAt > now
                && (i.Email == null || i.Email == bound))
            .ExecuteUpdateAsync(
                s => s.SetProperty(i => i.Email, bound).SetProperty(i => i.AccountId, i => trusted ?? i.AccountId), ct) != 1)
        {
            return false;
        }

        db.Audit.Add(!isMade
            ? audit.NewEntry(AuditKind.Invitation, new Person("", AuditLog.Somebody),
                $"gave the address {bound} for the invitation of {invitation.CreatedByName}", SubjectOf(invitation))
            : audit.NewEntry(AuditKind.Invitation, new Person(account.Id.ToString(), account.DisplayName),
                $"made an account by the invitation of {invitation.CreatedByName}", SubjectOf(invitation)));
        await db.SaveChangesAsync(ct);
        await all.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Takes an invitation and makes the account that takes it a member, both or neither: of two who do so at the same moment one wins. Who
    /// has a larger role already keeps it.
    /// </summary>
    /// <param name="invitation">The invitation.</param>
    /// <param name="account">The account.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>
    /// False where it cannot be accepted any more, not by this account, or was bound to an address since it was read.
    /// </returns>
    public async Task<bool> TryAcceptAsync(Invitation invitation, Guid account, CancellationToken ct = default)
    {
        if (await EndOfAsync(invitation, ct) is not null)
        {
            return false;
        }

        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        var who = await db.Users.AsNoTracking().FirstAsync(u => u.Id == account, ct);
        if (RefusalOf(invitation, who) is not null)
        {
            return false;
        }

        var name = who.DisplayName;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (await db.Invitations
            .Where(i => i.Id == invitation.Id && i.UsedAt == null && i.RevokedAt == null && i.ExpiresAt > now
                && i.Email == invitation.Email)
            .ExecuteUpdateAsync(s => s.SetProperty(i => i.UsedAt, now).SetProperty(i => i.UsedBy, name), ct) != 1)
        {
            return false;
        }

        var has = await db.Members.FirstOrDefaultAsync(m => m.DatasetIdentity == invitation.DatasetIdentity && m.UserId == account, ct);
        if (has is null)
        {
            db.Members.Add(new DatasetMember { DatasetIdentity = invitation.DatasetIdentity, UserId = account, Role = invitation.Role });
        }
        else if (has.Role < invitation.Role)
        {
            has.Role = invitation.Role;
        }

        db.Audit.Add(audit.NewEntry(AuditKind.Invitation, new Person(account.ToString(), name),
            $"took the invitation of {invitation.CreatedByName} as {RoleSelect.NameOf(invitation.Role)}", SubjectOf(invitation)));
        await db.SaveChangesAsync(ct);
        await all.CommitAsync(ct);
        return true;
    }

    private static AuditSubject SubjectOf(Invitation invitation) =>
        new(invitation.DatasetIdentity, invitation.DatasetId, invitation.Id.ToString());

    // Like a link, an invitation holds for as long as who made it could make it.
    private async Task<InvitationEnd?> EndOfAsync(Invitation invitation, CancellationToken ct) =>
        invitation.UsedAt is not null ? InvitationEnd.Used
        : invitation.RevokedAt is not null ? InvitationEnd.Revoked
        : invitation.ExpiresAt <= time.GetUtcNow().ToUnixTimeMilliseconds() ? InvitationEnd.Expired
        : await IsDeletedAsync(invitation.DatasetIdentity, ct) ? InvitationEnd.DatasetDeleted
        : DatasetIdentity.TryParse(invitation.DatasetIdentity, out var dataset)
            && await access.RoleOfAccountAsync(invitation.CreatedBy, dataset, ct) >= DatasetRole.Own ? null
        : InvitationEnd.MakerMayNotInvite;

    private async Task<bool> IsDeletedAsync(string identity, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Datasets.AnyAsync(d => d.Identity == identity && d.DeletedAt != null, ct);
    }

    private async Task CheckAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct)
    {
        if (!(await access.RoleAsync(user, dataset.Identity, ct) >= DatasetRole.Own))
        {
            throw new ArgumentException("Only an owner of the dataset invites people to it.");
        }
    }

    private static Guid AccountOf(ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id
        : throw new ArgumentException("Only an account invites people.");

    private static string CheckedAddress(string email) =>
        email.Length <= LongestEmail && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && email.IndexOf('@') is > 0 and var at && at == email.LastIndexOf('@') && at < email.Length - 1
            ? email : throw new ArgumentException($"“{(email.Length > 60 ? email[..60] + "…" : email)}” is no e-mail address.");

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
