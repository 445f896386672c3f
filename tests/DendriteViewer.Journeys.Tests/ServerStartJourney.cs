using Microsoft.Data.Sqlite;

namespace DendriteViewer.Journeys.Tests;

/// <summary>
/// A server starts on a data folder that is its own, whole and not newer than itself; else it says why not, in one sentence.
/// </summary>
public sealed class ServerStartJourney
{
    [Fact]
    public async Task SecondServerOnADataFolder_IsRefused_UntilTheFirstIsKilled()
    {
        await using var first = await AppServer.StartAsync(demo: true);
        var second = await first.RunAsync("--urls", "http://127.0.0.1:0");
        AssertRefused(second, "in use by another DendriteViewer server");
        using var client = new HttpClient();
        Assert.Equal("[]", await client.GetStringAsync(first.Address + "/api/datasets"));

        // The lock is the system's, so that kill -9 frees it.
        await first.RestartAsync();
        Assert.Equal("[]", await client.GetStringAsync(first.Address + "/api/datasets"));
    }

    [Fact]
    public async Task DatabaseThatIsDamagedMissingOrNewer_IsNeverANewInstallation()
    {
        await using var server = await AppServer.StartAsync();
        var file = Path.Combine(server.Folder, "data/dendrite.db");
        await server.KillAsync();

        // Everything into the file itself.
        using (var connection = Open(file))
        {
            Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        var good = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, [.. good[..4096], .. new byte[20_000], .. good[24_096..]]);
        AssertRefused(await server.RunAsync("--urls", "http://127.0.0.1:0"), "cannot be read");
        await File.WriteAllBytesAsync(file, good[..^5000]);
        AssertRefused(await server.RunAsync("--urls", "http://127.0.0.1:0"), "cannot be read");
        File.Delete(file);
        AssertRefused(await server.RunAsync("--urls", "http://127.0.0.1:0"), "is missing");
        await File.WriteAllBytesAsync(file, good);
        using (var connection = Open(file))
        {
            Execute(connection, "INSERT INTO \"__EFMigrationsHistory\" VALUES ('29990101000000_Later', '99.0')");
        }

        AssertRefused(await server.RunAsync("--urls", "http://127.0.0.1:0"), "newer version");
        await File.WriteAllBytesAsync(file, good);
        await server.RestartAsync();
    }

    [Fact]
    public async Task DataFolderOfRelease010_IsUpgradedByTheFirstStart()
    {
        await using var server = await AppServer.StartAsync();
        await server.KillAsync();
        var data = Path.Combine(server.Folder, "data");
        foreach (var name in new[] { "dendrite", "jobs" })
        {
            foreach (var old in Directory.EnumerateFiles(data, name + ".db*"))
            {
                File.Delete(old);
            }

            using var connection = Open(Path.Combine(data, name + ".db"));
            var script = Path.Combine(AppServer.Repository, "tests/DendriteViewer.Web.Tests/Data/Release-0.1.0", name + ".sql");
            Execute(connection, "PRAGMA foreign_keys = OFF;" + await File.ReadAllTextAsync(script));
        }

        await server.RestartAsync();
        using var upgraded = Open(Path.Combine(data, "dendrite.db"));
        Assert.Equal(2L, Execute(upgraded, "SELECT COUNT(*) FROM AspNetUsers"));
        Assert.Equal(2L, Execute(upgraded, "SELECT COUNT(*) FROM SiteEdits WHERE DatasetIdentity = 'legacy-cell-a'"));

        // The store has neither dataset, so that what belonged to them is archived.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (Execute(upgraded, "SELECT COUNT(*) FROM Datasets WHERE DeletedAt IS NOT NULL") is not 2L)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    private static void AssertRefused((int ExitCode, string Output, string Errors) ended, string reason)
    {
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(reason, ended.Errors);
        Assert.Single(ended.Errors.Trim().Split('\n'));
        Assert.DoesNotContain("one-time code", ended.Output);
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
