using System.Collections.Immutable;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>A version of a corrected mask.</summary>
/// <param name="Number">Counts the versions from 1.</param>
/// <param name="By">Who kept it.</param>
/// <param name="At">When, Unix milliseconds.</param>
/// <param name="Note">What they wrote of it, or empty.</param>
/// <param name="Strokes">The strokes and fills that it is made of, by their places in the log.</param>
/// <param name="AddedVoxels">Voxels that the automatic mask does not have.</param>
/// <param name="RemovedVoxels">Voxels that only the automatic mask has.</param>
/// <param name="Restored">The version that it was made from, where it restores one; 0 is the automatic mask.</param>
public sealed record MaskVersion(
    int Number, string By, long At, string Note, ImmutableSortedSet<int> Strokes, long AddedVoxels, long RemovedVoxels, int? Restored);

/// <summary>
/// What a log of corrections amounts to: which strokes make up the mask now, which versions there are, and which one numbers rest on. It is
/// a fold over the entries in their order, so that everybody who reads the log comes to the same. Each automatic mask has corrections of
/// its own: strokes that corrected another one count only once somebody took them over. Immutable.
/// </summary>
public sealed record MaskHistory
{
    /// <summary>Nothing corrected yet.</summary>
    public static readonly MaskHistory Empty = new();

    private ImmutableDictionary<string, State> States { get; init; } = ImmutableDictionary<string, State>.Empty;

    /// <summary>The place in the log of the last entry; 0 of an empty log.</summary>
    public int Sequence { get; private init; }

    /// <summary>Bytes of all strokes and fills, those that were taken back too.</summary>
    public long Bytes { get; private init; }

    // Places of strokes and fills by the names that those who sent them made.
    private ImmutableDictionary<string, int> Ids { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>Every stroke and fill by its place in the log.</summary>
    public ImmutableSortedDictionary<int, MaskEntry> Marks { get; private init; } = ImmutableSortedDictionary<int, MaskEntry>.Empty;

    /// <summary>What was corrected of one automatic mask.</summary>
    public sealed record State
    {
        /// <summary>The strokes and fills that make up the mask now, applied in this order.</summary>
        public ImmutableSortedSet<int> Strokes { get; init; } = [];

        /// <summary>Versions, oldest first.</summary>
        public ImmutableList<MaskVersion> Versions { get; init; } = [];

        /// <summary>The version that numbers rest on; 0 is the automatic mask.</summary>
        public int Chosen { get; init; }

        /// <summary>The chosen version, or null where numbers rest on the automatic mask.</summary>
        public MaskVersion? ChosenVersion => Find(Chosen);

        /// <summary>Strokes that are not what the last version has; where there is none, not what the automatic mask is.</summary>
        public bool IsChanged => !Strokes.SetEquals(Versions.IsEmpty ? [] : Versions[^1].Strokes);

        /// <summary>A version by its number, or null.</summary>
        public MaskVersion? Find(int number) => number >= 1 && number <= Versions.Count ? Versions[number - 1] : null;
    }

    /// <summary>The stroke or fill that was sent by a name, or null.</summary>
    public MaskEntry? Find(string id) => Ids.TryGetValue(id, out var at) ? Marks[at] : null;

    /// <summary>What was corrected of an automatic mask.</summary>
    public State Of(string automatic) => States.GetValueOrDefault(automatic) ?? new State();

    /// <summary>Other automatic masks that somebody corrected or chose a version of, which one was corrected last, first.</summary>
    public IEnumerable<(string Base, State State)> Others(string automatic) => States
        .Where(s => s.Key != automatic && (!s.Value.Strokes.IsEmpty || s.Value.Chosen > 0))
        .OrderByDescending(s => s.Value.Strokes.IsEmpty ? 0 : s.Value.Strokes.Max).Select(s => (s.Key, s.Value));

    /// <summary>Names of those whose strokes a set has, in the order of their first one.</summary>
    public IReadOnlyList<string> AuthorsOf(IEnumerable<int> strokes) => strokes.Select(s => Marks[s].By).Distinct().ToArray();

    /// <summary>Numbers of the strokes and fills that make up the mask now: not of those that were taken back.</summary>
    public long NumbersOf(string automatic) => Of(automatic).Strokes.Sum(s => (long)Marks[s].Numbers);

    /// <summary>As <see cref="With"/>, where there is room for the entry.</summary>
    /// <exception cref="OutOfRangeException">The log is full, or the mask is made of too much; the message says what to do.</exception>
    public MaskHistory Checked(MaskEntry entry)
    {
        if (entry.Sequence > MaskEntry.MostEntries)
        {
            throw Full($"it holds {MaskEntry.MostEntries:N0} corrections. They stay as they are");
        }

        var after = With(entry);
        if (entry.IsMark && after.Bytes > MaskEntry.MostLogBytes)
        {
            throw Full($"its strokes and fills take {MaskEntry.MostLogBytes >> 20} MiB. Versions can still be kept, restored and chosen");
        }

        // A version that was kept once can always be restored.
        if (entry.Kind != MaskEntryKind.Restore && after.NumbersOf(entry.Base) is > MaskEntry.MostNumbers and var numbers
            && numbers > NumbersOf(entry.Base))
        {
            throw new OutOfRangeException(
                $"The points and runs of this mask's strokes would be more than {MaskEntry.MostNumbers:N0} numbers; "
                + "take strokes back that are not needed, or restore an earlier version, and go on from there.");
        }

        return after;

        static OutOfRangeException Full(string why) => new(
            $"The log of this mask is full: {why}; to correct more, import the scans again as a new dataset.");
    }

    /// <summary>The history with one entry more, the next one of the log.</summary>
    public MaskHistory With(MaskEntry entry)
    {
        var now = Of(entry.Base);
        var history = this with
        {
            Sequence = entry.Sequence, Bytes = Bytes + (entry.IsMark ? entry.Bytes : 0),
            Ids = entry is { IsMark: true, Id: { } id } ? Ids.SetItem(id, entry.Sequence) : Ids,
        };
        return entry.Kind switch
        {
            MaskEntryKind.Paint or MaskEntryKind.Fill => (history with { Marks = Marks.Add(entry.Sequence, entry) })
                .Set(entry.Base, now with { Strokes = now.Strokes.Add(entry.Sequence) }),
            MaskEntryKind.Undo => history.Set(entry.Base, now with { Strokes = now.Strokes.Remove(entry.Of!.Value) }),
            MaskEntryKind.Redo => Marks.ContainsKey(entry.Of!.Value)
                ? history.Set(entry.Base, now with { Strokes = now.Strokes.Add(entry.Of!.Value) }) : history,
            MaskEntryKind.Save => history.Set(entry.Base, Saved(now, entry, now.Strokes, null)),
            MaskEntryKind.Restore when entry.Version == 0 || now.Find(entry.Version!.Value) is not null =>
                history.Set(entry.Base, Saved(now, entry, now.Find(entry.Version!.Value)?.Strokes ?? [], entry.Version)),
            MaskEntryKind.Choose when entry.Version == 0 || now.Find(entry.Version!.Value) is not null =>
                history.Set(entry.Base, now with { Chosen = entry.Version!.Value }),
            MaskEntryKind.Carry => history.Set(entry.Base, now with { Strokes = now.Strokes.Union(Of(entry.From!).Strokes) }),

            // A version that is not there changes nothing.
            _ => history,
        };
    }

    private static State Saved(State now, MaskEntry entry, ImmutableSortedSet<int> strokes, int? restored) => now with
    {
        Strokes = strokes,
        Versions = now.Versions.Add(new MaskVersion(
            now.Versions.Count + 1, entry.By, entry.At, entry.Note ?? "", strokes, entry.AddedVoxels ?? 0, entry.RemovedVoxels ?? 0,
            restored)),
    };

    private MaskHistory Set(string automatic, State state) => this with { States = States.SetItem(automatic, state) };
}
