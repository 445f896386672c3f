using System.Security.Cryptography;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>Makes accounts and chooses members. Whoever calls has been authorized as administrator.</summary>
public sealed class People(IDbContextFactory<DendriteDb> database, IServiceScopeFactory scopes)
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
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var result = await users.CreateAsync(
            new AppUser { UserName = email.Trim(), Email = email.Trim(), DisplayName = name.Trim(), IsAdministrator = administrator }, password);
        return result.Succeeded ? password : throw new ArgumentException(result.Errors.First().Description);
    }

    /// <summary>The members of a dataset and their roles.</summary>
    public async Task<IReadOnlyDictionary<Guid, DatasetRole>> MembersAsync(DatasetIdentity dataset)
    {
        await using var db = await database.CreateDbContextAsync();
        return await db.Members.AsNoTracking().Where(m => m.DatasetIdentity == dataset.Value).ToDictionaryAsync(m => m.UserId, m => m.Role);
    }

    /// <summary>Gives somebody a role in a dataset, or takes it away (null).</summary>
    public async Task SetRoleAsync(DatasetIdentity dataset, Guid user, DatasetRole? role)
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

        await db.SaveChangesAsync();
    }
}
