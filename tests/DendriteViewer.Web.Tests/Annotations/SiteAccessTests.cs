using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Tests.Hosting;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>Sites over HTTP and the hub: who may be said to have marked one, which values are taken, and who sees what.</summary>
public sealed class SiteAccessTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const string Inside = "\"zUm\":60,\"yUm\":90,\"xUm\":90,\"hours\":2,\"modality\":\"projection\"";

    private string Sites => $"/api/datasets/{app.Dataset}/sites";

    [Fact]
    public async Task ForgedAuthor_OfAnImport_IsTheImporterAndTheFilesNameIsKeptAsSuch()
    {
        await app.AddPersonAsync("Fred", role: DatasetRole.Annotate);
        var browser = await app.SignedInAsync("fred@example.org");
        var answer = await PostAsync(browser, $"[{{\"id\":\"forged1\",\"label\":\"F1\",\"author\":\"Ada Lovelace\",{Inside}}}]");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await PostAsync(browser, $"[{{\"id\":\"forged2\",\"label\":\"F2\",\"author\":\"{Agreement.Analysis}\",{Inside}}}]");
        var sites = await SitesAsync(browser);
        Assert.Equal(("Fred", "Ada Lovelace"), NamesOf(sites, "forged1"));
        Assert.Equal(("Fred", Agreement.Analysis), NamesOf(sites, "forged2"));

        // What was written out comes in again with the name that the first file had.
        var csv = await browser.GetStringAsync(Sites + "/csv");
        await PostAsync(await app.GuestAsync(DatasetRole.Annotate), csv.Replace("forged", "again"));
        Assert.Contains(await SitesAsync(browser),
            s => s.GetProperty("author").GetString() == "Guest of a link" && s.GetProperty("fileAuthor").GetString() == "Ada Lovelace");
    }

    [Theory]
    [InlineData("\"status\":7", "Its status is none of proposed, confirmed and rejected")]
    [InlineData("\"status\":\"approved\"", "Its status is none of proposed, confirmed and rejected")]
    [InlineData("\"hours\":99", "is at 99 h, when nothing was scanned")]
    [InlineData("\"modality\":\"nano-phase\"", "the modality 'nano-phase'")]
    [InlineData("\"xUm\":1e300", "outside the scans")]
    [InlineData("\"zUm\":-500", "outside the scans")]
    [InlineData("\"yUm\":1e999", "")]
    [InlineData("\"radiusUm\":0", "a radius of 0 µm")]
    [InlineData("\"label\":\"0123456789012345678901234567890123456789012345678901234567890\"", "61 characters; give at most 60")]
    [InlineData("\"label\":\"a\\u0007\"", "a character in its label")]
    public async Task ImpossibleValue_IsRefusedWithASentenceAndNothingIsKept(string field, string sentence)
    {
        var browser = await app.GuestAsync(DatasetRole.Annotate);
        var before = (await SitesAsync(browser)).Count;
        var answer = await PostAsync(browser, $"[{{\"id\":\"good\",{Inside}}},{{\"id\":\"bad\",{Inside},{field}}}]");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(sentence, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
        Assert.Equal(before, (await SitesAsync(browser)).Count);
    }

    // As by the hub: what a program sends over HTTP with a token or a cookie counts as edits of its account.
    [Theory]
    [InlineData("sites")]
    [InlineData("annotations/import")]
    public async Task Imports_MoreThanAnAccountMayEdit_AreRefusedWhole_WithTheTimeToAskAgain(string path)
    {
        var name = "Ida" + path.Length;
        await app.AddPersonAsync(name, role: DatasetRole.Annotate);
        var browser = await app.SignedInAsync($"{name.ToLowerInvariant()}@example.org");
        var lines = Enumerable.Range(0, 999).Select(i => $"{{\"id\":\"many{i}\",{Inside}}}").Append("{\"id\":\"wrong\",\"zUm\":1e9}");
        HttpResponseMessage answer;
        var tries = 0;
        do
        {
            // A line is wrong, so that nothing is written meanwhile.
            answer = await browser.PostAsync(
                $"/api/datasets/{app.Dataset}/{path}", new StringContent($"[{string.Join(',', lines)}]", null, "application/json"));
        }
        while (answer.StatusCode == HttpStatusCode.BadRequest && ++tries < 20);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.InRange(tries, 1, 19);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10);
        Assert.Matches("Too many edits from this account, link or address; ask again in [0-9]+ s.",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task CsvStatus_ThatIsUnknown_IsRefusedWithItsRow()
    {
        var answer = await PostAsync(await app.GuestAsync(DatasetRole.Annotate),
            "z_um,y_um,x_um,hours,status\n60,90,90,2,confirmed\n60,90,90,2,7\n");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Line 3: Its status is '7'",
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task EditLog_IsForMembersWhoEdit_NeverForLinks()
    {
        await app.AddPersonAsync("Grete", role: DatasetRole.Annotate);
        await app.AddPersonAsync("Hans", role: DatasetRole.View);
        Assert.Equal(HttpStatusCode.OK, (await (await app.SignedInAsync("grete@example.org")).GetAsync(Sites + "/log")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.SignedInAsync("hans@example.org")).GetAsync(Sites + "/log")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.GuestAsync(DatasetRole.View)).GetAsync(Sites + "/log")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.GuestAsync(DatasetRole.Annotate)).GetAsync(Sites + "/log")).StatusCode);
    }

    [Fact]
    public async Task ViewLink_SeesSitesWithoutNamesAndWithoutDeletedOnes()
    {
        var log = app.App.Services.GetRequiredService<SiteLog>();
        var dataset = (await app.App.Services.GetRequiredService<DatasetCatalog>().TryOpenAsync(app.Dataset, default))!;
        var secret = new Person("someone", "Secret Agent");
        var kept = await log.AddAsync(dataset, new WorldPoint(60, 90, 90), 2, "projection", secret, default);
        var gone = await log.AddAsync(dataset, new WorldPoint(50, 90, 90), 2, "projection", secret, default);
        await log.DeleteAsync(app.Identity, gone.Id, secret, default);
        var viewer = await app.GuestAsync(DatasetRole.View);
        var sites = await SitesAsync(viewer);
        Assert.Contains(sites, s => s.GetProperty("id").GetString() == kept.Id);
        Assert.DoesNotContain(sites, s => s.GetProperty("id").GetString() == gone.Id);
        foreach (var path in new[] { Sites, Sites + "/csv", "/api/datasets", $"/api/datasets/{app.Dataset}" })
        {
            Assert.DoesNotContain("Secret Agent", await viewer.GetStringAsync(path));
        }

        Assert.Contains("Secret Agent", await (await app.GuestAsync(DatasetRole.Annotate)).GetStringAsync(Sites));
        Assert.DoesNotContain("Secret Agent", await SitesOfHubAsync(viewer));
        Assert.Contains("Secret Agent", await SitesOfHubAsync(await app.GuestAsync(DatasetRole.Annotate)));
    }

    [Fact]
    public async Task HubMethod_WithImpossiblePlace_TellsASentence()
    {
        await using var hub = Connect(await app.GuestAsync(DatasetRole.Annotate));
        await hub.StartAsync();
        await hub.InvokeAsync<string>("Join", Guid.NewGuid().ToString("N"), app.Dataset.Value, "");

        // The browser tells from the answer whether a mark stays where it was dropped.
        var site = await hub.InvokeAsync<string>("AddSite", 50d, 50d, 50d);
        Assert.True(await hub.InvokeAsync<bool>("MoveSite", site, 1, 60d, 50d, 50d));
        var refused = await Assert.ThrowsAsync<Microsoft.AspNetCore.SignalR.HubException>(() =>
            hub.InvokeAsync<string>("AddSite", 5000d, 0d, 0d));
        Assert.Contains("outside the scans", refused.Message);
        refused = await Assert.ThrowsAsync<Microsoft.AspNetCore.SignalR.HubException>(() =>
            hub.InvokeAsync<string>("AddSite", double.NaN, 0d, 0d));
        Assert.DoesNotContain("unexpected error",
            Regex.Replace(refused.Message, "^An unexpected error occurred invoking '\\w+' on the server. HubException: ", ""));
    }

    private async Task<string> SitesOfHubAsync(HttpClient browser)
    {
        await using var hub = Connect(browser);
        var sites = new TaskCompletionSource<string>();
        hub.On<string, long>("sites", (s, _) => sites.TrySetResult(s));
        await hub.StartAsync();
        await hub.InvokeAsync<string>("Join", Guid.NewGuid().ToString("N"), app.Dataset.Value, "");
        return await sites.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private HubConnection Connect(HttpClient browser) =>
        new HubConnectionBuilder().WithUrl(app.Address + "/hubs/frames", o => o.Cookies = app.CookiesOf(browser)).AddMessagePackProtocol()
            .Build();

    private async Task<HttpResponseMessage> PostAsync(HttpClient browser, string body) =>
        await browser.PostAsync(Sites, new StringContent(body));

    private async Task<List<JsonElement>> SitesAsync(HttpClient browser) => (await browser.GetFromJsonAsync<List<JsonElement>>(Sites))!;

    private static (string?, string?) NamesOf(List<JsonElement> sites, string id)
    {
        var site = sites.Single(s => s.GetProperty("id").GetString() == id);
        return (site.GetProperty("author").GetString(), site.GetProperty("fileAuthor").GetString());
    }
}
