using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Every screen at both sizes and in both themes, for people to look at: of the phantom, analysed and marked, and the viewer on scans that
/// DENDRITE_SCANS names (paths that `dendrite ingest` takes, apart by colons).
/// </summary>
public sealed class ScreenPictures(Browser browser) : IClassFixture<Browser>
{
    private const string Phantom = "/d/li-li3ps4-li-phantom-0-8-ma-cm2";
    private const string SomeView = "?v=1&t=3.2&m=projection&cam=35,24,0,0,0,0";

    private const string MarkSites =
        """
        async () => {
          if (!dendrite.sites.length)
            for (const p of [[136.7, 151.1, 147.9], [138.2, 46.6, 94.1], [127.1, 112.8, 131.1]]) await dendrite.call('AddSite', ...p);
        }
        """;

    private static readonly (string Name, string Path)[] s_pages =
        [("catalog", "/"), ("import", "/import"), ("jobs", "/jobs"), ("people", "/people"), ("not-found", "/nothing")];

    private static readonly string[] s_panels = ["Display", "Sites", "Measure", "Analysis"];

    private string _folder = "";

    [OnRequestFact("DENDRITE_SCREENS")]
    [Trait("Category", "Pictures")]
    public async Task TakeScreens()
    {
        _folder = Directory.CreateDirectory(Environment.GetEnvironmentVariable("DENDRITE_SCREENS")!).FullName;
        await using var server = await AppServer.StartAsync(demo: true);
        await server.CliAsync("phantom", Path.Combine(server.Folder, "cell"));
        await server.CliAsync("ingest", Path.Combine(server.Folder, "cell"), "--store", Path.Combine(server.Folder, "data/store"));
        var scans = (Environment.GetEnvironmentVariable("DENDRITE_SCANS") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var store = Path.Combine(server.Folder, "data/store");
        foreach (var scan in scans)
        {
            await server.CliAsync("ingest", scan, "--store", store, "--dataset", IdOf(scan), "--hours", "0", "--voxel-um", "1");
        }

        await PrepareAsync(server);
        foreach (var (width, height, size) in new[] { (1440, 900, "wide"), (390, 844, "phone") })
        {
            foreach (var theme in new[] { "dark", "light" })
            {
                var page = await browser.NewPageAsync(width, height);
                await page.AddInitScriptAsync($"localStorage.setItem('theme', '{theme}')");
                var look = $"{size}-{theme}";
                foreach (var (name, path) in s_pages)
                {
                    await page.GotoAsync(server.Address + path);
                    await page.WaitForSelectorAsync("h1");
                    await TakeAsync(page, $"{name}-{look}");
                }

                await page.GotoAsync(server.Address + "/report/li-li3ps4-li-phantom-0-8-ma-cm2?modality=projection");
                await page.WaitForSelectorAsync("h1");
                await TakeAsync(page, $"report-{look}");
                foreach (var panel in s_panels)
                {
                    await ViewAsync(page, server, Phantom + SomeView);
                    await OpenAsync(page, panel);
                    await TakeAsync(page, $"viewer-{panel.ToLowerInvariant()}-{look}");
                }

                await ViewAsync(page, server, Phantom + SomeView + "&compare=swipe,0");
                await TakeAsync(page, $"viewer-swipe-{look}");
                foreach (var scan in scans)
                {
                    await ViewAsync(page, server, "/d/" + IdOf(scan));
                    await TakeAsync(page, $"scan-{IdOf(scan)}-{look}");
                }

                await page.Context.CloseAsync();
            }
        }
    }

    // Runs the analysis and marks sites, so that no panel is empty.
    private async Task PrepareAsync(AppServer server)
    {
        var page = await browser.NewPageAsync();
        await ViewAsync(page, server, Phantom + SomeView);
        await page.EvaluateAsync(MarkSites);
        await OpenAsync(page, "Analysis");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Nucleation sites" }).WaitForAsync(new() { Timeout = 180_000 });
        await page.Context.CloseAsync();
    }

    private static async Task ViewAsync(IPage page, AppServer server, string path)
    {
        await page.GotoAsync(server.Address + path);
        await page.ExactAsync();
    }

    private static async Task OpenAsync(IPage page, string panel)
    {
        var tab = page.GetByRole(AriaRole.Tab, new() { Name = panel });
        await tab.ClickAsync();
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.panel === 'open'");
    }

    private async Task TakeAsync(IPage page, string name)
    {
        await page.WaitForTimeoutAsync(700);
        await page.ScreenshotAsync(new() { Path = Path.Combine(_folder, name + ".png") });
    }

    private static string IdOf(string scan) => Path.GetFileName(scan.TrimEnd('/')).Split('.')[0].ToLowerInvariant().Replace('_', '-');
}
