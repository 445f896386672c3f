using System.Security.Claims;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Jobs;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Data;

/// <summary>What the app keeps in its database is kept by both providers alike, also where two servers write at once.</summary>
public sealed class SharedDatabaseTests(PostgresFixture postgres, TestHost host)
    : IClassFixture<PostgresFixture>, IClassFixture<TestHost>, IDisposable
{
    private const string View = "v=1&t=1.5&m=projection";
    private static readonly Person s_ada = new("ada", "Ada");
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-shared-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sites_WrittenByTwoServersAtOnce_AreAllKeptAndSeenByBoth(bool isPostgreSql)
    {
        const int each = 25;
        var (_, database) = await NewAsync(isPostgreSql);
        SiteLog[] servers = [new(database, host.Time), new(database, host.Time)];
        await Task.WhenAll(servers.Select(async (log, s) =>
        {
            for (var i = 0; i < each; i++)
            {
                await log.AddAsync(
                    host.Dataset, new WorldPoint(90, 90, 60 + s + 2 * i), 0, "projection", new Editor(s_ada, null), default);
            }
        }));
        foreach (var log in servers)
        {
            await log.CatchUpAsync(host.Dataset.Identity);
        }

        var (one, two) = (await servers[0].ListAsync(host.Dataset.Identity), await servers[1].ListAsync(host.Dataset.Identity));
        Assert.Equal(2 * each, one.Count);
        Assert.Equal(one, two);
        Assert.Equal(2 * each, one.Select(s => s.XUm).Distinct().Count());

        // What one server did not read yet is not written over by it: the edit is refused, or made of what is there now.
        var first = one[0];
        await servers[0].ChangeAsync(host.Dataset, first with { Note = "by one" }, new Editor(s_ada, null), default);
        await Assert.ThrowsAsync<EditConflictException>(
            () => servers[1].ChangeAsync(host.Dataset, first with { Note = "by two" }, new Editor(s_ada, null), default));
        Assert.Equal("by one", (await servers[1].ListAsync(host.Dataset.Identity)).Single(s => s.Id == first.Id).Note);

        // Operations of one call are done in their order, also where the first reads the database and the second does not.
        var journal = new EditJournal(database, host.Time);
        var answers = await new EditDesk(journal, [new SiteLog(database, host.Time, journal)]).ApplyAsync(host.Dataset,
        [
            new EditOp { Key = "restore-first", Do = EditAction.Restore, Id = first.Id, Of = 1 },
            new EditOp
            {
                Key = "then-change", Do = EditAction.Change, Id = first.Id, Was = new() { ["note"] = "" },
                Fields = new() { ["note"] = "after" },
            },
        ], new Editor(s_ada, null), default);
        Assert.Equal([EditOutcome.Accepted, EditOutcome.Accepted], answers.Select(a => a.Outcome));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AccountsMembersLinksBookmarksAndAudit_OnEachProvider_ReadBackAsWritten(bool isPostgreSql)
    {
        var (_, database) = await NewAsync(isPostgreSql);
        var (identity, user) = (host.Dataset.Identity, new AppUser { Id = Guid.NewGuid(), UserName = "ada", DisplayName = "Ada é 电池" });
        await using (var db = await database.CreateDbContextAsync())
        {
            db.Users.Add(user);
            db.Members.Add(new DatasetMember { UserId = user.Id, DatasetIdentity = identity.Value, Role = DatasetRole.Curate });
            await db.SaveChangesAsync();
        }

        var access = new DatasetAccess(database, host.Time);
        var ada = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.Id.ToString())], "Test"));
        Assert.Equal(DatasetRole.Curate, await access.RoleAsync(ada, identity));

        var links = new ShareLinks(database, access, new FrozenStates(database, host.Store, host.Time), host.Time);
        var (link, token) = await links.CreateAsync(
            host.Dataset, DatasetRole.View, "referee", null, View, user.Id.ToString(), default);
        Assert.Equal(link.Id, (await links.FindAsync(token, default))?.Id);
        await links.RevokeAsync(identity, link.Id, default);
        Assert.Equal(LinkEnd.Revoked, Assert.Single(await links.ListAsync(identity, default)).End);

        var audit = new AuditLog(database, host.Time, NullLogger<AuditLog>.Instance);
        var bookmarks = new BookmarkStore(database, access, host.Budgets, host.Time, audit);
        var saved = await bookmarks.SaveAsync(ada, identity, new BookmarkText("Rim", "µm, 电池"), View);
        var described = await bookmarks.DescribeAsync(ada, identity, saved.Id, saved.ChangedAt, new BookmarkText("Edge"));
        Assert.Equal("Edge", Assert.Single((await bookmarks.ListAsync(ada, identity)).Items).Bookmark.Name);
        await Assert.ThrowsAsync<BookmarkException>(() => bookmarks.DeleteAsync(ada, identity, saved.Id, saved.ChangedAt));
        await bookmarks.DeleteAsync(ada, identity, saved.Id, described.ChangedAt);
        Assert.Equal(0, await bookmarks.CountAsync(identity, default));

        await audit.TryRecordAsync(default, s_ada, "did something");
        Assert.Equal("did something", Assert.Single((await audit.ListAsync(new AuditFilter(), 0, 10)).Entries).Detail);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dataset_SeenByTwoServersAtOnce_IsNotedOnce(bool isPostgreSql)
    {
        var (_, database) = await NewAsync(isPostgreSql);
        DatasetRegistry[] servers = [new(database, host.Time), new(database, host.Time)];
        await Task.WhenAll(servers.Select(r => Task.Run(() => r.NoteAsync(host.Dataset, default))));
        Assert.Single(await servers[0].ExistingAsync(default));
        await Task.WhenAll(
            servers[0].ArchiveAsync(host.Dataset.Identity, null, default), servers[1].ArchiveAsync(host.Dataset.Identity, "Ada", default));
        Assert.Single(await servers[1].ArchivedAsync(default));
    }

    [Fact]
    public async Task Server_ThatPrepares_KeepsOthersWaitingUntilItIsDone()
    {
        var (options, _) = await NewAsync(isPostgreSql: true);
        var (log, quiet) = (new Said(), NullLogger.Instance);
        var first = await SharedDatabase.TakeTurnAsync(options, log, default);
        Assert.Empty(log.Lines);
        var second = SharedDatabase.TakeTurnAsync(options, log, default);
        await using (var watching = new Npgsql.NpgsqlConnection(options.Database))
        {
            // Waits until the second one waits, as the server itself tells.
            await watching.OpenAsync();
            await using var command = watching.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while ((long)(await command.ExecuteScalarAsync(patience.Token))! == 0)
            {
                await Task.Yield();
            }
        }

        Assert.False(second.IsCompleted);
        Assert.Matches(@"session \d+.*pg_terminate_backend", Assert.Single(log.Lines));
        await first!.DisposeAsync();
        await (await second)!.DisposeAsync();
        Assert.Null(await SharedDatabase.TakeTurnAsync(new DendriteOptions(), quiet, default));
    }

    [Fact]
    public async Task Server_ThatBeginsToShare_TakesItsKeysAlongAndLeavesNoAccountsBehindUnsaid()
    {
        var builder = new DbContextOptionsBuilder<DendriteDb>();
        SharedDatabase.Use(builder, new DendriteOptions { Data = _folder, Database = await postgres.NewDatabaseAsync() });
        var file = Path.Combine(_folder, DataFolder.Database);
        await File.WriteAllTextAsync(file, "accounts of before");
        await using var db = new PostgreSqlDendriteDb(builder.Options);
        var refused = await Assert.ThrowsAsync<StartupException>(() => SharedDatabase.CheckAsync(db, _folder, default));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        File.Delete(file);
        await SharedDatabase.CheckAsync(db, _folder, default);
        await SchemaUpgrade.ApplyAsync(db, "The database", "AspNetUsers", default);

        var keys = Directory.CreateDirectory(Path.Combine(_folder, DataFolder.Keys)).FullName;
        await File.WriteAllTextAsync(Path.Combine(keys, "key-1.xml"), "<key id=\"1\" />");
        for (var start = 0; start < 2; start++)
        {
            await SharedDatabase.MoveKeysAsync(db, _folder, default);
        }

        Assert.Equal("<key id=\"1\" />", (await db.DataProtectionKeys.SingleAsync()).Xml);
    }

    [Fact]
    public async Task Move_OfAServersDatabase_BringsEveryRowOrNoneAndIsRunAgainAfterAFailure()
    {
        var (_, source) = await NewAsync(isPostgreSql: false);
        var (identity, user) = (host.Dataset.Identity, new AppUser { Id = Guid.NewGuid(), UserName = "ada", DisplayName = "Ada é 电池" });
        var group = new PeopleGroup { Id = Guid.NewGuid(), Name = "Beamline", NormalizedName = "BEAMLINE" };
        await using (var db = await source.CreateDbContextAsync())
        {
            db.AddRange(user, group, new GroupMember { GroupId = group.Id, UserId = user.Id, Source = GroupMember.ByHand });
            db.Audit.AddRange(Enumerable.Range(0, 1200).Select(i => new AuditEntry
            {
                At = i, PersonKey = "ada", PersonName = "Ada", Kind = AuditKind.Export, Detail = i == 700 ? "not text: \0" : "exported",
            }));
            await db.SaveChangesAsync();
        }

        var sites = new SiteLog(source, host.Time);
        await sites.AddAsync(host.Dataset, new WorldPoint(90, 90, 60), 0, "projection", new Editor(s_ada, null), default);
        var keys = Directory.CreateDirectory(Path.Combine(_folder, DataFolder.Keys)).FullName;
        await File.WriteAllTextAsync(Path.Combine(keys, "key-1.xml"), "<key id=\"1\" /> \0");
        var shared = new DendriteOptions { Data = _folder, Database = await postgres.NewDatabaseAsync() };
        var builder = new DbContextOptionsBuilder<DendriteDb>();
        SharedDatabase.Use(builder, shared);
        await using var there = new PostgreSqlDendriteDb(builder.Options);

        // PostgreSQL keeps no NUL in a text. Tables are there then, and no row; no server begins with that.
        var refused = await Assert.ThrowsAsync<StartupException>(() => MoveAsync(shared));
        Assert.Contains("A row of Audit", refused.Message, StringComparison.Ordinal);
        Assert.False(await there.Users.AnyAsync());
        await Assert.ThrowsAsync<StartupException>(() => SharedDatabase.CheckAsync(there, _folder, default));
        await using (var db = await source.CreateDbContextAsync())
        {
            await db.Audit.Where(e => e.At == 700).ExecuteUpdateAsync(s => s.SetProperty(e => e.Detail, "exported"));
        }

        // Without the keys no row is kept either.
        refused = await Assert.ThrowsAsync<StartupException>(() => MoveAsync(shared));
        Assert.Contains("A key", refused.Message, StringComparison.Ordinal);
        Assert.False(await there.Users.AnyAsync());
        await File.WriteAllTextAsync(Path.Combine(keys, "key-1.xml"), "<key id=\"1\" />");

        var moved = await MoveAsync(shared);
        Assert.Contains(("Audit", 1200), moved);
        await SharedDatabase.CheckAsync(there, _folder, default);
        Assert.Equal("Ada é 电池", (await there.Users.SingleAsync()).DisplayName);
        Assert.Equal(user.Id, (await there.GroupMembers.SingleAsync()).UserId);
        Assert.Equal("<key id=\"1\" />", (await there.DataProtectionKeys.SingleAsync()).Xml);

        // What is added there gets numbers of its own, and the journal goes on where it was.
        var target = new Contexts(builder.Options);
        await new AuditLog(target, host.Time, NullLogger<AuditLog>.Instance).RecordAsync(AuditKind.Export, s_ada, "after the move");
        Assert.Equal(1201, await there.Audit.CountAsync());
        var after = new SiteLog(target, host.Time);
        await after.AddAsync(host.Dataset, new WorldPoint(90, 90, 80), 0, "projection", new Editor(s_ada, null), default);
        Assert.Equal([60, 80], (await after.ListAsync(identity)).Select(s => s.XUm).Order());

        var twice = await Assert.ThrowsAsync<StartupException>(() => MoveAsync(shared));
        Assert.Contains("is not empty", twice.Message, StringComparison.Ordinal);
        Assert.Equal(1201, await there.Audit.CountAsync());
    }

    [Fact]
    public async Task Move_IntoADatabaseOfSomethingElseOrOfNoFile_IsRefused()
    {
        var shared = new DendriteOptions { Database = await postgres.NewDatabaseAsync() };
        var missing = await Assert.ThrowsAsync<StartupException>(() => MoveAsync(shared));
        Assert.Contains("There is no", missing.Message, StringComparison.Ordinal);
        await NewAsync(isPostgreSql: false);
        await using (var other = Npgsql.NpgsqlDataSource.Create(shared.Database))
        await using (var command = other.CreateCommand("CREATE TABLE customers (id int)"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var foreign = await Assert.ThrowsAsync<StartupException>(() => MoveAsync(shared));
        Assert.Contains("customers", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Move_WhileAServerPreparesTheDatabase_TellsForWhomItWaits()
    {
        await NewAsync(isPostgreSql: false);
        var shared = new DendriteOptions { Database = await postgres.NewDatabaseAsync() };
        await using var turn = await SharedDatabase.TakeTurnAsync(shared, NullLogger.Instance, default);
        using var stop = new CancellationTokenSource();
        var log = new Said { Heard = stop.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DatabaseCommands.MoveAsync(_folder, shared, log, stop.Token));
        Assert.Matches(@"session \d+", Assert.Single(log.Lines));
    }

    private Task<IReadOnlyList<(string Table, int Rows)>> MoveAsync(DendriteOptions shared) =>
        DatabaseCommands.MoveAsync(_folder, shared, NullLogger.Instance, default);

    private async Task<(DendriteOptions, IDbContextFactory<DendriteDb>)> NewAsync(bool isPostgreSql)
    {
        var options = new DendriteOptions { Data = _folder, Database = isPostgreSql ? await postgres.NewDatabaseAsync() : null };
        var builder = new DbContextOptionsBuilder<DendriteDb>();
        SharedDatabase.Use(builder, options);
        await using DendriteDb db = isPostgreSql ? new PostgreSqlDendriteDb(builder.Options) : new SqliteDendriteDb(builder.Options);
        await SchemaUpgrade.ApplyAsync(db, "The database", "AspNetUsers", default);
        return (options, new Contexts(builder.Options));
    }

    private sealed class Contexts(DbContextOptions<DendriteDb> options) : IDbContextFactory<DendriteDb>
    {
        public DendriteDb CreateDbContext() => new(options);
    }

    private sealed class Said : ILogger
    {
        public List<string> Lines { get; } = [];

        public Action? Heard { get; init; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines.Add(formatter(state, exception));
            Heard?.Invoke();
        }
    }
}
