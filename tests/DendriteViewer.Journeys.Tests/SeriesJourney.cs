using System.Text;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>The series of a cell: the axis, a click that goes to a scan, events that are edited, and a file that is mapped.</summary>
public sealed class SeriesJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [Fact]
    public async Task Series_ClickedEditedAndAdded_AreOnOneAxisWithTheScans()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5,3.2"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Cell" }).ClickAsync();
        var section = page.GetByRole(AriaRole.Region, new() { Name = "Series", Exact = true });
        var voltage = section.Locator("figure[aria-label='Voltage']");
        await voltage.Locator("svg[role='group']").WaitForAsync();
        Assert.Contains("time, h", (await voltage.Locator("svg[role='group']").TextContentAsync())!, StringComparison.Ordinal);

        // A click on a curve goes to the nearest scan, and sets the time of a new event.
        Assert.Equal(0, await page.EvaluateAsync<double>("() => dendrite.view.hours"));
        var svg = voltage.Locator("svg[role='group']");
        var box = (await svg.BoundingBoxAsync())!;
        await svg.ClickAsync(new() { Position = new() { X = box.Width * 0.92f, Y = box.Height * 0.5f } });
        await page.UntilAsync("() => dendrite.view.hours === 3.2");
        await page.UntilAsync("() => Number(document.querySelector(\"[aria-label='Time of the new event']\").value) > 2");

        // The axis counts charge, then hours again.
        await section.GetByText("mAh/cm²", new() { Exact = true }).First.ClickAsync();
        const string plot = "() => document.querySelector(\"figure[aria-label='Voltage'] .plot-area svg\").textContent";
        await page.UntilAsync(plot + ".includes('charge passed, mAh/cm²')");
        Assert.Equal(0, await section.Locator("figure[data-hours]").CountAsync());
        await section.Locator(".series-bar").GetByText("h", new() { Exact = true }).ClickAsync();
        await page.UntilAsync(plot + ".includes('time, h')");

        // An event: added, moved, taken back, restored.
        await page.GetByLabel("Time of the new event").FillAsync("0.75");
        await page.GetByLabel("Time of the new event").PressAsync("Tab");
        await section.GetByRole(AriaRole.Button, new() { Name = "Add event" }).ClickAsync();
        var row = section.Locator(".event-table tr", new() { HasText = "0.75" });
        await row.WaitForAsync();
        await row.ClickAsync();
        await page.GetByLabel("Time of the event").FillAsync("0.8");
        await page.GetByLabel("Time of the event").PressAsync("Tab");
        await section.Locator(".event-table tr", new() { HasText = "0.8" }).First.WaitForAsync();
        await row.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.Locator("[data-pane='0']").FocusAsync();
        await page.Keyboard.PressAsync("Control+z");
        await row.WaitForAsync();
        await section.GetByText("Changes of events (2)").ClickAsync();
        await section.GetByRole(AriaRole.Button, new() { Name = "Restore events as found" }).ClickAsync();
        await row.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        // A file whose columns nobody knows is refused with what it lacks, then read as it is said to be.
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{i * 300};{25 + (i / 20.0)}\n")));
        await section.GetByRole(AriaRole.Button, new() { Name = "Add a file of series" }).ClickAsync();
        var dialog = page.Locator(".mud-dialog");
        await dialog.Locator("input[type=file]").ChooseFileAsync(
            new FilePayload { Name = "oven.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("Zeit;Ofen\n" + rows) });
        await dialog.GetByText("no line names a time").WaitForAsync();
        Assert.True(await dialog.GetByRole(AriaRole.Button, new() { Name = "Add it" }).IsDisabledAsync());
        await dialog.ChooseAsync("Quantity of Zeit", "time");
        await dialog.ChooseAsync("Unit of Zeit", "s");
        await dialog.ChooseAsync("Quantity of Ofen", "temperature");
        await dialog.ChooseAsync("Unit of Ofen", "degC");
        await dialog.GetByText("40 rows: temperature").WaitForAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add it" }).ClickAsync();
        await section.GetByRole(AriaRole.Link, new() { Name = "oven.csv" }).WaitForAsync();
        await section.Locator(".series-chips").GetByText("Temperature", new() { Exact = true }).ClickAsync();
        await section.Locator("figure[aria-label='Temperature'] svg[role='group']").WaitForAsync();

        // What is shown can be had as a table of all rows.
        var csv = await (await page.APIRequest.GetAsync($"{server.Address}/api/datasets/{Id}/cell/series.csv")).TextAsync();
        Assert.StartsWith("hours,current_mA/cm2,charge_mAh/cm2", csv, StringComparison.Ordinal);
        Assert.Empty(browser.Errors);
    }
}
