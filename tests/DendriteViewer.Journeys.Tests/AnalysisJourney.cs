using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>From scans to numbers: run the analysis, light a bar's voids, try a threshold, confirm a proposed site, take the tables and the report away.</summary>
public sealed class AnalysisJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [Fact]
    public async Task AScientist_AnalysesLooksConfirmsAndTakesItAway()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(96, 2, "0,1.5,3.2"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByText("Not analysed yet").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Nucleation sites" }).WaitForAsync(new() { Timeout = 120_000 });

        // The bar of 100–120 µm, clicked: its voids lit, in 3D and in slices, and in the address; once more, and they are not.
        var voids = page.GetByRole(AriaRole.Region, new() { Name = "Voids by depth", Exact = true });
        await voids.Locator(".plot-area svg").WaitForAsync();
        var bar = voids.Locator(".plot-area g[data-mark='rect']").Last.Locator("rect").Nth(5);
        await page.ChangedAsync(() => bar.ClickAsync());
        await page.GetByText("100–120 µm lit").WaitForAsync();
        await page.ExactAsync();
        var lit = await AmberAsync(page, 3);
        Assert.True(await AmberAsync(page, 1) > 20, "No voids are lit in the slice.");
        await page.UntilAsync("() => location.search.includes('over=voids')");
        await page.UntilAsync($"() => {FaintBars}.length > 5");
        await page.ChangedAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Clear", Exact = true }).ClickAsync());

        // Voids are amber without it too, at rest as in motion, but seen through the electrolyte: both pictures counted are those at rest.
        var unlit = await AmberAsync(page, 3);
        Assert.True(lit > unlit + 300, $"No voids are lit in 3D: {lit} pixels are amber, and {unlit} without the light.");

        // The plot is drawn anew without its light.
        await page.UntilAsync($"() => {FaintBars}.length === 0");
        await page.AssertPlotAnswersAsync("Void volume by depth");

        // A threshold tried moves the profile and the pictures, and goes back.
        var facts = page.Locator("[aria-label='Voids by depth'] .facts");
        var before = await facts.InnerTextAsync();
        var slice = await page.PixelsAsync(1);
        var slider = page.Locator("section[aria-label='Threshold'] input[type=range]");
        await page.ChangedAsync(() => slider.EvaluateAsync("e => { e.value = +e.min + 0.07 * (e.max - e.min); e.dispatchEvent(new Event('input', { bubbles: true })); }"));
        await page.UntilAsync("t => document.querySelector(\"[aria-label='Voids by depth'] .facts\").innerText !== t", before);
        Assert.NotEqual(slice, await page.PixelsAsync(1));
        await page.ChangedAsync(() => page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Back to [0-9]") }).ClickAsync());
        await page.UntilAsync("t => document.querySelector(\"[aria-label='Voids by depth'] .facts\").innerText === t", before);

        // Lithium by birth, at the last timestep, by way of its row.
        await page.Locator("[aria-label='New dark volume against Faraday'] tbody tr").Last.ClickAsync();
        await page.UntilAsync("() => dendrite.view.hours === 3.2");
        await page.ChangedAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "time of birth" }).ClickAsync());
        await page.UntilAsync("() => dendrite.view.overlay?.modality === 'lithium'");

        // What the analysis found becomes proposals; one is confirmed, by whom is kept.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Propose") }).ClickAsync();
        await page.Locator(".sites td >> text=A1").First.ClickAsync();
        await page.Locator(".site").GetByRole(AriaRole.Button, new() { Name = "confirmed" }).ClickAsync();
        await page.UntilAsync("() => dendrite.sites.some(s => s.label === 'A1' && s.status === 'confirmed' && s.version === 2)");
        var log = await (await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}/sites/log")).TextAsync();
        Assert.Contains("\"author\":\"the analysis\"", log, StringComparison.Ordinal);
        Assert.Contains("confirmed", log, StringComparison.OrdinalIgnoreCase);

        // The interface, put elsewhere at one place, dragged, and taken back: depth there follows, for everybody.
        await page.Locator("[data-pane='1']").FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.EvaluateAsync("() => dendrite.patch({ umPerPixel: 0, focus: [96, 96, 96], center: [96, 96, 96] })");
        await page.ExactAsync();
        await page.Keyboard.PressAsync("i");
        var surface = page.Locator("[data-pane='1']");
        var place = await page.EvaluateAsync<float[]>("() => { const p = dendrite.panes[1].map().toScreen([30, 96, 96]); return [p[0], p[1]]; }");
        await surface.ClickAsync(new() { Position = new Position { X = place[0], Y = place[1] } });
        await page.UntilAsync("() => dendrite.scene.depth.pointsUm.length === 1 && Math.abs(dendrite.depthOf(dendrite.scene.depth.pointsUm[0])) < 0.3");
        var box = (await surface.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + place[0], box.Y + place[1]);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + place[0], box.Y + place[1] + 14, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await page.UntilAsync("() => dendrite.scene.depth.pointsUm.length === 1 && dendrite.scene.depth.pointsUm[0][0] > 34 && Math.abs(dendrite.depthOf(dendrite.scene.depth.pointsUm[0])) < 0.3");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByText("The interface was corrected since").WaitForAsync();
        place = await page.EvaluateAsync<float[]>("() => { const p = dendrite.panes[1].map().toScreen(dendrite.scene.depth.pointsUm[0]); return [p[0], p[1]]; }");
        await surface.ClickAsync(new() { Position = new Position { X = place[0], Y = place[1] }, Button = MouseButton.Right });
        await page.UntilAsync("() => dendrite.scene.depth.pointsUm.length === 0");
        await page.GetByText("The interface was corrected since").WaitForAsync(new() { State = WaitForSelectorState.Hidden });

        // In the slice across it, the cell's outline, put elsewhere and taken back.
        var across = page.Locator("[data-pane='0']");
        place = await page.EvaluateAsync<float[]>("() => { const p = dendrite.panes[0].map().toScreen([96, 96, 176]); return [p[0], p[1]]; }");
        await across.ClickAsync(new() { Position = new Position { X = place[0], Y = place[1] } });
        await page.UntilAsync("() => dendrite.scene.depth.outlinePointsUm.length === 1 && dendrite.scene.depth.outlineUm.some(p => Math.hypot(p[0] - 96, p[1] - 176) < 1)");
        await page.GetByText("outline was corrected since").WaitForAsync();
        await across.ClickAsync(new() { Position = new Position { X = place[0], Y = place[1] }, Button = MouseButton.Right });
        await page.UntilAsync("() => dendrite.scene.depth.outlinePointsUm.length === 0");
        await page.GetByText("outline was corrected since").WaitForAsync(new() { State = WaitForSelectorState.Hidden });

        // The band, dragged by the grip of its deeper limit in a slice: what is said of it follows.
        await page.Keyboard.PressAsync("v");
        var facts2 = page.Locator("[aria-label='Nucleation sites'] .facts");
        await facts2.GetByText("100–120 µm deep").WaitForAsync();
        place = await page.EvaluateAsync<float[]>("() => Array.from(dendrite.panes[1].grips().at[1])");
        await page.Mouse.MoveAsync(box.X + place[0], box.Y + place[1]);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + place[0], box.Y + place[1] + 16, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await page.UntilAsync("() => dendrite.view.band[0] === 100 && dendrite.view.band[1] > 125");
        await page.UntilAsync("() => !document.querySelector(\"[aria-label='Nucleation sites'] .facts\").innerText.includes('100–120 µm deep')");

        // What registration left, as arrows over the slices.
        var plain = await page.EvaluateAsync<int>(YellowPixels);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show misregistration" }).ClickAsync();
        await page.UntilAsync($"n => ({YellowPixels})() > n + 50", plain);

        // Tables and the report.
        var csv = await (await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}/analysis/void-profile.csv?bin=20")).TextAsync();
        Assert.Contains("percent_of_electrolyte", csv.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains(csv.Split('\n'), l => l.StartsWith("100,120,", StringComparison.Ordinal));
        var report = await browser.NewPageAsync();
        await report.GotoAsync($"{server.Address}/report/{Id}");
        await report.GetByRole(AriaRole.Heading, new() { Name = "How it was made" }).WaitForAsync();
        await report.UntilAsync("() => { const f = [...document.querySelectorAll('figure.plot')]; "
            + "return f.length > 3 && f.every(p => p.querySelector('svg')); }");
        await report.UntilAsync("() => [...document.images].length === 2 && [...document.images].every(i => i.complete && i.naturalWidth === 900)");
        Assert.Matches("[0-9a-f]{64}", await report.Locator(".hash").First.InnerTextAsync());
        Assert.Empty(browser.Errors);
    }

    // Bars that another one is lit beside.
    private const string FaintBars = "document.querySelectorAll(\"[aria-label='Void volume by depth'] rect[fill-opacity='0.35']\")";

    // Pixels of the overlay of a slice that are as yellow as the arrows.
    private const string YellowPixels =
        "() => { const c = dendrite.panes[1].overlay, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let k = 0; k < d.length; k += 4) n += d[k] > 230 && d[k + 1] > 200 && d[k + 2] < 120 && d[k + 3] > 200 ? 1 : 0; return n; }";

    // Pixels that are clearly amber in the lower half, where the band is: above lies the anode, amber with and without lit voids.
    private static Task<int> AmberAsync(IPage page, int pane) => page.EvaluateAsync<int>(
        """
        i => {
          const c = dendrite.panes[i].canvas, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          let n = 0;
          for (let k = 4 * c.width * (c.height >> 1); k < d.length; k += 4)
            n += d[k] > 120 && d[k] > d[k + 2] + 60 && d[k] > d[k + 1] + 25 ? 1 : 0;
          return n;
        }
        """, pane);
}
