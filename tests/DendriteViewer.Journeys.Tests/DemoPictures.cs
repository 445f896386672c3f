using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A fact that runs only where an environment variable asks for it, since it writes into docs/.</summary>
internal sealed class OnRequestFactAttribute : FactAttribute
{
    public OnRequestFactAttribute(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is null)
        {
            Skip = $"Runs when {variable} is set; see ./dendrite help.";
        }
    }
}

/// <summary>The README's pictures and the figures of docs/performance.md, taken from the running app.</summary>
[Collection(nameof(Timing))]
public sealed class DemoPictures(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [OnRequestFact("DENDRITE_PICTURES")]
    [Trait("Category", "Pictures")]
    public async Task TakePictures()
    {
        var folder = Directory.CreateDirectory(Environment.GetEnvironmentVariable("DENDRITE_PICTURES")!).FullName;
        await using var server = await StartAsync();

        // The analysis: what the other pictures show is registered by it.
        var analysed = await browser.NewPageAsync();
        await analysed.GotoAsync($"{server.Address}/d/{Id}?v=1&t=3.2&m=projection&cam=35,24,0,0,0,0");
        await analysed.ExactAsync();
        await analysed.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await analysed.GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        await analysed.GetByRole(AriaRole.Heading, new() { Name = "Nucleation sites" }).WaitForAsync(new() { Timeout = 120_000 });
        foreach (var theme in new[] { "dark", "light" })
        {
            var page = await browser.NewPageAsync();
            await page.AddInitScriptAsync($"localStorage.setItem('theme', '{theme}')");
            await page.GotoAsync($"{server.Address}/d/{Id}?v=1&t=3.2&m=projection&cam=35,24,0,0,0,0");
            await page.ExactAsync();
            await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
            await page.ChangedAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "time of birth" }).ClickAsync());
            await page.UntilAsync("() => dendrite.panes.every(p => p.exact && p.revision === dendrite.revision)");
            await page.WaitForTimeoutAsync(1000);
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"analysis-wide-{theme}.png") });
            await page.Context.CloseAsync();
        }

        foreach (var (width, height, size) in new[] { (1440, 900, "wide"), (390, 844, "phone") })
        {
            foreach (var theme in new[] { "dark", "light" })
            {
                var page = await browser.NewPageAsync(width, height);
                await page.AddInitScriptAsync($"localStorage.setItem('theme', '{theme}')");
                await page.GotoAsync(server.Address + "/");
                await page.UntilAsync("() => [...document.images].length && [...document.images].every(i => i.complete)");
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"catalog-{size}-{theme}.png") });
                await page.GotoAsync($"{server.Address}/d/{Id}?v=1&t=3.2&m=projection&cam=35,24,0,0,0,0");
                await page.ExactAsync();
                // Where the phantom has them.
                await page.EvaluateAsync("async () => { if (!dendrite.sites.length) for (const p of [[136.7,151.1,147.9],[138.2,46.6,94.1],[127.1,112.8,131.1]]) await dendrite.call('AddSite', ...p); }");
                await page.UntilAsync("() => dendrite.sites.length === 3");
                if (width > 800)
                {
                    await page.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
                    await page.ChangedAsync(() => page.Locator("td").GetByText("N2", new() { Exact = true }).ClickAsync());
                }

                await page.ExactAsync();
                await page.Mouse.MoveAsync(width / 4f, height / 4f);
                await page.WaitForTimeoutAsync(500);
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"viewer-{size}-{theme}.png") });
                await page.Context.CloseAsync();
            }
        }

        // What plating added, beside the voids that were there before.
        var both = await browser.NewPageAsync(1440, 900);
        await both.GotoAsync($"{server.Address}/d/{Id}?v=1&t=3.2&m=projection&full=volume&depth=20,230&cam=60,30,320,150,128,128");
        await both.ExactAsync();
        await both.ChangedAsync(() => both.Locator("[data-preset=dark]").ClickAsync());
        await both.ChangedAsync(() => both.GetByLabel("Show the pristine scan").ClickAsync());
        await both.UntilAsync("() => dendrite.panes[3].exact && dendrite.panes[3].revision === dendrite.revision");
        await both.ScreenshotAsync(new() { Path = Path.Combine(folder, "lithium-beside-voids.png") });
    }

    [OnRequestFact("DENDRITE_MEASURE")]
    [Trait("Category", "Measure")]
    public async Task MeasureInteraction()
    {
        await using var server = await StartAsync();
        var page = await browser.NewPageAsync(1280, 720);
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.UntilAsync("() => dendrite.timeline.loaded.length >= 6");
        var lines = new List<string> { "| what | pane | frames a second | median input to picture | 90 % | bytes a frame |", "|---|---|---|---|---|---|" };
        lines.Add(await MeasureAsync(page, "orbit, one of four panes", 3, "p.orbit(2, Math.sin(n / 20))"));
        lines.Add(await MeasureAsync(page, "slices through z, one of four panes", 0, "p.step(n % 160 < 80 ? 1 : -1)"));
        await page.EvaluateAsync("() => dendrite.maximize(3)");
        await page.ExactAsync();
        lines.Add(await MeasureAsync(page, "orbit, the pane fills the view", 3, "p.orbit(2, Math.sin(n / 20))"));
        await page.EvaluateAsync("() => dendrite.maximize(0)");
        await page.ExactAsync();
        lines.Add(await MeasureAsync(page, "slices through z, the pane fills the view", 0, "p.step(n % 160 < 80 ? 1 : -1)"));
        await File.WriteAllLinesAsync(Path.Combine(Environment.GetEnvironmentVariable("DENDRITE_MEASURE")!, "interaction.md"), lines);
    }

    // Eight timesteps of 512³, all seen before: stepped to and fro every 80 ms for five seconds, then left until every pane is exact.
    [OnRequestFact("DENDRITE_MEASURE")]
    [Trait("Category", "Measure")]
    public async Task MeasureScrubbing()
    {
        await using var server = await StartAsync("--size", "512", "--voxel-um", "0.5");
        var page = await browser.NewPageAsync(1280, 720);
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        foreach (var key in Enumerable.Repeat("ArrowRight", 7).Concat(Enumerable.Repeat("ArrowLeft", 7)))
        {
            await page.Keyboard.PressAsync(key);
            await page.ExactAsync();
        }

        var runs = new List<double[]>();
        for (var i = 0; i < 5; i++)
        {
            runs.Add(await page.EvaluateAsync<double[]>(
                """
                async () => {
                  const drew = dendrite.panes.map(() => 0), old = dendrite.drew, begun = performance.now(), last = dendrite.scene.volumes.length - 1;
                  dendrite.drew = (pane, ...rest) => { drew[dendrite.panes.indexOf(pane)]++; return old.call(dendrite, pane, ...rest); };
                  for (let at = 0, by = 1; performance.now() - begun < 5000;) {
                    at += by;
                    if (at >= last || at <= 0) by = -by;
                    dendrite.timeline.go(by);
                    await new Promise(next => setTimeout(next, 80));
                  }
                  const stopped = performance.now(), seconds = (stopped - begun) / 1000;
                  const exact = () => dendrite.panes.every(p => p.exact) && document.querySelector('#state').dataset.exact === 'true';
                  while (performance.now() - stopped < 30 || !exact()) await new Promise(next => setTimeout(next, 5));
                  delete dendrite.drew;
                  return [Math.min(...drew) / seconds, performance.now() - stopped];
                }
                """));
        }

        await File.WriteAllLinesAsync(
            Path.Combine(Environment.GetEnvironmentVariable("DENDRITE_MEASURE")!, "scrubbing.md"),
            ["| timesteps a second, the slowest pane | exact after the last step |", "|---|---|", FormattableString.Invariant($"| {runs.Select(r => r[0]).Order().ElementAt(2):0.0} | {runs.Select(r => r[1]).Order().ElementAt(2):0} ms |")]);
    }

    // The view is changed once an animation frame by the handlers that a pointer calls; five runs of four seconds, the median run.
    private static async Task<string> MeasureAsync(IPage page, string what, int pane, string step)
    {
        var runs = new List<double[]>();
        for (var i = 0; i < 5; i++)
        {
            runs.Add(await page.EvaluateAsync<double[]>(
                $$"""
                () => new Promise(done => {
                  const p = dendrite.panes[{{pane}}], f = p.stats.frames, t = performance.now(), show = p.show.bind(p);
                  let n = 0, bytes = 0;
                  dendrite.latencies = [];
                  p.show = (...a) => { bytes += a[6].length; return show(...a); };
                  (function tick() {
                    n++;
                    {{step}};
                    const s = (performance.now() - t) / 1000;
                    if (s < 4) return requestAnimationFrame(tick);
                    delete p.show;
                    const l = dendrite.latencies.sort((a, b) => a - b), frames = p.stats.frames - f;
                    done([frames / s, l[l.length >> 1], l[Math.floor(l.length * 0.9)], bytes / frames, p.size[0], p.size[1]]);
                  })();
                })
                """));
        }

        var m = runs.OrderBy(r => r[0]).ElementAt(2);
        return FormattableString.Invariant($"| {what} | {m[4]:0}×{m[5]:0} | {m[0]:0} | {m[1]:0} ms | {m[2]:0} ms | {m[3] / 1000:0.0} kB |");
    }

    private static async Task<AppServer> StartAsync(params string[] phantom)
    {
        var server = await AppServer.StartAsync(demo: true);
        await AppServer.CliAsync(["phantom", Path.Combine(server.Folder, "cell"), .. phantom]);
        await AppServer.CliAsync("ingest", Path.Combine(server.Folder, "cell"), "--store", Path.Combine(server.Folder, "data/store"));
        return server;
    }
}
