using System.Text.Json;
using System.Text.Json.Serialization;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>How the clock of an instrument stands to that of the scans. A series is read with its times put right by it.</summary>
public sealed record SeriesClock
{
    /// <summary>Seconds that the instrument's clock is ahead at 0 h; they are taken from its times. Null is 0.</summary>
    public double? OffsetSeconds { get; init; }

    /// <summary>Standard deviation of the offset, s; null where nobody said.</summary>
    public double? OffsetSigma { get; init; }

    /// <summary>Seconds in a million that the instrument's clock runs fast; null is 0.</summary>
    public double? DriftPpm { get; init; }

    /// <summary>Standard deviation of the drift, ppm; null where nobody said.</summary>
    public double? DriftSigma { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }

    /// <summary>Whether it says how the clocks stand to each other.</summary>
    [JsonIgnore]
    public bool IsStated => OffsetSeconds is not null || DriftPpm is not null;

    /// <summary>Whether its numbers are such as clocks have.</summary>
    [JsonIgnore]
    public bool IsPossible => Math.Abs(OffsetSeconds ?? 0) <= 3.6e9 && Math.Abs(DriftPpm ?? 0) <= 1e5
        && OffsetSigma is not (< 0 or double.NaN) && DriftSigma is not (< 0 or double.NaN);

    /// <summary>A time of the instrument on the clock of the scans.</summary>
    /// <param name="hours">The instrument's.</param>
    public double ToScans(double hours) => (hours - ((OffsetSeconds ?? 0) / 3600)) / (1 + ((DriftPpm ?? 0) * 1e-6));

    /// <summary>Whether two clocks, null where none is stated, say the same.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    public static bool AreSame(SeriesClock? a, SeriesClock? b) => Numbers(a) == Numbers(b);

    private static (bool, double, double?, double, double?) Numbers(SeriesClock? c) =>
        (c is { IsStated: true }, c?.OffsetSeconds ?? 0, c?.OffsetSigma, c?.DriftPpm ?? 0, c?.DriftSigma);
}
