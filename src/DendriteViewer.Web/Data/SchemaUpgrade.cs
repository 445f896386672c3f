using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DendriteViewer.Web.Data;

/// <summary>
/// Brings a database to the schema of this version. Version 0.1.0 made its tables without a history of migrations; such a database is
/// recognised by its tables, noted as having the first migration, and upgraded from there.
/// </summary>
public static class SchemaUpgrade
{
    /// <summary>Applies the migrations that a database lacks.</summary>
    /// <param name="db">A context of the provider's own type, which has the migrations.</param>
    /// <param name="where">What to call the database in messages.</param>
    /// <param name="table">A table that the first version had.</param>
    /// <param name="ct">Stops it between migrations.</param>
    /// <exception cref="StartupException">A newer version wrote it, or it cannot be upgraded; nothing is lost.</exception>
    public static async Task ApplyAsync(DbContext db, string where, string table, CancellationToken ct)
    {
        try
        {
            var known = db.Database.GetMigrations().ToArray();
            var applied = await HasTableAsync(db, HistoryOf(db), ct)
                ? (await db.Database.GetAppliedMigrationsAsync(ct)).ToArray() : [];
            if (applied.Length == 0 && await HasTableAsync(db, table, ct))
            {
                var history = db.GetService<IHistoryRepository>();
                await db.Database.ExecuteSqlRawAsync(history.GetCreateIfNotExistsScript(), ct);
                await db.Database.ExecuteSqlRawAsync(history.GetInsertScript(new HistoryRow(known[0], ProductInfo.GetVersion())), ct);
            }

            var unknown = applied.Except(known).ToArray();
            if (unknown.Length > 0)
            {
                throw new StartupException(
                    $"{where} was written by a newer version of DendriteViewer (its schema has {unknown[^1]}); "
                    + "run that version or newer, or restore a backup of this one.");
            }

            if (db.Database.IsSqlite())
            {
                // Left where a server was killed during an upgrade, and waited for without end. One server has the folder, so nobody holds
                // it.
                await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", ct);
            }

            await db.Database.MigrateAsync(ct);
        }
        catch (DbException e)
        {
            throw new StartupException(
                $"{where} could not be brought to this version's schema ({e.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.')}); "
                + "nothing in it was lost. Check that it can be reached and written, or go on with the version that wrote it.", e);
        }
    }

    private static string HistoryOf(DbContext db) =>
        RelationalOptionsExtension.Extract(db.GetService<IDbContextOptions>()).MigrationsHistoryTableName
        ?? HistoryRepository.DefaultTableName;

    private static async Task<bool> HasTableAsync(DbContext db, string table, CancellationToken ct) => db.Database.IsSqlite()
        ? await db.Database.SqlQuery<int>($"SELECT COUNT(*) AS \"Value\" FROM sqlite_master WHERE type = 'table' AND name = {table}")
            .SingleAsync(ct) > 0
        : await db.Database.SqlQuery<int>(
            $"""
            SELECT COUNT(*)::int AS "Value" FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = {table}
            """).SingleAsync(ct) > 0;
}
