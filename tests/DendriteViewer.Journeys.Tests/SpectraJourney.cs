using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Spectra of the phantom's cell and its references: added, normalised by a dragged range, fitted, taken back, and opened by a link.
/// </summary>
public sealed class SpectraJourney(Browser browser) : IClassFixture<Browser>
{
    private const string IsShown = "title => [...document.querySelectorAll('.plot-title')].some(t => t.textContent === title)";
    private static readonly PhantomCell s_phantom = new(64, 3, "0,1.5,3.2");

    [Fact]
    public async Task Spectra_AddedAndFitted_GiveTheTrueWeightsAndCanBeTakenBack()
    {
        await browser.BeginAsync();
        var scans = await PhantomStores.ScansAsync(s_phantom);
        await using var server = await AppServer.StartAsync(s_phantom);
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{PhantomCell.Id}");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Cell" }).ClickAsync();
        await page.GetByText("Spectra", new() { Exact = true }).ClickAsync();
        await page.GetByText("No spectra yet").WaitForAsync();

        // What each file holds is shown before anything is kept; a reference without a licence is not.
        await page.AddSpectraAsync("Add spectra", scans, "S_before.xdi", "S_after.xdi", "P_before.xdi", "P_after.xdi");
        await page.GetByText("There are no references of the S K-edge.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "References", Exact = true }).ClickAsync();
        await page.ChooseSpectraAsync(scans, "S_reference_Li3PS4-like.xdi", "S_reference_Li2S-like.xdi");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 2 files" }).ClickAsync();
        await page.GetByText("Say under what licence the reference may be used.").WaitForAsync();
        await page.GetByLabel("Licence").FillAsync("computed");
        await page.GetByLabel("Source").FillAsync("phantom");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 2 files" }).ClickAsync();

        // The latest spectrum is shown and its scan; weights are the phantom's.
        var truth = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(scans, "truth.json"))).RootElement
            .GetProperty("absorption").GetProperty("spectra").EnumerateArray()
            .Single(s => s.GetProperty("path").GetString() == "xas/S_after.xdi").GetProperty("weights").EnumerateArray()
            .ToDictionary(w => w.GetProperty("name").GetString()!, w => w.GetProperty("weight").GetDouble());
        await page.UntilAsync(IsShown, "Raw µ of S_after.xdi");
        await page.Locator("[data-weight]").Nth(1).WaitForAsync();
        async Task HasTrueWeightsAsync()
        {
            foreach (var (name, weight) in truth)
            {
                var row = page.Locator($"[data-reference='S_reference_{name}.xdi'] [data-weight]");
                Assert.Equal(weight, double.Parse(await row.InnerTextAsync(), CultureInfo.InvariantCulture), 0.02);
            }
        }

        await HasTrueWeightsAsync();
        Assert.Contains("SHA-256", await AboutAsync(page, "S_after.xdi"));

        // A range is dragged on the raw curve: it is kept for data and references, and the weights follow.
        var facts = page.Locator("[data-absorption-facts]");
        var chosen = await facts.InnerTextAsync();
        var handle = page.Locator("[data-handle='post:to']");
        await handle.ScrollIntoViewIfNeededAsync();
        var grip = (await handle.Locator(".plot-handle-grip").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(grip.X + grip.Width / 2, grip.Y + grip.Height / 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(grip.X - 20, grip.Y, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await page.UntilAsync("text => document.querySelector('[data-absorption-facts]').innerText !== text", chosen);
        await page.GetByLabel("Post-edge from").WaitForAsync();
        await HasTrueWeightsAsync();
        var csv = await page.EvaluateAsync<string>("async () => (await fetch([...document.querySelectorAll('a')]"
            + ".find(a => a.href.includes('/weights.csv')).href)).text()");
        Assert.Contains("one setting for data and references", csv, StringComparison.Ordinal);
        Assert.Equal(4, csv.Split("sha256 ").Length - 1);
        Assert.Contains("licence computed, source phantom", csv, StringComparison.Ordinal);

        // Undo gives the range back, for everybody.
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("text => document.querySelector('[data-absorption-facts]').innerText === text", chosen);

        await page.GetByRole(AriaRole.Button, new() { Name = "Rank all combinations" }).ClickAsync();
        await page.Locator(".combinations tbody tr").First.WaitForAsync();
        Assert.Equal(3, await page.Locator(".combinations tbody tr").CountAsync());

        // The spectrum of before leads to the first scan, and another page is opened on it by the link.
        await page.Locator("[data-spectrum]").GetByText("S_before.xdi").ClickAsync();
        await page.UntilAsync("() => dendrite.view.hours === 0");
        await page.UntilAsync(IsShown, "Raw µ of S_before.xdi");
        await page.UntilAsync("() => /cell=spectra:[0-9a-f]{32}:0(&|$)/.test(location.search)");
        var other = await browser.NewPageAsync();
        await other.GotoAsync(page.Url);
        await other.UntilAsync(IsShown, "Raw µ of S_before.xdi");
        Assert.Empty(browser.Errors);
    }

    private static async Task<string> AboutAsync(IPage page, string name)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = $"About {name}" }).ClickAsync();
        var dialog = page.Locator(".mud-dialog");
        await dialog.GetByText("SHA-256").WaitForAsync();
        var text = await dialog.InnerTextAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await dialog.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        return text;
    }
}
