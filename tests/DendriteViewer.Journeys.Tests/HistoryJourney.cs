using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What people did to a dataset, the annotations as they were, and one of them made again what it was.</summary>
public sealed class HistoryJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Dataset = PhantomCell.Id;

    [Fact]
    public async Task History_OfTwoPeople_IsFilteredShownAsItWasRestoredAndUndone()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Dataset}");
        await page.ExactAsync();
        await page.AddSiteAsync(60, 70, 72);
        await page.UntilAsync("() => dendrite.sites.length === 1");
        var guest = await browser.NewPageAsync();
        await guest.GotoAsync(await page.LinkAsync("Ben", "may annotate"));
        await guest.ExactAsync();
        await guest.UntilAsync("() => dendrite.sites.length === 1");
        await guest.EvaluateAsync("() => dendrite.siteMarks.own('judge', dendrite.sites[0].id, 'confirmed')");
        await page.UntilAsync("() => dendrite.sites[0].status === 'confirmed'");
        await page.Keyboard.PressAsync("Escape");

        // Both are told, by whom each; what comes meanwhile waits until it is asked for.
        await page.GotoAsync($"{server.Address}/d/{Dataset}/history");
        await page.Locator("[data-edit='2']").GetByText("confirmed N1").WaitForAsync();
        await page.Locator("[data-edit='1']").GetByText("marked N1").WaitForAsync();
        await guest.AddSiteAsync(60, 80, 80);
        await page.GetByRole(AriaRole.Button, new() { Name = "1 new edit" }).ClickAsync();
        await page.Locator("[data-edit='3']").WaitForAsync();
        await page.ChooseAsync("Person", "Guest of Ben");
        await page.UntilAsync("() => [...document.querySelectorAll('[data-edit]')].map(e => e.dataset.edit).join() === '3,2'");
        Assert.Contains("by=", page.Url);
        await page.ChooseAsync("Person", "everybody");
        await page.Locator("[data-edit='1']").WaitForAsync();

        // As it was after the first edit: one site, not yet confirmed, and nothing that could be changed.
        await page.GetByLabel("Show as it was after edit 1").ClickAsync();
        await page.GetByText("the annotations after edit 1").WaitForAsync();
        await page.UntilAsync("() => window.dendrite?.sites.length === 1 && dendrite.sites[0].status === 'proposed'");
        await page.UntilAsync("() => location.search.includes('revision=1')");
        Assert.Equal(0, await page.Locator(".link-notice").CountAsync());

        // Its figure is of then too.
        await page.EvaluateAsync("() => dendrite.focusPane()");
        await page.Keyboard.PressAsync("p");
        var figure = page.GetByRole(AriaRole.Dialog, new() { Name = "Figure" });
        await figure.Locator("img[src*='revision=1']").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await figure.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.False(await page.EvaluateAsync<bool>(
            "() => dendrite.connection.invoke('AddSite', 60, 60, 60).then(() => true, () => false)"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore N1" }).ClickAsync();
        await page.GetByLabel("What changes").GetByText("confirmed").First.WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore", Exact = true }).ClickAsync();
        await page.GetByText("N1 is now as edit 1 left it.").WaitForAsync();
        await guest.UntilAsync("() => dendrite.sites.some(s => s.label === 'N1' && s.status === 'proposed')");

        // Back to now, with the view; and the restoring itself is taken back in the history.
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to now" }).ClickAsync();
        await page.UntilAsync("() => window.dendrite?.sites.length === 2 && !location.search.includes('revision')");
        await page.GetByRole(AriaRole.Link, new() { Name = "History", Exact = true }).ClickAsync();
        await page.GetByLabel("Undo edit 4").ClickAsync();
        await page.Locator("[data-edit='5']").GetByText("undid “restore N1”").WaitForAsync();
        await guest.UntilAsync("() => dendrite.sites.some(s => s.label === 'N1' && s.status === 'confirmed')");

        // A guest of a link sees neither the history nor an earlier state.
        await guest.GotoAsync($"{server.Address}/d/{Dataset}/history");
        await guest.GetByText("whose history is open to you").WaitForAsync();
        await guest.GotoAsync($"{server.Address}/d/{Dataset}?revision=1");
        await guest.GetByText("This earlier state is not open").WaitForAsync();
        Assert.Empty(browser.Errors);
    }
}
