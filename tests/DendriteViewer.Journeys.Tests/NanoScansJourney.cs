using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Nano scans inside a projection scan: dive in, compare modalities, decide between lithium and void, share the link.</summary>
public sealed class NanoScansJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [Fact]
    public async Task AScientist_DivesIn_Swipes_Decides_AndTheLinkShowsTheSame()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(192, 0.5, "0,3.2", Seed: 3, Nano: NanoScans.Registered));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}?v=1&t=3.2&m=projection");
        await page.ExactAsync();
        await page.UntilAsync("() => dendrite.nested && document.querySelector('.volume-badge').textContent.startsWith('projection')");

        // A double click inside the outline goes in: the finer scan takes over, and the badge and the line below say so.
        var pane = page.Locator("[data-pane='0']");
        var box = (await pane.BoundingBoxAsync())!;
        var (x, y) = (box.Width / 2 + 30, box.Height / 2 + 25);
        await page.ChangedAsync(() => pane.DblClickAsync(new() { Position = new() { X = x, Y = y } }));
        await page.UntilAsync("() => dendrite.view.umPerPixel > 0");
        Assert.Null(await page.EvaluateAsync<string?>("() => dendrite.view.maximized"));
        await page.UntilAsync("() => document.querySelector('.volume-badge').textContent.startsWith('nano-absorption')");
        await pane.HoverAsync(new() { Position = new() { X = x + 3, Y = y } });
        await page.UntilAsync("() => /projection .* nano-absorption .* nano-phase/.test(document.querySelector('#status').textContent)");

        // Esc goes back to the whole, and undo into the field again.
        await page.ChangedAsync(() => page.Keyboard.PressAsync("Escape"));
        Assert.Equal(0, await page.EvaluateAsync<double>("() => dendrite.view.umPerPixel"));
        await page.ChangedAsync(() => page.Keyboard.PressAsync("Control+z"));
        Assert.InRange(await page.EvaluateAsync<double>("() => dendrite.view.umPerPixel"), 0.01, 0.3);

        // Absorption and phase contrast of one place differ inside the outline, and outside both are the projection scan.
        await page.GetByText("swipe", new() { Exact = true }).ClickAsync();
        await page.UntilAsync("() => dendrite.view.compare?.inside?.modality === 'nano-phase'");
        await page.UntilAsync("() => dendrite.isExact && dendrite.streams[4].exact");
        Assert.NotEqual(await PixelAsync(page, 0, x, y), await PixelAsync(page, 4, x, y));
        Assert.Equal(await PixelAsync(page, 0, 2, 2), await PixelAsync(page, 4, 2, 2));

        // The decision: lithium in three sentences, pieces in a table, and where they lie.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Decide", Exact = true }).ClickAsync();
        await page.Locator(".ledger").WaitForAsync(new() { Timeout = 180_000 });
        Assert.Equal(3, await page.Locator(".ledger dt").CountAsync());
        var focus = await page.EvaluateAsync<double[]>("() => dendrite.view.focus");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Show piece") }).Nth(3).ClickAsync();
        await page.UntilAsync("before => dendrite.view.focus.join() !== before.join()", focus);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show verdicts in the panes" }).ClickAsync();
        await page.UntilAsync("() => dendrite.nested.pieces?.list.some(p => p.verdict === 'lithium')");

        // Who opens the link sees the same.
        await page.UntilAsync("() => dendrite.addressed === dendrite.revision && dendrite.isExact && dendrite.streams[4].exact");
        var again = await browser.NewPageAsync();
        await again.GotoAsync(page.Url);
        await again.UntilAsync("() => window.dendrite?.nested && dendrite.isExact && dendrite.streams[4].exact");
        const string State =
            "() => JSON.stringify([dendrite.view.nested, dendrite.view.compare, dendrite.view.center, dendrite.view.umPerPixel])";
        Assert.Equal(await page.EvaluateAsync<string>(State), await again.EvaluateAsync<string>(State));
        Assert.Equal(await page.PixelsAsync(0), await again.PixelsAsync(0));

        // Put back where the stage says, the scan no longer supports the verdicts: panel, circles and badge say that they are stale.
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo v1" }).ClickAsync();
        await page.GetByText("registered again or put back since").WaitForAsync();
        await page.UntilAsync(
            "() => dendrite.nested.pieces?.stale && document.querySelector('.volume-badge').textContent.endsWith('verdicts are stale')");
        Assert.Empty(browser.Errors);
    }

    private static Task<int> PixelAsync(IPage page, int stream, double x, double y) => page.EvaluateAsync<int>(
        """
        ([i, x, y]) => {
          const { canvas } = dendrite.streams[i], d = canvas.getContext('2d').getImageData(x, y, 12, 12).data;
          return d.reduce((sum, v) => sum + v, 0);
        }
        """, new object[] { stream, x, y });
}
