using System.Collections.Concurrent;

namespace DendriteViewer.Kernels.Scheduling;

/// <summary>
/// A task scheduler with threads of its own, for work that would block a server's thread pool. Lanes are ordered by urgency: work in
/// one gives way to work in those before it. See the README of this folder.
/// </summary>
/// <remarks>
/// State: <c>_tasks</c> is filled by any thread and emptied by the lane's own. <c>_busy</c> counts what is queued or runs; it is changed by
/// <see cref="Interlocked"/> alone. <c>_idle</c> is set where <c>_busy</c> fell to zero and reset where it rose from zero. The two are
/// not changed together, so whoever waits for <c>_idle</c> waits for a limited time and looks again.
/// </remarks>
public sealed class ComputeLane : TaskScheduler, IDisposable
{
    /// <summary>
    /// How many times as long as it worked a thread waits for more urgent lanes at most, where its lane says nothing else. Its work is its
    /// processor time: on a machine whose processors others have, a thread that counted the time on the clock would wait for what it never
    /// did.
    /// </summary>
    public const int PauseShare = 8;

    // Waits are of whole milliseconds; what is owed of less is kept until it is enough.
    private static readonly TimeSpan s_leastPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(100);

    [ThreadStatic]
    private static ComputeLane? t_lane;

    // From which of the thread's processor time on it owes pauses: when it last ended one, began, or found nothing more urgent at work,
    // less what a pause cut short left owed.
    [ThreadStatic]
    private static TimeSpan t_worksSince;

    private readonly BlockingCollection<Task> _tasks = [];

    // Who waits for it does so to leave the processors to others, so it does not spin.
    private readonly ManualResetEventSlim _idle = new(initialState: true, spinCount: 0);
    private readonly ComputeLane? _before;
    private readonly int _threads;
    private volatile int _pauses;
    private int _busy;

    /// <summary>Starts the threads of a lane.</summary>
    /// <param name="name">Name of its threads, as a debugger shows them.</param>
    /// <param name="threads">How many, 1 or more.</param>
    /// <param name="niceness">Nice value of its threads on Linux, 0 to 19; above 0 means below normal priority elsewhere.</param>
    /// <param name="before">The next more urgent lane, or null for the most urgent one.</param>
    /// <param name="pauseShare">How many times as long as it worked a thread waits for more urgent lanes at most, 1 or more.</param>
    public ComputeLane(string name, int threads, int niceness = 0, ComputeLane? before = null, int pauseShare = PauseShare)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pauseShare, 1);
        (_threads, _before, _pauses) = (threads, before, pauseShare);
        for (var i = 0; i < threads; i++)
        {
            new Thread(() => Work(niceness)) { Name = $"{name} {i + 1}", IsBackground = true }.Start();
        }
    }

    /// <summary>
    /// How many times as long as it worked a thread waits for more urgent lanes at most, 1 or more. It may be changed at any time.
    /// </summary>
    public int Pauses
    {
        get => _pauses;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _pauses = value;
        }
    }

    /// <summary>What is queued or runs.</summary>
    public int Busy => Volatile.Read(ref _busy);

    /// <summary>The lane that the caller's task runs on, or null where it runs elsewhere.</summary>
    public static ComputeLane? OfCaller => Current as ComputeLane;

    /// <summary>Options of a parallel loop that stays in the caller's lane.</summary>
    /// <param name="ct">Stops the loop.</param>
    /// <param name="atOnce">How many steps run at once at most; by default as many as the lane has threads.</param>
    public static ParallelOptions Options(CancellationToken ct = default, int? atOnce = null) => new()
    {
        TaskScheduler = Current, CancellationToken = ct, MaxDegreeOfParallelism = atOnce ?? OfCaller?._threads ?? -1,
    };

    /// <summary>As <see cref="Task.Run(Func{Task})"/>, in the caller's lane; on the thread pool where the caller runs on none.</summary>
    public static Task<T> Run<T>(Func<Task<T>> work, CancellationToken ct = default) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, OfCaller ?? Default).Unwrap();

    /// <summary>As <see cref="Task.Run(Func{Task})"/>, in the caller's lane; on the thread pool where the caller runs on none.</summary>
    public static Task Run(Func<Task> work, CancellationToken ct = default) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, OfCaller ?? Default).Unwrap();

    /// <summary>Runs work in this lane; what it awaits comes back to the lane.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct = default) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Runs work in this lane; what it awaits comes back to the lane.</summary>
    public Task RunAsync(Func<Task> work, CancellationToken ct = default) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Runs work in this lane.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken ct = default) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, this);

    /// <summary>Runs work in this lane.</summary>
    public Task RunAsync(Action work, CancellationToken ct = default) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.DenyChildAttach, this);

    /// <summary>
    /// Called between two short steps of long work: waits while a more urgent lane has work, for a limited time. Returns at once on a
    /// thread of no lane. The caller must hold no lock.
    /// </summary>
    public static void GiveWay()
    {
        if (t_lane is not { _before: { } urgent } own)
        {
            return;
        }

        for (var lane = urgent; lane is not null; lane = lane._before)
        {
            if (lane.Busy > 0)
            {
                Pause(own, lane);
                return;
            }
        }

        t_worksSince = ThreadTime.Used;
    }

    // A step may be so short that no pause is owed for it alone, or so long that one pause is too little for it. What is owed is kept, so
    // that the lane's share of the time is the same however its work is cut into steps.
    private static void Pause(ComputeLane own, ComputeLane urgent)
    {
        var pauses = own.Pauses;
        var owed = (ThreadTime.Used - t_worksSince) * pauses;
        if (owed < s_leastPause)
        {
            return;
        }

        var pause = owed < s_longestPause ? owed : s_longestPause;
        var isIdle = urgent._idle.Wait(pause);
        t_worksSince = ThreadTime.Used - (isIdle ? TimeSpan.Zero : (owed - pause) / pauses);
    }

    /// <summary>Ends the threads once what is queued has run.</summary>
    public void Dispose() => _tasks.CompleteAdding();

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        Enter();
        if (!TryAdd(task))
        {
            // The server ends, and the lane's threads have; what comes late, as the rest of something awaited, ends on the thread pool.
            Leave();
            ThreadPool.UnsafeQueueUserWorkItem(_ => TryExecuteTask(task), null);
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        // A loop that waits for its own helpers runs those that have not begun. One that was queued stays in the queue, where it is
        // found to have run.
        return t_lane == this && TryExecuteTask(task);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _tasks.ToArray();

    private bool TryAdd(Task task)
    {
        try
        {
            return _tasks.TryAdd(task);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void Work(int niceness)
    {
        t_lane = this;
        ThreadNiceness.Set(niceness);
        foreach (var task in _tasks.GetConsumingEnumerable())
        {
            t_worksSince = ThreadTime.Used;
            TryExecuteTask(task);
            Leave();
        }
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref _busy) == 1)
        {
            _idle.Reset();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _busy) == 0)
        {
            _idle.Set();
        }
    }
}
