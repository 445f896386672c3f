using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DendriteViewer.Web.Data;

/// <summary>
/// The main database: a SQLite file of one server, or a PostgreSQL that several servers share. Everything but this and
/// <see cref="DataRegistration"/> is the same for both.
/// </summary>
public static partial class SharedDatabase
{
    /// <summary>
    /// Table of the migrations that the main database has. A name of its own, since the jobs' tables, whose history has the framework's
    /// usual name, may lie beside it.
    /// </summary>
    public const string History = "__DendriteMigrations";

    // Taken by a server while it prepares what all share; any number that nobody else uses.
    private const long StartLock = 0x64656e6472697465;

    // Who has the lock: the number of its session, and where it comes from.
    private const string Holder =
        """
        SELECT l.pid || COALESCE(' from ' || host(a.client_addr), '') FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND ((l.classid::bigint << 32) | l.objid::bigint) = @key
        """;

    /// <summary>Names the database that the options say.</summary>
    public static void Use(DbContextOptionsBuilder builder, DendriteOptions options) => _ = options.Database is { } shared
        ? builder.UseNpgsql(shared, o => o.MigrationsHistoryTable(History))
        : builder.UseSqlite($"Data Source={Path.Combine(Path.GetFullPath(options.Data), DataFolder.Database)}");

    /// <summary>
    /// Waits until no other server is preparing the database, and keeps others waiting until it is disposed or this process ends: tables
    /// are made and upgraded by one server, and the others find them. Where another has the turn, the log says which and what to do.
    /// </summary>
    /// <returns>The turn, or null where no database is shared.</returns>
    public static async Task<IAsyncDisposable?> TakeTurnAsync(DendriteOptions options, ILogger log, CancellationToken ct)
    {
        if ((options.Database ?? options.JobsDatabase) is not { } address)
        {
            return null;
        }

        // Not pooled, so that the lock goes with the connection.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(address) { Pooling = false }.ToString());
        try
        {
            await connection.OpenAsync(ct);
            await using var command = connection.CreateCommand();
            command.Parameters.AddWithValue("key", StartLock);
            command.CommandText = "SELECT pg_try_advisory_lock(@key)";
            if (await command.ExecuteScalarAsync(ct) is true)
            {
                return connection;
            }

            command.CommandText = Holder;
            LogWaiting(log, await command.ExecuteScalarAsync(ct) as string ?? "unknown");
            command.CommandText = "SELECT pg_advisory_lock(@key)";
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync(ct);
            LogTurn(log);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Refuses an empty shared database beside a file with accounts: who sets <see cref="DendriteOptions.Database"/> has to say that the
    /// accounts of before are left behind.
    /// </summary>
    /// <exception cref="StartupException">That is so.</exception>
    public static async Task CheckAsync(DendriteDb db, string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, DataFolder.Database);
        // A move that was cut off leaves tables without a row.
        if (File.Exists(file) && (!(await db.Database.GetAppliedMigrationsAsync(ct)).Any() || !await db.Users.AnyAsync(ct)))
        {
            throw new StartupException(
                $"Dendrite:Database names an empty PostgreSQL, and {file} has the accounts, sites and links of before; carry them over by "
                + "dendrite database move, or move that file away to begin without them, or leave Dendrite:Database out.");
        }
    }

    /// <summary>
    /// Takes the keys of files into a database that has none yet, so that nobody is signed out when a server begins to share.
    /// </summary>
    public static async Task MoveKeysAsync(DendriteDb db, string folder, CancellationToken ct)
    {
        var keys = Path.Combine(folder, DataFolder.Keys);
        if (!Directory.Exists(keys) || await db.DataProtectionKeys.AnyAsync(ct))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(keys, "key-*.xml").Order(StringComparer.Ordinal))
        {
            db.DataProtectionKeys.Add(new DataProtectionKey
            {
                FriendlyName = Path.GetFileNameWithoutExtension(file), Xml = await File.ReadAllTextAsync(file, ct),
            });
        }

        await db.SaveChangesAsync(ct);
    }

    [LoggerMessage(LogLevel.Warning, "Another server is preparing the database (PostgreSQL's session {Session}); this one goes on when "
        + "it is done. If no server is starting, end that session: SELECT pg_terminate_backend(its number)")]
    private static partial void LogWaiting(ILogger logger, string session);

    [LoggerMessage(LogLevel.Information, "The other server is done with the database; this one goes on")]
    private static partial void LogTurn(ILogger logger);
}
