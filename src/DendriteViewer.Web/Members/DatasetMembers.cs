using System.Data;
using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DendriteViewer.Web.Members;

/// <summary>A member of a dataset: a person or a group.</summary>
/// <param name="Id">The account, or the group.</param>
/// <param name="Name">What others see.</param>
/// <param name="Detail">
/// The account's address, or how many people are in the group. Of an address, owners see what tells people of one name apart: they may
/// add anybody by name, and would learn addresses so.
/// </param>
/// <param name="Role">What they may do.</param>
/// <param name="IsGroup">Whether it is a group.</param>
public sealed record MemberRow(Guid Id, string Name, string Detail, DatasetRole Role, bool IsGroup)
{
    /// <summary>Whether nobody confirmed that the account's address is its person's.</summary>
    public bool IsUnconfirmed { get; init; }
}

/// <summary>The members of a dataset as its owners see them.</summary>
/// <param name="Members">Owners first, then by name.</param>
/// <param name="HasOwner">Whether a person owns it; else administrators alone may do what owners may.</param>
/// <param name="MayTakeOver">Whether whoever looks is an administrator who is no owner by membership.</param>
/// <param name="Me">The account of who looks, or null.</param>
public sealed record MemberList(IReadOnlyList<MemberRow> Members, bool HasOwner, bool MayTakeOver, Guid? Me);

/// <summary>
/// Who is a member of a dataset, for its owners and for administrators; the right is asked about each time. A dataset that a person owns
/// never loses its last owner this way. A role outlives the session in which it was given, so that each change asks for a proof of who
/// makes it.
/// </summary>
public sealed class DatasetMembers(
    IDbContextFactory<DendriteDb> database, DatasetAccess access, Groups groups, Confirmations confirmations, AuditLog audit)
{
    /// <summary>What is said to who may not.</summary>
    public const string Refused = "Only an owner of the dataset chooses its members.";

    /// <summary>The members, or null where whoever asks may not choose them.</summary>
    public async Task<MemberList?> ListAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default)
    {
        if (await access.GrantAsync(user, dataset.Identity, ct) is not { Role: DatasetRole.Own } grant)
        {
            return null;
        }

        var isAdministrator = await access.IsAdministratorAsync(user, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var people = await (from m in db.Members
            join u in db.Users on m.UserId equals u.Id
            where m.DatasetIdentity == dataset.Identity.Value
            select new MemberRow(u.Id, u.DisplayName, u.Email ?? "", m.Role, false) { IsUnconfirmed = !u.EmailConfirmed }).ToListAsync(ct);
        var roles = await groups.RolesAsync(dataset.Identity, ct);
        var grouped = (await groups.ListAsync(ct)).Where(g => roles.ContainsKey(g.Id))
            .Select(g => new MemberRow(g.Id, g.Name, g.People == 1 ? "1 person" : $"{g.People} people", roles[g.Id], true));
        var isOwner = people.Any(p => p.Id == grant.Account && p.Role == DatasetRole.Own);
        var shown = people.Select(p => isAdministrator || p.Id == grant.Account ? p : p with { Detail = Shortened(p.Detail) });
        return new MemberList(
            [.. shown.Concat(grouped).OrderByDescending(m => m.Role).ThenBy(m => m.Name, StringComparer.CurrentCultureIgnoreCase)],
            people.Any(p => p.Role == DatasetRole.Own), !isOwner && isAdministrator, grant.Account);
    }

    /// <summary>Makes an account or a group a member.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="who">The account's address or name, or the group's name.</param>
    /// <param name="role">What the member may do.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The member's name.</returns>
    /// <exception cref="ArgumentException">
    /// Whoever asks may not or did not confirm lately who they are, nobody or more than one is called so, nobody confirmed that the address
    /// is the account's, or they are a member already.
    /// </exception>
    public async Task<string> AddAsync(
        ClaimsPrincipal user, Dataset dataset, string who, DatasetRole role, CancellationToken ct = default)
    {
        await CheckAsync(user, dataset, ct);
        var asked = (who ?? "").Trim();
        if (asked.Length == 0)
        {
            throw new ArgumentException("Give the e-mail address or the name of an account, or the name of a group.");
        }

        var (id, name, isGroup) = await FindAsync(asked, ct);
        var isMember = isGroup ? (await groups.RolesAsync(dataset.Identity, ct)).ContainsKey(id)
            : await RoleOfAsync(dataset.Identity, id, ct) is not null;
        if (isMember)
        {
            throw new ArgumentException($"{name} is a member already; change the role in the list.");
        }

        await SetAsync(user, dataset, new MemberRow(id, name, "", role, isGroup), role, ct);
        return name;
    }

    /// <summary>Gives a member another role, or none (null).</summary>
    /// <exception cref="ArgumentException">
    /// Whoever asks may not or did not confirm lately who they are, or it is the last owner, who cannot go.
    /// </exception>
    public async Task SetAsync(ClaimsPrincipal user, Dataset dataset, MemberRow member, DatasetRole? role, CancellationToken ct = default)
    {
        await CheckAsync(user, dataset, ct);
        var by = await confirmations.RequireAsync(user, ct);
        if (member.IsGroup)
        {
            await groups.SetRoleAsync(by, dataset.Identity, member.Id, role, ct);
        }
        else
        {
            await SetRoleAsync(database, audit, dataset.Identity, member.Id, role, by, ct);
        }
    }

    /// <summary>Makes an administrator an owner of a dataset, as when its owners are gone.</summary>
    /// <exception cref="ArgumentException">Whoever asks is no administrator, or did not confirm lately who they are.</exception>
    public async Task TakeOverAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default)
    {
        if (!await access.IsAdministratorAsync(user, ct) || !Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var me))
        {
            throw new ArgumentException("Only an administrator takes a dataset over.");
        }

        await SetRoleAsync(database, audit, dataset.Identity, me, DatasetRole.Own, await confirmations.RequireAsync(user, ct), ct);
    }

    /// <summary>Makes who imported a new dataset its owner. One that has members already keeps those.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="key">The key of who imported it; of an account it is the account's id.</param>
    /// <param name="ct">Stops it.</param>
    public async Task OwnNewAsync(DatasetIdentity dataset, string key, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (Guid.TryParse(key, out var account) && await db.Users.AnyAsync(u => u.Id == account, ct)
            && !await db.Members.AnyAsync(m => m.DatasetIdentity == dataset.Value, ct))
        {
            await SetRoleAsync(database, audit, dataset, account, DatasetRole.Own, by: null, ct);
        }
    }

    /// <summary>Gives an account a role in a dataset, or takes it away (null). Whoever calls has been authorized.</summary>
    /// <exception cref="ArgumentException">It is the last owner's account, which cannot go, or somebody else changed members.</exception>
    internal static async Task SetRoleAsync(IDbContextFactory<DendriteDb> database, AuditLog audit, DatasetIdentity dataset, Guid account,
        DatasetRole? role, Person? by, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        try
        {
            // Two owners who remove one another at the same moment: the second sees what the first did, or is refused.
            await using var all = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, ct);
            var member = await db.Members.FirstOrDefaultAsync(m => m.DatasetIdentity == dataset.Value && m.UserId == account, ct);
            if (member?.Role == DatasetRole.Own && role != DatasetRole.Own && !await db.Members.AnyAsync(
                m => m.DatasetIdentity == dataset.Value && m.UserId != account && m.Role == DatasetRole.Own, ct))
            {
                throw new ArgumentException("This is the only owner of the dataset; make somebody else owner first.");
            }

            if (role is not { } wanted)
            {
                db.Members.RemoveRange(member is null ? [] : [member]);
            }
            else if (member is not null)
            {
                member.Role = wanted;
            }
            else
            {
                db.Members.Add(new DatasetMember { DatasetIdentity = dataset.Value, UserId = account, Role = wanted });
            }

            var name = await db.Users.Where(u => u.Id == account).Select(u => u.DisplayName).FirstOrDefaultAsync(ct) ?? "somebody unknown";
            db.Audit.Add(audit.NewEntry(
                AuditKind.Role, by, role is null ? $"took the role of {name} away" : $"gave {name} the role '{RoleSelect.NameOf(role)}'",
                AuditSubject.Of(dataset, account.ToString())));
            await db.SaveChangesAsync(ct);
            await all.CommitAsync(ct);
        }
        catch (Exception e) when (IsRace(e))
        {
            throw new ArgumentException("Somebody else changed the members at the same moment; look again and repeat it.", e);
        }
    }

    // “a…@example.org”
    private static string Shortened(string email) =>
        email.LastIndexOf('@') is > 0 and var at ? $"{email[..1]}…{email[at..]}" : "";

    private static bool IsRace(Exception e) => e is PostgresException { SqlState: "40001" or "40P01" or "23505" }
        or SqliteException { SqliteErrorCode: 5 or 19 } || (e.InnerException is { } inner && IsRace(inner));

    private async Task<(Guid Id, string Name, bool IsGroup)> FindAsync(string who, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var upper = who.ToUpperInvariant();
        var people = await db.Users.AsNoTracking().Where(u => u.NormalizedEmail == upper).Take(2).ToListAsync(ct);
        if (people is [{ EmailConfirmed: false }])
        {
            throw new ArgumentException($"There is an account with the address “{who}”, but nobody has confirmed that it is of who has "
                + "that address. Make a link that works once and hand it to them; they accept it with their account. Or add them by name, "
                + "if you know the account, or ask an administrator to confirm the address.");
        }

        if (people.Count == 0)
        {
            // Names may be shared, and their case is compared here: databases differ in it.
            people = [.. (await db.Users.AsNoTracking().ToListAsync(ct))
                .Where(u => string.Equals(u.DisplayName, who, StringComparison.CurrentCultureIgnoreCase))];
        }

        var grouped = await db.Groups.AsNoTracking().Where(g => g.NormalizedName == upper).ToListAsync(ct);
        return (people, grouped) switch
        {
            ([var one], []) => (one.Id, one.DisplayName, false),
            ([], [var group]) => (group.Id, group.Name, true),
            ([], []) => throw new ArgumentException(
                $"Nobody here has the address or name “{who}”; invite them, and they make an account."),
            _ => throw new ArgumentException($"More than one is called “{who}”; give the e-mail address."),
        };
    }

    private async Task<DatasetRole?> RoleOfAsync(DatasetIdentity dataset, Guid account, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Members.Where(m => m.DatasetIdentity == dataset.Value && m.UserId == account).Select(m => (DatasetRole?)m.Role)
            .FirstOrDefaultAsync(ct);
    }

    private async Task CheckAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct)
    {
        if (!(await access.RoleAsync(user, dataset.Identity, ct) >= DatasetRole.Own))
        {
            throw new ArgumentException(Refused);
        }
    }
}
