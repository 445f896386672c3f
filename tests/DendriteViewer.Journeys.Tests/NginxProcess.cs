using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace DendriteViewer.Journeys.Tests;

/// <summary>The real nginx with the configuration that is shipped, before one server or several.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly Process _process;

    private NginxProcess(Process process, string address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Starts it.</summary>
    /// <param name="folder">Where its files go; made where there is none.</param>
    /// <param name="servers">Ports of the servers on this machine.</param>
    public static async Task<NginxProcess> StartAsync(string folder, params int[] servers)
    {
        var port = FreePort();
        Directory.CreateDirectory(folder);
        var shipped = await File.ReadAllTextAsync(Path.Combine(AppServer.Repository, "deploy/nginx.conf"));
        var upstream = Regex.Match(shipped, "^ *server 127\\.0\\.0\\.1:5080 .*;$", RegexOptions.Multiline);
        if (!upstream.Success)
        {
            throw new InvalidOperationException("deploy/nginx.conf names no server 127.0.0.1:5080.");
        }

        var text = shipped.Replace("127.0.0.1:8080", $"127.0.0.1:{port}")
            .Replace(upstream.Value, string.Join('\n', servers.Select(s => upstream.Value.Replace("5080", $"{s}"))));
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), text);
        var process = Process.Start(new ProcessStartInfo(
            "/usr/sbin/nginx", ["-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", "error.log", "-g", "daemon off;"]))!;
        var nginx = new NginxProcess(process, $"http://127.0.0.1:{port}");
        await nginx.ListeningAsync();
        return nginx;
    }

    /// <summary>A port that nobody listens at.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ListeningAsync()
    {
        using var client = new HttpClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var up = false; !up;)
        {
            try
            {
                await client.GetAsync($"{Address}/gone", patience.Token);
                up = true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }
        }
    }
}
