using System.Collections.Concurrent;
using System.Security.Claims;
using DendriteViewer.Analysis;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Impedance;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Cell;

/// <summary>
/// Where files are added to the cell of a dataset and what is said of it is changed, by pages and programs alike. What a page changes is
/// a step of its history, which undo takes back in order. Whoever calls has been authorized.
/// </summary>
public sealed class CellDesk(DatasetStore store, ComputeLanes lanes, AnswerTurns turns, Budgets budgets, TimeProvider time)
    : IDatasetFollower
{
    private const int MostHeld = 64;
    private const int MostTries = 100;

    // Reading of files and rows, of a processor, roughly.
    private const double BytesASecond = 16 << 20;

    // Rows that are in memory, gone through for a plot.
    private const double RowsASecond = 2_000_000;

    // Rows of series in the reports that are held: some 30 bytes each. One that has more alone is held while it is asked for.
    private const long MostRows = 20_000_000;

    // Files that are received and read at once; each may take 128 MiB and several times that while it is read.
    private const int MostUploads = 2;

    // A report that nobody asked for so long is forgotten.
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);

    // A line that is slower than this must not keep others from adding files.
    private static readonly TimeSpan s_receiving = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _uploads = new(MostUploads, MostUploads);

    // Who looks for what other servers write: one for all pages of a dataset; under its lock.
    private readonly Dictionary<DatasetIdentity, (CellWatch Looking, int Pages)> _watched = [];

    // What was read of a dataset's log; the least recently used is forgotten, and read again when somebody asks.
    private readonly ConcurrentDictionary<DatasetIdentity, OpenCell> _open = new();

    /// <summary>Raised when the files, events or settings of a dataset's cell changed; handlers must be quick.</summary>
    private event Action<DatasetIdentity>? Changed;

    /// <summary>Bytes that a row of a series counts where rows are written.</summary>
    public const long BytesARow = 64;

    /// <summary>What plots of rows that are in memory take of a processor, in seconds, roughly.</summary>
    public static double PlotSeconds(long rows) => rows / RowsASecond;

    /// <summary>As how many changes an added file counts.</summary>
    public const int FileCounts = 5;

    /// <summary>Counts what somebody changes in a page, whose circuit has no network address that could be asked for.</summary>
    /// <exception cref="BudgetSpentException">It was too much.</exception>
    public void Spend(ClaimsPrincipal user, int counts = 1) =>
        budgets.CellChange(ClientKeys.OfPage(user), counts);

    /// <summary>What belongs to the cell now, with what other servers wrote meanwhile.</summary>
    /// <exception cref="VolumeFormatException">The log is damaged.</exception>
    public async Task<CellState> StateAsync(Dataset dataset, CancellationToken ct)
    {
        var cell = Of(dataset);
        await cell.Changing.WaitAsync(ct);
        try
        {
            return await CatchUpAsync(cell, ct);
        }
        finally
        {
            cell.Changing.Release();
        }
    }

    /// <summary>What belonged to the cell at an earlier version.</summary>
    /// <exception cref="ArgumentException">There is no such version.</exception>
    public Task<CellState> StateAsync(Dataset dataset, int version, CancellationToken ct) =>
        new CellLog(store.Blobs, dataset).StateAsync(version, ct);

    /// <summary>
    /// The time axis of the cell: series, charge, sweeps and events on the scans' clock. It is worked out once for a state.
    /// </summary>
    public async Task<CellReport> ReportAsync(Dataset dataset, CancellationToken ct)
    {
        var (state, cell) = (await StateAsync(dataset, ct), Of(dataset));
        return await cell.ReportAsync(dataset.Revision, state, () =>
        {
            var made = lanes[Urgency.Resting].RunAsync(
                () => CellReport.OfAsync(store, dataset, state, f => cell.Log.ReadAsync(f, CancellationToken.None), CancellationToken.None),
                CancellationToken.None);
            _ = Task.Run(() => ForgetAsync(cell, made), CancellationToken.None);
            return made;
        }).WaitAsync(ct);
    }

    /// <summary>Computes or reads something of a cell that takes a while, when it is the turn of who asks.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="bytes">About how many bytes it goes through.</param>
    /// <param name="work">The work.</param>
    /// <param name="ct">Gives up.</param>
    public Task<T> ComputeAsync<T>(string owner, long bytes, Func<T> work, CancellationToken ct) =>
        turns.RunAsync(owner, bytes / BytesASecond, work, ct);

    /// <summary>Makes plots of series when it is the turn of who asks.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="rows">The rows of the series.</param>
    /// <param name="work">The work.</param>
    /// <param name="ct">Gives up.</param>
    public Task<T> PlotAsync<T>(string owner, long rows, Func<T> work, CancellationToken ct) =>
        turns.RunAsync(owner, PlotSeconds(rows), work, ct);

    /// <summary>Adds a file: it is read once by the reader of its kind, kept under its checksum, and written to the log.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="name">Its name; a folder before it is left out.</param>
    /// <param name="content">Its content.</param>
    /// <param name="by">Who adds it.</param>
    /// <param name="ct">Gives up before the file belongs to the cell.</param>
    /// <param name="said">What is said of it; null for nothing. Its id is not used.</param>
    /// <exception cref="MeasurementException">It cannot be read, or is too large; the sentence says why.</exception>
    /// <exception cref="OutOfRangeException">It is there already, there is no room, or what is said of it cannot be.</exception>
    public async Task<CellFile> AddAsync(
        Dataset dataset, CellFileKind kind, string name, Stream content, Editor by, CancellationToken ct, DescribeFile? said = null)
    {
        name = name.Trim().Split('/', '\\')[^1];
        if (!CellEntry.IsName(name))
        {
            throw new OutOfRangeException($"A file’s name has 1 to {CellEntry.MostText} characters on one line; rename it.");
        }

        await _uploads.WaitAsync(ct);
        try
        {
            return await ReceiveAsync(dataset, kind, name, content, by, said, ct);
        }
        finally
        {
            _uploads.Release();
        }
    }

    private async Task<CellFile> ReceiveAsync(
        Dataset dataset, CellFileKind kind, string name, Stream content, Editor by, DescribeFile? said, CancellationToken ct)
    {
        var bytes = await ReadAllAsync(name, content, ct);
        var file = new CellFile(Guid.NewGuid(), kind, name, new string('0', 64), bytes.Length, by.Person.Name, time.GetUtcNow())
        {
            Licence = said?.Licence, Source = said?.Source, Clock = said?.Clock, StartHours = said?.StartHours, Options = said?.Options,
        };
        CellEntry.Check(new AddFile(file));
        (await StateAsync(dataset, ct)).Check(new AddFile(file));
        await ComputeAsync(by.Person.Key, bytes.Length, () => CellFileReader.Check(file, bytes), ct);
        var log = Of(dataset).Log;
        file = file with { Sha256 = await log.StoreAsync(bytes, ct) };
        await ChangeAsync(dataset, new AddFile(file), by, ct);
        return file;
    }

    /// <summary>Changes what belongs to the cell, as an entry of its log and a step of the page's history.</summary>
    /// <returns>The state that it led to.</returns>
    /// <exception cref="OutOfRangeException">The change cannot be made; the sentence says why.</exception>
    public async Task<CellState> ChangeAsync(Dataset dataset, CellEdit edit, Editor by, CancellationToken ct)
    {
        CellEntry.Check(edit switch
        {
            ChangeFile file => file.Mine,
            ChangeSettings settings => new SetSettings(settings.Key, settings.Mine),
            _ => edit,
        });
        await CheckAsync(dataset, edit, by.Person.Key, ct);
        var (made, before, after) = (await AppendAsync(dataset, On, by.Person, ct))!.Value;
        CellEdit On(CellState now) => edit switch
        {
            ChangeFile file => file.On(now),
            ChangeSettings settings => Readable(settings.On(now)),
            _ => edit,
        };
        if (CellReverse.Of(made, before, after) is { } reverse)
        {
            by.History?.Add(new Step(this, dataset, reverse, Again: false));
        }

        return after;
    }

    /// <summary>Copies a file's content as it was given, a piece at a time.</summary>
    /// <exception cref="VolumeFormatException">It is missing or damaged; <see cref="CellLog.CopyToAsync"/>.</exception>
    public Task CopyToAsync(Dataset dataset, CellFile file, Stream target, CancellationToken ct) =>
        Of(dataset).Log.CopyToAsync(file, target, ct);

    /// <summary>A file's content as it was given.</summary>
    /// <exception cref="VolumeFormatException">It is missing or damaged.</exception>
    public Task<byte[]> ReadAsync(Dataset dataset, CellFile file, CancellationToken ct) => Of(dataset).Log.ReadAsync(file, ct);

    /// <summary>
    /// Calls back whenever something of a dataset's cell changed, here or on another server, which is looked for every few seconds.
    /// </summary>
    /// <returns>Ends it.</returns>
    public IDisposable Watch(DatasetIdentity dataset, Action changed)
    {
        void On(DatasetIdentity id)
        {
            if (id == dataset)
            {
                changed();
            }
        }

        Changed += On;
        lock (_watched)
        {
            _watched[dataset] = _watched.TryGetValue(dataset, out var known) ? (known.Looking, known.Pages + 1)
                : (new CellWatch(time, ct => LookAsync(dataset, ct)), 1);
        }

        return new Ending(() =>
        {
            Changed -= On;
            EndWatch(dataset);
        });
    }

    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        _open.TryRemove(dataset, out _);
        return Task.CompletedTask;
    }

    private void EndWatch(DatasetIdentity dataset)
    {
        lock (_watched)
        {
            var (looking, pages) = _watched[dataset];
            if (pages > 1)
            {
                _watched[dataset] = (looking, pages - 1);
                return;
            }

            _watched.Remove(dataset);
            looking.Dispose();
        }
    }

    // Forgets the reports that were asked for longest ago where all have too many rows, and this one when nobody asked for it for a while.
    private async Task ForgetAsync(OpenCell cell, Task<CellReport> made)
    {
        await Task.WhenAny(made);
        foreach (var other in _open.Values.Where(c => c != cell).OrderBy(c => c.UsedAt))
        {
            if (_open.Values.Sum(c => c.Rows) <= MostRows)
            {
                break;
            }

            other.Forget();
        }

        while (cell.Holds(made))
        {
            if (time.GetElapsedTime(cell.UsedAt) is var since && since >= s_idle)
            {
                cell.Forget();
                return;
            }

            await Task.Delay(s_idle - since, time);
        }
    }

    private async Task LookAsync(DatasetIdentity identity, CancellationToken ct)
    {
        // Who finds another reading leaves it to that.
        if (_open.TryGetValue(identity, out var cell) && await cell.Changing.WaitAsync(0, ct))
        {
            try
            {
                await CatchUpAsync(cell, ct);
            }
            finally
            {
                cell.Changing.Release();
            }
        }
    }

    // Whoever calls holds the cell's semaphore.
    private async Task<CellState> CatchUpAsync(OpenCell cell, CancellationToken ct)
    {
        var news = await cell.Log.ReadAsync(cell.State.Version, ct);
        if (news.Count > 0)
        {
            cell.State = news.Aggregate(cell.State, (state, entry) => state.With(entry));
            Changed?.Invoke(cell.Identity);
        }

        return cell.State;
    }

    // What two people set may be nothing together, though each of them could read their own.
    private static SetSettings Readable(SetSettings merged)
    {
        try
        {
            if (merged.Key.StartsWith("impedance/", StringComparison.Ordinal))
            {
                _ = ImpedanceSettings.Parse(merged.Json);
            }
            else if (merged.Key.StartsWith("absorption/", StringComparison.Ordinal))
            {
                _ = AbsorptionRecipe.Parse(merged.Json);
            }
        }
        catch (ArgumentException e)
        {
            throw new OutOfRangeException($"Nothing was saved of the settings {merged.Key}. {e.Message}");
        }

        return merged;
    }

    // What needs more than the state to be judged.
    private async Task CheckAsync(Dataset dataset, CellEdit edit, string owner, CancellationToken ct)
    {
        switch (edit)
        {
            case AddFile add when !await Of(dataset).Log.HasAsync(add.File.Sha256, ct):
                throw new OutOfRangeException($"The store does not have the content of {add.File.Name}; upload it.");
            case EditEvents change:
                var report = await ReportAsync(dataset, ct);
                _ = (await StateAsync(dataset, ct)).Events.With(change.Edit, report.Report.Events);
                break;
            case ChangeFile change when change.Mine.Options != change.Opened.Options:
                await CheckAsync(dataset, change.On(await StateAsync(dataset, ct)), owner, ct);
                break;
            case DescribeFile said when (await StateAsync(dataset, ct)).Find(said.File) is { } file && file.Options != said.Options:
                var bytes = await ReadAsync(dataset, file, ct);
                await ComputeAsync(
                    owner, bytes.Length, () => CellFileReader.Check(file with { Options = said.Options }, bytes), ct);
                break;
        }
    }

    // What the change is, is asked on the newest state; null for none.
    private async Task<(CellEdit Made, CellState Before, CellState After)?> AppendAsync(
        Dataset dataset, Func<CellState, CellEdit?> make, Person by, CancellationToken ct)
    {
        if (await store.TryOpenAsync(dataset.Id, ct) is not { } now || now.Identity != dataset.Identity)
        {
            throw new OutOfRangeException("This dataset was deleted; nothing was saved.");
        }

        var cell = Of(dataset);
        await cell.Changing.WaitAsync(ct);
        try
        {
            var seen = cell.State.Version;
            for (var i = 0; i < MostTries; i++)
            {
                var before = await CatchUpAsync(cell, ct);
                if (make(before) is not { } edit)
                {
                    return null;
                }

                before.Check(edit);
                var entry = new CellEntry
                {
                    Sequence = before.Version + 1, Dataset = dataset.Identity.Value, By = by.Name,
                    At = time.GetUtcNow().ToUnixTimeMilliseconds(), Base = seen, Edit = edit,
                };
                if (await cell.Log.TryAppendAsync(entry, ct))
                {
                    cell.State = before.With(entry);
                    Changed?.Invoke(cell.Identity);
                    return (edit, before, cell.State);
                }
            }
        }
        finally
        {
            cell.Changing.Release();
        }

        throw new EditConflictException("Others change this cell without a pause; nothing was saved. Try again in a moment.");
    }

    private OpenCell Of(Dataset dataset)
    {
        var cell = _open.GetOrAdd(dataset.Identity, id => new OpenCell(id, new CellLog(store.Blobs, dataset)));
        cell.UsedAt = time.GetTimestamp();
        if (_open.Count > MostHeld && _open.Values.MinBy(c => c.UsedAt) is { } oldest && oldest != cell)
        {
            _open.TryRemove(oldest.Identity, out _);
        }

        return cell;
    }

    private async Task<byte[]> ReadAllAsync(string name, Stream content, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(s_receiving, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            return await ReadAllAsync(name, content, either);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new MeasurementException(
                $"{name} did not arrive within {s_receiving.TotalMinutes:0} minutes; send less at once, or on a faster line.");
        }
    }

    private static async Task<byte[]> ReadAllAsync(string name, Stream content, CancellationTokenSource stop)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        while (await content.ReadAsync(buffer, stop.Token) is > 0 and var n)
        {
            memory.Write(buffer, 0, n);
            if (memory.Length > CellFileReader.MostBytes)
            {
                throw new MeasurementException($"{name} has more than {CellFileReader.MostBytes >> 20} MiB; export less at once, or "
                    + "import a series with dataset.json.");
            }
        }

        return memory.Length > 0 ? memory.ToArray() : throw new MeasurementException($"{name} is empty; export it again.");
    }

    // A change is taken back by an entry of its own, so that nothing is dropped from the log.
    private sealed record Step(CellDesk Desk, Dataset Dataset, CellReverse Reverse, bool Again) : EditStep(Reverse.Name, 1)
    {
        public override async Task<(EditStepResult Result, EditStep? Reverse)> TakeBackAsync(Person by, CancellationToken ct)
        {
            (CellEdit, CellState, CellState)? done;
            try
            {
                done = await Desk.AppendAsync(Dataset, now => Reverse.Holds(now) ? Reverse.Edit : null, by, ct);
            }
            catch (OutOfRangeException e)
            {
                // It cannot be taken back any more: what was removed was added anew by somebody, or the log is full. The step goes, so that
                // those before it can be taken back.
                return (new EditStepResult(Name, 0, ["What it changed"]) { Reason = e.Message }, null);
            }

            return done is var (_, before, after) && CellReverse.Of(Reverse.Edit, before, after) is { } back
                ? (new EditStepResult(Name, 1, []), this with { Reverse = back with { Name = Name }, Again = !Again })
                : (new EditStepResult(Name, 0, ["What it changed"]), null);
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
