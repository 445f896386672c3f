using System.Globalization;
using DendriteViewer.Analysis.Multiscale;

namespace DendriteViewer.Web.Placements;

/// <summary>What is said of placements, in words and numbers.</summary>
public static class PlacementText
{
    /// <summary>By how much a placed volume may be larger or smaller than its voxels say before that is remarked.</summary>
    public const double MostScale = 0.02;

    /// <summary>A length with its unit, in as many digits as it is known; "not known" for none.</summary>
    public static string Um(double? um) => um is { } v ? v.ToString(v < 0.1 ? "0.000" : v < 10 ? "0.00" : "0.0",
        CultureInfo.InvariantCulture) + "\u00a0µm" : "not known";

    /// <summary>The bound of a placement's mean error.</summary>
    public static string Bound(double? um) => um is null ? "error not known" : $"mean error at most {Um(um)} (95 %)";

    /// <summary>How a version was found.</summary>
    public static string HowOf(PlacementEntry entry) => entry.How switch
    {
        "restore" => entry.Of is > 0 ? $"back to v{entry.Of}" : "back to the stage's coordinates",
        "stage" => "by images, from the stage’s coordinates",
        "common" => "by images, from a common point",
        "landmarks" => entry.Metric is null ? $"by {entry.LandmarksUm?.Length ?? 0} landmarks"
            : $"by images, from {entry.LandmarksUm?.Length ?? 0} landmarks",
        "import" => "from a file",
        _ => entry.How,
    };

    /// <summary>What a model may do to a volume.</summary>
    public static string NameOf(PlacementModel model) => model switch
    {
        PlacementModel.Rigid => "rigid: turn and shift",
        PlacementModel.Similarity => "similarity: and one scale",
        _ => "affine: any linear map",
    };

    /// <summary>What images refine a placement by.</summary>
    public static string NameOf(PlacementMetric metric) =>
        metric == PlacementMetric.Gradient ? "gradient correlation: edges alone" : "mutual information: grey values";

    /// <summary>How well images agree, in the unit of what they were compared by.</summary>
    public static string AgreementOf(double value, PlacementMetric metric) =>
        value.ToString("0.000", CultureInfo.InvariantCulture) + (metric == PlacementMetric.Gradient ? "" : " nats");

    /// <summary>The scale of a placement, as a difference from what voxel sizes say.</summary>
    public static string ScaleOf(Placement p)
    {
        var (low, high) = (p.Scale.Min(), p.Scale.Max());
        static string Percent(double scale) => (100 * (scale - 1)).ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture) + " %";
        return high - low < 1e-4 ? Percent(p.Scale.Average()) : $"{Percent(low)} to {Percent(high)}";
    }

    /// <summary>Whether a scale is beyond what stated voxel sizes are usually off.</summary>
    public static bool IsScaleDoubtful(Placement p) => p.Scale.Any(s => Math.Abs(s - 1) > MostScale);
}
