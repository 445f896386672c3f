using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What opening a dataset costs, for docs/performance.md: bytes, requests, and when something is seen.</summary>
[Collection(nameof(Timing))]
public sealed class OpeningMeasure(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;
    private const int Runs = 5;

    // Of the line that is called slow: a trip, and bytes a second either way.
    private const int SlowTripMs = 300, SlowBytesPerSecond = 200_000;

    // When each thing is first so, in ms since the page was asked for. A picture counts when it is drawn into a canvas.
    private const string Watch =
        """
        window.shift = 0;
        window.at = {};
        const mark = name => { window.at[name] ??= performance.now(); };
        new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift += e.value; })
          .observe({ type: 'layout-shift', buffered: true });
        const draw = CanvasRenderingContext2D.prototype.drawImage;
        CanvasRenderingContext2D.prototype.drawImage = function (...args) {
          if (this.canvas.closest('[data-pane], [data-boot-pane]')) mark('picture');
          return draw.apply(this, args);
        };
        new MutationObserver(() => {
          if (document.querySelector('#viewer')?.dataset.ready) mark('viewer');
          if (document.querySelector('#state')?.dataset.exact === 'true') mark('exact');
        }).observe(document, { childList: true, subtree: true, attributes: true });
        """;

    private sealed record Visit(
        double Paint, double Picture, double Viewer, double Exact, double Shift,
        IReadOnlyDictionary<string, (int Requests, double Bytes)> Kinds)
    {
        public int Requests => Kinds.Values.Sum(k => k.Requests);

        public double Bytes => Kinds.Values.Sum(k => k.Bytes);
    }

    [OnRequestFact("DENDRITE_MEASURE")]
    [Trait("Category", "Measure")]
    public async Task MeasureOpening()
    {
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        await using var server = await AppServer.StartAsync(demo: true);
        await AppServer.CliAsync("phantom", Path.Combine(server.Folder, "cell"));
        await AppServer.CliAsync("ingest", Path.Combine(server.Folder, "cell"), "--store", Path.Combine(server.Folder, "data/store"));
        var lines = new List<string>
        {
            $"Load average of the machine before: {load}.", "",
            "| visit | window | first paint | first picture | usable | all exact | requests | bytes | layout shift |",
            "|---|---|---|---|---|---|---|---|---|",
        };
        Visit? first = null;
        foreach (var (width, height) in new[] { (1440, 900), (390, 844) })
        {
            var size = $"{width}×{height}";
            var begun = new List<Visit>();
            for (var i = 0; i < Runs; i++)
            {
                await server.RestartAsync();
                begun.Add(await VisitAsync(server, await browser.NewPageAsync(width, height)));
            }

            lines.Add(Row("the server's first, an empty browser", size, begun));
            var cold = await RepeatAsync(() => browser.NewPageAsync(width, height));
            first ??= cold[0];
            lines.Add(Row("an empty browser", size, cold));
            var known = (await browser.NewPageAsync(width, height)).Context;
            await VisitAsync(server, await known.NewPageAsync());
            lines.Add(Row("again", size, await RepeatAsync(() => known.NewPageAsync())));
            var isSlow = true;
            lines.Add(Row("a slow line, an empty browser", size, await RepeatAsync(() => browser.NewPageAsync(width, height), isSlow)));
            lines.Add(Row("a slow line, again", size, await RepeatAsync(() => known.NewPageAsync(), isSlow)));
        }

        lines.AddRange(["", "| of the first visit | requests | bytes |", "|---|---|---|"]);
        lines.AddRange(first!.Kinds.OrderByDescending(k => k.Value.Bytes).Select(
            k => string.Create(CultureInfo.InvariantCulture, $"| {k.Key} | {k.Value.Requests} | {k.Value.Bytes / 1000:0.0} kB |")));
        await File.WriteAllLinesAsync(Path.Combine(Environment.GetEnvironmentVariable("DENDRITE_MEASURE")!, "opening.md"), lines);

        async Task<List<Visit>> RepeatAsync(Func<Task<IPage>> open, bool isSlow = false)
        {
            var visits = new List<Visit>();
            for (var i = 0; i < Runs; i++)
            {
                visits.Add(await VisitAsync(server, await open(), isSlow));
            }

            return visits;
        }
    }

    private static string Row(string what, string size, List<Visit> visits) => string.Create(CultureInfo.InvariantCulture,
        $"| {what} | {size} | {Median(visits, v => v.Paint):0} ms | {Median(visits, v => v.Picture):0} ms | "
        + $"{Median(visits, v => v.Viewer):0} ms | {Median(visits, v => v.Exact):0} ms | {Median(visits, v => v.Requests):0} | "
        + $"{Median(visits, v => v.Bytes) / 1000:0} kB | {Median(visits, v => v.Shift):0.0000} |");

    private static double Median(List<Visit> visits, Func<Visit, double> of) => visits.Select(of).Order().ElementAt(visits.Count / 2);

    private static async Task<Visit> VisitAsync(AppServer server, IPage page, bool isSlow = false)
    {
        var devtools = await page.Context.NewCDPSessionAsync(page);
        var (types, kinds) = (new Dictionary<string, string>(), new Dictionary<string, (int Requests, double Bytes)>());
        devtools.Event("Network.requestWillBeSent").OnEvent += (_, e) =>
            types[e!.Value.GetProperty("requestId").GetString()!] = e.Value.GetProperty("type").GetString()!;
        devtools.Event("Network.loadingFinished").OnEvent += (_, e) => Count(e!.Value);
        await devtools.SendAsync("Network.enable");
        if (isSlow)
        {
            await devtools.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object>
            {
                ["offline"] = false, ["latency"] = SlowTripMs, ["downloadThroughput"] = SlowBytesPerSecond,
                ["uploadThroughput"] = SlowBytesPerSecond,
            });
        }

        await page.AddInitScriptAsync(Watch);
        await page.GotoAsync($"{server.Address}/d/{Id}", new() { WaitUntil = WaitUntilState.Commit });
        await page.ExactAsync();
        var (at, paint, shift) = (
            await page.EvaluateAsync<JsonElement>("() => at"),
            await page.EvaluateAsync<double>("() => performance.getEntriesByName('first-paint')[0].startTime"),
            await page.EvaluateAsync<double>("() => shift"));
        if (page.Context.Pages.Count > 1)
        {
            await page.CloseAsync();
        }
        else
        {
            await page.Context.CloseAsync();
        }

        return new Visit(paint, Time("picture"), Time("viewer"), Time("exact"), shift, kinds);

        double Time(string name) => at.GetProperty(name).GetDouble();

        void Count(JsonElement finished)
        {
            // What the browser kept from before costs nothing and is not counted.
            var bytes = finished.GetProperty("encodedDataLength").GetDouble();
            if (bytes > 0)
            {
                var kind = types.GetValueOrDefault(finished.GetProperty("requestId").GetString()!, "Other");
                var (requests, sum) = kinds.GetValueOrDefault(kind);
                kinds[kind] = (requests + 1, sum + bytes);
            }
        }
    }
}
