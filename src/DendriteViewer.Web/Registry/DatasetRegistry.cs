using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Registry;

/// <summary>Which datasets exist and which were deleted, as the database keeps it.</summary>
public sealed class DatasetRegistry(IDbContextFactory<DendriteDb> database, TimeProvider time)
{
    /// <summary>
    /// Notes that a dataset is in the store. One that was missed before, and is back with its identity, is no longer archived.
    /// </summary>
    /// <returns>Whether that was not known.</returns>
    public async Task<bool> NoteAsync(Dataset dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var record = await db.Datasets.FindAsync([dataset.Identity.Value], ct);
        var (isNew, isNews) = (record is null, record is not { DeletedAt: null });
        if (record is null)
        {
            record =
                new DatasetRecord { Identity = dataset.Identity.Value, DatasetId = dataset.Id.Value, Name = dataset.Name, SeenAt = Now };
            db.Datasets.Add(record);
        }

        (record.Name, record.DatasetId, record.DeletedAt, record.DeletedBy) = (dataset.Name, dataset.Id.Value, null, null);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (isNew)
        {
            // Another server saw it at the same moment, and noted it.
            return false;
        }

        return isNews;
    }

    /// <summary>The datasets that were in the store when they were last looked for.</summary>
    public async Task<IReadOnlyList<DatasetRecord>> ExistingAsync(CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Datasets.AsNoTracking().Where(d => d.DeletedAt == null).ToListAsync(ct);
    }

    /// <summary>The datasets that were deleted, the latest first.</summary>
    public async Task<IReadOnlyList<DatasetRecord>> ArchivedAsync(CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Datasets.AsNoTracking().Where(d => d.DeletedAt != null).OrderByDescending(d => d.DeletedAt).ToListAsync(ct);
    }

    /// <summary>Archives a dataset that is gone. Who deleted it is kept once it is known.</summary>
    public async Task ArchiveAsync(DatasetIdentity dataset, string? by, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (await db.Datasets.FindAsync([dataset.Value], ct) is { } record)
        {
            record.DeletedAt ??= Now;
            record.DeletedBy ??= by;
            await db.SaveChangesAsync(ct);
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
}
