using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace DendriteViewer.Web.Tests.Jobs;

/// <summary>A real PostgreSQL from Debian, with a cluster of its own that goes away.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-pg-").FullName;
    private int _port;
    private Process? _server;

    /// <summary>A connection string of a new, empty database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = "t" + Guid.NewGuid().ToString("N");
        await using var source = NpgsqlDataSource.Create(Address("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return Address(name);
    }

    public async Task InitializeAsync()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var bin = Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb"))) : null;
        Assert.True(bin is not null, "PostgreSQL is missing; run deploy/install.sh tests.");

        // It refuses to run as root.
        string[] by = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];
        if (by.Length > 0)
        {
            await RunAsync(["chown", "postgres", _folder]);
        }

        await RunAsync([.. by, Path.Combine(bin, "initdb"), "-D", Path.Combine(_folder, "data"), "-U", "dendrite", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
        _server = Start([.. by, Path.Combine(bin, "postgres"), "-D", Path.Combine(_folder, "data"), "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-k", _folder, "-F"]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var up = false; !up;)
        {
            try
            {
                await using var connection = new NpgsqlConnection(Address("postgres"));
                await connection.OpenAsync(patience.Token);
                up = true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
            }
        }
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            NpgsqlConnection.ClearAllPools();
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Address(string database) => $"Host=127.0.0.1;Port={_port};Username=dendrite;Database={database}";

    private static async Task RunAsync(string[] command)
    {
        using var process = Start(command);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Join(' ', command));
    }

    private static Process Start(string[] command)
    {
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
