using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What stands around every page: theme, bar, panel, layouts; and two timesteps compared in the panes.</summary>
public sealed class ShellJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Phantom = "/d/li-li3ps4-li-phantom-0-8-ma-cm2";
    internal const double MostShift = 0.02;

    internal const string WatchShifts =
        """
        window.shift = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shift += e.value; })
          .observe({ type: 'layout-shift', buffered: true });
        """;

    [Fact]
    public async Task Viewer_Panels_HideDockAndResize_AndStayOverReload_AndNothingMovesByItself()
    {
        await browser.BeginAsync();
        await using var server = await StartAsync();
        foreach (var (width, height) in new[] { (1440, 900), (390, 844) })
        {
            var page = await browser.NewPageAsync(width, height);
            await page.AddInitScriptAsync(WatchShifts);
            await page.GotoAsync(server.Address + Phantom);
            await page.ExactAsync();
            await page.WaitForSelectorAsync(".panel [role=tab]");
            var shift = await page.EvaluateAsync<double>("() => shift");
            Assert.True(shift < MostShift, $"At {width} pixels the page shifted by {shift} while it opened.");
            await page.Context.CloseAsync();
        }

        var wide = await browser.NewPageAsync();
        await wide.GotoAsync(server.Address + Phantom);
        await wide.ExactAsync();
        await wide.UntilAsync("() => document.querySelector('.panel')?.getBoundingClientRect().width === 320");
        await wide.GetByRole(AriaRole.Separator, new() { Name = "Width of the panel" }).FocusAsync();
        await wide.Keyboard.PressAsync("ArrowLeft");
        await wide.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await wide.GetByRole(AriaRole.Button, new() { Name = "Layout of the panes" }).ClickAsync();
        await wide.GetByText("Panel at the left").ClickAsync();
        await wide.UntilAsync("() => localStorage['panel-side'] === 'left' && localStorage['panel-tab'] === 'sites'");
        await wide.ReloadAsync();
        await wide.ExactAsync();
        await wide.UntilAsync(
            "() => (at => at?.width === 336 && at.left < 100)(document.querySelector('.panel')?.getBoundingClientRect())");
        await wide.GetByRole(AriaRole.Tab, new() { Name = "Sites", Selected = true }).WaitForAsync();
        await wide.GetByRole(AriaRole.Button, new() { Name = "Panel", Exact = true }).ClickAsync();
        await wide.UntilAsync("() => !document.querySelector('.panel').offsetWidth");
        await wide.Keyboard.PressAsync("\\");
        await wide.UntilAsync("() => document.querySelector('.panel').offsetWidth === 336");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Pages_FollowTheSystemsThemeUntilOneIsChosen_AndAnUnknownAddressSaysSo()
    {
        await browser.BeginAsync();
        await using var server = await StartAsync();
        var page = await browser.NewPageAsync();
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.GotoAsync(server.Address);
        Assert.Equal("light", await ThemeAsync(page));
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.UntilAsync("() => document.documentElement.dataset.theme === 'dark'");
        await page.GetByRole(AriaRole.Button, new() { Name = "Account and theme" }).ClickAsync();
        await page.GetByText("Light theme").ClickAsync();
        await page.UntilAsync("() => document.documentElement.dataset.theme === 'light'");

        var answer = await page.GotoAsync(server.Address + "/nothing/here");
        Assert.Equal(404, answer!.Status);
        await page.GetByText("There is no such page").WaitForAsync();
        Assert.Equal("light", await ThemeAsync(page));
        await page.UntilAsync("() => document.title.includes('DendriteViewer')");
        Assert.Equal(404, (await page.APIRequest.GetAsync(server.Address + "/api/datasets/none")).Status);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Timesteps_Compared_ShowTheSamePlaceOfBoth_AndTheirDifference_AndALinkKeepsIt()
    {
        await browser.BeginAsync();
        await using var server = await StartAsync();
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + Phantom + "?v=1&t=1.5&m=projection");
        await page.ExactAsync();
        await page.GetByText("swipe", new() { Exact = true }).ClickAsync();
        await ComparedAsync(page, "swipe");
        var (now, other) = (await StreamAsync(page, 0), await StreamAsync(page, 4));
        Assert.NotEqual(now, other);
        await page.Locator(".swipe-border").First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("52", await page.Locator(".swipe-border").First.GetAttributeAsync("aria-valuenow"));

        // The other picture is that of the other timestep by itself.
        await page.ChangedAsync(() => page.EvaluateAsync("() => dendrite.patch({ compare: null, hours: 0 })"));
        Assert.Equal(other, await StreamAsync(page, 0));

        const string Difference = "() => dendrite.patch({ hours: 1.5, compare: { mode: 'difference', hours: 0 } })";
        await page.ChangedAsync(() => page.EvaluateAsync(Difference));
        Assert.NotEqual(now, await StreamAsync(page, 0));
        Assert.Equal("1.5 h − 0 h", await page.Locator("[data-pane='0']").GetAttributeAsync("data-time"));
        await page.UntilAsync("() => location.search.includes('compare=difference,0')");
        await page.EvaluateAsync("() => dendrite.patch({ compare: { mode: 'side', hours: 0 } })");
        await ComparedAsync(page, "side");
        await page.UntilAsync("() => location.search.includes('compare=side,0')");
        var link = page.Url;

        var again = await browser.NewPageAsync();
        await again.GotoAsync(link);
        await ComparedAsync(again, "side");
        var seen = await again.EvaluateAsync<int>("() => dendrite.streams.filter(s => s.size[0] > 0).length");
        Assert.Equal(2, seen);
        Assert.Empty(browser.Errors);
    }

    private static async Task<AppServer> StartAsync()
    {
        var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        return server;
    }

    private static async Task ComparedAsync(IPage page, string mode)
    {
        await page.UntilAsync("mode => document.querySelector('#panes')?.dataset.compare === mode", mode);
        await page.UntilAsync(
            "() => document.querySelector('#state').dataset.exact === 'true' && dendrite.streams.some(s => s.stream > 3 && s.exact)");
    }

    private static Task<string> ThemeAsync(IPage page) => page.EvaluateAsync<string>("() => document.documentElement.dataset.theme");

    private static Task<string> StreamAsync(IPage page, int stream) => page.EvaluateAsync<string>(
        """
        async i => {
          const c = dendrite.streams[i].canvas, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          return [...new Uint8Array(await crypto.subtle.digest('SHA-256', d))].map(b => b.toString(16)).join('');
        }
        """, stream);
}
