using System.Collections.Immutable;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Cell;

/// <summary>
/// What belongs to the cell of a dataset beside its scans, as its log says: a fold over the entries in their order, so that everybody who
/// reads the log comes to the same. Immutable.
/// </summary>
/// <param name="Version">The place in the log of the last entry; 0 of an empty log.</param>
/// <param name="Files">The files, in the order in which they were added.</param>
/// <param name="Settings">Settings by their names, JSON.</param>
public sealed record CellState(int Version, IReadOnlyList<CellFile> Files, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Files that belong to a cell at most.</summary>
    public const int MostFiles = 200;

    /// <summary>Bytes of all files of a cell at most.</summary>
    public const long MostBytes = 4L << 30;

    /// <summary>Names of settings at most.</summary>
    public const int MostSettings = 1000;

    /// <summary>Nothing yet.</summary>
    public static readonly CellState Empty = new(0, [], ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    /// <summary>What was changed of the events that are found; the same object in all states between two changes of events.</summary>
    public EventLog Events => EventChanges.Log;

    /// <summary>Changes of events, those that were taken back too.</summary>
    internal CellEventChanges EventChanges { get; init; } = CellEventChanges.None;

    /// <summary>Places in the log of the changes of events that are in force.</summary>
    public IReadOnlyList<int> EventsInForce => [.. EventChanges.InForce];

    /// <summary>All changes of events, the first first.</summary>
    public IReadOnlyList<EventChange> EventHistory =>
        [.. EventChanges.Edits.Select(e => new EventChange(e.Key, e.Value, EventChanges.InForce.Contains(e.Key)))];

    /// <summary>Characters of the settings and options of all entries so far.</summary>
    internal long LogLength { get; init; }

    /// <summary>A file by its id, or null.</summary>
    public CellFile? Find(Guid file) => Files.FirstOrDefault(f => f.Id == file);

    /// <summary>The files of a kind.</summary>
    public IEnumerable<CellFile> Of(CellFileKind kind) => Files.Where(f => f.Kind == kind);

    /// <summary>The state with one entry more, the next of the log. What no longer fits changes nothing but the version.</summary>
    public CellState With(CellEntry entry)
    {
        var next = this with { Version = entry.Sequence, LogLength = LogLength + LengthOf(entry.Edit) };
        switch (entry.Edit)
        {
            case AddFile add when Find(add.File.Id) is null:
                return next with { Files = [.. Files, add.File] };
            case RemoveFile remove:
                return next with { Files = [.. Files.Where(f => f.Id != remove.File)] };
            case DescribeFile said:
                return next with { Files = [.. Files.Select(f => f.Id == said.File ? said.Apply(f) : f)] };
            case EditEvents change:
                var edit = change.Edit with { By = entry.By, At = DateTimeOffset.FromUnixTimeMilliseconds(entry.At) };
                return next with { EventChanges = EventChanges.With(entry.Sequence, edit) };
            case TakeBackEvent back when EventChanges.Edits.ContainsKey(back.Entry):
                return next with { EventChanges = EventChanges.With(back.Entry, back.Again) };
            case RestoreEvents restored:
                return next with { EventChanges = EventChanges.With(restored.InForce) };
            case SetSettings set:
                var settings = Settings.ToImmutableSortedDictionary(StringComparer.Ordinal);
                return next with { Settings = set.Json is { } json ? settings.SetItem(set.Key, json) : settings.Remove(set.Key) };
            default:
                return next;
        }
    }

    /// <summary>Complains about an edit that cannot be made now.</summary>
    /// <exception cref="OutOfRangeException">It names what is not there, or there is no room; the sentence says which.</exception>
    public void Check(CellEdit edit)
    {
        if (Version >= CellEntry.MostEntries || LogLength + LengthOf(edit) > CellEntry.MostLogLength)
        {
            throw new OutOfRangeException("The log of this cell is full; what it has stays. To go on, import the scans as a new dataset.");
        }

        switch (edit)
        {
            case AddFile add:
                CheckRoom(add.File);
                break;
            case RemoveFile remove:
                Require(remove.File);
                break;
            case DescribeFile said:
                Require(said.File);
                break;
            case TakeBackEvent back:
                if (!EventChanges.Edits.ContainsKey(back.Entry))
                {
                    throw new OutOfRangeException($"Entry {back.Entry} of the log changes no event.");
                }

                break;
            case RestoreEvents restored
                when restored.InForce.FirstOrDefault(n => !EventChanges.Edits.ContainsKey(n)) is > 0 and var unknown:
                throw new OutOfRangeException($"Entry {unknown} of the log changes no event.");
            case SetSettings { Json: not null } set when !Settings.ContainsKey(set.Key) && Settings.Count >= MostSettings:
                throw new OutOfRangeException($"A cell has settings of {MostSettings} names at most; remove some that are not needed.");
        }
    }

    internal static int LengthOf(CellEdit? edit) => edit switch
    {
        SetSettings set => set.Json?.Length ?? 0,
        DescribeFile said => said.Options?.Length ?? 0,
        AddFile { File.Options: { } options } => options.Length,
        RestoreEvents restored => 6 * restored.InForce.Count,
        _ => 0,
    };

    private void Require(Guid file)
    {
        if (Find(file) is null)
        {
            throw new OutOfRangeException("This file does not belong to the cell any more; somebody removed it.");
        }
    }

    private void CheckRoom(CellFile file)
    {
        if (Files.FirstOrDefault(f => f.Kind == file.Kind && f.Sha256 == file.Sha256) is { } same)
        {
            throw new OutOfRangeException($"{file.Name} is there already, as {same.Name}; remove that first to add it anew.");
        }

        if (Files.Count >= MostFiles || Files.Sum(f => f.Bytes) + file.Bytes > MostBytes)
        {
            throw new OutOfRangeException(
                $"A cell has {MostFiles} files of {MostBytes >> 30} GiB in all at most; remove some that are not needed.");
        }
    }
}

/// <summary>A change of an event in the log of a cell.</summary>
/// <param name="Version">Its place in the log, which is the version of the cell that it led to.</param>
/// <param name="Edit">The change, with author and time.</param>
/// <param name="IsInForce">False where it was taken back.</param>
public sealed record EventChange(int Version, EventEdit Edit, bool IsInForce);
