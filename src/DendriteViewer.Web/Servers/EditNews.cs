using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Servers;

/// <summary>Edits of annotations of one kind: what this server writes is told, and what others write is read.</summary>
/// <param name="topic">What they are called among servers.</param>
/// <param name="news">By which servers tell.</param>
/// <param name="edits">The log of this kind.</param>
/// <param name="database">Where the log is kept.</param>
internal sealed class EditNews<T, TRow>(
    string topic, ServerNews news, EditLog<T, TRow> edits, IDbContextFactory<DendriteDb> database) : IHostedService, IDisposable
    where T : class, IEdited<T>
    where TRow : EditRow
{
    // Rows are numbered when they are written and seen when their transaction ends, so that one with a smaller number may be seen later. No
    // transaction is so slow that so many others come before it.
    private const int MostUnseen = 500;

    private long _seen;
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (news.HasOthers)
        {
            edits.Written += Tell;
            _listening = news.Listen(
                topic, subject => DatasetIdentity.TryParse(subject, out var dataset) ? edits.CatchUpAsync(dataset) : Task.CompletedTask,
                CatchUpAsync);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        edits.Written -= Tell;
        _listening?.Dispose();
    }

    private void Tell(DatasetIdentity dataset) => news.Tell(topic, dataset.Value);

    // Every dataset that was edited since the last look, by whomever.
    private async Task CatchUpAsync()
    {
        string[] changed;
        await using (var db = await database.CreateDbContextAsync())
        {
            var since = _seen - MostUnseen;
            var last = await db.Set<TRow>().MaxAsync(e => (long?)e.Sequence) ?? 0;
            changed = await db.Set<TRow>().AsNoTracking().Where(e => e.Sequence > since).Select(e => e.DatasetIdentity).Distinct()
                .ToArrayAsync();
            _seen = last;
        }

        foreach (var text in changed)
        {
            if (DatasetIdentity.TryParse(text, out var dataset))
            {
                await edits.CatchUpAsync(dataset);
            }
        }
    }
}

/// <summary>Corrections of masks: what this server writes is told, and what others write is read of masks that are looked at.</summary>
internal sealed class MaskNews(ServerNews news, MaskCorrections masks) : IHostedService, IDisposable
{
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (news.HasOthers)
        {
            masks.Written += Tell;
            _listening = news.Listen(
                NewsTopics.Masks,
                subject => DatasetIdentity.TryParse(subject, out var dataset) ? masks.CatchUpAsync(dataset, default) : Task.CompletedTask,
                () => masks.CatchUpAsync(null, default));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        masks.Written -= Tell;
        _listening?.Dispose();
    }

    private void Tell(DatasetIdentity dataset) => news.Tell(NewsTopics.Masks, dataset.Value);
}
