using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// A mask corrected by hand: painted, taken back, kept as a version, counted, and restored; and nothing lost by a killed server.
/// </summary>
public sealed class MaskJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;
    private const string Hours = "[aria-label='Mask'] [data-mask='volume']";

    [Fact]
    public async Task Mask_PaintedSavedAndChosen_ChangesTheNumbersAndCanBeTakenBack()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(96, 2, "0,1.5,3.2", IsAnalysed: true));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}?t=3.2");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Nucleation sites" }).WaitForAsync();
        var scripts = await page.EvaluateAsync<string[]>("() => performance.getEntriesByType('resource').map(r => r.name)");
        Assert.DoesNotContain(scripts, s => s.EndsWith("/brush.js", StringComparison.Ordinal));
        await page.GetByText("Numbers here rest on the automatic mask").WaitForAsync();
        var measured = await MeasuredAsync(page, server);

        await page.ChangedAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Correct mask" }).ClickAsync());
        await page.UntilAsync("() => dendrite.tool === 'brush' && dendrite.brush");
        Assert.Equal((0, 0), await CorrectedAsync(page));

        // A stroke of a disc in the slice: seen in the picture, with the number that it makes.
        await page.EvaluateAsync("() => dendrite.patch({ umPerPixel: 0, focus: [150, 96, 96], center: [150, 96, 96] })");
        await page.ExactAsync();
        var pane = page.Locator("[data-pane='0']");
        var (before, first) = (await page.PixelsAsync(0), await page.EvaluateAsync<int>("() => dendrite.panes[0].frame"));
        await DragAsync(page, 0, [150, 80, 80], [150, 80, 110]);
        await page.UntilAsync($"() => !document.querySelector(\"{Hours}\").innerText.includes('removed by 0 strokes')");
        await page.UntilAsync("() => dendrite.brush.queue.length === 0 && dendrite.brush.sent.length === 0");
        await page.UntilAsync("n => dendrite.panes[0].frame > n && dendrite.panes[0].exact", first);
        Assert.NotEqual(before, await page.PixelsAsync(0));
        var (disc, _) = await CorrectedAsync(page);
        Assert.InRange(disc, 2 * 16 * 30 * 0.9, 2 * (16 * 36 * 1.3));

        // Before the panel has another timestep, nothing can be painted in the mask of the one that was left.
        Assert.Equal(0, await page.EvaluateAsync<int>("""
            () => {
              const [pane] = dendrite.panes, [x, y] = pane.map().toScreen([150, 110, 90]), { hours } = dendrite.view;
              dendrite.patch({ hours: 0 });
              dendrite.brush.down(pane, { button: 0 }, x, y).up();
              const painted = dendrite.brush.queue.length;
              dendrite.patch({ hours });
              return painted;
            }
            """));
        await page.ExactAsync();

        // A ball with a larger brush, erased across, in all slices; keys change the radius, and the panel says so.
        await page.Locator(".mask-section .mud-toggle-item >> text=3D").ClickAsync();
        await page.UntilAsync("() => dendrite.brush.shape === 'ball'");
        await pane.HoverAsync();
        await page.Keyboard.PressAsync("]");
        await page.UntilAsync("() => dendrite.brush.radius > 9 && "
            + "document.querySelector(\"[aria-label='Radius of the brush, µm']\").value === String(dendrite.brush.radius)");
        await page.ExactAsync();
        var (other, frame) = (await page.PixelsAsync(1), await page.EvaluateAsync<int>("() => dendrite.panes[1].frame"));
        await DragAsync(page, 0, [150, 100, 80], [150, 100, 81]);
        await WaitForStrokesAsync(page, 2);
        await page.UntilAsync("n => dendrite.panes[1].frame > n && dendrite.panes[1].exact", frame);
        Assert.NotEqual(other, await page.PixelsAsync(1));
        var (both, _) = await CorrectedAsync(page);
        Assert.InRange(both - disc, 2500, 7000);
        await page.Keyboard.DownAsync("Control");
        await DragAsync(page, 0, [150, 70, 95], [150, 125, 95]);
        await page.Keyboard.UpAsync("Control");
        await WaitForStrokesAsync(page, 3);
        Assert.True((await CorrectedAsync(page)).Added < both);

        // Undo goes back stroke by stroke, redo again.
        await page.Keyboard.PressAsync("Control+z");
        await WaitForStrokesAsync(page, 2);
        Assert.Equal(both, (await CorrectedAsync(page)).Added);
        await page.Keyboard.PressAsync("Control+z");
        await WaitForStrokesAsync(page, 1);
        await page.Keyboard.PressAsync("Control+Shift+z");
        await WaitForStrokesAsync(page, 2);

        // What grows from a click by grey value is one step, and its size is said.
        await page.Locator(".mask-section .mud-toggle-item >> text=Grow").ClickAsync();
        await page.UntilAsync("() => dendrite.brush.does === 'grow' && dendrite.brush.tolerance > 0");
        await page.GetByLabel("Tolerance of grey values").WaitForAsync();
        await DragAsync(page, 0, [150, 110, 120], [150, 110, 120]);
        await WaitForStrokesAsync(page, 3);
        await page.UntilAsync("() => window.told.some(t => /voxels within .* were added/.test(t))");
        Assert.True((await CorrectedAsync(page)).Added > both);
        await page.Keyboard.PressAsync("Control+z");
        await WaitForStrokesAsync(page, 2);
        Assert.Equal(both, (await CorrectedAsync(page)).Added);

        // A killed server has every stroke that it took; the page goes on.
        await server.KillAsync();
        await server.RestartAsync();
        await page.ReopenAsync(page.Url);
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Correct mask" }).ClickAsync();
        await WaitForStrokesAsync(page, 2);
        Assert.Equal(both, (await CorrectedAsync(page)).Added);

        // Numbers rest on versions that somebody chose, and say so; until then they say that they are older.
        await page.GetByLabel("Note (optional)").FillAsync("two pieces");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save version" }).ClickAsync();
        await page.GetByText("two pieces").WaitForAsync();
        Assert.Equal(measured, await MeasuredAsync(page, server));
        await page.GetByRole(AriaRole.Button, new() { Name = "Use for numbers: v1" }).ClickAsync();
        await page.GetByText("v1 of the mask was chosen since").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Update the numbers" }).ClickAsync();
        await page.GetByText("v1 of the mask was chosen since")
            .WaitForAsync(new() { State = WaitForSelectorState.Hidden, Timeout = 120_000 });
        await page.GetByText(new Regex("Numbers here rest on the corrected v1.*, 2 strokes mask")).WaitForAsync();
        Assert.Equal(measured + both, await MeasuredAsync(page, server), 0.01);
        var report = await browser.NewPageAsync();
        await report.GotoAsync($"{server.Address}/report/{Id}");
        await report.GetByText(new Regex("corrected v1.*2 strokes at 3.2 h; automatic at all other times")).WaitForAsync();

        // Compared with the automatic mask, and back to it by restoring; the version stays.
        await page.ChangedAsync(() => page.GetByLabel("Compare with the automatic mask").ClickAsync());
        await page.GetByText("automatic, kept").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore Automatic" }).ClickAsync();
        await page.GetByText("restores the automatic mask").WaitForAsync();
        await WaitForStrokesAsync(page, 0);
        Assert.Equal((0, 0), await CorrectedAsync(page));
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore v1" }).ClickAsync();
        await WaitForStrokesAsync(page, 2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Done", Exact = true }).ClickAsync();
        await page.UntilAsync("() => dendrite.tool === 'navigate' && !dendrite.view.overlay");
        Assert.Empty(browser.Errors);
    }

    private static async Task DragAsync(IPage page, int pane, double[] from, double[] to)
    {
        var box = (await page.Locator($"[data-pane='{pane}']").BoundingBoxAsync())!;
        var at = await page.EvaluateAsync<float[][]>(
            "([i, ...ps]) => ps.map(p => Array.from(dendrite.panes[i].map().toScreen(p)))", new object[] { pane, from, to });
        await page.Mouse.MoveAsync(box.X + at[0][0], box.Y + at[0][1]);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + at[1][0], box.Y + at[1][1], new() { Steps = 6 });
        await page.Mouse.UpAsync();
    }

    private static Task WaitForStrokesAsync(IPage page, int strokes) => page.UntilAsync(
        $"n => document.querySelector(\"{Hours}\")?.innerText.includes(`removed by ${{n}} stroke`)", strokes);

    // Added and removed volume as the panel says it, µm³.
    private static async Task<(double Added, double Removed)> CorrectedAsync(IPage page)
    {
        var text = (await page.Locator(Hours).InnerTextAsync()).Replace("\u202f", "").Replace('\u00a0', ' ');
        double Number(string before) => double.Parse(
            Regex.Match(text, $"([0-9.,]+) µm³ {before}").Groups[1].Value, NumberStyles.Number, CultureInfo.InvariantCulture);
        return (Number("added"), Number("removed"));
    }

    // New dark volume at the last time, as the table has it.
    private static async Task<double> MeasuredAsync(IPage page, AppServer server)
    {
        var csv = await (await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}/analysis/lithium.csv")).TextAsync();
        return double.Parse(csv.Trim().Split('\n')[^1].Split(',')[1], CultureInfo.InvariantCulture);
    }
}
