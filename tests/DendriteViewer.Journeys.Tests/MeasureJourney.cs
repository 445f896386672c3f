using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Measuring as a scientist does it: draw, read, change, export; the numbers are those of geometry and of the API, and stay.
/// </summary>
public sealed class MeasureJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Dataset = PhantomCell.Id;

    [Fact]
    public async Task Measurements_DrawnChangedAndExported_AreExactAndStay()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,3.2"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Dataset}?v=1&t=3.2");
        await page.ExactAsync();

        // A ruler: what is drawn is given up by Escape; else its length is the distance of the two places.
        await page.Locator("[data-pane='0']").HoverAsync();
        await page.Keyboard.PressAsync("m");
        await DragAsync(page, 0, (40, 50), (150, 120), release: false);
        Assert.Equal(2, await page.EvaluateAsync<int>("() => dendrite.measure.draft.pointsUm.length"));
        await page.Keyboard.PressAsync("Escape");
        await page.Mouse.UpAsync();
        Assert.Equal(0, await page.EvaluateAsync<int>("() => dendrite.measure.saved.length + dendrite.measure.sent.length"));
        await DragAsync(page, 0, (40, 50), (150, 120));
        var ruler = await SavedAsync(page, server, "ruler");
        Assert.Equal(Math.Sqrt(110 * 110 + 70 * 70), Number(ruler, "result.lengthUm.value"), 1e-3);
        Assert.Equal(1.5, Number(ruler, "result.lengthUm.error"), 1e-9);

        // A circle: its area is that of geometry, and the panel shows what the API gives.
        await page.Keyboard.PressAsync("o");
        await DragAsync(page, 0, (96, 96), (126, 96));
        var circle = await SavedAsync(page, server, "circle");
        Assert.Equal(Math.PI * 900, Number(circle, "result.region.geometricSize"), 1.0);
        Assert.InRange(Number(circle, "result.region.sampledSize"), 0.95 * Math.PI * 900, 1.05 * Math.PI * 900);
        Assert.Equal(9 * Number(circle, "result.region.voxels"), Number(circle, "result.region.sampledSize"), 1e-6);
        var panel = page.Locator(".measure-details");
        await panel.GetByText("Standard deviation").WaitForAsync();
        var mean = Number(circle, "result.region.values.mean").ToString("N0", CultureInfo.InvariantCulture).Replace(",", "\u202f");
        await panel.GetByText(mean).First.WaitForAsync();
        await panel.Locator(".plot-area svg").First.WaitForAsync();

        // Its handle makes it larger; Ctrl+Z takes that back.
        await DragAsync(page, 0, (126, 96), (136, 96));
        await page.UntilAsync("() => dendrite.measure.saved.find(m => m.kind === 'circle').version === 2");
        Assert.Equal(Math.PI * 1600, Number(await SavedAsync(page, server, "circle"), "result.region.geometricSize"), 1.5);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.measure.saved.find(m => m.kind === 'circle').version === 3");
        Assert.Equal(Math.PI * 900, Number(await SavedAsync(page, server, "circle"), "result.region.geometricSize"), 1.0);

        // A polygon by clicks and Enter, an angle by three clicks, a box by a drag, and a ruler by two picks in 3D.
        await page.Keyboard.PressAsync("y");
        await ClickAsync(page, 0, (40, 40), (80, 40), (80, 80), (40, 80));
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal(1600, Number(await SavedAsync(page, server, "polygon"), "result.region.geometricSize"), 2.0);
        await page.Keyboard.PressAsync("a");
        await ClickAsync(page, 0, (60, 130), (100, 130), (100, 160));
        Assert.Equal(90, Number(await SavedAsync(page, server, "angle"), "result.angleDeg.value"), 0.1);
        await page.Keyboard.PressAsync("k");
        await DragAsync(page, 1, (60, 60), (90, 80));
        Assert.Equal(30 * 20 * 20, Number(await SavedAsync(page, server, "box"), "result.region.geometricSize"), 20.0);
        await page.Keyboard.PressAsync("m");
        foreach (var (x, y) in new[] { (0.45, 0.5), (0.55, 0.55) })
        {
            var box = (await page.Locator("[data-pane='3']").BoundingBoxAsync())!;
            var before = await page.EvaluateAsync<bool>("() => dendrite.measure.draft === null");
            await page.Mouse.ClickAsync((float)(box.X + x * box.Width), (float)(box.Y + y * box.Height));
            await page.UntilAsync("b => (dendrite.measure.draft === null) !== b", before);
        }

        await page.UntilAsync(
            "() => dendrite.measure.sent.length === 0 && dendrite.measure.saved.filter(m => m.kind === 'ruler').length === 2");

        // A profile, with its plot; a width makes each value a mean across it.
        await page.Keyboard.PressAsync("l");
        await DragAsync(page, 0, (30, 96), (160, 96));
        var profile = await SavedAsync(page, server, "profile");
        Assert.Equal(130, Number(profile, "result.profile.lengthUm"), 1e-2);
        await page.GetByLabel("Width across the line").FillAsync("12");
        await page.GetByLabel("Width across the line").PressAsync("Enter");
        await panel.GetByText("Each value is the mean of 8 samples.").WaitForAsync();

        // The Delete key deletes what is selected, and nothing of the others.
        await page.Keyboard.PressAsync("Escape");
        await page.EvaluateAsync("() => dendrite.patch({ selected: dendrite.measure.saved.find(m => m.kind === 'polygon').id })");
        await page.Keyboard.PressAsync("Delete");
        await page.UntilAsync(
            "() => dendrite.measure.saved.length === 6 && !dendrite.measure.saved.some(m => m.kind === 'polygon')");
        await page.UntilAsync(
            "async id => (await (await fetch(`/api/datasets/${id}/measurements`)).json()).length === 6", Dataset);

        // Somebody who may only look measures for this page alone.
        await page.EvaluateAsync("() => { dendrite.scene.role = 'view'; }");
        await page.Locator("[data-pane='0']").HoverAsync();
        await page.Keyboard.PressAsync("e");
        await DragAsync(page, 0, (100, 40), (130, 60));
        await page.UntilAsync("() => dendrite.measure.kept.length === 1 && /µm²/.test(dendrite.measure.kept[0].text)");
        Assert.Equal(6, (await ListAsync(page, server)).Count);

        // What is saved stays over a reload; what is not is gone. The table comes as a file.
        await page.ReloadAsync();
        await page.ExactAsync();
        await page.UntilAsync("() => dendrite.measure.saved.length === 6 && dendrite.measure.kept.length === 0");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Measure" }).ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator(".measure-panel a[href*='/csv?']").Last.ClickAsync());
        var table = await File.ReadAllTextAsync((await download.PathAsync())!);
        Assert.Contains("length_um,length_error_um", table);
        Assert.Equal(7, table.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);

        // A link to a measurement opens it.
        var linked = await browser.NewPageAsync();
        await linked.GotoAsync($"{server.Address}/d/{Dataset}?v=1&t=3.2&site={circle.GetProperty("id").GetString()}");
        await linked.Locator(".measure-details").GetByText("Standard deviation").WaitForAsync();

        await OnAPhoneAsync(server);
        Assert.Empty(browser.Errors);
    }

    private async Task OnAPhoneAsync(AppServer server)
    {
        var phone = await browser.NewPageAsync(390, 844);
        await phone.GotoAsync($"{server.Address}/d/{Dataset}?v=1&t=3.2");
        await phone.ExactAsync();
        await phone.Locator(".measure-menu button").ClickAsync();
        var item = phone.Locator(".mud-popover-open [data-tool=rectangle]");
        await item.ClickAsync();
        await phone.UntilAsync("() => dendrite.tool === 'rectangle'");

        // The open menu lies over the pictures.
        await item.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await phone.EvaluateAsync("() => dendrite.patch({ maximized: 'z' })");
        await phone.ExactAsync();
        await DragAsync(phone, 0, (60, 60), (90, 100));
        await phone.UntilAsync("() => dendrite.measure.saved.some(m => m.kind === 'rectangle')");
        Assert.Equal(1200, Number(await SavedAsync(phone, server, "rectangle"), "result.region.geometricSize"), 2.0);
        await phone.GetByRole(AriaRole.Tab, new() { Name = "Measure" }).ClickAsync();
        await phone.Locator(".measure-details").GetByText("Area of voxels").WaitForAsync();
    }

    // Between places of the slice's plane that a pane shows, given as its right and down coordinates in µm.
    internal static async Task DragAsync(IPage page, int pane, (double, double) from, (double, double) to, bool release = true)
    {
        var (a, b) = (await ScreenAsync(page, pane, from), await ScreenAsync(page, pane, to));
        await page.Mouse.MoveAsync(a[0], a[1]);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync((a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
        await page.Mouse.MoveAsync(b[0], b[1]);
        if (release)
        {
            await page.Mouse.UpAsync();
        }
    }

    private static async Task ClickAsync(IPage page, int pane, params (double, double)[] places)
    {
        foreach (var place in places)
        {
            var at = await ScreenAsync(page, pane, place);
            await page.Mouse.ClickAsync(at[0], at[1]);
        }
    }

    private static Task<float[]> ScreenAsync(IPage page, int pane, (double Right, double Down) place) => page.EvaluateAsync<float[]>(
        """
        ([i, right, down]) => {
          const pane = dendrite.panes[i], map = pane.map(), r = pane.element.getBoundingClientRect();
          const at = map.right.map((v, k) => v * right + map.down[k] * down + map.normal[k] * map.middle[k] * map.normal[k]);
          const [x, y] = map.toScreen(at);
          return [r.left + x, r.top + y];
        }
        """, new object[] { pane, place.Right, place.Down });

    // The newest measurement of a kind, as the API gives it, once the page has it too.
    private static async Task<JsonElement> SavedAsync(IPage page, AppServer server, string kind)
    {
        await page.UntilAsync(
            "k => dendrite.measure.sent.length === 0 && dendrite.measure.saved.some(m => m.kind === k && m.text)", kind);
        return (await ListAsync(page, server)).Last(m => m.GetProperty("kind").GetString() == kind);
    }

    private static async Task<List<JsonElement>> ListAsync(IPage page, AppServer server)
    {
        var answer = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Dataset}/measurements");
        return JsonSerializer.Deserialize<List<JsonElement>>(await answer.TextAsync())!;
    }

    private static double Number(JsonElement element, string path) =>
        path.Split('.').Aggregate(element, (e, name) => e.GetProperty(name)).GetDouble();
}
