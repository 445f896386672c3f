using System.Text.Json;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Each kind of plot, drawn by the app's own script under the app's policies, measured in what was drawn.</summary>
public sealed class PlotJourney(Browser browser) : IClassFixture<Browser>
{
    // Draws a description in a figure of 400 × 240 pixels and says what is in it.
    private const string Draw =
        """
        async spec => {
          const { show } = await import('/plots/plot.js');
          const axis = a => ({ name: 'x', unit: '', label: 'x', scale: 'linear', ...a });
          const figure = document.createElement('figure');
          figure.className = 'plot';
          figure.style = '--plot-height: 240px; width: 400px; position: fixed; left: 0; top: 0';
          figure.innerHTML = '<div class="plot-area"></div>';
          document.body.append(figure);
          await show(figure, JSON.stringify({ title: 't', fileName: 'f', equal: false, events: [], spans: [], ...spec,
            x: axis(spec.x), y: axis(spec.y), series: spec.series.map(s => ({ name: '', color: 'red', ...s })) }));
          const svg = figure.querySelector('svg'), ticks = of => [...svg.querySelectorAll(`[data-mark='${of}-axis tick label'] text`)]
            .map(t => ({ text: t.textContent, at: t.getBoundingClientRect() }));
          const apart = ([a, b]) => b === undefined ? 0 : Math.abs(b - a);
          const drawn = {
            marks: Object.fromEntries([...svg.querySelectorAll('g[data-mark]')]
              .map(g => [g.dataset.mark, g.querySelectorAll('rect, circle, path').length])),
            path: svg.querySelector("g[data-mark='line'] path")?.getAttribute('d') ?? '',
            x: ticks('x').map(t => t.text), y: ticks('y').map(t => t.text),
            stepX: apart(ticks('x').map(t => t.at.x + t.at.width / 2)), stepY: apart(ticks('y').map(t => t.at.y)),
            labels: svg.textContent,
          };
          figure.remove();
          return drawn;
        }
        """;

    // A plot with a stretch whose ends can be moved; what it tells lies in window.told.
    private const string Stretch =
        """
        async () => {
          const { show } = await import('/plots/plot.js');
          const figure = document.createElement('figure');
          figure.className = 'plot';
          figure.style = '--plot-height: 240px; width: 400px; position: fixed; left: 0; top: 0; z-index: 99';
          figure.innerHTML = '<div class="plot-area"></div>';
          document.body.append(figure);
          window.told = [];
          const owner = { invokeMethodAsync: async (...what) => { window.told.push(what); } };
          const axis = { name: 'E − E0', unit: 'eV', label: 'E − E0, eV', scale: 'linear', decimals: 1 };
          await show(figure, JSON.stringify({ title: 't', fileName: 'f', x: axis, y: { ...axis, unit: '' }, equal: false, events: [],
            series: [{ name: '', kind: 'line', color: 'red', x: [-50, 0, 100], y: [0, 1, 2] }],
            spans: [{ from: -40, to: -20, text: 'pre-edge', color: 'blue', id: 'pre', step: 1 }] }), owner, false, false, true);
        }
        """;

    [Fact]
    public async Task Stretches_AreMovedByPointerAndKeys_AndToldOnRelease()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(demo: true);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + "/jobs");

        // A page that has come up gives its heading the focus, which nothing else may have until then.
        await page.UntilAsync("() => document.activeElement?.matches('h1')");
        await page.EvaluateAsync(Stretch);
        var (start, end) = (page.Locator("[data-handle='pre:from']"), page.Locator("[data-handle='pre:to']"));
        Assert.Equal("slider", await end.GetAttributeAsync("role"));
        Assert.Equal("pre-edge, end", await end.GetAttributeAsync("aria-label"));

        // The line follows while it is dragged, and nothing is told before it is let go.
        var grip = await end.Locator(".plot-handle-grip").BoundingBoxAsync();
        var ground = page.Locator("figure.plot g[data-mark='rect'] rect");
        var before = await ground.BoundingBoxAsync();
        await page.Mouse.MoveAsync(grip!.X + grip.Width / 2, grip.Y + grip.Height / 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(grip.X + grip.Width / 2 + 20, grip.Y + 30, new() { Steps = 4 });
        Assert.Equal(before!.Width + 20, (await ground.BoundingBoxAsync())!.Width, 1.5);
        Assert.Equal(0, await page.EvaluateAsync<int>("told.length"));
        Assert.Contains("eV", await page.Locator("figure.plot .plot-tip").TextContentAsync());
        await page.Mouse.UpAsync();
        var told = await page.EvaluateAsync<JsonElement>("told");
        Assert.Equal(["MoveSpanAsync", "pre"], told[0].EnumerateArray().Take(2).Select(t => t.GetString()));
        Assert.Equal(-40, told[0][2].GetDouble());
        Assert.InRange(told[0][3].GetDouble(), -16, -8);

        // Keys move by the step, one end never passes the other, and Escape gives a move up that was not told.
        await start.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Shift+ArrowLeft");
        Assert.Equal("−49.0 eV", await start.GetAttributeAsync("aria-valuetext"));
        await page.Keyboard.PressAsync("End");
        var last = (await page.EvaluateAsync<JsonElement>("told.at(-1)"))!;
        Assert.Equal(last[3].GetDouble(), last[2].GetDouble());
        await page.Keyboard.DownAsync("ArrowLeft");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.UpAsync("ArrowLeft");
        Assert.Equal(4, await page.EvaluateAsync<int>("told.length"));
        Assert.Equal(last[2].GetDouble(), await page.EvaluateAsync<double>("+document.activeElement.getAttribute('aria-valuenow')"));

        // A place is marked for who points at the same axis elsewhere.
        await page.EvaluateAsync("document.querySelector('figure.plot').dispatchEvent(new CustomEvent('plotmark', { detail: 50 }))");
        Assert.Equal(1, await page.Locator("figure.plot .plot-place").CountAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Plots_OfEveryKind_AreDrawnUnderTheAppsPolicies()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(demo: true);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + "/jobs");
        Task<JsonElement> DrawAsync(object spec) => page.EvaluateAsync<JsonElement>(Draw, spec)!;

        // Equal axes: a unit is as long across as up.
        var circle = Enumerable.Range(0, 30).Select(i => 2 * Math.PI * i / 30).ToArray();
        var nyquist = await DrawAsync(new
        {
            equal = true, x = new { }, y = new { },
            series = new[]
            {
                new { kind = "scatter", x = circle.Select(a => 50 + 10 * Math.Cos(a)), y = circle.Select(a => 10 * Math.Sin(a)) },
            },
        });
        var (perX, perY) = (Per(nyquist, "x", "stepX"), Per(nyquist, "y", "stepY"));
        Assert.InRange(perX / perY, 0.97, 1.03);
        Assert.Equal(30, nyquist.GetProperty("marks").GetProperty("dot").GetInt32());

        // A logarithmic axis names powers of ten; bars that have no height on it are left out, the rest stand on its floor.
        var histogram = await DrawAsync(new
        {
            x = new { }, y = new { scale = "logarithmic" },
            series = new[] { new { kind = "bars", x = new[] { 0, 1, 2 }, to = new[] { 1, 2, 3 }, y = new[] { 10, 1_000_000, 100 } } },
        });
        Assert.Contains("10⁶", histogram.GetProperty("y").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(3, histogram.GetProperty("marks").GetProperty("rect").GetInt32());

        // A line of more points than pixels keeps its peak of one point, and a gap is a gap.
        var places = Enumerable.Range(0, 50_000).ToArray();
        var values = places.Select(i => (double?)(i == 31_234 ? 1000 : i is > 40_000 and < 45_000 ? null : 1)).ToArray();
        var long_ = await DrawAsync(new
        {
            x = new { unit = "µm" }, y = new { }, series = new[] { new { kind = "line", x = places, y = values } },
        });
        var path = long_.GetProperty("path").GetString()!;
        Assert.InRange(path.Length, 1_000, 200_000);
        Assert.InRange(path.Split('M').Length - 1, 2, 40);
        Assert.Contains("1000", long_.GetProperty("y").EnumerateArray().Select(t => t.GetString()));

        // Steps, intervals, an instant and a stretch with their names; a legend where there are several series.
        var all = await DrawAsync(new
        {
            x = new { label = "time, h", name = "time", unit = "h" }, y = new { },
            events = new[] { new { x = 1.5, text = "short", color = "red" } },
            spans = new[] { new { from = 0.5, to = 1.0, text = "rest", color = "blue" } },
            series = new object[]
            {
                new { kind = "band", name = "95 %", x = new[] { 0, 1, 2 }, low = new[] { 0, 1, 2 }, high = new[] { 2, 3, 4 } },
                new { kind = "step", name = "current", x = new[] { 0, 1, 2 }, y = new[] { 1, 2, 3 } },
            },
        });
        Assert.Equal(1, all.GetProperty("marks").GetProperty("area").GetInt32());
        var labels = all.GetProperty("labels").GetString()!;
        string[] names = ["95 %", "current", "short", "rest", "time, h"];
        Assert.All(names, name => Assert.Contains(name, labels, StringComparison.Ordinal));
        Assert.Empty(browser.Errors);
    }

    // Pixels a unit, from the distance of the first two ticks.
    private static double Per(JsonElement drawn, string axis, string step)
    {
        var ticks = drawn.GetProperty(axis).EnumerateArray().Take(2)
            .Select(t => double.Parse(t.GetString()!.Replace('−', '-'), System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return drawn.GetProperty(step).GetDouble() / Math.Abs(ticks[1] - ticks[0]);
    }
}
