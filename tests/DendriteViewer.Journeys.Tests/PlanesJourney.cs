using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Where slices lie: turned by grips, keys and angles, through three points, and along the interface.</summary>
public sealed class PlanesJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [Fact]
    public async Task Slices_ByGripsKeysAnglesAndPoints_LieWhereTheyWerePut()
    {
        await using var server = await StartAsync();
        var page = await OpenAsync(server, 1440, 900);

        // The end of a line turns the other slices about the crosshair, and this picture stays as it is; one drag is one step.
        var picture = await page.PixelsAsync(0);
        var end = await GripAsync(page, 0, "turn");
        await page.ChangedAsync(() => DragAsync(page, end, -30, 60));
        Assert.Equal(picture, await page.PixelsAsync(0));
        var turned = await NumbersAsync(page, "[...dendrite.view.rotation, ...dendrite.view.roll]");
        Assert.InRange(Math.Abs(turned[0]), 8, 40);
        Assert.Equal(-turned[0], turned[3], 3);
        Assert.StartsWith("z 96", await HeadAsync(page, 0));
        Assert.Contains("turned", await HeadAsync(page, 1));
        Assert.Equal(1, await page.EvaluateAsync<int>("() => dendrite.steps.done.length"));

        // Half-way along a line, its slice is moved along its normal.
        var normal = await NumbersAsync(page, "dendrite.panes[2].map().normal");
        var before = await NumbersAsync(page, "dendrite.view.focus");
        await page.ChangedAsync(async () => await DragAsync(page, await GripAsync(page, 0, "move", "x"), 30, 10));
        var moved = (await NumbersAsync(page, "dendrite.view.focus")).Zip(before, (a, b) => a - b).ToArray();
        var along = moved.Zip(normal, (a, b) => a * b).Sum();
        Assert.True(Math.Abs(along) > 3, $"moved by {along} µm");
        Assert.All(moved.Zip(normal, (a, b) => a - along * b), off => Assert.InRange(off, -1e-6, 1e-6));
        for (var i = 0; i < 2; i++)
        {
            await page.Keyboard.PressAsync("Control+z");
        }

        await page.UntilAsync("() => [...dendrite.view.rotation, ...dendrite.view.roll].every(a => a === 0)");

        // By keys: about the slice under the pointer, and with the tool of turning on the grips themselves.
        await page.Keyboard.PressAsync(".");
        await page.UntilAsync("() => dendrite.view.rotation[0] === 1");
        await page.Keyboard.PressAsync("t");
        var grip = page.Locator("[data-pane='0'] .plane-grip.turn:not([hidden])").First;
        await grip.FocusAsync();
        Assert.Contains("arrow keys", await grip.GetAttributeAsync("title"));
        await page.Keyboard.PressAsync("Shift+ArrowRight");
        await page.UntilAsync("() => dendrite.view.rotation[0] === 16");
        await page.Locator("[data-pane='0'] .plane-grip.move[data-slice='x']").FocusAsync();
        await page.ChangedAsync(() => page.Keyboard.PressAsync("ArrowRight"));
        Assert.NotEqual(before, await NumbersAsync(page, "dendrite.view.focus"));
        await page.Keyboard.PressAsync("v");
        await page.ChangedAsync(() => page.Keyboard.PressAsync("r"));

        // What the browser makes a rotation of is the rotation, as on the server.
        var off = await page.EvaluateAsync<double>(
            """
            async () => {
              const { rotationOf } = await import('/viewer/planes.js'), { turn, sub, length } = await import('/viewer/geometry.js');
              let most = 0;
              for (let i = 0; i < 500; i++) {
                const r = [0, 1, 2].map(k => k === 1 && i % 7 === 0 ? 90 : Math.random() * 360 - 180);
                const axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], back = rotationOf(...axes.map(a => turn(r, a)));
                most = Math.max(most, ...axes.map(a => length(sub(turn(r, a), turn(back, a)))));
              }
              return most;
            }
            """);
        Assert.InRange(off, 0, 1e-6);

        // Typed angles, and a number that is none.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Display" }).ClickAsync();
        await page.ChangedAsync(() => TypeAsync(page, "Turned to x, degrees", "25"));
        Assert.Contains("turned 25.0° to x", await HeadAsync(page, 0));
        await TypeAsync(page, "Turned to x, degrees", "120");
        await page.GetByText("-90 to 90").WaitForAsync();
        await page.ChangedAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Straighten" }).Last.ClickAsync());
        Assert.StartsWith("z 96", await HeadAsync(page, 0));

        // Three points: those on a line are refused with a sentence, a third one elsewhere makes the plane; one step.
        var (x, y) = await CornerAsync(page, 1);
        var steps = await page.EvaluateAsync<int>("() => dendrite.steps.done.length");
        await page.Keyboard.PressAsync("q");
        for (var i = 1; i <= 3; i++)
        {
            await page.Mouse.ClickAsync(x + 150 + 40 * i, y + 120);
            await page.UntilAsync("n => dendrite.planes.points.length === n", Math.Min(i, 2));
        }

        await page.UntilAsync("() => document.querySelector('#status').textContent.includes('on one line')");
        var points = await NumbersAsync(page, "dendrite.planes.points.flat()");
        var (x2, y2) = await CornerAsync(page, 2);
        var third = await NumbersAsync(page, "dendrite.panes[2].map().toWorld(180, 200)");
        await page.ChangedAsync(() => page.Mouse.ClickAsync(x2 + 180, y2 + 200));
        await page.UntilAsync("() => dendrite.tool === 'navigate'");
        var three = JsonSerializer.Serialize(points.Concat(third).Chunk(3));
        Assert.All(
            await NumbersAsync(page, $"{three}.map(p => dendrite.panes[1].map().toScreen(p)[2] / 3)"),
            voxels => Assert.InRange(voxels, -1e-3, 1e-3));
        Assert.Equal(steps + 1, await page.EvaluateAsync<int>("() => dendrite.steps.done.length"));
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.view.rotation.every(a => a === 0)");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Slice_AlongTheInterface_ShowsOneDepthAndSaysWhereThereIsNone()
    {
        await using var server = await StartAsync();
        var page = await OpenAsync(server, 1440, 900);
        await page.ChangedAsync(() => page.Keyboard.PressAsync("u"));
        Assert.StartsWith("z along the interface", await HeadAsync(page, 0));
        var depth = await page.EvaluateAsync<double>("() => dendrite.panes[0].map().depthUm");

        // What is read under the pointer is as deep everywhere, at heights of the interface itself.
        var places = await NumbersAsync(page, "[[200, 120], [260, 180], [330, 240]].flatMap(at => dendrite.panes[0].map().toWorld(...at))");
        Assert.True(places.Where((_, i) => i % 3 == 0).Distinct().Count() == 3, "The interface bends.");
        foreach (var at in places.Chunk(3))
        {
            var read = await page.EvaluateAsync<JsonElement>("at => dendrite.connection.invoke('Probe', ...at)", at);
            Assert.Equal(depth, read.GetProperty("depthUm").GetDouble(), 0.02);
        }

        // Slider, keys and typed numbers move the depth; the crosshair of another slice keeps it.
        await page.Locator("[data-pane='0'] [role=slider]").FocusAsync();
        await page.ChangedAsync(() => page.Keyboard.PressAsync("ArrowDown"));
        var deeper = await page.EvaluateAsync<double>("() => dendrite.panes[0].map().depthUm");
        Assert.InRange(deeper - depth, 2.9, 3);
        await page.Keyboard.PressAsync("j");
        var field = page.GetByLabel("Depth from the interface, µm");
        await field.FillAsync("-4");
        await page.ChangedAsync(() => field.PressAsync("Enter"));
        Assert.Equal(-4, await page.EvaluateAsync<double>("() => dendrite.panes[0].map().depthUm"), 5);
        await page.Locator("[data-pane='2'] [role=slider]").FocusAsync();
        await page.ChangedAsync(() => page.Keyboard.PressAsync("PageDown"));
        Assert.Equal(-4, await page.EvaluateAsync<double>("() => dendrite.panes[0].map().depthUm"), 5);
        await page.ChangedAsync(() => page.Keyboard.PressAsync("Control+z"));

        // Outside of the cell there is no interface: nothing is set there, and the line below says why. A flat region is refused.
        var (x, y) = await CornerAsync(page, 0);
        var corner = await NumbersAsync(page, "dendrite.panes[0].map().toScreen([0, 180, 10])");
        var focus = await NumbersAsync(page, "dendrite.view.focus");
        await page.Mouse.ClickAsync(x + (float)corner[0], y + (float)corner[1]);
        await SaysAsync(page, "No interface was found there");
        Assert.Equal(focus, await NumbersAsync(page, "dendrite.view.focus"));
        await page.Keyboard.PressAsync("o");
        await DragAsync(page, (x + 200, y + 150), 40, 0);
        await SaysAsync(page, "is flat, and this slice follows the interface");
        await page.Keyboard.PressAsync("m");
        await DragAsync(page, (x + 200, y + 150), 80, 60);
        await page.UntilAsync("() => dendrite.measure.saved.length === 1 && dendrite.view.selected === dendrite.measure.saved[0].id");
        Assert.All(
            await NumbersAsync(page, "dendrite.measure.saved[0].pointsUm.map(p => dendrite.panes[0].map().toScreen(p)[2])"),
            off => Assert.InRange(off, -0.01, 0.01));
        await page.Keyboard.PressAsync("v");

        // The link, both timesteps beside each other, a figure.
        await page.SettledAsync();
        Assert.Contains("follow=1", page.Url);
        var (view, pixels) = (await ViewAsync(page), await page.PixelsAsync(0));
        await page.ReloadAsync();
        await page.ExactAsync();
        Assert.Equal(view, await ViewAsync(page));
        Assert.StartsWith("z along the interface", await HeadAsync(page, 0));
        Assert.Equal(pixels, await page.PixelsAsync(0));
        await page.ChangedAsync(() => page.EvaluateAsync("() => dendrite.patch({ maximized: 'z', compare: { mode: 'side', hours: 0 } })"));
        Assert.NotNull(await page.EvaluateAsync<double?>("() => dendrite.compare.panes[0].map().depthUm"));
        Assert.True(await page.EvaluateAsync<bool>("() => dendrite.compare.panes[0].exact"));
        var figure = await page.EvaluateAsync<int[]>(
            """
            async id => {
              const urls = ['follow=1', ''].map(f => `/api/datasets/${id}/slice.png?v=1&axis=z&t=1.5&m=projection&size=200x160&${f}`);
              const got = await Promise.all(urls.map(u => fetch(u))), bytes = await Promise.all(got.map(g => g.arrayBuffer()));
              return [...got.map(g => g.status), ...bytes.map(b => b.byteLength)];
            }
            """, Id);
        Assert.Equal([200, 200], figure[..2]);
        Assert.NotEqual(figure[2], figure[3]);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Phone_ByAFinger_TurnsSlicesByGripsOf44Pixels()
    {
        await using var server = await StartAsync();
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true, DeviceScaleFactor = 2,
        });
        var page = await context.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}?v=1&t=1.5&m=projection&full=y");
        await page.ExactAsync();
        await page.Locator("[data-tool=turn]").TapAsync();
        await page.UntilAsync("() => dendrite.tool === 'turn'");
        var grip = page.Locator("[data-pane='1'] .plane-grip.turn:not([hidden])").First;
        var box = (await grip.BoundingBoxAsync())!;
        Assert.True(box.Width >= 44 && box.Height >= 44, $"{box.Width} × {box.Height}");
        var devtools = await context.NewCDPSessionAsync(page);
        Task SendAsync(string type, float dy) => devtools.SendAsync("Input.dispatchTouchEvent", new()
        {
            ["type"] = type,
            ["touchPoints"] = type == "touchEnd" ? [] : new[]
            {
                new Dictionary<string, object> { ["x"] = box.X + 22, ["y"] = box.Y + 22 + dy },
            },
        });
        await SendAsync("touchStart", 0);
        for (var i = 1; i <= 6; i++)
        {
            await SendAsync("touchMove", 10 * i);
        }

        await SendAsync("touchEnd", 0);
        await page.UntilAsync("() => Math.abs(dendrite.view.rotation[1]) > 10 && dendrite.view.roll[1] !== 0");
        Assert.Equal(1, await page.EvaluateAsync<int>("() => dendrite.steps.done.length"));
        Assert.Empty(browser.Errors);
    }

    private async Task<AppServer> StartAsync()
    {
        await browser.BeginAsync();
        var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        return server;
    }

    private async Task<IPage> OpenAsync(AppServer server, int width, int height)
    {
        var page = await browser.NewPageAsync(width, height);
        await page.GotoAsync($"{server.Address}/d/{Id}?v=1&t=1.5&m=projection");
        await page.ExactAsync();
        return page;
    }

    // The middle of a grip, which is there while the pointer is over its pane.
    private static async Task<(float X, float Y)> GripAsync(IPage page, int pane, string kind, string? slice = null)
    {
        var (x, y) = await CornerAsync(page, pane);
        await page.Mouse.MoveAsync(x + 120, y + 90);
        var which = slice is null ? "" : $"[data-slice='{slice}']";
        var box = (await page.Locator($"[data-pane='{pane}'] .plane-grip.{kind}{which}:not([hidden])").First.BoundingBoxAsync())!;
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    private static async Task DragAsync(IPage page, (float X, float Y) from, float dx, float dy)
    {
        await page.Mouse.MoveAsync(from.X, from.Y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(from.X + dx / 2, from.Y + dy / 2);
        await page.Mouse.MoveAsync(from.X + dx, from.Y + dy);
        await page.Mouse.UpAsync();
    }

    private static async Task TypeAsync(IPage page, string label, string text)
    {
        var field = page.GetByLabel(label);
        await field.FillAsync(text);
        await field.BlurAsync();
    }

    private static Task SaysAsync(IPage page, string text) =>
        page.UntilAsync("t => document.querySelector('#status').textContent.includes(t)", text);

    private static Task<string> ViewAsync(IPage page) => page.EvaluateAsync<string>("() => JSON.stringify(dendrite.view)");

    private static Task<double[]> NumbersAsync(IPage page, string js) => page.EvaluateAsync<double[]>($"() => {js}");

    private static Task<string> HeadAsync(IPage page, int pane) => page.Locator($"[data-pane='{pane}'] .slice-head").InnerTextAsync();

    private static async Task<(float X, float Y)> CornerAsync(IPage page, int pane)
    {
        var box = (await page.Locator($"[data-pane='{pane}']").BoundingBoxAsync())!;
        return (box.X, box.Y);
    }
}
