using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Points, lines and notes in the pictures, and what a team agrees on about them.</summary>
public sealed class AnnotationsJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Dataset = PhantomCell.Id;

    [Fact]
    public async Task Annotations_DrawnLabelledFollowedAndExchanged_StayTogether()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,3.2"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Dataset}?v=1&t=3.2");
        await page.ExactAsync();

        // A line of three points, ended by a double click; a point; a note whose text is written over the picture.
        await page.Locator("[data-pane='0']").HoverAsync();
        await page.Keyboard.PressAsync("Shift+L");
        await ClickAsync(page, (40, 40), (80, 40));
        var (x, y) = await ScreenAsync(page, (80, 80));
        await page.Mouse.DblClickAsync(x, y);
        await page.UntilAsync("() => dendrite.measure.saved.some(m => m.kind === 'polyline' && /^80 ± 2 µm/.test(m.text))");
        await page.Keyboard.PressAsync("Shift+P");
        await ClickAsync(page, (120, 60));
        await page.UntilAsync("() => dendrite.measure.saved.some(m => m.kind === 'point')");
        await page.Keyboard.PressAsync("Shift+N");
        await ClickAsync(page, (60, 130));
        await page.Locator(".note-field").FillAsync("A crack begins here");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.UntilAsync("() => dendrite.measure.saved.some(m => m.kind === 'note' && m.note === 'A crack begins here')");
        await page.Keyboard.PressAsync("Shift+N");
        await ClickAsync(page, (30, 130));
        await page.Locator(".note-field").FillAsync("given up");
        await page.Keyboard.PressAsync("Escape");
        Assert.Equal(3, await page.EvaluateAsync<int>("() => dendrite.measure.saved.length + dendrite.measure.sent.length"));

        // Enter writes in the selected note again.
        await page.Keyboard.PressAsync("Escape");
        await page.EvaluateAsync("() => dendrite.patch({ selected: dendrite.measure.saved.find(m => m.kind === 'note').id })");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".note-field").FillAsync("A crack begins here, at 3.2 h");
        await page.Locator("[data-pane='1']").ClickAsync();
        await page.UntilAsync("() => dendrite.measure.saved.find(m => m.kind === 'note').note.endsWith('3.2 h')");
        Assert.Empty(browser.Errors);
    }

    private static async Task ClickAsync(IPage page, params (double Right, double Down)[] places)
    {
        foreach (var place in places)
        {
            var (x, y) = await ScreenAsync(page, place);
            await page.Mouse.ClickAsync(x, y);
        }
    }

    // A place of the z slice, given as x and y in µm, on the screen.
    private static async Task<(float X, float Y)> ScreenAsync(IPage page, (double Right, double Down) place)
    {
        var at = await page.EvaluateAsync<float[]>(
            """
            ([x, y]) => {
              const p = dendrite.panes[0], r = p.element.getBoundingClientRect(), [u, v] = p.map().toScreen([dendrite.view.focus[0], y, x]);
              return [r.left + u, r.top + v];
            }
            """, new[] { place.Right, place.Down });
        return (at[0], at[1]);
    }
}
