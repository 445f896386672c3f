using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What a browser fetches before it shows a dataset.</summary>
public sealed class FirstVisitJourney(Browser browser) : IClassFixture<Browser>
{
    private const int MostBytes = 350_000;

    // The first visit once fetched 1.5 MB, uncompressed, and asked for all of it again on each page.
    [Fact]
    public async Task Viewer_OnItsFirstVisit_FetchesLittle_AndOnItsSecond_NoStaticFileAtAll()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        var page = await browser.NewPageAsync();
        var devtools = await page.Context.NewCDPSessionAsync(page);
        var paths = new ConcurrentDictionary<string, string>();
        var bytes = new ConcurrentDictionary<string, double>();
        devtools.Event("Network.requestWillBeSent").OnEvent += (_, e) =>
            paths[e!.Value.GetProperty("requestId").GetString()!] = new Uri(e.Value.GetProperty("request").GetProperty("url").GetString()!).AbsolutePath;
        devtools.Event("Network.loadingFinished").OnEvent += (_, e) =>
            bytes[e!.Value.GetProperty("requestId").GetString()!] = e.Value.GetProperty("encodedDataLength").GetDouble();
        await devtools.SendAsync("Network.enable");

        await page.GotoAsync(server.Address + "/d/li-li3ps4-li-phantom-0-8-ma-cm2");
        await page.ExactAsync();
        Assert.InRange(bytes.Values.Sum(), 50_000, MostBytes);

        // Scripts that come after the first picture, the cell's and after some seconds that of edits, are part of the first visit as well.
        await page.UntilAsync(
            """
            () => dendrite.siteMarks.replica && document.querySelector('#timeline .events')
              && document.querySelector('.panel [role=tab]')
            """);
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        bytes.Clear();
        await page.GotoAsync(server.Address + "/jobs");
        await page.GotoAsync(server.Address + "/d/li-li3ps4-li-phantom-0-8-ma-cm2");
        await page.ExactAsync();
        var again = bytes.Where(b => b.Value > 0 && (paths[b.Key].EndsWith(".js") || paths[b.Key].EndsWith(".css"))).Select(b => paths[b.Key]);
        Assert.Empty(again);
        Assert.Empty(browser.Errors);
    }
}
