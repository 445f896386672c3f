using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A view that somebody keeps: saved, opened, changed, shared and deleted, by pointer, by keys and on a phone.</summary>
public sealed class BookmarksJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Phantom = "/d/li-li3ps4-li-phantom-0-8-ma-cm2";

    [Fact]
    public async Task Bookmark_OfAView_IsSavedOpenedUndoneRenamedReplacedCopiedAndDeleted()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        var page = await browser.NewPageAsync();
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.GotoAsync(server.Address + Phantom);
        await page.ExactAsync();
        var box = page.GetByRole(AriaRole.Dialog, new() { Name = "Bookmarks" });

        // A key that two rows of the table have would do what the first says, unless that says when it holds.
        Assert.Empty(await page.EvaluateAsync<string[]>(
            "() => Object.values(Object.groupBy(dendrite.keys.table.filter(k => !k.when), k => `${k.key.toLowerCase()}${k.shift ?? ''}`))"
            + ".filter(g => g.length > 1).map(g => g.map(k => k.does).join(' and '))"));

        // By keys alone: nothing there yet, then the view is saved.
        const string Kept = "() => dendrite.patch({ hours: 1.5, focus: [60, 70, 80], window: [5000, 20000], maximized: 'z' })";
        await page.ChangedAsync(() => page.EvaluateAsync(Kept));
        await page.Locator("[data-pane='0']").FocusAsync();
        await page.Keyboard.PressAsync("h");
        await box.GetByText("No bookmarks of this dataset yet").WaitForAsync();
        await page.DialogHasFocusAsync();
        await box.GetByLabel("Name", new() { Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("Dendrite at the rim");
        Assert.Equal("Dendrite at the rim", await box.GetByLabel("Name", new() { Exact = true }).InputValueAsync());
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("Grows along the crack.");
        await box.GetByLabel("Name", new() { Exact = true }).PressAsync("Enter");
        var open = box.GetByRole(AriaRole.Button, new() { Name = "Open Dendrite at the rim" });
        await open.WaitForAsync();
        await page.UntilAsync("() => document.querySelector('.bookmark img').naturalWidth > 0");
        await page.Keyboard.PressAsync("Escape");
        await box.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        // Another view, then the bookmark: one step, which Ctrl+Z takes back.
        await page.ChangedAsync(() => page.EvaluateAsync(
            "() => dendrite.patch({ hours: 0, focus: [90, 90, 90], window: [0, 60000], maximized: null })"));
        var steps = await page.EvaluateAsync<int>("() => dendrite.steps.done.length");
        await OpenAsync(page);
        await open.ClickAsync();
        await page.UntilAsync(
            "() => dendrite.view.hours === 1.5 && dendrite.view.focus[2] === 80 && dendrite.view.maximized === 'z'");
        Assert.Equal(20000, await page.EvaluateAsync<double>("() => dendrite.view.window[1]"));
        Assert.Equal(steps + 1, await page.EvaluateAsync<int>("() => dendrite.steps.done.length"));
        await box.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.Locator("[data-pane='0']").FocusAsync();
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.view.hours === 0 && dendrite.view.window[1] === 60000");

        // Renamed and shared, a link to it, replaced by the present view, deleted and brought back.
        await OpenAsync(page);
        await MoreAsync(page, "Rename, note, sharing");
        var form = box.Locator(".bookmark form");
        await form.GetByLabel("Name", new() { Exact = true }).FillAsync("At the rim");
        await form.GetByText("Everybody who may see").ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "Keep" }).ClickAsync();
        await box.Locator(".bookmark-facts").GetByText("shared").WaitForAsync();
        await MoreAsync(page, "Copy link");
        await page.GetByText("The link is copied").WaitForAsync();
        var link = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.StartsWith(server.Address + Phantom + "?v=1&t=1.5", link, StringComparison.Ordinal);
        await MoreAsync(page, "Replace by the present view");
        await page.GetByText("keeps the present view now").WaitForAsync();
        await MoreAsync(page, "Delete");
        await box.GetByText("No bookmarks of this dataset yet").WaitForAsync();
        await page.Locator(".mud-snackbar").Filter(new() { HasText = "is deleted" })
            .GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await box.GetByText("At the rim", new() { Exact = true }).WaitForAsync();

        // On a phone, and by the link that was copied before.
        var phone = await browser.NewPageAsync(390, 844);
        await phone.GotoAsync(link);
        await phone.ExactAsync();
        Assert.Equal(1.5, await phone.EvaluateAsync<double>("() => dendrite.view.hours"));
        await phone.GetByRole(AriaRole.Button, new() { Name = "More", Exact = true }).ClickAsync();
        await phone.GetByText("Bookmarks", new() { Exact = true }).ClickAsync();
        await phone.GetByRole(AriaRole.Button, new() { Name = "Open At the rim" }).ClickAsync();
        await phone.UntilAsync("() => dendrite.view.hours === 0");
        Assert.Empty(browser.Errors);
    }

    private static async Task OpenAsync(IPage page)
    {
        await page.Locator("[data-opens=bookmarks]").ClickAsync();
        await page.Locator(".bookmark-open").First.WaitForAsync();
    }

    private static async Task MoreAsync(IPage page, string item)
    {
        await page.Locator(".bookmark .mud-menu button").First.ClickAsync();
        await page.Locator(".mud-popover-open").GetByText(item, new() { Exact = true }).ClickAsync();
    }
}
