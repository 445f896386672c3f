using DendriteViewer.Web.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace DendriteViewer.Web.Data;

/// <summary>
/// The main database on SQLite. Entity Framework keeps one set of migrations for each context type, so each provider has a type of its own;
/// the model is <see cref="DendriteDb"/>'s, and everything but the migrations uses that.
/// </summary>
public sealed class SqliteDendriteDb(DbContextOptions<DendriteDb> options) : DendriteDb(options);

/// <summary>The main database on PostgreSQL; see <see cref="SqliteDendriteDb"/>.</summary>
public sealed class PostgreSqlDendriteDb(DbContextOptions<DendriteDb> options) : DendriteDb(options);

/// <summary>The jobs' database on SQLite; see <see cref="SqliteDendriteDb"/>.</summary>
public sealed class SqliteJobsDb(DbContextOptions<JobsDb> options) : JobsDb(options);

/// <summary>The jobs' database on PostgreSQL; see <see cref="SqliteDendriteDb"/>.</summary>
public sealed class PostgreSqlJobsDb(DbContextOptions<JobsDb> options) : JobsDb(options);

/// <summary>Lets <c>dotnet ef migrations add</c> make a context without starting the server. No database is opened.</summary>
internal sealed class DesignTimeContexts :
    IDesignTimeDbContextFactory<SqliteDendriteDb>, IDesignTimeDbContextFactory<PostgreSqlDendriteDb>,
    IDesignTimeDbContextFactory<SqliteJobsDb>, IDesignTimeDbContextFactory<PostgreSqlJobsDb>
{
    private const string Sqlite = "Data Source=:memory:";
    private const string PostgreSql = "Host=localhost;Database=none";

    SqliteDendriteDb IDesignTimeDbContextFactory<SqliteDendriteDb>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<DendriteDb>().UseSqlite(Sqlite).Options);

    PostgreSqlDendriteDb IDesignTimeDbContextFactory<PostgreSqlDendriteDb>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<DendriteDb>().UseNpgsql(PostgreSql).Options);

    SqliteJobsDb IDesignTimeDbContextFactory<SqliteJobsDb>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<JobsDb>().UseSqlite(Sqlite).Options);

    PostgreSqlJobsDb IDesignTimeDbContextFactory<PostgreSqlJobsDb>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<JobsDb>().UseNpgsql(PostgreSql).Options);
}
