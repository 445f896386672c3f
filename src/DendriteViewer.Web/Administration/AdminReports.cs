using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Sharing;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Administration;

/// <summary>
/// What the administrator's pages list and do. Each call asks anew whether somebody is an administrator, since a page may be open for
/// longer than that holds.
/// </summary>
public sealed class AdminReports(
    IDbContextFactory<DendriteDb> database, DatasetAccess access, DatasetStore store, AccountSessions sessions, ShareLinks shared,
    AuditLog audit, TimeProvider time)
{
    /// <summary>Datasets that exist, by name.</summary>
    public async Task<AdminPage<AdminDataset>> DatasetsAsync(
        ClaimsPrincipal user, string search, int skip, int take, CancellationToken ct = default)
    {
        await RequireAsync(user, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var typed = search.Trim();
        var lower = typed.ToLowerInvariant();
#pragma warning disable CA1862, CA1304, CA1311 // Translated to lower() of the database, which in SQLite knows ASCII: hence as typed too.
        var wanted = db.Datasets.AsNoTracking().Where(
            d => d.DeletedAt == null && (d.Name.Contains(typed) || d.Name.ToLower().Contains(lower) || d.DatasetId.Contains(lower)));
#pragma warning restore CA1862, CA1304, CA1311
        var total = await wanted.CountAsync(ct);
        var rows = await wanted.OrderBy(d => d.Name).ThenBy(d => d.Identity).Skip(skip).Take(take).ToListAsync(ct);
        var list = new List<AdminDataset>();
        foreach (var row in rows)
        {
            var owners = await (from m in db.Members
                                join u in db.Users on m.UserId equals u.Id
                                where m.DatasetIdentity == row.Identity && m.Role == DatasetRole.Own
                                orderby u.DisplayName
                                select u.DisplayName).ToListAsync(ct);
            list.Add(new AdminDataset(
                row.Identity, row.DatasetId, row.Name, owners, await db.Members.CountAsync(m => m.DatasetIdentity == row.Identity, ct),
                await db.Links.CountAsync(l => l.DatasetIdentity == row.Identity && l.RevokedAt == null, ct),
                await SizeAsync(row.DatasetId, ct), row.OpenedAt));
        }

        return new AdminPage<AdminDataset>(list, total);
    }

    /// <summary>Links to all datasets, newest first.</summary>
    public async Task<AdminPage<AdminLink>> LinksAsync(
        ClaimsPrincipal user, string search, int skip, int take, CancellationToken ct = default)
    {
        await RequireAsync(user, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var typed = search.Trim();
        var lower = typed.ToLowerInvariant();
#pragma warning disable CA1862, CA1304, CA1311 // As above.
        var wanted = db.Links.AsNoTracking().Where(
            l => l.Name.Contains(typed) || l.Name.ToLower().Contains(lower) || l.DatasetId.Contains(lower));
#pragma warning restore CA1862, CA1304, CA1311
        var total = await wanted.CountAsync(ct);
        var links = await wanted.OrderByDescending(l => l.CreatedAt).Skip(skip).Take(take).ToListAsync(ct);
        var list = new List<AdminLink>();
        foreach (var link in links)
        {
            var maker = Guid.TryParse(link.CreatedBy, out var id)
                ? await db.Users.Where(u => u.Id == id).Select(u => u.DisplayName).FirstOrDefaultAsync(ct) : null;
            list.Add(new AdminLink(link, maker ?? "a removed account", await access.EndOfAsync(link, ct)));
        }

        return new AdminPage<AdminLink>(list, total);
    }

    /// <summary>Revokes a link; the state that a frozen one kept goes with it.</summary>
    /// <returns>False where it had been revoked before.</returns>
    public async Task<bool> RevokeAsync(ClaimsPrincipal user, ShareLink link, CancellationToken ct = default)
    {
        await RequireAsync(user, ct);
        return await shared.RevokeAsync(link, ct, audit.NewEntry(
            AuditKind.Link, user.PersonOf(), $"revoked the {ShareDesk.NameOf(link)} as administrator",
            new AuditSubject(link.DatasetIdentity, link.DatasetId, link.Id.ToString())));
    }

    /// <summary>Sessions that hold, the one used last first.</summary>
    public async Task<AdminPage<AdminSession>> SessionsAsync(
        ClaimsPrincipal user, string search, int skip, int take, CancellationToken ct = default)
    {
        await RequireAsync(user, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var typed = search.Trim();
        var lower = typed.ToLowerInvariant();
        var oldest = (time.GetUtcNow() - AccountsRegistration.SessionLength).ToUnixTimeMilliseconds();
#pragma warning disable CA1862, CA1304, CA1311 // As above.
        var wanted = from s in db.AccountSessions.AsNoTracking()
                     join u in db.Users.AsNoTracking() on s.UserId equals u.Id
                     where s.EndedAt == null && s.LastSeenAt > oldest
                         && (u.DisplayName.Contains(typed) || u.DisplayName.ToLower().Contains(lower)
                             || u.Email!.ToLower().Contains(lower) || s.Address.Contains(lower))
                     orderby s.LastSeenAt descending
                     select new { Session = s, u.DisplayName, u.Email };
#pragma warning restore CA1862, CA1304, CA1311
        var total = await wanted.CountAsync(ct);
        var rows = await wanted.Skip(skip).Take(take).ToListAsync(ct);
        return new AdminPage<AdminSession>([.. rows.Select(r => new AdminSession(r.Session, r.DisplayName, r.Email))], total);
    }

    /// <summary>Ends a session, or all of its account.</summary>
    public async Task EndAsync(ClaimsPrincipal user, AdminSession session, bool all, CancellationToken ct = default)
    {
        await RequireAsync(user, ct);
        await audit.RecordAsync(AuditKind.Session, user.PersonOf(),
            all ? $"ended all sessions of {session.Name}" : $"ended a session of {session.Name} in {session.Session.Browser}",
            AuditSubject.Of(session.Session.UserId), ct);
        if (all)
        {
            await sessions.EndAllAsync(session.Session.UserId, SessionEnd.Administrator, ct: ct);
        }
        else
        {
            await sessions.EndAsync(session.Session.UserId, session.Session.Id, SessionEnd.Administrator, ct);
        }
    }

    /// <summary>Entries of the audit log.</summary>
    public async Task<AdminPage<AuditEntry>> AuditAsync(
        ClaimsPrincipal user, AuditFilter filter, int skip, int take, CancellationToken ct = default)
    {
        await RequireAsync(user, ct);
        var page = await audit.ListAsync(filter, skip, take, ct);
        return new AdminPage<AuditEntry>(page.Entries, page.Total);
    }

    /// <summary>Refuses who is no administrator.</summary>
    /// <exception cref="ArgumentException">They are none.</exception>
    public async Task RequireAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        if (!await access.IsAdministratorAsync(user, ct))
        {
            throw new ArgumentException("This is for administrators; you are none any more.");
        }
    }

    private async Task<long?> SizeAsync(string id, CancellationToken ct)
    {
        try
        {
            return DatasetId.TryParse(id, out var dataset) ? await store.Blobs.MeasureAsync(BlobNames.Dataset(dataset), ct) : null;
        }
        catch (BlobStoreException)
        {
            return null;
        }
    }
}
