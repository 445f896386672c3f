using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>What a clock that somebody stated may be wrong by.</summary>
/// <param name="OffsetSigma">Standard deviation of its offset, s; 0 where nobody said.</param>
/// <param name="DriftSigma">Standard deviation of its drift, ppm; 0 where nobody said.</param>
/// <param name="StartHours">When its time 0 is, hours on the scans’ clock.</param>
public sealed record StatedClock(double OffsetSigma, double DriftSigma, double StartHours = 0)
{
    /// <summary>The clocks that dataset.json states, by the kind of series.</summary>
    public static IReadOnlyDictionary<string, StatedClock> Of(DatasetManifest manifest) => manifest.Series
        .Where(s => s.Clock is { IsStated: true }).DistinctBy(s => s.Kind)
        .ToDictionary(s => s.Kind, s => new StatedClock(s.Clock!.OffsetSigma ?? 0, s.Clock.DriftSigma ?? 0));

    /// <summary>The standard deviation of a time, in hours.</summary>
    /// <param name="hours">The time, hours on the scans' clock.</param>
    public double SigmaHours(double hours)
    {
        var drift = DriftSigma * 1e-6 * (hours - StartHours);
        return Math.Sqrt(Math.Pow(OffsetSigma / 3600, 2) + (drift * drift));
    }
}
