using System.Collections.Concurrent;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Registry;

/// <summary>
/// Notes when a dataset's viewer was opened last, for administrators. Nobody who opens one waits for it: it is written beside, and by each
/// server once in some minutes for a dataset at most.
/// </summary>
public sealed partial class DatasetOpenings(IDbContextFactory<DendriteDb> database, TimeProvider time, ILogger<DatasetOpenings> log)
{
    private static readonly TimeSpan s_resolution = TimeSpan.FromMinutes(5);

    // By identity, when this server noted it last. Only spares writes; the database has what counts.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);

    /// <summary>Somebody opened the dataset's viewer.</summary>
    /// <returns>The writing, for who wants to wait for it; it does not fail.</returns>
    public Task NoteAsync(DatasetIdentity dataset)
    {
        var now = time.GetUtcNow();
        if (_noted.TryGetValue(dataset.Value, out var before) && now - before < s_resolution)
        {
            return Task.CompletedTask;
        }

        _noted[dataset.Value] = now;
        return WriteAsync(dataset, now.ToUnixTimeMilliseconds());
    }

    private async Task WriteAsync(DatasetIdentity dataset, long now)
    {
        try
        {
            await using var db = await database.CreateDbContextAsync();
            var changed = await db.Datasets.Where(d => d.Identity == dataset.Value && (d.OpenedAt == null || d.OpenedAt < now))
                .ExecuteUpdateAsync(s => s.SetProperty(d => d.OpenedAt, now));
            if (changed == 0)
            {
                // A dataset that was just published may have no row yet; the next opening tries again.
                _noted.TryRemove(dataset.Value, out _);
            }
        }
        catch (Exception e)
        {
            _noted.TryRemove(dataset.Value, out _);
            LogLost(log, dataset.Value, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "That dataset {Dataset} was opened could not be noted: {Why}")]
    private static partial void LogLost(ILogger logger, string dataset, string why);
}
