using System.Text.RegularExpressions;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Sharing;
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

    // For a second after its page was told, a connection still asked for voxels, pointed with the laser and heard whom it followed.
    [Fact]
    public async Task Connection_WhoseRightEnded_IsRefusedEachCall_AndNeitherHearsNorIsHeard()
    {
        var (browser, link) = await GuestAsync();
        await using var stays = HubCalls.Connect(scene, Viewer);
        await using var goes = new HubConnectionBuilder().WithUrl(
            scene.Running.Address + "/hubs/frames", o => o.Cookies = scene.Running.CookiesOf(browser)).AddMessagePackProtocol().Build();
        var (closed, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        var heard = 0;
        await Task.WhenAll(stays.StartAsync(), goes.StartAsync());
        await JoinAsync(stays);
        await JoinAsync(goes);
        var (me, other) = ((await goes.InvokeAsync<string[]>("Me"))[0], (await stays.InvokeAsync<string[]>("Me"))[0]);
        stays.On<string>("left", id => _ = id == me && left.TrySetResult());
        stays.On<string, string, int, double[]>("pointed", (id, _, _, _) => heard += id == me ? 1 : 0);
        var answers = new Dictionary<string, string>();
        goes.On<string>("closed", async _ =>
        {
            // All within the moment for which the connection stays.
            foreach (var (method, arguments) in new (string, object?[])[]
            {
                ("Probe", [50.0, 50.0, 50.0]), ("Look", ["{}"]), ("Point", [0, new[] { 1.0, 2.0, 3.0 }]), ("Follow", [other]), ("Me", []),
                ("Here", ["{}"]), ("Layout", [new int[8], 1.0]),
            })
            {
                try
                {
                    await goes.InvokeCoreAsync<object?>(method, arguments);
                    answers[method] = "done";
                }
                catch (Exception e)
                {
                    answers[method] = e.Message;
                }
            }

            closed.TrySetResult();
        });
        await goes.InvokeAsync("Follow", other);
        await goes.InvokeCoreAsync("Point", [0, new[] { 1.0, 2.0, 3.0 }]);
        Assert.True(await scene.Service<ShareLinks>().RevokeAsync(scene.Running.Identity, link.Id, default));
        await left.Task.WaitAsync(s_patience);
        heard = 0;
        await closed.Task.WaitAsync(s_patience);
        Assert.Equal(7, answers.Count);
        Assert.All(answers, a => Assert.Contains("Join a session first", a.Value, StringComparison.Ordinal));
        Assert.Equal(0, heard);
    }

    private async Task<(HttpClient Browser, ShareLink Link)> GuestAsync()
    {
        var (link, token) = await scene.Running.LinkAsync(DatasetRole.Annotate);
        var browser = scene.Running.NewBrowser();
        await browser.GetAsync("/s/" + token);
        return (browser, link);
    }

    private Visitor Viewer => scene.Visitors.Single(v => v.Name == "viewer");

    private Task JoinAsync(HubConnection hub) =>
        hub.InvokeAsync<string>("Join", HubCalls.NewSession(), scene.Running.Dataset.Value, "");

    [GeneratedRegex("data-ticket=\"([^\"]+)\"")]
    private static partial Regex Ticket();
}
