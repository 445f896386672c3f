using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Figures;

/// <summary>Figures of a view: what is shown is gathered here, and drawn in turn with all other pictures. Whoever calls has been
/// authorized.</summary>
public sealed class FigureService(
    ViewSessions sessions, SiteLog sites, DatasetAccess access, FigureRenderer figures, RenderScheduler scheduler, Budgets budgets,
    DatasetCatalog catalog, SchemaLog schemas, MeasurementLog drawn)
{
    private static readonly Dictionary<SiteStatus, int> s_statusColors = new()
    {
        [SiteStatus.Proposed] = 0xFFFFFF, [SiteStatus.Confirmed] = 0x35C9E8, [SiteStatus.Rejected] = 0x8F8F8F,
    };

    /// <summary>What a view shows, with the sites and annotations that its reader may see.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="link">The view as a link has it.</param>
    /// <param name="grant">What its reader may do.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="OutOfRangeException">The view cannot be read.</exception>
    public async Task<FigureScene> SceneAsync(Dataset dataset, string link, DatasetGrant grant, CancellationToken ct)
    {
        dataset = await sessions.ShownByAsync(dataset, link, ct);
        var view = await sessions.OfLinkAsync(dataset, link, ct);
        var volume = dataset.Nearest(view.Modality, view.Hours)
            ?? throw new OutOfRangeException($"m is '{view.Modality}'; {dataset.Id} has {string.Join(", ", dataset.Modalities)}.");
        var seen = SiteRules.For(grant, await sites.ListAsync(dataset, ct));
        var labels = (await schemas.OfAsync(dataset, ct)).Labels
            .ToDictionary(l => l.Id, l => new FigureLabel(FigureShapes.ColorOf(l.Color), l.Name));
        var scene = new FigureScene(
            dataset, volume, view with { Hours = volume.Key.Hours }, [.. seen.Select(s => MarkOf(s, labels))])
        {
            Shapes = [.. (await drawn.ListAsync(dataset, ct)).Select(m => FigureShapes.Of(m, labels))],
        };
        return view.Overlay?.Modality != volume.Key.Modality ? scene : scene with
        {
            Labels = (await catalog.HistogramAsync(dataset.BasisOf(volume), ct)).Labels?.Legend ?? [],
        };
    }

    /// <summary>Answers with the figure of an address.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context, Dataset dataset, CancellationToken ct)
    {
        var (settings, format) = FigureQuery.Parse(context.Request.Query);
        var grant = await access.GrantAsync(context.User, dataset.Identity, ct) ?? new DatasetGrant(DatasetRole.View, IsMember: false);
        var scene = await SceneAsync(dataset, context.Request.QueryString.Value ?? "", grant, ct);
        var etag = TagOf(context, scene.Dataset, scene, await sessions.MaskTagAsync(dataset, context.Request.QueryString.Value ?? "", ct));
        if (context.Request.Headers.IfNoneMatch == etag)
        {
            Cache(context, etag);
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var client = ClientKeys.Of(context);
        var (volume, flat) = FigureRenderer.CostOf(scene, settings);
        var cost = volume + RenderRequest.Cost(isSlice: true, (long)(1e6 * flat));
        var request = RenderRequest.Resting(client.Owner ?? client.Address, isSlice: false, (long)(1e6 * cost));
        using var spent = await budgets.SpendAsync(client, request.Megapixels, ct);
        await scheduler.LaneFor(request).RunAsync(() => figures.LoadAsync(scene, settings, ct), ct);
        using var turn = await scheduler.EnterAsync(request, ct);
        var bytes = await turn.Lane.RunAsync(async () =>
        {
            using var figure = await figures.RenderAsync(scene, settings, ct);
            using var file = new MemoryStream();
            FigureFile.Write(figure, format, file);
            return file.ToArray();
        }, ct);
        Cache(context, etag);
        return Results.File(bytes, FigureFile.MediaTypes[format], NameOf(scene, settings, format));
    }

    private static FigureMark MarkOf(Site s, Dictionary<string, FigureLabel> labels) => new(
        new WorldPoint(s.ZUm, s.YUm, s.XUm), s.RadiusUm, s.Hours, s.Label, s_statusColors[s.Status],
        $"{s.Status.ToString().ToLowerInvariant()} site")
    {
        Labels = [.. s.Labels.Select(labels.GetValueOrDefault).OfType<FigureLabel>()],
        Track = [.. s.Track.Select(p => new FigurePlace(p.Hours, new WorldPoint(p.ZUm, p.YUm, p.XUm)))],
    };

    private static string NameOf(FigureScene scene, FigureSettings settings, string format) => string.Create(CultureInfo.InvariantCulture,
        $"{scene.Dataset.Id}-{scene.Volume.Key.Modality}-{scene.Volume.Key.TimestepName}-{PaneNameOf(settings.Panes)}.{format}");

    /// <summary>What files and addresses call the pictures of a figure.</summary>
    public static string PaneNameOf(IReadOnlyList<Pane> panes) =>
        panes.Count > 1 ? "all" : panes[0] == Pane.Volume ? "3d" : panes[0].ToString().ToLowerInvariant();

    // The same address shows another figure once the dataset or its sites were changed, so browsers ask each time.
    private static string TagOf(HttpContext context, Dataset dataset, FigureScene scene, string mask)
    {
        var shown = $"{dataset.Identity}\n{dataset.Revision}\n{context.Request.QueryString}\n{scene.MarksText}\n{mask}";
        return $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shown)))[..32]}\"";
    }

    private static void Cache(HttpContext context, string etag)
    {
        context.Response.Headers.ETag = etag;
        context.Response.Headers.CacheControl = "private, no-cache";
    }
}
