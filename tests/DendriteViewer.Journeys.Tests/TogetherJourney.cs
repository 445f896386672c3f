using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Two people look at one dataset: each sees the other, follows, presents, points, and is missed when gone.</summary>
public sealed class TogetherJourney(Browser browser) : IClassFixture<Browser>
{
    /// <summary>Whether the card of a tour lies over a pane, or over the buttons that choose one on a phone.</summary>
    internal const string CoveredByCard = """
        () => {
          const box = e => e.getBoundingClientRect(), card = box(document.querySelector('.tour-card'));
          return [...document.querySelectorAll('.pane, .pane-switch')].map(box)
            .some(b => b.width > 0 && b.bottom > card.top + 1 && b.top < card.bottom - 1);
        }
        """;

    private const string HeightOfPanes = "() => document.querySelector('#panes').getBoundingClientRect().height";

    [Fact]
    public async Task TwoPeople_SeeFollowPresentAndPoint_AndAreGoneWhenTheyLeave()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync();
        await PhantomStores.CopyAsync(new PhantomCell(64, 3, "0,1.5"), Path.Combine(server.Folder, "data/store"));
        var ada = await browser.NewPageAsync();
        await ada.BecomeAdministratorAsync(server);
        await ada.Locator(".card").First.WaitForAsync();
        await ada.GotoAsync($"{server.Address}/d/{PhantomCell.Id}");
        await ada.ExactAsync();

        // Alone, a page has neither the script for others nor says where it is.
        Assert.False(await ada.EvaluateAsync<bool>("() => !!dendrite.together"));
        var link = await ada.LinkAsync("Ben", "may annotate");
        var ben = await browser.NewPageAsync();
        await ben.GotoAsync(link);
        await ben.ExactAsync();

        // Each has the other's avatar, and the pointer of one is seen by the other.
        await ada.UntilAsync("() => dendrite.together?.roster.people.length === 1");
        await ben.UntilAsync("() => dendrite.together?.roster.people.length === 1");
        var avatar = ada.GetByRole(AriaRole.Button, new() { Name = "Follow Guest of Ben" });
        await avatar.WaitForAsync();
        await ada.UntilAsync("() => document.querySelector('#here').textContent === '2 here'");
        var slice = (await ben.Locator("[data-pane='0']").BoundingBoxAsync())!;
        await ben.Mouse.MoveAsync(slice.X + 100, slice.Y + 100);
        await ada.WithinAsync(0.3, "dendrite.together.roster.all[0].pane === 0 && dendrite.together.roster.all[0].cursor",
            () => ben.Mouse.MoveAsync(slice.X + 200, slice.Y + 150));
        var solid = (await ben.Locator("[data-pane='3']").BoundingBoxAsync())!;
        await ben.Mouse.MoveAsync(solid.X + (solid.Width / 2), solid.Y + (solid.Height / 2));
        await ada.UntilAsync("() => dendrite.together.roster.all[0].pane === 3 && dendrite.together.roster.all[0].cursor");
        await ada.UntilAsync("() => [...document.querySelectorAll('canvas.others')].some(c => c.width && c.getContext('2d')"
            + ".getImageData(0, 0, c.width, c.height).data.some(v => v))");

        // Following: their time and place are mine, and go on; the first drag of my own ends it, and undo leads back.
        var before = await ada.EvaluateAsync<double>("() => dendrite.view.focus[0]");
        await ben.EvaluateAsync("() => dendrite.patch({ hours: 1.5, focus: [40, 50, 60], camera: [70, 30, 500, 90, 90, 90] })");
        await avatar.ClickAsync();
        await ada.GetByText("Following Guest of Ben").WaitForAsync();
        await ada.UntilAsync("() => dendrite.view.hours === 1.5 && dendrite.view.focus[2] === 60 && dendrite.view.camera[0] === 70");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Follow Ada" }).And(ben.Locator(".follows-me")).WaitForAsync();
        await ben.EvaluateAsync("() => dendrite.patch({ focus: [42, 52, 62], window: [3000, 30000] })");
        await ada.UntilAsync("() => dendrite.view.focus[1] === 52 && dendrite.view.window[1] === 30000");

        // Of two who follow each other neither moves.
        await ben.GetByRole(AriaRole.Button, new() { Name = "Follow Ada" }).ClickAsync();
        await ben.GetByText("who follows you").WaitForAsync();
        await ben.Keyboard.PressAsync("Escape");
        await ben.GetByText("Following").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        var pane = (await ada.Locator("[data-pane='1']").BoundingBoxAsync())!;
        await ada.Mouse.MoveAsync(pane.X + 150, pane.Y + 150);
        await ada.Mouse.DownAsync();
        await ada.Mouse.MoveAsync(pane.X + 170, pane.Y + 170, new() { Steps = 4 });
        await ada.Mouse.UpAsync();
        await ada.GetByText("Following Guest of Ben").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await ben.EvaluateAsync("() => dendrite.patch({ focus: [80, 80, 80] })");
        await ada.Keyboard.PressAsync("Control+z");
        await ada.Keyboard.PressAsync("Control+z");
        await ada.UntilAsync("z => dendrite.view.focus[0] === z && dendrite.view.hours === 0", before);

        // Ada presents: Ben follows after a moment in which he could say no, and stays where he is when he leaves.
        // That moment may be over before a slow machine looks for its words, so that they are kept.
        await ben.EvaluateAsync(
            """
            () => {
              const look = () => { window.isInvited ||= document.body.textContent.includes('presents; you follow in a moment'); };
              new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
            }
            """);
        await ada.GetByRole(AriaRole.Button, new() { Name = "People here" }).ClickAsync();
        await ada.GetByText("Present to everybody here").ClickAsync();
        await ada.GetByText("You present").WaitForAsync();
        await ben.UntilAsync("() => window.isInvited");
        await ben.GetByText("Following Ada").WaitForAsync();
        await ada.EvaluateAsync("() => dendrite.patch({ focus: [30, 31, 32] })");
        await ben.UntilAsync("() => dendrite.view.focus[2] === 32");

        // The presenter's page is loaded anew: the presentation goes on, and who follows it goes on too.
        await ada.UntilAsync("() => dendrite.addressed === dendrite.revision");
        await ada.ReloadAsync();
        await ada.ExactAsync();
        await ada.GetByText("You present; 1 person follows you").WaitForAsync();
        await ben.GetByText("Following Ada").WaitForAsync();
        await ada.EvaluateAsync("() => dendrite.patch({ focus: [30, 31, 36] })");
        await ben.UntilAsync("() => dendrite.view.focus[2] === 36");
        await ada.EvaluateAsync("() => dendrite.patch({ focus: [30, 31, 32] })");
        await ben.UntilAsync("() => dendrite.view.focus[2] === 32");
        await ben.Keyboard.PressAsync("Escape");
        await ben.GetByText("Ada presents").WaitForAsync();
        await ben.GetByRole(AriaRole.Button, new() { Name = "Not now" }).ClickAsync();
        await ben.GetByText("Ada presents").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await ada.EvaluateAsync("() => dendrite.patch({ focus: [33, 34, 35] })");

        // Whoever said no to it is not asked again by the page that presents on.
        await ada.UntilAsync("() => dendrite.addressed === dendrite.revision");
        await ada.ReloadAsync();
        await ada.ExactAsync();
        await ada.GetByText("You present; nobody follows you").WaitForAsync();
        await ben.UntilAsync("() => JSON.parse(dendrite.together.told).people[0]?.isPresenting");
        await Assertions.Expect(ben.GetByText("Ada presents")).ToHaveCountAsync(0);

        // The laser, while its key is held. Its trail may have faded before a slow machine looks for it, so what comes is counted.
        await ben.EvaluateAsync(
            """
            () => {
              const { laser } = dendrite.together, heard = laser.heard;
              window.lit = 0;
              laser.heard = (...pointed) => { window.lit += pointed[3].length / 3; heard.apply(laser, pointed); };
            }
            """);
        await ada.Mouse.MoveAsync(pane.X + 60, pane.Y + 60);
        await ada.Keyboard.DownAsync("1");
        for (var i = 1; i <= 12; i++)
        {
            // A browser that is slow hears of several movements as one, and a trail has three points at least.
            await ada.Mouse.MoveAsync(pane.X + 60 + (8 * i), pane.Y + 60 + (5 * i));
            await ada.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => done()))");
        }

        await ben.UntilAsync("() => window.lit > 2");
        await ada.Keyboard.UpAsync("1");
        await ben.UntilAsync("() => !dendrite.together.laser.isOn");
        Assert.Equal(32, await ben.EvaluateAsync<double>("() => dendrite.view.focus[2]"));

        // A tour: made of this view, then another, with words; played by keys, left where one stands, and opened by its link.
        await ada.EvaluateAsync("() => dendrite.together.present(false)");
        await ada.EvaluateAsync("() => dendrite.patch({ hours: 0, focus: [50, 51, 52] })");
        await ada.UntilAsync("() => dendrite.changes.heard >= 0 && !dendrite.changes.isAsking");
        await ada.Locator("[data-pane='0']").FocusAsync();
        await ada.Keyboard.PressAsync("3");
        var box = ada.GetByRole(AriaRole.Dialog, new() { Name = "Tours" });
        await box.GetByLabel("Title of a new tour").FillAsync("Growth");
        await box.GetByRole(AriaRole.Button, new() { Name = "Make a tour of this view" }).ClickAsync();
        await box.GetByLabel("Text of view 1").FillAsync("Nothing yet.");
        await box.GetByLabel("Text of view 1").PressAsync("Tab");
        await ada.EvaluateAsync("() => dendrite.patch({ hours: 1.5, focus: [60, 61, 62] })");
        await ada.UntilAsync("() => dendrite.changes.heard >= 0 && !dendrite.changes.isAsking");
        await box.GetByRole(AriaRole.Button, new() { Name = "Add the present view" }).ClickAsync();
        await box.GetByLabel("Title of view 2").FillAsync("Dendrites");
        await box.GetByLabel("Title of view 2").PressAsync("Tab");
        await box.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true }).ClickAsync();
        await ada.GetByText("Nothing yet.").WaitForAsync();
        await ada.Locator(".tour-card").WaitForAsync();
        Assert.False(await ada.EvaluateAsync<bool>(CoveredByCard));
        await ada.UntilAsync("() => dendrite.view.hours === 0 && dendrite.view.focus[2] === 52");
        await ada.Locator("[data-pane='0']").FocusAsync();
        await ada.Keyboard.PressAsync(" ");
        await ada.GetByRole(AriaRole.Heading, new() { Name = "Dendrites" }).WaitForAsync();
        await ada.UntilAsync("() => dendrite.view.hours === 1.5 && dendrite.view.focus[2] === 62");
        await ada.Keyboard.PressAsync("Escape");
        await ada.GetByRole(AriaRole.Heading, new() { Name = "Dendrites" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Equal(62, await ada.EvaluateAsync<double>("() => dendrite.view.focus[2]"));
        await ada.Keyboard.PressAsync("3");
        await box.GetByRole(AriaRole.Button, new() { Name = "More for Growth" }).ClickAsync();
        var copy = await ada.Locator("[data-copy-address*='tour=']").GetAttributeAsync("data-copy-address");
        await ben.GotoAsync(server.Address + copy);
        await ben.GetByText("Nothing yet.").WaitForAsync();
        await ben.UntilAsync("() => dendrite.view.focus[2] === 52 && dendrite.view.hours === 0");

        // On a phone it covers no picture either, nor what chooses among them; folded it leaves its room to them.
        await ben.SetViewportSizeAsync(390, 844);
        await ben.Locator(".pane-switch").WaitForAsync();
        await ben.Locator(".tour-card").WaitForAsync();
        Assert.False(await ben.EvaluateAsync<bool>(CoveredByCard));
        var height = await ben.EvaluateAsync<double>(HeightOfPanes);
        await ben.GetByLabel("Words of the tour").ClickAsync();
        await ben.UntilAsync($"h => ({HeightOfPanes})() > h + 40", height);
        Assert.False(await ben.EvaluateAsync<bool>(CoveredByCard));
        await ben.GetByLabel("Words of the tour").ClickAsync();
        await ben.EvaluateAsync("() => dendrite.focusPane()");
        await ben.Keyboard.PressAsync(" ");
        await ben.GetByRole(AriaRole.Heading, new() { Name = "Dendrites" }).WaitForAsync();
        await ben.SetViewportSizeAsync(1280, 720);
        await ben.GetByRole(AriaRole.Button, new() { Name = "Leave the tour" }).ClickAsync();
        await ada.Keyboard.PressAsync("Escape");
        await ada.Keyboard.PressAsync("Escape");

        // Pages that have forgotten each other meet again also where the word of the one that asks is lost on its way.
        await ada.EvaluateAsync(
            """
            () => {
              const { together } = dendrite;
              together.roster.pages.clear();
              Object.assign(together, { isAlone: true, presence() {}, asks(...who) {
                delete together.asks;
                together.asks(...who);
                setTimeout(() => delete together.presence, 500);
              } });
            }
            """);
        await ben.EvaluateAsync("() => { dendrite.together.roster.pages.clear(); dendrite.together.say({ asks: true }); }");
        foreach (var page in new[] { ada, ben })
        {
            await page.UntilAsync("() => dendrite.together.roster.all.length === 1");
        }

        // Who is not heard of fades, and is back with the next word; who asks not to be seen is somebody.
        // Ben's page is silent meanwhile, since a beat of it would bring him back before this is seen; what it said before may still come.
        await ben.EvaluateAsync("() => { dendrite.together.send = () => {}; }");
        await ada.UntilAsync(Unheard(11_000, "document.querySelector('.person.faded')"));
        await ada.UntilAsync(Unheard(31_000, "!document.querySelector('.person')"));
        await ben.EvaluateAsync("() => { delete dendrite.together.send; }");
        await avatar.WaitForAsync();
        await ada.Locator(".person.faded").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await ben.GetByRole(AriaRole.Tab, new() { Name = "Display" }).ClickAsync();
        await ben.GetByLabel("Be seen by others").ClickAsync();
        await avatar.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await ada.UntilAsync("() => document.querySelector('#here').textContent === '2 here' && !dendrite.together.roster.all[0].cursor");
        await ada.WithinAsync(3, "dendrite.together.roster.all.length === 0 && document.querySelector('#here').textContent === ''",
            () => ben.Context.CloseAsync());
        Assert.Empty(browser.Errors);
    }

    // Comes true where something does once nobody was heard of for some milliseconds. The page's own clock looks who is gone.
    private static string Unheard(int ms, string what) => $$"""
        () => {
          for (const other of dendrite.together.roster.all) other.heardAt = Math.min(other.heardAt, performance.now() - {{ms}});
          return {{what}};
        }
        """;
}
