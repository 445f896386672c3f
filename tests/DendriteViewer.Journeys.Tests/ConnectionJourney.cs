using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What pages say and keep while the server is away, and of links that cannot be read whole.</summary>
public sealed class ConnectionJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    // After which a page has to say that it is cut off.
    private const double MostSeconds = 3;
    private const string Notice = "document.querySelector('.connection')?.innerText.includes('cannot be reached')";

    [Fact]
    public async Task Pages_WhileTheServerIsAway_SaySoAndGoOnByThemselves()
    {
        await using var server = await StartAsync();
        var viewer = await browser.NewPageAsync();
        await viewer.GotoAsync($"{server.Address}/d/{Id}");
        await viewer.ExactAsync();
        await viewer.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await viewer.GetByText("No sites yet").First.WaitForAsync();
        await viewer.Keyboard.PressAsync("ArrowRight");
        await viewer.UntilAsync("() => location.search.includes('t=1.5')");
        var catalog = await browser.NewPageAsync();
        await catalog.GotoAsync(server.Address + "/");
        await catalog.Locator(".card").First.WaitForAsync();

        // Nobody reads from a computer that is offline.
        await viewer.WithinAsync(
            MostSeconds, "document.querySelector('#state').dataset.exact === 'false'", () => viewer.Context.SetOfflineAsync(true));
        await viewer.Context.SetOfflineAsync(false);
        await viewer.ExactAsync();

        await catalog.WithinAsync(MostSeconds, Notice, () => viewer.WithinAsync(MostSeconds, Notice, server.KillAsync));
        Assert.Equal("offline", await viewer.InnerTextAsync("#state"));
        Assert.Equal("false", await viewer.GetAttributeAsync("#state", "data-exact"));

        // What somebody typed into a form that was not sent is not thrown away when the server comes back; other pages load themselves.
        // The viewer's hub is back before its circuit is refused, and only then the page is loaded again.
        await viewer.EvaluateAsync("() => { window.isBefore = true; }");
        await server.RestartAsync();
        await viewer.UntilAsync("() => !window.isBefore");
        await viewer.ExactAsync();
        Assert.Equal(1.5, await viewer.EvaluateAsync<double>("() => dendrite.view.hours"));
        await viewer.GetByRole(AriaRole.Tab, new() { Name = "Sites", Selected = true }).WaitForAsync();
        await catalog.UntilAsync("() => document.querySelector('.card') && document.querySelector('.connection').hidden");
    }

    [Fact]
    public async Task Form_ThatWasNotSentBeforeARestart_KeepsItsTextUntilItIsLoadedAgain()
    {
        await using var server = await StartAsync();
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        var name = page.GetByLabel("Name of the link");
        await name.FillAsync("Ben in Graz");
        await server.RestartAsync();
        await page.GetByText("has to be loaded again").WaitForAsync();
        Assert.Equal("Ben in Graz", await name.InputValueAsync());
        await page.EvaluateAsync("() => { window.isBefore = true; }");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load the page again" }).ClickAsync();
        await page.UntilAsync("() => !window.isBefore");
        await page.ExactAsync();
    }

    [Fact]
    public async Task Link_ThatIsDamaged_ShowsTheRestSaysWhatIsMissingAndStaysInTheAddress()
    {
        await using var server = await StartAsync();
        var page = await browser.NewPageAsync();
        const string query = "?v=1&t=1.7&m=projection&at=12,x&band=90,130&zo0m=2";
        await page.GotoAsync($"{server.Address}/d/{Id}{query}");
        await page.ExactAsync();
        var notice = page.Locator(".link-notice");
        foreach (var part in new[] { "crosshair (at)", "zo0m", "no scan at 1.7 h" })
        {
            await notice.GetByText(part).WaitForAsync();
        }

        Assert.Equal(90, await page.EvaluateAsync<double>("() => dendrite.view.band[0]"));
        Assert.EndsWith(query, page.Url);
        await page.Keyboard.PressAsync("ArrowDown");
        await page.UntilAsync("() => !location.search.includes('zo0m') && location.search.includes('band=90')");
        Assert.True(await notice.IsVisibleAsync());
        await notice.GetByRole(AriaRole.Button).ClickAsync();
        await notice.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        // A transfer function of hundreds of points has no room in the address, and that is said, now and after a reload; where the server
        // is asked for a picture of it, it has.
        await page.ChangedAsync(() => page.EvaluateAsync(
            "() => dendrite.patch({ transfer: [...Array(500).keys()].map(i => [i * 100.123456, i * 1000, i / 499]) })"));
        await page.UntilAsync("() => window.told.some(t => t.includes('no room for the transfer function'))");
        await page.SettledAsync();
        Assert.InRange(page.Url.Length, 200, 7200);
        var points = string.Join(';', Enumerable.Range(0, 500).Select(i => FormattableString.Invariant($"{i * 100.123456:R}:00ff00:0.5")));
        var picture = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}/render.png?v=1&size=32x32&tf={points}");
        Assert.Equal(200, picture.Status);
        await page.ReloadAsync();
        await page.ExactAsync();
        await notice.GetByText("transfer function (tf) was too long for an address").WaitForAsync();
        Assert.Equal(90, await page.EvaluateAsync<double>("() => dendrite.view.band[0]"));

        // A link to a site opens the panel of sites, selects it, and leads to it; after the page was loaded again it stays where one went.
        var id = await page.AddSiteAsync(100, 90, 80);
        await page.GotoAsync($"{server.Address}/d/{Id}?v=1&t=0&m=projection&site={id}");
        await page.UntilAsync("() => window.dendrite?.view?.focus.join() === '100,90,80'");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Sites", Selected = true }).WaitForAsync();
        await page.Locator(".site").WaitForAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}?v=1&site=nosuchsite");
        await page.Locator(".link-notice").GetByText("not there any more").WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    private async Task<AppServer> StartAsync()
    {
        await browser.BeginAsync();
        var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        return server;
    }
}
