using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DendriteViewer.Journeys.Tests;

/// <summary>The app as somebody starts it by hand: any arguments, any environment, any current folder.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new(), _errors = new();
    private readonly TaskCompletionSource _listening = new();

    private ServerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Take(_output, e.Data);
        process.ErrorDataReceived += (_, e) => Take(_errors, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    public static string Built => Path.Combine(AppServer.Repository, "src/DendriteViewer.Web/bin", AppServer.Configuration,
        "net10.0/DendriteViewer.Web.dll");

    public static ServerProcess Start(string dll, string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        var info = new ProcessStartInfo("dotnet", [dll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = folder };
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        return new ServerProcess(Process.Start(info)!);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until it listens, and for a moment in which it may think better of it.</summary>
    public Task ListensAsync() => _listening.Task.WaitAsync(AppServer.StartPatience);

    /// <summary>Waits until it has written a text: a thread of its own writes the log, perhaps after what it tells of.</summary>
    public async Task WritesAsync(string text)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); !Output.Contains(text, StringComparison.Ordinal);)
        {
            if (TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"It did not write “{text}” but:\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> EndsAsync()
    {
        using var patience = new CancellationTokenSource(AppServer.StartPatience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
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

    private void Take(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null)
        {
            _listening.TrySetException(new InvalidOperationException($"The app ended before it listened: {Errors}"));
            return;
        }

        lines.Enqueue(line);
        if (line.Contains("Now listening on"))
        {
            _listening.TrySetResult();
        }
    }
}
