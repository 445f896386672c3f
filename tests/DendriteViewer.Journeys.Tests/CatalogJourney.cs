using System.Text;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>From a folder on the server to a dataset that can be found: several scans at once, raw voxels, names and tags.</summary>
public sealed class CatalogJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task FolderOfScans_IsFoundDescribedAndSearchedFor()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(demo: true);
        var root = Directory.CreateDirectory(Path.Combine(server.Folder, "beamline/series")).Parent!.FullName;
        foreach (var name in new[] { "cell_0h", "cell_1.5h", "cell_last" })
        {
            await File.WriteAllBytesAsync(Path.Combine(root, $"series/{name}.nrrd"), Nrrd());
        }

        // Voxels of 16 bits, the larger byte first, behind a header of 64 bytes.
        await File.WriteAllBytesAsync(
            Path.Combine(root, "scan_30x20x10_uint16.raw"),
            [.. new byte[64], .. Enumerable.Range(0, 6000).SelectMany(i => new[] { (byte)(i % 30), (byte)0 })]);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + "/import");

        // The folder is walked to, its times are those of its names, and what nothing tells is asked for.
        await page.GetByRole(AriaRole.Button, new() { Name = "Browse" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Open " + root }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Open series" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take this folder" }).ClickAsync();
        await page.GetByText("3 taken, 1 without a time").WaitForAsync();
        await page.GetByText("hours from '1.5h' in its name, read as hours").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start import" }).ClickAsync();
        await page.GetByText("Give its hours of plating.").WaitForAsync();
        await page.GetByText("No file says how large a voxel is").WaitForAsync();
        await page.GetByLabel("Hours of cell_last.nrrd").FillAsync("3");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Three scans");
        await page.GetByLabel("Voxel, µm").FillAsync("0.5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start import" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Three scans" }).ClickAsync();
        await page.ExactAsync();
        var hours = await page.EvaluateAsync<double[]>("() => dendrite.scene.volumes.map(v => v.hours)");
        Assert.Equal([0, 1.5, 3], hours);

        await ImportRawAsync(page, server, Path.Combine(root, "scan_30x20x10_uint16.raw"));
        await DescribeAsync(page, server);
        Assert.Empty(browser.Errors);
    }

    private static async Task ImportRawAsync(IPage page, AppServer server, string path)
    {
        await page.GotoAsync(server.Address + "/import");
        await page.GetByLabel("File or folder on the server").FillAsync(path);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByText("read as width × height × depth").WaitForAsync();
        var bytes = page.GetByLabel("Header bytes");
        await bytes.FillAsync("64");
        await bytes.PressAsync("Tab");
        await page.GetByText("0 to 29, in three slices").WaitForAsync();
        await page.ChooseAsync("Byte order", "big-endian");
        await page.GetByText("0 to 7424, in three slices").WaitForAsync();
        await page.UntilAsync("() => document.querySelector('.inspection img').naturalWidth === 30");
        await page.GetByLabel("Hours of plating").FillAsync("0");
        await page.GetByLabel("Voxel, µm").FillAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start import" }).ClickAsync();
        await page.Locator(".card").Nth(1).WaitForAsync();
        var stored = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/scan-30x20x10-uint16");
        Assert.Contains("\"shape\":[10,20,30]", await stored.TextAsync());
    }

    // What is typed outlives a reload; it is found by search and filter; the order is kept.
    private static async Task DescribeAsync(IPage page, AppServer server)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "More of Three scans" }).ClickAsync();
        await page.GetByText("Name, tags and notes…").ClickAsync();
        await page.GetByLabel("Description").FillAsync("cracked on one side");
        await page.GetByText("Not saved yet").WaitForAsync();
        await page.UntilAsync(
            "() => Object.keys(localStorage).some(k => k.startsWith('draft.') && localStorage[k].includes('cracked'))");
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "More of Three scans" }).ClickAsync();
        await page.GetByText("Name, tags and notes…").ClickAsync();
        await page.GetByText("What you typed before and did not save is here again.").WaitForAsync();
        Assert.Equal("cracked on one side", await page.GetByLabel("Description").InputValueAsync());
        await page.GetByLabel("Tags", new() { Exact = true }).FillAsync("short, Li");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.GetByText("cracked on one side").WaitForAsync();

        await page.GetByLabel("Search datasets").FillAsync("cracked side");
        await page.Locator(".card").Nth(1).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.GetByLabel("Search datasets").FillAsync("");
        await page.Locator(".card").Nth(1).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "short", Exact = true }).ClickAsync();
        await page.Locator(".card").Nth(1).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.ChooseAsync("Order", "largest");
        await page.UntilAsync("() => JSON.parse(localStorage.catalog).Order === 'Size'");
        await page.ReloadAsync();
        await page.GetByText("1 of 2").WaitForAsync();
        await page.UntilAsync("() => document.querySelector('[role=combobox][aria-label=Order]').value === 'largest'");

        // By another program, against what it looked at.
        var looked = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/series");
        var tag = looked.Headers["etag"];
        Assert.Equal(428, (await PatchAsync(null, "{}")).Status);
        Assert.Equal(400, (await PatchAsync(tag, """{ "colour": 1 }""")).Status);
        Assert.Equal(400, (await PatchAsync(tag, """{ "name": "" }""")).Status);
        Assert.Equal(200, (await PatchAsync(tag, """{ "operator": "Ada" }""")).Status);
        Assert.Equal(412, (await PatchAsync(tag, """{ "operator": "Ben" }""")).Status);
        var now = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/series");
        Assert.Contains("\"operator\":\"Ada\"", await now.TextAsync());
        Assert.Contains("\"short\"", await now.TextAsync());
        var loss = await page.APIRequest.GetAsync($"{server.Address}/api/datasets/series/deletion");
        Assert.Contains("\"scans\":3", await loss.TextAsync());

        Task<IAPIResponse> PatchAsync(string? ifMatch, string body)
        {
            var headers = new Dictionary<string, string> { ["Content-Type"] = "application/json" };
            if (ifMatch is not null)
            {
                headers["If-Match"] = ifMatch;
            }

            return page.APIRequest.FetchAsync(
                $"{server.Address}/api/datasets/series", new() { Method = "PATCH", Headers = headers, DataString = body });
        }
    }

    private static byte[] Nrrd() =>
    [
        .. Encoding.ASCII.GetBytes("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 28 24 20\nencoding: raw\n\n"),
        .. Enumerable.Range(0, 20 * 24 * 28).Select(i => (byte)(i % 28 * 9)),
    ];
}
