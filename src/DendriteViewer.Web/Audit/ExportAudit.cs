using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Audit;

/// <summary>Says of a route that it gives files out, which the audit log tells of.</summary>
/// <param name="What">What the files are, as “sites, a table”.</param>
public sealed record ExportedFile(string What);

/// <summary>
/// Records files that are given out at once; those that a job makes are recorded when they are asked for, and when they are fetched. Who
/// fetches files of one kind of one dataset again within a few minutes is recorded once, so that a program that asks each second does not
/// fill the log. A file that cannot be recorded is not given out.
/// </summary>
/// <param name="audit">The audit log.</param>
/// <param name="store">Knows which dataset an id means.</param>
/// <param name="time">The clock.</param>
public sealed class ExportAudit(AuditLog audit, DatasetStore store, TimeProvider time)
{
    /// <summary>So long further files of one kind, of one dataset, to one person are told by the entry of the first.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private const int MostRemembered = 10_000;

    // When each was recorded last. Under _lock.
    private readonly Dictionary<(string Person, string Dataset, string What), DateTimeOffset> _last = [];
    private readonly Lock _lock = new();

    /// <summary>Records a file that is about to be given out.</summary>
    /// <param name="by">Who fetches it.</param>
    /// <param name="dataset">The dataset's id, or the identity of one that was deleted.</param>
    /// <param name="what">What the file is.</param>
    /// <param name="name">Its name, or null.</param>
    /// <exception cref="Microsoft.EntityFrameworkCore.DbUpdateException">It could not be recorded; it must not be given out.</exception>
    public async Task NoteAsync(Person by, string dataset, string what, string? name)
    {
        // Visitors without an account or a link have no key, and are told apart by where they come from.
        var key = (by.Key.Length > 0 ? by.Key : $"from {audit.Address()}", dataset, what);
        if (!TryTake(key))
        {
            return;
        }

        try
        {
            await audit.RecordAsync(
                AuditKind.Export, by, $"fetched {what}{(name is null ? "" : $": {name}")}", await SubjectAsync(dataset),
                CancellationToken.None);
        }
        catch
        {
            lock (_lock)
            {
                _last.Remove(key);
            }

            throw;
        }
    }

    private bool TryTake((string, string, string) key)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_last.TryGetValue(key, out var at) && now - at < Interval)
            {
                return false;
            }

            if (_last.Count >= MostRemembered)
            {
                foreach (var old in _last.Where(l => now - l.Value >= Interval).Select(l => l.Key).ToArray())
                {
                    _last.Remove(old);
                }

                if (_last.Count >= MostRemembered)
                {
                    _last.Clear();
                }
            }

            _last[key] = now;
            return true;
        }
    }

    private async Task<AuditSubject> SubjectAsync(string dataset)
    {
        try
        {
            return DatasetId.TryParse(dataset, out var id) && await store.TryOpenAsync(id, CancellationToken.None) is { } opened
                ? AuditSubject.Of(opened) : new AuditSubject(dataset);
        }
        catch (VolumeFormatException)
        {
            return new AuditSubject(DatasetId: dataset);
        }
    }
}

/// <summary>Has routes record the files that they give out.</summary>
public static class ExportAuditRoutes
{
    /// <summary>
    /// Has a route of a dataset record each file that it gives out. What it answers besides, as that there is none, is not recorded.
    /// </summary>
    /// <param name="route">The route; it has the parameter <c>dataset</c>, or <c>identity</c> of a deleted one.</param>
    /// <param name="what">What the files are, as “sites, a table”.</param>
    public static RouteHandlerBuilder RecordsExport(this RouteHandlerBuilder route, string what) =>
        route.WithMetadata(new ExportedFile(what)).AddEndpointFilter(async (call, next) =>
        {
            var result = await next(call);
            var context = call.HttpContext;
            if (result is IFileHttpResult file && (context.GetRouteValue("dataset") ?? context.GetRouteValue("identity")) is string dataset)
            {
                await context.RequestServices.GetRequiredService<ExportAudit>()
                    .NoteAsync(context.User.PersonOf(), dataset, what, file.FileDownloadName);
            }

            return result;
        });
}
