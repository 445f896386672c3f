using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using Microsoft.AspNetCore.Http.Features;

namespace DendriteViewer.Web.Uploads;

/// <summary>Uploads in pieces, for administrators.</summary>
public static class UploadsRegistration
{
    // A header that no form of another site can set.
    private const string OwnHeader = "X-Dendrite-Upload";

    /// <summary>Adds the folder that uploads go to.</summary>
    public static WebApplicationBuilder AddUploads(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<UploadFolder>();
        builder.Services.AddSingleton<UploadShare>();
        builder.Services.AddHostedService<UploadNews>();
        builder.Services.AddSingleton<UploadHandler>();
        builder.Services.AddSingleton<IJobHandler>(s => s.GetRequiredService<UploadHandler>());
        return builder;
    }

    /// <summary>Maps beginning, asking what is there, pieces, and the end.</summary>
    public static void MapUploads(this WebApplication app)
    {
        var uploads = app.MapGroup("/api/uploads").RequireAuthorization("Upload").WithTags("uploads")
            .AddEndpointFilter(async (context, next) => HttpMethods.IsGet(context.HttpContext.Request.Method) || context.HttpContext.Request.Headers.ContainsKey(OwnHeader)
                ? await next(context)
                : Results.Problem($"Send the header {OwnHeader}.", statusCode: StatusCodes.Status400BadRequest));
        uploads.MapPost("/", (UploadFile[] files, HttpContext c, UploadHandler handler, CancellationToken ct) => AnswerAsync(async () =>
        {
            var upload = await handler.StartAsync(files, c.User.PersonOf(), ct);
            return Results.Json(new { id = upload.Id, pieceBytes = UploadFolder.PieceBytes });
        }));
        uploads.MapGet("/{id}", async (string id, HttpContext c, UploadShare share, CancellationToken ct) =>
        {
            if (await OfAsync(share, id, c, ct) is not { } upload)
            {
                return Results.NotFound();
            }

            var have = await share.HaveAsync(upload, ct);
            var files = upload.Files.Select((f, i) => new { f.Path, f.Size, have = have[i] });
            return Results.Json(new { id, pieceBytes = UploadFolder.PieceBytes, files });
        });
        uploads.MapPut("/{id}/{file:int}/{piece:int}", (
            string id, int file, int piece, HttpContext c, UploadFolder folder, UploadShare share, CancellationToken ct) =>
        {
            if (c.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = UploadFolder.PieceBytes + 1;
            }

            return AnswerAsync(async () =>
            {
                // The store is asked only where this server has none of it yet, since a browser stays with a server.
                if ((folder.Find(id, c.User.KeyOf()) ?? await OfAsync(share, id, c, ct)) is not { } upload)
                {
                    return Results.NotFound();
                }

                folder.Adopt(upload);
                await folder.PutAsync(
                    upload, file, piece, c.Request.Headers["X-Content-SHA256"].ToString(), c.Request.Body, share, ct);
                return Results.NoContent();
            });
        });
        uploads.MapPost("/{id}/complete", (
            string id, HttpContext c, UploadFolder folder, UploadShare share, CancellationToken ct) => AnswerAsync(async () =>
            await OfAsync(share, id, c, ct) is null || await share.FetchAsync(id, ct) is not { } upload ? Results.NotFound()
            : folder.Complete(upload) is { } path ? Results.Json(new { path })
            : Results.Problem("Pieces are missing.", statusCode: StatusCodes.Status409Conflict)));
        uploads.MapDelete("/{id}", async (string id, HttpContext c, UploadShare share, UploadHandler handler, CancellationToken ct) =>
        {
            if (await OfAsync(share, id, c, ct) is not { } upload)
            {
                return Results.NotFound();
            }

            await handler.GiveUpAsync(upload, ct);
            return Results.NoContent();
        });
    }

    // Somebody's own upload, of which nothing need be here.
    private static async Task<Upload?> OfAsync(UploadShare share, string id, HttpContext context, CancellationToken ct) =>
        await share.FindAsync(id, ct) is { } upload && upload.Owner == context.User.KeyOf() ? upload : null;

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (VolumeFormatException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Results.Problem($"The server could not keep it ({e.Message.TrimEnd('.')}); ask its administrator.", statusCode: StatusCodes.Status507InsufficientStorage);
        }
    }
}
