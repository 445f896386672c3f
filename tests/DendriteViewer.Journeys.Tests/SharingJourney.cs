using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>An owner invites somebody, freezes a state to be cited, has another site show it, and opens the dataset to everybody.</summary>
public sealed class SharingJourney(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task AnOwner_InvitesFreezesEmbedsAndPublishes_AndEndsAllOfIt()
    {
        await browser.BeginAsync();
        using var wiki = Wiki.Start();
        await using var server = await AppServer.StartAsync(environment: ("Dendrite__EmbedOrigins__0", wiki.Origin));
        await PhantomStores.CopyAsync(new PhantomCell(64, 3, "0,1.5,3.2"), Path.Combine(server.Folder, "data/store"));
        var ada = await browser.NewPageAsync();
        await ada.BecomeAdministratorAsync(server);
        await ada.Locator(".card").ClickAsync();
        await ada.ExactAsync();
        var address = ada.Url.Split('?')[0];

        // An invitation that works once; who has no account makes one and is a member.
        await ada.GetByRole(AriaRole.Button, new() { Name = "People", Exact = true }).ClickAsync();
        await ada.GetByRole(AriaRole.Button, new() { Name = "Make me an owner" }).ClickAsync();
        await ada.GetByText("Ada (you)").WaitForAsync();
        await ada.ChooseAsync("Role of who is invited", "annotator");
        await ada.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        var invitation = await ada.Locator("[data-copy]").InputValueAsync();
        var ben = await browser.NewPageAsync();
        await ben.GotoAsync(invitation);
        await ben.GetByLabel("Your name").FillAsync("Ben");
        await ben.GetByLabel("E-mail").FillAsync("ben@example.org");
        await ben.GetByLabel("Password").FillAsync("a long passphrase of Ben");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Make an account" }).ClickAsync();
        await ben.GetByText("Sign in to open it").WaitForAsync();
        await ben.ClickAsync("text='Sign in'");
        await ben.GetByLabel("E-mail").FillAsync("ben@example.org");
        await ben.GetByLabel("Password").FillAsync("a long passphrase of Ben");
        await ben.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await ben.GetByRole(AriaRole.Button, new() { Name = "Accept as Ben" }).ClickAsync();
        await ben.ExactAsync();
        Assert.NotNull(await ben.EvaluateAsync<string>("() => dendrite.call('AddSite', 90, 90, 90)"));
        var late = await browser.NewPageAsync();
        await late.GotoAsync(invitation);
        await late.GetByText("This invitation is not open").WaitForAsync();
        await ada.Keyboard.PressAsync("Escape");

        // A frozen link that the other site may show; then work goes on.
        await ada.UntilAsync("() => dendrite.sites.length === 1");
        await ada.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await ada.GetByLabel("Name of the link").FillAsync("Figure 3");
        await ada.ChooseAsync("What the link shows", "this very state, to be cited");
        await ada.GetByRole(AriaRole.Combobox, new() { Name = "Sites that may show it in a frame" }).ClickAsync();
        await ada.GetByRole(AriaRole.Option, new() { Name = wiki.Origin }).ClickAsync();
        await ada.Keyboard.PressAsync("Escape");
        await ada.ClickAsync("text=Make link");
        var link = await ada.Locator("[data-copy]").First.InputValueAsync();
        wiki.Html = await ada.GetByLabel("For a page of another site").InputValueAsync();
        await ben.EvaluateAsync("() => dendrite.call('AddSite', 100, 100, 100)");
        await ada.UntilAsync("() => dendrite.sites.length === 2");

        var reader = await browser.NewPageAsync();
        await reader.GotoAsync(link);
        await reader.ExactAsync();
        await reader.GetByText("Frozen state").WaitForAsync();
        await reader.UntilAsync("() => dendrite.sites.length === 1");
        await reader.GetByRole(AriaRole.Button, new() { Name = "About this state" }).ClickAsync();
        var citation = await reader.Locator("[data-citation]").InnerTextAsync();
        Assert.Matches($@"^.+ \(dataset .+\), revision 1, \d{{4}}-\d\d-\d\d \d\d:\d\d UTC\. {Regex.Escape(link)}$", citation);
        await reader.GetByText("Its link has no end").WaitForAsync();
        Assert.Equal(0, await reader.GetByText("As it is now").CountAsync());
        Assert.Null(await reader.EvaluateAsync<string?>("() => dendrite.call('AddSite', 90, 90, 90)"));

        // Another site's page shows it in a frame, without a cookie; a page of a third site may not.
        var outside = await browser.NewPageAsync();
        await outside.GotoAsync(wiki.Origin);
        var frame = outside.Frames.Single(f => f.Url.Contains("/embed/", StringComparison.Ordinal));
        await frame.WaitForFunctionAsync("() => document.querySelector('#state')?.dataset.exact === 'true' && dendrite.sites.length === 1");
        Assert.DoesNotContain(
            await outside.Context.CookiesAsync(), c => c.Name.StartsWith("dendrite", StringComparison.Ordinal));
        var elsewhere = await browser.NewPageAsync();
        var refused = await elsewhere.RunAndWaitForConsoleMessageAsync(
            () => elsewhere.GotoAsync(wiki.Elsewhere),
            new() { Predicate = m => m.Text.Contains("frame-ancestors", StringComparison.Ordinal) });
        Assert.Contains(wiki.Origin, refused.Text, StringComparison.Ordinal);
        await elsewhere.Frames[^1].WaitForURLAsync(url => url.StartsWith("chrome-error://", StringComparison.Ordinal));
        await ada.GetByRole(AriaRole.Button, new() { Name = "Revoke Figure 3" }).ClickAsync();
        await ada.GetByText("The state goes with it").WaitForAsync();
        await ada.GetByRole(AriaRole.Button, new() { Name = "Revoke it" }).ClickAsync();
        await frame.GetByText("This view is not open any more").WaitForAsync();
        await MoveCopyAndUseOnceAsync(ada);
        await ada.GotoAsync(address);
        await ada.ExactAsync();
        await PlayInAFrameAsync(ada, outside, wiki);
        await ada.GotoAsync(address);
        await ada.ExactAsync();

        // Open to everybody, and closed again.
        await ada.GetByRole(AriaRole.Button, new() { Name = "People", Exact = true }).ClickAsync();
        await ada.GetByRole(AriaRole.Button, new() { Name = "Open it to everybody…" }).ClickAsync();
        await ada.GetByRole(AriaRole.Button, new() { Name = "Open it to everybody", Exact = true }).ClickAsync();
        await ada.GetByText("This dataset is public").WaitForAsync();
        var visitor = await browser.NewPageAsync();
        await visitor.GotoAsync(server.Address);
        await visitor.Locator(".card").ClickAsync();
        await visitor.ExactAsync();
        await visitor.UntilAsync("() => dendrite.sites.length === 2 && dendrite.sites.every(s => !s.author)");
        await ada.GetByRole(AriaRole.Button, new() { Name = "Close it to the public" }).ClickAsync();
        await visitor.WaitForURLAsync(url => url.Contains("/account/login", StringComparison.Ordinal));
    }

    // In the share dialog, which is open: a link that works once is moved and copied by its menu; the copy is opened by whoever is first.
    private async Task MoveCopyAndUseOnceAsync(IPage ada)
    {
        await ada.GetByLabel("Name of the link").FillAsync("Talk");
        await ada.ChooseAsync("What the link shows", "the dataset as it is then");
        await ada.GetByRole(AriaRole.Combobox, new() { Name = "Sites that may show it in a frame" }).ClickAsync();
        await ada.GetByRole(AriaRole.Option).First.ClickAsync();
        await ada.Keyboard.PressAsync("Escape");
        await ada.GetByLabel("Works once, for who opens it first").CheckAsync();
        await ada.ClickAsync("text=Make link");
        var talk = ada.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Talk" });
        await talk.GetByText("works once").WaitForAsync();
        await ada.EvaluateAsync("() => dendrite.patch({ umPerPixel: 1.25 })");
        await ada.SettledAsync();
        await talk.GetByRole(AriaRole.Button, new() { Name = "More of Talk" }).ClickAsync();
        await ada.GetByRole(AriaRole.Menuitem, new() { Name = "Move to this view" }).ClickAsync();
        await ada.GetByRole(AriaRole.Menu).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await talk.GetByRole(AriaRole.Button, new() { Name = "More of Talk" }).ClickAsync();
        await ada.GetByRole(AriaRole.Menuitem, new() { Name = "Where it pointed before" }).ClickAsync();
        await ada.GetByRole(AriaRole.List, new() { Name = "Where Talk pointed before" }).GetByText("moved by Ada").WaitForAsync();
        await ada.GetByRole(AriaRole.Menu).WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await talk.GetByRole(AriaRole.Button, new() { Name = "More of Talk" }).ClickAsync();
        await ada.GetByRole(AriaRole.Menuitem, new() { Name = "Copy as my own link" }).ClickAsync();
        await ada.GetByText("Copy of Talk").WaitForAsync();
        var copy = await ada.Locator("[data-copy]").First.InputValueAsync();

        var first = await browser.NewPageAsync();
        await first.GotoAsync(copy);
        await first.GetByRole(AriaRole.Button, new() { Name = "Open Copy of Talk" }).ClickAsync();
        await first.ExactAsync();
        Assert.Equal(1.25, await first.EvaluateAsync<double>("() => dendrite.view.umPerPixel"));
        var second = await browser.NewPageAsync();
        await second.GotoAsync(copy);
        await second.GetByText("This link is not open").WaitForAsync();
    }

    // A tour of two views in a frame of another site, by its button and by keys.
    private static async Task PlayInAFrameAsync(IPage ada, IPage outside, Wiki wiki)
    {
        await ada.Locator("[data-pane='0']").FocusAsync();
        await ada.Keyboard.PressAsync("3");
        var tours = ada.GetByRole(AriaRole.Dialog, new() { Name = "Tours" });
        await tours.GetByLabel("Title of a new tour").FillAsync("Growth");
        await tours.GetByRole(AriaRole.Button, new() { Name = "Make a tour of this view" }).ClickAsync();
        await tours.GetByLabel("Title of view 1").WaitForAsync();
        await ada.EvaluateAsync("() => dendrite.patch({ focus: [60, 61, 62] })");
        await ada.UntilAsync("() => dendrite.changes.heard >= 0 && !dendrite.changes.isAsking");
        await tours.GetByRole(AriaRole.Button, new() { Name = "Add the present view" }).ClickAsync();
        await tours.GetByLabel("Title of view 2").WaitForAsync();
        await ada.Keyboard.PressAsync("Escape");
        await tours.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await ada.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await ada.GetByRole(AriaRole.Combobox, new() { Name = "Sites that may show it in a frame" }).ClickAsync();
        await ada.GetByRole(AriaRole.Option).First.ClickAsync();
        await ada.Keyboard.PressAsync("Escape");
        await ada.ClickAsync("text=Make link");
        await ada.ChooseAsync("Tour that the frame plays", "Growth");
        var line = ada.GetByLabel("For a page of another site");
        await Assertions.Expect(line).ToHaveValueAsync(new Regex("\\?tour="));
        await ada.ChooseAsync("Theme of the frame", "light");
        await Assertions.Expect(line).ToHaveValueAsync(new Regex("&amp;theme=light\""));
        wiki.Html = await line.InputValueAsync();

        // The frame has the theme that its line says, whatever the visitor's system has, and keeps it when it is loaded again.
        await outside.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await outside.GotoAsync(wiki.Origin);
        var frame = outside.Frames.Single(f => f.Url.Contains("/embed/", StringComparison.Ordinal));
        await frame.GetByText("1 of 2").WaitForAsync();
        await frame.WaitForFunctionAsync("() => document.querySelector('#state')?.dataset.exact === 'true'");
        Assert.False(await frame.EvaluateAsync<bool>(TogetherJourney.CoveredByCard));
        await frame.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await frame.GetByText("2 of 2").WaitForAsync();
        await frame.Locator("[data-pane='0']").FocusAsync();
        await outside.Keyboard.PressAsync("Shift+Space");
        await frame.GetByText("1 of 2").WaitForAsync();
        await outside.Keyboard.PressAsync("Space");
        await frame.GetByText("2 of 2").WaitForAsync();
        await frame.WaitForFunctionAsync(
            "() => dendrite.view.focus[2] === 62 && dendrite.isExact && dendrite.addressed === dendrite.revision");
        Assert.Matches("tour=.*&theme=light$", await frame.EvaluateAsync<string>("() => location.search"));
        Assert.Equal("light", await frame.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));

        // Back and on again before a busy page has drawn anything of it: the view stays, as the card says.
        var still = await frame.EvaluateAsync<double>(
            """
            async () => {
              for (const shiftKey of [true, false])
                document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', shiftKey, bubbles: true, cancelable: true }));
              for (let i = 0; i < 5; i++) await new Promise(requestAnimationFrame);
              return dendrite.view.focus[2];
            }
            """);
        Assert.Equal(62, still);
        await outside.Keyboard.PressAsync("Escape");
        await frame.GetByText("2 of 2").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>A page of another site, which is at localhost where the app is at 127.0.0.1.</summary>
    private sealed class Wiki : IDisposable
    {
        private readonly HttpListener _listener = new();

        private Wiki(int port)
        {
            (Origin, Elsewhere) = ($"http://localhost:{port}", $"http://127.0.0.1:{port}");
            _listener.Prefixes.Add($"http://localhost:{port}/");
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
            _ = AnswerAsync();
        }

        public string Origin { get; }

        /// <summary>The same page under an address that nobody allowed.</summary>
        public string Elsewhere { get; }

        public string Html { get; set; } = "";

        public static Wiki Start() => new(ServerProcess.FreePort());

        public void Dispose() => _listener.Close();

        private async Task AnswerAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    context.Response.ContentType = "text/html; charset=utf-8";
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes($"<!doctype html><h1>Wiki</h1>{Html}"));
                    context.Response.Close();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
