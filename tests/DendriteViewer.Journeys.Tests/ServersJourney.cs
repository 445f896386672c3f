using System.Net.Http.Headers;
using DendriteViewer.Web.Tests.Jobs;
using Microsoft.Playwright;
using HttpStatusCode = System.Net.HttpStatusCode;

namespace DendriteViewer.Journeys.Tests;

/// <summary>Two servers that share a PostgreSQL, a Redis and a store, behind the nginx that is shipped.</summary>
public sealed class ServersJourney(Browser browser, PostgresFixture postgres) : IClassFixture<Browser>, IClassFixture<PostgresFixture>
{
    // Within which an edit at one server is seen by who is at another: half of the edits, since a machine that runs tests has more to do,
    // and after the first of each server, for which it compiles what an edit takes.
    private const double MostEditMilliseconds = 300;
    private const int Edits = 8;

    // Within which a page whose server died goes on at another.
    private static readonly TimeSpan s_mostAway = TimeSpan.FromSeconds(10);

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
            await GoOnAsync(servers, nginx.Address);
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }

    private async Task GoOnAsync(AppServer[] servers, string address)
    {
        // The account is made at the first server, and its cookie is good at both.
        IPage[] pages = [await browser.NewPageAsync(), await browser.NewPageAsync()];
        await pages[0].BecomeAdministratorAsync(servers[0]);
        await pages[0].Locator(".card").WaitForAsync();
        var cookies = (await pages[0].Context.CookiesAsync()).Where(c => c.Name == "dendrite").Select(c => new Cookie
        {
            Name = c.Name, Value = c.Value, Url = address,
        }).ToArray();
        for (var i = 0; i < pages.Length; i++)
        {
            await pages[i].Context.AddCookiesAsync(
                [.. cookies, new Cookie { Name = "dendrite_route", Value = await RouteToAsync(address, i), Url = address }]);
            await pages[i].GotoAsync($"{address}/d/{PhantomCell.Id}?v=1&t=2&m=projection&band=90,130");
            await pages[i].ExactAsync();
            await pages[i].GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
            await pages[i].GetByText("No sites yet").First.WaitForAsync();
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
            times.Skip(2).Order().ElementAt((Edits - 3) / 2) <= MostEditMilliseconds,
            $"Edits were seen at the other server after {string.Join(", ", times.Select(t => $"{t:0}"))} ms.");

        // Whichever server has begun the job is the one that dies.
        await pages[0].GetByRole(AriaRole.Tab, new() { Name = "Analysis" }).ClickAsync();
        await pages[0].GetByRole(AriaRole.Button, new() { Name = "Run the analysis" }).ClickAsync();
        var dying = await AtWorkAsync(servers);
        var (page, other) = (pages[dying], pages[1 - dying]);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Sites" }).ClickAsync();
        await page.Locator("td").GetByText("N1", new() { Exact = true }).ClickAsync();
        await page.Locator(".site textarea").FillAsync("typed and not saved");
        await page.SettledAsync();
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
        Assert.Equal("90,130", await page.EvaluateAsync<string>("() => dendrite.view.band.join()"));
        Assert.Equal(Edits, await page.EvaluateAsync<int>("() => dendrite.sites.length"));

        // The draft is saved now, and whoever is here sees it.
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await other.UntilAsync("() => dendrite.sites.some(s => s.note === 'typed and not saved')");

        // The job goes on once the dead server is missed.
        await other.GotoAsync(address + "/jobs");
        await other.Locator(".job.done").WaitForAsync(new() { Timeout = 120_000 });
        Assert.Contains("attempt 2", await other.Locator(".job").InnerTextAsync());

        // Blazor's script throws this where a field loses the focus in a page whose server is gone.
        Assert.DoesNotContain(
            browser.Errors, e => !e.Contains("if the connection is not in the 'Connected' State", StringComparison.Ordinal));
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
