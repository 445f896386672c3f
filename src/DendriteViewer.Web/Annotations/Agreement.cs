using System.Text.Json;

namespace DendriteViewer.Web.Annotations;

/// <summary>How far annotators agree beyond chance.</summary>
/// <param name="Annotators">Those who judged at least one place.</param>
/// <param name="Places">Places judged: marks nearer to one another than a distance are one.</param>
/// <param name="Kappa">Cohen's for two annotators, Fleiss' for more: 1 is full agreement, 0 what chance would give.</param>
public sealed record AgreementFinding(int Annotators, int Places, double Kappa)
{
    /// <summary>Whose kappa it is.</summary>
    public string Kind => Annotators == 2 ? "Cohen’s" : "Fleiss’";
}

/// <summary>
/// Agreement between annotators about where lithium nucleated. The places are those that anybody, or the analysis, marked. Somebody says
/// yes to a place by marking it or by confirming a mark there, and no otherwise: by rejecting it, or by not having marked it.
/// </summary>
public static class Agreement
{
    /// <summary>Author of marks that nobody made: the analysis proposed them.</summary>
    public const string Analysis = "the analysis";

    /// <summary>Agreement in a log of edits, or null where fewer than two people judged or there are fewer than two places.</summary>
    /// <param name="log">All edits, oldest first.</param>
    /// <param name="withinUm">Marks so near to one another are of one place, µm.</param>
    public static AgreementFinding? Of(IReadOnlyList<SiteEdit> log, double withinUm)
    {
        var places = new List<(double Z, double Y, double X, HashSet<string> Yes)>();
        var people = new HashSet<string>();
        foreach (var site in log.GroupBy(e => e.SiteId))
        {
            var states = site.OrderBy(e => e.Version).Select(e => (Edit: e, State: JsonSerializer.Deserialize<Site>(e.State, SiteLog.Json)!)).ToArray();
            var (first, last) = (states[0], states[^1].State);
            var yes = new HashSet<string>();

            // A mark says yes for whoever made it; a status is a judgement of whoever set it.
            if (first.State.Author != Analysis)
            {
                people.Add(first.Edit.ByKey);
                yes.Add(first.Edit.ByKey);
            }

            for (var i = 1; i < states.Length; i++)
            {
                var (edit, state) = states[i];
                if (state.Status == states[i - 1].State.Status && state.Deleted == states[i - 1].State.Deleted)
                {
                    continue;
                }

                people.Add(edit.ByKey);
                if (state.Status == SiteStatus.Confirmed && !state.Deleted)
                {
                    yes.Add(edit.ByKey);
                }
                else
                {
                    yes.Remove(edit.ByKey);
                }
            }

            var near = places.FindIndex(p => Math.Sqrt(Square(p.Z - last.ZUm) + Square(p.Y - last.YUm) + Square(p.X - last.XUm)) <= withinUm);
            if (near >= 0)
            {
                places[near].Yes.UnionWith(yes);
            }
            else
            {
                places.Add((last.ZUm, last.YUm, last.XUm, yes));
            }
        }

        if (people.Count < 2 || places.Count < 2)
        {
            return null;
        }

        var kappa = people.Count == 2
            ? Cohen(places.Select(p => (p.Yes.Contains(people.First()), p.Yes.Contains(people.Last()))).ToArray())
            : Fleiss(places.Select(p => new[] { p.Yes.Count, people.Count - p.Yes.Count }).ToArray());
        return new AgreementFinding(people.Count, places.Count, kappa);
    }

    /// <summary>Two raters' agreement beyond chance (J. Cohen, Educ. Psychol. Meas. 20, 37, 1960); 1 where chance alone would agree always.</summary>
    public static double Cohen(IReadOnlyList<(bool A, bool B)> ratings)
    {
        double n = ratings.Count, a = ratings.Count(r => r.A) / n, b = ratings.Count(r => r.B) / n;
        var observed = ratings.Count(r => r.A == r.B) / n;
        var expected = a * b + (1 - a) * (1 - b);
        return expected >= 1 ? 1 : (observed - expected) / (1 - expected);
    }

    /// <summary>
    /// Many raters' agreement beyond chance (J. L. Fleiss, Psychol. Bull. 76, 378, 1971); 1 where chance alone would agree always.
    /// </summary>
    /// <param name="ratings">For each subject how many raters chose each category; the same number of raters for all.</param>
    public static double Fleiss(IReadOnlyList<int[]> ratings)
    {
        double raters = ratings[0].Sum(), subjects = ratings.Count;
        var observed = ratings.Average(r => (r.Sum(c => (double)c * c) - raters) / (raters * (raters - 1)));
        var expected = Enumerable.Range(0, ratings[0].Length).Sum(j => Square(ratings.Sum(r => r[j]) / (raters * subjects)));
        return expected >= 1 ? 1 : (observed - expected) / (1 - expected);
    }

    private static double Square(double v) => v * v;
}
