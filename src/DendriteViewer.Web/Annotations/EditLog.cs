using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Registry;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Annotations;

/// <summary>
/// The annotations of one kind of every dataset: rows in a table of their own, numbered by the dataset's <see cref="EditJournal"/>, which
/// folds them into a current state in memory. An edit names the version it is based on; what would overwrite somebody else's is refused
/// rather than lost. Undo is a new edit that takes back the fields that an entry changed. Whoever calls has been authorized.
/// </summary>
/// <typeparam name="T">The annotation.</typeparam>
/// <typeparam name="TRow">Its edits in the database.</typeparam>
/// <param name="database">Where the log is kept.</param>
/// <param name="journal">Numbers and writes the edits; null for one of its own, as another server has.</param>
/// <param name="time">The clock.</param>
/// <param name="noun">What messages and entries call an annotation, as "site".</param>
public abstract partial class EditLog<T, TRow>(
    IDbContextFactory<DendriteDb> database, EditJournal? journal, TimeProvider time, string noun) : IDatasetFollower, IJournalKind
    where T : class, IEdited<T>
    where TRow : EditRow
{
    private readonly EditJournal _journal = journal ?? new EditJournal(database, time);

    /// <summary>Raised after every edit with the dataset's identity; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Changed;

    /// <summary>What entries call the kind.</summary>
    public string Kind => noun;

    /// <summary>The dataset's journal.</summary>
    protected EditJournal Journal => _journal;

    /// <summary>How annotations are written.</summary>
    protected abstract JsonSerializerOptions Options { get; }

    /// <summary>Which fields people edit, and which belong together.</summary>
    protected abstract FieldRules Fields { get; }

    /// <summary>The column of <typeparamref name="TRow"/> that has the annotation's id.</summary>
    protected abstract string IdColumn { get; }

    /// <summary>Deletes an annotation; the log keeps it, and undo brings it back.</summary>
    public async Task<T> DeleteAsync(DatasetIdentity dataset, string id, Editor by, CancellationToken ct) =>
        (await EditAsync(dataset, by, board => [Existing(board, id).AsDeleted()], "delete", ct))[0];

    /// <summary>Whether an edit with a key is written already, so that it is answered as it was and not done again.</summary>
    public Task<bool> IsWrittenAsync(DatasetIdentity dataset, string key, CancellationToken ct) =>
        _journal.IsWrittenAsync(dataset, key, ct);

    /// <summary>All edits of a dataset, oldest first.</summary>
    public async Task<IReadOnlyList<TRow>> HistoryAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await RowsOf(db, dataset).OrderBy(e => e.Sequence).ToListAsync(ct);
    }

    /// <summary>The edits of entries after one, oldest first.</summary>
    protected async Task<IReadOnlyList<TRow>> RowsAfterAsync(DatasetIdentity dataset, long number, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await RowsOf(db, dataset).Where(r => r.Number > number).OrderBy(r => r.Number).ThenBy(r => r.Sequence).ToListAsync(ct);
    }

    /// <summary>A dataset is gone: what was kept in memory of it is dropped.</summary>
    protected virtual void Forget(DatasetIdentity dataset)
    {
    }

    /// <summary>Takes in what other servers wrote.</summary>
    public Task CatchUpAsync(DatasetIdentity dataset, CancellationToken ct = default) => _journal.CatchUpAsync(dataset, ct);

    // The current state of a dataset that is gone leaves memory. The log keeps every edit, and is folded again for who reads the archive.
    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        _journal.Forget(dataset);
        Forget(dataset);
        return Task.CompletedTask;
    }

    void IJournalKind.RaiseChanged(DatasetIdentity dataset) => Changed?.Invoke(dataset);

    async Task<object> IJournalKind.FoldAsync(
        DendriteDb db, DatasetIdentity dataset, object? board, long after, long upTo, CancellationToken ct)
    {
        var items = ((ImmutableDictionary<string, T>?)board ?? ImmutableDictionary<string, T>.Empty).ToBuilder();
        await foreach (var row in RowsOf(db, dataset).Where(r => r.Number > after && r.Number <= upTo).OrderBy(r => r.Number)
            .ThenBy(r => r.Sequence).AsAsyncEnumerable().WithCancellation(ct))
        {
            items[IdOf(row)] = StateOf(row);
        }

        return items.ToImmutable();
    }

    /// <summary>All annotations as they are now, deleted ones included.</summary>
    protected async Task<ImmutableDictionary<string, T>> BoardAsync(DatasetIdentity dataset, CancellationToken ct) =>
        (ImmutableDictionary<string, T>)(await _journal.BoardAsync(dataset, this, ct)).Board;

    /// <summary>What is not deleted, in no order.</summary>
    protected async Task<IEnumerable<T>> CurrentAsync(DatasetIdentity dataset, CancellationToken ct) =>
        (await NumberedAsync(dataset, ct)).Items;

    /// <summary>What is not deleted, in no order, and the last entry of the journal that is in it.</summary>
    protected async Task<(IEnumerable<T> Items, long Number)> NumberedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        var (board, number) = await _journal.BoardAsync(dataset, this, ct);
        return (((ImmutableDictionary<string, T>)board).Values.Where(s => !s.Deleted), number);
    }

    /// <summary>The row of an edit.</summary>
    protected abstract TRow RowOf(DatasetIdentity dataset, T after, string state, Person by, long at);

    /// <summary>An annotation's id in a row.</summary>
    protected abstract string IdOf(TRow row);

    /// <summary>What a message calls an annotation.</summary>
    protected abstract string NameOf(T item);

    /// <summary>Writes edits, all or none, as one step that the editor's page can take back.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="by">Who edits.</param>
    /// <param name="make">
    /// From the current state, deleted ones included, to the annotations as they shall be; may throw to refuse. It is called again where
    /// another server was first, so it changes nothing itself.
    /// </param>
    /// <param name="verb">What the step is called in undo, as “delete”; null where it is not to be taken back.</param>
    /// <param name="ct">Gives up before the write.</param>
    /// <returns>The annotations as they are now, in the order of <paramref name="make"/>.</returns>
    protected async Task<IReadOnlyList<T>> EditAsync(
        DatasetIdentity dataset, Editor by, Func<ImmutableDictionary<string, T>, IReadOnlyList<T>> make, string? verb,
        CancellationToken ct) =>
        (await WriteAsync(dataset, by, make, new EditNote(verb), ct)).Items;

    /// <summary>As <see cref="EditAsync"/>, with more to say of the edit.</summary>
    protected async Task<Edited<T>> WriteAsync(
        DatasetIdentity dataset, Editor by, Func<ImmutableDictionary<string, T>, IReadOnlyList<T>> make, EditNote note,
        CancellationToken ct)
    {
        var writing = Begin(dataset, by, make, note, ct);
        await _journal.AppendAsync(dataset, writing.Edit);
        return await writing.FinishAsync();
    }

    /// <summary>An edit as <see cref="WriteAsync"/> writes it, for who writes it together with edits of other kinds.</summary>
    private protected Writing<Edited<T>> Begin(
        DatasetIdentity dataset, Editor by, Func<ImmutableDictionary<string, T>, IReadOnlyList<T>> make, EditNote note,
        CancellationToken ct)
    {
        IReadOnlyList<T> items = [];
        var pending = new PendingEdit(this, by.Person, note.Key, (board, number, now) =>
        {
            var (before, made) = ((ImmutableDictionary<string, T>)board, new List<T>());
            var (after, rows) = (before.ToBuilder(), new List<EditRow>());
            var objects = new List<(string Name, ObjectChange Change)>();
            foreach (var wanted in make(before))
            {
                if (after.TryGetValue(wanted.Id, out var twice) && !ReferenceEquals(twice, before.GetValueOrDefault(wanted.Id)))
                {
                    throw new InvalidOperationException($"One edit writes the {noun} {wanted.Id} twice.");
                }

                var known = before.GetValueOrDefault(wanted.Id);
                var version = known?.Version ?? 0;
                objects.Add((NameOf(wanted), wanted.Deleted ? ObjectChange.Deleted
                    : known is null ? ObjectChange.Made : known.Deleted ? ObjectChange.Revived : ObjectChange.Changed));
                var item = wanted.AtVersion(version + 1, now);
                var row = RowOf(dataset, item, JsonSerializer.Serialize(item, Options), by.Person, now);
                (row.Number, row.BaseVersion) = (number, note.Base ?? version);
                rows.Add(row);
                made.Add(item);
                after[item.Id] = item;
            }

            items = made;
            return made.Count == 0 ? null : new PreparedEdit(new EditEntry
            {
                DatasetIdentity = dataset.Value, Number = number, Key = note.Key, Kind = noun, What = note.What, Of = note.Of,
                Step = note.Step,
                Name = note.Name ?? (made.Count == 1 ? $"{note.Verb} {NameOf(made[0])}" : $"{note.Verb} {made.Count} {noun}s"),
                Count = made.Count, Page = note.Page ?? by.History?.Page ?? "", ByKey = by.Person.Key, ByName = by.Person.Name, At = now,
            }, rows, after.ToImmutable(), objects);
        }, ct) { Address = _journal.CallerAddress };
        return new Writing<Edited<T>>(pending, async () =>
        {
            var done = await pending.Done;
            return await DoneAsync(dataset, by, note, done, items, ct);
        });
    }

    private async Task<Edited<T>> DoneAsync(
        DatasetIdentity dataset, Editor by, EditNote note, AppendedEdit done, IReadOnlyList<T> items, CancellationToken ct)
    {
        if (done is { IsRepeat: true, Entry: { } first })
        {
            return new Edited<T>(first.Kind == noun ? await StatesOfAsync(dataset, first.Number, ct) : [], first, IsRepeat: true);
        }

        if (note.Verb is not null && done.Entry is { } entry)
        {
            by.History?.Add(StepOf(dataset, entry));
        }

        return new Edited<T>(items, done.Entry, IsRepeat: false);
    }

    /// <summary>The annotation of an id.</summary>
    /// <exception cref="EditConflictException">There is none, or it was deleted.</exception>
    protected T Existing(ImmutableDictionary<string, T> board, string id) =>
        board.GetValueOrDefault(id) is { Deleted: false } item
            ? item
            : throw new EditConflictException($"The {noun} is not there any more.");

    /// <summary>The annotation of an id as it was when somebody began to change it.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    protected T Unchanged(ImmutableDictionary<string, T> board, string id, int version) =>
        Existing(board, id) is var current && current.Version == version
            ? current
            : throw new EditConflictException($"{NameOf(current)} was changed by somebody else; look at it again.");

    /// <summary>An id that no annotation has.</summary>
    protected static string NewId() => Guid.NewGuid().ToString("N")[..12];

    private protected IDbContextFactory<DendriteDb> Database => database;

    private protected TimeProvider Time => time;

    private static IQueryable<TRow> RowsOf(DendriteDb db, DatasetIdentity dataset) =>
        db.Set<TRow>().AsNoTracking().Where(e => e.DatasetIdentity == dataset.Value);

    private T StateOf(TRow row) => JsonSerializer.Deserialize<T>(row.State, Options)!;

    /// <summary>An annotation as JSON.</summary>
    protected JsonObject ToJson(T item) => (JsonObject)JsonSerializer.SerializeToNode(item, Options)!;

    private JsonObject ToFlat(T item) => Fields.Flat(ToJson(item));

    // Names as they are: one in other letters would pass by what is compared, and be read.
    private JsonSerializerOptions Exact => field ??= new JsonSerializerOptions(Options) { PropertyNameCaseInsensitive = false };

    private T FromFlat(JsonObject flat) => Fields.Whole(flat).Deserialize<T>(Exact)!;
}
