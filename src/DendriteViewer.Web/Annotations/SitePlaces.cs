using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using static DendriteViewer.Web.Annotations.SiteRules;

namespace DendriteViewer.Web.Annotations;

/// <summary>Where and when a site may be: inside a scan of its modality that was taken at its hours.</summary>
internal static class SitePlaces
{
    private const double SameHours = 1e-6, RoundingUm = 1e-3;

    /// <summary>Checks the place and time of a site. What an edit leaves as it was is not judged again: scans may have been deleted or
    /// registered since.</summary>
    /// <param name="dataset">What it was marked in.</param>
    /// <param name="name">What the sentence calls it.</param>
    /// <param name="site">The site.</param>
    /// <param name="at">Its place, rounded to nm.</param>
    /// <param name="before">The site before the edit, or null for a new one.</param>
    /// <exception cref="ArgumentException">It is outside; the sentence gives the point and the bounds, or the times.</exception>
    public static void Check(Dataset dataset, string name, Site site, WorldPoint at, Site? before)
    {
        var isElsewhere = before is null || at != new WorldPoint(before.ZUm, before.YUm, before.XUm);
        var isAtAnotherTime = before is null || site.Hours != before.Hours || site.Modality != before.Modality;
        if (isAtAnotherTime || (isElsewhere && ScansOf(dataset, site).Length > 0))
        {
            CheckPlace(name, at, CheckTime(dataset, name, site));
        }
        else if (isElsewhere)
        {
            // The scan it was marked in is gone, so the others are all that is known of where it may be.
            CheckPlace(name, at, [.. dataset.Volumes]);
        }
    }

    /// <summary>The scans of a site's hour that hold its place, with the finer ones inside them; the coarsest first.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="site">The site.</param>
    public static IReadOnlyList<VolumeInfo> HoldersOf(Dataset dataset, Site site)
    {
        var at = new WorldPoint(site.ZUm, site.YUm, site.XUm);
        var scans = dataset.Volumes.Where(v => Math.Abs(v.Key.Hours - site.Hours) <= SameHours).ToArray();
        return [.. scans.Concat(scans.SelectMany(v => NestedFields.In(dataset, v))).DistinctBy(v => v.Key).Where(v => IsIn(v, at))
            .OrderByDescending(v => v.VoxelSize.Least).ThenBy(v => v.Key.Modality, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The positions of a site at other timesteps as they are kept: rounded to nm, with their depths, by hours. Those that an edit leaves
    /// as they were are not judged again.
    /// </summary>
    /// <exception cref="ArgumentException">One cannot be; the sentence gives its hours.</exception>
    public static ValueList<SitePosition> CheckTrack(Dataset dataset, string name, Site site, Site? before)
    {
        if (site.Track.Count > SiteChains.Most)
        {
            throw new ArgumentException($"{name} has {site.Track.Count} positions; give at most {SiteChains.Most}.");
        }

        var twice = SiteChains.PositionsOf(site).GroupBy(p => Math.Round(p.Hours, 6)).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"{name} has two positions at {N(twice.Key)} h; leave one out.");
        }

        return new(site.Track.OrderBy(p => p.Hours).Select(p =>
        {
            var at = new WorldPoint(Math.Round(p.ZUm, 3), Math.Round(p.YUm, 3), Math.Round(p.XUm, 3));
            var kept = p with { ZUm = at.Z, YUm = at.Y, XUm = at.X };
            if (before?.Track.Any(b => b.Hours == p.Hours && b with { DepthUm = 0 } == kept with { DepthUm = 0 }) != true)
            {
                Check(dataset, name, site with { Hours = p.Hours }, at, before: null);
            }

            return kept with { DepthUm = Math.Round(dataset.Depth.DepthOf(at).Um, 3) };
        }));
    }

    // The scans that a site of this time and modality may lie in; a site without a modality is of any.
    private static VolumeInfo[] ScansOf(Dataset dataset, Site site) =>
        [.. dataset.Volumes.Where(v =>
            (site.Modality.Length == 0 || v.Key.Modality == site.Modality) && Math.Abs(v.Key.Hours - site.Hours) <= SameHours)];

    private static VolumeInfo[] CheckTime(Dataset dataset, string name, Site site)
    {
        if (site.Modality.Length > 0 && !dataset.Modalities.Contains(site.Modality))
        {
            throw new ArgumentException(
                $"{name} is of the modality '{Short(site.Modality)}'; the dataset has {string.Join(", ", dataset.Modalities)}.");
        }

        var scans = ScansOf(dataset, site);
        if (scans.Length == 0)
        {
            var scanned = dataset.Volumes.Where(v => site.Modality.Length == 0 || v.Key.Modality == site.Modality)
                .Select(v => v.Key.Hours).Distinct().Order().ToArray();
            var of = site.Modality.Length == 0 ? "The scans" : $"The scans of {site.Modality}";
            throw new ArgumentException(
                $"{name} is at {N(site.Hours)} h, when nothing was scanned. {of} are {Times(scanned, site.Hours)} h.");
        }

        return scans;
    }

    // Few times are all named; of many, the ends and those beside the one that was asked for.
    private static string Times(double[] scanned, double hours)
    {
        if (scanned.Length <= 8)
        {
            return "at " + string.Join(", ", scanned.Select(N));
        }

        var beside = scanned.Where(h => h < hours).TakeLast(1).Concat(scanned.Where(h => h > hours).Take(1)).Select(N);
        return $"{scanned.Length} from {N(scanned[0])} to {N(scanned[^1])}; nearest {string.Join(" and ", beside)}";
    }

    private static void CheckPlace(string name, WorldPoint at, VolumeInfo[] scans)
    {
        if (Array.Exists(scans, scan => IsIn(scan, at)))
        {
            return;
        }

        var bounds = Array.ConvertAll(scans, s => s.Bounds);
        var low = new WorldPoint(bounds.Min(b => b.Low.Z), bounds.Min(b => b.Low.Y), bounds.Min(b => b.Low.X));
        var high = new WorldPoint(bounds.Max(b => b.High.Z), bounds.Max(b => b.High.Y), bounds.Max(b => b.High.X));
        throw new ArgumentException(
            $"{name} is at z {N(at.Z)}, y {N(at.Y)}, x {N(at.X)} µm, outside the scans of that time, which reach from "
            + $"z {N(low.Z)}, y {N(low.Y)}, x {N(low.X)} to z {N(high.Z)}, y {N(high.Y)}, x {N(high.X)} µm.");
    }

    /// <summary>Whether a point lies in a scan, up to the rounding to nm and a hundredth of a voxel; NaN does not.</summary>
    internal static bool IsIn(VolumeInfo scan, WorldPoint at)
    {
        var (v, size, shape) = (scan.Transform.ToVoxel(at), scan.VoxelSize, scan.Shape);
        return Within(v.Z, shape.Z, size.Z) && Within(v.Y, shape.Y, size.Y) && Within(v.X, shape.X, size.X);

        static bool Within(double voxel, int voxels, double um)
        {
            var slack = 0.01 + RoundingUm / um;
            return voxel >= -slack && voxel <= voxels + slack;
        }
    }
}
