using System.Security.Cryptography;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>Makes and removes accounts, and chooses members. Whoever calls has been authorized as administrator.</summary>
public sealed class People(IDbContextFactory<DendriteDb> database, IServiceScopeFactory scopes, AuditLog audit)
{
    /// <summary>Everybody with an account, by name.</summary>
    public async Task<IReadOnlyList<AppUser>> ListAsync()
    {
        await using var db = await database.CreateDbContextAsync();
        return await db.Users.AsNoTracking().OrderBy(u => u.DisplayName).ToListAsync();
    }

    /// <summary>Makes an account with a random first password, which is returned and not kept.</summary>
    /// <exception cref="ArgumentException">The e-mail is taken or none.</exception>
    public async Task<string> AddAsync(string name, string email, bool administrator)
    {
        using var scope = scopes.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        CheckName(name);
        var password = NewPassword();
        var result = await users.CreateAsync(
            new AppUser { UserName = email.Trim(), Email = email.Trim(), DisplayName = name.Trim(), IsAdministrator = administrator }, password);
        return result.Succeeded ? password : throw new ArgumentException(result.Errors.First().Description);
    }

    /// <summary>Gives an account another random password, which is returned and not kept, and ends its sessions.</summary>
    /// <exception cref="ArgumentException">There is no such account any more.</exception>
    public async Task<string> ResetPasswordAsync(Guid id)
    {
        using var scope = scopes.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = await users.FindByIdAsync(id.ToString()) ?? throw new ArgumentException("That account is not there any more.");
        var password = NewPassword();
        user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        user.LockoutEnd = null;
        user.AccessFailedCount = 0;
        var result = await users.UpdateSecurityStampAsync(user);
        return result.Succeeded ? password : throw new ArgumentException(result.Errors.First().Description);
    }

    /// <summary>
    /// Removes an account with its memberships and bookmarks, and ends its sessions. What it marked stays, under its name.
    /// </summary>
    /// <exception cref="ArgumentException">It is the last administrator's.</exception>
    public async Task RemoveAsync(Guid id)
    {
        await using var db = await database.CreateDbContextAsync();
        await using var all = await db.Database.BeginTransactionAsync();
        if (!await db.Users.AnyAsync(u => u.IsAdministrator && u.Id != id))
        {
            throw new ArgumentException("This is the only administrator; make another one first.");
        }

        await db.Members.Where(m => m.UserId == id).ExecuteDeleteAsync();
        await db.Bookmarks.Where(b => b.OwnerId == id).ExecuteDeleteAsync();
        await db.Users.Where(u => u.Id == id).ExecuteDeleteAsync();
        await all.CommitAsync();
    }

    /// <summary>Refuses names that would say something else than who somebody is.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long, or the one under which the analysis proposes sites.</exception>
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
    }

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>The members of a dataset and their roles.</summary>
    public async Task<IReadOnlyDictionary<Guid, DatasetRole>> MembersAsync(DatasetIdentity dataset)
    {
        await using var db = await database.CreateDbContextAsync();
        return await db.Members.AsNoTracking().Where(m => m.DatasetIdentity == dataset.Value).ToDictionaryAsync(m => m.UserId, m => m.Role);
    }

    /// <summary>Gives somebody a role in a dataset, or takes it away (null). Whoever does it is null for the server itself.</summary>
    public async Task SetRoleAsync(DatasetIdentity dataset, Guid user, DatasetRole? role, Person? by = null)
    {
        await using var db = await database.CreateDbContextAsync();
        var member = await db.Members.FindAsync(dataset.Value, user);
        if (role is null)
        {
            if (member is not null)
            {
                db.Members.Remove(member);
            }
        }
        else if (member is null)
        {
            db.Members.Add(new DatasetMember { DatasetIdentity = dataset.Value, UserId = user, Role = role.Value });
        }
        else
        {
            member.Role = role.Value;
        }

        var name = await db.Users.Where(u => u.Id == user).Select(u => u.DisplayName).FirstOrDefaultAsync() ?? "somebody unknown";
        db.Audit.Add(audit.NewEntry(
            AuditKind.Role, by, role is null ? $"took the role of {name} away" : $"gave {name} the role '{RoleSelect.NameOf(role)}'",
            AuditSubject.Of(dataset, user.ToString())));
        await db.SaveChangesAsync();
    }
}
