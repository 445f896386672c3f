using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>The panes by keys, sliders, pointer and fingers, and what is drawn over them.</summary>
public sealed class PanesJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [Fact]
    public async Task Keys_AfterClicksIntoPanels_WorkAndAreTakenBackInOrder()
    {
        await using var server = await StartAsync();
        var page = await OpenAsync(server, 1440, 900);

        // After a tab, a button of a menu and a dialog: letters are commands, Escape gives the focus back to a pane.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Display" }).ClickAsync();
        await page.Keyboard.PressAsync("n");
        Assert.Equal("site", await ToolAsync(page));
        await page.Keyboard.PressAsync("Escape");
        Assert.Equal("navigate", await ToolAsync(page));
        Assert.Equal("0", await page.EvaluateAsync<string>("() => document.activeElement.dataset.pane"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Layout of the panes" }).ClickAsync();
        await page.Locator(".mud-popover-open [role=menuitem]").First.WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.UntilAsync("() => !document.querySelector('.mud-popover-open') && document.activeElement.dataset.pane");
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.Locator(".mud-dialog").WaitForAsync();
        await page.DialogHasFocusAsync();
        await page.Keyboard.PressAsync("n");
        Assert.Equal("navigate", await ToolAsync(page));
        await page.Keyboard.PressAsync("Escape");
        await page.UntilAsync("() => !document.querySelector('.mud-dialog') && document.activeElement.dataset.pane");

        // Help lists every key that is dispatched, keeps the focus, and gives it back.
        await page.Keyboard.PressAsync("?");
        var help = await page.Locator("#help").InnerTextAsync();
        // Of keys that do one thing together, the digits of labels, one row tells of all.
        Assert.All(
            await page.EvaluateAsync<string[]>(
                "() => dendrite.keys.table.map((k, _, all) => k.does ?? all.find(o => o.does && o.shows === k.shows)?.does)"),
            does => Assert.Contains(does, help));
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('#help').contains(document.activeElement)"));
        await page.Keyboard.PressAsync("Escape");
        await page.UntilAsync("() => document.activeElement?.dataset.pane === '0'");

        // 3D turns by keys; panes are reached by Tab.
        await page.Locator("[data-pane='3']").FocusAsync();
        await page.ChangedAsync(() => page.Keyboard.PressAsync("Shift+ArrowRight"));
        Assert.NotEqual(30, await page.EvaluateAsync<double>("() => dendrite.view.camera[0]"));
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("1", await page.EvaluateAsync<string>("() => document.activeElement.dataset.pane"));

        // View, band, site and time, each a step, back and forth in order.
        await page.ChangedAsync(() => page.EvaluateAsync("() => dendrite.patch({ band: [90, 130] })"));
        await page.AddSiteAsync(100, 90, 100);
        await page.UntilAsync("() => dendrite.sites.length === 1 && dendrite.steps.done.at(-1).isSite");
        await page.ChangedAsync(() => page.Keyboard.PressAsync("ArrowRight"));
        var steps = new[] { "3.2 90 1", "1.5 90 1", "1.5 90 0", "1.5 100 0" };
        for (var i = 0; i < steps.Length; i++)
        {
            await IsAsync(page, steps[i]);
            await page.Keyboard.PressAsync("Control+z");
        }

        await page.UntilAsync("() => dendrite.view.camera[0] === 30");
        Assert.True(await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).IsDisabledAsync());
        foreach (var step in steps.Reverse())
        {
            await page.Keyboard.PressAsync("Control+Shift+z");
            await IsAsync(page, step);
        }

        // A site of another page is none of this one's.
        var other = await OpenAsync(server, 1000, 700, page.Context);
        await other.AddSiteAsync(60, 60, 60);
        await page.UntilAsync("() => dendrite.sites.length === 2");
        await page.Keyboard.PressAsync("Control+z");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.sites.length === 1 && dendrite.sites[0].zUm === 60");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Slices_BySliderTypingAndPointer_MoveAsTheyShould()
    {
        await using var server = await StartAsync();
        var page = await OpenAsync(server, 1300, 850);
        var slider = page.Locator("[data-pane='0'] [role=slider]");
        await slider.FocusAsync();
        foreach (var (key, um) in new[] { ("End", 190.5), ("PageUp", 160.5), ("ArrowDown", 163.5), ("Home", 1.5) })
        {
            await page.Keyboard.PressAsync(key);
            Assert.Equal(um, await page.EvaluateAsync<double>("() => dendrite.view.focus[0]"), 6);
            Assert.StartsWith(FormattableString.Invariant($"z {um:0}"), await slider.GetAttributeAsync("aria-valuetext"));
        }

        Assert.Contains("from the interface", await slider.GetAttributeAsync("aria-valuetext"));

        // Typed: a decimal comma and an exponent are understood, what lies outside is refused with a sentence.
        await page.Keyboard.PressAsync("j");
        var field = page.Locator(".slice-field input");
        await field.FillAsync("500");
        await field.PressAsync("Enter");
        Assert.Contains("goes from 0", await page.Locator(".slice-error").InnerTextAsync());
        await field.FillAsync("1,305e2");
        await field.PressAsync("Enter");
        Assert.Equal(130.5, await page.EvaluateAsync<double>("() => dendrite.view.focus[0]"));

        // Along a turned slice's normal.
        await page.ChangedAsync(() => page.EvaluateAsync("() => dendrite.patch({ rotation: [0, 30, 0] })"));
        Assert.Contains("turned", await slider.GetAttributeAsync("aria-valuetext"));
        await slider.FocusAsync();
        await page.ChangedAsync(() => page.Keyboard.PressAsync("ArrowDown"));
        var moved = await page.EvaluateAsync<double[]>("() => dendrite.view.focus");
        Assert.True(moved[0] > 130.5 && Math.Abs(moved[2] - 96) > 0.5, string.Join(' ', moved));
        await page.ChangedAsync(() => page.Keyboard.PressAsync("r"));

        // A click moves the crosshair, a double click fills the view and leaves it.
        var (x, y) = await CornerAsync(page, 1);
        var before = await FocusAsync(page);
        await page.Mouse.DblClickAsync(x + 90, y + 120);
        await page.UntilAsync("() => dendrite.view.maximized === 'y'");
        Assert.Equal(before, await FocusAsync(page));
        await page.Mouse.DblClickAsync(x + 90, y + 120);
        await page.UntilAsync("() => dendrite.view.maximized === null");
        await page.ExactAsync();
        Assert.Equal(before, await FocusAsync(page));
        await page.ChangedAsync(() => page.Mouse.ClickAsync(x + 90, y + 120));
        Assert.NotEqual(before, await FocusAsync(page));

        // The band goes with its grip, and not with a drag that begins at its line.
        var grip = await page.EvaluateAsync<float[]>("() => dendrite.panes[1].grips().at[0]");
        var center = await page.EvaluateAsync<string>("() => dendrite.view.center.join()");
        await DragAsync(page, x + 200, y + grip[1], 0, 30);
        Assert.Equal(100, await page.EvaluateAsync<double>("() => dendrite.view.band[0]"));
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("center => dendrite.view.center.join() === center", center);
        await page.ExactAsync();
        await DragAsync(page, x + grip[0], y + grip[1], 0, -20);
        Assert.True(await page.EvaluateAsync<double>("() => dendrite.view.band[0]") < 95);

        // A mark goes with the pointer while it is dragged.
        await page.AddSiteAsync(await page.EvaluateAsync<double[]>("() => dendrite.panes[1].map().toWorld(150, 150)"));
        await page.UntilAsync("() => dendrite.sites.length === 1");
        await page.Mouse.MoveAsync(x + 150, y + 150);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + 170, y + 150);
        await page.Mouse.MoveAsync(x + 190, y + 150);
        var label = await page.EvaluateAsync<float>("() => dendrite.panes[1].labels[0].x");
        Assert.InRange(label, 190, 220);
        await page.Mouse.UpAsync();
        await page.UntilAsync("() => dendrite.moving === null && dendrite.sites[0].version === 2");

        // What a slice holds is said while the pointer is over it alone.
        await page.Mouse.MoveAsync(x + 100, y + 100);
        await page.UntilAsync("() => document.querySelector('#status').textContent.includes('value')");
        var (x3, y3) = await CornerAsync(page, 3);
        await page.Mouse.MoveAsync(x3 + 100, y3 + 100);
        await page.UntilAsync(
            "() => (text => !text.includes('value') && text.includes('µm/voxel'))(document.querySelector('#status').textContent)");

        // Another ratio of pixels alone makes other pictures, or none that are called exact.
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("Emulation.setDeviceMetricsOverride",
            new() { ["width"] = 1300, ["height"] = 850, ["deviceScaleFactor"] = 1.5, ["mobile"] = false });
        await page.UntilAsync(
            """
            () => {
              const p = dendrite.panes[1], isSharp = Math.abs(p.canvas.width / p.size[0] - 1.5) < 0.01;
              return isSharp || document.querySelector('#state').dataset.exact !== 'true';
            }
            """, seconds: 10);
        await page.UntilAsync(
            "() => dendrite.panes.every(p => p.exact && Math.abs(p.canvas.width / p.size[0] - 1.5) < 0.01)");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Phone_ByFingers_PinchesPansSlidesAndHasTargetsOf44Pixels()
    {
        await using var server = await StartAsync();
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true, DeviceScaleFactor = 2,
        });
        var page = await OpenAsync(server, 390, 844, context, "?v=1&t=1.5&m=projection&full=y");
        var devtools = await context.NewCDPSessionAsync(page);
        var (x, y) = await CornerAsync(page, 1);
        await TouchAsync(page, devtools, i => [(x + 150 - (i * 8), y + 250), (x + 230 + (i * 8), y + 250)]);
        var um = await page.EvaluateAsync<double>("() => dendrite.view.umPerPixel");
        Assert.True(um > 0, "A pinch sets the zoom.");
        var center = await page.EvaluateAsync<double[]>("() => dendrite.view.center");
        await TouchAsync(page, devtools, i => [(x + 150, y + 250 - (i * 8)), (x + 230, y + 250 - (i * 8))]);
        var panned = await page.EvaluateAsync<double[]>("() => dendrite.view.center");
        Assert.InRange(panned[0] - center[0], 45 * um, 75 * um);
        Assert.Equal(um, await page.EvaluateAsync<double>("() => dendrite.view.umPerPixel"), 6);
        await TouchAsync(page, devtools, i => [(x + 368, y + 150 + (i * 10))]);
        Assert.NotEqual(96, await page.EvaluateAsync<double>("() => dendrite.view.focus[1]"));

        // A finger that stays does what the right button does: the window, in a slice.
        var window = await page.EvaluateAsync<double[]>("() => dendrite.view.window");
        await TouchAsync(page, devtools, i => [(x + 150 + (i * 8), y + 250)], stays: true);
        Assert.NotEqual(window, await page.EvaluateAsync<double[]>("() => dendrite.view.window"));

        var small = await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('.pane button, .pane [role=slider]'), ...document.querySelectorAll(
              '.timeline button, .tools button, .pane-switch button, .app-bar button')]
              .filter(e => e.checkVisibility()).map(e => [e.getAttribute('aria-label') ?? e.textContent, e.getBoundingClientRect()])
              .filter(([, r]) => r.width < 44 || r.height < 44).map(([name, r]) => `${name}: ${r.width} × ${r.height}`)
            """);
        Assert.Empty(small);

        // The colour bar stands above the buttons that switch panes, not behind them: how much of either place its plate fills.
        var filled = await page.EvaluateAsync<double[]>(
            """
            () => {
              const at = document.querySelector('.pane-switch').getBoundingClientRect(), overlay = dendrite.panes[1].overlay;
              const pane = overlay.getBoundingClientRect(), k = overlay.width / pane.width, right = pane.right - 20;
              return [[at.left, at.top, at.right, at.bottom], [right - 140, at.top - 34, right, at.top - 14]].map(([l, t, r, b]) => {
                const box = [l - pane.left, t - pane.top, r - l, b - t].map(v => Math.round(v * k));
                const { data } = overlay.getContext('2d').getImageData(...box);
                return data.filter((v, i) => i % 4 === 3 && v > 200).length / (data.length / 4);
              });
            }
            """);
        Assert.InRange(filled[0], 0, 0.05);
        Assert.InRange(filled[1], 0.6, 1);
        Assert.Empty(browser.Errors);
    }

    private async Task<AppServer> StartAsync()
    {
        await browser.BeginAsync();
        var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5,3.2"));
        return server;
    }

    private async Task<IPage> OpenAsync(
        AppServer server, int width, int height, IBrowserContext? context = null, string query = "?v=1&t=1.5&m=projection")
    {
        var page = context is null ? await browser.NewPageAsync(width, height) : await context.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}{query}");
        await page.ExactAsync();
        return page;
    }

    private static Task<string> ToolAsync(IPage page) =>
        page.EvaluateAsync<string>("() => document.querySelector('[data-tool][aria-pressed=true]').dataset.tool");

    private static Task IsAsync(IPage page, string state) => page.UntilAsync(
        "s => [dendrite.view.hours, dendrite.view.band[0], dendrite.sites.length].join(' ') === s", state);

    private static Task<string> FocusAsync(IPage page) => page.EvaluateAsync<string>("() => dendrite.view.focus.join()");

    private static async Task<(float X, float Y)> CornerAsync(IPage page, int pane)
    {
        var box = (await page.Locator($"[data-pane='{pane}']").BoundingBoxAsync())!;
        return (box.X, box.Y);
    }

    private static async Task DragAsync(IPage page, float x, float y, float dx, float dy)
    {
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + (dx / 2), y + (dy / 2));
        await page.Mouse.MoveAsync(x + dx, y + dy);
        await page.Mouse.UpAsync();
    }

    // A page that is busy hears of fingers later than the browser: it has heard of all when each was lifted.
    private static async Task TouchAsync(
        IPage page, ICDPSession devtools, Func<int, (float X, float Y)[]> fingers, bool stays = false)
    {
        await page.EvaluateAsync(
            """
            () => {
              window.lifted = 0;
              window.lift ??= () => { window.lifted++; };
              for (const type of ['pointerup', 'pointercancel']) addEventListener(type, lift, true);
            }
            """);

        Task SendAsync(string type, (float X, float Y)[] at) => devtools.SendAsync("Input.dispatchTouchEvent", new()
        {
            ["type"] = type,
            ["touchPoints"] = at.Select((p, id) => new Dictionary<string, object> { ["x"] = p.X, ["y"] = p.Y, ["id"] = id }).ToArray(),
        });
        for (var count = 1; count <= fingers(0).Length; count++)
        {
            await SendAsync("touchStart", fingers(0)[..count]);
        }

        if (stays)
        {
            await page.UntilAsync("() => dendrite.panes.some(p => p.drag?.isPress)");
        }

        for (var i = 1; i <= 8; i++)
        {
            await SendAsync("touchMove", fingers(i));
        }

        await SendAsync("touchEnd", []);
        await page.UntilAsync("count => lifted === count", fingers(0).Length);
    }
}
