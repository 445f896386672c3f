using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Cell;

/// <summary>What was read of one dataset's cell.</summary>
/// <param name="identity">The dataset.</param>
/// <param name="log">Its log.</param>
internal sealed class OpenCell(DatasetIdentity identity, CellLog log)
{
    private readonly Lock _lock = new();

    // Replaced whole, under Changing.
    private volatile CellState _state = CellState.Empty;

    // The report that was asked for last, and of what it is; under the lock.
    private (string Revision, CellState State, Task<CellReport> Report)? _report;

    public DatasetIdentity Identity => identity;

    public CellLog Log => log;

    /// <summary>Held by who reads on in the log or writes to it.</summary>
    public SemaphoreSlim Changing { get; } = new(1, 1);

    /// <summary>What the log says, as far as it was read. Written under <see cref="Changing"/>.</summary>
    public CellState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>When it was asked for last; by whoever asks, the last one counts.</summary>
    public long UsedAt { get; set; }

    /// <summary>The report of a state; one that failed is made again.</summary>
    public Task<CellReport> ReportAsync(string revision, CellState state, Func<Task<CellReport>> make)
    {
        lock (_lock)
        {
            if (_report is { } known && known.Revision == revision && IsSame(known.State, state) && !known.Report.IsFaulted)
            {
                return known.Report;
            }

            var made = make();
            _report = (revision, state, made);
            return made;
        }
    }

    /// <summary>Rows of all series of the report that is held.</summary>
    public long Rows
    {
        get
        {
            lock (_lock)
            {
                return _report is { Report: { IsCompletedSuccessfully: true } made }
                    ? made.Result.Series.Sum(s => (long)s.Series.Hours.Count) : 0;
            }
        }
    }

    /// <summary>Whether a report is the one that is held.</summary>
    public bool Holds(Task<CellReport> report)
    {
        lock (_lock)
        {
            return _report?.Report == report;
        }
    }

    /// <summary>Forgets the report; it is made again when somebody asks.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _report = null;
        }
    }

    // Of the settings only clocks have a part in it; those of fits are what changes most often.
    private static bool IsSame(CellState a, CellState b) => ReferenceEquals(a.Files, b.Files) && ReferenceEquals(a.Events, b.Events)
        && a.Settings.GetValueOrDefault(CellClocks.Key) == b.Settings.GetValueOrDefault(CellClocks.Key);
}
