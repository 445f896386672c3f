using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Annotations;

/// <summary>
/// Edits of fields, as clients send them: merged with what others changed in other fields, refused where others changed the same.
/// </summary>
public abstract partial class EditLog<T, TRow> : IEditedKind
{
    private const int MostTries = 5, MostSearched = 64;

    /// <summary>Makes the annotation that an operation adds; the default refuses.</summary>
    /// <exception cref="ArgumentException">It cannot be; the sentence says why.</exception>
    protected virtual T Added(
        Dataset dataset, ImmutableDictionary<string, T> board, EditOp op, Editor by, AnnotationSchema schema) =>
        throw new ArgumentException($"A {noun} cannot be added in this way.");

    /// <summary>What the step of an annotation that an operation adds is called in undo.</summary>
    protected virtual string AddVerb => "mark";

    /// <summary>Judges an annotation whose fields an operation changed; the default refuses.</summary>
    /// <returns>The annotation as it is kept.</returns>
    /// <exception cref="ArgumentException">A value cannot be; the sentence says why.</exception>
    protected virtual T Judged(Dataset dataset, T after, T before, EditOp op, AnnotationSchema schema) =>
        throw new ArgumentException($"A {noun} cannot be changed in this way.");

    /// <summary>What a split or a join makes of annotations; the default refuses.</summary>
    /// <exception cref="ArgumentException">It cannot be; the sentence says why.</exception>
    protected virtual IReadOnlyList<T> Rearranged(
        Dataset dataset, ImmutableDictionary<string, T> board, EditOp op, Editor by, AnnotationSchema schema) =>
        throw new ArgumentException($"A {noun} cannot be split or joined.");

    /// <summary>The labels and fields by which operations are judged; none where the kind has none.</summary>
    public virtual Task<AnnotationSchema> SchemaAsync(DatasetIdentity dataset, CancellationToken ct) =>
        Task.FromResult(AnnotationSchema.Empty);

    /// <summary>An annotation without the names of people.</summary>
    protected virtual T Nameless(T item) => item;

    async Task<EditAnswer> IEditedKind.ApplyAsync(
        Dataset dataset, AnnotationSchema schema, EditOp op, Editor by, CancellationToken ct)
    {
        try
        {
            var note = new EditNote(op.Do switch { EditAction.Add => AddVerb, EditAction.Delete => "delete", EditAction.Split => "split",
                EditAction.Join => "join", _ => "change" })
            {
                Key = op.Key, Base = op.Base,
            };
            var written = op.Do switch
            {
                EditAction.Add => await WriteAsync(dataset.Identity, by, board => [Added(dataset, board, op, by, schema)], note, ct),
                EditAction.Change => await ChangeFieldsAsync(dataset, schema, op, by, note, ct),
                EditAction.Delete => await DeleteAsync(dataset.Identity, op, by, note, ct),
                EditAction.Split or EditAction.Join => await WriteAsync(
                    dataset.Identity, by, board => Rearranged(dataset, board, op, by, schema), note, ct),
                EditAction.Restore => await RestoreAsync(
                    dataset.Identity, op.Id, (int)Math.Min(op.Of ?? 0, int.MaxValue), by,
                    new EditNote("restore") { Key = op.Key, Base = op.Base }, ct),
                _ => throw new ArgumentException("An undo names the entry that it takes back."),
            };
            return AnswerOf(op, written);
        }
        catch (FieldConflictException e)
        {
            return await ConflictAsync(dataset.Identity, schema, op, e, ct);
        }
        catch (Exception e) when (e is EditConflictException or ArgumentException)
        {
            return new EditAnswer(op.Key, EditOutcome.Refused) { Why = e.Message };
        }
    }

    async Task<IReadOnlyDictionary<long, IReadOnlyList<EditRow>>> IEditedKind.RowsAsync(
        DatasetIdentity dataset, long after, long upTo, CancellationToken ct)
    {
        await using var db = await Database.CreateDbContextAsync(ct);
        return (await RowsOf(db, dataset).Where(r => r.Number > after && r.Number <= upTo).OrderBy(r => r.Sequence).ToListAsync(ct))
            .GroupBy(r => r.Number).ToDictionary(g => g.Key, g => (IReadOnlyList<EditRow>)[.. g]);
    }

    JsonNode IEditedKind.StateFor(EditRow row, bool seesNames) =>
        seesNames ? JsonNode.Parse(row.State)! : ToJson(Nameless(StateOf((TRow)row)));

    async Task<(JsonArray States, long Number)> IEditedKind.WholeAsync(DatasetIdentity dataset, bool seesNames, CancellationToken ct)
    {
        var (items, number) = await NumberedAsync(dataset, ct);
        return ([.. items.Select(i => (JsonNode)ToJson(seesNames ? i : Nameless(i)))], number);
    }

    private static EditAnswer AnswerOf(EditOp op, Edited<T> written)
    {
        var item = written.Items.FirstOrDefault();
        var isMerged = op.Base is { } known && item is not null && item.Version > known + 1;
        return new EditAnswer(op.Key,
            written.Entry is null ? EditOutcome.Unchanged : isMerged ? EditOutcome.Merged : EditOutcome.Accepted)
        {
            Number = written.Entry?.Number, Version = item?.Version,
        };
    }

    private async Task<Edited<T>> ChangeFieldsAsync(
        Dataset dataset, AnnotationSchema schema, EditOp op, Editor by, EditNote note, CancellationToken ct)
    {
        var fields = Fields.Complete(op.Fields, noun);
        var was = op.Was is { } given ? Fields.Rounded(given) : await SeenAsync(dataset.Identity, op, ct);
        var (changes, seen) = (Fields.Changes(fields, was), Fields.Flat(was));
        return await WriteAsync(dataset.Identity, by, board =>
        {
            var current = Present(board, op.Id);
            var now = ToFlat(current);
            var wanted = (JsonObject)now.DeepClone();
            foreach (var (name, value) in changes)
            {
                wanted[name] = value?.DeepClone();
            }

            foreach (var (name, value) in op.Computed ?? [])
            {
                wanted[name] = value?.DeepClone();
            }

            foreach (var group in changes.Where(f => Fields.IsEditable(f.Key)).Select(f => Fields.GroupOf(f.Key)).DistinctBy(g => g.Name))
            {
                if (!Fields.IsSame(group, now, seen) && !Fields.IsSame(group, now, wanted))
                {
                    throw new FieldConflictException($"The {FieldRules.NameOf(group, schema)} of {NameOf(current)}", group, now);
                }
            }

            T after;
            try
            {
                after = FromFlat(wanted);
            }
            catch (JsonException e)
            {
                throw new ArgumentException($"A field of {NameOf(current)} cannot be read ({e.Path?.TrimStart('$', '.')}).", e);
            }

            after = Judged(dataset, after, current, op, schema);
            return IsSame(after.AtVersion(-1), current) ? [] : [after];
        }, note, ct);
    }

    // What the fields were at the version that the client began from.
    private async Task<JsonObject> SeenAsync(DatasetIdentity dataset, EditOp op, CancellationToken ct)
    {
        if (op.Base is not { } version)
        {
            throw new ArgumentException("A change says from which version it was made (base), or what the fields were (was).");
        }

        await using var db = await Database.CreateDbContextAsync(ct);
        return await RowsOf(db, dataset).FirstOrDefaultAsync(r => EF.Property<string>(r, IdColumn) == op.Id && r.Version == version, ct)
            is { } row ? ToJson(StateOf(row)) : throw new EditConflictException($"The {noun} has no version {version}.");
    }

    // What others changed since the client looked is not deleted unseen.
    private async Task<Edited<T>> DeleteAsync(DatasetIdentity dataset, EditOp op, Editor by, EditNote note, CancellationToken ct)
    {
        var expected = op.Base;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await WriteAsync(dataset, by, board =>
                    Present(board, op.Id) is var now && (now.Version == expected || expected is null)
                        ? [now.AsDeleted()] : throw new StaleException(), note, ct);
            }
            catch (StaleException) when (tries < MostTries)
            {
                await using var db = await Database.CreateDbContextAsync(ct);
                var since = await RowsOf(db, dataset).Where(r => EF.Property<string>(r, IdColumn) == op.Id && r.Version > op.Base)
                    .OrderBy(r => r.Version).ToListAsync(ct);
                if (since.FindLast(r => r.ByKey != by.Person.Key) is { } theirs)
                {
                    throw new FieldConflictException(NameOf(StateOf(theirs)), null, ToJson(StateOf(theirs)));
                }

                expected = since.Count > 0 ? since[^1].Version : expected;
            }
        }
    }

    private T Present(ImmutableDictionary<string, T> board, string id) => board.GetValueOrDefault(id) switch
    {
        null => throw new EditConflictException($"There is no such {noun}."),
        { Deleted: true } gone => throw new FieldConflictException(NameOf(gone), null, null) { Of = id },
        var item => item,
    };

    /// <summary>An annotation that is as a client saw it, in the fields that it names.</summary>
    /// <param name="board">What there is.</param>
    /// <param name="id">Which.</param>
    /// <param name="was">What was seen.</param>
    /// <param name="needed">The fields that are named at least.</param>
    private protected T AsSeen(ImmutableDictionary<string, T> board, string id, JsonObject? was, params string[] needed)
    {
        if (was is null || !needed.All(was.ContainsKey))
        {
            throw new ArgumentException($"A split or a join says what was seen of each {noun}: {string.Join(", ", needed)}.");
        }

        var current = Present(board, id);
        var (now, seen) = (ToFlat(current), Fields.Flat(Fields.Rounded(was)));
        foreach (var group in seen.Select(f => f.Key).Where(Fields.IsEditable).Select(Fields.GroupOf).DistinctBy(g => g.Name))
        {
            if (!Fields.IsSame(group, now, seen))
            {
                throw new FieldConflictException($"The {group.Name} of {NameOf(current)}", group, now) { Of = id };
            }
        }

        return current;
    }

    // Says who edited the same, and when.
    private async Task<EditAnswer> ConflictAsync(
        DatasetIdentity dataset, AnnotationSchema schema, EditOp op, FieldConflictException e, CancellationToken ct)
    {
        await using var db = await Database.CreateDbContextAsync(ct);
        (TRow Row, JsonObject State)? found = null;
        var id = e.Of ?? op.Id;
        await foreach (var earlier in RowsOf(db, dataset).Where(r => EF.Property<string>(r, IdColumn) == id)
            .OrderByDescending(r => r.Version).Take(MostSearched).AsAsyncEnumerable().WithCancellation(ct))
        {
            // Read until the one before the edit that made the fields what they are, which mostly is the second.
            var state = ToFlat(StateOf(earlier));
            if (found is { } later && (e.Group is null || !Fields.IsSame(e.Group, later.State, state)))
            {
                break;
            }

            found = (earlier, state);
        }

        var row = found?.Row;
        var what = e.Group is null && e.Theirs is null ? "deleted" : "changed";
        return new EditAnswer(op.Key, EditOutcome.Refused)
        {
            Why = $"{e.Message} was {what} by {(row is null ? "somebody else" : row.ByName)} meanwhile.",
            Conflict = new EditConflict(e.Group is null ? noun : FieldRules.NameOf(e.Group, schema),
                e.Theirs is { } theirs ? Fields.Whole(Fields.Only(e.Group, theirs)) : null, row?.ByName ?? "", row?.At ?? 0),
        };
    }

    private sealed class StaleException : Exception;
}
