using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace DendriteViewer.Web.Data;

/// <summary>
/// Copies the main database of one server, a SQLite file, into an empty PostgreSQL, for the day on which there is to be a second server.
/// All rows are written in one transaction: the database has all of them or none, and a move that was cut off is begun again. The file is
/// only read.
/// </summary>
public sealed class DatabaseMove(SqliteDendriteDb from, PostgreSqlDendriteDb to)
{
    private const int RowsAtOnce = 500;

    private static readonly MethodInfo s_copy = MethodOf(nameof(CopyAsync));
    private static readonly MethodInfo s_count = MethodOf(nameof(CountRowsAsync));

    /// <summary>Copies everything, and the keys that lie beside the file.</summary>
    /// <param name="folder">The data folder, which has the file and the keys.</param>
    /// <param name="ct">Stops it; no row is kept then.</param>
    /// <returns>How many rows were copied of each table that had any.</returns>
    /// <exception cref="StartupException">The file is of another version, the target is not empty, or not all came over.</exception>
    public async Task<IReadOnlyList<(string Table, int Rows)>> RunAsync(string folder, CancellationToken ct)
    {
        var where = Path.Combine(folder, DataFolder.Database);
        if (!(await from.Database.GetAppliedMigrationsAsync(ct)).Order().SequenceEqual(from.Database.GetMigrations().Order()))
        {
            throw new StartupException(
                $"{where} was not written by this version; start this version's server once without Dendrite:Database, which upgrades it.");
        }

        await RefuseForeignTablesAsync(ct);
        await SchemaUpgrade.ApplyAsync(to, "The PostgreSQL database", "AspNetUsers", ct);
        var tables = Ordered(to.Model).ToArray();
        foreach (var table in tables)
        {
            if (await CountAsync(to, table, ct) is > 0 and var rows)
            {
                throw new StartupException($"The PostgreSQL database is not empty: {table.GetTableName()} has {rows} row(s). "
                    + "Name an empty one; nothing was changed.");
            }
        }

        await using var all = await to.Database.BeginTransactionAsync(ct);
        to.ChangeTracker.AutoDetectChangesEnabled = false;
        var copied = new List<(string, int)>();
        foreach (var table in tables)
        {
            await (Task)s_copy.MakeGenericMethod(table.ClrType).Invoke(this, [ct])!;
            var (had, has) = (await CountAsync(from, table, ct), await CountAsync(to, table, ct));
            if (had != has)
            {
                throw new StartupException(
                    $"{where} has {had} row(s) in {table.GetTableName()}, of which {has} came over; nothing was kept. Run it again.");
            }

            await GoOnCountingAsync(table, ct);
            copied.Add((table.GetTableName()!, had));
        }

        await KeepAsync("A key", () => SharedDatabase.MoveKeysAsync(to, folder, ct));

        // Not to be stopped: who stops it is told that no row was kept.
        await all.CommitAsync(CancellationToken.None);
        return [.. copied.Where(c => c.Item2 > 0)];
    }

    // Whoever is referred to first.
    private static IEnumerable<IEntityType> Ordered(IModel model)
    {
        var left = model.GetEntityTypes().OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        while (left.Count > 0)
        {
            var next = left.First(t => t.GetForeignKeys().All(k => k.PrincipalEntityType == t || !left.Contains(k.PrincipalEntityType)));
            left.Remove(next);
            yield return next;
        }
    }

    // A database that has tables and no history of ours is somebody else's, or the jobs' of other servers.
    private async Task RefuseForeignTablesAsync(CancellationToken ct)
    {
        if ((await to.Database.GetAppliedMigrationsAsync(ct)).Any())
        {
            return;
        }

        var table = await to.Database.SqlQuery<string>(
            $"""
            SELECT table_name AS "Value" FROM information_schema.tables WHERE table_schema = current_schema()
            """).FirstOrDefaultAsync(ct);
        if (table is not null)
        {
            throw new StartupException(
                $"The PostgreSQL database has tables already ({table}) and is not of DendriteViewer; name an empty one.");
        }
    }

    private async Task CopyAsync<T>(CancellationToken ct)
        where T : class
    {
        var rows = new List<T>(RowsAtOnce);
        await foreach (var row in from.Set<T>().AsNoTracking().AsAsyncEnumerable().WithCancellation(ct))
        {
            rows.Add(row);
            if (rows.Count == RowsAtOnce)
            {
                await WriteAsync(rows, ct);
            }
        }

        await WriteAsync(rows, ct);
    }

    private async Task WriteAsync<T>(List<T> rows, CancellationToken ct)
        where T : class
    {
        to.Set<T>().AddRange(rows);
        await KeepAsync($"A row of {to.Model.FindEntityType(typeof(T))?.GetTableName()}", () => to.SaveChangesAsync(ct));
        to.ChangeTracker.Clear();
        rows.Clear();
    }

    private static async Task KeepAsync(string what, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (DbUpdateException e)
        {
            throw new StartupException($"{what} cannot be written into PostgreSQL "
                + $"({(e.InnerException ?? e).Message.ReplaceLineEndings(" ").TrimEnd('.')}); nothing was kept.", e);
        }
    }

    private static Task<int> CountAsync(DbContext db, IEntityType table, CancellationToken ct) =>
        (Task<int>)s_count.MakeGenericMethod(table.ClrType).Invoke(null, [db, ct])!;

    private static Task<int> CountRowsAsync<T>(DbContext db, CancellationToken ct)
        where T : class => db.Set<T>().CountAsync(ct);

    private static MethodInfo MethodOf(string name) => typeof(DatabaseMove).GetMethod(
        name, BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)!;

    // Rows brought their numbers along; the next one that PostgreSQL gives must be none of them.
    private async Task GoOnCountingAsync(IEntityType table, CancellationToken ct)
    {
        var counted = table.FindPrimaryKey()!.Properties.Where(p => p.ValueGenerated == ValueGenerated.OnAdd
            && (p.ClrType == typeof(int) || p.ClrType == typeof(long)));
        foreach (var column in counted)
        {
            var (name, of) = (table.GetTableName(), column.GetColumnName());
#pragma warning disable EF1002 // Both names are the model's own.
            await to.Database.ExecuteSqlRawAsync(
                $"""
                SELECT setval(pg_get_serial_sequence('"{name}"', '{of}'), (SELECT COALESCE(MAX("{of}"), 0) + 1 FROM "{name}"), false)
                """, ct);
#pragma warning restore EF1002
        }
    }
}
