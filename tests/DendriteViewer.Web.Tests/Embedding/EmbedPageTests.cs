using System.Net;
using System.Text.RegularExpressions;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Hosting.Authorization;
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
        await using var hub = new HubConnectionBuilder().WithUrl(
            scene.Running.Address + "/hubs/frames", o => o.AccessTokenProvider = () => Task.FromResult<string?>(ticket))
            .AddMessagePackProtocol().Build();
        await hub.StartAsync();
        Assert.Contains("\"role\":\"view\"", await JoinAsync(hub), StringComparison.Ordinal);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/datasets/{scene.Running.Dataset}");
        request.Headers.Add("Authorization", "Bearer " + ticket);
        using var answer = await scene.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);

        var link = (await scene.Service<ShareLinks>().FindAsync(token, default))!;
        await scene.Service<ShareLinks>().RevokeAsync(scene.Running.Identity, link.Id, default);
        await Assert.ThrowsAnyAsync<Exception>(() => JoinAsync(hub));
    }

    private Task<string> TokenAsync() => scene.NewEmbeddedLinkAsync(scene.Visitors.Single(v => v.Name == "viewer"));

    private Task<string> JoinAsync(HubConnection hub) =>
        hub.InvokeAsync<string>("Join", HubCalls.NewSession(), scene.Running.Dataset.Value, "");

    [GeneratedRegex("data-ticket=\"([^\"]+)\"")]
    private static partial Regex Ticket();
}
