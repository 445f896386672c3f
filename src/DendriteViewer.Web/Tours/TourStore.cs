using System.Security.Claims;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Servers;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tours;

/// <summary>
/// The tours of all datasets: who may look plays them, who may annotate makes and changes them. A change is a function of the tour as it is
/// kept by then and is applied anew where somebody was faster, so that two people who change different parts of one tour both do; what
/// becomes of a text that both changed, the field in which it is typed asks.
/// </summary>
public sealed class TourStore(
    IDbContextFactory<DendriteDb> database, DatasetAccess access, ServerNews news, TimeProvider time, AuditLog audit)
{
    // Each try is made of what another change left; so many others at one moment are no people.
    private const int MostTries = 20;

    private const string Gone = "The tour is not there any more.";

    /// <summary>Raised when a dataset's tours changed on this server.</summary>
    public event Action<DatasetIdentity>? Changed;

    /// <summary>The tours of a dataset.</summary>
    /// <exception cref="TourException">The dataset is not open to them.</exception>
    public async Task<TourList> ListAsync(ClaimsPrincipal user, DatasetIdentity dataset, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, DatasetRole.View, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var all = await db.Tours.AsNoTracking().Where(t => t.DatasetIdentity == dataset.Value).OrderBy(t => t.CreatedAt).ToListAsync(ct);
        return new TourList([.. all.Select(t => ItemOf(t, grant))], grant.Role >= DatasetRole.Annotate);
    }

    /// <summary>A tour as it is now.</summary>
    /// <exception cref="TourException">It is not there, or the dataset is not open to them.</exception>
    public async Task<TourItem> FindAsync(ClaimsPrincipal user, DatasetIdentity dataset, Guid id, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, DatasetRole.View, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        return ItemOf(await FindAsync(db, dataset, id, ct), grant);
    }

    /// <summary>Makes a tour.</summary>
    /// <exception cref="TourException">It cannot be kept; the sentence says why.</exception>
    public Task<TourItem> CreateAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, TourContent content, CancellationToken ct = default) =>
        AddAsync(user, dataset, Guid.NewGuid(), content, isRestored: false, ct);

    /// <summary>Makes a deleted tour again by its key, so that its address opens it as before.</summary>
    /// <exception cref="TourException">It is there already, or cannot be kept; the sentence says why.</exception>
    public async Task<TourItem> RestoreAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, TourContent content, CancellationToken ct = default)
    {
        await using (var db = await database.CreateDbContextAsync(ct))
        {
            if (await db.Tours.AnyAsync(t => t.Id == id, ct))
            {
                throw new TourException("The tour is there again already.");
            }
        }

        return await AddAsync(user, dataset, id, content, isRestored: true, ct);
    }

    private async Task<TourItem> AddAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, TourContent content, bool isRestored, CancellationToken ct)
    {
        var grant = await GrantAsync(user, dataset, DatasetRole.Annotate, ct);
        content = TourRules.Check(content);
        await using var db = await database.CreateDbContextAsync(ct);
        if (await db.Tours.CountAsync(t => t.DatasetIdentity == dataset.Value, ct) >= TourRules.MostOfOne)
        {
            throw new TourException($"A dataset has at most {TourRules.MostOfOne} tours; delete one that is not needed any more.");
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var tour = new Tour
        {
            Id = id, DatasetIdentity = dataset.Value, Title = content.Title, Author = user.NameOf(), CreatedAt = now,
        };
        Put(tour, content, user, now);
        db.Tours.Add(tour);
        if (isRestored)
        {
            Audit(db, user, tour, $"took the deletion of the tour '{tour.Title}' back");
        }

        await db.SaveChangesAsync(ct);
        Tell(dataset);
        return ItemOf(tour, grant);
    }

    /// <summary>Changes a tour.</summary>
    /// <param name="user">Who changes it.</param>
    /// <param name="dataset">Of which it shows views.</param>
    /// <param name="id">Which.</param>
    /// <param name="change">From the tour as it is to the tour wanted; may be called more than once.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="TourException">It cannot be changed so; the sentence says why.</exception>
    public async Task<TourItem> ChangeAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, Func<TourContent, TourContent> change, CancellationToken ct = default)
    {
        var grant = await GrantAsync(user, dataset, DatasetRole.Annotate, ct);
        for (var tries = 1; ; tries++)
        {
            await using var db = await database.CreateDbContextAsync(ct);
            var tour = await FindAsync(db, dataset, id, ct);
            var before = ContentOf(tour);
            var after = TourRules.Check(change(before));
            if (after.IsSameAs(before))
            {
                // Nothing to keep, and nobody becomes its author by it.
                return ItemOf(tour, grant);
            }

            Put(tour, after, user, time.GetUtcNow().ToUnixTimeMilliseconds());
            try
            {
                await db.SaveChangesAsync(ct);
            }
            catch (DbUpdateConcurrencyException e)
            {
                // Another change came first: this one is made of what that one left.
                _ = tries < MostTries ? 0 : throw new TourException("The tour is being changed by too many at once; try again.", e);
                continue;
            }

            Tell(dataset);
            return ItemOf(tour, grant);
        }
    }

    /// <summary>Deletes a tour as somebody saw it.</summary>
    /// <returns>The tour, to make it again.</returns>
    /// <exception cref="TourException">It is not there, or was changed since.</exception>
    public async Task<TourContent> DeleteAsync(
        ClaimsPrincipal user, DatasetIdentity dataset, Guid id, int version, CancellationToken ct = default)
    {
        const string Since = "The tour was changed by somebody meanwhile; look at it again before you delete it.";
        await GrantAsync(user, dataset, DatasetRole.Annotate, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        var tour = await FindAsync(db, dataset, id, ct);
        if (tour.Version != version)
        {
            throw new TourException(Since);
        }

        db.Tours.Remove(tour);
        Audit(db, user, tour, $"deleted the tour '{tour.Title}' of {tour.Author}");
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException e)
        {
            throw new TourException(Since, e);
        }

        Tell(dataset);
        return ContentOf(tour);
    }

    // Saved together with the tour's row, or neither is.
    private void Audit(DendriteDb db, ClaimsPrincipal user, Tour tour, string detail) => db.Audit.Add(audit.NewEntry(
        AuditKind.Deletion, user.PersonOf(), detail, new AuditSubject(tour.DatasetIdentity, Key: tour.Id.ToString())));

    /// <summary>How many tours a dataset has.</summary>
    public async Task<int> CountAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Tours.CountAsync(t => t.DatasetIdentity == dataset.Value, ct);
    }

    private static void Put(Tour tour, TourContent content, ClaimsPrincipal user, long now)
    {
        (tour.Title, tour.Text, tour.Steps) = (content.Title, content.Text, JsonSerializer.Serialize(content.Steps));
        (tour.Author, tour.ChangedAt, tour.Version) = (user.NameOf(), now, tour.Version + 1);
    }

    private static TourContent ContentOf(Tour tour) =>
        new(tour.Title, tour.Text, JsonSerializer.Deserialize<TourStep[]>(tour.Steps) ?? []);

    private static TourItem ItemOf(Tour tour, DatasetGrant grant) =>
        new(tour.Id, ContentOf(tour), tour.Version, grant.SeesNames ? tour.Author : null, tour.ChangedAt);

    private static async Task<Tour> FindAsync(DendriteDb db, DatasetIdentity dataset, Guid id, CancellationToken ct) =>
        await db.Tours.FirstOrDefaultAsync(t => t.Id == id && t.DatasetIdentity == dataset.Value, ct) ?? throw new TourException(Gone);

    private async Task<DatasetGrant> GrantAsync(ClaimsPrincipal user, DatasetIdentity dataset, DatasetRole least, CancellationToken ct) =>
        await access.GrantAsync(user, dataset, ct) is { Frozen: null } grant && grant.Role >= least ? grant
            : throw new TourException(least == DatasetRole.View
                ? "Tours show the dataset as it is now, which is not open to you." : "Tours are made by who may annotate the dataset.");

    private void Tell(DatasetIdentity dataset)
    {
        Changed?.Invoke(dataset);
        news.Tell(NewsTopics.Tours, dataset.Value);
    }

    /// <summary>Another server changed a dataset's tours.</summary>
    internal Task HearAsync(string dataset)
    {
        if (DatasetIdentity.TryParse(dataset, out var identity))
        {
            Changed?.Invoke(identity);
        }

        return Task.CompletedTask;
    }
}
