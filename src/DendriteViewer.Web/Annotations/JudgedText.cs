using System.Globalization;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Annotations;

/// <summary>What a page says of the scans that a site was judged in.</summary>
internal static class JudgedText
{
    // Whatever its voxels, a scan of this kind of contrast tells lithium from voids.
    private const string Phase = "phase";

    /// <summary>The scans, as “projection 3.2 h and nano-phase, placed v2”; hours stand where they change.</summary>
    /// <param name="judgedIn">The scans.</param>
    public static string Of(JudgedVolumes judgedIn)
    {
        var parts = judgedIn.Select((v, i) =>
        {
            var hours = i > 0 && v.Hours == judgedIn[i - 1].Hours ? "" : $" {v.Hours.ToString("0.##", CultureInfo.InvariantCulture)} h";
            return $"{v.Modality}{hours}{(v.Placement is { } version ? $", placed v{version}" : "")}";
        }).ToArray();
        return parts.Length switch
        {
            0 => "not recorded",
            1 => parts[0],
            _ => $"{string.Join(", ", parts[..^1])} and {parts[^1]}",
        };
    }

    /// <summary>That phase contrast holds a site's place and was not seen when it was judged; null where that is not so.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="site">The site.</param>
    public static string? LackOf(Dataset dataset, Site site) =>
        site.JudgedIn.Count > 0 && !site.JudgedIn.Any(v => IsPhase(v.Modality))
            && SitePlaces.HoldersOf(dataset, site).Any(v => IsPhase(v.Key.Modality))
            ? "not judged in phase contrast" : null;

    private static bool IsPhase(string modality) => modality.Contains(Phase, StringComparison.OrdinalIgnoreCase);
}
