using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Masks;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Masks;

/// <summary>Masks over HTTP: who may correct them, what is refused, and undo.</summary>
public sealed class MaskApiTests(RunningApp app) : IClassFixture<RunningApp>, IAsyncLifetime
{
    private const string Stroke = """{"shape":"ball","radiusUm":10,"pointsUm":[[150,96,96],[150,96,110]]}""";

    private static readonly SemaphoreSlim s_once = new(1, 1);

    private string Mask => $"/api/datasets/{app.Dataset}/masks/2";

    public async Task InitializeAsync()
    {
        await s_once.WaitAsync();
        try
        {
            var store = app.App.Services.GetRequiredService<DatasetStore>();
            var dataset = (await store.TryOpenAsync(app.Dataset, default))!;
            if (dataset.Labels.Count == 0)
            {
                var (result, labels) = await (await ExperimentAnalysis.StartAsync(
                    store, dataset, new AnalysisRecipe { LeastLithiumVoxels = 2, LeastVoidVoxels = 1 }, null, default)).RunAsync(default);
                await new AnalysisStore(store).SaveAsync(result, labels, null, default);
            }
        }
        finally
        {
            s_once.Release();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Stroke_OfWhoMayAnnotate_ChangesTheMaskAndOfOthersDoesNot()
    {
        var viewer = await app.GuestAsync(DatasetRole.View);
        var annotator = await app.GuestAsync(DatasetRole.Annotate);
        var before = await viewer.GetFromJsonAsync<JsonElement>(Mask);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(viewer, "/strokes", Stroke)).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await PostAsync(app.NewBrowser(), "/strokes", Stroke)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(annotator, "/strokes", Stroke)).StatusCode);
        var after = await viewer.GetFromJsonAsync<JsonElement>(Mask);
        Assert.True(after.GetProperty("addedUm3").GetDouble() > before.GetProperty("addedUm3").GetDouble());

        // A version has its keeper's name for who works here alone; what numbers rest on is a curator's to say.
        var saved = await PostAsync(annotator, "/versions", """{"note":"bridge"}""");
        var version = (await saved.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt32();
        Assert.DoesNotContain("\"by\":\"", await viewer.GetStringAsync(Mask));
        Assert.Contains("\"by\":\"", await annotator.GetStringAsync(Mask));
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(annotator, "/choice", $$"""{"version":{{version}}}""")).StatusCode);
        await app.AddPersonAsync("Cora", role: DatasetRole.Curate);
        var curator = await app.SignedInAsync("cora@example.org");
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(curator, "/choice", $$"""{"version":{{version}}}""")).StatusCode);
        Assert.Equal(version, (await viewer.GetFromJsonAsync<JsonElement>(Mask)).GetProperty("chosen").GetInt32());
    }

    [Theory]
    [InlineData("/strokes", """{"shape":"ball","radiusUm":10}""", "number of a stroke's points is 0")]
    [InlineData("/strokes", """{"shape":"ball","radiusUm":-1,"pointsUm":[[150,96,96]]}""", "brush's radius is -1")]
    [InlineData("/strokes", """{"shape":"ball","radiusUm":1e9,"pointsUm":[[150,96,96]]}""", "brush's radius is")]
    [InlineData("/strokes", """{"shape":"ball","radiusUm":1,"pointsUm":[[150,96]]}""", "2 numbers; give 3")]
    [InlineData("/strokes", """{"shape":"ball","radiusUm":1,"pointsUm":[null]}""", "0 numbers; give 3")]
    [InlineData("/strokes", """{"shape":"ball","radiusUm":1,"pointsUm":[[150,96,1e30]]}""", "1E+30")]
    [InlineData("/strokes", """{"shape":"ball","radiusUm":1,"pointsUm":[[-500,96,96]]}""", "outside of the scan")]
    [InlineData("/strokes", """{"shape":"disc","radiusUm":1,"pointsUm":[[150,96,96]]}""", "normal has 0 numbers")]
    [InlineData("/strokes", """{"shape":"disc","radiusUm":1,"pointsUm":[[150,96,96]],"normal":[0,0,0]}""", "not all 0")]
    [InlineData("/strokes", """{"shape":"square","radiusUm":1,"pointsUm":[[150,96,96]]}""", "docs/masks.md")]
    [InlineData("/strokes", "[]", "docs/masks.md")]
    [InlineData("/fills", """{"atUm":[150,96]}""", "2 numbers; give 3")]
    [InlineData("/fills", """{"atUm":[1,1,1]}""", "open")]
    [InlineData("/restore", "{}", "Say which version")]
    [InlineData("/restore", """{"verison":1}""", "docs/masks.md")]
    [InlineData("/restore", """{"version":999}""", "no version 999")]
    public async Task Correction_ThatCannotBe_IsRefusedInOneSentence(string path, string body, string said)
    {
        var answer = await PostAsync(await app.GuestAsync(DatasetRole.Annotate), path, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
        Assert.Contains(said, error);
        Assert.DoesNotContain('\n', error);
        Assert.DoesNotContain("Exception", error);
    }

    [Fact]
    public async Task Mask_OfATimeWithoutLabels_SaysToRunTheAnalysis()
    {
        var answer = await (await app.GuestAsync(DatasetRole.Annotate)).PostAsync(
            $"/api/datasets/{app.Dataset}/masks/1.25/strokes", new StringContent(Stroke, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("run the analysis first", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Undo_InThePageThatPainted_TakesItsOwnStrokesBackInOrder()
    {
        var (desk, masks) = (app.App.Services.GetRequiredService<MaskDesk>(), app.App.Services.GetRequiredService<MaskCorrections>());
        var dataset = (await app.App.Services.GetRequiredService<DatasetStore>().TryOpenAsync(app.Dataset, default))!;
        using var history = new EditHistory();
        var (ada, bo) = (new Person("ada", "Ada"), new Person("bo", "Bo"));
        var first = await desk.PaintAsync(dataset, 2, Ball(100), new Editor(ada, history), default);
        var others = await desk.PaintAsync(dataset, 2, Ball(110), bo, default);
        var second = await desk.PaintAsync(dataset, 2, Ball(120), new Editor(ada, history), default);
        Assert.Equal("paint in the mask at 2 h", history.Counts.UndoName);
        await history.UndoAsync(ada, default);
        Assert.Equal((true, true, false), await StrokesAsync());
        await history.UndoAsync(ada, default);
        Assert.Equal((false, true, false), await StrokesAsync());
        await history.RedoAsync(ada, default);
        Assert.Equal((true, true, false), await StrokesAsync());

        async Task<(bool, bool, bool)> StrokesAsync()
        {
            var now = (await masks.Find(dataset, 2)!.SummaryAsync(default)).State.Strokes;
            return (now.Contains(first.Sequence), now.Contains(others.Sequence), now.Contains(second.Sequence));
        }

        static BrushMark Ball(double x) => new(false, BrushShape.Ball, 6, [new WorldPoint(140, 90, x)], default);
    }

    private Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, string body) =>
        browser.PostAsync(Mask + path, new StringContent(body, Encoding.UTF8, "application/json"));
}
