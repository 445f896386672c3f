using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Long work: asked for in the viewer, seen in the list of jobs, outliving the server.</summary>
public sealed class JobsJourney(Browser browser) : IClassFixture<Browser>
{
    // A scan by itself, of two times in one file: looked at, told what it lacks, imported, opened.
    [Fact]
    public async Task AFile_IsLookedAtBeforeItIsImported()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(demo: true);
        Directory.CreateDirectory(Path.Combine(server.Folder, "beamline"));
        var voxels = Enumerable.Range(0, 2 * 20 * 24 * 28).Select(i => (byte)(i % 28 * 9));
        await File.WriteAllBytesAsync(Path.Combine(server.Folder, "beamline/My scan.nrrd"), [.. System.Text.Encoding.ASCII.GetBytes("NRRD0004\ntype: uchar\ndimension: 4\nsizes: 28 24 20 2\nspacings: 1 1 1 nan\nencoding: raw\n\n"), .. voxels]);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address);
        await page.GetByRole(AriaRole.Link, new() { Name = "Import a folder" }).ClickAsync();
        var path = page.GetByLabel("File or folder on the server");
        await path.FillAsync("/etc/hostname");
        await page.ClickAsync("text=Continue");
        await page.GetByText("is not below a folder to import from").WaitForAsync();
        await path.FillAsync(Path.Combine(server.Folder, "beamline/My scan.nrrd"));
        await page.ClickAsync("text=Continue");
        await page.GetByText("NRRD, raw").WaitForAsync();
        await page.UntilAsync("() => document.querySelector('.inspection img').naturalWidth === 28");
        var remarks = page.GetByRole(AriaRole.List, new() { Name = "Remarks before the import" });
        await remarks.GetByText("without a unit").WaitForAsync();
        await Assertions.Expect(page.GetByLabel("Dataset", new() { Exact = true })).ToHaveValueAsync("my-scan");
        await page.GetByLabel("Hours of plating").FillAsync("0");
        await page.GetByLabel("Voxel, µm").FillAsync("0.5");
        await page.ClickAsync("text=Start import");
        await page.GetByText("holds 2 volumes").WaitForAsync();
        await page.GetByLabel("Hours of plating").FillAsync("0, 1.5");
        await page.ClickAsync("text=Start import");
        await page.Locator(".card").ClickAsync();
        await page.ExactAsync();
        var times = await page.EvaluateAsync<double[]>("() => dendrite.scene.volumes.map(v => v.hours)");
        Assert.Equal([0, 1.5], times);
        Assert.Empty(browser.Errors);
    }

    // From this computer: the page is closed in the middle, and the same file chosen again is not sent from its beginning.
    [Fact]
    public async Task AnUpload_ThatWasCutOff_GoesOnWhereItWas()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(demo: true);
        var file = Path.Combine(server.Folder, "far.nrrd");
        var voxels = new byte[220 * 300 * 310];
        new Random(3).NextBytes(voxels);
        await File.WriteAllBytesAsync(file, [.. System.Text.Encoding.ASCII.GetBytes("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 310 300 220\nencoding: raw\n\n"), .. voxels]);
        var page = await browser.NewPageAsync();
        var sent = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var holding = true;
        await page.RouteAsync("**/api/uploads/*/0/*", async route =>
        {
            var piece = route.Request.Url[(route.Request.Url.LastIndexOf('/') + 1)..];
            if (holding && piece != "1")
            {
                return;
            }

            sent.Enqueue(piece);
            await route.ContinueAsync();
        });
        await page.GotoAsync(server.Address);
        await page.GetByRole(AriaRole.Link, new() { Name = "Import a folder" }).ClickAsync();
        await page.GetByLabel("Upload files").SetInputFilesAsync(file);
        await page.GetByText("41 %, far.nrrd").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Jobs", Exact = true }).ClickAsync();
        await page.GetByText("41 %, 8.4 MB of 20.5 MB").WaitForAsync();

        holding = false;
        await page.ReloadAsync();
        await page.GetByLabel("Upload files").SetInputFilesAsync(file);
        await page.GetByText("NRRD, raw").WaitForAsync();
        Assert.Equal(["0", "1", "2"], sent.Order());
        await page.GetByRole(AriaRole.Button, new() { Name = "Jobs", Exact = true }).ClickAsync();
        await page.GetByText("20.5 MB arrived").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByLabel("Hours of plating").FillAsync("0");
        await page.GetByLabel("Voxel, µm").FillAsync("0.5");
        await page.ClickAsync("text=Start import");
        await page.Locator(".card").ClickAsync();
        await page.ExactAsync();
        var raw = Path.Combine(server.Folder, "back.raw");
        await AppServer.CliAsync("export", "far", "--hours", "0", "--out", raw, "--store", Path.Combine(server.Folder, "data/store"));
        Assert.Equal(voxels, await File.ReadAllBytesAsync(raw));
        var uploads = Path.Combine(server.Folder, "data/uploads");
        await AppServer.UntilAsync(() => !Directory.EnumerateDirectories(uploads).Any(), $"{uploads} is empty");

        // Without the header that only this page sends, and with another sum, nothing is taken.
        var bare = await page.APIRequest.PostAsync(server.Address + "/api/uploads/", new() { DataObject = new[] { new { path = "x", size = 3 } } });
        Assert.Equal(400, bare.Status);
        var headers = new Dictionary<string, string> { ["X-Dendrite-Upload"] = "1" };
        var away = await page.APIRequest.PostAsync(server.Address + "/api/uploads/", new() { DataObject = new[] { new { path = "../x", size = 3 } }, Headers = headers });
        Assert.Contains("no name that a file can be uploaded under", await away.TextAsync());
        var id = (await (await page.APIRequest.PostAsync(server.Address + "/api/uploads/", new() { DataObject = new[] { new { path = "x", size = 3 } }, Headers = headers })).JsonAsync())!.Value.GetProperty("id").GetString();
        var wrong = await page.APIRequest.PutAsync($"{server.Address}/api/uploads/{id}/0/0", new() { DataByte = [1, 2, 3], Headers = new Dictionary<string, string>(headers) { ["X-Content-SHA256"] = new string('0', 64) } });
        Assert.Contains("arrived with other bytes", await wrong.TextAsync());
        Assert.Equal(409, (await page.APIRequest.PostAsync($"{server.Address}/api/uploads/{id}/complete", new() { Headers = headers })).Status);
        Assert.Empty(browser.Errors);
    }

    // Voxels out again through the page, and a check that finds a byte that somebody flipped in the store.
    [Fact]
    public async Task ADataset_IsExportedAndChecked()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 4, "0,2"));
        const string Id = PhantomCell.Id;
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Data" }).ClickAsync();
        var box = page.GetByRole(AriaRole.Dialog, new() { Name = "Data" });
        await box.GetByRole(AriaRole.Cell, new() { Name = "projection at 2 h" }).ClickAsync();
        await box.ChooseAsync("Format", "raw voxels");
        await box.GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync();
        var name = $"{Id}-projection-t2.raw";
        await box.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).WaitForAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => box.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync());
        var raw = Path.Combine(server.Folder, "cli.raw");
        await AppServer.CliAsync("export", Id, "--hours", "2", "--out", raw, "--store", Path.Combine(server.Folder, "data/store"));
        Assert.Equal(await File.ReadAllBytesAsync(raw), await File.ReadAllBytesAsync(await download.PathAsync()));
        Assert.Equal(404, (await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}/exports/..%2F..%2Fdendrite.db")).Status);
        Assert.Equal(404, (await page.APIRequest.GetAsync($"{server.Address}/api/datasets/another/exports/{name}")).Status);

        await box.GetByRole(AriaRole.Tab, new() { Name = "Check" }).ClickAsync();
        await box.GetByRole(AriaRole.Button, new() { Name = "Check all" }).ClickAsync();
        await box.GetByText("bricks read, all as they were written").WaitForAsync();
        var shard = Path.Combine(server.Folder, $"data/store/datasets/{Id}/volumes/projection/t2.ome.zarr/0/c/0/0/0");
        var bytes = await File.ReadAllBytesAsync(shard);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(shard, bytes);
        await box.GetByRole(AriaRole.Button, new() { Name = "Check all" }).ClickAsync();
        await box.GetByText("volumes/projection/t2.ome.zarr/0/c/0/0/0: brick 0/0/0").WaitForAsync();
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task AnAnalysis_WhoseServerIsKilled_IsFinishedByTheNext()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(160, 1.6, "0,1,2,3"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + "/d/li-li3ps4-li-phantom-0-8-ma-cm2");
        await page.ExactAsync();
        var jobs = await browser.NewPageAsync();
        await jobs.GotoAsync(server.Address + "/jobs");
        await jobs.GetByText("Nothing was asked for yet").WaitForAsync();

        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        await jobs.Locator(".job.running [role=progressbar]").WaitForAsync();
        await server.RestartAsync();

        await jobs.ReopenAsync(server.Address + "/jobs");
        await jobs.Locator(".job.done").WaitForAsync(new() { Timeout = 240_000 });
        var text = await jobs.Locator(".job").InnerTextAsync();
        Assert.Contains("attempt 2", text);
        Assert.Matches("[0-9]+ voids, [0-9]+ sites", text);
        await jobs.GetByRole(AriaRole.Link, new() { Name = "Open" }).ClickAsync();
        await jobs.ExactAsync();
        await jobs.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await jobs.GetByText("Nucleation sites").First.WaitForAsync();
        Assert.Empty(browser.Errors);
    }
}
