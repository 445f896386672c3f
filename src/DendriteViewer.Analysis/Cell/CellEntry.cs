using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Cell;

/// <summary>
/// One entry of a cell's log, as the store keeps it: a sealed JSON object, one blob an entry. Entries are only ever added.
/// </summary>
public sealed partial record CellEntry
{
    /// <summary>Entries of a log at most.</summary>
    public const int MostEntries = 20_000;

    /// <summary>Characters of the settings and options of all entries of a log at most.</summary>
    public const long MostLogLength = 64 << 20;

    /// <summary>Bytes of an entry at most.</summary>
    public const int MostEntryBytes = 512 << 10;

    /// <summary>Characters of settings, and of the options of a file, at most.</summary>
    public const int MostJson = 128 << 10;

    /// <summary>Characters of a name, a licence or a source at most.</summary>
    public const int MostText = 300;

    /// <summary>How entries, and edits in requests, are written.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 8,
        Converters = { new EventKindConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        AllowOutOfOrderMetadataProperties = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Version of the format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Its place in the log, from 1.</summary>
    public int Sequence { get; init; }

    /// <summary>Identity of the dataset, which the entry's place has too.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Who made it, for people.</summary>
    public string By { get; init; } = "";

    /// <summary>When, Unix milliseconds.</summary>
    public long At { get; init; }

    /// <summary>The version that who made it looked at.</summary>
    public int Base { get; init; }

    /// <summary>What it changes.</summary>
    public CellEdit? Edit { get; init; }

    /// <summary>The entry's bytes in the store.</summary>
    /// <exception cref="OutOfRangeException">It is larger than an entry may be.</exception>
    public byte[] ToBytes()
    {
        var bytes = SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(this, Json));
        return bytes.Length <= MostEntryBytes ? bytes
            : throw new OutOfRangeException($"A change of a cell has {MostEntryBytes >> 10} KiB at most; say less at once.");
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="bytes">What the store has.</param>
    /// <param name="name">The blob's name, for messages.</param>
    /// <param name="sequence">The place in the log that it must have.</param>
    /// <param name="dataset">Identity of the dataset whose log it is.</param>
    /// <exception cref="VolumeFormatException">It is damaged, or of a format that this version does not read.</exception>
    public static CellEntry Parse(ReadOnlySpan<byte> bytes, string name, int sequence, string dataset)
    {
        try
        {
            var entry = bytes.Length <= MostEntryBytes ? JsonSerializer.Deserialize<CellEntry>(SealedJson.Unseal(bytes), Json) : null;
            if (entry?.Format == 1 && entry.Sequence == sequence && entry.Dataset == dataset)
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

    /// <summary>Complains about what no edit can have.</summary>
    /// <exception cref="OutOfRangeException">Something is missing or out of its range; the message names it.</exception>
    public CellEntry Checked()
    {
        Require(Dataset is { Length: > 0 and <= 100 } && By is { Length: <= MostText } && Base >= 0, "An entry's dataset or author");
        Check(Edit);
        return this;
    }

    /// <summary>Complains about what no edit can have, whatever the state.</summary>
    /// <exception cref="OutOfRangeException">As <see cref="Checked"/>.</exception>
    public static void Check(CellEdit? edit)
    {
        switch (edit)
        {
            case AddFile { File: { } f }:
                Require(f.Id != Guid.Empty && Enum.IsDefined(f.Kind) && f.Sha256 is not null && Sha256().IsMatch(f.Sha256) && f.Bytes > 0,
                    "The file's kind, checksum or length");
                Require(IsName(f.Name), "The file's name");
                Require(f.By is { Length: <= MostText }, "Who added the file");
                CheckSaid(DescribeFile.Of(f));
                break;
            case RemoveFile:
                break;
            case DescribeFile said:
                CheckSaid(said);
                break;
            case EditEvents { Edit: { } e }:
                Require(e.By is { Length: <= MostText }, "The author of the event’s change");
                Require(e is AddEvent a
                    ? Enum.IsDefined(a.Kind) && Ranges.Hours.Contains(a.Hours) && (a.ToHours is not { } to || Ranges.Hours.Contains(to))
                        && a.Note is null or { Length: <= 1000 }
                    : e is MoveEvent m ? IsEvent(m.Event) && Ranges.Hours.Contains(m.Hours)
                    : e is RetypeEvent r ? IsEvent(r.Event) && Enum.IsDefined(r.Kind)
                    : e is DeleteEvent d && IsEvent(d.Event), "The event, its time or its note");
                break;
            case TakeBackEvent back:
                Require(back.Entry is > 0 and <= MostEntries, "The entry that is taken back");
                break;
            case RestoreEvents { InForce: var entries }:
                Require(entries is { Count: <= MostEntries } && entries.All(n => n is > 0 and <= MostEntries)
                    && entries.Zip(entries.Skip(1)).All(p => p.First < p.Second), "The changes of events that are in force");
                break;
            case SetSettings set:
                Require(set.Key is { Length: > 0 and <= 100 } && Key().IsMatch(set.Key), "The name of the settings");
                Require(set.Json is null || IsJson(set.Json), "The settings’ JSON");
                break;
            default:
                throw new OutOfRangeException("The change has no “do” that is known; see docs/cell.md.");
        }
    }

    /// <summary>Whether a file can have a name: without a folder, on one line.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= MostText } && name.Trim() == name && !name.Any(char.IsControl)
        && !name.Contains('/', StringComparison.Ordinal) && !name.Contains('\\', StringComparison.Ordinal) && name is not ("." or "..");

    private static void CheckSaid(DescribeFile said)
    {
        Require(IsLine(said.Licence) && IsLine(said.Source), "The licence or source");
        Require(said.Clock is null || said.Clock.IsPossible, "The clock’s offset, drift or uncertainty");
        Require(said.StartHours is not { } h || Ranges.Hours.Contains(h), "The hour of the file’s time 0");
        Require(said.Options is null || IsJson(said.Options), "The JSON of how the file is read");
    }

    private static bool IsLine(string? text) => text is null || text.Length <= MostText && !text.Any(char.IsControl);

    private static bool IsEvent(string? id) => id is { Length: > 0 and <= 100 } && !id.Any(char.IsControl);

    private static bool IsJson(string text)
    {
        if (text.Length > MostJson)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Require(bool ok, string what)
    {
        if (!ok)
        {
            throw new OutOfRangeException($"{what} cannot be that; see docs/cell.md for what it can be.");
        }
    }

    private static string Sentence(string name) =>
        $"{name} is damaged or of another version of this app; restore it from a backup, so that no file or change is lost.";

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Sha256();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9/._-]*$")]
    private static partial Regex Key();
}
