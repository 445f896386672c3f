using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.LoadTests;

/// <summary>A viewer as the page is one: joins, shows the 3D pane, turns it ten times a second, and acknowledges what it is sent.</summary>
internal sealed class Viewer : IAsyncDisposable
{
    private const int VolumePane = 3;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly HubConnection _hub;
    private readonly TimeProvider _time;
    private readonly double[] _camera;

    // Degrees that each turn takes the camera round.
    private readonly double _step;
    private readonly Lock _lock = new();

    // Changes whose first picture has not come, by revision; guarded by the lock.
    private readonly SortedList<long, long> _waiting = [];

    // The newest frames and when they came, since a frame may come before the answer that says its revision; guarded by the lock.
    private readonly Queue<(long Revision, long At)> _came = new();

    private Viewer(HubConnection hub, TimeProvider time, JsonElement view, int number)
    {
        (_hub, _time, _step) = (hub, time, 3 + 0.0137 * (number + 1));
        (Hours, Modality) = (view.GetProperty("hours").GetDouble(), view.GetProperty("modality").GetString()!);
        _camera = view.GetProperty("camera").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        _camera[0] += 7.31 * number;
    }

    /// <summary>Hours of the timestep shown.</summary>
    public double Hours { get; }

    /// <summary>The modality shown.</summary>
    public string Modality { get; }

    /// <summary>From sending a change to the first frame that shows it or a later one.</summary>
    public Samples Latencies { get; } = new();

    /// <summary>Frames that came.</summary>
    public int Frames { get; private set; }

    public static async Task<Viewer> JoinAsync(
        string address, CookieContainer cookies, string dataset, int number, PaneSize pixels, TimeProvider time, CancellationToken ct)
    {
        var hub = new HubConnectionBuilder().WithUrl(address + "/hubs/frames", o => o.Cookies = cookies).AddMessagePackProtocol().Build();
        Viewer? viewer = null;
        hub.On<int, long, long, string, int, int, int, byte[]>(
            "frame",
            (pane, frame, revision, _, _, _, _, _) => viewer?.OnFrameAsync(pane, frame, revision)
            ?? Task.CompletedTask);
        await hub.StartAsync(ct);
        var scene = await hub.InvokeAsync<string>("Join", Guid.NewGuid().ToString("N"), dataset, "", ct);
        viewer = new Viewer(hub, time, JsonDocument.Parse(scene).RootElement.GetProperty("view"), number);
        await hub.InvokeAsync<long[]>("Layout", new[] { 0, 0, 0, 0, 0, 0, pixels.Width, pixels.Height }, 1.0, ct);
        return viewer;
    }

    public async Task OrbitAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(s_interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                // No two viewers see the same, and none the same again, so that none is sent a frame that is there already.
                _camera[0] += _step;
                var sent = _time.GetTimestamp();
                var camera = string.Join(',', _camera.Select(c => c.ToString("R", CultureInfo.InvariantCulture)));
                var answer = await _hub.InvokeAsync<long[]>("Look", $"{{\"camera\":[{camera}]}}", ct);
                Made(answer[0], sent);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Calls a method of the hub.</summary>
    public Task<T> InvokeAsync<T>(string method, CancellationToken ct, params object[] arguments) =>
        _hub.InvokeCoreAsync<T>(method, arguments, ct);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    private Task OnFrameAsync(int pane, long frame, long revision)
    {
        if (pane == VolumePane)
        {
            lock (_lock)
            {
                var now = _time.GetTimestamp();
                Frames++;
                _came.Enqueue((revision, now));
                if (_came.Count > 16)
                {
                    _came.Dequeue();
                }

                while (_waiting.Count > 0 && _waiting.GetKeyAtIndex(0) <= revision)
                {
                    Latencies.Add(_time.GetElapsedTime(_waiting.GetValueAtIndex(0), now));
                    _waiting.RemoveAt(0);
                }
            }
        }

        return _hub.SendAsync("Ack", pane, frame);
    }

    private void Made(long revision, long sent)
    {
        lock (_lock)
        {
            foreach (var (came, at) in _came)
            {
                if (came >= revision)
                {
                    Latencies.Add(_time.GetElapsedTime(sent, at));
                    return;
                }
            }

            _waiting[revision] = sent;
        }
    }
}
