using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Console;
using Npgsql;

namespace DendriteViewer.Web.Data;

/// <summary>
/// <c>database</c>: a verb of the server's own program, which moves its database. No server may use the data folder meanwhile.
/// </summary>
public static class DatabaseCommands
{
    private const int Done = 0, Failed = 1, WrongUse = 2;

    /// <summary>Whether the program was started for this instead of serving.</summary>
    public static bool Has(string[] args) => args.Length > 0 && args[0] == "database";

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0 done, 1 failed, 2 wrong use.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var to = new Option<string?>("--to")
        {
            Description = "PostgreSQL connection string of an empty database. Default: Dendrite:Database of the configuration, as "
                + "Dendrite__Database in the environment, where no list of processes shows its password.",
        };
        var data = new Option<string?>("--data") { Description = "The server's data folder. Default: Dendrite:Data of the configuration." };
        var move = new Command("move", "Copy accounts, links, sites and all else of dendrite.db into an empty PostgreSQL.") { to, data };
        move.SetAction(async (parse, ct) => await MoveAsync(parse.GetValue(data), parse.GetValue(to), ct));
        var root = new RootCommand("The database of a server.") { new Command("database", "The database of a server.") { move } };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(' ', parsed.Errors.Select(e => e.Message)) + " See dendrite database --help.");
            return WrongUse;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped; no row was kept. Run it again.");
            return Failed;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync(Hosting.StartupFailure.Describe(e));
            return Failed;
        }
    }

    /// <summary>Moves the database of a data folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="shared">Names the PostgreSQL database.</param>
    /// <param name="log">Is told for whom it waits.</param>
    /// <param name="ct">Stops it; no row is kept then.</param>
    /// <exception cref="StartupException">It cannot be moved; no row was kept.</exception>
    internal static async Task<IReadOnlyList<(string Table, int Rows)>> MoveAsync(
        string folder, DendriteOptions shared, ILogger log, CancellationToken ct)
    {
        var file = Path.Combine(folder, DataFolder.Database);
        if (!File.Exists(file))
        {
            throw new StartupException($"There is no {file}; say where the server's data folder is with --data.");
        }

        using var held = DataFolder.Take(folder);
        DataFolder.Check(folder);
        await using var turn = await SharedDatabase.TakeTurnAsync(shared, log, ct);
        var (source, target) = (new DbContextOptionsBuilder<DendriteDb>(), new DbContextOptionsBuilder<DendriteDb>());
        SharedDatabase.Use(source, new DendriteOptions { Data = folder });
        SharedDatabase.Use(target, shared);
        await using var from = new SqliteDendriteDb(source.Options);
        await using var to = new PostgreSqlDendriteDb(target.Options);
        return await new DatabaseMove(from, to).RunAsync(folder, ct);
    }

    private static async Task<int> MoveAsync(string? data, string? to, CancellationToken ct)
    {
        var options = DendriteHost.CreateBuilder([]).Configuration.GetSection("Dendrite").Get<DendriteOptions>() ?? new DendriteOptions();
        var named = to is null ? "Dendrite:Database" : "--to";
        if ((to ?? options.Database) is not { } address)
        {
            await Console.Error.WriteLineAsync("Say where to: give --to, or the connection string in Dendrite__Database.");
            return WrongUse;
        }

        var shared = new DendriteOptions { Database = address };
        if (shared.Problems().FirstOrDefault(p => p.Contains("Dendrite:Database", StringComparison.Ordinal)) is { } problem)
        {
            throw new StartupException(problem.Replace("Dendrite:Database", named, StringComparison.Ordinal));
        }

        var folder = Path.GetFullPath(data ?? options.Data);
        IReadOnlyList<(string Table, int Rows)> copied;
        try
        {
            using var logs = LoggerFactory.Create(b => b.AddSimpleConsole(o => o.SingleLine = true)
                .Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
            copied = await MoveAsync(folder, shared, logs.CreateLogger(typeof(DatabaseCommands)), ct);
        }
        catch (PostgresException e)
        {
            throw new StartupException($"The PostgreSQL database of {named} refused ({e.MessageText.TrimEnd('.')}); no row was kept. "
                + "Check the name of the database, its user and password, and that the user may make tables there.", e);
        }
        catch (NpgsqlException e)
        {
            throw new StartupException(
                $"The PostgreSQL database of {named} does not answer ({e.Message.TrimEnd('.')}); check that it runs and what {named} says.",
                e);
        }

        foreach (var (table, rows) in copied)
        {
            await Console.Out.WriteLineAsync($"{rows,8} {table}");
        }

        await Console.Out.WriteLineAsync(
            $"{copied.Sum(c => c.Rows)} rows and the keys of {folder} are in PostgreSQL. Start servers with Dendrite__Database; "
            + $"{DataFolder.Database} is as it was and is not used then. The list of jobs begins empty there.");
        return Done;
    }
}
