namespace DendriteViewer.Web.Streaming;

/// <summary>
/// Holds the time from a change of a view to its encoded picture near a goal, by how long the moving pictures of all viewers may take to
/// draw. Four times a second at most it looks at the slowest twentieth of what was shown since: above the goal everybody's pictures become
/// coarser at once, far below it finer by and by. In between nothing changes, and what was tried in vain is tried again later and later, so
/// that the pictures do not grow and shrink in turns.
/// </summary>
/// <remarks>
/// It counts what the server can do something about: not the way over the line, and not the wait for a browser that has not drawn the
/// frames before. Thread-safe.
/// </remarks>
internal sealed class LatencyControl(TimeProvider time)
{
    /// <summary>
    /// Milliseconds above which pictures become coarser. Viewers should see a change within 300 ms; messages and the browser need some.
    /// </summary>
    public const double MostMs = 150;

    // Below this they become finer.
    private const double LeastMs = 75;

    // So much is looked at, at least, before anything is changed, and so many changes.
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);
    private const int LeastSeen = 20;

    // Each halving is a step; no more of them than make the coarsest picture of any pane.
    private const double MostHalvings = 6, LeastCoarser = 0.2, MostCoarser = 1, Finer = 0.25;

    // How long all must be well before pictures become finer: at first, and where that was in vain the last times.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_mostPatience = TimeSpan.FromSeconds(16);

    private readonly Lock _lock = new();

    // What was shown since the last look, in ms, of changes made since then. Under _lock, as all below.
    private readonly List<double> _seen = [];
    private long _since = time.GetTimestamp();
    private int _coarsest;

    // How far drawing times are reduced, in halvings.
    private double _halvings;

    // Since when all is well, or null; when pictures were last made finer; and how long all must be well before they are again.
    private long? _well;
    private long? _finerAt;
    private TimeSpan _patience = s_patience;

    /// <summary>What drawing times are multiplied by, 1 where all is well.</summary>
    public double Part
    {
        get
        {
            lock (_lock)
            {
                return Math.Pow(0.5, _halvings);
            }
        }
    }

    /// <summary>A moving picture is ready to be sent.</summary>
    /// <param name="since">
    /// Timestamp of the oldest change that it is the first to show, or of when the browser had room for it where that was later.
    /// </param>
    /// <param name="isCoarsest">Whether it could not be coarser.</param>
    /// <returns>Whether <see cref="Part"/> changed.</returns>
    public bool Shown(long since, bool isCoarsest)
    {
        lock (_lock)
        {
            // What was asked for before the last step tells nothing of it.
            if (since < _since)
            {
                return false;
            }

            _seen.Add(time.GetElapsedTime(since).TotalMilliseconds);
            _coarsest += isCoarsest ? 1 : 0;
            return time.GetElapsedTime(_since) >= s_period && _seen.Count >= LeastSeen && Look();
        }
    }

    private bool Look()
    {
        _seen.Sort();
        var slow = _seen[(int)Math.Ceiling(0.95 * _seen.Count) - 1];
        var before = _halvings;
        if (slow > MostMs)
        {
            // Where nearly all are as coarse as can be, more would only take longer to come back.
            var canBeCoarser = _coarsest < 0.9 * _seen.Count;
            _halvings += canBeCoarser ? Math.Clamp(Math.Log2(slow / MostMs), LeastCoarser, MostCoarser) : 0;
            if (_finerAt is { } tried && time.GetElapsedTime(tried) < 2 * _patience)
            {
                _patience = _patience < s_mostPatience ? 2 * _patience : s_mostPatience;
            }

            (_well, _finerAt) = (null, null);
        }
        else if (slow > LeastMs || _halvings == 0)
        {
            _well = null;
            _patience = _halvings == 0 ? s_patience : _patience;
        }
        else
        {
            _well ??= _since;
            if (time.GetElapsedTime(_well.Value) >= _patience)
            {
                _halvings -= Finer;
                (_well, _finerAt) = (null, time.GetTimestamp());
            }
        }

        _halvings = Math.Clamp(_halvings, 0, MostHalvings);
        _seen.Clear();
        (_since, _coarsest) = (time.GetTimestamp(), 0);
        return _halvings != before;
    }
}
