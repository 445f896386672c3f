using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Measurements;

/// <summary>
/// Shapes that are drawn and changed by operations: measured as over HTTP, kept once however often they are sent, or refused with a reason.
/// </summary>
public sealed class DrawnShapesTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const string Circle = """
        {"kind":"circle","pointsUm":[[96,96,96],[96,96,136]],"right":[0,0,1],"down":[0,1,0],"thicknessUm":0,"widthUm":0,"hours":2,
         "modality":"projection"}
        """;

    private const string Ruler = """
        {"kind":"ruler","pointsUm":[[10,20,30],[10,50,70]],"right":null,"down":null,"thicknessUm":0,"widthUm":0,"hours":0,
         "modality":"projection"}
        """;

    private static readonly Person s_ada = new("account:ada", "Ada");

    private MeasurementLog Log => app.App.Services.GetRequiredService<MeasurementLog>();

    private MeasurementDesk Desk => app.App.Services.GetRequiredService<MeasurementDesk>();

    [Fact]
    public async Task Shape_AddedOverTheHub_IsMeasuredAsOverHttpAndKeptOnce()
    {
        await using var hub = await HubAsync(DatasetRole.Annotate);
        var op = Add(Circle);
        var answer = await EditAsync(hub, op);
        Assert.Equal(("accepted", 1), (Text(answer, "outcome"), (int)answer["version"]!));
        var again = await EditAsync(hub, op);
        Assert.Equal((long)answer["number"]!, (long)again["number"]!);

        var wanted = JsonSerializer.Deserialize<Measurement>(Circle, MeasurementLog.Json)!;
        var order = new MeasurementOrder(app.Stored, s_ada, MaySave: true, new("ada", false, "here"), null);
        var posted = await Desk.MeasureAsync(order, wanted, default);
        var drawn = Assert.Single(await Log.ListAsync(app.Identity), m => m.Id == op.Id);
        Assert.Equal(Json(posted.Result), Json(drawn.Result));
        Assert.Equal(NumberOf(drawn) + 1, NumberOf(posted));
        Assert.NotEmpty(drawn.Author);
    }

    [Fact]
    public async Task Shape_GivenAnotherShapeBeforeItsAddWasAnswered_IsMeasuredAnewAndTakenBack()
    {
        // The plane's vectors are as a browser has them after a turn, not to the last bit of unit length.
        var turned = Shape(Circle);
        turned["pointsUm"] = JsonNode.Parse("[[96,96,96],[96.0000001,96,136]]");
        turned["right"] = JsonNode.Parse("[0.0000000025,0,1.0000000003]");
        using var history = new EditHistory();
        var me = new Editor(s_ada, history);
        var op = Add(turned.ToJsonString());
        var larger = (JsonObject)turned.DeepClone();
        larger["pointsUm"] = JsonNode.Parse("[[96,96,96],[96.0000001,96,146]]");
        var change = new EditOp { Key = NewKey(), Kind = "measurement", Do = EditAction.Change, Id = op.Id, Fields = larger, Was = turned };
        Assert.Equal(EditOutcome.Accepted, (await DoAsync(op, me)).Outcome);
        var changed = await DoAsync(change, me);
        Assert.Equal((EditOutcome.Accepted, null), (changed.Outcome, changed.Why));
        var now = (await Log.FindAsync(app.Identity, op.Id, default))!;
        Assert.Equal(Math.PI * 2500, now.Result!.Region!.GeometricSize, 3);
        await history.UndoAsync(s_ada, default);
        now = (await Log.FindAsync(app.Identity, op.Id, default))!;
        Assert.Equal(Math.PI * 1600, now.Result!.Region!.GeometricSize, 3);
        await history.UndoAsync(s_ada, default);
        Assert.Null(await Log.FindAsync(app.Identity, op.Id, default));
    }

    [Fact]
    public async Task Shape_ThatSomebodyElseChangedMeanwhile_IsRefusedWithTheirName()
    {
        var op = Add(Ruler);
        await DoAsync(op, s_ada);
        EditOp Changed(string to) => new()
        {
            Key = NewKey(), Kind = "measurement", Do = EditAction.Change, Id = op.Id, Was = Shape(Ruler),
            Fields = Shape(Ruler.Replace("[10,50,70]", to)),
        };
        Assert.Equal(EditOutcome.Accepted, (await DoAsync(Changed("[10,50,80]"), new Person("account:ben", "Ben"))).Outcome);
        var refused = await DoAsync(Changed("[10,50,90]"), s_ada);
        Assert.Equal(EditOutcome.Refused, refused.Outcome);
        Assert.Contains("was changed by Ben meanwhile", refused.Why);

        // Nor is a shape taken that was not measured, whoever hands it to the log.
        var edits = app.App.Services.GetRequiredService<EditDesk>();
        EditOp[] ops = [Changed("[10,50,95]") with { Was = null, Base = 2 }, Add(Ruler)];
        var unmeasured = await edits.ApplyAsync(app.Stored, ops, s_ada, default);
        Assert.All(unmeasured, a => Assert.Equal(EditOutcome.Refused, a.Outcome));
    }

    [Fact]
    public async Task Shapes_ThatCannotBe_AreRefusedWithTheirReasonAndTheOthersAreKept()
    {
        await using var hub = await HubAsync(DatasetRole.Annotate);
        var many = Shape(Circle);
        many["kind"] = "polygon";
        many["pointsUm"] = new JsonArray([.. Enumerable.Range(0, 501).Select(i => new JsonArray(96, i, i * i % 7))]);
        var answer = await EditAsync(hub, Add(many.ToJsonString()));
        Assert.Equal("refused", Text(answer, "outcome"));
        Assert.Contains("501 points; polygon takes 3 to 500", Text(answer, "why"));

        var good = Add(Ruler);
        EditOp[] ops =
        [
            Add(Ruler.Replace("[10,50,70]", "[10,20,30]")), Add(Ruler.Replace("\"hours\":0", "\"hours\":7")),
            Add(Ruler.Insert(1, "\"author\":\"Eve\",")), Add(Ruler.Insert(1, "\"color\":\"red\",")), Add(Ruler) with { Id = "no good id" },
            Add("{}"), Add(Ruler.Replace("\"ruler\"", "\"blob\"")), Add(Ruler.Replace("\"ruler\"", "\"note\"")),
            Add(Ruler.Insert(1, "\"labels\":[\"none\"],")), good, good with { Key = NewKey() },
        ];
        string?[] said =
        [
            "has no length", "does not have", "The field author", "#rrggbb", "1 to 40 letters", "kind and pointsUm", "(kind)",
            "A text note has no text", "none", null, "with this id already",
        ];
        var answers = await EditsAsync(hub, ops);
        for (var i = 0; i < ops.Length; i++)
        {
            Assert.Equal((i, said[i] is null ? "accepted" : "refused"), (i, Text(answers[i]!, "outcome")));
            Assert.Contains(said[i] ?? "", Text(answers[i]!, "why"), StringComparison.Ordinal);
        }

        var kept = (await Log.ListAsync(app.Identity)).Select(m => m.Id).ToHashSet();
        Assert.Equal([good.Id], ops.Select(o => o.Id).Where(kept.Contains).Distinct());
    }

    [Fact]
    public async Task Shapes_OfWhoMayNotAnnotate_AreRefusedAndNotKept()
    {
        await using var hub = await HubAsync(DatasetRole.View);
        var op = Add(Ruler);
        var refusal = await Assert.ThrowsAsync<HubException>(() => EditAsync(hub, op));
        Assert.Contains("not open to you", refusal.Message, StringComparison.Ordinal);
        Assert.Null(await Log.FindAsync(app.Identity, op.Id, default));
    }

    [Fact]
    public async Task Regions_OfOneCall_AreOneAtMost()
    {
        await using var hub = await HubAsync(DatasetRole.Annotate);
        EditOp[] two = [Add(Circle), Add(Circle)];
        var refusal = await Assert.ThrowsAsync<HubException>(() => EditsAsync(hub, two));
        Assert.Contains("at most one profile or region", refusal.Message, StringComparison.Ordinal);
        EditOp[] one = [Add(Ruler), two[0], Add(Ruler)];
        Assert.All(await EditsAsync(hub, one), a => Assert.Equal("accepted", Text(a!, "outcome")));
        Assert.Null(await Log.FindAsync(app.Identity, two[1].Id, default));
    }

    [Fact]
    public async Task Regions_BeyondTheBudget_AreKeptLaterByTheSameOperation()
    {
        using var budgets = new Budgets(new DendriteOptions { PictureBurstMegapixels = 20, PictureMegapixelsPerSecond = 0.1 });
        var desk = new MeasurementDesk(
            ActivatorUtilities.CreateInstance<Measurer>(app.App.Services, budgets), Log, Desk.Schemas, budgets,
            app.App.Services.GetRequiredService<Web.Hosting.Failures>());
        var order = new MeasurementOrder(app.Stored, s_ada, MaySave: true, new("ada", false, "here"), null);
        EditOp op;
        BudgetSpentException? spent = null;
        var tries = 0;
        do
        {
            op = Add(Circle);
            Assert.True(++tries < 1000, "The budget is never spent.");
            try
            {
                Assert.Null((await desk.PrepareAsync(order, op, default)).Refusal);
            }
            catch (BudgetSpentException e)
            {
                spent = e;
            }
        }
        while (spent is null);

        Assert.Matches("ask again in \\d+ s", spent.Message);
        Assert.Null(await Log.FindAsync(app.Identity, op.Id, default));

        // The same operation is done when there is a budget, and costs nothing any more once it is written.
        Assert.Equal(EditOutcome.Accepted, (await DoAsync(op, s_ada)).Outcome);
        Assert.Null((await desk.PrepareAsync(order, op, default)).Computed);
    }

    [Fact]
    public async Task Measuring_CancelledInThePage_IsRefusedWithThatReason()
    {
        var page = new PageMeasurements();
        page.Changed += () => page.Running.ForEach(r => page.Cancel(r.Id));
        var order = new MeasurementOrder(app.Stored, s_ada, MaySave: true, new("ada", false, "here"), page);
        var prepared = await Desk.PrepareAsync(order, Add(Circle), default);
        Assert.Equal("The measuring of Circle was cancelled.", prepared.Refusal);
    }

    private static EditOp Add(string shape) => new()
    {
        Key = NewKey(), Kind = "measurement", Do = EditAction.Add, Id = NewKey()[..12], Fields = Shape(shape),
    };

    private static string NewKey() => Guid.NewGuid().ToString("N");

    private static JsonObject Shape(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static int NumberOf(Measurement circle) => int.Parse(circle.Label["Circle ".Length..], CultureInfo.InvariantCulture);

    private static string Json(MeasuredResult? result) => JsonSerializer.Serialize(result, MeasurementLog.Json);

    private static string Text(JsonNode answer, string name) => (string?)answer[name] ?? "";

    // As the hub does it.
    private async Task<EditAnswer> DoAsync(EditOp op, Editor by)
    {
        var order = new MeasurementOrder(app.Stored, by, MaySave: true, new("ada", false, "here"), null);
        var edits = app.App.Services.GetRequiredService<EditDesk>();
        return (await edits.ApplyAsync(app.Stored, [await Desk.PrepareAsync(order, op, default)], by, default))[0];
    }

    private static async Task<JsonNode> EditAsync(HubConnection hub, EditOp op) => (await EditsAsync(hub, [op]))[0]!;

    private static async Task<JsonArray> EditsAsync(HubConnection hub, EditOp[] ops) => (JsonArray)JsonNode.Parse(
        await hub.InvokeAsync<string>("Edit", JsonSerializer.Serialize(ops, EditOp.Json)))!;

    private async Task<HubConnection> HubAsync(DatasetRole role)
    {
        var guest = await app.GuestAsync(role);
        var hub = new HubConnectionBuilder().WithUrl(app.Address + "/hubs/frames", o => o.Cookies = app.CookiesOf(guest))
            .AddMessagePackProtocol().Build();
        await hub.StartAsync();
        await hub.InvokeAsync<string>("Join", Guid.NewGuid().ToString("N"), app.Dataset.Value, "");
        return hub;
    }
}
