using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Api;

/// <summary>Pictures by URL. A URL names a whole view of immutable volumes; what changes is known by the ETag. Whoever calls has been authorized.</summary>
public sealed class PictureService(
    ViewSessions sessions, SliceRenderer slices, VolumeRenderer volumes, RenderScheduler scheduler, Budgets budgets)
{
    /// <summary>The 3D picture of a view, exact as PNG or small as JPEG.</summary>
    public async Task<IResult> VolumeAsync(
        HttpContext context, Dataset dataset, string query, int width, int height, bool isThumbnail, CancellationToken ct)
    {
        dataset = await sessions.ShownByAsync(dataset, query, ct);
        return await DrawAsync(context, dataset, query, new Drawing(
            IsSlice: false, isThumbnail, width, height,
            (volume, view) => volumes.LoadAsync(volume, dataset, view, width, height, ct),
            (volume, view) => volumes.RenderAsync(volume, dataset, view, width, height, scale: 1, atRest: true, ct)), ct);
    }

    /// <summary>A slice of a view.</summary>
    public async Task<IResult> SliceAsync(
        HttpContext context, Dataset dataset, string query, Pane pane, int width, int height, CancellationToken ct)
    {
        dataset = await sessions.ShownByAsync(dataset, query, ct);
        return await DrawAsync(context, dataset, query, new Drawing(
            IsSlice: true, IsThumbnail: false, width, height,
            (volume, view) => slices.LoadAsync(volume, dataset, view, pane, width, height, Scale(volume, view), ct),
            (volume, view) => slices.RenderAsync(volume, dataset, view, pane, width, height, Scale(volume, view), wait: true, ct)), ct);

        double Scale(VolumeInfo volume, ViewState view) =>
            view.UmPerPixel > 0 ? view.UmPerPixel : ViewStates.FitUmPerPixel(volume, pane, width, height);
    }

    /// <summary>How a picture is made: what it reads is read first, without a turn.</summary>
    private sealed record Drawing(
        bool IsSlice, bool IsThumbnail, int Width, int Height, Func<VolumeInfo, ViewState, Task> Load,
        Func<VolumeInfo, ViewState, Task<(RenderOutcome Outcome, RenderedImage? Image)>> Draw);

    private async Task<IResult> DrawAsync(HttpContext context, Dataset dataset, string query, Drawing drawing, CancellationToken ct)
    {
        // The same address shows another picture once the dataset was changed, or deleted and imported again, so browsers ask each time.
        var mask = await sessions.MaskTagAsync(dataset, query, ct);
        var shown = $"{dataset.Identity}\n{dataset.Revision}\n{context.Request.Path}{context.Request.QueryString}\n{query}\n{mask}";
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shown)))[..32]}\"";
        if (context.Request.Headers.IfNoneMatch == etag)
        {
            Cache(context, etag);
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var view = await sessions.OfLinkAsync(dataset, query, ct);
        var volume = dataset.Nearest(view.Modality, view.Hours) ?? dataset.Volumes[0];
        var client = ClientKeys.Of(context);
        var request = RenderRequest.Resting(client.Owner ?? client.Address, drawing.IsSlice, (long)drawing.Width * drawing.Height);
        using var spent = await budgets.SpendAsync(client, request.Megapixels, ct);
        await scheduler.LaneFor(request).RunAsync(() => drawing.Load(volume, view), ct);
        using var turn = await scheduler.EnterAsync(request, ct);
        var encoded = await turn.Lane.RunAsync(() => EncodeAsync(drawing.Draw(volume, view), drawing.IsThumbnail), ct);
        if (encoded is not { } bytes)
        {
            throw new OperationCanceledException(ct);
        }

        Cache(context, etag);
        return Results.Bytes(bytes, drawing.IsThumbnail ? "image/jpeg" : "image/png");
    }

    private static void Cache(HttpContext context, string etag)
    {
        context.Response.Headers.ETag = etag;
        context.Response.Headers.CacheControl = "private, no-cache";
    }

    private static async Task<ReadOnlyMemory<byte>?> EncodeAsync(
        Task<(RenderOutcome Outcome, RenderedImage? Image)> drawing, bool isThumbnail)
    {
        using var image = (await drawing).Image;
        if (image is null)
        {
            return null;
        }

        if (isThumbnail)
        {
            using var jpeg = new MemoryStream();
            PictureFile.WriteThumbnail(image, jpeg);
            return jpeg.ToArray();
        }

        var encoded = new ArrayBufferWriter<byte>();
        PngEncoder.Encode(image, encoded);
        return encoded.WrittenMemory;
    }
}
