using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// The impedance of a cell in the browser: the phantom's sweeps added, tested, fitted, masked, bounded, taken back, followed over time, and
/// handed out as a table.
/// </summary>
public sealed class ImpedanceJourney(Browser browser) : IClassFixture<Browser>
{
    private static readonly PhantomCell s_cell = new(96, 2, "0,1.5,3.2", IsAnalysed: true);

    [Fact]
    public async Task Sweeps_AreTestedFittedMaskedBoundedAndFollowedOverTime()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(s_cell);
        var scans = await PhantomStores.ScansAsync(s_cell);
        using var truth = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(scans, "truth.json")));
        var sweeps = truth.RootElement.GetProperty("impedance").GetProperty("sweeps").EnumerateArray().ToList();

        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{PhantomCell.Id}");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Cell" }).ClickAsync();
        await page.Locator(".cell-panel .mud-toggle-item >> text=Impedance").ClickAsync();
        await page.GetByText("No impedance yet").WaitForAsync();
        await page.Locator("input[data-cell-upload='impedance']").ChooseFilesAsync(CellFiles.SweepsOf(scans));

        // Every sweep stands in the list at its hour, and the one that drifted is not consistent.
        var rows = page.Locator("[aria-label='Sweeps'] tbody tr");
        await page.UntilAsync($"() => document.querySelectorAll(\"[aria-label='Sweeps'] tbody tr\").length === {sweeps.Count}");
        await page.UntilAsync(
            "() => ![...document.querySelectorAll(\"[aria-label='Sweeps'] tbody tr\")].some(r => r.innerText.includes('…'))");
        for (var i = 0; i < sweeps.Count; i++)
        {
            var isDrifting = sweeps[i].GetProperty("isDrifting").GetBoolean();
            Assert.Matches(isDrifting ? @"\bno," : @"\byes,", await rows.Nth(i).InnerTextAsync());
        }

        // The first is tested before its fit, whose resistances are those of the phantom.
        Assert.Contains("Consistent", await page.Locator("[data-verdict='consistent']").InnerTextAsync());
        Assert.Equal("R0, in series with (R1 parallel to CPE1), in series with (R2 parallel to CPE2).", (await page.Locator(
            ".circuit-picture svg").GetAttributeAsync("aria-label"))!.Split(": ")[1]);
        var first = sweeps[0];
        await InRangeAsync(page, "R1", first.GetProperty("rIntOhm").GetDouble());
        await InRangeAsync(page, "R2", first.GetProperty("rCtOhm").GetDouble());

        // A condition leaves points out, and undo takes them in again.
        var leaveOut = page.GetByLabel("Leave out");
        await leaveOut.FillAsync("f<1");
        await leaveOut.PressAsync("Enter");
        await page.GetByText(new Regex(@"5\d of 60 points are used")).WaitForAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Circuit" }).ClickAsync();
        await page.Keyboard.PressAsync("Control+z");
        await page.GetByText("60 of 60 points are used").WaitForAsync();

        // A bound is kept at once; the fit says that it binds, and how long it took.
        await page.Locator("[data-parameter='R2']").ClickAsync();
        var most = page.Locator(".fit-fields").GetByLabel("To");
        await most.FillAsync("100");
        await most.PressAsync("Tab");
        await page.UntilAsync("() => document.querySelector('.fit-table').innerText.includes('at its limit')");
        var took = double.Parse((await page.Locator("[data-refit-ms]").GetAttributeAsync("data-refit-ms"))!,
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(took, 0, 5000);
        await page.GetByRole(AriaRole.Heading, new() { Name = "Circuit" }).ClickAsync();
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => !document.querySelector('.fit-table').innerText.includes('at its limit')");

        // The series: growth as the phantom's, and a table with the recipe.
        await page.GetByRole(AriaRole.Button, new() { Name = "Fit all sweeps" }).ClickAsync();
        var growth = page.Locator("[aria-label='Growth laws']");
        await growth.WaitForAsync();
        Assert.Contains("√t (diffusion), better", await growth.InnerTextAsync());
        var address = await page.Locator("a[href$='parameters.csv']").GetAttributeAsync("href");
        var table = await page.EvaluateAsync<string>("async address => await (await fetch(address)).text()", address);
        Assert.Contains("# circuit R0-p(R1,CPE1)-p(R2,CPE2), chosen", table);
        Assert.Contains("SHA-256", table);

        // The last sweep leads to the last scan.
        await rows.Nth(sweeps.Count - 1).ClickAsync();
        await page.UntilAsync("() => dendrite.view.hours === 3.2");
    }

    private static async Task InRangeAsync(IPage page, string parameter, double truth)
    {
        var text = await page.Locator($"[data-parameter='{parameter}']").InnerTextAsync();
        var value = double.Parse(text.Split('±')[0].Trim(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(value, 0.95 * truth, 1.05 * truth);
    }
}
