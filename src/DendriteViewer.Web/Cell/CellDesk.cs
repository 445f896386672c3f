using System.Collections.Concurrent;
using System.Security.Claims;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Cell;

/// <summary>
/// Where files are added to the cell of a dataset and what is said of it is changed, by pages and programs alike. What a page changes is
/// a step of its history, which undo takes back in order. Whoever calls has been authorized.
/// </summary>
public sealed class CellDesk(DatasetStore store, ComputeLanes lanes, Budgets budgets, TimeProvider time) : IDatasetFollower
{
    private const int MostHeld = 64;
    private const int MostTries = 100;

    // What was read of a dataset's log; the least recently used is forgotten, and read again when somebody asks.
    private readonly ConcurrentDictionary<DatasetIdentity, OpenCell> _open = new();

    /// <summary>Raised when the files, events or settings of a dataset's cell changed; handlers must be quick.</summary>
    private event Action<DatasetIdentity>? Changed;

    /// <summary>As how many changes an added file counts.</summary>
    public const int FileCounts = 5;

    /// <summary>Counts what somebody changes in a page, whose circuit has no network address that could be asked for.</summary>
    /// <exception cref="BudgetSpentException">It was too much.</exception>
    public void Spend(ClaimsPrincipal user, int counts = 1)
    {
        var keys = ClientKeys.Of(user, null);
        budgets.CellChange(keys with { Address = "circuits of " + (keys.Owner ?? "nobody") }, counts);
    }

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
        return await cell.ReportAsync(dataset.Revision, state, () => lanes[Urgency.Resting].RunAsync(
            () => CellReport.OfAsync(store, dataset, state, f => cell.Log.ReadAsync(f, CancellationToken.None), CancellationToken.None),
            CancellationToken.None)).WaitAsync(ct);
    }

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

        var bytes = await ReadAllAsync(name, content, ct);
        var file = new CellFile(Guid.NewGuid(), kind, name, new string('0', 64), bytes.Length, by.Person.Name, time.GetUtcNow())
        {
            Licence = said?.Licence, Source = said?.Source, Clock = said?.Clock, StartHours = said?.StartHours, Options = said?.Options,
        };
        CellEntry.Check(new AddFile(file));
        (await StateAsync(dataset, ct)).Check(new AddFile(file));
        await lanes[Urgency.Resting].RunAsync(() => Task.FromResult(CellFileReader.Check(file, bytes)), ct);
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
        CellEntry.Check(edit);
        await CheckAsync(dataset, edit, ct);
        var (before, after) = (await AppendAsync(dataset, edit, _ => true, by.Person, ct))!.Value;
        if (CellReverse.Of(edit, before, after) is { } reverse)
        {
            by.History?.Add(new Step(this, dataset, reverse, Again: false));
        }

        return after;
    }

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
        var looking = new CellWatch(time, ct => LookAsync(dataset, ct));
        return new Ending(() =>
        {
            Changed -= On;
            looking.Dispose();
        });
    }

    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        _open.TryRemove(dataset, out _);
        return Task.CompletedTask;
    }

    private async Task LookAsync(DatasetIdentity identity, CancellationToken ct)
    {
        // Several pages look at one cell; who finds another looking leaves it to that.
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

    // What needs more than the state to be judged.
    private async Task CheckAsync(Dataset dataset, CellEdit edit, CancellationToken ct)
    {
        switch (edit)
        {
            case AddFile add when !await Of(dataset).Log.HasAsync(add.File.Sha256, ct):
                throw new OutOfRangeException($"The store does not have the content of {add.File.Name}; upload it.");
            case EditEvents change:
                var report = await ReportAsync(dataset, ct);
                _ = (await StateAsync(dataset, ct)).Events.With(change.Edit, report.Report.Events);
                break;
            case DescribeFile said when (await StateAsync(dataset, ct)).Find(said.File) is { } file && file.Options != said.Options:
                var bytes = await ReadAsync(dataset, file, ct);
                await lanes[Urgency.Resting].RunAsync(
                    () => Task.FromResult(CellFileReader.Check(file with { Options = said.Options }, bytes)), ct);
                break;
        }
    }

    private async Task<(CellState Before, CellState After)?> AppendAsync(
        Dataset dataset, CellEdit edit, Func<CellState, bool> condition, Person by, CancellationToken ct)
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
                if (!condition(before))
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
                    return (before, cell.State);
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

    private static async Task<byte[]> ReadAllAsync(string name, Stream content, CancellationToken ct)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        while (await content.ReadAsync(buffer, ct) is > 0 and var n)
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
            var done = await Desk.AppendAsync(Dataset, Reverse.Edit, Reverse.Holds, by, ct);
            return done is var (before, after) && CellReverse.Of(Reverse.Edit, before, after) is { } back
                ? (new EditStepResult(Name, 1, []), this with { Reverse = back with { Name = Name }, Again = !Again })
                : (new EditStepResult(Name, 0, ["What it changed"]), null);
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
