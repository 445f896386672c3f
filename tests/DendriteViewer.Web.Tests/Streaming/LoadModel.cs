using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Streaming;

namespace DendriteViewer.Web.Tests.Streaming;

/// <summary>
/// A server of two cores in steps of half a millisecond: viewers that orbit, each as a <see cref="PaneStream"/> goes on, and a
/// client that asks for large pictures one after another. Scheduler, pacing and control of latency are the real ones; what they decide
/// costs processor time of three kinds of threads, which share the cores as the operating system would by their nice values. Threads for
/// large pictures give way as those of a <see cref="ComputeLane"/> do.
/// </summary>
internal sealed class LoadModel : IDisposable
{
    public const int Pixels = 640 * 480;
    private const double Step = 0.5;
    private const int Cores = 2;

    // Processor time, ms, as ./dendrite load shows it on the test machine: of a change's message; of a picture's message, its viewer's
    // part included; of drawing and encoding, without pixels and for each.
    private const double LookCost = 0.1, FrameCost = 0.3, DrawCost = 0.3, PixelCost = 2.6e-5, EncodeCost = 0.1, EncodePixelCost = 8e-6;

    // Weights of nice values 0 and 2, and what a large picture's thread does between two looks, in ms.
    private const double Weight = 1024, LargeWeight = 655, Slice = 3;

    private readonly ManualTime _time = new();
    private readonly ComputeLanes _lanes = new(Cores);
    private readonly RenderScheduler _scheduler;
    private readonly Viewer[] _viewers;
    private readonly Queue<Work> _moving = new(), _messages = new();
    private readonly Work?[] _drawing = new Work?[Cores], _handling = new Work?[Cores];
    private readonly LargeThread[] _large = [new(), new()];
    private RenderScheduler.Turn? _largeTurn;
    private double _largeLeft;

    /// <summary>How many times as much processor time everything takes, since other programs have the rest.</summary>
    public required double Slowness { get; set; }

    /// <summary>Processor time of a large picture, ms; 0 for none.</summary>
    public double LargeCost { get; set; }

    /// <summary>From each change to the picture that shows it, since <see cref="Forget"/>.</summary>
    public List<double> Latencies { get; } = [];

    /// <summary>Scale of each picture since <see cref="Forget"/>.</summary>
    public List<int> Scales { get; } = [];

    /// <summary>Pictures whose scale was another than the viewer's last one's, since <see cref="Forget"/>.</summary>
    public int ScaleChanges { get; private set; }

    /// <summary>Large pictures that were drawn.</summary>
    public int LargeDrawn { get; private set; }

    /// <summary>Processor time that large pictures had since <see cref="Forget"/>, ms.</summary>
    public double LargeWork { get; private set; }

    public LoadModel(int viewers, double intervalMs)
    {
        _scheduler = new RenderScheduler(_lanes, 2, 1000, _time);
        _viewers = [.. Enumerable.Range(0, viewers).Select(i => new Viewer($"{i}", intervalMs, i * intervalMs / viewers, _time))];
    }

    public double P95() => Latencies.Order().ElementAt((int)(0.95 * Latencies.Count));

    public void Forget()
    {
        Latencies.Clear();
        Scales.Clear();
        (ScaleChanges, LargeWork) = (0, 0);
    }

    public async Task RunAsync(double seconds)
    {
        for (var end = _time.Now + 1000 * seconds; _time.Now < end; _time.Now += Step)
        {
            foreach (var viewer in _viewers)
            {
                await LookAsync(viewer);
            }

            await AskForLargeAsync();
            Take(_moving, _drawing);
            Take(_messages, _handling);
            await AdvanceAsync();
        }
    }

    public void Dispose() => _lanes.Dispose();

    private async Task LookAsync(Viewer viewer)
    {
        if (_time.Now >= viewer.NextChange)
        {
            viewer.NextChange += viewer.Interval;
            viewer.Changes.Add(_time.Now);
            _messages.Enqueue(new Work(LookCost * Slowness, () => Task.CompletedTask));
        }

        // Newest view wins; two frames are unacknowledged at most; the frame before the last has gone out.
        if (viewer.IsBusy || viewer.Changes.Count == 0 || viewer.OnTheWay >= 2)
        {
            return;
        }

        viewer.IsBusy = true;
        double[] shows = [.. viewer.Changes];
        viewer.Changes.Clear();
        var (scale, _) = viewer.Pacing.Next(Pixels, _scheduler.MovingDrawTime());
        ScaleChanges += scale != viewer.Scale ? 1 : 0;
        viewer.Scale = scale;
        Scales.Add(scale);
        var pixels = Pixels / (scale * scale);
        viewer.Turn = _scheduler.EnterAsync(RenderRequest.Moving(viewer.Session, isSlice: false, pixels), default).AsTask();
        if (viewer.Turn.IsCompletedSuccessfully)
        {
            await DrawAsync(viewer, shows, pixels);
        }
        else
        {
            viewer.Granted = () => DrawAsync(viewer, shows, pixels);
        }
    }

    private async Task DrawAsync(Viewer viewer, double[] shows, int pixels)
    {
        var turn = await viewer.Turn!;
        viewer.Granted = null;
        var began = _time.Now;
        _moving.Enqueue(new Work((DrawCost + PixelCost * pixels) * Slowness, async () =>
        {
            viewer.Pacing.Drawn(_time.Now - began, pixels);
            viewer.OnTheWay++;
            viewer.IsBusy = false;
            _moving.Enqueue(new Work((EncodeCost + EncodePixelCost * pixels) * Slowness, () =>
            {
                _scheduler.Shown((long)(shows[0] * 1000), viewer.Scale >= FramePacing.MostScale);
                _messages.Enqueue(new Work(FrameCost * Slowness, () =>
                {
                    Latencies.AddRange(shows.Select(at => _time.Now - at));
                    viewer.OnTheWay--;
                    return Task.CompletedTask;
                }));
                return Task.CompletedTask;
            }));
            await LeaveAsync(turn);
        }));
    }

    // Whoever waits for a turn gets it when another ends.
    private async Task LeaveAsync(RenderScheduler.Turn turn)
    {
        var waits = _viewers.Where(v => v.Granted is not null).ToArray();
        turn.Dispose();
        if (waits.Length > 0)
        {
            var next = await Task.WhenAny(waits.Select(v => v.Turn!));
            await Array.Find(waits, v => v.Turn == next)!.Granted!();
        }
    }

    private async Task AskForLargeAsync()
    {
        if (LargeCost > 0 && _largeTurn is null)
        {
            _largeTurn = await _scheduler.EnterAsync(RenderRequest.Resting("large", isSlice: false, 4096 * 4096), default);
            _largeLeft = LargeCost * Slowness;
        }
    }

    private static void Take(Queue<Work> waiting, Work?[] threads)
    {
        for (var i = 0; i < threads.Length && waiting.Count > 0; i++)
        {
            threads[i] ??= waiting.Dequeue();
        }
    }

    private async Task AdvanceAsync()
    {
        var isMoving = _drawing.Any(w => w is not null);
        var large = _largeTurn is null ? [] : _large.Where(t => t.MayWork(isMoving, _time.Now)).ToArray();
        var busy = _drawing.Concat(_handling).Count(w => w is not null);
        var all = busy * Weight + large.Length * LargeWeight;
        double part = Math.Min(1, Cores * Weight / all) * Step, largePart = Math.Min(1, Cores * LargeWeight / all) * Step;
        foreach (var threads in new[] { _drawing, _handling })
        {
            for (var i = 0; i < threads.Length; i++)
            {
                if (threads[i] is { } work && (work.Left -= part) <= 0)
                {
                    threads[i] = null;
                    await work.Done();
                }
            }
        }

        var pauses = _lanes[Urgency.Large].Pauses;
        Array.ForEach(large, t => t.Worked(largePart, pauses, _time.Now));
        _largeLeft -= largePart * large.Length;
        LargeWork += largePart * large.Length;
        if (_largeTurn is { } turn && _largeLeft <= 0)
        {
            turn.Dispose();
            (_largeTurn, LargeDrawn) = (null, LargeDrawn + 1);
        }
    }

    private sealed record Work(double Cost, Func<Task> Done)
    {
        public double Left { get; set; } = Cost;
    }

    private sealed class Viewer(string session, double interval, double first, TimeProvider time)
    {
        public string Session => session;

        public double Interval => interval;

        public double NextChange { get; set; } = first;

        public List<double> Changes { get; } = [];

        public FramePacing Pacing { get; } = new(time);

        public bool IsBusy { get; set; }

        public int OnTheWay { get; set; }

        public int Scale { get; set; } = 1;

        public Task<RenderScheduler.Turn>? Turn { get; set; }

        public Func<Task>? Granted { get; set; }
    }

    private sealed class LargeThread
    {
        private double _worked;
        private double _until;

        public bool MayWork(bool isMoving, double now) => now >= _until || !isMoving;

        public void Worked(double ms, int pauses, double now)
        {
            _worked += ms;
            if (_worked >= Slice)
            {
                (_until, _worked) = (now + Math.Min(100, _worked * pauses), 0);
            }
        }
    }
}
