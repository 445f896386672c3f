using System.Diagnostics;
using System.Net.Sockets;

namespace DendriteViewer.Journeys.Tests;

/// <summary>A real Redis from Debian, which keeps nothing.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly Process _process;

    private RedisProcess(Process process, string address) => (_process, Address) = (process, address);

    /// <summary>Where it listens, as the app's option names it.</summary>
    public string Address { get; }

    /// <summary>Starts it, and waits until it listens.</summary>
    public static async Task<RedisProcess> StartAsync()
    {
        var port = NginxProcess.FreePort();
        var info = new ProcessStartInfo(
            "redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"])
        {
            WorkingDirectory = Path.GetTempPath(),
        };
        var redis = new RedisProcess(Process.Start(info)!, $"127.0.0.1:{port}");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var up = false; !up;)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port, patience.Token);
                up = true;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }
        }

        return redis;
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
