using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Shapes that are drawn while no server answers, or one that has too much to do, or refuses them: each is seen and kept until it is saved
/// once, taken back, or refused with a reason that stands in a list.
/// </summary>
public sealed class ShapesJourney(Browser browser) : IClassFixture<Browser>
{
    private const string NothingWaits = "() => !Object.keys(localStorage).some(k => k.startsWith('edit:'))";

    [Fact]
    public async Task Shapes_DrawnWhileTheServerIsKilled_AreSavedOnceWhenItIsBack()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        var page = await OpenAsync(server);
        await server.KillAsync();
        await page.UntilAsync("() => !window.connection.isOnline");

        // What is drawn is seen with its length, and said not to be saved.
        await page.Locator("[data-pane='0']").HoverAsync();
        await page.Keyboard.PressAsync("m");
        await MeasureJourney.DragAsync(page, 0, (40, 50), (150, 120));
        await page.UntilAsync("() => dendrite.measure.saved.length === 1 && dendrite.measure.saved[0].isWaiting");
        Assert.Matches(@"(?m)^130(\.\d)? µm · not saved$", await PlatesAsync(page));
        Assert.Equal(0, await page.EvaluateAsync<int>("() => dendrite.measure.sent.length"));

        // It is changed by its handle before any server has heard of it; the last shape is taken back, made again, and taken back.
        await MeasureJourney.DragAsync(page, 0, (150, 120), (120, 110));
        await page.UntilAsync("() => Math.abs(dendrite.measure.saved[0].pointsUm[1][2] - 120) < 1");
        await page.UntilAsync("() => dendrite.steps.done.length === 0 && !document.querySelector('[data-action=undo]').disabled");
        await page.Keyboard.PressAsync("o");
        await MeasureJourney.DragAsync(page, 0, (80, 150), (100, 150));
        await page.UntilAsync("() => dendrite.measure.saved.length === 2");
        await page.EvaluateAsync("() => dendrite.focusPane()");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.measure.saved.length === 1");
        await page.Keyboard.PressAsync("Control+Shift+z");
        await page.UntilAsync("() => dendrite.measure.saved.length === 2");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.measure.saved.length === 1");

        // When the server is back, the page sends what it keeps, and is loaded again, in whichever order.
        await page.EvaluateAsync("() => { window.isBefore = true; }");
        await server.RestartAsync();
        await page.UntilAsync("() => !window.isBefore");
        await page.ExactAsync();
        await page.UntilAsync(NothingWaits);
        await page.UntilAsync("() => dendrite.measure.told.length === 1 && /^100/.test(dendrite.measure.told[0].text)");
        var saved = Assert.Single(await ListAsync(page, server));
        Assert.Equal(("ruler", "Ruler 1", 2), (
            saved.GetProperty("kind").GetString(), saved.GetProperty("label").GetString(), saved.GetProperty("version").GetInt32()));
        Assert.Equal(100, saved.GetProperty("result").GetProperty("lengthUm").GetProperty("value").GetDouble(), 0.1);

        // Then the page takes both back, as any edits of its own.
        await page.UntilAsync("() => dendrite.steps.done.filter(s => s.isSite).length === 2");
        await page.EvaluateAsync("() => dendrite.focusPane()");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => /^130/.test(dendrite.measure.told[0].text)");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.measure.told.length === 0 && dendrite.measure.saved.length === 0");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Shapes_OfWhichThereAreTooMany_WaitOverAReload_AndThoseThatCannotBeStandInTheList()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        var page = await OpenAsync(server);

        // A server that has too much to do is asked again after the time that it says.
        await page.EvaluateAsync(EditsJourney.HoldEdits, "Too many measurements from this account, link or address; ask again in 2 s.");
        await page.Locator("[data-pane='0']").HoverAsync();
        await page.Keyboard.PressAsync("o");
        await MeasureJourney.DragAsync(page, 0, (96, 96), (126, 96));
        await page.UntilAsync("() => told.some(t => t.includes('sent again by itself: Too many measurements'))");
        await page.UntilAsync("() => dendrite.measure.saved.length === 1 && dendrite.measure.saved[0].isWaiting");
        await page.EvaluateAsync("() => { delete dendrite.connection.invoke; }");
        await page.UntilAsync("() => dendrite.measure.told.length === 1 && /µm²/.test(dendrite.measure.told[0].text)");
        await page.UntilAsync(NothingWaits);

        // One that waits still when the page is loaded again is sent by the page that comes after.
        await page.EvaluateAsync(EditsJourney.HoldEdits, "Too many measurements from this account, link or address; ask again in 600 s.");
        await MeasureJourney.DragAsync(page, 0, (40, 40), (70, 40));
        await page.UntilAsync("() => told.some(t => t.includes('ask again in 600 s'))");
        await page.ReloadAsync();
        await page.ExactAsync();
        await page.UntilAsync("() => dendrite.measure.told.length === 2");
        await page.UntilAsync(NothingWaits);
        Assert.Equal(["Circle 1", "Circle 2"], (await ListAsync(page, server)).Select(m => m.GetProperty("label").GetString()!).Order());

        // A shape that cannot be is in the list with its reason until it is forgotten, over a reload too.
        await page.EvaluateAsync(
            """
            () => dendrite.measure.sender.send({
              kind: 'polygon', pointsUm: Array.from({ length: 501 }, (_, i) => [96, i / 5, i * i % 7]), right: [0, 0, 1], down: [0, 1, 0],
              hours: 0, modality: 'projection', label: '', text: '', isDraft: true,
            })
            """);
        var list = page.GetByLabel("Edits that were not saved");
        await list.GetByText("Polygon, new").WaitForAsync();
        await list.GetByText("501 points; polygon takes 3 to 500").WaitForAsync();
        Assert.Equal("", await page.EvaluateAsync<string>("() => dendrite.view.selected"));
        await page.ReloadAsync();
        await list.GetByText("501 points; polygon takes 3 to 500").WaitForAsync();
        await page.UntilAsync("() => window.dendrite?.measure.told.length === 2 && dendrite.measure.saved.length === 2");
        await list.GetByText("Forget", new() { Exact = true }).ClickAsync();
        await list.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        // A drag that nobody meant is none.
        await page.EvaluateAsync(
            """
            () => {
              dendrite.measure.draft = { kind: 'ruler', pointsUm: [[1, 2, 3], [1, 2, 3]] };
              dendrite.measure.finish();
            }
            """);
        await page.UntilAsync("() => told.some(t => t.includes('The ruler has no length'))");

        // Who may not annotate any more is told what is kept here.
        await page.EvaluateAsync(EditsJourney.HoldEdits, "This is not open to you.");
        await page.Locator("[data-pane='0']").HoverAsync();
        await page.Keyboard.PressAsync("e");
        await MeasureJourney.DragAsync(page, 0, (100, 40), (130, 60));
        await list.GetByText("1 edit of yours is kept in this browser").WaitForAsync();
        await list.GetByText("Rectangle, new").WaitForAsync();
        Assert.Equal(2, await page.EvaluateAsync<int>("() => dendrite.measure.saved.length"));
        Assert.Empty(browser.Errors);
    }

    private async Task<IPage> OpenAsync(AppServer server)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{PhantomCell.Id}");
        await page.ExactAsync();
        await page.EvaluateAsync("async () => { await dendrite.siteMarks.begin(); }");
        return page;
    }

    // What stands beside the shapes in the first pane.
    private static Task<string> PlatesAsync(IPage page) => page.EvaluateAsync<string>(
        """
        async () => {
          const { prototype } = CanvasRenderingContext2D, { fillText } = prototype, texts = [];
          prototype.fillText = function (text, ...at) { texts.push(text); return fillText.call(this, text, ...at); };
          dendrite.panes[0].drawOverlay();
          await new Promise(requestAnimationFrame);
          await new Promise(requestAnimationFrame);
          prototype.fillText = fillText;
          return texts.join('\n');
        }
        """);

    private static async Task<List<JsonElement>> ListAsync(IPage page, AppServer server)
    {
        var answer = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{PhantomCell.Id}/measurements");
        return JsonSerializer.Deserialize<List<JsonElement>>(await answer.TextAsync())!;
    }
}
