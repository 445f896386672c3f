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
/// earlier state, for each editor. Whoever calls has been authorized.
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

        public readonly ConcurrentDictionary<string, EditHistory<T>> Histories = new();
    }

    /// <summary>Raised after every edit with the dataset's identity; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Changed;

    /// <summary>Deletes an annotation; the log keeps it, and undo brings it back.</summary>
    public async Task<T> DeleteAsync(DatasetIdentity dataset, string id, Person by, CancellationToken ct) =>
        (await EditAsync(dataset, by, board => [Existing(board, id).AsDeleted()], remember: true, ct))[0];

    /// <summary>Takes the editor's last edit back, as a new edit. Null where there is none, or somebody changed it since.</summary>
    public Task<T?> UndoAsync(DatasetIdentity dataset, Person by, CancellationToken ct) => StepAsync(dataset, by, undo: true, ct);

    /// <summary>Makes the edit again that was taken back last.</summary>
    public Task<T?> RedoAsync(DatasetIdentity dataset, Person by, CancellationToken ct) => StepAsync(dataset, by, undo: false, ct);

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

    /// <summary>Writes edits, all or none.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="by">Who edits.</param>
    /// <param name="make">From the current state, deleted ones included, to the annotations as they shall be; may throw to refuse.</param>
    /// <param name="remember">Whether the editor may take it back.</param>
    /// <param name="ct">Gives up before the write.</param>
    protected async Task<IReadOnlyList<T>> EditAsync(
        DatasetIdentity dataset, Person by, Func<ImmutableDictionary<string, T>, T[]> make, bool remember, CancellationToken ct)
    {
        var board = await BoardAsync(dataset);
        var made = new List<(T? Before, T After)>();
        await board.Writing.WaitAsync(ct);
        try
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var items = board.Items.ToBuilder();
            await using var db = await database.CreateDbContextAsync(ct);
            foreach (var wanted in make(board.Items))
            {
                var before = board.Items.GetValueOrDefault(wanted.Id);
                var after = wanted.AtVersion((before?.Version ?? 0) + 1, now);
                db.Set<TRow>().Add(RowOf(dataset, after, JsonSerializer.Serialize(after, Options), by, now));
                items[after.Id] = after;
                made.Add((before, after));
            }

            // Not to be cancelled half-way: what is written must be what is remembered.
            await db.SaveChangesAsync(CancellationToken.None);
            board.Items = items.ToImmutable();
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

        foreach (var (before, after) in made.Where(_ => remember))
        {
            board.Histories.GetOrAdd(by.Key, _ => new EditHistory<T>()).Did(before, after);
        }

        Changed?.Invoke(dataset);
        return made.Select(m => m.After).ToArray();
    }

    /// <summary>The annotation of an id, deleted or not.</summary>
    /// <exception cref="EditConflictException">There is none.</exception>
    protected T Existing(ImmutableDictionary<string, T> board, string id) =>
        board.GetValueOrDefault(id) ?? throw new EditConflictException($"The {noun} is not there any more.");

    /// <summary>The annotation of an id as it was when somebody began to change it.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    protected T Unchanged(ImmutableDictionary<string, T> board, string id, int version) =>
        Existing(board, id) is var current && current.Version == version
            ? current
            : throw new EditConflictException($"{NameOf(current)} was changed by somebody else; look at it again.");

    /// <summary>An id that no annotation has.</summary>
    protected static string NewId() => Guid.NewGuid().ToString("N")[..12];

    private async Task<T?> StepAsync(DatasetIdentity dataset, Person by, bool undo, CancellationToken ct)
    {
        var board = await BoardAsync(dataset);
        var history = board.Histories.GetOrAdd(by.Key, _ => new EditHistory<T>());

        // One step at a time: a key held down asks for several at once.
        await history.Stepping.WaitAsync(ct);
        try
        {
            if ((undo ? history.PeekUndo() : history.PeekRedo()) is not { } step)
            {
                return null;
            }

            try
            {
                var item = (await EditAsync(dataset, by, items =>
                {
                    var current = items.GetValueOrDefault(step.Id);
                    return current is not null && current.Version == step.Version
                        ? [(step.Other ?? current.AsDeleted()).AtVersion(current.Version)]
                        : throw new EditConflictException($"Somebody else changed the {noun} since.");
                }, remember: false, ct))[0];
                history.Moved(undo, step, item.Version);
                return item;
            }
            catch (EditConflictException)
            {
                history.Drop(undo, step);
                return null;
            }
        }
        finally
        {
            history.Stepping.Release();
        }
    }

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
