using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Registry;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DendriteViewer.Web.Annotations;

/// <summary>Something that people edit together, and whose every edit is kept: a site, a measurement.</summary>
/// <typeparam name="T">The record itself.</typeparam>
public interface IEdited<T>
    where T : class, IEdited<T>
{
    /// <summary>Stable id within its dataset.</summary>
    string Id { get; }

    /// <summary>Counts the edits from 1.</summary>
    int Version { get; }

    /// <summary>Whether it was deleted; the log keeps it.</summary>
    bool Deleted { get; }

    /// <summary>The same at another version and time.</summary>
    /// <param name="version">The version that an edit makes or expects.</param>
    /// <param name="changedAt">When, Unix milliseconds; null leaves the time.</param>
    T AtVersion(int version, long? changedAt = null);

    /// <summary>The same, deleted.</summary>
    T AsDeleted();
}

/// <summary>One edit of one annotation as the database keeps it. Edits are only ever added.</summary>
public abstract class EditRow
{
    /// <summary>Order of all edits.</summary>
    public long Sequence { get; set; }

    /// <summary>The dataset's identity.</summary>
    public required string DatasetIdentity { get; set; }

    /// <summary>The annotation's version that this edit made; two edits cannot make the same.</summary>
    public int Version { get; set; }

    /// <summary>The whole annotation after the edit, JSON.</summary>
    public required string State { get; set; }

    /// <summary>Who edited: account or link.</summary>
    public required string ByKey { get; set; }

    /// <summary>Who edited, for people.</summary>
    public required string ByName { get; set; }

    /// <summary>When, Unix milliseconds.</summary>
    public long At { get; set; }
}

/// <summary>
/// The annotations of one kind of every dataset: an append-only log in the database, folded into a current state in memory.
/// An edit names the version it is based on; one that came too late is refused rather than lost. Undo is a new edit that restores an
/// earlier state; what can be taken back is in the page's <see cref="EditHistory"/>. Whoever calls has been authorized.
/// </summary>
/// <typeparam name="T">The annotation.</typeparam>
/// <typeparam name="TRow">Its edits in the database.</typeparam>
/// <param name="database">Where the log is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="noun">What messages call an annotation, as "site".</param>
public abstract class EditLog<T, TRow>(IDbContextFactory<DendriteDb> database, TimeProvider time, string noun) : IDatasetFollower
    where T : class, IEdited<T>
    where TRow : EditRow
{
    private readonly ConcurrentDictionary<string, Task<Board>> _boards = new();

    private sealed class Board(ImmutableDictionary<string, T> items)
    {
        public volatile ImmutableDictionary<string, T> Items = items;

        public readonly SemaphoreSlim Writing = new(1, 1);
    }

    /// <summary>Raised after every edit with the dataset's identity; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Changed;

    /// <summary>Raised after an edit that this server wrote, with the dataset's identity; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Written;

    /// <summary>Reads what other servers wrote of a dataset that is in memory; one that is not is read when somebody asks for it.</summary>
    public async Task CatchUpAsync(DatasetIdentity dataset)
    {
        if (!_boards.ContainsKey(dataset.Value))
        {
            return;
        }

        var board = await BoardAsync(dataset);
        await board.Writing.WaitAsync();
        try
        {
            var now = (await LoadAsync(dataset)).Items;
            if (now.Count == board.Items.Count && now.All(i => board.Items.GetValueOrDefault(i.Key)?.Version == i.Value.Version))
            {
                return;
            }

            board.Items = now;
        }
        finally
        {
            board.Writing.Release();
        }

        Changed?.Invoke(dataset);
    }

    /// <summary>Deletes an annotation; the log keeps it, and undo brings it back.</summary>
    public async Task<T> DeleteAsync(DatasetIdentity dataset, string id, Editor by, CancellationToken ct) =>
        (await EditAsync(dataset, by, board => [Existing(board, id).AsDeleted()], "delete", ct))[0];

    /// <summary>All edits of a dataset, oldest first.</summary>
    public async Task<IReadOnlyList<TRow>> HistoryAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Set<TRow>().AsNoTracking().Where(e => e.DatasetIdentity == dataset.Value).OrderBy(e => e.Sequence).ToListAsync(ct);
    }

    // The current state of a dataset that is gone leaves memory. The log keeps every edit, and is folded again for who reads the archive.
    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        _boards.TryRemove(dataset.Value, out _);
        return Task.CompletedTask;
    }

    /// <summary>All annotations as they are now, deleted ones included.</summary>
    protected async Task<ImmutableDictionary<string, T>> BoardAsync(DatasetIdentity dataset, CancellationToken ct) =>
        (await BoardAsync(dataset).WaitAsync(ct)).Items;

    /// <summary>What is not deleted, in no order.</summary>
    protected async Task<IEnumerable<T>> CurrentAsync(DatasetIdentity dataset, CancellationToken ct) =>
        (await BoardAsync(dataset).WaitAsync(ct)).Items.Values.Where(s => !s.Deleted);

    /// <summary>The row of an edit.</summary>
    protected abstract TRow RowOf(DatasetIdentity dataset, T after, string state, Person by, long at);

    /// <summary>An annotation's id in a row.</summary>
    protected abstract string IdOf(TRow row);

    /// <summary>What a message calls an annotation.</summary>
    protected abstract string NameOf(T item);

    /// <summary>How annotations are written.</summary>
    protected abstract JsonSerializerOptions Options { get; }

    /// <summary>Writes edits, all or none, as one step that the editor's page can take back.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="by">Who edits.</param>
    /// <param name="make">From the current state, deleted ones included, to the annotations as they shall be; may throw to refuse.</param>
    /// <param name="verb">What the step is called in undo, as “delete”; null where it is not to be taken back.</param>
    /// <param name="ct">Gives up before the write.</param>
    /// <returns>The annotations as they are now, in the order of <paramref name="make"/>.</returns>
    protected async Task<IReadOnlyList<T>> EditAsync(
        DatasetIdentity dataset, Editor by, Func<ImmutableDictionary<string, T>, IReadOnlyList<T>> make, string? verb, CancellationToken ct)
    {
        var board = await BoardAsync(dataset);
        var (made, changes) = (new List<T>(), ImmutableArray.CreateBuilder<Change>());
        await board.Writing.WaitAsync(ct);
        try
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var wanted = make(board.Items);
            if (wanted.Count == 0)
            {
                return [];
            }

            var items = board.Items.ToBuilder();
            await using var db = await database.CreateDbContextAsync(ct);
            foreach (var item in wanted)
            {
                var before = board.Items.GetValueOrDefault(item.Id);
                var after = item.AtVersion((before?.Version ?? 0) + 1, now);
                db.Set<TRow>().Add(RowOf(dataset, after, JsonSerializer.Serialize(after, Options), by.Person, now));
                items[after.Id] = after;
                made.Add(after);
                changes.Add(new Change(before ?? after.AsDeleted(), after));
            }

            // Not to be cancelled half-way: what is written must be what is remembered.
            await db.SaveChangesAsync(CancellationToken.None);
            board.Items = items.ToImmutable();
            if (verb is not null)
            {
                var name = made.Count == 1 ? $"{verb} {NameOf(made[0])}" : $"{verb} {made.Count} {noun}s";
                by.History?.Add(new Step(this, dataset, name, changes.ToImmutable()));
            }
        }
        catch (DbUpdateException e)
        {
            // The log and the memory of it differ (another server, say): read it again next time.
            _boards.TryRemove(dataset.Value, out _);
            if (IsTaken(e))
            {
                throw new EditConflictException($"Somebody else changed the {noun} at the same moment; try again.");
            }

            // A full disk, say: whoever asked hears of it as of any failure.
            throw;
        }
        finally
        {
            board.Writing.Release();
        }

        Changed?.Invoke(dataset);
        Written?.Invoke(dataset);
        return made;
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

    // One annotation's part of a step. Where it was not there before, Before is marked as deleted.
    private sealed record Change(T Before, T After);

    private sealed record Step(EditLog<T, TRow> Log, DatasetIdentity Dataset, string Name, ImmutableArray<Change> Changes)
        : EditStep(Name, Changes.Length)
    {
        public override async Task<(EditStepResult Result, EditStep? Reverse)> TakeBackAsync(Person by, CancellationToken ct)
        {
            ImmutableArray<Change> taken = [];
            await Log.EditAsync(Dataset, by, items =>
            {
                taken = [.. Changes.Where(c => items.GetValueOrDefault(c.After.Id) is { } now && Log.IsSame(now, c.After))];
                return [.. taken.Select(c => c.Before)];
            }, verb: null, ct);
            var kept = Changes.Except(taken).Select(c => Log.NameOf(c.After)).ToArray();
            return (new EditStepResult(Name, taken.Length, kept),
                taken.Length == 0 ? null : this with { Changes = [.. taken.Select(c => new Change(c.After, c.Before))] });
        }
    }

    // Whether an annotation is as an edit left it, whatever was done and taken back meanwhile.
    private bool IsSame(T now, T then) =>
        now.Version == then.Version
        || JsonSerializer.Serialize(now.AtVersion(0, 0), Options) == JsonSerializer.Serialize(then.AtVersion(0, 0), Options);

    // Two edits made the same version.
    private static bool IsTaken(DbUpdateException e) =>
        e.InnerException is SqliteException { SqliteErrorCode: 19 } or PostgresException { SqlState: "23505" };

    private async Task<Board> BoardAsync(DatasetIdentity dataset)
    {
        var task = _boards.GetOrAdd(dataset.Value, _ => LoadAsync(dataset));
        try
        {
            return await task;
        }
        catch
        {
            _boards.TryRemove(new KeyValuePair<string, Task<Board>>(dataset.Value, task));
            throw;
        }
    }

    private async Task<Board> LoadAsync(DatasetIdentity dataset)
    {
        var items = ImmutableDictionary.CreateBuilder<string, T>();
        foreach (var edit in await HistoryAsync(dataset, CancellationToken.None))
        {
            items[IdOf(edit)] = JsonSerializer.Deserialize<T>(edit.State, Options)!;
        }

        return new Board(items.ToImmutable());
    }
}

/// <summary>An edit that would overwrite somebody else's.</summary>
public sealed class EditConflictException(string message) : Exception(message);
