using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Servers;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Tours;

/// <summary>A step of a tour as a page shows it.</summary>
/// <param name="View">The view, JSON, to which the page's script moves.</param>
/// <param name="Remarks">What of it could not be restored, a sentence each.</param>
public sealed record TourView(string View, IReadOnlyList<LinkRemark> Remarks);

/// <summary>What a viewer does with tours: reads their steps, and hears of changes.</summary>
public sealed class TourDesk : IDisposable
{
    private readonly ViewSessions _sessions;
    private readonly IDisposable _listener;

    /// <param name="store">The tours.</param>
    /// <param name="sessions">Reads views.</param>
    /// <param name="news">Tells what other servers changed.</param>
    public TourDesk(TourStore store, ViewSessions sessions, ServerNews news)
    {
        (Store, _sessions) = (store, sessions);
        // A page that missed a word reads the tours when they are opened again.
        _listener = news.Listen(NewsTopics.Tours, store.HearAsync, () => Task.CompletedTask);
    }

    /// <summary>The tours.</summary>
    public TourStore Store { get; }

    /// <summary>The address that opens a tour.</summary>
    public static string AddressOf(Dataset dataset, Guid tour) => $"/d/{dataset.Id}?{ViewLink.Tour}={tour:N}";

    /// <summary>Whether an address asks for a tour, which may be none that there is.</summary>
    public static bool IsIn(string? query) =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query ?? "").ContainsKey(ViewLink.Tour);

    /// <summary>The tour that an address names; null for none.</summary>
    public static Guid? IdIn(string? query) =>
        Guid.TryParse(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query ?? "").GetValueOrDefault(ViewLink.Tour), out var id)
            ? id : null;

    /// <summary>The view of a step, as the session's page would show it.</summary>
    public async Task<TourView> ViewOfAsync(ViewSession session, TourStep step, CancellationToken ct = default) =>
        ViewOf(session, await _sessions.ReadAsync(session.Dataset, step.View, ct));

    private static TourView ViewOf(ViewSession session, ViewReading reading)
    {
        var (view, remarks) = session.Settled(reading);
        return new TourView(JsonSerializer.Serialize(ViewDto.Of(view), ViewDto.Json), remarks);
    }

    /// <summary>The view of a step, as a page that begins with it would show it.</summary>
    public async Task<TourView> ViewOfAsync(Dataset dataset, TourStep step, CancellationToken ct = default)
    {
        var reading = await _sessions.ReadAsync(dataset, step.View, ct);
        return ViewOf(new ViewSession("", "", dataset, reading.View), reading);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
