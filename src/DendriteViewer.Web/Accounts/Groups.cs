using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.OpenId;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// Makes groups, and says who is in them and what they may do. Whoever calls has been authorized: administrators change groups, a dataset's
/// owners give them roles in it. What lets somebody in asks for a person who confirmed lately who they are. Each change stands in the audit
/// log, or is not made.
/// </summary>
public sealed class Groups(IDbContextFactory<DendriteDb> database, AuditLog audit, TimeProvider time)
{
    private const int LongestName = 80, LongestClaim = 200;

    /// <summary>All groups, by name.</summary>
    public async Task<IReadOnlyList<GroupFacts>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Groups.OrderBy(g => g.NormalizedName).Select(g => new GroupFacts(
            g.Id, g.Name,
            db.GroupMembers.Where(m => m.GroupId == g.Id).Select(m => m.UserId).Distinct().Count(),
            db.DatasetGroups.Count(d => d.GroupId == g.Id), g.Provider, g.ClaimValue)).ToListAsync(ct);
    }

    /// <summary>Makes a group.</summary>
    /// <param name="by">Who makes it.</param>
    /// <param name="name">What it is called: 1 to 80 characters.</param>
    /// <param name="provider">The identity provider whose claim fills it, or null.</param>
    /// <param name="claimValue">The value of the claim that means this group; given exactly where a provider is.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>Its key.</returns>
    /// <exception cref="ArgumentException">The name is taken or none, or provider and value do not go together.</exception>
    public async Task<Guid> AddAsync(
        ConfirmedPerson by, string name, OpenIdOptions? provider = null, string? claimValue = null, CancellationToken ct = default)
    {
        name = Checked(name);
        claimValue = Blank(claimValue);
        if (provider is null != claimValue is null)
        {
            throw new ArgumentException("A group that a provider fills needs both the provider and the value of its claim.");
        }

        if (claimValue is { Length: > LongestClaim })
        {
            throw new ArgumentException($"A claim's value has at most {LongestClaim} characters.");
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var group = new PeopleGroup
        {
            Id = Guid.NewGuid(), Name = name, NormalizedName = name.ToUpperInvariant(), Provider = provider?.IssuerKey,
            ClaimValue = claimValue,
            CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        await RefuseTakenAsync(db, group, ct);
        db.Groups.Add(group);
        var filled = provider is null ? "" : $", filled by {provider.Name}";
        db.Audit.Add(audit.NewEntry(AuditKind.Group, by, $"made the group {name}{filled}", AboutGroup(group.Id)));
        await SaveAsync(db, group.Name, ct);
        return group.Id;
    }

    /// <summary>Gives a group another name.</summary>
    /// <exception cref="ArgumentException">The name is taken or none, or the group is gone.</exception>
    public async Task RenameAsync(Person by, Guid id, string name, CancellationToken ct = default)
    {
        name = Checked(name);
        await using var db = await database.CreateDbContextAsync(ct);
        var group = await FindAsync(db, id, ct);
        db.Audit.Add(audit.NewEntry(AuditKind.Group, by, $"renamed the group {group.Name} to {name}", AboutGroup(id)));
        (group.Name, group.NormalizedName) = (name, name.ToUpperInvariant());
        await RefuseTakenAsync(db, group, ct);
        await SaveAsync(db, name, ct);
    }

    /// <summary>Removes a group; what people could do by it alone they may do no more.</summary>
    public async Task RemoveAsync(Person by, Guid id, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (await db.Groups.FindAsync([id], ct) is { } group)
        {
            db.Groups.Remove(group);
            db.Audit.Add(audit.NewEntry(AuditKind.Group, by, $"removed the group {group.Name}", AboutGroup(id)));
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>Who is in a group, by name.</summary>
    public async Task<IReadOnlyList<GroupPerson>> PeopleAsync(Guid group, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var rows = await (
            from m in db.GroupMembers
            join u in db.Users on m.UserId equals u.Id
            where m.GroupId == @group
            select new { u.Id, u.DisplayName, u.Email, m.Source }).ToListAsync(ct);
        return [.. rows.GroupBy(r => r.Id).Select(of =>
                new GroupPerson(of.Key, of.First().DisplayName, of.First().Email, [.. of.Select(r => r.Source).Order()]))
            .OrderBy(p => p.Name, StringComparer.CurrentCultureIgnoreCase)];
    }

    /// <summary>Puts somebody into a group by hand.</summary>
    /// <exception cref="ArgumentException">The group or the account is gone.</exception>
    public async Task PutAsync(ConfirmedPerson by, Guid group, Guid person, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var into = await FindAsync(db, group, ct);
        var who = await db.Users.FindAsync([person], ct) ?? throw new ArgumentException("That account is not there any more.");
        if (await db.GroupMembers.FindAsync([group, person, GroupMember.ByHand], ct) is null)
        {
            db.GroupMembers.Add(new GroupMember { GroupId = group, UserId = person, Source = GroupMember.ByHand });
            db.Audit.Add(audit.NewEntry(AuditKind.Group, by, $"put {who.DisplayName} into the group {into.Name}", AboutGroup(group)));
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>Takes somebody out of a group who was put in by hand; who is in it by a provider's claim stays.</summary>
    public async Task TakeAsync(Person by, Guid group, Guid person, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (await db.GroupMembers.FindAsync([group, person, GroupMember.ByHand], ct) is { } member)
        {
            var (from, who) = (await FindAsync(db, group, ct), await db.Users.FindAsync([person], ct));
            db.GroupMembers.Remove(member);
            db.Audit.Add(audit.NewEntry(AuditKind.Group, by, $"took {who?.DisplayName} out of the group {from.Name}", AboutGroup(group)));
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>Which groups have a role in a dataset.</summary>
    public async Task<IReadOnlyDictionary<Guid, DatasetRole>> RolesAsync(DatasetIdentity dataset, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.DatasetGroups.AsNoTracking().Where(d => d.DatasetIdentity == dataset.Value)
            .ToDictionaryAsync(d => d.GroupId, d => d.Role, ct);
    }

    /// <summary>Gives a group a role in a dataset, or takes it away (null).</summary>
    /// <exception cref="ArgumentException">The group is gone.</exception>
    public async Task SetRoleAsync(
        ConfirmedPerson by, DatasetIdentity dataset, Guid group, DatasetRole? role, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var whose = await FindAsync(db, group, ct);
        var has = await db.DatasetGroups.FindAsync([dataset.Value, group], ct);
        if (has?.Role == role)
        {
            return;
        }

        if (role is not { } wanted)
        {
            db.DatasetGroups.Remove(has!);
        }
        else if (has is not null)
        {
            has.Role = wanted;
        }
        else
        {
            db.DatasetGroups.Add(new DatasetGroup { DatasetIdentity = dataset.Value, GroupId = group, Role = wanted });
        }

        var detail = role is null ? $"took the role of the group {whose.Name} away" : $"gave the group {whose.Name} the role {role}";
        db.Audit.Add(audit.NewEntry(AuditKind.Role, by, detail, AuditSubject.Of(dataset, group.ToString())));
        await db.SaveChangesAsync(ct);
    }

    private static AuditSubject AboutGroup(Guid group) => new(Key: group.ToString());

    private static string Checked(string? name) =>
        name?.Trim() is { Length: > 0 and <= LongestName } trimmed && !trimmed.Any(char.IsControl)
            ? trimmed : throw new ArgumentException($"A group's name has 1 to {LongestName} characters.");

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static async Task<PeopleGroup> FindAsync(DendriteDb db, Guid id, CancellationToken ct) =>
        await db.Groups.FindAsync([id], ct) ?? throw new ArgumentException("That group is not there any more.");

    private static async Task RefuseTakenAsync(DendriteDb db, PeopleGroup group, CancellationToken ct)
    {
        if (await db.Groups.AnyAsync(g => g.NormalizedName == group.NormalizedName && g.Id != group.Id, ct))
        {
            throw Taken(group.Name);
        }
    }

    // Somebody else may have taken the name since it was looked for.
    private static async Task SaveAsync(DendriteDb db, string name, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (await db.Groups.AnyAsync(g => g.NormalizedName == name.ToUpperInvariant(), ct))
            {
                throw Taken(name);
            }

            throw;
        }
    }

    private static ArgumentException Taken(string name) => new($"There is a group named '{name}' already; choose another name.");
}
