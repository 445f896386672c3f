using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.History;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>
/// What the audit log is told of the edits of one transaction: annotations that were deleted, brought in, restored or changed by many at
/// once. Edits that a person makes together, as two hundred deletions in one call, are one entry with their count.
/// </summary>
internal sealed class AuditedEdits
{
    private const int MostNames = 3;

    private readonly Dictionary<(string PersonKey, string Kind, string Verb, string? Way), Group> _groups = [];

    // What several kinds were edited as one, each an entry of its own.
    private readonly List<(PendingEdit Edit, IReadOnlyList<PreparedEdit> Made)> _steps = [];

    private sealed class Group(Person by, string? address, AuditKind act)
    {
        public List<string> Names { get; } = [];

        // The edits that did it, where its words do not say so.
        public List<string> Edits { get; } = [];

        public Person By => by;

        public string? Address => address;

        public AuditKind Act => act;
    }

    // What an edit did to annotations of one kind, and the edit's name with its way where the verb does not say it.
    private sealed record Told(AuditKind Act, string Verb, string Kind, IReadOnlyList<string> Names, string? Way, string Edit);

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

        foreach (var told in made.SelectMany(ToldOf))
        {
            // A change of one annotation is in its history alone.
            if (told.Verb != "changed" || made[0].Entry.Count > 1)
            {
                Add(edit, told);
            }
        }
    }

    /// <summary>The entries of the audit log, as “deleted 2 sites: “A1”, “A2” (undo of “propose 2 sites”)”.</summary>
    public IEnumerable<AuditEntry> EntriesOf(AuditLog audit, DatasetIdentity dataset) => _groups.Select(g =>
    {
        var group = g.Value;
        return NewEntry(audit, dataset, group.Act, (group.By, group.Address),
            $"{g.Key.Verb} {Counted(group.Names.Count, g.Key.Kind)}{Named(g.Key.Kind, group.Names)}{Cause(g.Key.Way, group.Edits)}");
    }).Concat(_steps.Select(s =>
    {
        // One verb after the other, with what it was done to: “deleted 2 measurements and 1 site: “P1”, “P2”, “N1”; changed 3 sites: …”.
        var told = s.Made.SelectMany(ToldOf).GroupBy(t => (t.Act, t.Verb)).ToArray();
        var what = told.Select(t => $"{t.Key.Verb} {string.Join(" and ", t.Select(p => Counted(p.Names.Count, p.Kind)))}"
            + Named(null, [.. t.Where(p => HasNames(p.Kind)).SelectMany(p => p.Names)]));
        var act = Array.Exists(told, t => t.Key.Act == AuditKind.Deletion) ? AuditKind.Deletion : told[0].Key.Act;
        var causes = told.SelectMany(t => t).Where(t => t.Way is not null).ToArray();
        return NewEntry(audit, dataset, act, (s.Edit.By, s.Edit.Address),
            string.Join("; ", what) + Cause(causes.Select(t => t.Way).FirstOrDefault(), [.. causes.Select(t => t.Edit).Distinct()]));
    }));

    private static AuditEntry NewEntry(
        AuditLog audit, DatasetIdentity dataset, AuditKind act, (Person By, string? Address) who, string detail)
    {
        var entry = audit.NewEntry(act, who.By, detail, AuditSubject.Of(dataset));
        entry.Address = who.Address;
        return entry;
    }

    private static string Counted(int count, string kind) =>
        kind == "schema" ? "the labels and fields" : $"{count} {kind}{(count == 1 ? "" : "s")}";

    // Comments and the schema have none of their own.
    private static bool HasNames(string kind) => kind is not ("comment" or "schema");

    private static string Named(string? kind, IReadOnlyList<string> names) =>
        names.Count == 0 || (kind is not null && !HasNames(kind)) ? "" : $": {Quoted(names, "")}";

    private static string Cause(string? way, IReadOnlyList<string> edits) => way is null ? "" : $" ({way}{Quoted(edits, " edits")})";

    private static string Quoted(IReadOnlyList<string> names, string of) =>
        string.Join(", ", names.Take(MostNames).Select(n => $"“{n}”"))
        + (names.Count > MostNames ? $" and {names.Count - MostNames} more{of}" : "");

    private static IEnumerable<Told> ToldOf(PreparedEdit made)
    {
        var entry = made.Entry;
        foreach (var done in made.Objects.GroupBy(o => VerbOf(entry, o.Change)))
        {
            var (act, verb) = done.Key;
            var way = entry.What switch
            {
                EditWhat.Undo => "undo of ",
                EditWhat.Redo => "redo of ",
                EditWhat.Import or EditWhat.Restore => null,

                // As where a site is deleted because it was joined with another.
                _ => HistoryWords.Past(entry.Name).StartsWith(verb + " ", StringComparison.Ordinal) ? null : "by ",
            };
            yield return new Told(act, verb, entry.Kind, [.. done.Select(o => o.Name)], way, entry.Name);
        }
    }

    private static (AuditKind Act, string Verb) VerbOf(EditEntry entry, ObjectChange change) => change switch
    {
        ObjectChange.Deleted => (AuditKind.Deletion, "deleted"),
        _ when entry.What == EditWhat.Import =>
            (AuditKind.Import, entry.Name.StartsWith("propose ", StringComparison.Ordinal) ? "proposed" : "brought in"),
        _ when entry.What == EditWhat.Restore || change == ObjectChange.Revived => (AuditKind.Annotation, "restored"),
        _ => (AuditKind.Annotation, "changed"),
    };

    private void Add(PendingEdit edit, Told told)
    {
        var key = (edit.By.Key, told.Kind, told.Verb, told.Way);
        if (!_groups.TryGetValue(key, out var group))
        {
            _groups[key] = group = new Group(edit.By, edit.Address, told.Act);
        }

        group.Names.AddRange(told.Names);
        group.Edits.Add(told.Edit);
    }
}
