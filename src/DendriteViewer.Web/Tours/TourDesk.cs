using System.Globalization;
using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Servers;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Tours;

/// <summary>A step of a tour as a page shows it.</summary>
/// <param name="View">The view, JSON, to which the page's script moves.</param>
/// <param name="Remarks">What of it could not be restored, a sentence each.</param>
public sealed record TourView(string View, IReadOnlyList<LinkRemark> Remarks);

/// <summary>What a viewer does with tours: shows their steps, and small pictures of them.</summary>
public sealed class TourDesk : IDisposable
{
    private const int PictureWidth = 192, PictureHeight = 128;

    // A pane that fills the view is some so many times wider than the small picture of it.
    private const double PaneToPicture = 6;

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

    /// <summary>The tour that an address names; null for none.</summary>
    public static Guid? IdIn(string? query) =>
        Guid.TryParse(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query ?? "").GetValueOrDefault(ViewLink.Tour), out var id)
            ? id : null;

    /// <summary>The view of a step, as the session's page would show it.</summary>
    public async Task<TourView> ViewOfAsync(ViewSession session, TourStep step, CancellationToken ct = default)
    {
        var reading = await _sessions.ReadAsync(session.Dataset, step.View, ct);
        var (view, remarks) = session.Settled(reading);
        return new TourView(JsonSerializer.Serialize(ViewDto.Of(view), ViewDto.Json), remarks);
    }

    /// <summary>The address of a small picture of a step; null where its view cannot be drawn.</summary>
    public async Task<string> PictureOfAsync(Dataset dataset, TourStep step, CancellationToken ct = default)
    {
        var view = (await _sessions.ReadAsync(dataset, step.View, ct)).View;
        var pane = view.Maximized ?? Pane.Volume;
        var text = ViewLink.Whole(view with
        {
            UmPerPixel = PaneToPicture * view.UmPerPixel, FollowsInterface = view.FollowsInterface && dataset.HasInterface,
        });
        var size = string.Create(CultureInfo.InvariantCulture, $"size={PictureWidth}x{PictureHeight}");
        return pane == Pane.Volume ? $"/api/datasets/{dataset.Id}/thumbnail.jpg?{size}&{text}"
            : $"/api/datasets/{dataset.Id}/slice.png?axis={pane.ToString().ToLowerInvariant()}&{size}&{text}";
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
