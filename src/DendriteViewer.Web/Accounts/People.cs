using System.Security.Cryptography;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Tokens;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// Makes and removes accounts, and chooses members. Whoever calls has been authorized as administrator. What hands something out asks for a
/// person who confirmed lately who they are; null is the server itself.
/// </summary>
public sealed class People(IDbContextFactory<DendriteDb> database, IServiceScopeFactory scopes, AuditLog audit, TimeProvider time)
{
    /// <summary>Everybody with an account, by name.</summary>
    public async Task<IReadOnlyList<AppUser>> ListAsync()
    {
        await using var db = await database.CreateDbContextAsync();
        return await db.Users.AsNoTracking().OrderBy(u => u.DisplayName).ToListAsync();
    }

    /// <summary>Makes an account with a random first password, which is returned and not kept.</summary>
    /// <exception cref="ArgumentException">The e-mail is taken or none.</exception>
    public async Task<string> AddAsync(string name, string email, bool administrator, ConfirmedPerson? by = null)
    {
        using var scope = scopes.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        CheckName(name);
        var password = NewPassword();
        var account = new AppUser
        {
            Id = Guid.NewGuid(), UserName = email.Trim(), Email = email.Trim(), DisplayName = name.Trim(), IsAdministrator = administrator,

            // The administrator vouches for it.
            EmailConfirmed = true,
        };

        // Saved with the account by the context that its manager uses too, or neither is.
        scope.ServiceProvider.GetRequiredService<DendriteDb>().Audit.Add(audit.NewEntry(
            AuditKind.Account, by, $"made the account of {account.DisplayName}" + (administrator ? ", an administrator" : ""),
            AuditSubject.Of(account.Id)));
        var result = await users.CreateAsync(account, password);
        return result.Succeeded ? password : throw new ArgumentException(result.Errors.First().Description);
    }

    /// <summary>
    /// Gives an account another random password, which is returned and not kept, and ends its sessions and its other ways in.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such account any more.</exception>
    public async Task<GivenPassword> ResetPasswordAsync(Guid id, ConfirmedPerson? by = null)
    {
        using var scope = scopes.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var password = NewPassword();
        var ended = new EndedAccess(0, 0, false);
        await ChangeAsync(id, AuditKind.Password, by,
            u => $"gave {u.DisplayName} another password{(ended.Words is { } words ? $"; ended {words}" : "")}", async (db, u) =>
            {
                u.PasswordHash = users.PasswordHasher.HashPassword(u, password);
                u.SecurityStamp = Guid.NewGuid().ToString("N");
                await EndAsync(db, id, SessionEnd.Password);
                ended = await EndedAccess.EndAsync(db, u, time.GetUtcNow().ToUnixTimeMilliseconds());
            });
        return new GivenPassword(password, ended);
    }

    /// <summary>
    /// Notes that an administrator vouches for the address of an account: owners add it by that, and comments that name its person are
    /// mailed there.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such account any more.</exception>
    public Task ConfirmAddressAsync(Guid id, ConfirmedPerson? by = null) =>
        ChangeAsync(id, AuditKind.Account, by, u => $"confirmed that {u.Email} is the address of {u.DisplayName}", (_, u) =>
        {
            u.EmailConfirmed = true;
            return Task.CompletedTask;
        });

    /// <summary>Gives somebody another name. What they did before keeps the name of then.</summary>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public Task RenameAsync(Guid id, string name, Person? by = null)
    {
        CheckName(name);
        return ChangeAsync(id, AuditKind.Account, by, u => $"renamed the account to {name.Trim()}", (_, u) =>
        {
            u.DisplayName = name.Trim();
            return Task.CompletedTask;
        });
    }

    /// <summary>Says whether the person of an account is mailed when a comment names them.</summary>
    public Task SetMentionMailsAsync(Guid id, bool isOn, Person? by = null) =>
        ChangeAsync(id, AuditKind.Account, by, _ => $"switched mail about comments {(isOn ? "on" : "off")}", (_, u) =>
        {
            u.WantsNoMentionMails = !isOn;
            return Task.CompletedTask;
        });

    /// <summary>
    /// Disables an account: it is signed out everywhere, cannot sign in, and links that it made are closed. Its roles stay for the day on
    /// which it is enabled again.
    /// </summary>
    /// <exception cref="ArgumentException">It is the last administrator's that may sign in.</exception>
    public Task DisableAsync(Guid id, Person? by = null) =>
        ChangeAsync(id, AuditKind.Account, by, u => $"disabled the account of {u.DisplayName}", async (db, u) =>
        {
            await RequireAnotherAsync(db, id);
            u.DisabledAt = time.GetUtcNow().ToUnixTimeMilliseconds();
            await EndAsync(db, id, SessionEnd.Disabled);
            await PersonalTokens.RevokeAllAsync(db, id, u.DisabledAt.Value);
        });

    /// <summary>Lets an account in again that was disabled; the links that it made are open again.</summary>
    public Task EnableAsync(Guid id, ConfirmedPerson? by = null) =>
        ChangeAsync(id, AuditKind.Account, by, u => $"enabled the account of {u.DisplayName}", (_, u) =>
        {
            u.DisabledAt = null;
            return Task.CompletedTask;
        });

    /// <summary>Makes an account an administrator, or takes that away.</summary>
    /// <exception cref="ArgumentException">It is the last administrator that may sign in.</exception>
    public Task SetAdministratorAsync(Guid id, bool isAdministrator, ConfirmedPerson? by = null) =>
        ChangeAsync(id, AuditKind.Role, by,
            u => isAdministrator ? $"made {u.DisplayName} an administrator" : $"took administration away from {u.DisplayName}",
            async (db, u) =>
            {
                if (!isAdministrator)
                {
                    await RequireAnotherAsync(db, id);
                }

                u.IsAdministrator = isAdministrator;
            });

    /// <summary>
    /// Removes an account with its memberships and bookmarks, and ends its sessions. What it marked stays, under its name.
    /// </summary>
    /// <exception cref="ArgumentException">It is the last administrator's that may sign in.</exception>
    public async Task RemoveAsync(Guid id, Person? by = null)
    {
        await using var db = await database.CreateDbContextAsync();
        await using var all = await db.Database.BeginTransactionAsync();
        await RequireAnotherAsync(db, id);
        var name = await db.Users.Where(u => u.Id == id).Select(u => u.DisplayName).FirstOrDefaultAsync();
        await db.Members.Where(m => m.UserId == id).ExecuteDeleteAsync();
        await db.Bookmarks.Where(b => b.OwnerId == id).ExecuteDeleteAsync();
        await db.AccountSessions.Where(s => s.UserId == id).ExecuteDeleteAsync();
        await db.PasswordResets.Where(r => r.UserId == id).ExecuteDeleteAsync();
        await db.Users.Where(u => u.Id == id).ExecuteDeleteAsync();
        db.Audit.Add(audit.NewEntry(AuditKind.Account, by, $"removed the account of {name}", AuditSubject.Of(id)));
        await db.SaveChangesAsync();
        await all.CommitAsync();
    }

    private async Task ChangeAsync(
        Guid id, AuditKind kind, Person? by, Func<AppUser, string> detail, Func<DendriteDb, AppUser, Task> change)
    {
        await using var db = await database.CreateDbContextAsync();
        await using var all = await db.Database.BeginTransactionAsync();
        var account = await db.Users.FirstOrDefaultAsync(u => u.Id == id)
            ?? throw new ArgumentException("That account is not there any more.");
        await change(db, account);
        account.ConcurrencyStamp = Guid.NewGuid().ToString();
        db.Audit.Add(audit.NewEntry(kind, by, detail(account), AuditSubject.Of(id)));
        await db.SaveChangesAsync();
        await all.CommitAsync();
    }

    // Links to choose a password end with the sessions: whoever holds one may be who the sessions are ended for.
    private async Task EndAsync(DendriteDb db, Guid id, SessionEnd why)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db.PasswordResets.Where(r => r.UserId == id).ExecuteDeleteAsync();
        await db.AccountSessions.Where(s => s.UserId == id && s.EndedAt == null).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.EndedAt, now).SetProperty(r => r.End, why));
    }

    private static async Task RequireAnotherAsync(DendriteDb db, Guid id)
    {
        // Changes nothing, but holds the administrators' rows until the end of the transaction: of two who remove each other at the same
        // moment one waits here, and then sees what the other did.
        await db.Users.Where(u => u.IsAdministrator).ExecuteUpdateAsync(s => s.SetProperty(u => u.IsAdministrator, true));
        if (!await db.Users.AnyAsync(u => u.IsAdministrator && u.DisabledAt == null && u.Id != id))
        {
            throw new ArgumentException("This is the only administrator; make another one first.");
        }
    }

    /// <summary>Refuses names that would say something else than who somebody is.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long, or one of the app's own.</exception>
    public static void CheckName(string name)
    {
        if (name.Trim().Length is 0 or > 80 || name.Any(char.IsControl))
        {
            throw new ArgumentException("A name has 1 to 80 characters.");
        }

        if (string.Equals(name.Trim(), Agreement.Analysis, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{Agreement.Analysis}' is the name under which the analysis proposes sites; choose another.");
        }

        if (AuditLog.Nobodies.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"'{name.Trim()}' is what the audit log calls who has no account; choose another name.");
        }
    }

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>The members of a dataset and their roles.</summary>
    public async Task<IReadOnlyDictionary<Guid, DatasetRole>> MembersAsync(DatasetIdentity dataset)
    {
        await using var db = await database.CreateDbContextAsync();
        return await db.Members.AsNoTracking().Where(m => m.DatasetIdentity == dataset.Value).ToDictionaryAsync(m => m.UserId, m => m.Role);
    }

    /// <summary>Gives somebody a role in a dataset, or takes it away (null). Whoever does it is null for the server itself.</summary>
    /// <exception cref="ArgumentException">It is the last owner, who cannot go.</exception>
    public Task SetRoleAsync(DatasetIdentity dataset, Guid user, DatasetRole? role, ConfirmedPerson? by = null) =>
        DatasetMembers.SetRoleAsync(database, audit, dataset, user, role, by, CancellationToken.None);
}
