using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Masks;

/// <summary>Correction of masks over HTTP. What somebody may not see is not found.</summary>
public static class MasksRegistration
{
    private const int MostBytes = 128 << 10;

    // What counts as one correction more, in voxels that a stroke looks at.
    private const long VoxelsACount = 2_000_000;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) }, MaxDepth = 8,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Adds masks and where they are corrected.</summary>
    public static WebApplicationBuilder AddMasks(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MaskCorrections>();
        builder.Services.AddSingleton<MaskDesk>();
        return builder;
    }

    /// <summary>Maps the state of a mask, strokes, fills and versions.</summary>
    public static void MapMasks(this WebApplication app)
    {
        var group = app.MapGroup("/api/datasets/{dataset}/masks/{hours}").WithTags("masks");
        group.MapGet("/", StateAsync);
        Post<StrokeRequest>("/strokes", DatasetRole.Annotate, async (to, body, ct) =>
        {
            var stroke = body.ToMark();
            to.Spend((int)(to.Desk.Of(to.Dataset, to.Hours).WorkOf(stroke) / VoxelsACount));
            return Changed(await to.Desk.PaintAsync(to.Dataset, to.Hours, stroke, to.By, ct, body.Id));
        });
        Post<FillRequest>("/fills", DatasetRole.Annotate, async (to, body, ct) =>
        {
            to.Spend(MaskDesk.FillCounts - 1);
            var at = FillRequest.Point(body.AtUm, "atUm");
            WorldVector? normal = body.Normal is null ? null : FillRequest.Vector(body.Normal);
            return Changed(body.Tolerance is { } tolerance
                ? await to.Desk.GrowAsync(to.Dataset, to.Hours, at, normal, tolerance, body.Modality, body.Erase, to.By, ct, body.Id)
                : await to.Desk.FillAsync(to.Dataset, to.Hours, at, normal, body.Erase, to.By, ct, body.Id));
        });
        Post<VersionRequest>("/versions", DatasetRole.Annotate, async (to, body, ct) =>
            new { version = (await to.Desk.SaveAsync(to.Dataset, to.Hours, body.Note, to.By.Person, ct)).Number });
        Post<VersionRequest>("/restore", DatasetRole.Annotate, async (to, body, ct) =>
        {
            to.Spend(MaskDesk.RestoreCounts - 1);
            return new { version = (await to.Desk.RestoreAsync(to.Dataset, to.Hours, body.Asked, to.By.Person, ct)).Number };
        });
        Post<VersionRequest>("/carry", DatasetRole.Annotate, async (to, _, ct) =>
        {
            to.Spend(MaskDesk.RestoreCounts - 1);
            await to.Desk.CarryAsync(to.Dataset, to.Hours, to.By.Person, ct);
            return new { carried = true };
        });
        Post<VersionRequest>("/choice", DatasetRole.Curate, async (to, body, ct) =>
        {
            await to.Desk.ChooseAsync(to.Dataset, to.Hours, body.Asked, to.By.Person, ct);
            return new { chosen = body.Asked };
        });

        void Post<T>(string path, DatasetRole role, Func<Asked, T, CancellationToken, Task<object>> answer) where T : class =>
            group.MapPost(path, (string dataset, string hours, string? session, HttpContext c, CancellationToken ct) =>
                AnswerAsync(dataset, hours, session, role, answer, c, ct));

        static object Changed(MaskEntry entry) => entry.Kind == MaskEntryKind.Fill
            ? new { sequence = entry.Sequence, voxels = entry.Voxels, isCut = entry.IsCut == true }
            : new { sequence = entry.Sequence };
    }

    /// <summary>What somebody asked for, and may have.</summary>
    /// <param name="Spend">Counts what is asked for as so many corrections more.</param>
    private sealed record Asked(MaskDesk Desk, Dataset Dataset, double Hours, Editor By, Action<int> Spend);

    private static async Task<IResult> AnswerAsync<T>(
        string dataset, string hours, string? session, DatasetRole role, Func<Asked, T, CancellationToken, Task<object>> answer,
        HttpContext c, CancellationToken ct) where T : class
    {
        var services = c.RequestServices;
        if (await services.GetRequiredService<DatasetCatalog>().TryOpenAsync(c.User, dataset, role, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        if (c.Request.ContentLength is null or > MostBytes)
        {
            return Results.Problem("Send at most 128 KiB with a Content-Length.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        var at = Ranges.Hours.Parse(hours);
        var budgets = services.GetRequiredService<Budgets>();
        budgets.Stroke(ClientKeys.Of(c));
        T body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<T>(c.Request.Body, s_json, ct) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new ArgumentException("This is no JSON object with the fields that docs/masks.md has for it.", e);
        }

        var page = services.GetRequiredService<ViewSessions>().Find(session, c.User.KeyOf(), opened.Identity);
        var by = new Editor(c.User.PersonOf(), page?.Edits);
        return Results.Json(await answer(new Asked(
            services.GetRequiredService<MaskDesk>(), opened, at, by, n => budgets.Stroke(ClientKeys.Of(c), n)), body, ct), s_json);
    }

    // Names of those who corrected are for who may see who works here.
    private static async Task<IResult> StateAsync(
        string dataset, string hours, HttpContext c, DatasetCatalog catalog, DatasetAccess access, MaskDesk desk, Budgets budgets,
        CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened
            || await access.GrantAsync(c.User, opened.Identity, ct) is not { } grant)
        {
            return Results.NotFound();
        }

        // Who asks first has the whole log replayed.
        budgets.Stroke(ClientKeys.Of(c));
        var (history, state, added, removed, um3) = await desk.SummaryAsync(opened, Ranges.Hours.Parse(hours), ct);
        string? Name(string by) => grant.SeesNames ? by : null;
        return Results.Json(new
        {
            hours = double.Parse(hours, CultureInfo.InvariantCulture), strokes = state.Strokes.Count, addedUm3 = added * um3,
            removedUm3 = removed * um3, isSaved = !state.IsChanged, chosen = state.Chosen,
            log = history.Sequence,
            versions = state.Versions.Select(v => new
            {
                version = v.Number, by = Name(v.By), at = DateTimeOffset.FromUnixTimeMilliseconds(v.At), note = v.Note,
                strokes = v.Strokes.Count, addedUm3 = v.AddedVoxels * um3, removedUm3 = v.RemovedVoxels * um3, restored = v.Restored,
            }),
        }, s_json);
    }
}
