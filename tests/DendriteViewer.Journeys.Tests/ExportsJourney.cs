using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What people take away: a figure, a movie, a surface.</summary>
public sealed class ExportsJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [Fact]
    public async Task AView_BecomesAFigureAMovieAndASurface()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 4, "0,2"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();

        // The key opens the dialog; the preview is the server's; what was chosen is there again after a reload.
        await page.Keyboard.PressAsync("p");
        var figure = page.GetByRole(AriaRole.Dialog, new() { Name = "Figure" });
        await figure.GetByAltText("The figure as it will be saved").WaitForAsync();
        await figure.ChooseAsync("File", "SVG, text as text");
        await figure.ChooseAsync("Size", "Width in mm");
        await figure.GetByLabel("Line below the caption").FillAsync("Fig. 3 <draft>");
        await figure.GetByLabel("Line below the caption").BlurAsync();
        var saved = await page.RunAndWaitForDownloadAsync(() => figure.GetByRole(AriaRole.Button, new() { Name = "Save the figure" })
            .ClickAsync());
        Assert.Equal($"{Id}-projection-t0-all.svg", saved.SuggestedFilename);
        var svg = XDocument.Parse(await File.ReadAllTextAsync(await saved.PathAsync()));
        var texts = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToArray();
        Assert.StartsWith("85mm", svg.Root!.Attribute("width")!.Value, StringComparison.Ordinal);
        Assert.Contains("Fig. 3 <draft>", texts);
        Assert.Contains("grey value", texts);
        Assert.Contains("phantom", string.Join(' ', texts), StringComparison.Ordinal);
        await page.ReloadAsync();
        await page.ExactAsync();
        await page.Keyboard.PressAsync("p");
        await figure.GetByText("Width in mm").WaitForAsync();
        await page.DialogHasFocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await figure.WaitForAsync(new() { State = WaitForSelectorState.Hidden });

        // The pane that takes the focus after Escape left it in the background when the dialog was opened again at once.
        await OpenAgainAsync(page, figure);
        await figure.GetByAltText("The figure as it will be saved").WaitForAsync();
        await page.DialogHasFocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await figure.WaitForAsync(new() { State = WaitForSelectorState.Hidden });

        await page.GetByRole(AriaRole.Button, new() { Name = "Data", Exact = true }).ClickAsync();
        var data = page.GetByRole(AriaRole.Dialog, new() { Name = "Data" });
        await MakeATurntableAsync(page, data);
        await MakeASurfaceAsync(page, data);

        // A second movie is refused while the first is made, in one sentence.
        var movie = new { kind = "turntable", format = "gif", width = 640, height = 480, fps = 20, seconds = 6 };
        Assert.Equal(202, (await PostAsync(page, server, "movies", movie)).Status);
        var second = await PostAsync(page, server, "movies", movie);
        Assert.Equal(429, second.Status);
        Assert.Contains("is being made", await second.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(400, (await PostAsync(page, server, "movies", movie with { format = "avi" })).Status);
        await data.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).First.ClickAsync();
        await data.GetByText("Cancelled", new() { Exact = true }).First.WaitForAsync();
        var exports = Path.Combine(server.Folder, "data/exports");
        await AppServer.UntilAsync(
            () => Directory.GetDirectories(exports, ".frames-*", SearchOption.AllDirectories).Length == 0, $"{exports} has no frames");
        Assert.Empty(browser.Errors);
    }

    // A key that comes while a busy server still ends the dialog before opens none, and is pressed again.
    private static async Task OpenAgainAsync(IPage page, ILocator figure)
    {
        for (var tries = 0; ; tries++)
        {
            await page.Keyboard.PressAsync("p");
            try
            {
                await figure.WaitForAsync(new() { Timeout = 5_000 });
                return;
            }
            catch (TimeoutException) when (tries < 3)
            {
            }
        }
    }

    private static async Task MakeATurntableAsync(IPage page, ILocator data)
    {
        await data.GetByRole(AriaRole.Tab, new() { Name = "Movie" }).ClickAsync();
        if (await data.GetByRole(AriaRole.Combobox, new() { Name = "Movie file" }).TextContentAsync() != "GIF")
        {
            await data.ChooseAsync("Movie file", "GIF");
        }

        foreach (var (label, value) in new[] { ("Width", "160"), ("Height", "120"), ("Frames a second", "5"), ("Length", "2") })
        {
            await data.GetByLabel(label, new() { Exact = true }).FillAsync(value);
            await data.GetByLabel(label, new() { Exact = true }).BlurAsync();
        }

        await data.GetByText("10 frames").WaitForAsync();
        await data.GetByRole(AriaRole.Button, new() { Name = "Make the movie" }).ClickAsync();
        var link = data.GetByRole(AriaRole.Link, new() { NameRegex = new("turntable-3d-[0-9a-f]{6}\\.gif") });
        await link.WaitForAsync(new() { Timeout = 120_000 });
        var download = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        var gif = await File.ReadAllBytesAsync(await download.PathAsync());
        Assert.Equal("GIF89a", Encoding.ASCII.GetString(gif, 0, 6));
        Assert.Equal((160, 120), (BinaryPrimitives.ReadUInt16LittleEndian(gif.AsSpan(6)),
            BinaryPrimitives.ReadUInt16LittleEndian(gif.AsSpan(8))));
    }

    private static async Task MakeASurfaceAsync(IPage page, ILocator data)
    {
        await data.GetByRole(AriaRole.Tab, new() { Name = "Surface" }).ClickAsync();
        await data.GetByRole(AriaRole.Button, new() { Name = "Estimate triangles" }).ClickAsync();
        await data.GetByText("Counted coarsely").WaitForAsync();
        await data.GetByRole(AriaRole.Button, new() { Name = "Make the surface" }).ClickAsync();
        var link = data.GetByRole(AriaRole.Link, new() { NameRegex = new("\\.stl$") });
        await link.WaitForAsync(new() { Timeout = 60_000 });
        var download = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        var stl = await File.ReadAllBytesAsync(await download.PathAsync());
        var triangles = BinaryPrimitives.ReadUInt32LittleEndian(stl.AsSpan(80));
        Assert.InRange(triangles, 100u, 10_000_000u);
        Assert.Equal(84 + 50L * triangles, stl.Length);
    }

    private static Task<IAPIResponse> PostAsync(IPage page, AppServer server, string what, object body) =>
        page.APIRequest.PostAsync($"{server.Address}/api/datasets/{Id}/{what}", new()
        {
            Data = JsonSerializer.Serialize(body), Headers = new Dictionary<string, string> { ["Content-Type"] = "application/json" },
        });
}
