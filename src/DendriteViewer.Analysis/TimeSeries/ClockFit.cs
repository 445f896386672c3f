namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>How one instrument's clock stands to another's, from events that both saw.</summary>
/// <param name="OffsetSeconds">What must be taken from the instrument's time at 0 h to get the reference's.</param>
/// <param name="OffsetSigma">Its standard deviation, s.</param>
/// <param name="DriftPpm">Seconds in a million that the instrument's clock runs fast; 0 where it cannot be told from none.</param>
/// <param name="DriftSigma">Its standard deviation; null where too few events are there to tell.</param>
/// <param name="Pairs">Events that were paired.</param>
/// <param name="Unpaired">Events of the reference that found no partner.</param>
public sealed record ClockFit(double OffsetSeconds, double OffsetSigma, double DriftPpm, double? DriftSigma, int Pairs, int Unpaired)
{
    private const double SecondsPerHour = 3600;
    private const int MostTried = 60;
    private const double Agreement = 0.8;

    /// <summary>
    /// Fits offset and drift. Each event lies between two rows of either instrument, so that one pair bounds the offset to the sum of the
    /// two intervals; the offset is first searched for among all differences of two events as the one at which most events of the reference
    /// find a partner of the same direction, then made sharp by intersecting the bounds of the pairs, a few that contradict most others
    /// left out. Where many contradict one another, a drift is fitted by least squares, each pair weighted by its interval.
    /// </summary>
    /// <param name="reference">Events on the clock that is trusted.</param>
    /// <param name="instrument">Events on the other.</param>
    /// <param name="mostSeconds">Offsets beyond it are not looked for.</param>
    /// <returns>Null where fewer than two events, or fewer than half of the reference's, find a partner.</returns>
    public static ClockFit? Of(IReadOnlyList<Edge> reference, IReadOnlyList<Edge> instrument, double mostSeconds = 1800)
    {
        if (reference.Count < 2 || instrument.Count < 2)
        {
            return null;
        }

        List<(Edge A, Edge B)> best = [];
        var bestSpread = double.MaxValue;
        foreach (var a in reference.Take(MostTried))
        {
            foreach (var b in instrument.Where(b => Math.Abs(b.Hours - a.Hours) * SecondsPerHour <= mostSeconds).Take(MostTried))
            {
                var (pairs, spread) = PairsAt(reference, instrument, b.Hours - a.Hours);
                if (pairs.Count > best.Count || (pairs.Count == best.Count && spread < bestSpread))
                {
                    (best, bestSpread) = (pairs, spread);
                }
            }
        }

        if (best.Count < 2 || best.Count * 2 < reference.Count)
        {
            return null;
        }

        // A pair that most others contradict is chance, unless so many do that the clocks drift.
        var agreeing = Agreeing(best);
        return Fit(agreeing.Count >= Agreement * best.Count && agreeing.Count >= 2 ? agreeing : best, reference.Count);
    }

    // The pairs whose bounds hold the offset that most bounds hold.
    private static List<(Edge A, Edge B)> Agreeing(List<(Edge A, Edge B)> pairs)
    {
        List<(Edge A, Edge B)> most = [];
        foreach (var at in pairs.Select(p => p.B.FromHours - p.A.ToHours))
        {
            var holding = pairs.Where(p => p.B.FromHours - p.A.ToHours <= at + 1e-9 && p.B.ToHours - p.A.FromHours >= at - 1e-9).ToList();
            most = holding.Count > most.Count ? holding : most;
        }

        return most;
    }

    /// <summary>An instrument's time on the reference's clock.</summary>
    /// <param name="hours">The instrument's.</param>
    public double ToReference(double hours) => (hours - (OffsetSeconds / SecondsPerHour)) / (1 + (DriftPpm * 1e-6));

    private static (List<(Edge, Edge)> Pairs, double Spread) PairsAt(
        IReadOnlyList<Edge> reference, IReadOnlyList<Edge> instrument, double offset)
    {
        var pairs = new List<(Edge, Edge)>();
        double spread = 0;
        var next = 0;
        foreach (var a in reference)
        {
            // In order of time, each of the instrument's once; the tolerance lets a clock drift by 1000 ppm over ten hours.
            var at = -1;
            for (var j = next; j < instrument.Count; j++)
            {
                var apart = Math.Abs(instrument[j].Hours - offset - a.Hours);
                var tolerance = (Width(a) + Width(instrument[j])) + (0.5 / SecondsPerHour) + (1e-3 * Math.Abs(a.Hours));
                if (instrument[j].Up == a.Up && apart <= tolerance
                    && (at < 0 || apart < Math.Abs(instrument[at].Hours - offset - a.Hours)))
                {
                    at = j;
                }
                else if (instrument[j].FromHours - offset > a.ToHours + tolerance)
                {
                    break;
                }
            }

            if (at >= 0)
            {
                pairs.Add((a, instrument[at]));
                spread += Math.Abs(instrument[at].Hours - offset - a.Hours);
                next = at + 1;
            }
        }

        return (pairs, spread);
    }

    private static double Width(Edge e) => e.ToHours - e.FromHours;

    private static ClockFit Fit(List<(Edge A, Edge B)> pairs, int all)
    {
        var unpaired = all - pairs.Count;
        var low = pairs.Max(p => p.B.FromHours - p.A.ToHours);
        var high = pairs.Min(p => p.B.ToHours - p.A.FromHours);
        double w = 0, wt = 0, wd = 0;
        var rows = pairs.Select(p =>
        {
            var width = Math.Sqrt((Width(p.A) * Width(p.A)) + (Width(p.B) * Width(p.B)));
            var sigma = Math.Max(width / Math.Sqrt(12), 0.05 / SecondsPerHour);
            return (Time: p.A.Hours, Delta: p.B.Hours - p.A.Hours, Weight: 1 / (sigma * sigma));
        }).ToArray();
        foreach (var (time, delta, weight) in rows)
        {
            (w, wt, wd) = (w + weight, wt + (weight * time), wd + (weight * delta));
        }

        var (meanTime, meanDelta) = (wt / w, wd / w);
        var tt = rows.Sum(r => r.Weight * (r.Time - meanTime) * (r.Time - meanTime));
        var slope = tt > 0 ? rows.Sum(r => r.Weight * (r.Time - meanTime) * (r.Delta - meanDelta)) / tt : 0;
        double? slopeSigma = pairs.Count >= 3 && tt > 0 ? 1 / Math.Sqrt(tt) : null;
        if (low <= high)
        {
            // One offset fits every pair; what drift the events could hide is said with it.
            var sharp = Math.Max((high - low) / Math.Sqrt(12), 0.05 / SecondsPerHour);
            return new ClockFit((low + high) / 2 * SecondsPerHour, sharp * SecondsPerHour, 0, slopeSigma * 1e6, pairs.Count, unpaired);
        }

        if (slopeSigma is null || Math.Abs(slope) < 2 * slopeSigma)
        {
            var residual = pairs.Count > 2
                ? Math.Sqrt(rows.Sum(r => r.Weight * (r.Delta - meanDelta) * (r.Delta - meanDelta)) / (pairs.Count - 1)) : 1;
            return new ClockFit(
                meanDelta * SecondsPerHour, Math.Max(1, residual) / Math.Sqrt(w) * SecondsPerHour, 0, slopeSigma * 1e6, pairs.Count,
                    unpaired);
        }

        var scatter = Math.Max(1, pairs.Count > 2 ? Math.Sqrt(rows.Sum(r => r.Weight * Math.Pow(
            r.Delta - meanDelta - (slope * (r.Time - meanTime)), 2)) / (pairs.Count - 2)) : 1);
        var atZero = meanDelta - (slope * meanTime);
        var zeroSigma = scatter * Math.Sqrt((1 / w) + (meanTime * meanTime / tt));
        return new ClockFit(
            atZero * SecondsPerHour, zeroSigma * SecondsPerHour, slope * 1e6, scatter * slopeSigma * 1e6, pairs.Count, unpaired);
    }
}
