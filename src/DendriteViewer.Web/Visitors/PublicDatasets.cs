using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Visitors;

/// <summary>Opens datasets to everybody, and closes them again; for their owners, who are asked about each time.</summary>
public sealed class PublicDatasets(
    IDbContextFactory<DendriteDb> database, DatasetAccess access, DatasetCatalog catalog, AuditLog audit, TimeProvider time)
{
    private const string Refused = "Only an owner of the dataset decides whether it is open to everybody.";

    /// <summary>Since when and by whom a dataset is open to everybody; null while it is not.</summary>
    public async Task<PublicDataset?> FindAsync(Dataset dataset, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.PublicDatasets.AsNoTracking().FirstOrDefaultAsync(p => p.DatasetIdentity == dataset.Identity.Value, ct);
    }

    /// <summary>Opens a dataset to everybody. One that is open already stays so.</summary>
    /// <exception cref="ArgumentException">Whoever asks does not own it.</exception>
    public async Task OpenAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default)
    {
        await CheckAsync(user, dataset, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        if (await db.PublicDatasets.AnyAsync(p => p.DatasetIdentity == dataset.Identity.Value, ct))
        {
            return;
        }

        var by = user.PersonOf();
        db.PublicDatasets.Add(new PublicDataset
        {
            DatasetIdentity = dataset.Identity.Value, Since = time.GetUtcNow().ToUnixTimeMilliseconds(), ByKey = by.Key, ByName = by.Name,
        });
        db.Audit.Add(audit.NewEntry(AuditKind.Visibility, by, "opened the dataset to everybody", AuditSubject.Of(dataset)));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (db.PublicDatasets.AsNoTracking().Any(p => p.DatasetIdentity == dataset.Identity.Value))
        {
            // Another owner did it at the same moment.
        }

        catalog.Touch();
    }

    /// <summary>Closes a dataset to all but its members and who holds a link; open pages end within seconds.</summary>
    /// <exception cref="ArgumentException">Whoever asks does not own it.</exception>
    public async Task CloseAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct = default)
    {
        await CheckAsync(user, dataset, ct);
        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        if (await db.PublicDatasets.Where(p => p.DatasetIdentity == dataset.Identity.Value).ExecuteDeleteAsync(ct) > 0)
        {
            db.Audit.Add(audit.NewEntry(AuditKind.Visibility, user.PersonOf(), "closed the dataset to the public",
                AuditSubject.Of(dataset)));
            await db.SaveChangesAsync(ct);
        }

        await all.CommitAsync(ct);

        catalog.Touch();
    }

    private async Task CheckAsync(ClaimsPrincipal user, Dataset dataset, CancellationToken ct)
    {
        if (!(await access.RoleAsync(user, dataset.Identity, ct) >= DatasetRole.Own))
        {
            throw new ArgumentException(Refused);
        }
    }
}
