using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Registry;

/// <summary>
/// What people say of a dataset, over HTTP: PATCH with the fields that change, and If-Match with the tag of what was looked at.
/// </summary>
internal static class DescriptionApi
{
    private const int MostBytes = 256 * 1024;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 8,
    };

    /// <summary>The fields as GET tells them, beside others of a dataset.</summary>
    public static object Of(Dataset dataset)
    {
        var d = DatasetDescription.Of(dataset.Manifest);
        return new { d.Description, d.Tags, d.Sample, d.Operator, d.Instrument, custom = d.Custom.ToDictionary() };
    }

    /// <summary>Changes the fields that are sent; those that are not stay.</summary>
    public static async Task<IResult> ChangeAsync(
        string dataset, HttpContext c, DatasetCatalog catalog, DatasetAccess access, DatasetEdits edits, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        if (!(await access.RoleAsync(c.User, opened.Identity, ct) >= DatasetRole.Curate))
        {
            return Refused(StatusCodes.Status403Forbidden, "Only who may share the dataset, its owner or an administrator may change it.");
        }

        var tags = c.Request.GetTypedHeaders().IfMatch;
        if (tags.Count == 0)
        {
            return Refused(StatusCodes.Status428PreconditionRequired,
                $"Send If-Match with the ETag of GET /api/datasets/{opened.Id}, so that nobody's words are overwritten unseen.");
        }

        try
        {
            var asked = await ReadAsync(c.Request, ct);
            var (now, isSaved) = await edits.SaveAsync(
                opened, d => DatasetTags.Match(tags, d) ? asked.On(DatasetDescription.Of(d.Manifest)) : null,
                c.User.PersonOf(), ct);
            if (!isSaved)
            {
                return Refused(StatusCodes.Status412PreconditionFailed,
                    $"{opened.Id} is not what you looked at: somebody changed it meanwhile; look at it again.");
            }

            c.Response.Headers.ETag = DatasetTags.Of(now);
            return Results.Json(new { id = now.Id.Value, identity = now.Identity.Value, name = now.Name, about = Of(now) });
        }
        catch (Exception e) when (e is VolumeFormatException or JsonException)
        {
            return Refused(StatusCodes.Status400BadRequest, e is JsonException
                ? "The body is no JSON object of name, description, tags, sample, operator, instrument and custom; correct it."
                : e.Message);
        }
    }

    private static async Task<Change> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = new byte[MostBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct);
        return length > MostBytes ? throw new VolumeFormatException($"The body is over {MostBytes / 1024} KiB; send less.")
            : JsonSerializer.Deserialize<Change>(body.AsSpan(0, length), s_json) ?? throw new JsonException();
    }

    private static IResult Refused(int status, string sentence) => Results.Problem(sentence, statusCode: status);

    // What is absent stays as it is.
    private sealed record Change(
        string? Name, string? Description, string[]? Tags, string? Sample, string? Operator, string? Instrument,
        Dictionary<string, string>? Custom)
    {
        public DatasetDescription On(DatasetDescription d) => new(
            Name ?? d.Name, Description ?? d.Description, Tags is null ? d.Tags : [.. Tags.Select(t => t ?? "")], Sample ?? d.Sample,
            Operator ?? d.Operator, Instrument ?? d.Instrument,
            Custom is null ? d.Custom : [.. Custom.Select(p => KeyValuePair.Create(p.Key, p.Value ?? ""))]);
    }
}
