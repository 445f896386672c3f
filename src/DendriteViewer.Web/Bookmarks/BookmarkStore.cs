using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Bookmarks;

/// <summary>
/// The bookmarks of all datasets. Who may see a dataset is asked each time, since that may have ended while a page was open: a person has
/// their own bookmarks and those that are shared.
/// They go with the account. Those of a deleted dataset stay with its identity, as links do, since a store that was away comes back.
/// </summary>
public sealed class BookmarkStore(IDbContextFactory<DendriteDb> database, DatasetAccess access, TimeProvider time)
{
    private const string Closed = "This dataset is not open to you any more.";
    private const string Gone = "The bookmark is not there any more.";

    // Counting and adding are two questions; one at a time, so that nobody has more than the most.
    private readonly SemaphoreSlim _adding = new(1, 1);

    /// <summary>A person's own bookmarks and those that others share, newest first.</summary>
    /// <exception cref="ArgumentException">The dataset is not open to them.</exception>
    public async Task<BookmarkList> ListAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, ct);
        var me = AccountOf(user);
        await using var db = await database.CreateDbContextAsync(ct);
        var all = db.Bookmarks.AsNoTracking().Where(b => b.DatasetIdentity == dataset.Value).OrderByDescending(b => b.CreatedAt);
        var mine = me is { } id ? await all.Where(b => b.OwnerId == id).ToListAsync(ct) : [];
        var shared = await all.Where(b => b.IsShared && b.OwnerId != me).Take(BookmarkRules.MostShared).ToListAsync(ct);
        var items = mine.Select(b => new BookmarkItem(b, IsMine: true, MayDelete: true, Author: null)).Concat(shared.Select(
            b => new BookmarkItem(b, IsMine: false, grant.Role >= DatasetRole.Own, grant.SeesNames ? b.Author : null)));
        return new BookmarkList([.. items.OrderByDescending(i => i.Bookmark.CreatedAt)], me is not null);
    }

    /// <summary>Keeps a view.</summary>
    /// <param name="user">Whose it becomes.</param>
    /// <param name="dataset">Of which it is a view.</param>
    /// <param name="text">Name, note, and whether it is shared.</param>
    /// <param name="view">The view as a link has it.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">It cannot be kept; the sentence says why.</exception>
    public async Task<Bookmark> SaveAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, BookmarkText text, string view, CancellationToken ct = default)
    {
        var (name, note, isShared) = BookmarkRules.Check(text);
        CheckView(view);
        var now = Now();
        return await AddAsync(user, dataset, new Bookmark
        {
            Id = Guid.NewGuid(), DatasetIdentity = dataset.Value, OwnerId = await OwnerAsync(user, dataset, ct), Author = user.NameOf(),
            Name = name, Note = note, View = view, IsShared = isShared, CreatedAt = now, ChangedAt = now,
        }, ct);
    }

    /// <summary>Gives one's own bookmark another name or note, shares it or ends that.</summary>
    /// <exception cref="ArgumentException">It cannot be changed so; the sentence says why.</exception>
    public Task<Bookmark> DescribeAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, BookmarkText text, CancellationToken ct = default)
    {
        var (name, note, isShared) = BookmarkRules.Check(text);
        return ChangeAsync(user, dataset, id, b => (b.Name, b.Note, b.IsShared) = (name, note, isShared), ct);
    }

    /// <summary>Puts another view under one's own bookmark.</summary>
    /// <exception cref="ArgumentException">It cannot be changed so; the sentence says why.</exception>
    public Task<Bookmark> ReplaceAsync(ClaimsPrincipal user, DatasetIdentity dataset, Guid id, string view, CancellationToken ct = default)
    {
        CheckView(view);
        return ChangeAsync(user, dataset, id, b => b.View = view, ct);
    }

    /// <summary>Deletes a bookmark: one's own, or as an owner of the dataset one that somebody shares.</summary>
    /// <returns>The bookmark, for <see cref="RestoreAsync"/>.</returns>
    /// <exception cref="ArgumentException">It is not there, or not theirs to delete.</exception>
    public async Task<Bookmark> DeleteAsync(ClaimsPrincipal user, DatasetIdentity dataset, Guid id, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var found = await FindAsync(db, dataset, id, ct);
        if (found.OwnerId != AccountOf(user) && !(found.IsShared && grant.Role >= DatasetRole.Own))
        {
            throw new ArgumentException(Gone);
        }

        db.Bookmarks.Remove(found);
        await SaveAsync(db, ct);
        return found;
    }

    /// <summary>Brings a bookmark back that the same person deleted.</summary>
    /// <exception cref="ArgumentException">It cannot be kept any more; the sentence says why.</exception>
    public async Task<Bookmark> RestoreAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Bookmark deleted, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, ct);
        var isTheirs = deleted.OwnerId == AccountOf(user) || (deleted.IsShared && grant.Role >= DatasetRole.Own);
        return isTheirs && deleted.DatasetIdentity == dataset.Value ? await AddAsync(user, dataset, deleted, ct)
            : throw new ArgumentException(Gone);
    }

    /// <summary>How many bookmarks a dataset has, of everybody.</summary>
    public async Task<int> CountAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Bookmarks.CountAsync(b => b.DatasetIdentity == dataset.Value, ct);
    }

    /// <summary>The account of a person, or null for a link's guest.</summary>
    public static Guid? AccountOf(ClaimsPrincipal user) => Guid.TryParse(user.KeyOf(), out var id) ? id : null;

    private async Task<Bookmark> AddAsync(ClaimsPrincipal user, DatasetIdentity dataset, Bookmark added, CancellationToken ct)
    {
        await GrantAsync(user, dataset, ct);
        await _adding.WaitAsync(ct);
        try
        {
            await using var db = await database.CreateDbContextAsync(ct);
            if (!await db.Users.AnyAsync(u => u.Id == added.OwnerId, ct))
            {
                throw new ArgumentException("The account whose bookmark it was is not there any more.");
            }

            if (await db.Bookmarks.CountAsync(b => b.DatasetIdentity == dataset.Value && b.OwnerId == added.OwnerId, ct)
                >= BookmarkRules.MostOfOne)
            {
                throw new ArgumentException(
                    $"A person has at most {BookmarkRules.MostOfOne} bookmarks of a dataset; delete one that is not needed any more.");
            }

            db.Bookmarks.Add(added);
            await SaveAsync(db, ct);
            return added;
        }
        finally
        {
            _adding.Release();
        }
    }

    private async Task<Bookmark> ChangeAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, Action<Bookmark> change, CancellationToken ct)
    {
        var owner = await OwnerAsync(user, dataset, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var found = await FindAsync(db, dataset, id, ct);
        if (found.OwnerId != owner)
        {
            throw new ArgumentException(Gone);
        }

        change(found);
        (found.Author, found.ChangedAt) = (user.NameOf(), Now());
        await SaveAsync(db, ct);
        return found;
    }

    private static async Task<Bookmark> FindAsync(DendriteDb db, DatasetIdentity dataset, Guid id, CancellationToken ct) =>
        await db.Bookmarks.FirstOrDefaultAsync(b => b.Id == id && b.DatasetIdentity == dataset.Value, ct)
        ?? throw new ArgumentException(Gone);

    // Another page deleted or restored the same one meanwhile.
    private static async Task SaveAsync(DendriteDb db, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException e)
        {
            throw new ArgumentException(Gone, e);
        }
    }

    private async Task<DatasetGrant> GrantAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct) =>
        await access.GrantAsync(user, dataset, ct) ?? throw new ArgumentException(Closed);

    private async Task<Guid> OwnerAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct)
    {
        await GrantAsync(user, dataset, ct);
        return AccountOf(user) ?? throw new ArgumentException("Bookmarks are kept for people with an account; sign in to save one.");
    }

    private static void CheckView(string view)
    {
        if (view.Length > BookmarkRules.MostView)
        {
            throw new ArgumentException("This view has too many colours and labels for a bookmark; use a simpler transfer function.");
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
