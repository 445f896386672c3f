using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>What somebody changed in the events of a dataset: one entry of the log, whose place in it is its version.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(AddEvent), "add")]
[JsonDerivedType(typeof(MoveEvent), "move")]
[JsonDerivedType(typeof(RetypeEvent), "retype")]
[JsonDerivedType(typeof(DeleteEvent), "delete")]
public abstract record EventEdit
{
    /// <summary>Who did it.</summary>
    public string By { get; init; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>An event that nothing found.</summary>
/// <param name="Kind">What.</param>
/// <param name="Hours">When.</param>
/// <param name="ToHours">When it ended, where it has an end.</param>
/// <param name="Note">Why, in the person's words.</param>
public sealed record AddEvent(EventKind Kind, double Hours, double? ToHours = null, string? Note = null) : EventEdit;

/// <summary>An event at another time.</summary>
/// <param name="Event">Its <see cref="ElectroEvent.Id"/> when it was found or added.</param>
/// <param name="Hours">When.</param>
public sealed record MoveEvent(string Event, double Hours) : EventEdit;

/// <summary>An event that is something else.</summary>
/// <param name="Event">Its <see cref="ElectroEvent.Id"/> when it was found or added.</param>
/// <param name="Kind">What it is.</param>
public sealed record RetypeEvent(string Event, EventKind Kind) : EventEdit;

/// <summary>An event that is none.</summary>
/// <param name="Event">Its <see cref="ElectroEvent.Id"/> when it was found or added.</param>
public sealed record DeleteEvent(string Event) : EventEdit;

/// <summary>
/// The edits of a dataset's events. Entries are only ever added, so that any version can be had again: version n is what was found, changed
/// by the first n entries. An edit names its event by the id that it had when it was found or added, which moving and retyping do not
/// change.
/// </summary>
/// <param name="Edits">The entries, the first first.</param>
public sealed record EventLog(IReadOnlyList<EventEdit> Edits)
{
    /// <summary>Entries that a log holds at most.</summary>
    public const int MostEdits = 10_000;

    private const double MostHours = 1e6;
    private const int MostNote = 1000;

    /// <summary>A log without entries.</summary>
    public static readonly EventLog Empty = new([]);

    /// <summary>How many entries it has.</summary>
    public int Version => Edits.Count;

    /// <summary>The log with one more entry.</summary>
    /// <param name="edit">The entry.</param>
    /// <param name="found">What the finder found, which the entry must fit.</param>
    /// <exception cref="ArgumentException">It names no event, a time that is none, or the log is full.</exception>
    public EventLog With(EventEdit edit, IReadOnlyList<ElectroEvent> found)
    {
        if (Edits.Count >= MostEdits)
        {
            throw new ArgumentException($"The log of events has {MostEdits} entries, as many as it holds; nothing was changed.");
        }

        if (edit is AddEvent { Hours: var added, ToHours: var end }
            && (!IsHours(added) || (end is { } e && (!IsHours(e) || e < added))) || edit is MoveEvent { Hours: var moved }
                && !IsHours(moved))
        {
            throw new ArgumentException($"The time of an event lies within ±{MostHours:0} h, and its end not before it.");
        }

        if (edit is AddEvent { Note.Length: > MostNote })
        {
            throw new ArgumentException($"A note on an event has at most {MostNote} characters.");
        }

        var now = ById(found, Version);
        return NameOf(edit) is { } name && !now.Events.ContainsKey(name)
            ? throw new ArgumentException($"There is no event {OneLineOf(name)}; it may have been deleted meanwhile.")
            : edit is AddEvent add && now.Events.ContainsKey(new ElectroEvent(add.Kind, add.Hours, 1).Id)
                ? throw new ArgumentException("There is an event of that kind at that time already.")
                : new EventLog([.. Edits, edit]);
    }

    /// <summary>The events of a version, in order of time.</summary>
    /// <param name="found">What the finder found.</param>
    /// <param name="version">Which; the newest where none is given.</param>
    /// <returns>The events, and the entries whose event is not found any more, which change nothing until it is again.</returns>
    public EditedEvents Apply(IReadOnlyList<ElectroEvent> found, int? version = null)
    {
        var (events, lost, edited) = ById(found, version ?? Version);
        return new EditedEvents(events.Values.OrderBy(e => e.Hours).ThenBy(e => e.Kind).ToArray(), lost) { Edited = edited };
    }

    /// <summary>Reads a log.</summary>
    /// <exception cref="MeasurementException">It is damaged.</exception>
    public static EventLog Parse(ReadOnlySpan<byte> utf8, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<EventLog>(utf8, DatasetManifest.Json) is { Edits: { } edits } log
                && edits.Count <= MostEdits && edits.All(IsUsable)
                ? log
                : throw new MeasurementException($"{file} is no log of events; restore it from a backup.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new MeasurementException($"{file} is no log of events; restore it from a backup.", e);
        }
    }

    /// <summary>Writes it.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DatasetManifest.Json);

    private (Dictionary<string, ElectroEvent> Events, IReadOnlyList<EventEdit> Lost, Dictionary<string, EventEdit> Edited) ById(
        IReadOnlyList<ElectroEvent> found, int version)
    {
        var events = new Dictionary<string, ElectroEvent>();
        foreach (var e in found)
        {
            events.TryAdd(e.Id, e);
        }

        var (lost, edited) = (new List<EventEdit>(), new Dictionary<string, EventEdit>());
        foreach (var edit in Edits.Take(version))
        {
            var name = NameOf(edit);
            var known = name is not null && events.ContainsKey(name);
            switch (edit)
            {
                case AddEvent a:
                    var made = new ElectroEvent(a.Kind, a.Hours, 1, a.ToHours, a.Note);
                    events[made.Id] = made;
                    break;
                case MoveEvent m when known:
                    var before = events[m.Event];
                    events[m.Event] = before with
                    {
                        Hours = m.Hours, Confidence = 1, ToHours = before.ToHours > m.Hours ? before.ToHours : null, Id = m.Event,
                    };
                    break;
                case RetypeEvent r when known:
                    events[r.Event] = events[r.Event] with { Kind = r.Kind, Confidence = 1, Id = r.Event };
                    break;
                case DeleteEvent d when known:
                    events.Remove(d.Event);
                    break;
                default:
                    lost.Add(edit);
                    break;
            }

            if (edit is AddEvent added)
            {
                edited[new ElectroEvent(added.Kind, added.Hours, 1).Id] = edit;
            }
            else if (known)
            {
                edited[name!] = edit;
            }
        }

        return (events, lost, edited);
    }

    private static string? NameOf(EventEdit edit) => edit switch
    {
        MoveEvent m => m.Event,
        RetypeEvent r => r.Event,
        DeleteEvent d => d.Event,
        _ => null,
    };

    private static bool IsUsable(EventEdit? edit) => edit switch
    {
        AddEvent a => IsHours(a.Hours) && (a.ToHours is not { } to || IsHours(to)),
        MoveEvent m => m.Event is not null && IsHours(m.Hours),
        null => false,
        _ => NameOf(edit) is not null,
    };

    private static bool IsHours(double hours) => Math.Abs(hours) < MostHours;

    private static string OneLineOf(string name) => name.Length <= 60 && !name.Any(char.IsControl) ? $"'{name}'" : "of that name";
}

/// <summary>The events of a version of the log.</summary>
/// <param name="Events">In order of time; what a person said has confidence 1.</param>
/// <param name="Lost">Entries whose event the finder does not find any more.</param>
public sealed record EditedEvents(IReadOnlyList<ElectroEvent> Events, IReadOnlyList<EventEdit> Lost)
{
    /// <summary>The last entry of each event that somebody added or changed, by the event's id; the others were found.</summary>
    public IReadOnlyDictionary<string, EventEdit> Edited { get; init; } = new Dictionary<string, EventEdit>();
}
