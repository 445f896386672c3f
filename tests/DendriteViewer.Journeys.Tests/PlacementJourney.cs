using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// A nano scan placed inside the projection scan by landmarks clicked in two panes, kept for everybody, exported and taken back; and the
/// same by a thumb.
/// </summary>
public sealed class PlacementJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;
    private const string Scan = "[data-pane='0']", Volume = "[data-other='0']";
    private static readonly PhantomCell s_cell = new(96, 0.5, "0,3.2", Seed: 3, Nano: NanoScans.AsHandedOver);

    [Fact]
    public async Task NanoScan_PlacedByThreeLandmarks_LiesWhereItReallyDoesForEverybody()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(s_cell);
        var truth = await TruthAsync();
        var page = await OpenAsync(server, 1440, 900);
        var other = await OpenAsync(server, 1000, 700);
        await page.GetByText("Not registered yet").WaitForAsync();
        var scripts = await page.EvaluateAsync<string[]>("() => performance.getEntriesByType('resource').map(r => r.name)");
        Assert.DoesNotContain(scripts, s => s.EndsWith("/landmarks.js", StringComparison.Ordinal));
        var stage = await LowAsync(page);

        // Clicks, not centres of voids: what is clicked is known. The volume is shown where the stage has it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Place landmarks" }).ClickAsync();
        await page.UntilAsync("() => dendrite.landmarks && dendrite.isExact");
        await page.GetByLabel("Snap to the centre of the dark void").ClickAsync();
        await page.GetByText("3 more pairs are needed").WaitForAsync();
        double[][] own = [[3, 4, 5], [15, 5, 6], [6, 15, 14]];
        for (var i = 0; i < own.Length; i++)
        {
            await PlaceAsync(page, truth, own[i], i + 1);
        }

        var fit = page.Locator("[data-landmarks='fit']");
        await fit.GetByText("residual (RMS)").WaitForAsync();
        Assert.Contains("one pair more shows the error of each", await fit.InnerTextAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Show L3" }).WaitForAsync();

        // Undo takes back the last click alone, redo makes it again.
        await page.Keyboard.PressAsync("Control+z");
        await page.GetByText("Click L3 in nano-absorption now").WaitForAsync();
        await page.Keyboard.PressAsync("Control+Shift+z");
        await fit.WaitForAsync();

        // A point that is dragged away is seen in the residuals at once.
        var before = await fit.InnerTextAsync();
        var at = await CenterAsync(page, Scan);
        await page.Mouse.MoveAsync(at.X, at.Y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(at.X + 60, at.Y, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await page.UntilAsync("t => document.querySelector(\"[data-landmarks='fit']\").innerText !== t", before);
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("t => document.querySelector(\"[data-landmarks='fit']\").innerText === t", before);

        // A reload keeps every click.
        await page.ReloadAsync();
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on with 3 pairs" }).ClickAsync();
        await page.UntilAsync("() => dendrite.landmarks?.pairs.length === 3 && dendrite.isExact");
        await fit.WaitForAsync();

        // Kept, it lies where it really does, for everybody who looks, and both scans of the acquisition with it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        await page.Locator("[data-placement='state']").GetByText("v1, by 3 landmarks").WaitForAsync();
        foreach (var open in new[] { page, other })
        {
            await open.UntilAsync("low => dendrite.scene.volumes.find(v => v.modality === 'nano-phase').low[0] !== low", stage);
        }

        var exported = (await page.EvaluateAsync<string>(
            "async id => (await fetch(`/api/datasets/${id}/placement?modality=nano-phase&hours=3.2&format=txt`)).text()", Id))
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        var middle = new[] { 10.0, 10, 10 };
        Assert.All(Through(exported, middle).Zip(Through(truth.Matrix, middle)), p => Assert.Equal(p.Second, p.First, 0.3));
        await page.GetByRole(AriaRole.Button, new() { Name = "Done", Exact = true }).ClickAsync();
        await page.UntilAsync("() => !dendrite.view.landmarks && dendrite.tool === 'navigate' && !dendrite.landmarks");

        // A link that was made now shows later where the volume lay, until the person wants where it lies then.
        await page.UntilAsync("() => decodeURIComponent(location.href).includes('nano-phase:1')");
        await page.SettledAsync();
        var link = await page.EvaluateAsync<string>("() => location.href");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo v1" }).ClickAsync();
        await page.GetByText("Not registered now").WaitForAsync();
        await page.UntilAsync("low => dendrite.scene.volumes.find(v => v.modality === 'nano-phase').low[0] === low", stage);
        await other.GotoAsync(link);
        const string Low = "dendrite.scene.volumes.find(v => v.modality === 'nano-phase').low[0]";
        var frozen = other.Locator(".frozen");
        await frozen.GetByText("nano-phase by v1 (now where the stage says)").WaitForAsync();
        await other.UntilAsync($"low => window.dendrite?.scene && {Low} !== low", stage);
        await frozen.GetByRole(AriaRole.Button, new() { Name = "Show where they lie now" }).ClickAsync();
        await other.UntilAsync($"low => {Low} === low", stage);
        await frozen.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Landmarks_OnAPhone_AreTappedInTwoPanesAboveEachOther()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(s_cell);
        var truth = await TruthAsync();
        var page = await OpenAsync(server, 390, 844);
        await page.GetByRole(AriaRole.Button, new() { Name = "Place landmarks" }).ClickAsync();
        await page.UntilAsync("() => dendrite.landmarks");
        await page.EvaluateAsync("() => dendriteShell.showPanel(false)");
        await page.UntilAsync("() => dendrite.panes[0].size[1] > 100 && dendrite.compare.panes[0].size[1] > 100 && dendrite.isExact");
        var (scan, volume) = (await CenterAsync(page, Scan), await CenterAsync(page, Volume));
        Assert.True(volume.Y > scan.Y + 100 && Math.Abs(volume.X - scan.X) < 2);
        await PlaceAsync(page, truth, [6, 6, 6], 1);
        Assert.Empty(browser.Errors);
    }

    private sealed record Truth(double[] Matrix, double[] OriginUm);

    private static double[] Through(double[] matrix, double[] p) =>
        [.. matrix.Chunk(4).Select(row => row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + row[3])];

    // Where the field really lies, and where the stage says it does.
    private static async Task<Truth> TruthAsync()
    {
        var folder = await PhantomStores.ScansAsync(s_cell);
        using var truth = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "truth.json")));
        using var cell = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "dataset.json")));
        var rows = truth.RootElement.GetProperty("nano").GetProperty("matrix").EnumerateArray();
        var nano = cell.RootElement.GetProperty("volumes").EnumerateArray()
            .First(v => v.GetProperty("modality").GetString() == "nano-phase");
        return new Truth(
            [.. rows.SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble()))],
            [.. nano.GetProperty("originUm").EnumerateArray().Select(v => v.GetDouble())]);
    }

    private async Task<IPage> OpenAsync(AppServer server, int width, int height)
    {
        var page = await browser.NewPageAsync(width, height);
        await page.GotoAsync($"{server.Address}/d/{Id}?t=3.2");
        await page.ExactAsync();
        await page.EvaluateAsync("() => dendriteShell.showPanel(true)");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        return page;
    }

    private static Task<double> LowAsync(IPage page) =>
        page.EvaluateAsync<double>("() => dendrite.scene.volumes.find(v => v.modality === 'nano-phase').low[0]");

    private static async Task<(float X, float Y)> CenterAsync(IPage page, string pane)
    {
        var box = (await page.Locator(pane).BoundingBoxAsync())!;
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    // Brings a point of the volume into the middle of both panes, and clicks it in both.
    private static async Task PlaceAsync(IPage page, Truth truth, double[] own, int number)
    {
        var seen = own.Zip(truth.OriginUm, (a, b) => a + b).ToArray();
        await page.EvaluateAsync(
            """
            ([scan, volume]) => dendrite.patch({
              focus: scan, center: scan, landmarks: { ...dendrite.view.landmarks, focus: volume, center: volume },
            })
            """,
            new object[] { Through(truth.Matrix, own), seen });
        await page.ExactAsync();
        foreach (var (pane, side) in new[] { (Scan, "fixed"), (Volume, "moving") })
        {
            var at = await CenterAsync(page, pane);
            await page.Mouse.ClickAsync(at.X, at.Y);
            await page.UntilAsync("([n, side]) => dendrite.landmarks.pairs[n - 1]?.[side]", new object[] { number, side });
        }
    }
}
