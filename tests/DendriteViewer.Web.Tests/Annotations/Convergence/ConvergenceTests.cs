using System.Text.Json.Nodes;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Tests.Jobs;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace DendriteViewer.Web.Tests.Annotations.Convergence;

/// <summary>
/// Eight people edit the same sites over bad lines, on PostgreSQL by two servers at the same time. In the end all have the same sites, each
/// edit is in the journal once or was refused with a sentence, and none is there that nobody made.
/// </summary>
public sealed class ConvergenceTests(TestHost host, PostgresFixture postgres, ITestOutputHelper output)
    : IClassFixture<TestHost>, IClassFixture<PostgresFixture>
{
    private const int Clients = 8, Edits = 20_000, Seed = 19;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clients_ThatEditOverBadLines_EndWithTheSameSitesAndNoEditLostOrDoubled(bool onPostgreSql)
    {
        var database = await DatabaseAsync(onPostgreSql);
        var clients = new List<SimulatedClient>();
        void Tell(JsonArray entries) => clients.ForEach(c => c.Tell(entries));

        // Two servers on one SQLite file are refused when they start.
        SimulatedServer[] servers = [.. Enumerable.Range(0, onPostgreSql ? 2 : 1)
            .Select(_ => new SimulatedServer(database, host.Time, host.Dataset, Tell))];
        clients.AddRange(Enumerable.Range(0, Clients).Select(i => new SimulatedClient(i, Seed, servers)));
        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(clients.Select(c => Task.Run(() => c.RunAsync(Edits / Clients))));
        await Task.WhenAll(clients.Select(c => c.SettleAsync()));
        foreach (var client in clients)
        {
            await client.CatchUpAsync();
        }

        output.WriteLine($"{Edits} edits took {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s, seed {Seed}.");

        await CheckEqualAsync(clients, servers, database);
        await CheckJournalAsync(clients, database);
    }

    private async Task CheckEqualAsync(List<SimulatedClient> clients, SimulatedServer[] servers, IDbContextFactory<DendriteDb> database)
    {
        var fresh = new SimulatedServer(database, host.Time, host.Dataset, _ => { });
        var truth = StatesOf(await fresh.SinceAsync(-1));
        Assert.NotEmpty(truth);
        foreach (var server in servers)
        {
            await server.Journal.CatchUpAsync(host.Dataset.Identity, default);
            Assert.Equal(truth, StatesOf(await server.SinceAsync(-1)));
        }

        foreach (var client in clients)
        {
            Assert.Empty(client.Replica.Pending);
            Assert.Equal(truth, client.Replica.Alive.Select(id => client.Replica.Confirmed[id].ToJsonString())
                .Order(StringComparer.Ordinal));
        }
    }

    private static async Task CheckJournalAsync(List<SimulatedClient> clients, IDbContextFactory<DendriteDb> database)
    {
        await using var db = await database.CreateDbContextAsync();
        var entries = await db.EditEntries.AsNoTracking().OrderBy(e => e.Number).ToListAsync();
        Assert.Equal(Enumerable.Range(1, entries.Count).Select(n => (long)n), entries.Select(e => e.Number));
        var rows = (await db.SiteEdits.AsNoTracking().ToListAsync()).ToLookup(r => r.Number);
        var byKey = entries.ToDictionary(e => e.Key!);
        var made = clients.SelectMany(c => c.Made.Values.Select(o => (Op: o, Answer: c.Answered[o.Key], Client: c))).ToArray();
        Assert.Equal(Edits, made.Length);
        Assert.All(made, m => Assert.Equal(
            m.Answer.Outcome is EditOutcome.Accepted or EditOutcome.Merged, byKey.ContainsKey(m.Op.Key)));
        Assert.Equal(entries.Count, made.Count(m => byKey.ContainsKey(m.Op.Key)));
        Assert.All(made.Where(m => m.Answer.Outcome == EditOutcome.Refused), m => Assert.NotEmpty(m.Answer.Why!));
        foreach (var (op, answer, client) in made.Where(m => m.Answer.Number is not null))
        {
            Assert.Equal((answer.Number, client.Person.Key), (byKey[op.Key].Number, byKey[op.Key].ByKey));
            var state = (JsonObject)JsonNode.Parse(rows[answer.Number!.Value].Single().State)!;
            foreach (var (name, value) in op.Do is EditAction.Change or EditAction.Add ? op.Fields! : [])
            {
                var given = value is JsonValue v && v.TryGetValue(out double n) ? JsonValue.Create(Math.Round(n, 3)) : value;
                Assert.True(JsonNode.DeepEquals(given, state[name]), $"{name} of {op.Key}: {given} became {state[name]}");
            }
        }

        // The mixture is worth its name.
        Assert.All(Enum.GetValues<EditOutcome>(), o => Assert.Contains(made, m => m.Answer.Outcome == o));
        Assert.All(
            [EditWhat.Edit, EditWhat.Undo, EditWhat.Redo, EditWhat.Restore], w => Assert.Contains(entries, e => e.What == w));
    }

    private static string[] StatesOf(JsonObject answer) =>
        [.. ((JsonArray)answer["whole"]!["site"]!).Select(s => s!.ToJsonString()).Order(StringComparer.Ordinal)];

    private async Task<IDbContextFactory<DendriteDb>> DatabaseAsync(bool onPostgreSql)
    {
        var options = onPostgreSql
            ? new DbContextOptionsBuilder<DendriteDb>().UseNpgsql(await postgres.NewDatabaseAsync()).Options
            : new DbContextOptionsBuilder<DendriteDb>().UseSqlite($"Data Source={host.Folder}/convergence.db").Options;
        await using DendriteDb db = new(options);
        await db.Database.EnsureCreatedAsync();
        if (!onPostgreSql)
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL");
        }

        return new Factory(options);
    }

    private sealed class Factory(DbContextOptions<DendriteDb> options) : IDbContextFactory<DendriteDb>
    {
        public DendriteDb CreateDbContext() => new(options);
    }
}
