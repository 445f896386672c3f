using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DendriteViewer.Journeys.Tests;

/// <summary>The real app as a process of its own, over a folder that goes away, optionally behind the real nginx.</summary>
public sealed class AppServer : IAsyncDisposable
{
    /// <summary>How long a server may take to start: a second, but a minute where a machine has much else to do.</summary>
    public static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);

    private const int MostLines = 40;
    private static readonly ConcurrentDictionary<AppServer, ConcurrentQueue<string>> s_lines = new();
    private readonly Dictionary<string, string> _environment;
    private readonly string _folder;
    private readonly bool _isKept;
    private readonly int _port = NginxProcess.FreePort();
    private Process? _app;
    private NginxProcess? _nginx;

    private AppServer(Dictionary<string, string> environment, string? kept = null)
    {
        _environment = environment;
        _isKept = kept is not null;
        _folder = kept ?? Directory.CreateTempSubdirectory("dendrite-journey-").FullName;
    }

    public static string Repository { get; } = FindRepository();

    public string Folder => _folder;

    public string Address { get; private set; } = "";

    /// <summary>The port that the app itself listens at.</summary>
    public int Port => _port;

    public string? Code { get; private set; }

    public static string Configuration => AppContext.BaseDirectory.Contains("/Release/") ? "Release" : "Debug";

    /// <summary>What the servers that run now wrote last, for the message of a test that fails.</summary>
    public static string LatestLines() => string.Join('\n', s_lines.Values.SelectMany(lines => lines));

    public static async Task<AppServer> StartAsync(bool demo = false, bool behindNginx = false, params (string, string)[] environment)
    {
        var server = new AppServer(environment.ToDictionary(e => e.Item1, e => e.Item2));
        if (demo)
        {
            server._environment["Dendrite__Demo"] = "true";
        }

        await server.LaunchAsync();
        if (behindNginx)
        {
            server._nginx = await NginxProcess.StartAsync(Path.Combine(server._folder, "nginx"), server._port);
            server.Address = server._nginx.Address;
        }

        return server;
    }

    /// <summary>A demo server whose store has a phantom from the beginning.</summary>
    public static async Task<AppServer> StartAsync(PhantomCell phantom, params (string, string)[] environment)
    {
        var server = new AppServer(environment.Append(("Dendrite__Demo", "true")).ToDictionary(e => e.Item1, e => e.Item2));
        await PhantomStores.CopyAsync(phantom, Path.Combine(server.Folder, "data/store"));
        await server.LaunchAsync();
        return server;
    }

    /// <summary>Starts it over a folder that stays, which may be another server's of before.</summary>
    public static async Task<AppServer> StartInAsync(string folder)
    {
        var server = new AppServer([], folder);
        await server.LaunchAsync();
        return server;
    }

    /// <summary>Waits until something has come true in a folder of the server, say.</summary>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > StartPatience)
            {
                throw new TimeoutException($"Not within {StartPatience}: {what}\n{LatestLines()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Ends the app as kill -9 does, and starts it again at the same address.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        await LaunchAsync();
    }

    /// <summary>Ends the app as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _app!.Kill();
        await _app.WaitForExitAsync();
    }

    /// <summary>
    /// Runs the app's program with this server's folders until it ends by itself: a second server that refuses, or a command.
    /// </summary>
    public async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        var info = Info(args);
        using var process = Process.Start(info)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(StartPatience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, await output, await errors);
    }

    public static async Task<string> CliAsync(params string[] args)
    {
        var dll = Path.Combine(Repository, "src/DendriteViewer.Cli/bin", Configuration, "net10.0/dendrite.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [dll, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await errors);
    }

    public async ValueTask DisposeAsync()
    {
        s_lines.TryRemove(this, out _);
        await (_nginx?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_app is { HasExited: false })
        {
            _app.Kill(entireProcessTree: true);
            await _app.WaitForExitAsync();
        }

        if (!_isKept)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task LaunchAsync()
    {
        _app = Process.Start(Info("--urls", $"http://127.0.0.1:{_port}"))!;
        var started = new TaskCompletionSource();
        _app.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                started.TrySetException(new InvalidOperationException("The app ended before it listened."));
                return;
            }

            Keep(e.Data);
            Code ??= Regex.Match(e.Data, "one-time code.*: ([0-9a-f]{24})") is { Success: true } m ? m.Groups[1].Value : null;
            if (e.Data.Contains("Now listening on"))
            {
                started.TrySetResult();
            }
        };
        _app.ErrorDataReceived += (_, e) => Keep(e.Data);
        _app.BeginOutputReadLine();
        _app.BeginErrorReadLine();
        await started.Task.WaitAsync(StartPatience);
        Address = _nginx is null ? $"http://127.0.0.1:{_port}" : Address;
    }

    private void Keep(string? line)
    {
        var lines = s_lines.GetOrAdd(this, _ => new ConcurrentQueue<string>());
        if (line is not null)
        {
            lines.Enqueue(line);
            while (lines.Count > MostLines)
            {
                lines.TryDequeue(out _);
            }
        }
    }

    private ProcessStartInfo Info(params string[] args)
    {
        var dll = Path.Combine(Repository, "src/DendriteViewer.Web/bin", Configuration, "net10.0/DendriteViewer.Web.dll");
        var info =
            new ProcessStartInfo("dotnet", [dll, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = _folder };
        info.Environment["Dendrite__Data"] = Path.Combine(_folder, "data");
        info.Environment["Dendrite__ImportRoots__0"] = Path.Combine(_folder, "beamline");

        // A machine whose disk is nearly full has room for a journey's uploads, which are small.
        info.Environment["Dendrite__UploadSpareMiB"] = "0";

        // Dozens of servers start, each to be compiled anew: none lives long enough to gain by what it counts for that, nor by trying out
        // devices, which a journey of their own and their tests do.
        info.Environment["DOTNET_TieredPGO"] = "0";

        // Nobody debugs them, and whoever is killed would leave the pipes for it in the folder for temporary files.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        info.Environment["Dendrite__Device"] = "cpu";
        foreach (var (key, value) in _environment)
        {
            info.Environment[key] = value;
        }

        return info;
    }

    private static string FindRepository()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "DendriteViewer.sln")))
            {
                return d.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from inside the repository.");
    }
}
