namespace DendriteViewer.Web.Annotations;

/// <summary>
/// A site as one thing through time: its own position at its own hours and those of its track, in one order. What is edited here is
/// checked by <see cref="SiteRules"/> afterwards.
/// </summary>
public static class SiteChains
{
    private const double SameHours = 1e-6;

    /// <summary>Positions that a site has at most, beside its own.</summary>
    public const int Most = 1000;

    /// <summary>All positions, the site's own included, by hours.</summary>
    public static IReadOnlyList<SitePosition> PositionsOf(Site site) => [.. site.Track.Append(new SitePosition
    {
        Hours = site.Hours, ZUm = site.ZUm, YUm = site.YUm, XUm = site.XUm, DepthUm = site.DepthUm,
    }).OrderBy(p => p.Hours)];

    /// <summary>Whether two times are of the same timestep.</summary>
    public static bool IsSame(double a, double b) => Math.Abs(a - b) <= SameHours;

    /// <summary>Cuts a site in two: what it was before some hours, and from then on.</summary>
    /// <exception cref="ArgumentException">One of the two would have no position.</exception>
    public static (Site Earlier, Site Later) Split(Site site, double hours)
    {
        var (earlier, later) = (PositionsOf(site).Where(p => p.Hours < hours - SameHours).ToArray(),
            PositionsOf(site).Where(p => p.Hours >= hours - SameHours).ToArray());
        return earlier.Length > 0 && later.Length > 0
            ? (Of(site, earlier), Of(site, later) with { Found = "" })
            : throw new ArgumentException(
                $"Site {site.Label} has positions {(earlier.Length == 0 ? "only from" : "only before")} {SiteRules.N(hours)} h on, "
                + "so that it cannot be cut there; show a later or an earlier timestep.");
    }

    /// <summary>Makes one site of two. The first keeps its name, status and values; what it lacks it takes from the second.</summary>
    /// <exception cref="ArgumentException">Both have a position at the same hours, or the notes do not fit into one.</exception>
    public static Site Join(Site site, Site other)
    {
        var (a, b) = (PositionsOf(site), PositionsOf(other));
        if (a.FirstOrDefault(p => b.Any(q => IsSame(p.Hours, q.Hours))) is { } both)
        {
            throw new ArgumentException(
                $"{site.Label} and {other.Label} both have a position at {SiteRules.N(both.Hours)} h; remove one of them first.");
        }

        return Of(site, a.Concat(b)) with
        {
            Note = other.Note.Length == 0 || other.Note == site.Note ? site.Note
                : site.Note.Length == 0 ? other.Note : $"{site.Note}\n{other.Note}",
            Labels = new(site.Labels.Union(other.Labels)),
            Fields = other.Fields.Where(v => site.Fields[v.Key] is null).Aggregate(site.Fields, (all, v) => all.With(v.Key, v.Value)),
            Found = site.Found.Length > 0 ? site.Found : other.Found,
        };
    }

    // The earliest position is the site's own.
    private static Site Of(Site site, IEnumerable<SitePosition> positions)
    {
        var sorted = positions.OrderBy(p => p.Hours).ToArray();
        var first = sorted[0];
        return site with
        {
            Hours = first.Hours, ZUm = first.ZUm, YUm = first.YUm, XUm = first.XUm, DepthUm = first.DepthUm, Track = new(sorted.Skip(1)),
        };
    }
}
