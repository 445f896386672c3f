using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Every screen at both sizes and in both themes, for people to look at: of the phantom, analysed and marked, as an administrator sees it,
/// and the viewer on scans that DENDRITE_SCANS names (paths that `dendrite ingest` takes, apart by colons; a folder with a dataset.json is
/// taken as that says, anything else as one scan at 0 h with voxels of 1 µm).
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
    [
        ("catalog", "/"), ("import", "/import"), ("jobs", "/jobs"), ("people", "/people"), ("password", "/account/password"),
        ("not-found", "/nothing"), ("no-dataset", "/d/nothing"),
    ];

    private static readonly (string Name, string Path)[] s_doors =
        [("setup", "/account/setup"), ("login", "/account/login"), ("denied", "/account/denied"), ("gone", "/gone"), ("oops", "/oops")];

    private static readonly string[] s_panels = ["Display", "Sites", "Measure", "Analysis"];

    private string _folder = "";

    [OnRequestFact("DENDRITE_SCREENS")]
    [Trait("Category", "Pictures")]
    public async Task TakeScreens()
    {
        _folder = Directory.CreateDirectory(Environment.GetEnvironmentVariable("DENDRITE_SCREENS")!).FullName;
        await using var server = await AppServer.StartAsync();
        await TakeDoorsAsync(server);
        await AppServer.CliAsync("phantom", Path.Combine(server.Folder, "cell"));
        await AppServer.CliAsync("ingest", Path.Combine(server.Folder, "cell"), "--store", Path.Combine(server.Folder, "data/store"));
        var scans = (Environment.GetEnvironmentVariable("DENDRITE_SCANS") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var store = Path.Combine(server.Folder, "data/store");
        foreach (var scan in scans)
        {
            string[] asOne = File.Exists(Path.Combine(scan, "dataset.json"))
                ? [] : ["--dataset", IdOf(scan), "--hours", "0", "--voxel-um", "1"];
            await AppServer.CliAsync(["ingest", scan, "--store", store, .. asOne]);
        }

        var signedIn = await PrepareAsync(server);
        foreach (var (width, height, size) in new[] { (1440, 900, "wide"), (390, 844, "phone") })
        {
            foreach (var theme in new[] { "dark", "light" })
            {
                var page = await browser.NewPageAsync(width, height);
                page.SetDefaultTimeout(120_000);
                await page.Context.AddCookiesAsync(signedIn);
                await page.AddInitScriptAsync($"localStorage.setItem('theme', '{theme}')");
                var look = $"{size}-{theme}";
                foreach (var (name, path) in s_pages)
                {
                    await page.GotoAsync(server.Address + path);
                    await page.WaitForSelectorAsync("h1");
                    await page.UntilAsync(
                        "() => [...document.images].every(i => i.complete || i.getBoundingClientRect().top > innerHeight)");
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

                foreach (var way in new[] { "swipe", "side" })
                {
                    await ViewAsync(page, server, Phantom + SomeView + $"&compare={way},0");
                    await TakeAsync(page, $"viewer-{way}-{look}");
                }

                await TakeDialogsAsync(page, server, look, isPhone: width < 800);
                foreach (var scan in scans)
                {
                    await ViewAsync(page, server, "/d/" + IdOf(scan));
                    await TakeAsync(page, $"scan-{IdOf(scan)}-{look}");
                }

                await page.Context.CloseAsync();
            }
        }
    }

    // What is seen before somebody is signed in.
    private async Task TakeDoorsAsync(AppServer server)
    {
        foreach (var (width, height, size) in new[] { (1440, 900, "wide"), (390, 844, "phone") })
        {
            foreach (var theme in new[] { "dark", "light" })
            {
                var page = await browser.NewPageAsync(width, height);
                await page.AddInitScriptAsync($"localStorage.setItem('theme', '{theme}')");
                foreach (var (name, path) in s_doors)
                {
                    await page.GotoAsync(server.Address + path);
                    await page.WaitForSelectorAsync("h1");
                    await TakeAsync(page, $"{name}-{size}-{theme}");
                }

                await page.Context.CloseAsync();
            }
        }
    }

    // Makes two accounts, runs the analysis and marks sites, so that no panel is empty; gives the administrator's cookies.
    private async Task<Cookie[]> PrepareAsync(AppServer server)
    {
        var page = await browser.NewPageAsync();
        await page.BecomeAdministratorAsync(server);
        await page.Locator(".card h2").First.WaitForAsync();
        await page.GotoAsync(server.Address + "/people");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Ben");
        await page.GetByLabel("E-mail").FillAsync("ben@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make account" }).ClickAsync();
        await page.GetByText("first password").WaitForAsync();
        await ViewAsync(page, server, Phantom + SomeView);
        await page.EvaluateAsync(MarkSites);
        await OpenAsync(page, "Analysis");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Nucleation sites" }).WaitForAsync(new() { Timeout = 180_000 });
        var cookies = await page.Context.CookiesAsync();
        await page.Context.CloseAsync();
        return [.. cookies.Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path })];
    }

    private async Task TakeDialogsAsync(IPage page, AppServer server, string look, bool isPhone)
    {
        await ViewAsync(page, server, Phantom + SomeView);
        await TakeDialogAsync(page, "share", look, async () =>
            await page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync());
        await TakeDialogAsync(page, "figure", look, async () =>
        {
            await page.Keyboard.PressAsync("p");
            await page.GetByAltText("The figure as it will be saved").WaitForAsync();
        });
        await TakeDialogAsync(page, "bookmarks", look, async () =>
        {
            await page.Keyboard.PressAsync("h");
            await page.GetByRole(AriaRole.Button, new() { Name = "Save this view" }).ClickAsync();
            await page.Locator(".bookmark-open").First.WaitForAsync();
        });
        foreach (var tab in new[] { "Volume", "Surface", "Movie", "Check" })
        {
            await TakeDialogAsync(page, "data-" + tab.ToLowerInvariant(), look, async () =>
            {
                if (isPhone)
                {
                    await page.GetByRole(AriaRole.Button, new() { Name = "More", Exact = true }).ClickAsync();
                    await page.GetByRole(AriaRole.Menuitem, new() { Name = "Data", Exact = true }).ClickAsync();
                }
                else
                {
                    await page.GetByRole(AriaRole.Button, new() { Name = "Data", Exact = true }).ClickAsync();
                }

                await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
            });
        }

        await TakeDialogAsync(page, "keys", look, () => page.Keyboard.PressAsync("?"));
        await page.GotoAsync(server.Address + "/");
        await page.Locator(".card h2").First.WaitForAsync();
        foreach (var item in new[] { "Name, tags and notes…", "Delete…" })
        {
            await TakeDialogAsync(page, item.Split(',', '…')[0].ToLowerInvariant(), look, async () =>
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "More of Li/" }).ClickAsync();
                await page.GetByText(item, new() { Exact = true }).ClickAsync();
            });
        }

        if (!isPhone)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Jobs", Exact = true }).ClickAsync();
            await TakeAsync(page, $"tray-{look}");
        }
    }

    private async Task TakeDialogAsync(IPage page, string name, string look, Func<Task> open)
    {
        await open();
        var dialog = page.GetByRole(AriaRole.Dialog).Last;
        await dialog.WaitForAsync();
        await TakeAsync(page, $"dialog-{name}-{look}");
        await page.Keyboard.PressAsync("Escape");
        await dialog.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
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
        await page.UntilAsync("() => document.documentElement.dataset.panel === 'open'");
    }

    private async Task TakeAsync(IPage page, string name)
    {
        await page.WaitForTimeoutAsync(700);
        await page.ScreenshotAsync(new() { Path = Path.Combine(_folder, name + ".png") });
    }

    private static string IdOf(string scan) => Path.GetFileName(scan.TrimEnd('/')).Split('.')[0].ToLowerInvariant().Replace('_', '-');
}
