using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Every page and dialog in both themes, and on a phone in the dark one, looked at by axe-core: nothing serious or critical (contrast,
/// names, roles, focus), and nothing in the browser's console. What people wrote there is markup with a script, which stays text. On a
/// phone nothing has to be scrolled sideways either, and targets are 44 pixels high.
/// </summary>
public sealed class AccessibilityJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    // Of the viewer of a phantom: display, sites, measurements, analysis, cell and comments.
    private const int Panels = 6;

    // An element that would run a script if it ever became one; short enough for a label.
    private const string Markup = "<img src=x onerror=scripted=1>";

    // Whatever has to be pushed sideways to be read, and by how much.
    private const string Sideways =
        """
        () => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1
            && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))
          .map(e => `${e.tagName} ${e.className} is ${e.scrollWidth - e.clientWidth} pixels wider than its place`)
        """;

    // What a finger is meant to meet and is lower than 44 pixels; where the whole row of a table answers, its height counts.
    private const string Small =
        """
        () => [...document.querySelectorAll('.panel, .mud-dialog')].flatMap(place =>
            [...place.querySelectorAll('button, [role=tab], .mud-chip, .mud-input-outlined > .mud-input-slot')])
          .filter(e => e.checkVisibility() && !e.closest('.plot-area, [aria-hidden=true]'))
          .map(e => [e, (e.closest('tbody tr') ?? e).getBoundingClientRect()]).filter(([, r]) => r.height && r.height < 43.5)
          .map(([e, r]) => `${e.getAttribute('aria-label') ?? e.textContent} (${e.className}) is ${r.height} pixels high`)
        """;

    private readonly List<string> _findings = [];
    private readonly string _axe = File.ReadAllText(Path.Combine(AppServer.Repository, "node_modules/axe-core/axe.min.js"));

    [Fact]
    public async Task EveryPage_InBothThemes_HasNoSeriousFinding()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync();
        var cell = Path.Combine(server.Folder, "beamline/cell");
        await PhantomStores.CopyScansAsync(new PhantomCell(64, 3, "0,1.5,3.2"), cell);
        var page = await browser.NewPageAsync();
        page.Console += (_, m) =>
        {
            // The address that is not there is asked for on purpose.
            if (m.Type == "error" && !m.Text.Contains("404", StringComparison.Ordinal))
            {
                _findings.Add($"console of {page.Url}: {m.Text}");
            }
        };

        foreach (var path in new[] { "/account/setup", "/account/login", "/account/denied", "/gone", "/gone?why=deleted", "/oops" })
        {
            await page.GotoAsync(server.Address + path);
            await LookAsync(page, path);
        }

        await page.BecomeAdministratorAsync(server);
        await page.GetByText("No datasets yet").WaitForAsync();
        await LookAsync(page, "empty catalog");
        await AppServer.CliAsync("ingest", cell, "--store", Path.Combine(server.Folder, "data/store"));
        await page.Locator(".card h2").WaitForAsync();
        await PrepareAsync(page, server);
        await LookAtPagesAsync(page, server);
        await LookAtImportAsync(page, server);
        await LookAtViewerAsync(page, server);

        await page.SetViewportSizeAsync(390, 844);
        await LookAtPhoneAsync(page, server);
        Assert.True(_findings.Count == 0, string.Join('\n', _findings.Distinct()));
        Assert.Empty(browser.Errors);
    }

    // A site, another person and an analysis: lists with something in them. Names, notes and labels are markup.
    private static async Task PrepareAsync(IPage page, AppServer server)
    {
        await page.GotoAsync(server.Address + "/admin/people");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync(Markup);
        await page.GetByLabel("E-mail").FillAsync("ben@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make account" }).ClickAsync();
        await page.GetByText("first password").WaitForAsync();
        await page.GotoAsync(server.Address + "/groups");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync(Markup);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make group" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "People in" }).WaitForAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.AddSiteAsync(90, 90, 90);
        await WriteMarkupAsync(page);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Nucleation sites" }).WaitForAsync(new() { Timeout = 120_000 });
    }

    private static async Task WriteMarkupAsync(IPage page)
    {
        var refused = await page.EvaluateAsync<string[]>(
            """
            async ([id, text]) => {
              const at = `/api/datasets/${id}`, refused = [];
              async function send(method, path, body, headers = {}, file = null) {
                const answer = await fetch(at + path, { method, body: file ?? JSON.stringify(body), headers });
                if (!answer.ok) refused.push(`${method} ${path}: ${await answer.text()}`);
              }
              const tag = (await fetch(at)).headers.get('ETag'), where = { hours: 0, modality: 'projection' };
              await send('PATCH', '', { name: text, description: text, tags: [text], sample: text, operator: text, instrument: text,
                custom: { [text]: text } }, { 'If-Match': tag });
              await send('POST', '/sites', [{ label: text, note: text, author: text, zUm: 80, yUm: 90, xUm: 90, ...where }]);
              const schema = await (await fetch(at + '/annotations/schema')).json();
              await send('PUT', '/annotations/schema', { version: schema.version, labels: [{ id: 'seen', name: text, color: '#77aadd' }] },
                { 'Content-Type': 'application/json' });
              await send('POST', '/cell/files?kind=impedance&name=' + encodeURIComponent(text + '.csv'), null, {},
                'freq/Hz,Re/Ohm,Im/Ohm\n' + Array.from({ length: 30 }, (_, i) => {
                  const f = 10 ** (5 - i / 5), x = 2 * Math.PI * f * 2e-4;
                  return `${f},${5 + 20 / (1 + x * x)},${-20 * x / (1 + x * x)}\n`;
                }).join(''));
              await send('POST', '/measurements', { kind: 'ruler', label: text, pointsUm: [[60, 60, 60], [60, 90, 90]], ...where });
              return refused;
            }
            """, new[] { Id, Markup });
        Assert.Empty(refused);
    }

    private async Task LookAtPagesAsync(IPage page, AppServer server)
    {
        await page.GotoAsync(server.Address + "/");
        await page.Locator(".card h2").WaitForAsync();
        await LookAsync(page, "catalog");
        await page.GetByRole(AriaRole.Button, new() { Name = "Jobs", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog, new() { Name = "Latest jobs" }).WaitForAsync();
        await LookAsync(page, "job tray");
        await page.Keyboard.PressAsync("Escape");
        foreach (var (item, dialog) in new[] { ("Name, tags and notes…", "Name, tags and notes"), ("Delete…", "Delete the dataset") })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "More of" }).ClickAsync();
            await page.GetByText(item, new() { Exact = true }).ClickAsync();
            var box = page.GetByRole(AriaRole.Dialog, new() { Name = dialog });
            await box.WaitForAsync();
            await LookAsync(page, dialog);
            await box.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
            await box.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        }

        foreach (var (path, heading) in new[]
        {
            ("/admin/people", "People"), ("/groups", "Groups"), ("/tokens", "Access tokens"), ("/jobs", "Jobs"),
            ("/account/password", "Change your password"),
            ("/nowhere", "There is no such page"),
            ("/d/nothing", "No such dataset"), ($"/report/{Id}?modality=none", "No report"),
            ($"/report/{Id}", "Voids by depth"),
        })
        {
            await page.GotoAsync(server.Address + path);
            await page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true }).First.WaitForAsync();
            await LookAsync(page, path);
        }

    }

    private async Task LookAtImportAsync(IPage page, AppServer server)
    {
        await page.GotoAsync(server.Address + "/import");
        await page.GetByRole(AriaRole.Button, new() { Name = "Browse" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Open " + Path.Combine(server.Folder, "beamline") }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Open cell" }).WaitForAsync();
        await LookAsync(page, "import, folders");
        await page.GetByLabel("File or folder on the server").FillAsync(Path.Combine(server.Folder, "beamline/cell/projection/t0.0"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Import as" }).WaitForAsync();
        await LookAsync(page, "import, a scan");
        await page.GetByLabel("File or folder on the server").FillAsync(Path.Combine(server.Folder, "beamline/cell/projection"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByText("3 scans").WaitForAsync();
        await LookAsync(page, "import, a folder of scans");
        await LookAtImportOfACellAsync(page, server);
        await LookAsync(page, "import, a described dataset");
    }

    private static async Task LookAtImportOfACellAsync(IPage page, AppServer server)
    {
        await page.GotoAsync(server.Address + "/import");
        await page.GetByLabel("File or folder on the server").FillAsync(Path.Combine(server.Folder, "beamline/cell"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Scans to import" }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start import" }).WaitForAsync();
    }

    private async Task LookAtViewerAsync(IPage page, AppServer server)
    {
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await LookAtPanelsAsync(page, "");

        // The cell's tab opens on its series.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Cell", Exact = true }).ClickAsync();
        foreach (var (section, text) in new[] { ("Impedance", Markup), ("Spectra", "No spectra yet") })
        {
            await page.Locator(".cell-panel .mud-toggle-item").Filter(new() { HasText = section }).ClickAsync();
            await page.Locator(".cell-panel").GetByText(text).First.WaitForAsync();
            await LookAsync(page, $"viewer, cell, {section}");
        }

        await LookAtDialogsAsync(page, "", name => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync());
    }

    // The panels come with the circuit, after the pictures, and each with what it reads.
    private async Task LookAtPanelsAsync(IPage page, string where)
    {
        await page.ExactAsync();
        var tabs = page.Locator(".panel").GetByRole(AriaRole.Tab);
        await tabs.Nth(Panels - 1).WaitForAsync();
        foreach (var tab in await tabs.AllAsync())
        {
            await tab.ClickAsync();
            await page.UntilAsync(
                """
                tab => tab.getAttribute('aria-selected') === 'true' && document.documentElement.dataset.panel === 'open'
                  && document.querySelector('.panel .panel-content')?.innerText.trim() && !document.querySelector('.panel .mud-skeleton')
                """, await tab.ElementHandleAsync());
            await LookAsync(page, $"viewer, {await tab.InnerTextAsync()}{where}");
        }
    }

    private async Task LookAtDialogsAsync(IPage page, string where, Func<string, Task> open)
    {
        foreach (var (button, dialog, tabs) in new[]
        {
            ("Share", "Share this view", 0), ("Data", "The dataset as data", 4), ("Figure", "Figure", 0),
        })
        {
            await open(button);
            var box = page.GetByRole(AriaRole.Dialog, new() { Name = dialog });
            await box.WaitForAsync();
            for (var i = 0; i < tabs; i++)
            {
                var tab = box.GetByRole(AriaRole.Tab).Nth(i);
                await tab.ClickAsync();
                await page.UntilAsync("tab => tab.getAttribute('aria-selected') === 'true'", await tab.ElementHandleAsync());
                await LookAsync(page, $"{dialog}, {await tab.InnerTextAsync()}{where}");
            }

            if (dialog == "Figure")
            {
                await box.GetByAltText("The figure as it will be saved").WaitForAsync();
            }

            if (button == "Share" && where.Length == 0)
            {
                await box.GetByLabel("Name of the link").FillAsync(Markup);
                await box.GetByRole(AriaRole.Button, new() { Name = "Make link" }).ClickAsync();
                await box.GetByLabel("The link", new() { Exact = true }).WaitForAsync();
            }

            await LookAsync(page, $"{dialog}{where}");
            await box.GetByRole(AriaRole.Button, new() { Name = "Close" }).First.ClickAsync();
            await box.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        }

        await open("Bookmarks");
        var bookmarks = page.GetByRole(AriaRole.Dialog, new() { Name = "Bookmarks" });
        await bookmarks.GetByLabel("Name", new() { Exact = true }).First.FillAsync(Markup);
        await bookmarks.GetByRole(AriaRole.Button, new() { Name = "Save this view" }).ClickAsync();
        await bookmarks.Locator(".bookmark-open").First.WaitForAsync();
        await LookAsync(page, $"bookmarks{where}");
        await bookmarks.GetByRole(AriaRole.Button, new() { Name = "Close" }).First.ClickAsync();
        await bookmarks.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    // What is another on a phone: pages in one column, panels as sheets, actions in a menu. Colours are the theme's, as above.
    private async Task LookAtPhoneAsync(IPage page, AppServer server)
    {
        foreach (var path in new[] { "/", "/import", "/jobs", "/admin/people", $"/report/{Id}" })
        {
            await page.GotoAsync(server.Address + path);
            await page.GetByRole(AriaRole.Heading).First.WaitForAsync();
            await LookAsync(page, $"{path} on a phone");
        }

        await LookAtImportOfACellAsync(page, server);
        await LookAsync(page, "import, a described dataset on a phone");
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await LookAtPanelsAsync(page, " on a phone");

        // The sheet's open tab closes it.
        await page.GetByRole(AriaRole.Tab).Last.ClickAsync();
        await LookAtDialogsAsync(page, " on a phone", async name =>
        {
            if (name == "Share")
            {
                await page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
                return;
            }

            await page.GetByRole(AriaRole.Button, new() { Name = "More", Exact = true }).ClickAsync();
            var item = page.GetByRole(AriaRole.Menuitem, new() { Name = name, Exact = true });
            await item.WaitForAsync();
            await LookAsync(page, "menu on a phone");
            await item.ClickAsync();
        });
    }

    // In both themes where it stands: full in the dark, and the rules of colours in the light, in which nothing else is another.
    private async Task LookAsync(IPage page, string where)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await CheckAsync(page, $"{where}, dark", onlyColors: false);
        if (where.EndsWith("on a phone", StringComparison.Ordinal))
        {
            foreach (var rule in new[] { Sideways, Small })
            {
                _findings.AddRange((await page.EvaluateAsync<string[]>(rule)).Select(found => $"{where}: {found}"));
            }
        }
        else
        {
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await CheckAsync(page, $"{where}, light", onlyColors: true);
        }
    }

    // Evaluated rather than added as an element, since the page's policy lets no script of others in.
    private async Task CheckAsync(IPage page, string where, bool onlyColors)
    {
        await page.UntilAsync("theme => document.documentElement.dataset.theme === theme", onlyColors ? "light" : "dark");

        // What fades in has less contrast until it is there.
        await page.EvaluateAsync(
            """
            () => Promise.all(document.getAnimations().filter(a => a.effect?.getComputedTiming().iterations !== Infinity)
              .map(a => a.finished.catch(() => {})))
            """);
        if (await page.EvaluateAsync<bool>("() => 'scripted' in window || document.querySelector('[onerror], [src=x]') !== null"))
        {
            _findings.Add($"{where}: what somebody wrote became an element.");
        }

        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(_axe);
        }

        var found = await page.EvaluateAsync<string[]>(
            """
            async onlyColors => (await axe.run(document, {
              resultTypes: ['violations'],
              ...(onlyColors ? { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } } : {}),
            })).violations
              .filter(v => v.impact === 'serious' || v.impact === 'critical')
              .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')} ${n.html.slice(0, 160)} `
                + (n.any[0]?.message ?? n.all[0]?.message ?? v.help)))
            """, onlyColors);
        _findings.AddRange(found.Select(f => $"{where}: {f}"));
    }
}
