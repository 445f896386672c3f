using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Comments;

/// <summary>How far people have read. Whoever calls has been authorized.</summary>
public sealed class CommentReadings(IDbContextFactory<DendriteDb> database)
{
    /// <summary>Raised when somebody has read, with the dataset's identity and their key; handlers must be quick.</summary>
    public event Action<DatasetIdentity, string>? Changed;

    /// <summary>Of each thread that somebody has read, when the last comment was written that they have seen.</summary>
    public async Task<IReadOnlyDictionary<string, long>> OfAsync(DatasetIdentity dataset, string reader, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.CommentReadings.AsNoTracking().Where(r => r.DatasetIdentity == dataset.Value && r.Reader == reader)
            .ToDictionaryAsync(r => r.Thread, r => r.ReadTo, ct);
    }

    /// <summary>Notes that somebody has read threads so far. What was read stays read: an earlier time changes nothing.</summary>
    public async Task NoteAsync(DatasetIdentity dataset, string reader, IEnumerable<CommentThread> threads, CancellationToken ct)
    {
        var read = threads.ToDictionary(t => t.First.Id, t => t.LastAt);
        try
        {
            await SaveAsync(dataset, reader, read, ct);
        }
        catch (DbUpdateException)
        {
            // The person's other page, or a mail to them, made one of the rows at this moment, and none was saved.
            await SaveAsync(dataset, reader, read, ct);
        }

        Changed?.Invoke(dataset, reader);
    }

    private async Task SaveAsync(DatasetIdentity dataset, string reader, Dictionary<string, long> read, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var rows = await db.CommentReadings.Where(r => r.DatasetIdentity == dataset.Value && r.Reader == reader)
            .ToDictionaryAsync(r => r.Thread, ct);
        foreach (var (thread, lastAt) in read)
        {
            if (!rows.TryGetValue(thread, out var row))
            {
                db.CommentReadings.Add(row = new CommentReading
                {
                    DatasetIdentity = dataset.Value, Reader = reader, Thread = thread,
                });
            }

            row.ReadTo = Math.Max(row.ReadTo, lastAt);
        }

        await db.SaveChangesAsync(ct);
    }
}
