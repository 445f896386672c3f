using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// Edits of a page whose server is killed, of sites, their status and notes: what was acknowledged is there, what was not is sent again,
/// and nothing is doubled.
/// </summary>
public sealed class EditsJourney(Browser browser) : IClassFixture<Browser>
{
    // The page's edits are answered so, and never reach the server, until the connection's own invoke is given back.
    internal const string HoldEdits =
        """
        why => {
          const { connection } = dendrite, invoke = Object.getPrototypeOf(connection).invoke;
          connection.invoke = (name, ...args) => name === 'Edit' ? Promise.reject(new Error(why)) : invoke.call(connection, name, ...args);
        }
        """;

    // Of two sites that were made without a server, one was cut, and the other took its later position.
    private const string Arranged = """
        () => {
          const of = name => dendrite.sites.find(s => s.id === sessionStorage.getItem(name)), [cut, joined] = [of('cut'), of('joined')];
          const isFilled = s => s?.fields.kind === 'crack' && s.fields.sure === true;
          return cut?.track.length === 0 && isFilled(cut) && isFilled(joined) && joined.track.length === 1 && joined.track[0].yUm === 71
            && dendrite.measure.saved.find(m => m.id === sessionStorage.getItem('note'))?.color === '#ffe97a';
        }
        """;

    [Fact]
    public async Task Edits_WhileTheServerIsKilled_AreEachKeptOnceAndCanBeTakenBackAfterwards()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{server.Address}/d/{PhantomCell.Id}");
        await page.ExactAsync();
        await page.EvaluateAsync("""
            async () => {
              const fields = [{ name: 'Kind', type: 'choice', choices: ['crack', 'void'] }, { name: 'Sure', type: 'yesNo' }];
              const body = JSON.stringify({ version: 0, labels: [], fields }), headers = { 'Content-Type': 'application/json' };
              await fetch(`/api/datasets/${dendrite.scene.dataset}/annotations/schema`, { method: 'PUT', headers, body });
              await dendrite.siteMarks.begin();
            }
            """);
        await page.UntilAsync("() => dendrite.schema?.fields.length === 2");

        // As fast as the server answers, until it is killed: sites, what is thought of them, and notes. What was answered is remembered
        // across the reload that follows.
        await page.EvaluateAsync("""
            async () => {
              const acknowledged = {}, hub = dendrite.connection, notes = [], texts = ['a', 'b', 'c', 'd', 'of its own'];
              for (const text of texts) {
                const body = JSON.stringify({ kind: 'note', pointsUm: [[90, 90, 90]], hours: 0, modality: 'projection', note: text });
                const headers = { 'Content-Type': 'application/json' };
                const made = await fetch(`/api/datasets/${dendrite.scene.dataset}/measurements`, { method: 'POST', headers, body });
                notes.push((await made.json()).id);
              }
              const edit = async n => {
                const id = `k${n}`, own = n % 4, fields = { zUm: 90, yUm: 90, xUm: 90, hours: 0, modality: 'projection', label: `K${n}` };
                const answers = JSON.parse(await hub.invoke('Edit', JSON.stringify([
                  { key: `add-site-${n}`, do: 'add', id, fields },
                  { key: `judge-site-${n}`, do: 'change', id, fields: { status: 'confirmed' }, was: { status: 'proposed' } },
                  { key: `write-note-${n}`, do: 'change', kind: 'measurement', id: notes[own], fields: { note: `${n}` },
                    was: { note: texts[own] } },
                ])));
                for (const { key, outcome, why } of answers) if (outcome !== 'accepted') throw new Error(`${key}: ${why}`);
                texts[own] = `${n}`;
                Object.assign(acknowledged, { [`add-site-${n}`]: id, [`judge-site-${n}`]: 'confirmed', [`write-note-${n}`]: `${n}` });
                sessionStorage.setItem('acknowledged', JSON.stringify(acknowledged));
              };
              const run = async from => {
                try {
                  for (let i = 0; ; i++) await edit(from + 4 * i);
                } catch (e) {
                  // Killed; a refusal fails the test.
                  if (/^(add|judge|write)-/.test(e.message)) sessionStorage.setItem('refused', e.message);
                }
              };
              for (let i = 0; i < 4; i++) run(i);

              // What is written below was not written by a call whose answer the page may never have heard, which would be a conflict.
              sessionStorage.setItem('note', notes[4]);
            }
            """);
        await page.UntilAsync("() => Object.keys(JSON.parse(sessionStorage.getItem('acknowledged') ?? '{}')).length > 90");
        await server.KillAsync();
        await page.UntilAsync("() => !window.connection.isOnline");

        // Without a server a chain is cut and joined, a choice made and a colour given.
        await page.EvaluateAsync("""
            async () => {
              const { siteMarks } = dendrite, note = sessionStorage.getItem('note');
              const cut = await siteMarks.add([60, 70, 72]);
              await siteMarks.own('follow', cut, 1.5, [60, 71, 72]);
              await siteMarks.own('choose', cut, 'kind', 'crack');
              await siteMarks.own('choose', cut, 'sure', 'yes');
              await siteMarks.own('split', cut, 1.5);
              const joined = await siteMarks.add([60, 80, 72]), later = dendrite.sites.find(s => s.hours === 1.5).id;
              await siteMarks.own('join', joined, later);
              await siteMarks.own('color', note, '#ffe97a');
              sessionStorage.setItem('cut', cut);
              sessionStorage.setItem('joined', joined);
            }
            """);
        await page.UntilAsync(Arranged);

        // Without a server one goes on: what is done is seen, and said not to be saved.
        var own = await page.EvaluateAsync<string>("async () => await dendrite.siteMarks.add([60, 66, 72])");
        await page.EvaluateAsync("async id => { await dendrite.siteMarks.moved({ id }, [60, 66, 78]); }", own);
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.xUm === 78 && s.isWaiting && s.label === '')", own);
        await page.EvaluateAsync("""
            async id => {
              dendrite.patch({ selected: id });
              const { siteMarks } = dendrite;
              await siteMarks.own('judge', id, 'confirmed');
              await siteMarks.own('follow', id, 1.5, [60, 66, 81]);
              await siteMarks.own('note', sessionStorage.getItem('note'), 'written without a server');
              await siteMarks.own('judge', id, 'rejected');
            }
            """, own);
        await page.UntilAsync("id => dendrite.sites.find(s => s.id === id).status === 'rejected'", own);

        // What no server has heard of yet is taken back here.
        await page.EvaluateAsync("() => dendrite.focusPane()");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.status === 'confirmed' && s.track.length === 1)", own);
        await page.UntilAsync("() => dendrite.measure.saved.some(m => m.note === 'written without a server')");

        // The page's hub is back before its circuit is refused, and only then the page is loaded again.
        await page.EvaluateAsync("() => { window.isBefore = true; }");
        await server.RestartAsync();
        await page.UntilAsync("() => !window.isBefore");
        await page.ExactAsync();
        await page.UntilAsync("id => window.dendrite?.sites.some(s => s.id === id && s.version === 4 && s.xUm === 78)", own);
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.status === 'confirmed' && s.track[0]?.xUm === 81)", own);
        await page.UntilAsync("() => !Object.keys(localStorage).some(k => k.startsWith('edit:'))");
        await page.UntilAsync(Arranged);
        Assert.Null(await page.EvaluateAsync<string?>("() => sessionStorage.getItem('refused')"));
        var (lost, doubled) = await LostAndDoubledAsync(page);
        Assert.Empty(lost);
        Assert.Equal(0, doubled);

        // The page was loaded again, by another server as far as it can tell, and still knows what it did.
        await page.UntilAsync("() => dendrite.steps.done.length > 1");
        await page.UntilAsync("() => dendrite.measure.saved.some(m => m.note === 'written without a server')");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.measure.saved.length > 0 && !dendrite.measure.saved.some(m => m.note.startsWith('written'))");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.track.length === 0 && s.status === 'confirmed')", own);
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.status === 'proposed')", own);
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.xUm === 72)", own);
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("id => !dendrite.sites.some(s => s.id === id)", own);
        await page.Keyboard.PressAsync("Control+Shift+z");
        await page.UntilAsync("id => dendrite.sites.some(s => s.id === id && s.xUm === 72)", own);
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task Edits_ThatAreRefused_StandInAListUntilTheyAreDoneAnewOrForgotten()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(new PhantomCell(64, 3, "0,1.5"));
        var (ada, ben) = (await browser.NewPageAsync(), await browser.NewPageAsync());
        foreach (var page in new[] { ada, ben })
        {
            await page.GotoAsync($"{server.Address}/d/{PhantomCell.Id}");
            await page.ExactAsync();
            await page.EvaluateAsync("async () => { await dendrite.siteMarks.begin(); }");
        }

        var (judged, moved) = (await ada.AddSiteAsync(60, 60, 60), await ada.AddSiteAsync(90, 90, 90));
        await ben.UntilAsync("() => dendrite.sites.length === 2");

        // Ben's edits do not get through, and Ada edits the same sites meanwhile.
        await ben.EvaluateAsync(HoldEdits, "The line is bad.");
        await ben.EvaluateAsync(
            """
            async ([judged, moved]) => {
              await dendrite.siteMarks.own('judge', judged, 'confirmed');
              await dendrite.siteMarks.own('move', moved, [90, 90, 96]);
            }
            """, new[] { judged, moved });
        await ada.EvaluateAsync(
            """
            async ([judged, moved]) => {
              await dendrite.siteMarks.own('judge', judged, 'rejected');
              await dendrite.siteMarks.own('remove', 'site', moved);
            }
            """, new[] { judged, moved });
        await ben.UntilAsync("() => dendrite.siteMarks.heard.length === 1 && dendrite.siteMarks.heard[0].status === 'rejected'");
        Assert.Equal("confirmed", await ben.EvaluateAsync<string>("() => dendrite.sites[0].status"));
        await ben.EvaluateAsync("() => { delete dendrite.connection.invoke; }");

        // Both are refused, and stay in the list over a reload. What is there now is seen.
        var list = ben.GetByLabel("Edits that were not saved");
        await list.GetByText("2 edits were not saved").WaitForAsync();
        await ben.UntilAsync("() => dendrite.sites.length === 1 && dendrite.sites[0].status === 'rejected'");
        await ben.ReloadAsync();
        await list.GetByText("2 edits were not saved").WaitForAsync();
        await list.GetByText("N1, judgement").WaitForAsync();
        Assert.Equal(1, await list.GetByText("Do it now").CountAsync());
        await list.GetByText("Do it now").ClickAsync();
        await ada.UntilAsync("() => dendrite.sites[0].status === 'confirmed'");
        await list.GetByText("1 edit was not saved").WaitForAsync();
        await list.GetByText("Forget", new() { Exact = true }).ClickAsync();
        await list.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await ben.UntilAsync("() => !Object.keys(localStorage).some(k => k.startsWith('edit:'))");

        // Of too many edits at once none is done: the last one can be taken back and made again before it is sent again.
        await ben.EvaluateAsync(HoldEdits, "Too many edits; ask again in 600 s.");
        await ben.EvaluateAsync("id => dendrite.siteMarks.own('judge', id, 'proposed')", judged);
        await ben.UntilAsync("() => told.some(t => t.includes('ask again in 600 s'))");
        await ben.EvaluateAsync("() => dendrite.focusPane()");
        await ben.Keyboard.PressAsync("Control+z");
        await ben.UntilAsync("() => dendrite.sites[0].status === 'confirmed' && dendrite.siteMarks.replica.waiting.length === 0");
        await ben.EvaluateAsync("() => { delete dendrite.connection.invoke; }");
        await ben.Keyboard.PressAsync("Control+Shift+z");
        await ada.UntilAsync("() => dendrite.sites[0].status === 'proposed'");

        // Who may not annotate any more is told what is kept here, and sees what is there.
        await ben.EvaluateAsync(HoldEdits, "This is not open to you.");
        await ben.EvaluateAsync("id => dendrite.siteMarks.own('judge', id, 'rejected')", judged);
        await list.GetByText("1 edit of yours is kept in this browser").WaitForAsync();
        Assert.Equal("proposed", await ben.EvaluateAsync<string>("() => dendrite.sites[0].status"));
        await list.GetByText("Give up").ClickAsync();
        await list.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Empty(browser.Errors);
    }

    // Acknowledged edits that the journal has not, or with another state than was asked for; and keys that it has twice.
    private static async Task<(string[] Lost, int Doubled)> LostAndDoubledAsync(IPage page)
    {
        var lost = await page.EvaluateAsync<string[]>("""
            async () => {
              const { entries } = JSON.parse(await dendrite.connection.invoke('EntriesSince', 0));
              const left = new Map(entries.map(e => [e.key, e.states?.[0]]));
              window.doubled = entries.filter(e => e.key).length - new Set(entries.map(e => e.key).filter(k => k)).size;
              const has = (state, value) => state && [state.id, state.status, state.note].includes(value);
              return Object.entries(JSON.parse(sessionStorage.getItem('acknowledged')))
                .filter(([key, value]) => !has(left.get(key), value)).map(([key]) => key);
            }
            """);
        return (lost, await page.EvaluateAsync<int>("() => window.doubled"));
    }
}
