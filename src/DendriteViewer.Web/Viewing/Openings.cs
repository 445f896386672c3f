using System.Security.Claims;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Compute;

namespace DendriteViewer.Web.Viewing;

/// <summary>A dataset that a page is asked for.</summary>
/// <param name="Dataset">The id in the address; whether somebody may see it is asked by the hub and by the page.</param>
/// <param name="Session">The session that the page's script and its circuit both join.</param>
public sealed record Opening(string Dataset, string Session);

/// <summary>
/// What is done while a browser still reads the page by which it opens a dataset: the session gets its name, and what its first pictures
/// are made of is read from the store.
/// </summary>
public sealed partial class Openings(
    DatasetCatalog catalog, ViewSessions sessions, SliceRenderer slices, VolumeRenderer volumes, ComputeLanes lanes, TimeProvider time,
    ILogger<Openings> log)
{
    // How large the browser's panes are, nobody knows yet: so large are those of a common window, whose bricks are of the same level.
    private const int LikelyWidth = 540, LikelyHeight = 360;

    // Reading ahead gives way: where so many pages are being opened, each reads what it needs when it asks.
    private const int MostAtOnce = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private int _running;

    /// <summary>Begins where the request is for a dataset's page by somebody who is signed in; null for other pages.</summary>
    public Opening? Begin(HttpContext context)
    {
        if (context.User.Identity?.IsAuthenticated != true || DatasetOf(context.Request.Path) is not { } dataset)
        {
            return null;
        }

        var (user, query) = (context.User, context.Request.QueryString.Value ?? "");
        _ = lanes[Urgency.Resting].RunAsync(() => PrepareAsync(user, dataset, query), CancellationToken.None);
        return new Opening(dataset, ViewSessions.NewId());
    }

    /// <summary>The dataset's id in the path of a viewer, /d/ID; null for another path.</summary>
    public static string? DatasetOf(PathString path) =>
        path.StartsWithSegments("/d", out var rest) && rest.Value is { Length: > 1 } id && !id.AsSpan(1).TrimEnd('/').Contains('/')
            ? id[1..].TrimEnd('/')
            : null;

    private async Task PrepareAsync(ClaimsPrincipal user, string id, string query)
    {
        if (Interlocked.Increment(ref _running) <= MostAtOnce)
        {
            try
            {
                using var end = new CancellationTokenSource(Patience, time);
                await ReadAsync(user, id, query, end.Token);
            }
            catch (Exception e)
            {
                // The page meets the same and says so.
                LogLeft(log, e.Message);
            }
        }

        Interlocked.Decrement(ref _running);
    }

    private async Task ReadAsync(ClaimsPrincipal user, string id, string query, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(user, id, DatasetRole.View, ct) is not { } dataset)
        {
            return;
        }

        var view = (await sessions.ReadAsync(dataset, query, ct)).View;
        dataset = await sessions.ShownByAsync(dataset, query, ct);
        var volume = dataset.Nearest(view.Modality, view.Hours) ?? dataset.Volumes[0];
        for (var pane = Pane.Z; pane <= Pane.X; pane++)
        {
            var um = view.UmPerPixel > 0 ? view.UmPerPixel : ViewStates.FitUmPerPixel(volume, pane, LikelyWidth, LikelyHeight);
            await slices.LoadAsync(volume, dataset, view, pane, LikelyWidth, LikelyHeight, um, ct, BrickNeed.Soon, 0);
        }

        await volumes.LoadAsync(volume, dataset, view, LikelyWidth, LikelyHeight, ct, BrickNeed.Soon);
    }

    [LoggerMessage(LogLevel.Debug, "What a page is about to show could not be read ahead: {Why}")]
    private static partial void LogLeft(ILogger logger, string why);
}
