using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Tests.Jobs;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DendriteViewer.Web.Tests.Data;

/// <summary>Migrations are complete, and a database of an earlier release is upgraded in place without losing a row.</summary>
public sealed class SchemaUpgradeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-schema-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Model_ChangedWithoutAMigration_IsFoundForEachProvider()
    {
        var (sqlite, jobs) = (Releases.MainDb(Path.Combine(_folder, "a.db")), Releases.JobsDb(Path.Combine(_folder, "b.db")));
        var postgreSql = new DbContextOptionsBuilder<DendriteDb>().UseNpgsql("Host=none").Options;
        var postgreSqlJobs = new DbContextOptionsBuilder<JobsDb>().UseNpgsql("Host=none").Options;
        DbContext[] contexts =
            [new SqliteDendriteDb(sqlite), new PostgreSqlDendriteDb(postgreSql), new SqliteJobsDb(jobs),
            new PostgreSqlJobsDb(postgreSqlJobs)];
        foreach (var db in contexts)
        {
            using (db)
            {
                Assert.False(db.Database.HasPendingModelChanges(),
                    $"{db.GetType().Name} has changed; add a migration with dotnet ef migrations add.");
                Assert.NotEmpty(db.Database.GetMigrations());
            }
        }
    }

    [Fact]
    public async Task SqliteOfRelease010_Upgraded_KeepsEveryRowOfEveryTable()
    {
        var file = Path.Combine(_folder, "dendrite.db");
        Releases.Restore(Releases.First, "dendrite.sql", file);
        var before = Counts(file);
        await UpgradeAsync(file);
        var after = Counts(file);
        Assert.All(before, b => Assert.Equal(b.Value, after[b.Key]));

        await using var db = new DendriteDb(Releases.MainDb(file));
        Assert.Equal(["Ada Curator", "Bob Beamline"], await db.Users.OrderBy(u => u.DisplayName).Select(u => u.DisplayName).ToListAsync());
        Assert.Equal("For the referee", (await db.Links.SingleAsync(l => l.TokenHash.StartsWith("abab"))).Name);
        Assert.Equal([1, 2], await db.SiteEdits.OrderBy(e => e.Sequence).Select(e => e.Version).ToListAsync());
        Assert.Equal([1L, 2], await db.SiteEdits.OrderBy(e => e.Sequence).Select(e => e.Number).ToListAsync());
        Assert.Equal([1L, 2], await db.EditEntries.OrderBy(e => e.Number).Select(e => e.Number).ToListAsync());
        Assert.Equal(["legacy-cell-a", "legacy-cell-b"], await db.Members.OrderBy(m => m.DatasetIdentity).Select(m => m.DatasetIdentity)
            .ToListAsync());
        Assert.Equal(["legacy-cell-a", "legacy-cell-b"], await db.Links.OrderBy(l => l.DatasetId).Select(l => l.DatasetIdentity)
            .ToListAsync());
        Assert.All(await db.SiteEdits.ToListAsync(), e => Assert.Equal("legacy-cell-a", e.DatasetIdentity));
        Assert.Equal(["cell-a", "cell-b"], await db.Datasets.OrderBy(d => d.DatasetId).Select(d => d.DatasetId).ToListAsync());

        // A second start changes nothing.
        await UpgradeAsync(file);
        Assert.Equal(after, Counts(file));
    }

    [Fact]
    public async Task SqliteJobsOfRelease010_Upgraded_KeepTheirHistory()
    {
        var file = Path.Combine(_folder, "jobs.db");
        Releases.Restore(Releases.First, "jobs.sql", file);
        var before = Counts(file);
        await using var db = new SqliteJobsDb(Releases.JobsDb(file));
        await SchemaUpgrade.ApplyAsync(db, file, "dendrite_jobs", default);
        Assert.All(before, b => Assert.Equal(b.Value, Counts(file)[b.Key]));
        Assert.Equal(["Import", "Analysis", "Export", "Upload"], await db.Jobs.OrderBy(j => j.Sequence).Select(j => j.Kind).ToListAsync());
        Assert.Equal(["legacy-cell-a", "legacy-cell-a", "legacy-cell-b", null], await db.Jobs.OrderBy(j => j.Sequence).Select(j =>
            j.DatasetIdentity).ToListAsync());
    }

    [Fact]
    public async Task PostgreSqlJobsOfRelease010_Upgraded_KeepTheirHistory()
    {
        var address = await postgres.NewDatabaseAsync();
        await using var db = new PostgreSqlJobsDb(new DbContextOptionsBuilder<JobsDb>().UseNpgsql(address).Options);
        await db.Database.ExecuteSqlRawAsync(Releases.Script(Releases.First, "jobs.postgresql.sql").Replace("{", "{{").Replace("}", "}}"));
        await SchemaUpgrade.ApplyAsync(db, "The jobs' database", "dendrite_jobs", default);
        var job = await db.Jobs.SingleAsync();
        Assert.Equal(("Analysis of before", "legacy-cell-a"), (job.Title, job.DatasetIdentity));
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    // Edits of before the journal are numbered over both kinds by time; within a kind their order stays, though a clock was set back.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EditsOfBeforeTheJournal_Upgraded_AreNumberedWithoutGapsInTheirOrder(bool onPostgreSql)
    {
        await using DendriteDb db = onPostgreSql
            ? new PostgreSqlDendriteDb(new DbContextOptionsBuilder<DendriteDb>().UseNpgsql(await postgres.NewDatabaseAsync()).Options)
            : new SqliteDendriteDb(Releases.MainDb(Path.Combine(_folder, "edits.db")));
        var before = db.Database.GetMigrations().Single(m => m.EndsWith("_Bookmarks", StringComparison.Ordinal));
        await db.GetService<IMigrator>().MigrateAsync(before);
        const string Columns = "(\"DatasetIdentity\", \"{1}\", \"Version\", \"State\", \"ByKey\", \"ByName\", \"At\")";
        foreach (var (dataset, table, id, version, at) in new[]
        {
            ("d", "SiteEdits", "a", 1, 100), ("d", "SiteEdits", "a", 2, 300), ("d", "SiteEdits", "b", 1, 200),
            ("d", "MeasurementEdits", "m", 1, 150), ("d", "MeasurementEdits", "m", 2, 400), ("e", "SiteEdits", "a", 1, 50),
        })
        {
            var columns = Columns.Replace("{1}", table == "SiteEdits" ? "SiteId" : "MeasurementId", StringComparison.Ordinal);
            var insert = $"INSERT INTO \"{table}\" {columns} VALUES ('{dataset}', '{id}', {version}, '[]', 'ada', 'Ada', {at})";
            await db.Database.ExecuteSqlRawAsync(insert);
        }

        await SchemaUpgrade.ApplyAsync(db, "The database", "AspNetUsers", default);
        var sites = await db.SiteEdits.OrderBy(e => e.Sequence).Select(e => $"{e.DatasetIdentity}{e.SiteId}{e.Number}").ToListAsync();
        var measured = await db.MeasurementEdits.OrderBy(e => e.Sequence).Select(e => $"{e.MeasurementId}{e.Number}").ToListAsync();
        Assert.Equal(["da1", "da3", "db4", "ea1"], sites);
        Assert.Equal(["m2", "m5"], measured);
        Assert.Equal(
            ["d1site", "d2measurement", "d3site", "d4site", "d5measurement", "e1site"],
            (await db.EditEntries.AsNoTracking().ToListAsync()).Select(e => $"{e.DatasetIdentity}{e.Number}{e.Kind}").Order());
        Assert.Equal([0, 1, 0, 0], await db.SiteEdits.OrderBy(e => e.Sequence).Select(e => e.BaseVersion).ToListAsync());
    }

    [Fact]
    public async Task PostgreSql_EmptyDatabase_GetsTheWholeSchema()
    {
        await using var db =
            new PostgreSqlDendriteDb(new DbContextOptionsBuilder<DendriteDb>().UseNpgsql(await postgres.NewDatabaseAsync()).Options);
        await SchemaUpgrade.ApplyAsync(db, "The database", "AspNetUsers", default);
        db.Users.Add(new AppUser { Id = Guid.NewGuid(), UserName = "ada", DisplayName = "Ada" });
        await db.SaveChangesAsync();
        Assert.Equal("Ada", (await db.Users.SingleAsync()).DisplayName);
    }

    [Fact]
    public async Task Database_OfANewerVersion_IsRefusedInOneSentence()
    {
        var file = Path.Combine(_folder, "dendrite.db");
        await UpgradeAsync(file);
        await using (var db = new DendriteDb(Releases.MainDb(file)))
        {
            await db.Database.ExecuteSqlRawAsync("INSERT INTO \"__EFMigrationsHistory\" VALUES ('29990101000000_Later', '99.0')");
        }

        var refused = await Assert.ThrowsAsync<StartupException>(() => UpgradeAsync(file));
        Assert.Contains("newer version", refused.Message);
        Assert.Contains("29990101000000_Later", refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task Upgrade_AfterAServerWasKilledDuringOne_DoesNotWaitForItsLock()
    {
        var file = Path.Combine(_folder, "dendrite.db");
        await UpgradeAsync(file);
        await using (var db = new DendriteDb(Releases.MainDb(file)))
        {
            await db.Database.ExecuteSqlRawAsync("INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-01')");
        }

        await UpgradeAsync(file).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    private static async Task UpgradeAsync(string file)
    {
        await using var db = new SqliteDendriteDb(Releases.MainDb(file));
        await SchemaUpgrade.ApplyAsync(db, $"The database {file}", "AspNetUsers", default);
    }

    private static Dictionary<string, long> Counts(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var tables = connection.CreateCommand();
        tables.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        var names = new List<string>();
        using (var reader = tables.ExecuteReader())
        {
            while (reader.Read())
            {
                names.Add(reader.GetString(0));
            }
        }

        return names.ToDictionary(n => n, n =>
        {
            using var count = connection.CreateCommand();
            count.CommandText = $"SELECT COUNT(*) FROM \"{n}\"";
            return Convert.ToInt64(count.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        });
    }
}
