using Microsoft.Playwright;

namespace DendriteViewer.Journeys.Tests;

/// <summary>The whole story: import, open, scrub, annotate, share, open elsewhere, see the annotation, revoke, be refused.</summary>
public sealed class CollaborationJourney(Browser browser) : IClassFixture<Browser>
{
    // Behind the proxy, as people reach a server; the other journeys reach theirs without one.
    [Fact]
    public async Task AScientistAndACollaborator_BehindNginx_SeeMarkAndShare()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync(behindNginx: true);
        await PhantomStores.CopyScansAsync(new PhantomCell(64, 3, "0,1.5,3.2"), Path.Combine(server.Folder, "beamline/cell"));
        var page = await browser.NewPageAsync();

        // The first administrator, by the code on the console.
        await page.BecomeAdministratorAsync(server);

        // Import a folder on the server, with progress, until it can be opened.
        await page.GetByText("No datasets yet").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Import a folder" }).ClickAsync();
        await page.GetByLabel("File or folder on the server").FillAsync(Path.Combine(server.Folder, "beamline/cell"));
        await page.ClickAsync("text=Continue");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start import" }).ClickAsync();
        await page.Locator(".card h2").WaitForAsync();
        await page.Locator(".card").ClickAsync();
        await page.ExactAsync();

        // Play to the end, which waits for what is not loaded, and go back.
        await page.Locator("[data-pane='0']").FocusAsync();
        await page.Keyboard.PressAsync(" ");
        await page.UntilAsync("() => dendrite.view.hours === 3.2");
        await page.UntilAsync("() => dendrite.timeline.timer === null");
        await page.ChangedAsync(() => page.Keyboard.PressAsync("ArrowLeft"));
        await page.ChangedAsync(() => page.Keyboard.PressAsync("ArrowLeft"));

        // Scrub to 3.2 h, change the plane, and mark a site in a slice.
        await page.ChangedAsync(() => page.Keyboard.PressAsync("ArrowRight"));
        await page.ChangedAsync(() => page.Keyboard.PressAsync("ArrowRight"));
        Assert.Contains("t=3.2", await AddressAsync(page, "t=3.2"));
        await page.ChangedAsync(async () =>
        {
            await page.Locator("[data-pane='1']").HoverAsync();
            await page.Mouse.WheelAsync(0, 100);
        });
        await page.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await page.GetByText("No sites yet").WaitForAsync();
        await page.Keyboard.PressAsync("n");
        await page.Locator("[data-pane='1']").ClickAsync(new() { Position = new Position { X = 180, Y = 150 } });
        await page.GetByText("by Ada").WaitForAsync();
        await page.Locator(".site textarea").FillAsync("beside a void of the band");
        await page.Locator(".site textarea").PressAsync("Tab");
        await page.Keyboard.PressAsync("Escape");

        // Saved and come back, else the drag would be of an older version and refused.
        await page.UntilAsync("() => dendrite.sites[0].note === 'beside a void of the band'");

        // Drag the mark, and take that back.
        await page.EvaluateAsync("() => { window.placed = dendrite.sites[0]; }");
        var mark = await page.EvaluateAsync<float[]>("() => { const s = dendrite.sites[0], r = dendrite.panes[1].element.getBoundingClientRect(), p = dendrite.panes[1].map().toScreen([s.zUm, s.yUm, s.xUm]); return [r.left + p[0], r.top + p[1]]; }");
        await page.Mouse.MoveAsync(mark[0], mark[1]);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(mark[0] + 20, mark[1] + 10);
        await page.Mouse.MoveAsync(mark[0] + 40, mark[1] + 20);
        await page.Mouse.UpAsync();
        await page.UntilAsync("() => dendrite.sites[0].xUm > placed.xUm + 1");
        await page.Keyboard.PressAsync("Control+z");
        await page.UntilAsync("() => dendrite.sites[0].xUm === placed.xUm");

        // Share exactly this view.
        var colors = page.GetByRole(AriaRole.Tab, new() { Name = "Display" });
        await colors.ClickAsync();
        await page.ChangedAsync(() => page.ChooseAsync("Colours", "viridis"));
        await page.ChangedAsync(async () => Assert.Equal("false", await page.EvaluateAsync<string>(
            "() => { dendrite.patch({ camera: [75.25, 31, 0, 0, 0, 0], band: [90, 130] }); return document.querySelector('#state').dataset.exact; }")));
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByLabel("Name of the link").FillAsync("Ben");
        await page.ChooseAsync("Role", "may annotate");
        await page.ClickAsync("text=Make link");
        var link = await page.Locator("[data-copy]").InputValueAsync();
        Assert.StartsWith(server.Address, link);

        // Another browser: no account, the same pictures, the same mark.
        var guest = await browser.NewPageAsync();
        await guest.GotoAsync(server.Address + "/");
        Assert.Contains("/account/login", guest.Url);
        await guest.GotoAsync(link);
        await guest.ExactAsync();
        for (var pane = 0; pane < 4; pane++)
        {
            Assert.Equal(await page.PixelsAsync(pane), await guest.PixelsAsync(pane));
        }

        await guest.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await guest.Locator("td").GetByText("N1", new() { Exact = true }).ClickAsync();
        await guest.UntilAsync("() => document.querySelector('.site textarea')?.value === 'beside a void of the band'");
        Assert.Equal(0, await guest.GetByRole(AriaRole.Button, new() { Name = "Share" }).CountAsync());

        // The same view by URL, with cache headers, and as the link's preview.
        var picture = await guest.APIRequest.GetAsync($"{server.Address}/api/datasets/li-li3ps4-li-phantom-0-8-ma-cm2/slice.png{new Uri(guest.Url).Query}&axis=y&size=300x200");
        Assert.Equal((200, "image/png"), (picture.Status, picture.Headers["content-type"]));
        var again = await guest.APIRequest.GetAsync(picture.Url, new() { Headers = new Dictionary<string, string> { ["If-None-Match"] = picture.Headers["etag"] } });
        Assert.Equal(304, again.Status);
        Assert.Equal(200, (await guest.APIRequest.GetAsync(link + "/preview.png")).Status);
        Assert.Equal(404, (await guest.APIRequest.GetAsync(server.Address + "/api/datasets/another")).Status);
        Assert.Contains("/api/datasets/{dataset}/render.png", await (await guest.APIRequest.GetAsync(server.Address + "/openapi/v1.json")).TextAsync());

        // The guest marks in 3D what is seen; the owner sees it within a second.
        await guest.EvaluateAsync("() => dendrite.patch({ transfer: dendrite.scene.presets.voids, selected: '' })");
        await guest.Keyboard.PressAsync("n");
        var place = await guest.EvaluateAsync<double[]?>(
            """
            async () => {
              const [w, h] = dendrite.panes[3].size;
              for (let y = 0.2; y < 0.8; y += 0.05) for (let x = 0.3; x < 0.7; x += 0.05) {
                const at = await dendrite.connection.invoke('Pick', w * x, h * y, w, h);
                if (at) return at;
              }
              return null;
            }
            """);
        Assert.NotNull(place);
        await page.WithinAsync(1, "dendrite.sites.length === 2", () => guest.AddSiteAsync(place));
        await page.WithinAsync(1, "dendrite.sites.length === 1", () => guest.Keyboard.PressAsync("Control+z"));

        await CommentAsync(page, guest);

        // Revoked: what is open ends, and the link tells nothing but that.
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Ben" }).ClickAsync();
        await guest.GetByText("This link is not open").WaitForAsync();
        await guest.GotoAsync(link);
        await guest.GetByText("This link is not open").WaitForAsync();
        var refused = await guest.APIRequest.GetAsync(server.Address + "/api/datasets/li-li3ps4-li-phantom-0-8-ma-cm2");
        Assert.Equal(404, refused.Status);
        Assert.Equal(404, (await guest.APIRequest.GetAsync(link + "/preview.png")).Status);
        Assert.Empty(browser.Errors);
    }

    // The guest comments on the site and names who shared it, who finds the mark, sees what the guest saw, answers and resolves; and takes
    // both back after the page was loaded again.
    private static async Task CommentAsync(IPage ada, IPage guest)
    {
        await guest.Keyboard.PressAsync("Escape");
        await guest.Locator("td").GetByText("N1", new() { Exact = true }).ClickAsync();
        await guest.Locator(".site-comments").WaitForAsync();
        await guest.EvaluateAsync("() => dendrite.patch({ focus: [70, 71, 72] })");
        await guest.UntilAsync("() => location.search.includes('at=70,71,72')");
        await guest.Locator(".site-comments").ClickAsync();
        await guest.GetByLabel("New comment on N1").FillAsync("@Ada was this a void?");
        await guest.Locator(".comment-new").GetByRole(AriaRole.Button, new() { Name = "Comment", Exact = true }).ClickAsync();

        await ada.Keyboard.PressAsync("Escape");
        await ada.GetByLabel("One thread with something new").WaitForAsync();
        await ada.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await ada.Locator("td").GetByText("N1", new() { Exact = true }).ClickAsync();
        await ada.GetByText("1 comment, names you").ClickAsync();
        await ada.UntilAsync("() => dendrite.view.focus.join() === '70,71,72'");
        await ada.GetByLabel("One thread with something new").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await ada.GetByRole(AriaRole.Textbox, new() { Name = "Answer" }).FillAsync("Yes, at 0 h.");
        await ada.GetByRole(AriaRole.Button, new() { Name = "Answer", Exact = true }).ClickAsync();
        await guest.GetByText("1 new").WaitForAsync();
        await ada.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }).ClickAsync();
        await guest.GetByText("No open threads").WaitForAsync();

        await ada.ReloadAsync();
        await ada.ExactAsync();
        await ada.UntilAsync("() => dendrite.steps.edits?.undo >= 2");
        await ada.Keyboard.PressAsync("Control+z");
        await guest.GetByText("1 answer").WaitForAsync();
        await ada.Keyboard.PressAsync("Control+z");
        await guest.GetByText("1 answer").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await guest.GetByText("was this a void?").First.WaitForAsync();
    }

    [Fact]
    public async Task AnAdministrator_MakesAnAccountAndAMember_WhoSeesThatDatasetAlone()
    {
        await browser.BeginAsync();
        await using var server = await AppServer.StartAsync();
        foreach (var name in new[] { "mine", "theirs" })
        {
            var raw = Path.Combine(server.Folder, name + ".raw");
            await File.WriteAllBytesAsync(raw, new byte[8 * 9 * 10]);
            await AppServer.CliAsync("ingest", raw, "--dataset", name, "--hours", "0", "--voxel-um", "1", "--shape", "8,9,10", "--dtype", "u1", "--store", Path.Combine(server.Folder, "data/store"));
        }

        var page = await browser.NewPageAsync();
        await page.BecomeAdministratorAsync(server);
        await page.Locator(".card").First.WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Account and theme" }).ClickAsync();
        await page.GetByText("Administration", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Ben");
        await page.GetByLabel("E-mail").FillAsync("ben@example.org");
        await page.ClickAsync("text=Make account");
        var password = System.Text.RegularExpressions.Regex.Match(await page.GetByText("first password").InnerTextAsync(), "password ([0-9a-f]{16})").Groups[1].Value;
        await page.ChooseAsync("Roles in dataset", "theirs");
        await page.ChooseAsync("Role of Ben", "annotator");
        await page.GetByText("Ben has the role annotator in theirs now.").WaitForAsync();

        var ben = await browser.NewPageAsync();
        await ben.GotoAsync(server.Address + "/account/login");
        await ben.FillAsync("[name='Input.Email']", "ben@example.org");
        await ben.FillAsync("[name='Input.Password']", password);
        await ben.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        Assert.Equal("theirs", await ben.Locator(".card h2").InnerTextAsync());
        await ben.GotoAsync(server.Address + "/d/mine");
        await ben.GetByText("No such dataset").WaitForAsync();
        await ben.GotoAsync(server.Address + "/admin/people");
        await ben.GetByText("This page is for administrators").WaitForAsync();
        await ben.GotoAsync(server.Address + "/d/theirs");
        await ben.ExactAsync();
        Assert.Empty(browser.Errors);
    }

    [Fact]
    public async Task NobodyWithoutAnAccount_SeesAnything()
    {
        await using var server = await AppServer.StartAsync();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        foreach (var path in new[] { "/", "/d/x", "/api/datasets", "/api/datasets/x/render.png", "/api/datasets/x/sites", "/api/datasets/x/exports/y", "/api/uploads/x", "/openapi/v1.json", "/hubs/frames/negotiate", "/_blazor/negotiate" })
        {
            var answer = path.EndsWith("negotiate", StringComparison.Ordinal) ? await client.PostAsync(server.Address + path, null) : await client.GetAsync(server.Address + path);
            Assert.True((int)answer.StatusCode is 302 or 401 or 404, $"{path}: {answer.StatusCode}");
        }

        using var foreign = new HttpRequestMessage(HttpMethod.Post, server.Address + "/account/logout");
        foreign.Headers.Add("Origin", "http://evil.example");
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await client.SendAsync(foreign)).StatusCode);
    }

    private static async Task<string> AddressAsync(IPage page, string part)
    {
        await page.UntilAsync("p => location.search.includes(p)", part);
        return page.Url;
    }
}
