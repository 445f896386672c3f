using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Sharing;

/// <summary>Makes, finds, moves and revokes links. Whoever calls has been authorized.</summary>
public sealed class ShareLinks(IDbContextFactory<DendriteDb> database, DatasetAccess access, FrozenStates frozen, TimeProvider time)
{
    /// <summary>Views that are remembered of a link that is moved: the last so many.</summary>
    public const int MostMoves = 100;

    /// <summary>Links of one dataset that are open at the same time at most.</summary>
    public const int MostOpen = 1000;

    /// <summary>Frozen states that are kept of one dataset at most; those of links that were revoked are not.</summary>
    public const int MostFrozen = 500;

    // Of links that a guest took; the cookie holds them all.
    private const int MostTaken = 16;

    private const string Mark = "dvl_";

    /// <summary>
    /// Makes a link and returns its token, which is not kept; what the audit log tells of it is kept with it or not at all.
    /// </summary>
    /// <exception cref="ArgumentException">What was chosen does not go together.</exception>
    public async Task<(ShareLink Link, string Token)> CreateAsync(
        Dataset dataset, DatasetRole role, string name, TimeSpan? lifetime, string query, string by, CancellationToken ct,
        LinkChoices? choices = null, Func<ShareLink, AuditEntry>? entryOf = null)
    {
        if (role is not (DatasetRole.View or DatasetRole.Annotate))
        {
            throw new ArgumentOutOfRangeException(nameof(role), role, "A link views or annotates.");
        }

        choices ??= new LinkChoices();
        if (role != DatasetRole.View && (choices.Kind == LinkKind.Frozen || choices.MayEmbed))
        {
            throw new ArgumentException("Who comes by a frozen link, or sees it in another site, may look and no more.");
        }

        if (choices is { IsOneTime: true, MayEmbed: true })
        {
            throw new ArgumentException("A link that works once cannot be shown in other sites, where everybody opens it.");
        }

        // The mark lets a log's redactor and scanners for secrets know a token wherever it stands.
        var token = Mark + Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)).Replace('+', '-').Replace('/', '_');
        var now = time.GetUtcNow();
        var link = new ShareLink
        {
            Id = Guid.NewGuid(), TokenHash = Hash(token), DatasetIdentity = dataset.Identity.Value, DatasetId = dataset.Id.Value,
            Role = role, Name = string.IsNullOrWhiteSpace(name) ? "Link" : name.Trim()[..Math.Min(name.Trim().Length, 80)],
            Query = FrozenLinks.Without(query), CreatedBy = by, CreatedAt = now.ToUnixTimeMilliseconds(),
            ExpiresAt = lifetime is { } l ? (now + l).ToUnixTimeMilliseconds() : null, Kind = choices.Kind, IsOneTime = choices.IsOneTime,
            EmbedOrigins = choices.MayEmbed ? string.Join(' ', choices.EmbedOrigins!) : null,
        };
        await using var db = await database.CreateDbContextAsync(ct);
        var open = db.Links.Where(l => l.DatasetIdentity == link.DatasetIdentity && l.RevokedAt == null
            && (l.ExpiresAt == null || l.ExpiresAt > link.CreatedAt));
        if (await open.CountAsync(ct) >= MostOpen)
        {
            throw new ArgumentException($"A dataset has at most {MostOpen} open links; revoke some.");
        }

        if (choices.Kind == LinkKind.Frozen
            && await db.Links.CountAsync(l => l.DatasetIdentity == link.DatasetIdentity
                && db.LinkSnapshots.Any(s => s.LinkId == l.Id), ct) >= MostFrozen)
        {
            throw new ArgumentException($"A dataset keeps at most {MostFrozen} frozen states, and has as many; revoke frozen links.");
        }

        db.Links.Add(link);
        if (entryOf is not null)
        {
            db.Audit.Add(entryOf(link));
        }

        if (choices.Kind == LinkKind.Frozen)
        {
            await frozen.KeepAsync(db, link.Id, dataset, link.Query, ct);
        }

        await db.SaveChangesAsync(ct);
        return (link, token);
    }

    /// <summary>
    /// Makes another link like one that is there, in one's own name: it shows the same, and opens and ends by itself. A copy of a frozen
    /// link has a state of its own, the same one, which stays when the other is revoked; a copy of one that follows shows the present
    /// dataset from the view that the other has now. What the audit log tells of it, made of the new link and the old, is kept with it or
    /// not at all.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="id">The link.</param>
    /// <param name="lifetime">How long the copy is open; null for no end.</param>
    /// <param name="by">Whose it becomes.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="entryOf">What the audit log tells.</param>
    /// <param name="mayEmbed">The sites that may show links in frames now: of those that may show the link, they may show the copy.</param>
    /// <exception cref="ArgumentException">There is no such link, it was revoked, or nothing is left of the state that it kept.</exception>
    public async Task<(ShareLink Link, string Token)> CopyAsync(
        Dataset dataset, Guid id, TimeSpan? lifetime, string by, CancellationToken ct,
        Func<ShareLink, ShareLink, AuditEntry>? entryOf = null, IReadOnlyCollection<string>? mayEmbed = null)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (await db.Links.AsNoTracking().FirstOrDefaultAsync(l => l.Id == id && l.DatasetIdentity == dataset.Identity.Value, ct)
            is not { } link)
        {
            throw new ArgumentException("That link is not there any more.");
        }

        if (link.RevokedAt is not null)
        {
            throw new ArgumentException("That link was revoked, and is not copied; make a new one.");
        }

        // Of a frozen link the state that it keeps is copied, not the present one.
        var shown = link.Kind == LinkKind.Frozen ? await frozen.OpenAsync(link.Id, dataset, ct) : dataset;
        return shown is null ? throw new ArgumentException(FrozenStates.NothingLeft) : await CreateAsync(
            shown, link.Role, $"Copy of {link.Name}", lifetime, link.Query, by, ct, new LinkChoices(
                link.Kind, link.IsOneTime, [.. OriginsOf(link.EmbedOrigins).Where(o => mayEmbed?.Contains(o) == true)]),
            entryOf is null ? null : made => entryOf(made, link));
    }

    /// <summary>The link of a token if it lets anybody in now, else null, for whatever reason.</summary>
    public async Task<ShareLink?> FindAsync(string token, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var hash = Hash(token);
        var link = await db.Links.AsNoTracking().FirstOrDefaultAsync(l => l.TokenHash == hash, ct);
        return link is not null && await access.EndOfAsync(link, ct) is null ? link : null;
    }

    /// <summary>Which sites may show the link of a token in a frame, whether or not it is open now.</summary>
    public async Task<IReadOnlyList<string>> OriginsAsync(string token, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var hash = Hash(token);
        var origins = await db.Links.Where(l => l.TokenHash == hash).Select(l => l.EmbedOrigins).FirstOrDefaultAsync(ct);
        return OriginsOf(origins);
    }

    /// <summary>The sites that a link names, which may show it in a frame.</summary>
    internal static string[] OriginsOf(string? origins) => origins?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>
    /// Takes a one-time link for a guest: of two who open it at the same moment one gets in. Who took it may take it again.
    /// </summary>
    /// <param name="id">The link.</param>
    /// <param name="guest">The guest's mark.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="entry">What the audit log tells of it, where nobody had taken it; kept with it or not at all.</param>
    public async Task<bool> TryTakeAsync(Guid id, string guest, CancellationToken ct, AuditEntry? entry = null)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        var open = db.Links.Where(l => l.Id == id && l.IsOneTime && l.RevokedAt == null);
        if (await open.Where(l => l.TakenBy == null).ExecuteUpdateAsync(s => s.SetProperty(l => l.TakenBy, guest), ct) != 1)
        {
            return await open.AnyAsync(l => l.TakenBy == guest, ct);
        }

        if (entry is not null)
        {
            db.Audit.Add(entry);
            await db.SaveChangesAsync(ct);
        }

        await all.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// What a guest who opens another link keeps: the claims of the links that work once and that they took, which nobody could open again.
    /// </summary>
    public async Task<IReadOnlyList<Claim>> TakenAsync(Guid opened, ClaimsPrincipal user, CancellationToken ct)
    {
        var ids = user.FindAll(DendriteClaims.Link).Select(c => Guid.TryParse(c.Value, out var id) ? id : Guid.Empty)
            .Where(id => id != opened && id != Guid.Empty).Take(MostTaken).ToArray();
        var guests = user.FindAll(DendriteClaims.GuestId).Select(c => c.Value).ToArray();
        if (ids.Length == 0)
        {
            return [];
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var taken = await db.Links.AsNoTracking()
            .Where(l => ids.Contains(l.Id) && l.IsOneTime && l.TakenBy != null && guests.Contains(l.TakenBy)).ToListAsync(ct);
        return [.. taken.SelectMany(l => new Claim[]
            { new(DendriteClaims.Link, l.Id.ToString()), new(DendriteClaims.GuestId, l.TakenBy!) })];
    }

    /// <summary>Counts that a link was opened.</summary>
    public async Task CountAsync(Guid id, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db.Links.Where(l => l.Id == id)
            .ExecuteUpdateAsync(s => s.SetProperty(l => l.Openings, l => l.Openings + 1).SetProperty(l => l.LastUsedAt, now), ct);
    }

    /// <summary>Has a following link show another view from now on; its address stays, and where it pointed before is remembered.</summary>
    /// <exception cref="ArgumentException">It is frozen, or is not open any more.</exception>
    public async Task MoveAsync(DatasetIdentity dataset, Guid id, string query, string by, CancellationToken ct,
        Func<ShareLink, AuditEntry>? entryOf = null)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        var link = await db.Links.FirstOrDefaultAsync(l => l.Id == id && l.DatasetIdentity == dataset.Value, ct);
        if (link is null || await access.EndOfAsync(link, ct) is not null)
        {
            throw new ArgumentException("That link is not open any more.");
        }

        if (link.Kind == LinkKind.Frozen)
        {
            throw new ArgumentException("A frozen link may be cited, and is not moved; make another one.");
        }

        var wanted = FrozenLinks.Without(query);
        if (link.Query == wanted)
        {
            return;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        db.LinkMoves.Add(new LinkMove { LinkId = id, Query = link.Query, At = now, ByName = by });
        link.Query = wanted;
        if (entryOf is not null)
        {
            db.Audit.Add(entryOf(link));
        }

        await db.SaveChangesAsync(ct);
        var old = await db.LinkMoves.Where(m => m.LinkId == id).OrderByDescending(m => m.Id).Skip(MostMoves).Select(m => m.Id)
            .ToListAsync(ct);
        await db.LinkMoves.Where(m => old.Contains(m.Id)).ExecuteDeleteAsync(ct);
        await all.CommitAsync(ct);
    }

    /// <summary>The views to which a link pointed before, the newest first.</summary>
    public async Task<IReadOnlyList<LinkMove>> MovesAsync(DatasetIdentity dataset, Guid id, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.LinkMoves.AsNoTracking()
            .Where(m => m.LinkId == id && db.Links.Any(l => l.Id == id && l.DatasetIdentity == dataset.Value))
            .OrderByDescending(m => m.Id).ToListAsync(ct);
    }

    /// <summary>The links of a dataset, newest first, with those that are open no more.</summary>
    public async Task<IReadOnlyList<ListedLink>> ListAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var links = await db.Links.AsNoTracking().Where(l => l.DatasetIdentity == dataset.Value).OrderByDescending(l => l.CreatedAt)
            .ToListAsync(ct);
        var moved = (await db.LinkMoves.Where(m => db.Links.Any(l => l.Id == m.LinkId && l.DatasetIdentity == dataset.Value))
            .Select(m => m.LinkId).Distinct().ToListAsync(ct)).ToHashSet();
        var listed = new List<ListedLink>(links.Count);
        foreach (var link in links)
        {
            listed.Add(new ListedLink(link, await access.EndOfAsync(link, ct)) { WasMoved = moved.Contains(link.Id) });
        }

        return listed;
    }

    /// <summary>The state that a frozen link keeps, as it is shown now; null of other links, and where nothing of it is left.</summary>
    public async Task<Dataset?> StateOfAsync(ShareLink link, Dataset present, CancellationToken ct) =>
        link.Kind == LinkKind.Frozen ? await frozen.OpenAsync(link.Id, present, ct) : null;

    /// <summary>When the link of a frozen state ends by itself, Unix milliseconds; null for never.</summary>
    public async Task<long?> EndOfStateAsync(Guid link, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Links.Where(l => l.Id == link).Select(l => l.ExpiresAt).FirstOrDefaultAsync(ct);
    }

    /// <summary>
    /// Ends a link at once, and removes the state that it kept; what the audit log tells of it is kept with it or not at all.
    /// </summary>
    /// <returns>False where it had been revoked before.</returns>
    public Task<bool> RevokeAsync(DatasetIdentity dataset, Guid id, CancellationToken ct, AuditEntry? entry = null) =>
        RevokeAsync(dataset.Value, id, ct, entry);

    /// <summary>As the other one, of whichever dataset the link opens.</summary>
    public Task<bool> RevokeAsync(ShareLink link, CancellationToken ct, AuditEntry? entry = null) =>
        RevokeAsync(link.DatasetIdentity, link.Id, ct, entry);

    private async Task<bool> RevokeAsync(string dataset, Guid id, CancellationToken ct, AuditEntry? entry)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (await db.Links.Where(l => l.Id == id && l.DatasetIdentity == dataset && l.RevokedAt == null).ExecuteUpdateAsync(
            s => s.SetProperty(l => l.RevokedAt, now), ct) == 0)
        {
            return false;
        }

        await db.LinkSnapshots.Where(s => s.LinkId == id).ExecuteDeleteAsync(ct);
        if (entry is not null)
        {
            db.Audit.Add(entry);
            await db.SaveChangesAsync(ct);
        }

        await all.CommitAsync(ct);
        return true;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
