using System.Diagnostics.Metrics;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Web.Compute;

/// <summary>How urgent a piece of work is: which lane it runs in.</summary>
public enum Urgency
{
    /// <summary>A picture of a view that changes, which somebody feels with the pointer.</summary>
    Moving,

    /// <summary>A picture or an answer that somebody waits for, made in about a second.</summary>
    Resting,

    /// <summary>A picture that takes many seconds.</summary>
    Large,

    /// <summary>Imports, analyses and exports.</summary>
    Job,
}

/// <summary>
/// The server's threads for work that takes long, a lane for each urgency, so that the thread pool is left to requests. What is less
/// urgent gives way (see the README beside <see cref="ComputeLane"/>).
/// </summary>
public sealed class ComputeLanes : IDisposable
{
    // Nice values on Linux; requests have 0, and a step is a fifth of the processor's time. They are low, since on a machine that is shared
    // they also let every other process go first.
    private static readonly int[] s_niceness = [0, 1, 2, 4];

    private static readonly int[] s_pauses =
        [ComputeLane.PauseShare, ComputeLane.PauseShare, LargePauses, ComputeLane.PauseShare];

    // A large picture takes tens of seconds of the processor, so that it has a third of its threads' time beside viewers whose pictures
    // come soon enough all the same. Where they do not it has less, at least a twentieth, so that it ends.
    private const int LargePauses = 2;
    private const int MostLargePauses = 19;

    private readonly Meter _meter = new("DendriteViewer.Compute");
    private readonly ComputeLane[] _lanes;

    /// <summary>Names of the urgencies, as metrics have them.</summary>
    internal static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<Urgency>().Select(n => n.ToLowerInvariant())];

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many each lane has; 0 for as many as there are cores.</param>
    public ComputeLanes(int threads = 0)
    {
        Threads = threads > 0 ? threads : Environment.ProcessorCount;
        _lanes = new ComputeLane[s_niceness.Length];
        for (var i = 0; i < _lanes.Length; i++)
        {
            _lanes[i] = new ComputeLane($"{(Urgency)i}", Threads, s_niceness[i], i > 0 ? _lanes[i - 1] : null, s_pauses[i]);
        }

        _meter.CreateObservableGauge(
            "dendrite.compute.busy",
                () => _lanes.Select((l, i) => new Measurement<int>(l.Busy,
                new KeyValuePair<string, object?>("urgency", Names[i]))),
            "{task}", "Pieces of work that run or wait for a thread.");
    }

    /// <summary>Threads of each lane.</summary>
    public int Threads { get; }

    /// <summary>The lane of an urgency.</summary>
    public ComputeLane this[Urgency urgency] => _lanes[(int)urgency];

    /// <summary>What is left to pictures in motion of the processors' time while a large picture is drawn, 0–1.</summary>
    public double BesideLarge
    {
        get
        {
            var pauses = this[Urgency.Large].Pauses;
            return pauses / (pauses + 1.0);
        }
    }

    /// <summary>
    /// Gives large pictures less of the processors' time than the third that they have where pictures in motion come soon.
    /// </summary>
    /// <param name="part">Of the usual pauses' inverse: 1 for a third of the time, less for less.</param>
    public void SetLargePart(double part) =>
        this[Urgency.Large].Pauses = (int)Math.Round(Math.Clamp(LargePauses / part, LargePauses, MostLargePauses));

    /// <inheritdoc/>
    public void Dispose()
    {
        _meter.Dispose();
        Array.ForEach(_lanes, l => l.Dispose());
    }
}
