using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Edits of a page whose server is killed: what was acknowledged is there, what was not is sent again, and nothing is doubled.
/// </summary>
public sealed class EditsJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task Edits_WhileTheServerIsKilled_AreEachKeptOnceAndCanBeTakenBackAfterwards()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{PhantomCell.Id}");
        await page.ExactAsync();
        await page.EvaluateAsync("async () => { await dendrite.siteMarks.begin(); }");

        // As fast as the server answers, until it is killed. What was answered is remembered across the reload that follows.
        await page.EvaluateAsync("""
            () => {
              const acknowledged = [], hub = dendrite.connection;
              const edit = async n => {
                const key = `acknowledged${n}`, fields = { zUm: 90, yUm: 90, xUm: 90, hours: 0, modality: 'projection', label: `K${n}` };
                const ops = [{ key, do: 'add', id: `k${n}`, fields }];
                const [answer] = JSON.parse(await hub.invoke('Edit', JSON.stringify(ops)));
                if (answer.outcome === 'accepted') acknowledged.push(key);
                sessionStorage.setItem('acknowledged', JSON.stringify(acknowledged));
              };
              const run = async from => { try { for (let i = 0; ; i++) await edit(from + 4 * i); } catch { /* Killed. */ } };
              for (let i = 0; i < 4; i++) run(i);
            }
            """);
        await page.UntilAsync("() => JSON.parse(sessionStorage.getItem('acknowledged') ?? '[]').length > 60");
        await server.KillAsync();
        await page.UntilAsync("() => !window.connection.isOnline");

        // Without a server one goes on: what is done is seen, and said not to be saved.
        var own = await page.EvaluateAsync<string>("async () => await dendrite.siteMarks.add([60, 66, 72])");
        await page.EvaluateAsync("async id => { await dendrite.siteMarks.moved({ id }, [60, 66, 78]); }", own);
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.xUm === 78 && s.label.includes('not saved'))", own);

        await server.RestartAsync();
        await page.UntilAsync("id => window.dendrite?.sites.some(s => s.id === id && s.version === 2 && s.xUm === 78)", own);
        await page.UntilAsync("() => !Object.keys(localStorage).some(k => k.startsWith('edit:'))");
        var (lost, doubled) = await LostAndDoubledAsync(page);
        Assert.Empty(lost);
        Assert.Equal(0, doubled);

        // The page was loaded again, by another server as far as it can tell, and still knows what it did.
        await page.ExactAsync();
        await page.UntilAsync("() => dendrite.steps.done.length > 1");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.xUm === 72)", own);
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("id => !dendrite.sites.some(s => s.id === id)", own);
        await page.Keyboard.PressAsync("Control+Shift+z");
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.xUm === 72)", own);
        Assert.Empty(browser.Errors);
    }

    private static async Task<(string[] Lost, int Doubled)> LostAndDoubledAsync(IPage page)
    {
        var keys = await page.EvaluateAsync<string[]>(
            "async () => JSON.parse(await dendrite.connection.invoke('EntriesSince', 0)).entries.map(e => e.key)");
        var acknowledged = await page.EvaluateAsync<string[]>("() => JSON.parse(sessionStorage.getItem('acknowledged'))");
        return ([.. acknowledged.Except(keys)], keys.Length - keys.Distinct().Count());
    }
}
