using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Edits that a server does not take at once, or not at all, and lists that change while somebody looks at them.</summary>
public sealed class RefusedEditsJourney(Browser browser) : IClassFixture<Browser>
{
    private const string Id = PhantomCell.Id;

    [Fact]
    public async Task Edits_ThatAreTooManyTooLargeOrMissed_AreSentAgainRefusedOrAskedForUntilAllPagesAreEqual()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        var (page, other) = (await OpenAsync(server), await OpenAsync(server));

        // Too many: others of the same account spend what it has, until the page was told to wait.
        await page.EvaluateAsync("""
            async () => {
              const ops = n => JSON.stringify(Array.from({ length: 200 },
                (_, i) => ({ key: `spending-${n}-${i}`, do: 'delete', kind: 'nothing', id: 'x' })));
              window.isSpending = true;
              (async () => {
                for (let n = 0; window.isSpending; n++) await dendrite.connection.invoke('Edit', ops(n)).catch(() => {});
              })();
              for (let i = 0; i < 50; i++) await dendrite.siteMarks.add([60, 60 + i, 72]);
            }
            """);
        for (var wave = 0; wave < 20 && !await page.EvaluateAsync<bool>(Told("sent again by itself")); wave++)
        {
            await page.EvaluateAsync("""
                async () => {
                  for (let i = 0; i < 50; i++) await dendrite.siteMarks.add([64, 60 + i, 72]);
                  await dendrite.siteMarks.replica.settled();
                }
                """);
        }

        await page.UntilAsync(Told("sent again by itself"));
        await page.EvaluateAsync("() => { window.isSpending = false; }");
        await page.UntilAsync("() => dendrite.siteMarks.replica.pending.length === 0");
        await EqualAsync(page, other);

        // A message that does not arrive is asked for.
        await page.EvaluateAsync("""
            () => {
              const { siteMarks } = dendrite, hear = siteMarks.entries.bind(siteMarks);
              window.missed = 0;
              siteMarks.entries = entries => { if (window.missed++) hear(entries); };
            }
            """);
        await other.EvaluateAsync("() => dendrite.siteMarks.add([60, 60, 30])");
        await page.UntilAsync("() => window.missed === 1");
        await other.EvaluateAsync("() => dendrite.siteMarks.add([60, 64, 30])");
        await page.UntilAsync("() => window.missed > 1 && dendrite.sites.filter(s => s.xUm === 30).length === 2");
        await EqualAsync(page, other);

        // The button is of the site that the panel shows, whatever is selected when it is pressed.
        await page.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await page.EvaluateAsync("""
            () => {
              window.two = dendrite.sites.filter(s => s.xUm === 30).map(s => s.id);
              dendrite.patch({ selected: window.two[0] });
            }
            """);
        await page.UntilAsync("() => document.querySelector('.site-judge [data-status=confirmed]')?.dataset.of === window.two[0]");
        await page.EvaluateAsync("""
            () => {
              const button = document.querySelector('.site-judge [data-status=confirmed]');
              dendrite.patch({ selected: window.two[1] });
              button.click();
            }
            """);
        await page.UntilAsync("() => dendrite.sites.find(s => s.id === window.two[0]).status === 'confirmed'");
        Assert.Equal("proposed", await page.EvaluateAsync<string>("() => dendrite.sites.find(s => s.id === window.two[1]).status"));

        // Too large: what was typed while no server was there is refused with its size, and stays in its field.
        // The address has the site by then, which the page that is loaded again opens.
        await page.UntilAsync("() => document.querySelector('.site-judge [data-status=confirmed]')?.dataset.of === window.two[1]");
        await page.SettledAsync();
        await server.KillAsync();
        await page.UntilAsync("() => !window.connection.isOnline");
        var note = page.Locator(".site").GetByLabel("Note");
        await note.FillAsync(new string('a', 200_000));
        await page.EvaluateAsync("() => document.activeElement.blur()");
        await page.UntilAsync("() => Object.keys(localStorage).some(k => k.startsWith('edit:'))");
        await server.RestartAsync();
        await page.UntilAsync(Told("KiB is the most"));
        var list = page.GetByLabel("Edits that were not saved");
        await list.GetByText("KiB is the most").WaitForAsync();
        await list.GetByText("Forget", new() { Exact = true }).ClickAsync();
        await page.UntilAsync("() => !Object.keys(localStorage).some(k => k.startsWith('edit:'))");
        await page.UntilAsync("() => [...document.querySelectorAll('.site textarea')].some(t => t.value.length === 200000)");

        // Blazor throws where it would tell a circuit that is gone of what was typed; nothing else went wrong.
        Assert.All(browser.Errors, e => Assert.Contains("Cannot send data", e));
    }

    [Fact]
    public async Task SchemaPage_LeftOrChangedMeanwhile_AsksFirstAndShowsTheirs()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0"));
        var (mine, theirs) = (await browser.NewPageAsync(), await browser.NewPageAsync());
        foreach (var (page, name) in new[] { (mine, "Mine"), (theirs, "Theirs") })
        {
            await page.GotoAsync($"{server.Address}/schema/{Id}");
            await AddLabelAsync(page, name);
        }

        await theirs.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await theirs.GetByText("Labels and fields are saved.").WaitForAsync();
        await mine.GetByText("Somebody else changed the labels and fields meanwhile").WaitForAsync();
        Assert.True(await mine.GetByRole(AriaRole.Button, new() { Name = "Save" }).IsDisabledAsync());
        await mine.GetByRole(AriaRole.Button, new() { Name = "Show theirs, and give up mine" }).ClickAsync();
        await mine.UntilAsync("() => [...document.querySelectorAll('[aria-label=Labels] input')].some(i => i.value === 'Theirs')");

        // Leaving with what is not saved is asked about.
        await AddLabelAsync(mine, "Mine again");
        var link = mine.Locator($".page-head a[href='/d/{Id}']");
        await link.ClickAsync();
        await mine.GetByText("Leave without saving?").WaitForAsync();
        await mine.GetByRole(AriaRole.Button, new() { Name = "Stay" }).ClickAsync();
        await mine.GetByText("Leave without saving?").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        Assert.EndsWith($"/schema/{Id}", mine.Url);
        await mine.GetByText("Not saved yet").WaitForAsync();
        await link.ClickAsync();
        await mine.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
        await mine.UntilAsync("() => location.pathname.startsWith('/d/')");
        Assert.Empty(browser.Errors);
    }

    private static async Task AddLabelAsync(IPage page, string name)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Label", Exact = true }).ClickAsync();
        await page.GetByLabel("Labels", new() { Exact = true }).GetByLabel("Name").Last.FillAsync(name);
        await page.GetByText("Not saved yet").WaitForAsync();
    }

    private async Task<IPage> OpenAsync(AppServer server)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{Id}");
        await page.ExactAsync();
        await page.EvaluateAsync("async () => { await dendrite.siteMarks.begin(); }");
        return page;
    }

    // Both have what the server has.
    private static async Task EqualAsync(IPage page, IPage other)
    {
        foreach (var each in new[] { page, other })
        {
            await each.UntilAsync("""
                async () => {
                  const of = sites => sites.map(s => `${s.id} ${s.version} ${s.label} ${s.status}`).sort().join('\n');
                  const { whole } = JSON.parse(await dendrite.connection.invoke('EntriesSince', -1));
                  return of(dendrite.siteMarks.heard) === of(whole.site);
                }
                """);
        }
    }

    private static string Told(string text) => $"() => window.told.some(t => t.includes('{text}'))";
}
