using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>What a client asks to be done.</summary>
public enum EditAction
{
    /// <summary>Adds an annotation with an id that the client chose.</summary>
    Add,

    /// <summary>Changes some fields.</summary>
    Change,

    /// <summary>Deletes.</summary>
    Delete,

    /// <summary>Makes an annotation what it was at an earlier version.</summary>
    Restore,

    /// <summary>Takes back an entry of one's own; of an undo, makes it again.</summary>
    Undo,

    /// <summary>Cuts a site in two: what it is from some hours on becomes a new site.</summary>
    Split,

    /// <summary>Makes one site of two: the first takes over the positions of the second, which is deleted.</summary>
    Join,
}

/// <summary>
/// One edit as a client sends it, and sends it again with the same key until it is answered. It names the fields that it changes and what
/// the client saw in them, so that others' edits of other fields are no obstacle.
/// </summary>
public sealed partial record EditOp
{
    /// <summary>Operations of one call at most.</summary>
    public const int MostTogether = 200;

    /// <summary>Characters of one call at most.</summary>
    public const int MostText = 192 << 10;

    /// <summary>How operations and answers are written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Names the edit: 8 to 64 letters, digits, - and _, chosen at random.</summary>
    public string Key { get; init; } = "";

    /// <summary>The kind of annotation.</summary>
    public string Kind { get; init; } = "site";

    /// <summary>What is to be done.</summary>
    public EditAction Do { get; init; }

    /// <summary>The annotation; not needed to undo.</summary>
    public string Id { get; init; } = "";

    /// <summary>The version that the client knows; null where it knows none.</summary>
    public int? Base { get; init; }

    /// <summary>The fields and their new values. Fields that belong together are given together.</summary>
    public JsonObject? Fields { get; init; }

    /// <summary>What the client saw in these fields; null for what they were at the base version.</summary>
    public JsonObject? Was { get; init; }

    /// <summary>Of a split, the hours from which on it is another site.</summary>
    public double? Hours { get; init; }

    /// <summary>Of a split, the new site's id; of a join, the site that is taken over.</summary>
    public string Other { get; init; } = "";

    /// <summary>Of a join, what the client saw of the site that is taken over.</summary>
    public JsonObject? OtherWas { get; init; }

    /// <summary>
    /// Whether the view of the client's session is what the person sees while they mark or judge a site, so that the server can keep which
    /// scans those were; false of what is sent later.
    /// </summary>
    public bool SeenNow { get; init; }

    /// <summary>
    /// What the server made of the fields before the operation comes to its log: as they are kept, with what was computed from them. Null
    /// where nothing had to be computed. No client gives it.
    /// </summary>
    [JsonIgnore]
    public JsonObject? Computed { get; init; }

    /// <summary>Why it cannot be done, in a sentence, where that was found before it came to its log; null where nothing was.</summary>
    [JsonIgnore]
    public string? Refusal { get; init; }

    /// <summary>The version that is restored, or the entry that is taken back.</summary>
    public long? Of { get; init; }

    /// <summary>Reads the operations of one call.</summary>
    /// <exception cref="ArgumentException">They are none, or too many; the sentence says why.</exception>
    public static IReadOnlyList<EditOp> ReadAll(string json)
    {
        if (json is null or { Length: > MostText })
        {
            throw new ArgumentException($"Edits have at most {MostText / 1024} KiB; send them in several calls.");
        }

        List<EditOp?>? ops;
        try
        {
            ops = JsonSerializer.Deserialize<List<EditOp?>>(json, Json);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new ArgumentException("Edits are a JSON list of operations, as docs/hub.md has it.", e);
        }

        if (ops is null or { Count: 0 or > MostTogether } || ops.Contains(null))
        {
            throw new ArgumentException($"Edits are a list of 1 to {MostTogether} operations.");
        }

        return ops.TrueForAll(o => o!.Key is not null && KeyRule().IsMatch(o.Key) && o.Kind is not null
            && o.Id is { Length: <= 64 } && o.Other is { Length: <= 64 })
            ? [.. ops.OfType<EditOp>()]
            : throw new ArgumentException("Each operation has a key of 8 to 64 letters, digits, - and _, and an id of at most 64.");
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{8,64}$")]
    private static partial Regex KeyRule();
}

/// <summary>What became of an operation.</summary>
public enum EditOutcome
{
    /// <summary>It is written.</summary>
    Accepted,

    /// <summary>It is written upon what somebody else changed in other fields since.</summary>
    Merged,

    /// <summary>It would change nothing, so nothing was written.</summary>
    Unchanged,

    /// <summary>It is not written, and will not be however often it is sent; the sentence says why.</summary>
    Refused,
}

/// <summary>The answer to one operation.</summary>
/// <param name="Key">The operation's.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record EditAnswer(string Key, EditOutcome Outcome)
{
    /// <summary>The entry that it is; null where there is none.</summary>
    public long? Number { get; init; }

    /// <summary>The annotation's version now; null where nothing was written.</summary>
    public int? Version { get; init; }

    /// <summary>What is to be told: why it was refused, or what an undo left as it is.</summary>
    public string? Why { get; init; }

    /// <summary>Whose edit stands in the way; null where none does.</summary>
    public EditConflict? Conflict { get; init; }
}

/// <summary>Somebody else's edit of the same fields.</summary>
/// <param name="Field">What people call the fields.</param>
/// <param name="Theirs">The fields as they are now; null where the annotation was deleted.</param>
/// <param name="By">Who edited; empty where that is not known.</param>
/// <param name="At">When, Unix milliseconds.</param>
public sealed record EditConflict(string Field, JsonObject? Theirs, string By, long At);

/// <summary>An operation that would overwrite somebody else's edit.</summary>
internal sealed class FieldConflictException(string message, FieldGroup? group, JsonObject? theirs) : Exception(message)
{
    /// <summary>The fields; null where the annotation itself was changed or deleted.</summary>
    public FieldGroup? Group => group;

    /// <summary>Their values now.</summary>
    public JsonObject? Theirs => theirs;

    /// <summary>The annotation; null for the one that the operation names first.</summary>
    public string? Of { get; init; }
}
