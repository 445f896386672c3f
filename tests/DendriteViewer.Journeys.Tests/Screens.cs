using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A screen that is looked at.</summary>
/// <param name="Name">What its pictures are called.</param>
/// <param name="OpenAsync">Brings a new page there, at a desk or on a phone.</param>
internal sealed record Screen(string Name, Func<IPage, bool, Task> OpenAsync);

/// <summary>The screens of the app, each reached from a new page.</summary>
internal static class Screens
{
    public const string Phantom = "/d/li-li3ps4-li-phantom-0-8-ma-cm2";
    public const string SomeView = "?v=1&t=3.2&m=projection&cam=35,24,0,0,0,0";

    /// <summary>What is seen before somebody is signed in, and before there is an account.</summary>
    public static IEnumerable<Screen> Doors(AppServer server) =>
    [
        Page(server, "setup", "/account/setup"), Page(server, "login", "/account/login"), Page(server, "forgot", "/account/forgot"),
        Page(server, "denied", "/account/denied"),
        Page(server, "gone", "/gone"), Page(server, "oops", "/oops"),
    ];

    /// <summary>What an administrator sees.</summary>
    public static IEnumerable<Screen> Inside(AppServer server) =>
    [
        Page(server, "catalog", "/"), Page(server, "import", "/import"), .. Imports(server), Page(server, "jobs", "/jobs"),
        Page(server, "people", "/admin/people"), Page(server, "password", "/account/password"),
        Page(server, "account", "/account"), Page(server, "second-factor", "/account/second-factor"),
        Page(server, "confirm", "/account/confirm"), Page(server, "tokens", "/tokens"), Page(server, "groups", "/groups"),
        .. from page in new[] { "datasets", "links", "storage", "sessions", "devices", "audit" }
           select Page(server, $"admin-{page}", $"/admin/{page}"),
        Page(server, "not-found", "/nothing"), Page(server, "schema", "/schema" + Phantom[2..]),
        Page(server, "no-dataset", "/d/nothing"), Page(server, "report", "/report" + Phantom[2..] + "?modality=projection"),
        Viewer(server, "viewer", Phantom + SomeView, (_, _) => Task.CompletedTask),
        .. from panel in new[] { "Display", "Sites", "Measure", "Analysis" }
           select Viewer(server, $"viewer-{panel.ToLowerInvariant()}", Phantom + SomeView, (page, _) => OpenPanelAsync(page, panel)),
        Viewer(server, "viewer-planes", Phantom + SomeView, async (page, _) =>
        {
            await OpenPanelAsync(page, "Display");
            await page.ScrollToAsync("section[aria-label=Planes]");
        }),
        Viewer(server, "viewer-mask", Phantom + SomeView, async (page, _) =>
        {
            await OpenPanelAsync(page, "Analysis");
            await page.GetByRole(AriaRole.Button, new() { Name = "Correct mask" }).ClickAsync();
            await page.UntilAsync("() => dendrite.tool === 'brush' && dendrite.brush");
            await page.ScrollToAsync(".mask-section");
        }),
        .. from way in new[] { "swipe", "side" }
           select Viewer(server, $"viewer-{way}", $"{Phantom}{SomeView}&compare={way},0", (_, _) => Task.CompletedTask),
        .. CellScreens.All(server), .. Dialogs(server),
    ];

    /// <summary>The viewer on other scans, with the display panel at a desk.</summary>
    public static IEnumerable<Screen> OfScans(AppServer server, IEnumerable<string> ids) =>
        from id in ids select Viewer(server, "scan-" + id, "/d/" + id, (_, _) => Task.CompletedTask);

    public static string IdOf(string scan) => Path.GetFileName(scan.TrimEnd('/')).Split('.')[0].ToLowerInvariant().Replace('_', '-');

    /// <summary>A screen of the viewer, with its exact pictures and its panels.</summary>
    public static Screen Viewer(AppServer server, string name, string path, Func<IPage, bool, Task> openAsync) =>
        new(name, async (page, isPhone) =>
        {
            await page.GotoAsync(server.Address + path);
            await page.ExactAsync();

            // The panels come with the circuit, after the pictures.
            await page.GetByRole(AriaRole.Tab, new() { Name = "Display" }).WaitForAsync();
            await openAsync(page, isPhone);
        });

    /// <summary>Scrolls a part of the page to the top of what it stands in.</summary>
    public static Task ScrollToAsync(this IPage page, string selector) =>
        page.Locator(selector).First.EvaluateAsync("e => e.scrollIntoView({ block: 'start' })");

    private static IEnumerable<Screen> Imports(AppServer server)
    {
        var beamline = Path.Combine(server.Folder, "beamline");
        async Task LookAtAsync(IPage page, string path)
        {
            await page.GotoAsync(server.Address + "/import");
            await page.GetByLabel("File or folder on the server").FillAsync(Path.Combine(beamline, path));
            await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Start import" }).WaitForAsync();
        }

        yield return new("import-browse", async (page, _) =>
        {
            await page.GotoAsync(server.Address + "/import");
            await page.GetByRole(AriaRole.Button, new() { Name = "Browse" }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Open " + beamline }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Take this folder" }).WaitForAsync();
        });
        yield return new("import-folder", async (page, _) =>
        {
            await LookAtAsync(page, "series");
            await page.GetByRole(AriaRole.Button, new() { Name = "Start import" }).ClickAsync();
            await page.GetByText("Give its hours of plating.").WaitForAsync();
        });
        yield return new("import-dataset", (page, _) => LookAtAsync(page, "cell"));
        yield return new("import-raw", (page, _) => LookAtAsync(page, "scan_30x20x10_uint16.raw"));
        yield return new("import-scan", (page, _) => LookAtAsync(page, "series/cell_0h.nrrd"));
    }

    private static IEnumerable<Screen> Dialogs(AppServer server)
    {
        Screen InViewer(string name, Func<IPage, bool, Task> openAsync) =>
            Viewer(server, "dialog-" + name, Phantom + SomeView, async (page, isPhone) =>
            {
                await openAsync(page, isPhone);
                await page.GetByRole(AriaRole.Dialog).Last.WaitForAsync();
            });

        yield return InViewer("share", (page, _) => page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync());
        yield return InViewer("figure", async (page, _) =>
        {
            await page.Keyboard.PressAsync("p");
            await page.GetByAltText("The figure as it will be saved").WaitForAsync();
        });
        yield return InViewer("bookmarks", async (page, _) =>
        {
            await page.Keyboard.PressAsync("h");
            await page.GetByRole(AriaRole.Button, new() { Name = "Save this view" }).ClickAsync();
            await page.Locator(".bookmark-open").First.WaitForAsync();
        });
        yield return InViewer("keys", (page, _) => page.Keyboard.PressAsync("?"));
        foreach (var tab in new[] { "Volume", "Surface", "Movie", "Check" })
        {
            yield return InViewer("data-" + tab.ToLowerInvariant(), async (page, isPhone) =>
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

        foreach (var (name, item) in new[] { ("describe", "Name, tags and notes…"), ("delete", "Delete…") })
        {
            yield return new("dialog-" + name, async (page, _) =>
            {
                await page.GotoAsync(server.Address + "/");
                await page.GetByRole(AriaRole.Button, new() { Name = "More of Li/Li3PS4/Li" }).ClickAsync();
                await page.GetByText(item, new() { Exact = true }).ClickAsync();
                await page.GetByRole(AriaRole.Dialog).WaitForAsync();
            });
        }

        yield return new("tray", async (page, isPhone) =>
        {
            await page.GotoAsync(server.Address + "/");
            await page.Locator(".card h2").First.WaitForAsync();
            if (isPhone)
            {
                // A phone has the page of jobs alone.
                return;
            }

            await page.GetByRole(AriaRole.Button, new() { Name = "Jobs", Exact = true }).ClickAsync();
        });
    }

    private static Screen Page(AppServer server, string name, string path) => new(name, async (page, _) =>
    {
        await page.GotoAsync(server.Address + path);
        await page.WaitForSelectorAsync("h1");
    });

    private static async Task OpenPanelAsync(IPage page, string panel)
    {
        await page.GetByRole(AriaRole.Tab, new() { Name = panel }).ClickAsync();
        await page.UntilAsync("() => document.documentElement.dataset.panel === 'open'");
    }
}
