using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>A clock that was compared with another.</summary>
/// <param name="Kind">The series whose clock it is.</param>
/// <param name="Against">The series that it was compared with.</param>
/// <param name="Fit">How they stand.</param>
/// <param name="IsApplied">Whether the series' times were put right by it.</param>
public sealed record ClockComparison(string Kind, string Against, ClockFit Fit, bool IsApplied);

/// <summary>Current and voltage on one clock.</summary>
/// <param name="Current">The current; null where nobody logged it.</param>
/// <param name="Voltage">The voltage; null where nobody logged it.</param>
/// <param name="Comparison">How their clocks stand; null where they cannot be compared, or are one.</param>
/// <param name="Warning">A sentence where times were put right.</param>
public sealed record SharedClock(Series? Current, Series? Voltage, ClockComparison? Comparison, string? Warning)
{
    private const double LeastSeconds = 1;
    private const double Sigmas = 3;

    /// <summary>How far the two clocks may be apart still, in hours: two standard deviations, and what was not applied.</summary>
    public double MarginHours => Comparison is not { } c ? 0
        : ((c.IsApplied ? 0 : Math.Abs(c.Fit.OffsetSeconds)) + (2 * c.Fit.OffsetSigma)) / 3600;

    /// <summary>
    /// Compares the clocks of current and voltage by where current is switched, and puts one right where they differ by more than three
    /// standard deviations. A series whose clock somebody stated is on the clock of the scans; where neither is stated, that
    /// is taken of the voltage. Series with the same times are of one instrument and are not compared.
    /// </summary>
    /// <param name="current">The current.</param>
    /// <param name="voltage">The voltage.</param>
    /// <param name="stated">Kinds of the series whose clocks are stated.</param>
    /// <param name="files">Names of the files of series that are not of dataset.json, by kind.</param>
    /// <exception cref="VolumeFormatException">A header names no unit.</exception>
    public static SharedClock Of(
        Series? current, Series? voltage, IReadOnlySet<string> stated, IReadOnlyDictionary<string, string>? files = null)
    {
        if (current is null || voltage is null || AreOfOneInstrument(current, voltage))
        {
            return new SharedClock(current, voltage, null, null);
        }

        bool IsStated(string kind) => stated.Contains(kind);
        var (ofCurrent, ofVoltage) = (Edge.OfCurrent(current), Edge.OfVoltage(voltage));
        var movesVoltage = IsStated("current") && !IsStated("voltage");
        var fit = movesVoltage ? ClockFit.Of(ofCurrent, ofVoltage) : ClockFit.Of(ofVoltage, ofCurrent);
        if (fit is null)
        {
            return new SharedClock(current, voltage, null, null);
        }

        var differs = Math.Abs(fit.OffsetSeconds) > Math.Max(LeastSeconds, Sigmas * fit.OffsetSigma) || fit.DriftPpm != 0;
        var (kind, against) = movesVoltage ? ("voltage", "current") : ("current", "voltage");
        var isApplied = differs && !(IsStated("current") && IsStated("voltage"));
        var comparison = new ClockComparison(kind, against, fit, isApplied);
        if (!isApplied)
        {
            return new SharedClock(current, voltage, comparison, differs
                ? Describe(comparison) + $", although both clocks are stated: {Where("current")} and {Where("voltage")}. "
                    + "Correct one of them."
                : null);
        }

        var how = IsStated(against) ? "" : $" The {against} was taken to be on the clock of the scans.";
        var warning = Describe(comparison) + $"; charge and events are on the {against}’s clock.{how} "
            + (files?.GetValueOrDefault(kind) is { } file ? $"State it as the clock of {file}."
                : $"State it in dataset.json as the clock of the {kind} series and import that again, so that Faraday’s volume has it "
                    + "too.");
        return kind == "voltage"
            ? new SharedClock(current, Moved(voltage, fit), comparison, warning)
            : new SharedClock(Moved(current, fit), voltage, comparison, warning);

        string Where(string of) => $"that of the {of} " + (files?.GetValueOrDefault(of) is { } file ? $"with {file}" : "with dataset.json");
    }

    private static string Describe(ClockComparison c)
    {
        var drift = c.Fit.DriftPpm == 0 ? ""
            : FormattableString.Invariant($" and drifts by {c.Fit.DriftPpm:0} ± {c.Fit.DriftSigma:0} ppm");
        return FormattableString.Invariant($"The {c.Kind}’s clock is {c.Fit.OffsetSeconds:0.#} ± {c.Fit.OffsetSigma:0.#} s ahead of the ")
            + FormattableString.Invariant($"{c.Against}’s{drift}, as {c.Fit.Pairs} switches of the current show");
    }

    private static Series Moved(Series series, ClockFit fit) => series with { Hours = series.Hours.Select(fit.ToReference).ToArray() };

    private static bool AreOfOneInstrument(Series a, Series b)
    {
        var times = a.Hours.ToHashSet();
        return b.Hours.Count(times.Contains) > 0.9 * Math.Max(a.Hours.Distinct().Count(), b.Hours.Count);
    }
}
