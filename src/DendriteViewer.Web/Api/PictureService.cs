using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Api;

/// <summary>Pictures by URL. A URL names a whole view of immutable volumes; what changes is known by the ETag. Whoever calls has been authorized.</summary>
public sealed class PictureService(ViewSessions sessions, SliceRenderer slices, VolumeRenderer volumes, RenderScheduler scheduler)
{
    /// <summary>The 3D picture of a view.</summary>
    public async Task<IResult> VolumeAsync(HttpContext context, Dataset dataset, string query, int width, int height, CancellationToken ct) =>
        await DrawAsync(context, dataset, query, async (volume, view) =>
            await volumes.RenderWholeAsync(volume, dataset, view, width, height, ct), ct);

    /// <summary>A slice of a view.</summary>
    public async Task<IResult> SliceAsync(HttpContext context, Dataset dataset, string query, Pane pane, int width, int height, CancellationToken ct) =>
        await DrawAsync(context, dataset, query, async (volume, view) =>
        {
            var um = view.UmPerPixel > 0 ? view.UmPerPixel : ViewStates.FitUmPerPixel(volume, pane, width, height);
            return (await slices.RenderAsync(volume, dataset, view, pane, width, height, um, wait: true, ct)).Image;
        }, ct);

    private async Task<IResult> DrawAsync(
        HttpContext context, Dataset dataset, string query, Func<VolumeInfo, ViewState, Task<RenderedImage?>> draw, CancellationToken ct)
    {
        // The same address shows another picture once the dataset was changed, or deleted and imported again, so browsers ask each time.
        var shown = $"{dataset.Identity}\n{dataset.Revision}\n{context.Request.Path}{context.Request.QueryString}\n{query}";
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shown)))[..32]}\"";
        context.Response.Headers.ETag = etag;
        context.Response.Headers.CacheControl = "private, no-cache";
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
            image = await draw(volume, view);
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
