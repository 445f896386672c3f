using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Sites as two tabs write them, as a restarted server finds them, and as files bring them in.</summary>
public sealed class SitesJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [Fact]
    public async Task TypedText_WhileAnotherTabSavesAndTheServerIsKilled_IsNeverLost()
    {
        await using var server = await StartAsync();
        var left = await OpenAsync(server, await browser.NewPageAsync());
        await left.AddSiteAsync(90, 90, 90);
        await left.UntilAsync("() => dendrite.sites.length === 1");
        var right = await OpenAsync(server, await left.Context.NewPageAsync());
        await SelectAsync(left);
        await SelectAsync(right);

        // What the right tab types stays when the left one saves; left, it shows both, and both are kept.
        await Note(right).PressSequentiallyAsync("right is writing");
        await right.Locator(".site .draft-kept").Last.WaitForAsync();
        await Note(left).FillAsync("left saved");
        await Note(left).PressAsync("Tab");
        await right.Locator(".sites .error").GetByText("left saved").WaitForAsync();
        Assert.Equal("right is writing", await Note(right).InputValueAsync());
        await Note(right).PressSequentiallyAsync(" and goes on");
        await Note(right).PressAsync("Tab");
        await right.GetByText("Nothing is lost: choose one").WaitForAsync();
        Assert.Equal("left saved", await left.EvaluateAsync<string>("() => dendrite.sites[0].note"));
        await right.GetByRole(AriaRole.Button, new() { Name = "Keep both" }).ClickAsync();
        await left.UntilAsync("() => dendrite.sites[0].note === 'left saved\\nright is writing and goes on'");
        await left.UntilAsync("() => document.querySelector('.site textarea').value.endsWith('goes on')");
        await right.UntilAsync("() => !Object.keys(localStorage).some(k => k.startsWith('draft:'))");
        await left.CloseAsync();

        // A reload and a killed server leave the text in its field, marked; what was left meanwhile is saved when a server is there again.
        await Note(right).FillAsync("typed before a reload");
        await right.ReloadAsync();
        await right.UntilAsync("() => document.querySelector('.site textarea')?.value === 'typed before a reload'");
        await right.EvaluateAsync("async () => { await dendrite.siteMarks.begin(); }");
        await Note(right).PressAsync("End");
        await Note(right).PressSequentiallyAsync(", and before the server died");
        await server.KillAsync();
        await Note(right).PressSequentiallyAsync(", and after");
        await Note(right).PressAsync("Tab");
        await right.EvaluateAsync("() => { window.isBefore = true; }");
        await server.RestartAsync();

        // The page loads itself again, since the server has forgotten it.
        await right.UntilAsync("() => !window.isBefore && window.dendrite?.scene");
        const string all = "typed before a reload, and before the server died, and after";
        await right.UntilAsync("t => dendrite.sites[0]?.note === t", all);
        await right.UntilAsync("t => document.querySelector('.site textarea')?.value === t", all);
        await right.UntilAsync("() => !document.querySelector('[data-unsaved]')");
        await right.UntilAsync("() => !Object.keys(localStorage).some(k => /^(draft|edit):/.test(k))");
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task File_BroughtIn_IsPreviewedByLineAndTakenBackByThePageThatDidItAlone()
    {
        await using var server = await StartAsync();
        var page = await OpenAsync(server, await browser.NewPageAsync());
        var other = await OpenAsync(server, await page.Context.NewPageAsync());
        await page.AddSiteAsync(90, 90, 90);
        await other.AddSiteAsync(95, 90, 90);
        await page.UntilAsync("() => dendrite.sites.length === 2 && dendrite.steps.done.at(-1)?.isSite");

        // Ctrl+Z takes back what this tab did, not what the other one did after it.
        await page.Locator("[data-pane='1']").FocusAsync();
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.sites.length === 1 && dendrite.sites[0].zUm === 95");

        var site = await page.EvaluateAsync<JsonElement>("() => dendrite.sites[0]");
        var csv = "id,note,z_um,y_um,x_um,hours,status\n"
            + $"{site.GetProperty("id").GetString()},from the file,95,90,90,0,confirmed\n"
            + "fresh,new,80,90,90,0,\nfar,out,9000,90,90,0,\nbad,wrong,here,90,90,0,\n";
        await page.GetByRole(AriaRole.Button, new() { Name = "Import…" }).ClickAsync();
        var dialog = page.Locator(".mud-dialog");
        await dialog.Locator("input[type=file]").ChooseFileAsync(
            new FilePayload { Name = "sites.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(csv) });
        foreach (var said in new[] { "1 added", "1 changed", "2 wrong" })
        {
            await dialog.Locator(".import-counts span", new() { HasText = said }).WaitForAsync();
        }

        await dialog.GetByText("outside the scans").WaitForAsync();
        Assert.Equal(1, await page.EvaluateAsync<int>("() => dendrite.sites.length"));
        await dialog.GetByLabel("Leave out the 2 wrong lines").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Import 2 sites" }).ClickAsync();
        await other.UntilAsync("() => dendrite.sites.length === 2 && dendrite.sites.some(s => s.note === 'from the file')");

        // One step takes all of it back.
        await page.Locator(".mud-snackbar").GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await other.UntilAsync("() => dendrite.sites.length === 1 && dendrite.sites[0].status === 'proposed'");
        Assert.Empty(browser.Errors);
    }

    private static ILocator Note(IPage page) => page.Locator(".site textarea").First;

    private static async Task SelectAsync(IPage page)
    {
        await page.EvaluateAsync("() => dendrite.patch({ selected: dendrite.sites[0].id })");
        await Note(page).WaitForAsync();
    }

    private static async Task<IPage> OpenAsync(AppServer server, IPage page)
    {
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await page.Locator(".sites").WaitForAsync();
        return page;
    }

    private async Task<AppServer> StartAsync()
    {
        await browser.BeginAsync();
        var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        return server;
    }
}
