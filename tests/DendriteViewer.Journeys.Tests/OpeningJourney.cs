using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// A dataset that is opened by its address: pictures before the circuit, and the same answers where it is not to be opened.
/// </summary>
public sealed class OpeningJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Phantom = "/d/li-li3ps4-li-phantom-0-8-ma-cm2";

    [Theory]
    [InlineData(1440, 900, 4)]
    [InlineData(390, 844, 1)]
    public async Task Pictures_BeforeTheCircuit_StandInTheSkeleton_AndTheViewerKeepsThem(int width, int height, int panes)
    {
        await browser.BeginAsync();
        await using var server = await StartAsync();
        var page = await browser.NewPageAsync(width, height);
        await page.AddInitScriptAsync(ShellJourney.WatchShifts);
        var (sockets, circuit) = (new List<string>(), new TaskCompletionSource());
        page.WebSocket += (_, socket) => sockets.Add(socket.Url);
        await page.RouteAsync("**/_framework/blazor.web*.js", async route =>
        {
            await circuit.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync(server.Address + Phantom, new() { WaitUntil = WaitUntilState.Commit });
        await page.UntilAsync("n => document.querySelectorAll('#boot canvas').length === n", panes);
        Assert.Equal(0, await page.Locator("#viewer").CountAsync());
        await page.EvaluateAsync("() => document.querySelectorAll('#boot canvas').forEach(c => { c.isEarly = true; })");
        circuit.SetResult();

        await page.ExactAsync();
        var shown = page.Locator(".pane:visible > canvas:not(.overlay)");
        Assert.Equal(panes, await shown.CountAsync());
        Assert.True(await shown.EvaluateAllAsync<bool>("canvases => canvases.every(c => c.isEarly)"));
        await page.UntilAsync("() => !document.querySelector('#boot')");
        Assert.Single(sockets, s => s.Contains("/hubs/frames", StringComparison.Ordinal));
        // What the hub sent before the viewer listened was kept.
        await page.UntilAsync("() => dendrite.measure.list.isTold && dendrite.timeline.loaded.length > 0");
        var shift = await page.EvaluateAsync<double>("() => shift");
        Assert.True(shift < ShellJourney.MostShift, $"At {width} pixels the page shifted by {shift} while it opened.");

        // Back from another page the viewer begins with a session and a connection of its own.
        var first = await page.EvaluateAsync<string>("() => dendrite.root.dataset.session");
        await page.Locator("a.brand").ClickAsync();
        await page.UntilAsync("() => document.querySelector(\"a[href^='/d/']:not([href$='/history'])\")");
        await page.Locator("a[href^='/d/']:not([href$='/history'])").First.ClickAsync();
        await page.ExactAsync();
        Assert.NotEqual(first, await page.EvaluateAsync<string>("() => dendrite.root.dataset.session"));
        Assert.Empty(browser.Errors);
    }

    // No trip is made to ask for what packages would run when Blazor starts (connection.js), so none may have anything.
    [Fact]
    public async Task Viewer_WhereWebSocketsFailAtFirst_Negotiates_AndNoPackageHasAnInitializer()
    {
        await browser.BeginAsync();
        await using var server = await StartAsync();
        var page = await browser.NewPageAsync();
        await page.AddInitScriptAsync(
            "const S = WebSocket; WebSocket = class extends S { constructor(url, ...rest) {"
            + " super(url.replace(/frames$/, 'none'), ...rest); } };");
        await page.GotoAsync(server.Address + Phantom);
        await page.ExactAsync();
        Assert.Equal("[]", await (await page.APIRequest.GetAsync(server.Address + "/_blazor/initializers")).TextAsync());
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Dataset_NotToBeOpened_ShowsNoPicture_AndSaysSo()
    {
        await browser.BeginAsync();
        await using var server = await StartAsync();
        var page = await browser.NewPageAsync();
        await page.AddInitScriptAsync(
            "const draw = CanvasRenderingContext2D.prototype.drawImage; window.drawn = 0;"
            + "CanvasRenderingContext2D.prototype.drawImage = function (...a) { drawn++; return draw.apply(this, a); };");
        foreach (var (address, words) in new[]
        {
            ("/d/none", "No such dataset"),
            // The link of a job of a dataset that had this id and was deleted.
            (Phantom + "?identity=0123456789abcdef0123456789abcdef", "This dataset was deleted"),
        })
        {
            await page.GotoAsync(server.Address + address);
            await page.GetByRole(AriaRole.Heading, new() { Name = words }).WaitForAsync();
            await page.UntilAsync("() => !document.querySelector('#boot')");
            Assert.Equal(0, await page.EvaluateAsync<int>("() => drawn"));
        }

        await page.GetByText("Go to your datasets").ClickAsync();
        await page.Locator("a[href^='/d/']:not([href$='/history'])").First.WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    private static async Task<AppServer> StartAsync()
    {
        var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        return server;
    }
}
