using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>
/// The journals of all datasets: numbers the edits of every kind of annotation, writes them, and keeps what they add up to in memory.
/// An edit is a function of the annotations as they are, so that it can be made again upon what another server wrote first: the database
/// lets only one entry have a number. Edits that wait while others are written go into the next transaction together; each of them is
/// answered after its commit.
/// </summary>
/// <param name="database">Where journals are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="audit">Told of deletions, restorations and imports in the transaction that does them; null for nobody.</param>
public sealed class EditJournal(IDbContextFactory<DendriteDb> database, TimeProvider time, AuditLog? audit = null)
{
    private const string TurnPatience = "2s";
    private const int MostTries = 12, MostTogether = 256, MostRecalled = 400, MostParts = 8;

    private readonly ConcurrentDictionary<DatasetIdentity, Ledger> _ledgers = new();

    // What a journal adds up to after an entry: of each kind that was asked for, its annotations. Never changed, only replaced.
    private sealed record Folded(long Number, ImmutableDictionary<IJournalKind, object> Boards);

    private sealed class Ledger
    {
        // What waits to be written, oldest first.
        public readonly ConcurrentQueue<PendingEdit> Waiting = new();

        // Held while entries are read or written.
        public readonly SemaphoreSlim Turn = new(1, 1);

        // Replaced by who holds the turn; read by all. Number -1 means that nothing was read yet.
        public volatile Folded State = new(-1, ImmutableDictionary<IJournalKind, object>.Empty);

        // Whether the database may have entries that the state lacks.
        public volatile bool IsBehind = true;
    }

    /// <summary>Raised in order after entries of this server were written, with them; handlers must be quick.</summary>
    public event Action<DatasetIdentity, IReadOnlyList<JournalEntry>>? Appended;

    /// <summary>Raised after entries of other servers were taken in, with the last one's number; handlers must be quick.</summary>
    public event Action<DatasetIdentity, long>? CaughtUp;

    /// <summary>The network address that the current call comes from, for the audit log; null where it is not known.</summary>
    internal string? CallerAddress => audit?.Address();

    /// <summary>The number of the last entry; 0 where nothing was edited yet.</summary>
    public async Task<long> NumberAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        var ledger = LedgerOf(dataset);
        return ledger.IsBehind || ledger.State.Number < 0 ? (await ReadAsync(dataset, ledger, null, ct)).Number : ledger.State.Number;
    }

    /// <summary>The number of the last entry that was taken in, of each dataset that somebody asked for.</summary>
    public IEnumerable<(DatasetIdentity Dataset, long Number)> Numbers =>
        _ledgers.Select(l => (l.Key, l.Value.State.Number)).Where(l => l.Number >= 0);

    /// <summary>Takes in what other servers wrote.</summary>
    public async Task CatchUpAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        // What nobody asked for yet is read when somebody does.
        if (_ledgers.TryGetValue(dataset, out var ledger))
        {
            ledger.IsBehind = true;
            await ReadAsync(dataset, ledger, null, ct);
        }
    }

    /// <summary>Takes in what other servers wrote into any journal that is in memory.</summary>
    public async Task CatchUpAllAsync(CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var datasets = _ledgers.Keys.Select(d => d.Value).ToArray();
        var last = await db.EditEntries.Where(e => datasets.Contains(e.DatasetIdentity)).GroupBy(e => e.DatasetIdentity)
            .Select(g => new { Dataset = g.Key, Number = g.Max(e => e.Number) }).ToDictionaryAsync(g => g.Dataset, g => g.Number, ct);
        foreach (var (dataset, ledger) in _ledgers)
        {
            if (last.GetValueOrDefault(dataset.Value) > ledger.State.Number)
            {
                await CatchUpAsync(dataset, ct);
            }
        }
    }

    /// <summary>Whether a dataset has an entry with a key.</summary>
    internal async Task<bool> IsWrittenAsync(DatasetIdentity dataset, string key, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.EditEntries.AnyAsync(e => e.DatasetIdentity == dataset.Value && e.Key == key, ct);
    }

    /// <summary>Entries of a dataset after one, in order, without their rows.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="after">The last number that is known.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<IReadOnlyList<EditEntry>> SinceAsync(DatasetIdentity dataset, long after, int most, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.EditEntries.AsNoTracking().Where(e => e.DatasetIdentity == dataset.Value && e.Number > after)
            .OrderBy(e => e.Number).Take(most).ToListAsync(ct);
    }

    /// <summary>The entries that were written as one with an entry, itself among them, in order; none where it is not there.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="number">The entry's number.</param>
    /// <param name="ct">Stops it.</param>
    internal async Task<IReadOnlyList<EditEntry>> StepAsync(DatasetIdentity dataset, long number, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var near = await db.EditEntries.AsNoTracking()
            .Where(e => e.DatasetIdentity == dataset.Value && e.Number > number - MostParts && e.Number < number + MostParts)
            .OrderBy(e => e.Number).ToListAsync(ct);
        var at = near.FindIndex(e => e.Number == number);
        if (at < 0 || near[at].Step is null)
        {
            return at < 0 ? [] : [near[at]];
        }

        bool Belongs(EditEntry e) => e.Step == near[at].Step && e.What == near[at].What && e.ByKey == near[at].ByKey;
        var (first, last) = (at, at);
        while (first > 0 && Belongs(near[first - 1]))
        {
            first--;
        }

        while (last < near.Count - 1 && Belongs(near[last + 1]))
        {
            last++;
        }

        return near[first..(last + 1)];
    }

    /// <summary>
    /// What somebody did in some pages and can still take back, and what they took back and can make again, each oldest first.
    /// </summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="byKey">Who.</param>
    /// <param name="pages">The pages, as entries call them.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<(IReadOnlyList<EditEntry> Undo, IReadOnlyList<EditEntry> Redo)> RecallAsync(
        DatasetIdentity dataset, string byKey, IReadOnlyCollection<string> pages, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var newest = await db.EditEntries.AsNoTracking()
            .Where(e => e.DatasetIdentity == dataset.Value && e.ByKey == byKey && pages.Contains(e.Page))
            .OrderByDescending(e => e.Number).Take(MostRecalled).ToListAsync(ct);
        var (undo, redo) = (new List<EditEntry>(), new List<EditEntry>());
        foreach (var entry in Enumerable.Reverse(newest))
        {
            switch (entry.What)
            {
                case EditWhat.Undo:
                    undo.RemoveAll(e => e.Number == entry.Of);
                    redo.Add(entry);
                    break;
                case EditWhat.Redo:
                    redo.RemoveAll(e => e.Number == entry.Of);
                    undo.Add(entry);
                    break;
                default:
                    redo.Clear();
                    undo.Add(entry);
                    break;
            }
        }

        return (undo, redo);
    }

    /// <summary>The annotations of a kind, and the last entry that is in them.</summary>
    internal async Task<(object Board, long Number)> BoardAsync(DatasetIdentity dataset, IJournalKind kind, CancellationToken ct)
    {
        var ledger = LedgerOf(dataset);
        var state = ledger.State;
        if (ledger.IsBehind || !state.Boards.ContainsKey(kind))
        {
            state = await ReadAsync(dataset, ledger, kind, ct);
        }

        return (state.Boards[kind], state.Number);
    }

    /// <summary>
    /// Holds back what is appended to a journal until it is disposed of, so that all of it goes into one transaction: a database that
    /// answers at once, as SQLite does, would write the first before the second is there. Whoever holds it begins edits and awaits none.
    /// </summary>
    internal async Task<IDisposable> GatherAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        var turn = LedgerOf(dataset).Turn;
        await turn.WaitAsync(ct);
        return new Gathering(turn);
    }

    private sealed class Gathering(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    /// <summary>Writes an edit, with what else waits.</summary>
    /// <returns>After the commit, the entry.</returns>
    internal async Task<AppendedEdit> AppendAsync(DatasetIdentity dataset, PendingEdit edit)
    {
        var ledger = LedgerOf(dataset);
        ledger.Waiting.Enqueue(edit);

        // Whoever has the turn first writes what waits by then; the others find theirs written.
        await ledger.Turn.WaitAsync(CancellationToken.None);
        try
        {
            while (!edit.IsOver)
            {
                var together = new List<PendingEdit>();
                while (together.Count < MostTogether && ledger.Waiting.TryDequeue(out var next))
                {
                    if (!next.IsOver)
                    {
                        together.Add(next);
                    }
                }

                await using var turn = together.Count > 0 ? await TurnAmongServersAsync(dataset) : null;
                if (turn is not null)
                {
                    // Whoever had the turn before may have written.
                    ledger.IsBehind = true;
                }

                await WriteAsync(dataset, ledger, together);
            }
        }
        finally
        {
            ledger.Turn.Release();
        }

        return await edit.Done;
    }

    /// <summary>A dataset that is gone leaves memory. Its entries are kept, and read again for who reads the archive.</summary>
    internal void Forget(DatasetIdentity dataset) => _ledgers.TryRemove(dataset, out _);

    private Ledger LedgerOf(DatasetIdentity dataset) => _ledgers.GetOrAdd(dataset, _ => new Ledger());

    private async Task<Folded> ReadAsync(DatasetIdentity dataset, Ledger ledger, IJournalKind? kind, CancellationToken ct)
    {
        await ledger.Turn.WaitAsync(ct);
        try
        {
            return await ReadInTurnAsync(dataset, ledger, kind is null ? [] : [kind], ct);
        }
        finally
        {
            ledger.Turn.Release();
        }
    }

    // Takes in what the database has more, and the kinds that were not asked for before.
    private async Task<Folded> ReadInTurnAsync(
        DatasetIdentity dataset, Ledger ledger, IReadOnlyCollection<IJournalKind> kinds, CancellationToken ct)
    {
        var before = ledger.State;
        var isBehind = ledger.IsBehind;
        if (!isBehind && kinds.All(before.Boards.ContainsKey))
        {
            return before;
        }

        // Before the question: who hears of more while it is asked sets it again.
        ledger.IsBehind = false;
        try
        {
            ledger.State = await ReadMoreAsync(dataset, before, isBehind, kinds, ct);
        }
        catch
        {
            ledger.IsBehind = true;
            throw;
        }

        if (before.Number >= 0 && ledger.State.Number > before.Number)
        {
            foreach (var kind in before.Boards.Keys)
            {
                kind.RaiseChanged(dataset);
            }

            CaughtUp?.Invoke(dataset, ledger.State.Number);
        }

        return ledger.State;
    }

    private async Task<Folded> ReadMoreAsync(
        DatasetIdentity dataset, Folded before, bool isBehind, IReadOnlyCollection<IJournalKind> kinds, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var (number, boards) = (before.Number, before.Boards);
        if (isBehind)
        {
            number = await db.EditEntries.Where(e => e.DatasetIdentity == dataset.Value).MaxAsync(e => (long?)e.Number, ct) ?? 0;
            foreach (var (kind, board) in before.Boards)
            {
                boards = boards.SetItem(kind, await kind.FoldAsync(db, dataset, board, before.Number, number, ct));
            }
        }

        foreach (var kind in kinds.Where(k => !boards.ContainsKey(k)))
        {
            boards = boards.SetItem(kind, await kind.FoldAsync(db, dataset, null, 0, number, ct));
        }

        return new Folded(number, boards);
    }

    private async Task WriteAsync(DatasetIdentity dataset, Ledger ledger, IReadOnlyList<PendingEdit> edits)
    {
        List<JournalEntry> entries = [];
        for (var tries = 1; edits.Count > 0; tries++)
        {
            try
            {
                await ReadInTurnAsync(dataset, ledger, KindsOf(edits), CancellationToken.None);
                entries = await CommitAsync(dataset, ledger, edits);
                break;
            }
            catch (DbUpdateException e) when (IsTaken(e) && tries < MostTries)
            {
                // Another server was first: the edits are made again upon what it wrote.
                ledger.IsBehind = true;
            }
            catch (Exception e)
            {
                // Whether it was written may be unknown, as where a connection broke at the commit.
                ledger.IsBehind = true;
                var isRefused = e is DbUpdateException { InnerException: SqliteException or PostgresException };
                var why = isRefused && IsTaken((DbUpdateException)e)
                    ? new EditConflictException("Others edit this dataset at the same moment; try again.") : e;
                foreach (var edit in edits)
                {
                    // One edit that the database refuses does not take the others along.
                    if (isRefused && edits.Count > 1)
                    {
                        await WriteAsync(dataset, ledger, [edit]);
                    }
                    else
                    {
                        edit.Fail(why);
                    }
                }

                return;
            }
        }

        Tell(dataset, edits, entries);
    }

    // Servers that share a PostgreSQL write one after another, so that few edits are in vain. What is relied on are the unique numbers:
    // where the turn does not come, edits are tried without it. A server that dies loses it with its connection.
    private async Task<IAsyncDisposable?> TurnAmongServersAsync(DatasetIdentity dataset)
    {
        var db = await database.CreateDbContextAsync(CancellationToken.None);
        if (!db.Database.IsNpgsql())
        {
            await db.DisposeAsync();
            return null;
        }

        try
        {
            var lockId = BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes("journal " + dataset.Value)));
            await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlAsync(
                $"SELECT set_config('lock_timeout', {TurnPatience}, true), pg_advisory_xact_lock({lockId})");
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The write itself says what is wrong.
        }

        return db;
    }

    // Writes edits in one transaction, and answers each of them after it.
    private async Task<List<JournalEntry>> CommitAsync(DatasetIdentity dataset, Ledger ledger, IReadOnlyList<PendingEdit> edits)
    {
        await using var db = await database.CreateDbContextAsync(CancellationToken.None);
        var written = await WrittenAsync(db, dataset, edits);
        var answers = new List<Action>(edits.Count);
        var entries = new List<JournalEntry>(edits.Count);
        var audited = new AuditedEdits();
        var (now, number, boards) = (time.GetUtcNow().ToUnixTimeMilliseconds(), ledger.State.Number, ledger.State.Boards);
        foreach (var edit in edits)
        {
            if (edit.Key is { } key && written.TryGetValue(key, out var first))
            {
                answers.Add(first.ByKey == edit.By.Key
                    ? () => edit.CompleteAsRepeat(first)
                    : () => edit.Fail(new EditConflictException("Somebody else's edit has this key; send it with another.")));
                continue;
            }

            try
            {
                var (made, at, after) = (new PreparedEdit?[edit.Parts.Count], number, boards);
                for (var i = 0; i < made.Length; i++)
                {
                    made[i] = edit.Parts[i].Prepare(after[edit.Parts[i].Kind], at + 1, now);
                    (at, after) = made[i] is { } one ? (at + 1, after.SetItem(edit.Parts[i].Kind, one.Board)) : (at, after);
                }

                // Nothing of it is refused any more. One entry has the key, whichever part is the first that changes something.
                long? step = at > number + 1 ? number + 1 : null;
                if (edit.Key is { } own && Array.Find(made, m => m is not null) is { } keyed)
                {
                    keyed.Entry.Key = own;
                    written[own] = keyed.Entry;
                }

                for (var i = 0; i < made.Length; i++)
                {
                    var (part, one) = (edit.Parts[i], made[i]);
                    answers.Add(() => part.Complete(new AppendedEdit(one?.Entry, IsRepeat: false)));
                    if (one is not null)
                    {
                        one.Entry.Step ??= step;
                        db.EditEntries.Add(one.Entry);
                        db.AddRange(one.Rows);
                        entries.Add(new JournalEntry(one.Entry, one.Rows));
                    }
                }

                if (edit.Beside is null)
                {
                    audited.Add(edit, [.. made.OfType<PreparedEdit>()]);
                }
                else if (at > number)
                {
                    // Whoever holds the turn writes it, which may be another's request.
                    var told = edit.Beside();
                    told.Address = edit.Address;
                    db.Audit.Add(told);
                }

                (number, boards) = (at, after);
            }
            catch (Exception e)
            {
                answers.Add(() => edit.Fail(e));
            }
        }

        if (entries.Count > 0)
        {
            if (audit is not null)
            {
                db.Audit.AddRange(audited.EntriesOf(audit, dataset));
            }

            // Not to be cancelled half-way: what is written must be what is remembered.
            await db.SaveChangesAsync(CancellationToken.None);
            ledger.State = new Folded(number, boards);
        }

        answers.ForEach(answer => answer());
        return entries;
    }

    private void Tell(DatasetIdentity dataset, IReadOnlyList<PendingEdit> edits, List<JournalEntry> entries)
    {
        if (entries.Count > 0)
        {
            foreach (var kind in KindsOf(edits).Where(k => entries.Exists(e => e.Entry.Kind == k.Kind)))
            {
                kind.RaiseChanged(dataset);
            }

            Appended?.Invoke(dataset, entries);
        }
    }

    private static IReadOnlyCollection<IJournalKind> KindsOf(IReadOnlyList<PendingEdit> edits) =>
        [.. edits.SelectMany(e => e.Parts).Select(p => p.Kind).Distinct()];

    // The entries that edits with the same keys made before.
    private static async Task<Dictionary<string, EditEntry>> WrittenAsync(
        DendriteDb db, DatasetIdentity dataset, IReadOnlyList<PendingEdit> edits)
    {
        var keys = edits.Where(e => e.Key is not null).Select(e => e.Key).ToArray();
        return keys.Length == 0 ? [] : await db.EditEntries.AsNoTracking()
            .Where(e => e.DatasetIdentity == dataset.Value && keys.Contains(e.Key)).ToDictionaryAsync(e => e.Key!, CancellationToken.None);
    }

    // Another entry has the number or the key, or another row the version.
    private static bool IsTaken(DbUpdateException e) =>
        e.InnerException is SqliteException { SqliteExtendedErrorCode: 1555 or 2067 } or PostgresException { SqlState: "23505" };
}
