using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A scan that is no lithium cell: a can in air, with a wall far brighter than the filling and a part inside.</summary>
public sealed class AnyScanJourney(Browser browser) : IClassFixture<Browser>
{
    private const int N = 64;

    [Fact]
    public async Task AScanWithoutAnInterface_OpensWithItsInsideInSightAndIsShownByNumbers()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(demo: true);
        foreach (var (name, part) in new[] { ("full", 2600f), ("empty", 1500f) })
        {
            var folder = Directory.CreateDirectory(Path.Combine(server.Folder, name)).FullName;
            await File.WriteAllBytesAsync(Path.Combine(folder, "v.raw"), Can(part));
            await File.WriteAllTextAsync(Path.Combine(folder, "dataset.json"), $$"""
                {"name": "{{name}}", "voxelSizeUm": [10, 10, 10],
                 "volumes": [{"modality": "ct", "hours": 0, "path": "v.raw", "shape": [{{N}}, {{N}}, {{N}}], "dtype": "<f4"}]}
                """);
            await AppServer.CliAsync("ingest", Path.Combine(folder, "dataset.json"), "--store", Path.Combine(server.Folder, "data/store"));
        }

        // In 3D the part is seen through wall and filling, grey, and around the can it is black.
        var (empty, _) = await MiddleAsync(server, "empty");
        var (full, page) = await MiddleAsync(server, "full");
        Assert.True(full.Brightness > empty.Brightness + 8, $"with the part {full.Brightness:0.0}, without {empty.Brightness:0.0}");
        Assert.True(empty.Brightness > 25, $"the can is {empty.Brightness:0.0} of 255");
        Assert.InRange(full.Colour, 0, 3);
        Assert.InRange(full.Corner, 0, 1);

        // No words of a lithium cell: neither presets nor depth nor band.
        Assert.Equal(["all", "air", "soft", "dense"], await page.Locator("[data-preset]").AllInnerTextsAsync());
        Assert.False(await page.EvaluateAsync<bool>("() => dendrite.view.bandVisible"));
        var before = await page.PixelsAsync(3);
        await page.ChangedAsync(() => page.ClickAsync("[data-preset=dense]"));
        await page.ExactAsync();
        Assert.NotEqual(before, await page.PixelsAsync(3));

        // Numbers: an exponent is taken, a word is not and stays, a slice gives its own window, and colours turn around in the link.
        var to = page.GetByLabel("Window to");
        await to.FillAsync("1.2e4");
        await to.PressAsync("Tab");
        await page.UntilAsync("() => dendrite.view.window[1] === 12000");
        await to.FillAsync("bright");
        await to.PressAsync("Tab");
        await page.GetByText("is not a number").WaitForAsync();
        Assert.Equal("bright", await to.InputValueAsync());
        await page.GetByLabel("Automatic window").ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "This z slice" }).ClickAsync();
        await page.UntilAsync("() => dendrite.view.window[1] > 3000 && dendrite.view.window[1] < 4000");
        await page.ChangedAsync(() => page.GetByLabel("Invert", new() { Exact = true }).ClickAsync());
        await page.ChooseAsync("Colours", "viridis");
        await page.UntilAsync("() => location.search.includes('cm=viridis-inverted')");

        // The transfer function by keys: the second point goes up, one is added behind it, and taken away.
        var transfer = page.Locator("#transfer");
        var points = await page.EvaluateAsync<int>("() => dendrite.view.transfer.length");
        await transfer.PressAsync("PageDown");
        await transfer.PressAsync("PageDown");
        await page.GetByText(string.Create(CultureInfo.InvariantCulture, $"Point 2 of {points}")).WaitForAsync();
        await transfer.PressAsync("ArrowUp");
        await page.UntilAsync("() => dendrite.view.transfer[1][2] > 0");
        await transfer.PressAsync("Insert");
        await page.UntilAsync("n => dendrite.view.transfer.length === n + 1", points);
        await transfer.PressAsync("Delete");
        await page.UntilAsync("n => dendrite.view.transfer.length === n", points);

        // After a switch, letters are shortcuts again.
        await page.GetByText("Draw the band").ClickAsync();
        await page.Keyboard.PressAsync("n");
        await page.Locator("[data-tool=site][aria-pressed=true]").WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    private sealed record Middle(double Brightness, double Colour, double Corner);

    // Of the middle 17² pixels in 3D: mean green, largest difference of the channels; and the brightest of a corner.
    private async Task<(Middle, IPage)> MiddleAsync(AppServer server, string dataset)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{dataset}");
        await page.ExactAsync();
        await page.WaitForSelectorAsync("[data-preset=all]");
        var numbers = await page.EvaluateAsync<double[]>("""
            () => {
              const c = dendrite.panes[3].canvas, g = c.getContext('2d');
              const p = g.getImageData((c.width >> 1) - 8, (c.height >> 1) - 8, 17, 17).data;
              const e = g.getImageData(4, c.height - 20, 9, 9).data;
              let sum = 0, colour = 0;
              for (let i = 0; i < p.length; i += 4) {
                sum += p[i + 1];
                colour = Math.max(colour, Math.abs(p[i] - p[i + 1]), Math.abs(p[i + 2] - p[i + 1]));
              }
              return [sum * 4 / p.length, colour, Math.max(...e.filter((_, i) => i % 4 !== 3))];
            }
            """);
        return (new Middle(numbers[0], numbers[1], numbers[2]), page);
    }

    private static byte[] Can(float part)
    {
        var random = new Random(5);
        var voxels = Enumerable.Range(0, N * N * N).Select(i =>
        {
            double x = i % N - 31.5, y = i / N % N - 31.5, z = i / N / N - 31.5, r = Math.Sqrt(x * x + y * y);
            var value = r > 26 ? 500 : r > 24 ? 3500 : Math.Sqrt(r * r + z * z) < 9 ? part : 1500;
            return (float)(value + 60 * (random.NextDouble() + random.NextDouble() - 1));
        }).ToArray();
        return MemoryMarshal.AsBytes(voxels.AsSpan()).ToArray();
    }
}
