using System.Text.RegularExpressions;
using DendriteViewer.Web.Tests.Hosting.Authorization;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using HubException = Microsoft.AspNetCore.SignalR.HubException;

namespace DendriteViewer.Web.Tests.Presence;

/// <summary>Who is heard of by the hub.</summary>
[Collection(AuthorizationScene.Name)]
public sealed partial class PresenceHubTests(AuthorizationScene scene)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Page_ThatIsEmbedded_HasNoVoice()
    {
        var token = await scene.NewEmbeddedLinkAsync(Viewer);
        var ticket = Ticket().Match(await scene.Http.GetStringAsync("/embed/" + token)).Groups[1].Value;
        await using var hub = new HubConnectionBuilder().WithUrl(
            scene.Running.Address + "/hubs/frames", o => o.AccessTokenProvider = () => Task.FromResult<string?>(ticket))
            .AddMessagePackProtocol().Build();
        await hub.StartAsync();
        await JoinAsync(hub);
        foreach (var (method, argument) in new (string, object?)[] { ("Me", null), ("Follow", "0123456789abcdef"), ("Here", "{}") })
        {
            var refused = await Assert.ThrowsAsync<HubException>(() => hub.InvokeCoreAsync(method, argument is null ? [] : [argument]));
            Assert.Contains("is not seen by others", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Connection_ThatJoinsAnotherSession_IsToldToHaveLeftTheFirst()
    {
        await using var stays = HubCalls.Connect(scene, Viewer);
        await using var goes = HubCalls.Connect(scene, Viewer);
        await Task.WhenAll(stays.StartAsync(), goes.StartAsync());
        await JoinAsync(stays);
        await JoinAsync(goes);
        var (before, left) = ((await goes.InvokeAsync<string[]>("Me"))[0], new TaskCompletionSource());
        stays.On<string>("left", id => _ = id == before && left.TrySetResult());
        await goes.InvokeAsync("Follow", (await stays.InvokeAsync<string[]>("Me"))[0]);
        await JoinAsync(goes);
        await left.Task.WaitAsync(s_patience);
        Assert.NotEqual(before, (await goes.InvokeAsync<string[]>("Me"))[0]);
    }

    private Visitor Viewer => scene.Visitors.Single(v => v.Name == "viewer");

    private Task JoinAsync(HubConnection hub) =>
        hub.InvokeAsync<string>("Join", HubCalls.NewSession(), scene.Running.Dataset.Value, "");

    [GeneratedRegex("data-ticket=\"([^\"]+)\"")]
    private static partial Regex Ticket();
}
