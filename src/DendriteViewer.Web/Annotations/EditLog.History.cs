using System.Collections.Immutable;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Annotations;

/// <summary>What was: states at earlier entries, the versions of one annotation, and edits that are taken back or restored.</summary>
public abstract partial class EditLog<T, TRow>
{
    /// <summary>What was not deleted after an entry of the dataset's journal, in no order.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="number">The entry; 0 for the state before all edits.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">The journal has no such entry.</exception>
    public async Task<IReadOnlyList<T>> StateAtAsync(DatasetIdentity dataset, long number, CancellationToken ct)
    {
        var last = await _journal.NumberAsync(dataset, ct);
        if (number < 0 || number > last)
        {
            throw new ArgumentException($"The dataset's journal has revisions 0 to {last}; there is no {number}.");
        }

        await using var db = await Database.CreateDbContextAsync(ct);
        var board = await ((IJournalKind)this).FoldAsync(db, dataset, null, 0, number, ct);
        return [.. ((ImmutableDictionary<string, T>)board).Values.Where(i => !i.Deleted)];
    }

    /// <summary>The versions of one annotation, oldest first, with who made each and what it changed.</summary>
    public async Task<IReadOnlyList<ObjectVersion>> VersionsAsync(DatasetIdentity dataset, string id, CancellationToken ct)
    {
        await using var db = await Database.CreateDbContextAsync(ct);
        var rows = await RowsOf(db, dataset).Where(r => EF.Property<string>(r, IdColumn) == id).OrderBy(r => r.Version).ToListAsync(ct);
        var numbers = rows.Select(r => r.Number).ToArray();
        var entries = await db.EditEntries.AsNoTracking()
            .Where(e => e.DatasetIdentity == dataset.Value && numbers.Contains(e.Number)).ToDictionaryAsync(e => e.Number, ct);
        var schema = await SchemaAsync(dataset, ct);
        var versions = new List<ObjectVersion>();
        T? before = null;
        foreach (var row in rows)
        {
            var (after, entry) = (StateOf(row), entries.GetValueOrDefault(row.Number));
            versions.Add(new ObjectVersion(
                row.Version, row.Number, row.ByName, row.At, entry?.What ?? EditWhat.Edit, entry?.Of, after.Deleted,
                ChangesOf(before, after, schema)) { Whole = Fields.Describe(ToFlat(after), schema) });
            before = after;
        }

        return versions;
    }

    /// <summary>Makes an annotation what it was at an earlier version, as a new edit; one that was deleted is there again.</summary>
    /// <exception cref="EditConflictException">There is no such version, or it was a deletion.</exception>
    public async Task<T> RestoreAsync(DatasetIdentity dataset, string id, int version, Editor by, CancellationToken ct) =>
        (await RestoreAsync(dataset, id, version, by, new EditNote("restore"), ct)).Items.FirstOrDefault()
        ?? throw new EditConflictException($"The {noun} is as that version left it already.");

    private async Task<Edited<T>> RestoreAsync(
        DatasetIdentity dataset, string id, int version, Editor by, EditNote note, CancellationToken ct)
    {
        var (then, number) = await RestoredAsync(dataset, id, version, ct);
        var schema = await SchemaAsync(dataset, ct);
        return await WriteAsync(dataset, by, items =>
        {
            var now = items.GetValueOrDefault(id);
            if (note.Base is { } seen && now is not null && now.Version != seen)
            {
                throw new EditConflictException(
                    $"{NameOf(now)} was changed after you looked, so that it was not restored; look at it again.");
            }

            if (now is not null && IsSame(now, then))
            {
                return [];
            }

            CheckRestored(then, now, schema);
            return [then];
        }, note with { What = EditWhat.Restore, Of = number }, ct);
    }

    // The state that a version left, which is not a deletion, and the entry that left it.
    private async Task<(T Then, long Number)> RestoredAsync(DatasetIdentity dataset, string id, int version, CancellationToken ct)
    {
        await using var db = await Database.CreateDbContextAsync(ct);
        var row = await RowsOf(db, dataset).FirstOrDefaultAsync(r => EF.Property<string>(r, IdColumn) == id && r.Version == version, ct);
        return row is not null && StateOf(row) is { Deleted: false } then ? (then, row.Number)
            : throw new EditConflictException($"The {noun} has no version {version} that could be restored.");
    }

    /// <summary>What restoring a version of an annotation would change.</summary>
    /// <exception cref="EditConflictException">There is no such version, or it was a deletion.</exception>
    public async Task<RestorePlan> PlanAsync(DatasetIdentity dataset, string id, int version, CancellationToken ct)
    {
        var (then, number) = await RestoredAsync(dataset, id, version, ct);
        var now = (await BoardAsync(dataset, ct)).GetValueOrDefault(id) ?? throw new EditConflictException($"There is no such {noun}.");
        return new RestorePlan(Kind, id, NameOf(now), version, number, now.Version, now.Deleted, IsSame(now, then),
            now.Deleted ? [] : ChangesOf(now, then, await SchemaAsync(dataset, ct)));
    }

    // Takes an entry back as a new one: of each annotation the fields that it changed and nobody changed since. An entry that took
    // something back is so made again.
    private async Task<Writing<TakenBack>> BeginTakeBackAsync(Step step, Editor by, string? key, CancellationToken ct)
    {
        var (dataset, entry) = (step.Dataset, step.Entry);
        var (changes, schema) = (await ChangesOfAsync(dataset, entry.Number, ct), await SchemaAsync(dataset, ct));
        var (taken, kept) = (0, new List<string>());
        var what = entry.What == EditWhat.Undo ? EditWhat.Redo : EditWhat.Undo;
        var writing = Begin(dataset, by, items =>
        {
            var back = new List<T>();
            kept.Clear();
            foreach (var (before, after) in changes)
            {
                var (item, left) = TakenBack(items.GetValueOrDefault(after.Id) ?? after, before, after, schema);
                if (item is not null)
                {
                    back.Add(item);
                }

                if (left.Count > 0)
                {
                    kept.Add(item is null ? NameOf(after) : $"The {string.Join(" and the ", left)} of {NameOf(after)}");
                }
            }

            taken = back.Count;
            return back;
        }, new EditNote(null)
        {
            What = what, Of = entry.Number, Step = entry.Step, Key = key, Name = entry.Name, Page = by.History?.Page ?? entry.Page,
        }, ct);
        return new Writing<TakenBack>(writing.Edit, async () =>
        {
            var written = await writing.FinishAsync();
            return new TakenBack(
                new EditStepResult(entry.Name, written.IsRepeat ? written.Items.Count : taken, kept),
                written.Entry is { } made ? step with { Entry = made, Count = made.Count } : null)
            {
                Entry = written.Entry, Version = written.Items.FirstOrDefault()?.Version,
            };
        });
    }

    // One annotation with an edit taken back, null where nothing of it could be; and what was left, since somebody changed it since.
    private (T? Item, IReadOnlyList<string> Left) TakenBack(T now, T before, T after, AnnotationSchema schema)
    {
        if (before.Deleted || after.Deleted)
        {
            // It was marked or deleted, or brought back: all of it or nothing.
            return IsSame(now, after) ? (before, []) : IsSame(now, before) ? (null, []) : (null, [noun]);
        }

        if (now.Deleted)
        {
            return (null, [noun]);
        }

        var (json, was, made) = (ToFlat(now), ToFlat(before), ToFlat(after));
        var (isTaken, left) = (false, new List<string>());
        foreach (var group in Fields.Changed(was, made))
        {
            if (Fields.IsSame(group, json, made))
            {
                Fields.Copy(group, was, json);
                isTaken = true;
            }
            else if (!Fields.IsSame(group, json, was))
            {
                left.Add(FieldRules.NameOf(group, schema));
            }
        }

        return (isTaken ? FromFlat(json) : null, left);
    }

    // What an entry did to each annotation. Where it was not there before, Before is marked as deleted.
    private async Task<IReadOnlyList<(T Before, T After)>> ChangesOfAsync(DatasetIdentity dataset, long number, CancellationToken ct)
    {
        await using var db = await Database.CreateDbContextAsync(ct);
        var after = await RowsOf(db, dataset).Where(r => r.Number == number).OrderBy(r => r.Sequence).ToListAsync(ct);
        var column = IdColumn;
        var before = await (
            from row in RowsOf(db, dataset).Where(r => r.Number == number)
            join earlier in RowsOf(db, dataset) on new { Id = EF.Property<string>(row, column), Version = row.Version - 1 }
                equals new { Id = EF.Property<string>(earlier, column), earlier.Version }
            select earlier).ToListAsync(ct);
        var states = before.ToDictionary(IdOf, StateOf);
        return [.. after.Select(StateOf).Select(a => (states.GetValueOrDefault(a.Id) ?? a.AsDeleted(), a))];
    }

    // The annotations that an entry wrote.
    private async Task<IReadOnlyList<T>> StatesOfAsync(DatasetIdentity dataset, long number, CancellationToken ct)
    {
        await using var db = await Database.CreateDbContextAsync(ct);
        return [.. (await RowsOf(db, dataset).Where(r => r.Number == number).OrderBy(r => r.Sequence).ToListAsync(ct)).Select(StateOf)];
    }

    /// <inheritdoc/>
    public JournalStep StepOf(DatasetIdentity dataset, EditEntry entry) => new Step(this, dataset, entry);

    // Whether two states of an annotation are the same, whatever was done and taken back between them.
    private bool IsSame(T now, T then) => now.Version == then.Version
        || (now.Deleted == then.Deleted && Fields.Changed(ToFlat(now), ToFlat(then)).Count == 0);

    private IReadOnlyList<FieldChange> ChangesOf(T? before, T after, AnnotationSchema schema)
    {
        var (was, now) = (before is null ? null : ToFlat(before), ToFlat(after));
        return was is null ? [] : [.. Fields.Changed(was, now).Select(g => FieldRules.Describe(g, was, now, schema))];
    }

    private sealed record Step(EditLog<T, TRow> Log, DatasetIdentity Of, EditEntry Entry)
        : JournalStep(Log.Journal, Of, Entry.Name, Entry.Count)
    {
        public override long Number => Entry.Number;

        internal override Task<Writing<TakenBack>> BeginAsync(Editor by, string? key, CancellationToken ct) =>
            Log.BeginTakeBackAsync(this, by, key, ct);
    }
}
