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

    /// <summary>Takes an edit in, where it is one to tell of.</summary>
    public void Add(PendingEdit edit, PreparedEdit made)
    {
        var (entry, others) = (made.Entry, made.Entry.Count - made.Deleted);
        if (made.Deleted > 0)
        {
            Add(edit, entry, AuditKind.Deletion, "deleted", made.Deleted);
        }

        if (entry.What == EditWhat.Import)
        {
            Add(edit, entry, AuditKind.Import, "brought in", others);
        }
        else if (entry.What == EditWhat.Restore || made.Revived > 0)
        {
            Add(edit, entry, AuditKind.Annotation, "restored", entry.What == EditWhat.Restore ? others : made.Revived);
        }
        else if (entry.Count > 1 && others > 0)
        {
            Add(edit, entry, AuditKind.Annotation, "changed", others);
        }
    }

    /// <summary>The entries of the audit log.</summary>
    public IEnumerable<AuditEntry> EntriesOf(AuditLog audit, DatasetIdentity dataset) => _groups.Select(g =>
    {
        var (group, more) = (g.Value, g.Value.Names.Count - MostNames);
        var names = string.Join(", ", group.Names.Take(MostNames).Select(n => $"“{n}”")) + (more > 0 ? $" and {more} more edits" : "");
        var what = $"{group.Count} {g.Key.Kind}{(group.Count == 1 ? "" : "s")}";
        var entry = audit.NewEntry(group.Act, group.By, $"{g.Key.Verb} {what}: {names}", AuditSubject.Of(dataset));
        entry.Address = group.Address;
        return entry;
    });

    private void Add(PendingEdit edit, EditEntry entry, AuditKind act, string verb, int count)
    {
        if (count == 0)
        {
            return;
        }

        var key = (edit.By.Key, entry.Kind, verb);
        if (!_groups.TryGetValue(key, out var group))
        {
            _groups[key] = group = new Group(edit.By, edit.Address, act);
        }

        group.Count += count;
        group.Names.Add(entry.What == EditWhat.Undo ? $"undo of {entry.Name}" : entry.Name);
    }
}
