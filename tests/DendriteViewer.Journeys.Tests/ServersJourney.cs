using System.Net.Http.Headers;
using DendriteViewer.Web.Tests.Jobs;
using Microsoft.Playwright;
using HttpStatusCode = System.Net.HttpStatusCode;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Two servers that share a PostgreSQL, a Redis and a store, behind the nginx that is shipped.</summary>
public sealed class ServersJourney(Browser browser, PostgresFixture postgres) : IClassFixture<Browser>, IClassFixture<PostgresFixture>
{
    // Within which an edit at one server is seen by who is at another: the median of the edits after the first of each server, for which
    // it compiles what an edit takes. Time in which the machine did not serve the page is not counted.
    private const double MostEditMilliseconds = 300;
    private const int Edits = 8;

    // Within which a page whose server died goes on at another.
    private static readonly TimeSpan s_mostAway = TimeSpan.FromSeconds(10);

    // Since the page that comes in its place has joined, within which a page on a dead server is taken back. It is forgotten by itself 30 s
    // after its last word, that is more than 20 s after the other has joined.
    private static readonly TimeSpan s_mostTwice = TimeSpan.FromSeconds(18);

    private static readonly string[] s_tokens = ["the first server's token", "the second server's token"];

    [Fact]
    public async Task TwoServers_OneOfThemKilled_PageEditsDraftAndJobGoOnAtTheOther()
    {
        await browser.BeginAsync();
        await using var redis = await RedisProcess.StartAsync();
        var shared = Directory.CreateTempSubdirectory("dendrite-shared-").FullName;
        try
        {
            await PhantomStores.CopyAsync(new PhantomCell(160, 1.6, "0,1,2,3"), Path.Combine(shared, "store"));
            (string, string)[] environment =
            [
                ("Dendrite__Database", await postgres.NewDatabaseAsync()), ("Dendrite__Redis", redis.Address),
                ("Dendrite__Store", Path.Combine(shared, "store")),
            ];

            // At the same moment: whoever comes first makes the tables, and the other finds them.
            var servers = await Task.WhenAll(
                s_tokens.Select(t => AppServer.StartAsync(environment: [.. environment, ("Dendrite__MetricsToken", t)])));
            await using var first = servers[0];
            await using var second = servers[1];
            await using var nginx = await NginxProcess.StartAsync(Path.Combine(shared, "nginx"), first.Port, second.Port);
            await GoOnAsync(servers, nginx.Address, redis);
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }

    private async Task GoOnAsync(AppServer[] servers, string address, RedisProcess redis)
    {
        // The account is made at the first server, and its cookie is good at both. The other is a guest, whose link is made at one server
        // and opened at the other.
        IPage[] pages = [await browser.NewPageAsync(), await browser.NewPageAsync()];
        await pages[0].BecomeAdministratorAsync(servers[0]);
        await pages[0].Locator(".card").WaitForAsync();
        var cookie = (await pages[0].Context.CookiesAsync()).Single(c => c.Name == "dendrite");
        await pages[0].Context.AddCookiesAsync([new Cookie { Name = cookie.Name, Value = cookie.Value, Url = address }]);
        var view = $"{address}/d/{PhantomCell.Id}?v=1&t=2&m=projection&band=90,130";
        for (var i = 0; i < pages.Length; i++)
        {
            await pages[i].Context.AddCookiesAsync(
                [new Cookie { Name = "dendrite_route", Value = await RouteToAsync(address, i), Url = address }]);
            await pages[i].GotoAsync(view);
            await pages[i].ExactAsync();
            await pages[i].GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
            await pages[i].GetByText("No sites yet").First.WaitForAsync();
            view = i == 0 ? await pages[0].LinkAsync("Ben", "may annotate") : view;
        }

        // Each sees the other once.
        foreach (var p in pages)
        {
            await p.UntilAsync("() => dendrite.together?.roster.people.length === 1 && dendrite.together.roster.all.length === 1");
        }

        // An edit at either server is seen at the other at once.
        var times = new List<double>();
        for (var i = 0; i < Edits; i++)
        {
            var (there, here) = (pages[i % 2], pages[1 - i % 2]);
            var at = 60 + 5 * i;
            var seen = await here.MeasuredAsync($"dendrite.sites.length === {i + 1}", () => there.AddSiteAsync(100, at, 80));
            times.Add(seen.Served);
        }

        Assert.True(
            times.Skip(2).Order().ElementAt((times.Count - 2) / 2) <= MostEditMilliseconds,
            $"Edits were seen at the other server after {string.Join(", ", times.Select(t => $"{t:0}"))} ms.");

        await WithoutRedisAsync(pages, redis);

        // Whichever server has begun the job is the one that dies.
        await pages[0].GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await pages[0].GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        var dying = await AtWorkAsync(servers);
        var (page, other) = (pages[dying], pages[1 - dying]);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await page.Locator("td").GetByText("N1", new() { Exact = true }).ClickAsync();
        await page.Locator(".site textarea").FillAsync("typed and not saved");
        await page.SettledAsync();

        // Who follows goes on following the page that comes in this one's place.
        var slice = (await page.Locator("[data-pane='0']").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(slice.X + 100, slice.Y + 100);
        await other.UntilAsync("() => dendrite.together.roster.all[0].cursor");
        await other.EvaluateAsync("() => { window.before = dendrite.together.roster.all[0].id; dendrite.together.start(before); }");
        await page.UntilAsync("() => dendrite.together.roster.all[0].follows === dendrite.together.me");
        await page.EvaluateAsync("() => { window.isOfBefore = true; }");
        await servers[dying].KillAsync();
        var since = TimeProvider.System.GetTimestamp();
        await page.UntilAsync(
            """
            () => !window.isOfBefore && document.querySelector('#state')?.dataset.exact === 'true'
              && document.querySelector('.site textarea')?.value === 'typed and not saved'
            """);
        var away = TimeProvider.System.GetElapsedTime(since);
        Assert.True(away < s_mostAway, $"The page went on after {away.TotalSeconds:0.0} s; allowed are {s_mostAway.TotalSeconds} s.");
        Assert.Equal(2, await page.EvaluateAsync<double>("() => dendrite.view.hours"));

        // Who went on is seen once, and by a word of theirs: the page of before would be shown for half a minute if nobody took it back.
        await page.UntilAsync("() => dendrite.together?.me");
        var joined = TimeProvider.System.GetTimestamp();
        await other.UntilAsync("() => dendrite.together.roster.all.length === 1 && dendrite.together.roster.all[0].id !== before");
        Assert.True(
            TimeProvider.System.GetElapsedTime(joined) < s_mostTwice, "The page on the dead server was seen until its time was up.");
        await other.UntilAsync("() => dendrite.together.follow.id === dendrite.together.roster.all[0].id");
        await page.UntilAsync("() => dendrite.together?.roster.all.length === 1");
        Assert.Equal("90,130", await page.EvaluateAsync<string>("() => dendrite.view.band.join()"));
        await page.UntilAsync($"() => dendrite.sites.length === {Edits + 2}");

        // The draft is saved now, and whoever is here sees it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await other.UntilAsync("() => dendrite.sites.some(s => s.note === 'typed and not saved')");

        // The job goes on once the dead server is missed.
        await pages[0].GotoAsync(address + "/jobs");
        await pages[0].Locator(".job.done").WaitForAsync(new() { Timeout = 120_000 });
        Assert.Contains("attempt 2", await pages[0].Locator(".job").InnerTextAsync());

        // Blazor's script throws this where a field loses the focus in a page whose server is gone.
        Assert.DoesNotContain(
            browser.Errors, e => !e.Contains("if the connection is not in the 'Connected' State", StringComparison.Ordinal));
    }

    // While the servers do not reach each other pages say so, edits are kept and come to the others, and pages can be opened; when they do
    // again, people see each other without doing anything.
    private static async Task WithoutRedisAsync(IPage[] pages, RedisProcess redis)
    {
        const string Notice = "The servers do not reach each other";
        await redis.KillAsync();
        foreach (var page in pages)
        {
            await page.GetByText(Notice).WaitForAsync();
        }

        await pages[0].AddSiteAsync(100, 110, 80);
        await pages[1].UntilAsync($"() => dendrite.sites.length === {Edits + 1}");
        await pages[1].ReloadAsync();
        await pages[1].ExactAsync();
        await pages[1].AddSiteAsync(100, 115, 80);
        await pages[0].UntilAsync($"() => dendrite.sites.length === {Edits + 2}");
        await redis.LaunchAsync();
        foreach (var page in pages)
        {
            await page.GetByText(Notice).WaitForAsync(new() { State = WaitForSelectorState.Detached });
            await page.UntilAsync("() => dendrite.together?.roster.people.length === 1 && dendrite.together.roster.all.length === 1");
        }
    }

    // A value of the route's cookie that leads to a server, each of which answers to its own token alone.
    private static async Task<string> RouteToAsync(string address, int server)
    {
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false });
        for (var route = 0; route < 100; route++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address + "/health/live");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", s_tokens[server]);
            request.Headers.Add("Cookie", $"dendrite_route=r{route}");
            if ((await client.SendAsync(request)).StatusCode == HttpStatusCode.OK)
            {
                return $"r{route}";
            }
        }

        throw new InvalidOperationException($"No route leads to server {server}.");
    }

    private static async Task<int> AtWorkAsync(AppServer[] servers)
    {
        using var client = new HttpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            for (var i = 0; i < servers.Length; i++)
            {
                var lines = (await client.GetStringAsync(servers[i].Address + "/metrics", patience.Token)).Split('\n');
                if (lines.Any(l => l.StartsWith("dendrite_compute_busy", StringComparison.Ordinal) && l.Contains("\"job\"")
                    && l.Split(' ')[1] != "0"))
                {
                    return i;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }
}
