using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What every plot does, tried on one that is on the page.</summary>
internal static class PlotChecks
{
    /// <summary>Pointer, keys, zoom, table and files of a plot of bars that has at least six.</summary>
    public static async Task AssertPlotAnswersAsync(this IPage page, string title)
    {
        var plot = page.GetByRole(AriaRole.Figure, new() { Name = title, Exact = true });
        var svg = plot.Locator(".plot-area > svg");
        await plot.ScrollIntoViewIfNeededAsync();

        // The pointer, once the plot stays where it is, reads a value, with its unit; so do the keys, on from there.
        await svg.HoverAsync();
        var box = (await svg.BoundingBoxAsync())!;
        var tip = plot.GetByRole(AriaRole.Status);
        Assert.Contains("µm", await tip.InnerTextAsync(), StringComparison.Ordinal);
        await svg.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        var first = await tip.InnerTextAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.NotEqual(first, await tip.InnerTextAsync());
        await page.Keyboard.PressAsync("Escape");

        // A drag along the axis shows that range alone, larger; the button shows the whole again.
        var ticks = await TicksAsync(svg);
        await page.Mouse.MoveAsync(box.X + box.Width * 0.3f, box.Y + box.Height / 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width * 0.6f, box.Y + box.Height / 2 + 4, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        Assert.NotEqual(ticks, await TicksAsync(svg));
        await plot.GetByRole(AriaRole.Button, new() { Name = "Show the whole range" }).ClickAsync();
        await page.UntilAsync("f => !f.hasAttribute('data-zoomed')", await plot.ElementHandleAsync());
        Assert.Equal(ticks, await TicksAsync(svg));

        // The numbers as a table, a row a bar, and back.
        var asTable = plot.GetByRole(AriaRole.Button, new() { Name = "Show the numbers as a table" });
        await asTable.ClickAsync();
        await plot.GetByRole(AriaRole.Table).WaitForAsync();
        Assert.InRange(await plot.Locator("tbody tr").CountAsync(), 6, 1000);
        await asTable.ClickAsync();
        await svg.WaitForAsync();

        // Text of the SVG is text, its colours stand in it, and it is drawn for paper; the PNG is four times as large.
        var (name, drawing) = await SavedAsync(page, plot, "SVG");
        var text = Encoding.UTF8.GetString(drawing);
        Assert.EndsWith(".svg", name, StringComparison.Ordinal);
        Assert.Matches(new Regex("<text[^>]*>[^<]*µm"), text);
        Assert.DoesNotContain("var(", text, StringComparison.Ordinal);
        Assert.Contains("#fff", text, StringComparison.Ordinal);
        var (_, picture) = await SavedAsync(page, plot, "PNG");
        var width = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16));
        Assert.Equal(4 * double.Parse(Regex.Match(text, "<svg[^>]* width=\"([0-9.]+)\"").Groups[1].Value), width);
    }

    private static async Task<string> TicksAsync(ILocator svg) =>
        string.Join(' ', await svg.Locator("[data-mark='x-axis tick label'] text").AllInnerTextsAsync());

    private static async Task<(string Name, byte[] Content)> SavedAsync(IPage page, ILocator plot, string kind)
    {
        await plot.GetByRole(AriaRole.Button, new() { Name = "Save the plot" }).ClickAsync();
        var item = page.GetByRole(AriaRole.Menuitem, new() { NameRegex = new("^" + kind) });
        var file = await page.RunAndWaitForDownloadAsync(() => item.ClickAsync());
        await item.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await using var content = await file.CreateReadStreamAsync();
        using var memory = new MemoryStream();
        await content.CopyToAsync(memory);
        return (file.SuggestedFilename, memory.ToArray());
    }
}
