using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DendriteViewer.Web.Tests.OpenId;

/// <summary>A real identity provider as a process of its own on loopback, and how the app is told of it.</summary>
public sealed class OpenIdProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly int _port = FreePort();
    private Process? _process;

    /// <summary>What it calls itself.</summary>
    public string Issuer => $"http://127.0.0.1:{_port}/";

    /// <summary>
    /// The command line of an app: one provider that is right and fills groups, one that is reached by another name than it calls itself,
    /// and one that does not answer.
    /// </summary>
    public string[] Arguments =>
    [
        .. Of(0, "Campus login", Issuer), "--Dendrite:OpenId:0:GroupsClaim", "groups",
        .. Of(1, "Elsewhere", $"http://localhost:{_port}"), .. Of(2, "Away", "http://127.0.0.1:1"),
    ];

    /// <summary>Starts it and waits until it listens.</summary>
    public async Task StartAsync()
    {
        var dll = Path.Combine(FindRepository(), "tests/DendriteViewer.OpenIdServer/bin",
            AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
            "net10.0/DendriteViewer.OpenIdServer.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [dll, "--issuer", Issuer, "--urls", $"http://127.0.0.1:{_port}"])
        {
            RedirectStandardOutput = true,
        })!;
        using var patience = new CancellationTokenSource(s_patience);
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line == "Listening")
            {
                // The first answer takes long where a machine has much else to do; the app waits for seconds only.
                using var http = new HttpClient { Timeout = s_patience };
                await http.GetStringAsync(Issuer + ".well-known/openid-configuration");
                await http.GetStringAsync(Issuer + ".well-known/jwks");
                return;
            }
        }

        throw new InvalidOperationException($"{dll} ended before it listened.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
    }

    private static string[] Of(int index, string name, string issuer) =>
    [
        $"--Dendrite:OpenId:{index}:Name", name, $"--Dendrite:OpenId:{index}:Issuer", issuer,
        $"--Dendrite:OpenId:{index}:ClientId", "dendrite", $"--Dendrite:OpenId:{index}:ClientSecret", "a secret of tests",
    ];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DendriteViewer.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The repository was not found above the tests.");
    }
}
