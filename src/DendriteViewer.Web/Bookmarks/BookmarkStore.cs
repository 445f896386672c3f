using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Limits;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Bookmarks;

/// <summary>
/// The bookmarks of all datasets. Who may see a dataset is asked each time, since that may have ended while a page was open: a person has
/// their own bookmarks and those that are shared.
/// They go with the account. Those of a deleted dataset stay with its identity, as links do, since a store that was away comes back.
/// </summary>
public sealed class BookmarkStore(
    IDbContextFactory<DendriteDb> database, DatasetAccess access, Budgets budgets, TimeProvider time, AuditLog audit)
{
    private const string Closed = "This dataset is not open to you any more.";
    private const string Gone = "The bookmark is not there any more.";

    private const string Changed =
        "The bookmark was changed in another page meanwhile. It is shown as it is now; do it again if it is still meant.";

    // Looking and writing are two questions; one at a time, so that nobody has more than the most, and no change is overwritten unseen.
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>A person's own bookmarks and those that others share, newest first, without their views.</summary>
    /// <exception cref="BookmarkException">The dataset is not open to them.</exception>
    public async Task<BookmarkList> ListAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, ct);
        var me = grant.Account;
        await using var db = await database.CreateDbContextAsync(ct);
        var all = db.Bookmarks.AsNoTracking().Where(b => b.DatasetIdentity == dataset.Value).OrderByDescending(b => b.CreatedAt);
        var mine = me is { } id ? await FactsAsync(all.Where(b => b.OwnerId == id), ct) : [];
        var shared = await FactsAsync(all.Where(b => b.IsShared && b.OwnerId != me).Take(BookmarkRules.MostShared), ct);
        var items = mine.Select(b => new BookmarkItem(b.Facts, IsMine: true, MayDelete: true, Author: null)).Concat(shared.Select(b =>
            new BookmarkItem(b.Facts, IsMine: false, grant.Role >= DatasetRole.Own, grant.SeesNames ? b.Author : null)));
        return new BookmarkList([.. items.OrderByDescending(i => i.Bookmark.CreatedAt)], me is not null);
    }

    private static async Task<List<(BookmarkFacts Facts, string Author)>> FactsAsync(IQueryable<Bookmark> rows, CancellationToken ct)
    {
        var read = await rows.Select(b => new { b.Id, b.Name, b.Note, b.IsShared, b.CreatedAt, b.ChangedAt, b.Author }).ToListAsync(ct);
        return [.. read.Select(b => (new BookmarkFacts(b.Id, b.Name, b.Note, b.IsShared, b.CreatedAt, b.ChangedAt), b.Author))];
    }

    /// <summary>A bookmark with its view, as it is now: one's own, or one that is shared.</summary>
    /// <exception cref="BookmarkException">It is not there, not shared any more, or the dataset is not open to them.</exception>
    public async Task<Bookmark> FindAsync(ClaimsPrincipal user, DatasetIdentity dataset, Guid id, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var found = await FindAsync(db, dataset, id, ct);
        return found.IsShared || found.OwnerId == grant.Account ? found : throw new BookmarkException(Gone);
    }

    /// <summary>Keeps a view.</summary>
    /// <param name="user">Whose it becomes.</param>
    /// <param name="dataset">Of which it is a view.</param>
    /// <param name="text">Name, note, and whether it is shared.</param>
    /// <param name="view">The view as a link has it.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="BookmarkException">It cannot be kept; the sentence says why.</exception>
    public async Task<Bookmark> SaveAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, BookmarkText text, string view, CancellationToken ct = default)
    {
        var (name, note, isShared) = BookmarkRules.Check(text);
        CheckView(view);
        var (now, owner) = (Now(), await OwnerAsync(user, dataset, isShared, ct));
        return await AddAsync(new Bookmark
        {
            Id = Guid.NewGuid(), DatasetIdentity = dataset.Value, OwnerId = owner, Author = user.NameOf(),
            Name = name, Note = note, View = view, IsShared = isShared, CreatedAt = now, ChangedAt = now,
        }, owner, ct);
    }

    /// <summary>Gives one's own bookmark another name or note, shares it or ends that.</summary>
    /// <param name="user">Whose it is.</param>
    /// <param name="dataset">Of which it is a view.</param>
    /// <param name="id">Which.</param>
    /// <param name="seen">When it had been changed last as they looked at it.</param>
    /// <param name="text">What it says from now on.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="BookmarkException">It cannot be changed so, or was changed meanwhile; the sentence says why.</exception>
    public Task<Bookmark> DescribeAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, long seen, BookmarkText text, CancellationToken ct = default)
    {
        var (name, note, isShared) = BookmarkRules.Check(text);
        return ChangeAsync(user, dataset, id, seen, isShared, b => (b.Name, b.Note, b.IsShared) = (name, note, isShared), ct);
    }

    /// <summary>Puts another view under one's own bookmark.</summary>
    /// <param name="user">Whose it is.</param>
    /// <param name="dataset">Of which it is a view.</param>
    /// <param name="id">Which.</param>
    /// <param name="seen">When it had been changed last as they looked at it.</param>
    /// <param name="view">The view as a link has it.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="BookmarkException">It cannot be changed so, or was changed meanwhile; the sentence says why.</exception>
    public Task<Bookmark> ReplaceAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, long seen, string view, CancellationToken ct = default)
    {
        CheckView(view);
        return ChangeAsync(user, dataset, id, seen, isShared: false, b => b.View = view, ct);
    }

    /// <summary>Deletes a bookmark: one's own, or as an owner of the dataset one that somebody shares.</summary>
    /// <param name="user">Who deletes it.</param>
    /// <param name="dataset">Of which it is a view.</param>
    /// <param name="id">Which.</param>
    /// <param name="seen">When it had been changed last as they looked at it.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The bookmark, for <see cref="RestoreAsync"/>.</returns>
    /// <exception cref="BookmarkException">It is not there, not theirs to delete, or was changed meanwhile.</exception>
    public async Task<Bookmark> DeleteAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, long seen, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, ct);
        return await WriteAsync(grant.Account, async db =>
        {
            var found = await FindAsync(db, dataset, id, ct);
            if (found.OwnerId != grant.Account && !(found.IsShared && grant.Role >= DatasetRole.Own))
            {
                throw new BookmarkException(Gone);
            }

            CheckSeen(found, seen);
            db.Bookmarks.Remove(found);
            Audit(db, user, grant, found, $"deleted the bookmark '{found.Name}' of {found.Author}");
            return found;
        }, ct);
    }

    /// <summary>Brings a bookmark back that the same person deleted.</summary>
    /// <exception cref="BookmarkException">It cannot be kept any more; the sentence says why.</exception>
    public async Task<Bookmark> RestoreAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Bookmark deleted, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, ct);
        var isTheirs = deleted.OwnerId == grant.Account || (deleted.IsShared && grant.Role >= DatasetRole.Own);
        return isTheirs && deleted.DatasetIdentity == dataset.Value ? await AddAsync(deleted, grant.Account, ct,
                db => Audit(db, user, grant, deleted, $"took the deletion of the bookmark '{deleted.Name}' of {deleted.Author} back"))
            : throw new BookmarkException(Gone);
    }

    /// <summary>How many bookmarks a dataset has, of everybody.</summary>
    public async Task<int> CountAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Bookmarks.CountAsync(b => b.DatasetIdentity == dataset.Value, ct);
    }

    // What somebody does to another's bookmark is told in the audit log, saved together with it; one's own are one's own.
    private void Audit(DendriteDb db, ClaimsPrincipal user, DatasetGrant grant, Bookmark of, string detail)
    {
        if (of.OwnerId != grant.Account)
        {
            db.Audit.Add(audit.NewEntry(
                AuditKind.Deletion, user.PersonOf(), detail, new AuditSubject(of.DatasetIdentity, Key: of.Id.ToString())));
        }
    }

    private Task<Bookmark> AddAsync(
        Bookmark added, Guid? by, CancellationToken ct, Action<DendriteDb>? also = null) => WriteAsync(by, async db =>
    {
        if (!await db.Users.AnyAsync(u => u.Id == added.OwnerId, ct))
        {
            throw new BookmarkException("The account whose bookmark it was is not there any more.");
        }

        if (await db.Bookmarks.CountAsync(b => b.DatasetIdentity == added.DatasetIdentity && b.OwnerId == added.OwnerId, ct)
            >= BookmarkRules.MostOfOne)
        {
            throw new BookmarkException(
                $"A person has at most {BookmarkRules.MostOfOne} bookmarks of a dataset; delete one that is not needed any more.");
        }

        db.Bookmarks.Add(added);
        also?.Invoke(db);
        return added;
    }, ct);

    private async Task<Bookmark> ChangeAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, long seen, bool isShared, Action<Bookmark> change, CancellationToken ct)
    {
        var owner = await OwnerAsync(user, dataset, isShared, ct);
        return await WriteAsync(owner, async db =>
        {
            var found = await FindAsync(db, dataset, id, ct);
            if (found.OwnerId != owner)
            {
                throw new BookmarkException(Gone);
            }

            CheckSeen(found, seen);
            change(found);

            // Another one than before even within a millisecond, since it tells the states apart.
            (found.Author, found.ChangedAt) = (user.NameOf(), Math.Max(Now(), found.ChangedAt + 1));
            return found;
        }, ct);
    }

    private async Task<Bookmark> WriteAsync(Guid? by, Func<DendriteDb, Task<Bookmark>> change, CancellationToken ct)
    {
        if (by is { } account)
        {
            budgets.Bookmark(account);
        }

        await _writing.WaitAsync(ct);
        try
        {
            await using var db = await database.CreateDbContextAsync(ct);
            var changed = await change(db);
            await SaveAsync(db, ct);
            return changed;
        }
        finally
        {
            _writing.Release();
        }
    }

    private static void CheckSeen(Bookmark now, long seen)
    {
        if (now.ChangedAt != seen)
        {
            throw new BookmarkException(Changed);
        }
    }

    private static async Task<Bookmark> FindAsync(DendriteDb db, DatasetIdentity dataset, Guid id, CancellationToken ct) =>
        await db.Bookmarks.FirstOrDefaultAsync(b => b.Id == id && b.DatasetIdentity == dataset.Value, ct)
        ?? throw new BookmarkException(Gone);

    // Another page deleted or restored the same one meanwhile.
    private static async Task SaveAsync(DendriteDb db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException e)
        {
            throw new BookmarkException(Gone, e);
        }
    }

    private async Task<DatasetGrant> GrantAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct) =>
        await access.GrantAsync(user, dataset, ct) ?? throw new BookmarkException(Closed);

    // What is shared, everybody sees who may look: it says what members say, and nobody else who has an account.
    private async Task<Guid> OwnerAsync(ClaimsPrincipal user, DatasetIdentity dataset, bool isShared, CancellationToken ct)
    {
        var grant = await GrantAsync(user, dataset, ct);
        if (isShared && grant is { Account: not null, IsMember: false })
        {
            throw new BookmarkException("Bookmarks are shared by members of the dataset; keep this one for yourself.");
        }

        return grant.Account ?? throw new BookmarkException("Bookmarks are kept for people with an account; sign in to save one.");
    }

    private static void CheckView(string view)
    {
        if (view.Length > BookmarkRules.MostView)
        {
            throw new BookmarkException(
                $"This view has too many colours and labels for a bookmark: its text has {view.Length} characters, and an address "
                + $"carries at most {BookmarkRules.MostView}. Use a simpler transfer function.");
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
