using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>
/// What the audit log is told of the edits of one transaction: annotations that were deleted, brought in, restored or changed by many at
/// once. Edits that a person makes together, as two hundred deletions in one call, are one entry with their count.
/// </summary>
internal sealed class AuditedEdits
{
    private const int MostNames = 3;

    private readonly Dictionary<(string PersonKey, string Kind, string Verb), Group> _groups = [];

    private sealed class Group(Person by, string? address, AuditKind act)
    {
        public int Count { get; set; }

        public List<string> Names { get; } = [];

        public Person By => by;

        public string? Address => address;

        public AuditKind Act => act;
    }

    // What several kinds were edited as one, each an entry of its own.
    private readonly List<(PendingEdit Edit, IReadOnlyList<PreparedEdit> Made)> _steps = [];

    /// <summary>Takes an edit in, where it is one to tell of.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="made">What its parts became, but for those that change nothing.</param>
    public void Add(PendingEdit edit, IReadOnlyList<PreparedEdit> made)
    {
        if (made.Count > 1)
        {
            _steps.Add((edit, made));
            return;
        }

        foreach (var (act, verb, count) in made.SelectMany(ToldOf))
        {
            // A change of one annotation is in its history alone.
            if (verb == "changed" && made[0].Entry.Count == 1)
            {
                continue;
            }

            Add(edit, made[0].Entry, act, verb, count);
        }
    }

    /// <summary>The entries of the audit log.</summary>
    public IEnumerable<AuditEntry> EntriesOf(AuditLog audit, DatasetIdentity dataset) => _groups.Select(g =>
    {
        var group = g.Value;
        return NewEntry(audit, dataset, group.Act, (group.By, group.Address),
            $"{g.Key.Verb} {Counted(group.Count, g.Key.Kind)}: {Names(group.Names)}");
    }).Concat(_steps.Select(s =>
    {
        // One verb after the other, with what it was done to: “deleted 2 measurements and 1 site, changed 3 sites”.
        var told = s.Made.SelectMany(m => ToldOf(m).Select(t => (Told: t, m.Entry.Kind))).GroupBy(t => (t.Told.Act, t.Told.Verb)).ToArray();
        var what = told.Select(t => $"{t.Key.Verb} {string.Join(" and ", t.Select(p => Counted(p.Told.Count, p.Kind)))}");
        var act = Array.Exists(told, t => t.Key.Act == AuditKind.Deletion) ? AuditKind.Deletion : told[0].Key.Act;
        return NewEntry(audit, dataset, act, (s.Edit.By, s.Edit.Address),
            $"{string.Join(", ", what)}: {Names([.. s.Made.Select(m => NameOf(m.Entry))])}");
    }));

    private static AuditEntry NewEntry(
        AuditLog audit, DatasetIdentity dataset, AuditKind act, (Person By, string? Address) who, string detail)
    {
        var entry = audit.NewEntry(act, who.By, detail, AuditSubject.Of(dataset));
        entry.Address = who.Address;
        return entry;
    }

    private static string Counted(int count, string kind) => $"{count} {kind}{(count == 1 ? "" : "s")}";

    private static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNames).Select(n => $"“{n}”"))
        + (names.Count > MostNames ? $" and {names.Count - MostNames} more edits" : "");

    private static string NameOf(EditEntry entry) => entry.What == EditWhat.Undo ? $"undo of {entry.Name}" : entry.Name;

    // What an entry did, and to how many annotations.
    private static IEnumerable<(AuditKind Act, string Verb, int Count)> ToldOf(PreparedEdit made)
    {
        var (entry, others) = (made.Entry, made.Entry.Count - made.Deleted);
        (AuditKind, string, int)[] told =
        [
            (AuditKind.Deletion, "deleted", made.Deleted),
            entry.What == EditWhat.Import ? (AuditKind.Import, "brought in", others)
                : entry.What == EditWhat.Restore ? (AuditKind.Annotation, "restored", others)
                : made.Revived > 0 ? (AuditKind.Annotation, "restored", made.Revived)
                : (AuditKind.Annotation, "changed", others),
        ];
        return told.Where(t => t.Item3 > 0);
    }

    private void Add(PendingEdit edit, EditEntry entry, AuditKind act, string verb, int count)
    {
        var key = (edit.By.Key, entry.Kind, verb);
        if (!_groups.TryGetValue(key, out var group))
        {
            _groups[key] = group = new Group(edit.By, edit.Address, act);
        }

        group.Count += count;
        group.Names.Add(NameOf(entry));
    }
}
