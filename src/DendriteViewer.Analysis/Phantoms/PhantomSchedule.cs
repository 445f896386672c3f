namespace DendriteViewer.Analysis.Phantoms;

/// <summary>
/// What was done to the phantom's cell, on the clock of the scans: open circuit at first, then current, which rests every half hour while
/// an impedance sweep is taken; a soft short in the last stretch of current that a rest ends, and a hard one shortly before the end, at
/// which current flows still.
/// </summary>
internal sealed class PhantomSchedule
{
    /// <summary>Hours of open circuit before current flows.</summary>
    public const double OpenHours = 0.05;

    /// <summary>Hours that current rests for a sweep.</summary>
    public const double RestHours = 0.03;

    /// <summary>From the hard short to the end.</summary>
    public const double ShortedHours = 0.03;

    private const double SweepEveryHours = 0.5;

    // A sweep is left out where less than this would be left of the experiment.
    private const double LeastLeftHours = 0.1;

    // Rests of a long experiment are further apart.
    private const int MostRests = 100;

    public PhantomSchedule(PhantomOptions options)
    {
        EndHours = options.Hours[^1];
        var every = SweepEveryHours * Math.Max(1, Math.Ceiling(EndHours / MostRests / SweepEveryHours));
        var (flows, sweeps, from) = (new List<(double From, double To)>(), new List<double> { 0 }, OpenHours);
        for (var k = 1; k * every + LeastLeftHours <= EndHours; k++)
        {
            flows.Add((from, k * every));
            sweeps.Add(k * every);
            from = k * every + RestHours;
        }

        var random = new Random(PhantomRandom.SeedOf(options.Seed, 0, 401));
        if (flows.Count > 0)
        {
            var (a, b) = flows[^1];
            SoftShortHours = Math.Round(a + PhantomRandom.Between(random, 0.35, 0.65) * (b - a), 4);
        }

        if (from < EndHours)
        {
            flows.Add((from, EndHours));
            HardShortHours = EndHours - ShortedHours > from + ShortedHours ? EndHours - ShortedHours : null;
        }

        (Flows, SweepHours) = (flows, sweeps);
    }

    /// <summary>When the experiment ends.</summary>
    public double EndHours { get; }

    /// <summary>Stretches in which current flows.</summary>
    public IReadOnlyList<(double From, double To)> Flows { get; }

    /// <summary>When sweeps begin: at open circuit, and with each rest.</summary>
    public IReadOnlyList<double> SweepHours { get; }

    /// <summary>When a filament touches and gives way; null where the experiment is too short for it.</summary>
    public double? SoftShortHours { get; }

    /// <summary>When the electrodes are connected for good; null where the experiment is too short for it.</summary>
    public double? HardShortHours { get; }

    /// <summary>The stretch in which current flows at a time; null at rest.</summary>
    public (double From, double To)? FlowAt(double hours)
    {
        foreach (var flow in Flows)
        {
            if (hours >= flow.From && (hours < flow.To || flow.To == EndHours))
            {
                return flow;
            }
        }

        return null;
    }

    /// <summary>For how long current had flowed at a time, hours.</summary>
    public double FlowedHours(double hours) => Flows.Sum(f => Math.Clamp(hours - f.From, 0, f.To - f.From));

    /// <summary>What happened, in order of time, by the names that the finder of events uses.</summary>
    public IEnumerable<(string Kind, double Hours, double? ToHours)> Events()
    {
        var events = new List<(string Kind, double Hours, double? ToHours)>();
        for (var i = 0; i < Flows.Count; i++)
        {
            events.Add(("current-on", Flows[i].From, null));
            if (i + 1 < Flows.Count)
            {
                events.Add(("rest", Flows[i].To, Flows[i + 1].From));
            }
        }

        events.AddRange(SoftShortHours is { } soft ? [("soft-short", soft, null)] : []);
        events.AddRange(HardShortHours is { } hard ? [("hard-short", hard, null)] : []);
        return events.OrderBy(e => e.Hours);
    }
}
