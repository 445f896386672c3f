using System.Text.Json;
using DendriteViewer.Web.Annotations;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations;

public sealed class AgreementTests
{
    // Fleiss' own table of 1971 in short: 10 subjects, 14 raters, 5 categories, κ = 0.210.
    [Fact]
    public void Fleiss_OfATextbookTable_IsItsKappa() => Assert.Equal(0.210, Agreement.Fleiss(
    [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]), 3);

    // 20 both yes, 5 and 10 apart, 15 both no: κ = 0.4.
    [Fact]
    public void Cohen_OfATextbookTable_IsItsKappa() => Assert.Equal(0.4, Agreement.Cohen(
        [.. Enumerable.Repeat((true, true), 20), .. Enumerable.Repeat((true, false), 5), .. Enumerable.Repeat((false, true), 10), .. Enumerable.Repeat((false, false), 15)]), 9);

    // The analysis proposes three; Ada confirms two and rejects one, Ben confirms the same two and marks the first again, a little off.
    [Fact]
    public void Log_OfTwoWhoAgree_HasKappaOne()
    {
        var log = new List<SiteEdit>();
        foreach (var (id, z) in new[] { ("a", 10.0), ("b", 50.0), ("c", 90.0) })
        {
            Add(log, id, 1, z, SiteStatus.Proposed, "ada", Agreement.Analysis);
            Add(log, id, 2, z, id == "c" ? SiteStatus.Rejected : SiteStatus.Confirmed, "ada", Agreement.Analysis);
        }

        Assert.Null(Agreement.Of(log, 5));
        Add(log, "b", 3, 50, SiteStatus.Proposed, "ben", Agreement.Analysis);
        Add(log, "b", 4, 50, SiteStatus.Confirmed, "ben", Agreement.Analysis);
        Add(log, "d", 1, 12, SiteStatus.Proposed, "ben", "Ben");
        var found = Agreement.Of(log, 5)!;
        Assert.Equal((2, 3, "Cohen’s"), (found.Annotators, found.Places, found.Kind));
        Assert.Equal(1, found.Kappa, 9);

        // A third who says no to all takes it down.
        Add(log, "a", 3, 10, SiteStatus.Rejected, "cleo", Agreement.Analysis);
        var three = Agreement.Of(log, 5)!;
        Assert.Equal((3, "Fleiss’"), (three.Annotators, three.Kind));
        Assert.True(three.Kappa < 0.5);
    }

    // Both saw phase contrast at a, b and c and agree; of d and e they saw absorption and disagree; f Ben judged in absorption alone.
    [Fact]
    public void ByModality_OfWhatWasSeen_TellsTheSetsApart()
    {
        var log = new List<SiteEdit>();
        const string Both = "nano-phase + projection";
        foreach (var (id, z, ada, ben, seen) in new[]
        {
            ("a", 10.0, SiteStatus.Confirmed, SiteStatus.Confirmed, Both), ("b", 50, SiteStatus.Rejected, SiteStatus.Rejected, Both),
            ("c", 90, SiteStatus.Confirmed, SiteStatus.Confirmed, Both),
            ("d", 130, SiteStatus.Confirmed, SiteStatus.Rejected, "projection"),
            ("e", 170, SiteStatus.Rejected, SiteStatus.Confirmed, "projection"),
            ("f", 210, SiteStatus.Confirmed, SiteStatus.Confirmed, Both),
        })
        {
            Add(log, id, 1, z, SiteStatus.Proposed, "ada", Agreement.Analysis);
            Add(log, id, 2, z, ada, "ada", Agreement.Analysis, seen);
            Add(log, id, 3, z, SiteStatus.Proposed, "ben", Agreement.Analysis, seen);
            Add(log, id, 4, z, ben, "ben", Agreement.Analysis, id == "f" ? "projection" : seen);
        }

        var sets = Agreement.Of(log, 5)!.ByModality;
        Assert.Equal([Both, "projection"], sets.Select(s => s.Modalities));
        Assert.Equal((2, 3, 1, 1.0), (sets[0].Annotators, sets[0].Places, sets[0].LeftOut, sets[0].Kappa!.Value));
        Assert.Equal((2, 2, 1), (sets[1].Annotators, sets[1].Places, sets[1].LeftOut));
        Assert.True(sets[1].Kappa < 0);
    }

    // Marks and judgements of four people about a dozen sites, some of them near to one another, taken in by and by.
    [Fact]
    public void Log_TakenInByAndBy_HasTheAgreementOfTheWholeLog()
    {
        var edit = Gen.Choose(0, 12 * 4 * 3 * 2 - 1);
        Prop.ForAll(edit.ArrayOf(60).Two().ToArbitrary(), halves =>
        {
            var (log, judgements, versions) = (new List<SiteEdit>(), new Judgements(), new Dictionary<string, int>());
            int[] edits = [.. halves.Item1, .. halves.Item2];
            var taken = 0;
            foreach (var e in edits)
            {
                var (site, by, status, isApart) = (e % 12, e / 12 % 4, (SiteStatus)(e / 48 % 3), e / 144 == 1);
                var version = versions[$"s{site}"] = versions.GetValueOrDefault($"s{site}") + 1;
                Add(log, $"s{site}", version, 4.5 * site + (isApart ? 2 : 0), status, $"p{by}", site == 0 ? Agreement.Analysis : $"p{by}");
                if (e % 5 == 0)
                {
                    judgements.Take(log.Skip(taken));
                    taken = log.Count;
                    Same(Agreement.Of(log, 5), Agreement.Of(judgements.PlacesWithin(5)));
                }
            }

            return judgements.Number == (taken == 0 ? 0 : log[taken - 1].Number);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    // Places by definition: each site is of the first place near it.
    [Fact]
    public void Places_OfManySites_AreThoseOfTheFirstPlaceNearEach()
    {
        Prop.ForAll(Gen.Choose(-40, 40).ArrayOf(40).ToArbitrary(), places =>
        {
            var log = new List<SiteEdit>();
            var found = new List<double>();
            foreach (var (z, i) in places.Select((p, i) => (0.5 * p, i)))
            {
                Add(log, $"s{i}", 1, z, SiteStatus.Proposed, "ada", "Ada");
                if (!found.Exists(f => Math.Abs(f - z) <= 1.5))
                {
                    found.Add(z);
                }
            }

            var judgements = new Judgements();
            judgements.Take(log);
            return judgements.PlacesWithin(1.5).Count == found.Count;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    private static void Same(AgreementFinding? whole, AgreementFinding? folded)
    {
        Assert.Equal((whole?.Annotators, whole?.Places, whole?.Kappa), (folded?.Annotators, folded?.Places, folded?.Kappa));
        Assert.Equal(whole?.ByModality, folded?.ByModality);
    }

    private static JudgedVolumes Seen(string modalities) => JudgedVolumes.Of(
        modalities.Split(" + ", StringSplitOptions.RemoveEmptyEntries).Select(m => new JudgedVolume(m, 3.2, null)));

    private static void Add(List<SiteEdit> log, string id, int version, double z, SiteStatus status, string by, string author,
        string seen = "") => log.Add(new SiteEdit
    {
        Sequence = log.Count, Number = log.Count + 1, DatasetIdentity = "d", SiteId = id, Version = version, ByKey = by, ByName = by,
        State = JsonSerializer.Serialize(new Site { Id = id, Version = version, ZUm = z, Status = status, Author = author, JudgedIn = Seen(seen) }, SiteLog.Json),
    });
}
