using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Long work: asked for in the viewer, seen in the list of jobs, outliving the server.</summary>
public sealed class JobsJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task AnAnalysis_WhoseServerIsKilled_IsFinishedByTheNext()
    {
        browser.Errors.Clear();
        await using var server = await AppServer.StartAsync(demo: true);
        await server.CliAsync("phantom", Path.Combine(server.Folder, "cell"), "--size", "160", "--voxel-um", "1.6", "--hours", "0,1,2,3");
        await server.CliAsync("ingest", Path.Combine(server.Folder, "cell"), "--store", Path.Combine(server.Folder, "data/store"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync(server.Address + "/d/li-li3ps4-li-phantom-0-8-ma-cm2");
        await page.ExactAsync();
        var jobs = await browser.NewPageAsync();
        await jobs.GotoAsync(server.Address + "/jobs");
        await jobs.GetByText("Nothing was asked for yet").WaitForAsync();

        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        await jobs.Locator(".job.running progress").WaitForAsync();
        await server.RestartAsync();

        await jobs.GotoAsync(server.Address + "/jobs");
        await jobs.Locator(".job.done").WaitForAsync(new() { Timeout = 60_000 });
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
