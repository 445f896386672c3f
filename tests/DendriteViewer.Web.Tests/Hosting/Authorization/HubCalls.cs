using System.Globalization;
using System.Net;
using System.Reflection;
using DendriteViewer.Web.Streaming;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using HubException = Microsoft.AspNetCore.SignalR.HubException;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>How each method of a hub is called, so that for whoever may it succeeds.</summary>
internal static class HubCalls
{
    private static readonly string[] s_refusals = ["This is not open to you.", "Join a session first."];

    private static readonly Dictionary<string, Func<AuthorizationScene, Task<object?[]>>> s_all = new(StringComparer.Ordinal)
    {
        ["Join"] = s => With(NewSession(), s.Running.Dataset.Value, ""),
        ["Open"] = s => With(NewSession(), s.Running.Dataset.Value, "", new int[8], 1d),
        ["Layout"] = _ => With(new[] { 64, 64, 64, 64, 64, 64, 64, 64 }, 1d),
        ["Look"] = _ => With("{\"hours\":2}"),
        ["Alive"] = _ => With(),
        ["Ack"] = _ => With(0, 1L),
        ["Probe"] = _ => With(60d, 90d, 90d),
        ["ProbeAt"] = _ => With(60d, 90d, 90d, 2d), ["ProbeNested"] = _ => With(60d, 90d, 90d, 2d),
        ["Pick"] = _ => With(32d, 32d, 64, 64),
        ["PlaneThrough"] = _ => With(0, new[] { 60d, 90, 90, 60, 90, 120, 70, 120, 90 }),
        ["Here"] = _ => With("{\"cursor\":[60,90,90],\"pane\":0}"),
        ["Me"] = _ => With(),
        ["Follow"] = _ => With("0123456789abcdef"),
        ["Point"] = _ => With(0, new[] { 60d, 90, 90 }),
        ["Present"] = _ => With(true),
        ["AddSite"] = _ => With(60d, 90d, 90d),
        ["MoveSite"] = async s => [await s.NewSiteAsync(), 1, 60d, 90d, 95d],
        ["DeleteSite"] = async s => [await s.NewSiteAsync()],
        ["Edit"] = _ => With("[{\"key\":\"authorized\",\"do\":\"undo\",\"of\":1}]"),
        ["EntriesSince"] = _ => With(-1L),
        ["Recall"] = _ => With((object)Array.Empty<string>()),
        ["SetInterface"] = _ => With("[]"),
        ["SetOutline"] = _ => With("[]"),
        ["EditCounts"] = _ => With(),
        ["Undo"] = _ => With(), ["Redo"] = _ => With(), ["UndoStep"] = _ => With(), ["RedoStep"] = _ => With(),
    };

    /// <summary>The methods that a browser may call, of all hubs of the app.</summary>
    public static IReadOnlyList<string> Methods { get; } =
    [
        .. typeof(FrameHub).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Hub))).SelectMany(hub => hub
            .GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(m => m.DeclaringType!.Assembly == hub.Assembly && m.GetBaseDefinition() == m && !m.IsSpecialName)
            .Select(m => $"{hub.Name}.{m.Name}")).Order(StringComparer.Ordinal),
    ];

    /// <summary>The methods that are named here.</summary>
    public static IEnumerable<string> Named => s_all.Keys.Select(m => $"{nameof(FrameHub)}.{m}");

    /// <summary>Arguments by which a method succeeds for whoever may.</summary>
    public static Task<object?[]> ArgumentsOf(string method, AuthorizationScene scene) => s_all[method](scene);

    /// <summary>A connection with a visitor's cookies or access token, not started.</summary>
    public static HubConnection Connect(AuthorizationScene scene, Visitor visitor) => new HubConnectionBuilder()
        .WithUrl(scene.Running.Address + "/hubs/frames", o =>
        {
            o.AccessTokenProvider = () => Task.FromResult(visitor.AccessToken);
            o.Headers["Cookie"] = visitor.Cookies.Length > 0 ? visitor.Cookies : "none=1";
        }).AddMessagePackProtocol().Build();

    /// <summary>A name for a session that nobody has.</summary>
    public static string NewSession() => Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);

    /// <summary>Calls all methods as a visitor, on one connection that joined a session where it could.</summary>
    public static async Task<IReadOnlyList<Outcome>> CallAsync(AuthorizationScene scene, Visitor visitor, IReadOnlyList<string> methods)
    {
        await using var open = await scene.OpenForAsync(visitor);
        await using var hub = Connect(scene, visitor);
        try
        {
            await hub.StartAsync();
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound)
        {
            return [.. methods.Select(_ => e.StatusCode == HttpStatusCode.NotFound ? Outcome.Hidden : Outcome.SignIn)];
        }

        await CallAsync(scene, hub, "Join");
        var outcomes = new List<Outcome>();
        foreach (var method in methods.Select(m => m[(m.IndexOf('.') + 1)..]))
        {
            // These begin another session, which the connection of the other calls must not.
            await using var own = method is "Join" or "Open" ? Connect(scene, visitor) : null;
            if (own is not null)
            {
                await own.StartAsync();
            }

            outcomes.Add(await CallAsync(scene, own ?? hub, method));
        }

        return outcomes;
    }

    // To open what is not open is no failure: the answer is null then.
    private static async Task<Outcome> CallAsync(AuthorizationScene scene, HubConnection hub, string method)
    {
        try
        {
            var result = await hub.InvokeCoreAsync<object?>(method, await ArgumentsOf(method, scene));
            return method == "Open" && result is null ? Outcome.No : Outcome.Yes;
        }
        catch (HubException e) when (s_refusals.Any(r => e.Message.EndsWith(r, StringComparison.Ordinal)))
        {
            return Outcome.No;
        }
    }

    private static Task<object?[]> With(params object?[] arguments) => Task.FromResult(arguments);
}
