using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>Edits of fields by two people at once: what does not meet is merged, what meets is refused with who was first.</summary>
public sealed class FieldMergeTests : IClassFixture<TestHost>
{
    private static readonly Person Ada = new("ada", "Ada"), Ben = new("ben", "Ben");
    private static readonly string[] s_fields = ["note", "status", "radiusUm", "label"];

    // Those whose values differ in every edit of the tests.
    private static readonly string[] s_distinct = ["note", "radiusUm", "label"];

    private readonly TestHost _host;
    private readonly SiteLog _log;
    private readonly EditDesk _desk;
    private readonly SchemaLog _schemas;

    public FieldMergeTests(TestHost host)
    {
        _host = host;
        var journal = new EditJournal(host.Database, host.Time);
        _schemas = new SchemaLog(host.Database, host.Time, journal);
        _log = new SiteLog(host.Database, host.Time, journal, _schemas);
        _desk = new EditDesk(journal, [_log]);
    }

    [Fact]
    public void TwoEditsFromOneVersion_OfAnyFields_AreMergedUnlessTheyMeet()
    {
        var subsets = Gen.Choose(0, 15).Two().Where(p => p.Item1 > 0 && p.Item2 > 0).ToArbitrary();
        Prop.ForAll(subsets, pair =>
        {
            var site = Add();
            var (first, second) = (Fields(pair.Item1, 1), Fields(pair.Item2, 2));
            var meet = pair.Item1 & pair.Item2;
            Assert.Equal(EditOutcome.Accepted, Change(site, first, Ada, withWas: false).Outcome);
            var answer = Change(site, second, Ben, withWas: pair.Item1 % 2 == 0);
            Assert.Equal(meet == 0 ? EditOutcome.Merged : EditOutcome.Refused, answer.Outcome);
            var now = Now(site);
            foreach (var (name, value) in meet == 0 ? first.Concat(second) : first)
            {
                Assert.True(JsonNode.DeepEquals(value, now[name]), $"{name} is {now[name]}, not {value}");
            }

            return meet == 0 || (answer.Conflict is { By: "Ada" } && answer.Why!.Contains("was changed by Ada meanwhile"));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    // Two people change fields of one site in any order. When one takes back all they did, what the other changed last stays, and what only
    // the one changed is as it was.
    [Fact]
    public void UndoOfOnePersonsEdits_AmongAnothers_LeavesTheOthersFields()
    {
        var edits = Gen.Choose(0, 5).ArrayOf(10).ToArbitrary();
        Prop.ForAll(edits, moves =>
        {
            var site = Add();
            var page = new EditHistory();
            var (start, byBen) = (Now(site), new Dictionary<string, JsonNode?>());
            for (var i = 0; i < moves.Length; i++)
            {
                var (isBen, field) = (moves[i] >= 3, s_distinct[moves[i] % 3]);
                var fields = Fields(1 << Array.IndexOf(s_fields, field), i + 3);
                var was = new JsonObject { [field] = Now(site)[field]?.DeepClone() };
                Apply(new EditOp { Do = EditAction.Change, Id = site.Id, Fields = fields, Was = was },
                    isBen ? Ben : new Editor(Ada, page));
                if (isBen)
                {
                    byBen[field] = fields[field]?.DeepClone();
                }
            }

            while (page.UndoAsync(Ada, default).Result is not null)
            {
            }

            var now = Now(site);

            // Where Ada changed a field after Ben, taking that back leads to his; where he was last, it is his in any case.
            return s_distinct.All(f => JsonNode.DeepEquals(now[f], byBen.TryGetValue(f, out var theirs) ? theirs : start[f]));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Fact]
    public async Task Operation_SentTwice_IsDoneOnceAndAnsweredTheSame()
    {
        var site = Add();
        var op = new EditOp
        {
            Key = "sent-twice", Do = EditAction.Change, Id = site.Id, Base = 1, Fields = new JsonObject { ["note"] = "x" },
        };
        var first = await _desk.ApplyAsync(_host.Dataset, [op], Ada, default);
        var other = op with { Key = "other-edit", Base = 2, Fields = new JsonObject { ["note"] = "y" } };
        await _desk.ApplyAsync(_host.Dataset, [other], Ada, default);
        var again = await _desk.ApplyAsync(_host.Dataset, [op, op], Ada, default);
        Assert.All(again, a => Assert.Equal((first[0].Number, EditOutcome.Accepted), (a.Number, a.Outcome)));
        Assert.Equal("y", (string?)Now(site)["note"]);
        var stolen = (await _desk.ApplyAsync(_host.Dataset, [op], Ben, default))[0];
        Assert.Equal(EditOutcome.Refused, stolen.Outcome);
    }

    [Theory]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"author":"Eve"}}""", "author of a site is the server's")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"zUm":1}}""", "are given together; yUm is missing")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"note":null}}""", "may be empty, but not null")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"status":"maybe"}}""", "cannot be read")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"radiusUm":-1}}""", "has a radius of -1")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"labels":[null]}}""", "cannot be read")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"labels":["no"]}}""", "label 'no', which ")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"track":[null]}}""", "cannot be read")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"fields":3}}""", "cannot be read")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"fields.width":3}}""", "no field fields.width; give values within fields")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"found":"x"}}""", "found of a site is the server's")]
    [InlineData("""{"do":"change","id":"ID","base":1,"fields":{"note":"x","Author":"Eve"}}""", "Author of a site is the server's")]
    [InlineData("""{"do":"change","id":"ID","fields":{"note":"x"}}""", "from which version it was made")]
    [InlineData("""{"do":"change","id":"ID","base":7,"fields":{"note":"x"}}""", "has no version 7")]
    [InlineData("""{"do":"change","id":"nobody","base":1,"fields":{"note":"x"},"was":{"note":""}}""", "There is no such site")]
    [InlineData("""{"do":"add","id":"a b","fields":{"hours":0}}""", "1 to 40 letters")]
    [InlineData("""{"do":"undo","of":99999}""", "no such entry")]
    [InlineData("""{"do":"change","kind":"dream","id":"ID","base":1,"fields":{"note":"x"}}""", "no kind of annotation 'dream'")]
    public async Task Operation_ThatCannotBe_IsRefusedInOneSentence(string json, string part)
    {
        var text = json.Replace("ID", Add().Id, StringComparison.Ordinal).Insert(1, $"\"key\":\"{NewKey()}\",");
        var answer = Assert.Single(await _desk.ApplyAsync(_host.Dataset, EditOp.ReadAll($"[{text}]"), Ada, default));
        Assert.Equal(EditOutcome.Refused, answer.Outcome);
        Assert.Contains(part, answer.Why);
    }

    // Ada and Ben each change some values and labels of one site, from what they saw. What only one changed is so; where both changed the
    // same value to different ones the second is refused, with the first one's value and name, and nothing of it is written.
    [Fact]
    public void TwoEditsOfValuesAndLabels_FromOneState_AreMergedOneByOne()
    {
        Define();
        var choices = Gen.Choose(0, 2).ArrayOf(5).Two().ToArbitrary();
        Prop.ForAll(choices, pair =>
        {
            var site = Add();
            Assert.Equal(EditOutcome.Accepted, Change(site, Marks([1, 1, 0, 1, 0]), Ada, withWas: true).Outcome);
            var start = Marks([1, 1, 0, 1, 0]);
            var (first, second) = (Marks(pair.Item1), Marks(pair.Item2));
            Apply(new EditOp { Do = EditAction.Change, Id = site.Id, Fields = first, Was = (JsonObject)start.DeepClone() }, Ada);
            var answer = Apply(new EditOp { Do = EditAction.Change, Id = site.Id, Fields = second, Was = start }, Ben);
            int[] begun = [1, 1, 0, 1, 0], merged = new int[5];
            var meet = -1;
            for (var i = 4; i >= 0; i--)
            {
                // Of a label there is only given or not.
                var (a, b, was) = i < 3 ? (pair.Item1[i], pair.Item2[i], begun[i]) : (pair.Item1[i] & 1, pair.Item2[i] & 1, begun[i]);
                merged[i] = b == was ? a : b;
                meet = a != was && b != was && a != b ? i : meet;
            }

            Assert.Equal(meet >= 0, answer.Outcome == EditOutcome.Refused);
            Assert.True(meet < 0 || answer is { Conflict: { By: "Ada", Field: "W0" or "W1" or "W2" }, Why: not null }, answer.Why);
            var (now, wanted) = (Now(site), Marks(meet >= 0 ? pair.Item1 : merged));
            return JsonNode.DeepEquals(now["fields"], wanted["fields"])
                && ((JsonArray)now["labels"]!).Select(l => (string)l!).Order()
                    .SequenceEqual(((JsonArray)wanted["labels"]!).Select(l => (string)l!).Order());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Fact]
    public async Task UndoOfOneValue_AfterSomebodyElseChangedAnother_TakesBackTheOneAndNamesItInTheHistory()
    {
        Define();
        var (site, page) = (Add(), new EditHistory());
        Assert.Equal(EditOutcome.Accepted, Change(site, Marks([1, 0, 0, 1, 0]), new Editor(Ada, page), withWas: true).Outcome);
        var seen = Marks([1, 0, 0, 1, 0]);
        Apply(new EditOp { Do = EditAction.Change, Id = site.Id, Fields = Marks([1, 2, 0, 1, 1]), Was = seen }, Ben);
        Assert.Null((await page.UndoAsync(Ada, default))!.Warning);
        Assert.True(JsonNode.DeepEquals(Now(site)["fields"], Marks([0, 2, 0, 0, 1])["fields"]));
        Assert.Equal("l1", (string?)Assert.Single((JsonArray)Now(site)["labels"]!));
        var last = (await _log.VersionsAsync(_host.Dataset.Identity, site.Id, default))[^1];
        Assert.Equal([new FieldChange("W0", "1", ""), new FieldChange("label L0", "yes", "")], last.Changes.OrderBy(c => c.Field.Length));
    }

    // A browser that was offline said twice where the site is, and does not know the depth that the server computes.
    [Fact]
    public async Task Track_ChangedTwiceWithoutItsDepths_IsKeptAsIfTheyHadBeenSeen()
    {
        var site = Add();
        JsonObject At(params double[] hours) => new()
        {
            ["track"] = new JsonArray([.. hours.Select(h => new JsonObject { ["hours"] = h, ["zUm"] = 61.5, ["yUm"] = 90, ["xUm"] = 90 })]),
        };
        EditOp Op(JsonObject was, JsonObject fields) => new()
        {
            Key = NewKey(), Do = EditAction.Change, Id = site.Id, Base = 1, Was = was, Fields = fields,
        };
        var answers = await _desk.ApplyAsync(_host.Dataset, [Op(At(), At(1.5)), Op(At(1.5), At(1.5, 3)), Op(At(1.5), At(3))], Ada, default);
        Assert.Equal([EditOutcome.Accepted, EditOutcome.Merged, EditOutcome.Refused], answers.Select(a => a.Outcome));
        Assert.Equal([1.5, 3], (await _log.ListAsync(_host.Dataset.Identity)).Single(s => s.Id == site.Id).Track.Select(p => p.Hours));
        Assert.All((await _log.ListAsync(_host.Dataset.Identity)).Single(s => s.Id == site.Id).Track, p => Assert.NotEqual(0, p.DepthUm));
    }

    [Fact]
    public async Task Deletion_OfWhatSomebodyElseChangedSince_IsRefused()
    {
        var site = Add();
        Assert.Equal(EditOutcome.Accepted, Change(site, new JsonObject { ["note"] = "look" }, Ben, withWas: false).Outcome);
        var op = new EditOp { Key = NewKey(), Do = EditAction.Delete, Id = site.Id, Base = 1 };
        Assert.Contains("changed by Ben", (await _desk.ApplyAsync(_host.Dataset, [op], Ada, default))[0].Why);
        op = op with { Key = NewKey() };
        Assert.Equal(EditOutcome.Merged, (await _desk.ApplyAsync(_host.Dataset, [op], Ben, default))[0].Outcome);
    }

    private static string NewKey() => Guid.NewGuid().ToString("N");

    // Three numbers, of which 0 means none, and two labels, given where the number is odd.
    private static JsonObject Marks(int[] values) => new()
    {
        ["fields"] = new JsonObject(Enumerable.Range(0, 3).Where(i => values[i] > 0)
            .Select(i => KeyValuePair.Create($"w{i}", (JsonNode?)values[i]))),
        ["labels"] = new JsonArray([.. Enumerable.Range(0, 2).Where(i => (values[3 + i] & 1) == 1).Select(i => (JsonNode)$"l{i}")]),
    };

    private void Define()
    {
        var schema = _schemas.OfAsync(_host.Dataset.Identity).Result;
        if (schema.Fields.Count == 0)
        {
            var labels = Enumerable.Range(0, 2).Select(i => new AnnotationLabel { Name = $"L{i}", Color = "#77aadd" });
            var fields = Enumerable.Range(0, 3).Select(i => new AnnotationField { Name = $"W{i}", Type = FieldType.Number });
            _schemas.ChangeAsync(_host.Dataset.Identity, now => SchemaRules.Check(
                now with { Labels = new(labels), Fields = new(fields) }, now), schema.Version, Ada, default).Wait();
        }
    }

    private static JsonObject Fields(int which, int value)
    {
        var all = new JsonObject
        {
            ["note"] = $"note {value}", ["status"] = value % 2 == 0 ? "confirmed" : "rejected", ["radiusUm"] = 10 + value,
            ["label"] = $"L{value}",
        };
        return new JsonObject(s_fields.Where((_, i) => (which >> i & 1) == 1).Select(f => KeyValuePair.Create(f, all[f]?.DeepClone())));
    }

    private EditAnswer Change(Site site, JsonObject fields, Editor by, bool withWas)
    {
        var start = (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(site, SiteLog.Json)!;
        var was = withWas ? new JsonObject(fields.Select(f => KeyValuePair.Create(f.Key, start[f.Key]?.DeepClone()))) : null;
        return Apply(new EditOp { Do = EditAction.Change, Id = site.Id, Base = 1, Fields = fields, Was = was }, by);
    }

    private EditAnswer Apply(EditOp op, Editor by) =>
        _desk.ApplyAsync(_host.Dataset, [op with { Key = NewKey() }], by, default).Result[0];

    private JsonObject Now(Site site) =>
        (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(
            _log.ListAsync(_host.Dataset.Identity).Result.Single(s => s.Id == site.Id), SiteLog.Json)!;

    private Site Add() => _log.AddAsync(_host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ada, default).Result;
}
