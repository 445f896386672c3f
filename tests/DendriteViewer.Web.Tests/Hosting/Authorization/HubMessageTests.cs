using System.Net.WebSockets;
using System.Text;
using DendriteViewer.Web.Streaming;
using Microsoft.AspNetCore.SignalR.Client;
using HubException = Microsoft.AspNetCore.SignalR.HubException;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>Messages to the hubs that no page of ours sends: broken, too large, or with arguments that cannot be.</summary>
[Collection(AuthorizationScene.Name)]
public sealed class HubMessageTests(AuthorizationScene scene)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private Visitor Curator => scene.Visitors.Single(v => v.Name == "curator");

    [Theory]
    [InlineData("/hubs/frames", "{\"protocol\":\"messagepack\",\"version\":1}\u001e", "FFFFFFFF0F")]
    [InlineData("/hubs/frames", "{\"protocol\":\"messagepack\",\"version\":1}\u001e", "05C1C1C1C1C1")]
    [InlineData("/hubs/frames", "{\"protocol\":\"messagepack\",\"version\":1}\u001e", "0695DFFFFFFFFF00")]
    [InlineData("/hubs/frames", "{\"protocol\":\"messagepack\",\"version\":1}\u001e", "large")]
    [InlineData("/hubs/frames", "{\"protocol\":\"json\",\"version\":1}\u001e", "7B2274797065223A221E")]
    [InlineData("/hubs/frames", "{\"protocol\":\"xml\",\"version\":1}\u001e", "00")]
    [InlineData("/hubs/frames", "{\"protocol\":\u001e", "00")]
    [InlineData("/hubs/frames", "no end", "large")]
    [InlineData("/_blazor", "{\"protocol\":\"blazorpack\",\"version\":1}\u001e", "05C1C1C1C1C1")]
    [InlineData("/_blazor", "{\"protocol\":\"blazorpack\",\"version\":1}\u001e", "large")]
    public async Task Message_ThatIsBrokenOrTooLarge_EndsItsConnectionAndNoOther(string hub, string handshake, string message)
    {
        await using var other = await JoinedAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", Curator.Cookies);
        using var patience = new CancellationTokenSource(s_patience);
        await socket.ConnectAsync(new Uri(scene.Running.Address.Replace("http:", "ws:", StringComparison.Ordinal) + hub), patience.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes(handshake), WebSocketMessageType.Binary, true, patience.Token);
        var bytes = message == "large" ? Large() : Convert.FromHexString(message);
        var end = EndAsync(socket, patience.Token);
        try
        {
            await socket.SendAsync(bytes, WebSocketMessageType.Binary, true, patience.Token);
        }
        catch (WebSocketException)
        {
            // It was closed before all was sent.
        }

        await end;
        await other.InvokeAsync("Alive", patience.Token);
        AssertNothingUnforeseen();
    }

    [Fact]
    public async Task Argument_ThatCannotBe_IsRefusedAtEveryMethodAndTheConnectionGoesOn()
    {
        await using var hub = await JoinedAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        foreach (var method in typeof(FrameHub).GetMethods().Where(m => HubCalls.Methods.Contains($"{nameof(FrameHub)}.{m.Name}")))
        {
            var parameters = method.GetParameters();
            for (var i = 0; i < parameters.Length; i++)
            {
                foreach (var value in Nonsense(parameters[i].ParameterType))
                {
                    var arguments = await HubCalls.ArgumentsOf(method.Name, scene);
                    arguments[i] = value;
                    await TryAsync(hub, method.Name, arguments, patience.Token);
                }
            }

            await TryAsync(hub, method.Name, [.. Enumerable.Repeat<object?>(1, parameters.Length + 1)], patience.Token);
        }

        await hub.InvokeAsync("Alive", patience.Token);
        AssertNothingUnforeseen();
    }

    // Some of it is taken, which is as good; what is refused is refused in words.
    private static async Task TryAsync(HubConnection hub, string method, object?[] arguments, CancellationToken ct)
    {
        try
        {
            await hub.InvokeCoreAsync<object?>(method, arguments, ct);
        }
        catch (HubException e)
        {
            Assert.DoesNotContain("   at ", e.Message);
        }

        Assert.Equal(HubConnectionState.Connected, hub.State);
    }

    private static IEnumerable<object?> Nonsense(Type type) =>
        type == typeof(string) ? [null, "", "{", "\0", "[[[]]]", "{\"hours\":1e999}", new string('[', 5000), new string('x', 200_000)]
        : type == typeof(double) ? [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e308, -1d, "x", null]
        : type == typeof(int) ? [int.MinValue, -1, int.MaxValue, "x", null]
        : type == typeof(bool) ? ["x", 7, null]
        : type == typeof(long) ? [long.MinValue, -1L, long.MaxValue, null]
        : type == typeof(int[]) ? [null, Array.Empty<int>(), Enumerable.Repeat(int.MaxValue, 8).ToArray(), new int[20_000]]
        : type == typeof(double[]) ? [null, Array.Empty<double>(), Enumerable.Repeat(double.NaN, 9).ToArray(), new double[20_000]]
        : type == typeof(string[]) ? [null, Array.Empty<string>(), new string?[] { null }, Enumerable.Repeat("x", 2000).ToArray()]
        : throw new InvalidOperationException($"No nonsense is known for {type}; give some here.");

    private void AssertNothingUnforeseen()
    {
        var failures = scene.Running.Log.Where(l => l.StartsWith("Failure ", StringComparison.Ordinal)).ToArray();
        Assert.True(failures.Length == 0, string.Join("\n", failures));
    }

    private static byte[] Large()
    {
        // A length of 300,000 before as many bytes, where 256 KiB are taken.
        var bytes = new byte[300_003];
        (bytes[0], bytes[1], bytes[2]) = (0xE0, 0xA7, 0x12);
        return bytes;
    }

    private static async Task EndAsync(ClientWebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[4096];
        try
        {
            while ((await socket.ReceiveAsync(buffer, ct)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (WebSocketException)
        {
            // Closed without a word.
        }
    }

    private async Task<HubConnection> JoinedAsync()
    {
        var hub = HubCalls.Connect(scene, Curator);
        await hub.StartAsync();
        await hub.InvokeAsync<string>("Join", HubCalls.NewSession(), scene.Running.Dataset.Value, "");
        return hub;
    }
}
