using System.Globalization;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations;

/// <summary>
/// What a site may be, whoever sends it: a browser, a program or a file. A value out of its range is refused, never made to fit in silence;
/// who marked a site is what the server knows, not what was sent.
/// </summary>
public static partial class SiteRules
{
    /// <summary>Characters that a label has at most.</summary>
    public const int MostLabel = 60;

    /// <summary>Characters that a note has at most.</summary>
    public const int MostNote = 4000;

    private const int MostName = 80;
    /// <summary>Radius of a mark.</summary>
    public static readonly NumberRange RadiusUm = new("The radius", 0.01, 1e5, "µm");

    /// <summary>The site as it is kept: position rounded to nm, depth measured. Fields that an edit leaves as they were are not judged
    /// again.</summary>
    /// <param name="dataset">What it was marked in.</param>
    /// <param name="site">The site as it was sent.</param>
    /// <param name="before">The site before the edit, or null for a new one.</param>
    /// <param name="schema">The dataset's labels and fields; without it there are none.</param>
    /// <exception cref="ArgumentException">A value cannot be; the sentence names the site and the value.</exception>
    public static Site Check(Dataset dataset, Site site, Site? before, AnnotationSchema? schema = null)
    {
        var name = site.Label.Length is > 0 and <= MostLabel ? $"Site {site.Label}" : "A site";
        Check(Enum.IsDefined(site.Status), $"{name} has a status that is none of proposed, confirmed and rejected.");
        CheckText(name, "label", site.Label, MostLabel, lines: false);
        Check(before is null || site.Label == before.Label || !IsOfAnalysis(site.Label),
            $"{name} cannot be called so: A and a number is how the analysis names its sites. Choose another label.");
        CheckText(name, "note", site.Note, MostNote, lines: true);
        CheckText(name, "author", site.Author, MostName, lines: false);
        CheckText(name, "author in the file", site.FileAuthor, MostName, lines: false);
        Check(RadiusUm.Contains(site.RadiusUm),
            $"{name} has a radius of {N(site.RadiusUm)} µm; give {N(RadiusUm.Least)} to {N(RadiusUm.Most)}.");
        MarkRules.Check(
            schema ?? AnnotationSchema.Empty, name, "site", (site.Labels, site.Fields), before is null ? null : (before.Labels,
                before.Fields));
        CheckText(name, "analysis' site", site.Found, MostName, lines: false);
        site = site with { Track = SitePlaces.CheckTrack(dataset, name, site, before) };
        var at = new WorldPoint(Math.Round(site.ZUm, 3), Math.Round(site.YUm, 3), Math.Round(site.XUm, 3));
        SitePlaces.Check(dataset, name, site, at, before);
        Check(site.JudgedIn.Equals(before?.JudgedIn) || site.JudgedIn.Problem() is null, $"{name} {site.JudgedIn.Problem()}.");
        return site with
        {
            ZUm = at.Z, YUm = at.Y, XUm = at.X, DepthUm = Math.Round(dataset.Depth.DepthOf(at).Um, 3), Deleted = false,
        };
    }

    /// <summary>A site from a file or a program, as somebody brings it in: marked by them; whoever the file names is kept as what it
    /// says.</summary>
    /// <param name="site">As it was read.</param>
    /// <param name="by">Who brings it in.</param>
    public static Site BroughtIn(Site site, Person by)
    {
        var said = site.FileAuthor.Length > 0 ? site.FileAuthor : site.Author;
        return site with { Author = by.Name, FileAuthor = said == by.Name ? "" : said };
    }

    /// <summary>Whether a label is one that the analysis gives its sites: A1, A2 and so on.</summary>
    internal static bool IsOfAnalysis(string label) => label is ['A', _, ..] && label.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The number of the next mark: one more than the largest N that there is.</summary>
    internal static int NextNumber(IEnumerable<Site> sites) => 1 + sites
        .Select(s => s.Label is ['N', ..] && int.TryParse(s.Label.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && n < int.MaxValue ? n : 0)
        .DefaultIfEmpty(0).Max();

    /// <summary>Whether a site may keep the id that a file gives it.</summary>
    public static bool IsId(string id) => Id().IsMatch(id);

    /// <summary>Sites as somebody may see them: without the names of people where only a link to look was given.</summary>
    public static IReadOnlyList<Site> For(DatasetGrant grant, IReadOnlyList<Site> sites) => grant.SeesNames ? sites : WithoutNames(sites);

    /// <summary>Sites without the names of people; that the analysis proposed one is no person's name.</summary>
    public static IReadOnlyList<Site> WithoutNames(IReadOnlyList<Site> sites) =>
        [.. sites.Select(s => s with { Author = s.Author == Agreement.Analysis ? s.Author : "", FileAuthor = "" })];

    private static void CheckText(string name, string field, string text, int most, bool lines)
    {
        Check(text.Length <= most, $"{name} has a {field} of {text.Length} characters; give at most {most}.");
        Check(!text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t')),
            $"{name} has a character in its {field} that cannot be shown; take it out.");
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }

    internal static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";

    internal static string N(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    [GeneratedRegex("^[A-Za-z0-9_-]{1,40}$")]
    private static partial Regex Id();
}
