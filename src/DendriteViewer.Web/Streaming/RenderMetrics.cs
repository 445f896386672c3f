using System.Diagnostics.Metrics;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Compute;

namespace DendriteViewer.Web.Streaming;

/// <summary>What the server measures of its pictures; docs/configuration.md lists the names.</summary>
internal static class RenderMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "DendriteViewer.Rendering";

    private static readonly Meter s_meter = new(Name);
    private static readonly Counter<long> s_frames = s_meter.CreateCounter<long>("dendrite.frames", "{frame}", "Frames sent to viewers.");
    private static readonly Counter<long> s_bytes = s_meter.CreateCounter<long>(
        "dendrite.frames.encoded", "By", "Bytes of the frames sent.");
    private static readonly Counter<long> s_superseded = s_meter.CreateCounter<long>(
        "dendrite.frames.superseded", "{frame}", "Frames given up since the view had changed.");
    private static readonly Counter<long> s_shared = s_meter.CreateCounter<long>(
        "dendrite.frames.shared", "{frame}", "Frames sent that were drawn for another viewer, or before.");
    private static readonly UpDownCounter<long> s_viewers = s_meter.CreateUpDownCounter<long>(
        "dendrite.viewers", "{viewer}", "Viewers that are open.");
    private static readonly Histogram<double> s_render = s_meter.CreateHistogram(
        "dendrite.render.duration", "s", "From a picture's turn to its pixels.", advice: Seconds());
    private static readonly Histogram<double> s_wait = s_meter.CreateHistogram(
        "dendrite.queue.wait", "s", "From asking for a turn to having it.", advice: Seconds());

    // The scheduler of the running server; hosts in tests replace one another.
    private static WeakReference<RenderScheduler>? s_scheduler;

    private static readonly Urgency[] s_drawing = [Urgency.Moving, Urgency.Resting, Urgency.Large];

    static RenderMetrics()
    {
        s_meter.CreateObservableGauge("dendrite.queue.length", () => Queues(w => (long)w.Pictures),
            "{picture}", "Pictures that wait for their turn.");
        s_meter.CreateObservableGauge("dendrite.queue.cost", () => Queues(w => w.Megapixels),
            "{megapixel}", "What the waiting pictures cost.");
    }

    /// <summary>Tells of this scheduler's queues.</summary>
    public static void Watch(RenderScheduler scheduler) => Volatile.Write(ref s_scheduler, new WeakReference<RenderScheduler>(scheduler));

    /// <summary>A picture had its turn.</summary>
    public static void Waited(Urgency urgency, TimeSpan time) => s_wait.Record(time.TotalSeconds, Tag(urgency));

    /// <summary>A picture was drawn.</summary>
    public static void Drawn(Urgency urgency, Pane pane, TimeSpan time) =>
        s_render.Record(time.TotalSeconds, Tag(urgency), new("pane", pane == Pane.Volume ? "volume" : "slice"));

    /// <summary>A frame goes out.</summary>
    public static void Sent(Pane pane, bool exact, int bytes)
    {
        KeyValuePair<string, object?> kind = new("pane", pane == Pane.Volume ? "volume" : "slice"), quality = new("exact", exact);
        s_frames.Add(1, kind, quality);
        s_bytes.Add(bytes, kind, quality);
    }

    /// <summary>A viewer came (1) or went (−1).</summary>
    public static void Viewers(int change) => s_viewers.Add(change);

    /// <summary>A frame was there already.</summary>
    public static void Shared(Pane pane) =>
        s_shared.Add(1, new KeyValuePair<string, object?>("pane", pane == Pane.Volume ? "volume" : "slice"));

    /// <summary>A picture was given up.</summary>
    public static void Superseded() => s_superseded.Add(1);

    private static KeyValuePair<string, object?> Tag(Urgency urgency) => new("urgency", ComputeLanes.Names[(int)urgency]);

    private static IEnumerable<Measurement<T>> Queues<T>(Func<(int Pictures, double Megapixels), T> value) where T : struct
    {
        if (Volatile.Read(ref s_scheduler) is { } weak && weak.TryGetTarget(out var scheduler))
        {
            foreach (var urgency in s_drawing)
            {
                yield return new Measurement<T>(value(scheduler.Waiting(urgency)), Tag(urgency));
            }
        }
    }

    private static InstrumentAdvice<double> Seconds() =>
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.02, 0.033, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60] };
}
