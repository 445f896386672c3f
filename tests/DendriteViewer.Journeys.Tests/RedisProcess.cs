using System.Diagnostics;
using System.Net.Sockets;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A real Redis from Debian, which keeps nothing.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly int _port;
    private Process _process = null!;

    private RedisProcess(int port) => _port = port;

    /// <summary>Where it listens, as the app's option names it.</summary>
    public string Address => $"127.0.0.1:{_port}";

    /// <summary>Starts it, and waits until it listens.</summary>
    public static async Task<RedisProcess> StartAsync()
    {
        var redis = new RedisProcess(NginxProcess.FreePort());
        await redis.LaunchAsync();
        return redis;
    }

    /// <summary>Ends it, as a machine that fails does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Starts it, and waits until it listens.</summary>
    public async Task LaunchAsync()
    {
        string[] options = ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"];
        _process = Process.Start(new ProcessStartInfo("redis-server", options) { WorkingDirectory = Path.GetTempPath() })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var up = false; !up;)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", _port, patience.Token);
                up = true;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
