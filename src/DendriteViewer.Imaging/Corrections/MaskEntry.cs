using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>What an entry of a mask's log does.</summary>
public enum MaskEntryKind
{
    /// <summary>A stroke of a brush.</summary>
    Paint,

    /// <summary>A fill.</summary>
    Fill,

    /// <summary>Takes a stroke or fill back.</summary>
    Undo,

    /// <summary>Makes it again.</summary>
    Redo,

    /// <summary>Keeps the mask as it is as a version.</summary>
    Save,

    /// <summary>Makes the mask what a version is, as a new version.</summary>
    Restore,

    /// <summary>Says which version numbers rest on.</summary>
    Choose,

    /// <summary>Takes over what was corrected of another automatic mask.</summary>
    Carry,
}

/// <summary>
/// One entry of the log of a mask's corrections, as the store keeps it: a sealed JSON object, one blob an entry. Entries are only ever
/// added.
/// </summary>
public sealed record MaskEntry
{
    /// <summary>Entries of a log at most.</summary>
    public const int MostEntries = 20_000;

    /// <summary>Bytes of an entry at most.</summary>
    public const int MostBytes = 4 << 20;

    /// <summary>Numbers that the points and runs of the strokes and fills that make up a mask now have at most: memory.</summary>
    public const int MostNumbers = 10_000_000;

    /// <summary>Bytes of all strokes and fills of a log at most, as <see cref="Bytes"/> counts them; up to 200 MB of the store.</summary>
    public const long MostLogBytes = 64 << 20;

    /// <summary>Characters of a note at most.</summary>
    public const int MostNote = 200;

    private const int MostName = 200, MostId = 64;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Version of the format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Its place in the log, from 1.</summary>
    public int Sequence { get; init; }

    /// <summary>Identity of the dataset, which the entry's place has too.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>What it does.</summary>
    public MaskEntryKind Kind { get; init; }

    /// <summary>The automatic mask that it corrects, by the name of recipe and scans that it was made from.</summary>
    public string Base { get; init; } = "";

    /// <summary>Who made it, for people.</summary>
    public string By { get; init; } = "";

    /// <summary>When, Unix milliseconds.</summary>
    public long At { get; init; }

    /// <summary>Of a stroke or fill: whether it clears voxels.</summary>
    public bool? Erase { get; init; }

    /// <summary>Of a stroke: the brush.</summary>
    public BrushShape? Shape { get; init; }

    /// <summary>Of a stroke: its radius, µm.</summary>
    public double? RadiusUm { get; init; }

    /// <summary>Of a stroke: the way, z, y, x in µm. Of a fill: where it was begun.</summary>
    public double[][]? PointsUm { get; init; }

    /// <summary>Of a disc, and of a fill in one slice: the slice's normal, z, y, x.</summary>
    public double[]? Normal { get; init; }

    /// <summary>Of a fill: its voxels, as <see cref="FillMark.Runs"/>. They are unpacked each time they are asked for.</summary>
    [JsonIgnore]
    public int[]? Runs
    {
        get => Packed is null ? null : MaskRuns.TryUnpack(Packed);
        init => Packed = value is null ? null : MaskRuns.Pack(value);
    }

    /// <summary>Of a fill: its runs, packed (docs/masks.md has the format).</summary>
    public byte[]? Packed { get; init; }

    // As earlier versions wrote the runs of fills.
    [JsonInclude, JsonPropertyName("runs")]
    private int[]? ListedRuns
    {
        get => null;
        init
        {
            if (value is not null)
            {
                Runs = value;
            }
        }
    }

    /// <summary>Of a fill: voxels of the grid that its runs are of, z, y, x; null of one that an earlier version made.</summary>
    public int[]? GridZyx { get; init; }

    /// <summary>Of a fill that grew by grey value: modality of the scan that it followed.</summary>
    public string? Modality { get; init; }

    /// <summary>Of a fill that grew by grey value: how far values may lie from <see cref="Value"/>.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Of a fill that grew by grey value: the scan's value where it was begun.</summary>
    public double? Value { get; init; }

    /// <summary>Of a fill that grew by grey value: whether it was cut off at a bound.</summary>
    public bool? IsCut { get; init; }

    /// <summary>
    /// Of a stroke or fill: a name that whoever sent it made, so that sending it again adds nothing; null where none was made.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>Of an undo or redo: the stroke's place in the log.</summary>
    public int? Of { get; init; }

    /// <summary>Of a restored or chosen version: its number; 0 is the automatic mask.</summary>
    public int? Version { get; init; }

    /// <summary>Of a version: what somebody wrote of it.</summary>
    public string? Note { get; init; }

    /// <summary>Of a version: voxels that the automatic mask does not have.</summary>
    public long? AddedVoxels { get; init; }

    /// <summary>Of a version: voxels that only the automatic mask has.</summary>
    public long? RemovedVoxels { get; init; }

    /// <summary>Of what is taken over: the automatic mask that was corrected.</summary>
    public string? From { get; init; }

    /// <summary>Whether it sets or clears voxels.</summary>
    [JsonIgnore]
    public bool IsMark => Kind is MaskEntryKind.Paint or MaskEntryKind.Fill;

    /// <summary>Voxels of a fill.</summary>
    [JsonIgnore]
    public long Voxels => Runs is not { } runs ? 0 : Enumerable.Range(0, runs.Length / 4).Sum(i => (long)runs[4 * i + 3] - runs[4 * i + 2]);

    /// <summary>Numbers of its points and runs.</summary>
    [JsonIgnore]
    public int Numbers => 3 * (PointsUm?.Length ?? 0) + (Packed is null ? 0 : 4 * MaskRuns.CountOf(Packed));

    /// <summary>Bytes of its points and packed runs.</summary>
    [JsonIgnore]
    public int Bytes => 3 * sizeof(double) * (PointsUm?.Length ?? 0) + (Packed?.Length ?? 0);

    /// <summary>Of an answer: whether the log had the stroke before it was sent, this time.</summary>
    [JsonIgnore]
    public bool IsKnown { get; init; }

    /// <summary>The stroke or fill.</summary>
    [JsonIgnore]
    public MaskMark Mark => Kind switch
    {
        MaskEntryKind.Paint => new BrushMark(Erase == true, Shape ?? BrushShape.Ball, RadiusUm ?? 0,
            [.. (PointsUm ?? []).Select(p => new WorldPoint(p[0], p[1], p[2]))],
            Normal is { } n ? new WorldVector(n[0], n[1], n[2]) : default),
        MaskEntryKind.Fill => new FillMark(Erase == true, Runs ?? []),
        _ => throw new InvalidOperationException($"A {Kind} marks no voxels."),
    };

    /// <summary>The entry's bytes in the store.</summary>
    /// <exception cref="OutOfRangeException">It is larger than an entry may be.</exception>
    public byte[] ToBytes()
    {
        var bytes = SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(this, s_json));
        return bytes.Length <= MostBytes ? bytes
            : throw new OutOfRangeException("The correction is too ragged to be kept in one piece; fill or paint less at once.");
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="bytes">What the store has.</param>
    /// <param name="name">The blob's name, for messages.</param>
    /// <param name="sequence">The place in the log that it must have.</param>
    /// <exception cref="VolumeFormatException">It is damaged, or of a format that this version does not read.</exception>
    public static MaskEntry Parse(ReadOnlySpan<byte> bytes, string name, int sequence)
    {
        try
        {
            var entry = bytes.Length <= MostBytes ? JsonSerializer.Deserialize<MaskEntry>(SealedJson.Unseal(bytes), s_json) : null;
            if (entry?.Format == 1 && entry.Sequence == sequence)
            {
                return entry.Checked();
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new VolumeFormatException(Sentence(name), e);
        }

        throw new VolumeFormatException(Sentence(name));
    }

    /// <summary>Complains about what an entry of its kind cannot have.</summary>
    /// <exception cref="OutOfRangeException">Something is missing or out of its range.</exception>
    public MaskEntry Checked()
    {
        Require(Dataset is { Length: > 0 and <= 100 } && Base is { Length: > 0 and <= 100 }, "mask");
        Require(By is { Length: <= MostName } && Note is null or { Length: <= MostNote }, "text");
        Require(GridZyx is null or { Length: 3 }, "grid");
        Require(Id is null or { Length: > 0 and <= MostId }, "id");
        Require(PointsUm is null || PointsUm.Length <= BrushMark.MostPoints && PointsUm.All(IsTriple), "points");
        Require(Normal is null || IsTriple(Normal), "normal");
        Require(Modality is null or { Length: > 0 and <= MostName }, "modality");
        Require(Tolerance is null || FillMark.Tolerance.Contains(Tolerance.Value) && Value is { } v && double.IsFinite(v), "tolerance");
        switch (Kind)
        {
            case MaskEntryKind.Paint:
                Require(PointsUm is not null && Erase is not null && Shape is not null && RadiusUm is not null, "stroke");
                ((BrushMark)Mark).Checked();
                break;
            case MaskEntryKind.Fill:
                Require(Erase is not null && Runs is { Length: > 0 }, "fill");
                break;
            case MaskEntryKind.Undo or MaskEntryKind.Redo:
                Require(Of is > 0 && Of < Sequence, "stroke");
                break;
            case MaskEntryKind.Restore or MaskEntryKind.Choose:
                Require(Version is >= 0 and <= MostEntries, "version");
                break;
            case MaskEntryKind.Carry:
                Require(From is { Length: > 0 and <= 100 } && From != Base, "mask to take over");
                break;
        }

        return this;

        static bool IsTriple(double[]? p) => p is { Length: 3 } && Array.TrueForAll(p, Ranges.Um.Contains);
    }

    private void Require(bool ok, string what)
    {
        if (!ok)
        {
            throw new OutOfRangeException($"A mask's {Kind.ToString().ToLowerInvariant()} has no {what} that can be.");
        }
    }

    private static string Sentence(string name) =>
        $"{name} is damaged or of another version of this app; restore it from a backup, so that no correction is lost.";
}
