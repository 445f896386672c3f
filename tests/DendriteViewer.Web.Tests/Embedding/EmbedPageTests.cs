using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Embedding;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Hosting.Authorization;
using DendriteViewer.Web.Tours;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Embedding;

[Collection(AuthorizationScene.Name)]
public sealed partial class EmbedPageTests(AuthorizationScene scene)
{
    [Fact]
    public async Task Page_OfALinkThatASiteMayShow_NamesThatSiteAlone_AndKeepsTheRestOfThePolicy()
    {
        using var answer = await scene.Http.GetAsync("/embed/" + await TokenAsync());
        var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"frame-ancestors {AuthorizationScene.EmbedOrigin};", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("X-Frame-Options"));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Page_OfALinkThatNoSiteMayShow_IsInNoFrame()
    {
        var (_, token) = await scene.Running.LinkAsync(DatasetRole.View);
        using var answer = await scene.Http.GetAsync("/embed/" + token);
        Assert.Equal("/gone", answer.Headers.Location?.OriginalString);
        Assert.Contains("frame-ancestors 'none'", string.Join(' ', answer.Headers.GetValues("Content-Security-Policy")));
    }

    [Fact]
    public async Task Ticket_OpensTheHubWithoutACookie_AndNothingElse_UntilTheLinkIsRevoked()
    {
        var visitor = scene.Visitors.Single(v => v.Name == "viewer");
        var token = await scene.NewEmbeddedLinkAsync(visitor);
        var ticket = Ticket().Match(await scene.Http.GetStringAsync("/embed/" + token)).Groups[1].Value;
        await using var hub = HubOf(ticket);
        await using var late = HubOf(ticket);
        var closed = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await hub.StartAsync();
        await late.StartAsync();
        Assert.Contains("\"role\":\"view\"", await JoinAsync(hub), StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/datasets/{scene.Running.Dataset}");
        request.Headers.Add("Authorization", "Bearer " + ticket);
        using var answer = await scene.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);

        var link = (await scene.Service<ShareLinks>().FindAsync(token, default))!;
        await scene.Service<ShareLinks>().RevokeAsync(scene.Running.Identity, link.Id, default);

        // Who joined is sent away; who is connected and did not join yet is refused with the reason.
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var refused = await Assert.ThrowsAsync<HubException>(() => JoinAsync(late));
        Assert.EndsWith("HubException: This is not open to you.", refused.Message);
    }

    [Fact]
    public async Task Page_ThatAsksForATour_HasItsWordsAndViews_OrSaysThatThereIsNone()
    {
        var annotator = scene.PrincipalOf(scene.Visitors.Single(v => v.Name == "annotator"));
        var tour = await scene.Service<TourStore>().CreateAsync(annotator, scene.Running.Identity, new TourContent(
            "Growth", "What grows", [new TourStep(Guid.NewGuid(), "\"Rim\" <b>", "Look here", "v=1&t=99&zoom=0.5", 4)]));
        using var played = await PlayedAsync(await TokenAsync(), $"{tour.Id:N}");
        var step = Assert.Single(played.RootElement.GetProperty("steps").EnumerateArray());
        Assert.Equal("Growth", played.RootElement.GetProperty("title").GetString());
        Assert.Equal("\"Rim\" <b>", step.GetProperty("title").GetString());
        Assert.Equal(0.5, step.GetProperty("view").GetProperty("umPerPixel").GetDouble());
        Assert.Contains("no scan at 99 h", Assert.Single(step.GetProperty("remarks").EnumerateArray()).GetString());
        foreach (var other in new[] { Guid.NewGuid().ToString("N"), "nonsense" })
        {
            using var none = await PlayedAsync(await TokenAsync(), other);
            Assert.Equal("The tour is not there any more.", none.RootElement.GetProperty("problem").GetString());
        }

        Assert.DoesNotContain("data-tour", await scene.Http.GetStringAsync("/embed/" + await TokenAsync()));
    }

    [Fact]
    public async Task Tour_AskedForMoreOftenThanALinkMay_SaysSoInItsPlace()
    {
        using var budgets = new Budgets(new DendriteOptions { PictureBurstMegapixels = 1, PictureMegapixelsPerSecond = 0.01 });
        var tours = new EmbedTours(scene.Service<TourDesk>(), scene.Service<ViewSessions>(), budgets, scene.Service<Failures>());
        var guest = EmbedTickets.GuestOf(Guid.NewGuid(), Guid.NewGuid(), "Guest");
        var dataset = await scene.DatasetAsync();
        string? told;
        var tries = 0;
        do
        {
            told = await tours.JsonAsync(guest, IPAddress.Loopback, dataset, $"?tour={Guid.NewGuid():N}", default);
        }
        while (!told!.Contains("Too many", StringComparison.Ordinal) && ++tries < 100);

        Assert.Matches("\"problem\":\"Too many tours from this account, link or address; ask again in [0-9]+ s.\"", told);
        Assert.InRange(tries, 1, 99);
    }

    private async Task<JsonDocument> PlayedAsync(string token, string tour)
    {
        var page = await scene.Http.GetStringAsync($"/embed/{token}?tour={tour}");
        return JsonDocument.Parse(WebUtility.HtmlDecode(Tour().Match(page).Groups[1].Value));
    }

    private HubConnection HubOf(string ticket) => new HubConnectionBuilder().WithUrl(
        scene.Running.Address + "/hubs/frames", o => o.AccessTokenProvider = () => Task.FromResult<string?>(ticket))
        .AddMessagePackProtocol().Build();

    private Task<string> TokenAsync() => scene.NewEmbeddedLinkAsync(scene.Visitors.Single(v => v.Name == "viewer"));

    private Task<string> JoinAsync(HubConnection hub) =>
        hub.InvokeAsync<string>("Join", HubCalls.NewSession(), scene.Running.Dataset.Value, "");

    [GeneratedRegex("data-ticket=\"([^\"]+)\"")]
    private static partial Regex Ticket();

    [GeneratedRegex("data-tour=\"([^\"]+)\"")]
    private static partial Regex Tour();
}
