namespace DendriteViewer.Web.Annotations;

/// <summary>How far annotators agree beyond chance.</summary>
/// <param name="Annotators">Those who judged at least one place.</param>
/// <param name="Places">Places judged: marks nearer to one another than a distance are one.</param>
/// <param name="Kappa">Cohen's for two annotators, Fleiss' for more: 1 is full agreement, 0 what chance would give.</param>
public sealed record AgreementFinding(int Annotators, int Places, double Kappa)
{
    /// <summary>Whose kappa it is.</summary>
    public string Kind => Annotators == 2 ? "Cohen’s" : "Fleiss’";

    /// <summary>The same for what was judged in each set of modalities, the most places first.</summary>
    public IReadOnlyList<ModalityAgreement> ByModality { get; init; } = [];
}

/// <summary>
/// Agreement of those who judged with one set of modalities in sight. A place that one of them judged in another set says nothing of this
/// one and is left out; one that somebody left alone counts as their no.
/// </summary>
/// <param name="Modalities">The modalities, joined by +; empty for judgements of which nobody recorded it.</param>
/// <param name="Annotators">Those who judged at least one place in it.</param>
/// <param name="Places">Places that they judged in it.</param>
/// <param name="LeftOut">Places left out since one of them judged them in another set.</param>
/// <param name="Kappa">As of all; null where fewer than two people or places remain.</param>
public sealed record ModalityAgreement(string Modalities, int Annotators, int Places, int LeftOut, double? Kappa);

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
    public static AgreementFinding? Of(IEnumerable<SiteEdit> log, double withinUm)
    {
        var judgements = new Judgements();
        judgements.Take(log);
        return Of(judgements.PlacesWithin(withinUm));
    }

    /// <summary>Agreement about places, or null where fewer than two people judged or there are fewer than two places.</summary>
    internal static AgreementFinding? Of(IReadOnlyList<JudgedPlace> places)
    {
        var people = places.SelectMany(p => p.Opinions.Keys).ToHashSet();
        if (people.Count < 2 || places.Count < 2)
        {
            return null;
        }

        var sets = places.SelectMany(p => p.Opinions.Values).Select(o => o.Modalities).Distinct();
        return new AgreementFinding(people.Count, places.Count, KappaOf(places, people))
        {
            ByModality = [.. sets.Select(s => In(s, places)).OrderByDescending(a => a.Places)
                .ThenBy(a => a.Modalities, StringComparer.Ordinal)],
        };
    }

    private static ModalityAgreement In(string modalities, IReadOnlyList<JudgedPlace> all)
    {
        bool IsOf(Opinion opinion) => opinion.Modalities == modalities;
        var people = all.SelectMany(p => p.Opinions).Where(o => IsOf(o.Value)).Select(o => o.Key).ToHashSet();
        var judged = all.Where(p => p.Opinions.Values.Any(IsOf)).ToArray();
        var places = judged.Where(p => p.Opinions.All(o => IsOf(o.Value) || !people.Contains(o.Key))).ToArray();
        var kappa = people.Count < 2 || places.Length < 2 ? (double?)null : KappaOf(places, people);
        return new ModalityAgreement(modalities, people.Count, places.Length, judged.Length - places.Length, kappa);
    }

    private static double KappaOf(IReadOnlyList<JudgedPlace> places, IReadOnlyCollection<string> people)
    {
        bool Says(JudgedPlace place, string person) => place.Opinions.TryGetValue(person, out var opinion) && opinion.IsYes;
        var (first, second) = (people.First(), people.Last());
        return people.Count == 2 ? Cohen([.. places.Select(p => (Says(p, first), Says(p, second)))])
            : Fleiss([.. places.Select(p => people.Count(one => Says(p, one))).Select(yes => new[] { yes, people.Count - yes })]);
    }

    /// <summary>
    /// Two raters' agreement beyond chance (J. Cohen, Educ. Psychol. Meas. 20, 37, 1960); 1 where chance alone would agree always.
    /// </summary>
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
