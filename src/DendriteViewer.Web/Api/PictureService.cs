using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Api;

/// <summary>Pictures by URL. A URL names a whole view of immutable volumes, so its picture may be cached. Whoever calls has been authorized.</summary>
public sealed class PictureService(DatasetCatalog catalog, ViewSessions sessions, SliceRenderer slices, VolumeRenderer volumes, RenderScheduler scheduler)
{
    /// <summary>The 3D picture of a view.</summary>
    public async Task<IResult> VolumeAsync(HttpContext context, DatasetId id, string query, int width, int height, CancellationToken ct) =>
        await DrawAsync(context, id, query, async (dataset, volume, view) =>
            await volumes.RenderWholeAsync(volume, dataset, view, width, height, ct), ct);

    /// <summary>A slice of a view.</summary>
    public async Task<IResult> SliceAsync(HttpContext context, DatasetId id, string query, Pane pane, int width, int height, CancellationToken ct) =>
        await DrawAsync(context, id, query, async (dataset, volume, view) =>
        {
            var um = view.UmPerPixel > 0 ? view.UmPerPixel : ViewStates.FitUmPerPixel(volume, pane, width, height);
            return (await slices.RenderAsync(volume, dataset, view, pane, width, height, um, wait: true, ct)).Image;
        }, ct);

    private async Task<IResult> DrawAsync(
        HttpContext context, DatasetId id, string query, Func<Dataset, VolumeInfo, ViewState, Task<RenderedImage?>> draw, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(id, ct) is not { } dataset)
        {
            return Results.NotFound();
        }

        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Path + context.Request.QueryString + query)))[..24]}\"";
        context.Response.Headers.ETag = etag;
        context.Response.Headers.CacheControl = "private, max-age=3600";
        if (context.Request.Headers.IfNoneMatch == etag)
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var first = ViewLink.Parse(query, new ViewState { Modality = dataset.Volumes[0].Key.Modality, Hours = dataset.Volumes[0].Key.Hours });
        var near = dataset.Nearest(first.Modality, first.Hours) ?? dataset.Volumes[0];
        var view = ViewLink.Parse(query, await sessions.StartAsync(dataset, near, ct));
        var volume = dataset.Nearest(view.Modality, view.Hours) ?? dataset.Volumes[0];
        RenderedImage? image;
        using (await scheduler.EnterAsync("api", coarse: false, ct))
        {
            image = await draw(dataset, volume, view);
        }

        if (image is null)
        {
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }

        using (image)
        {
            var encoded = new ArrayBufferWriter<byte>();
            PngEncoder.Encode(image, encoded);
            return Results.Bytes(encoded.WrittenMemory.ToArray(), "image/png");
        }
    }
}
