using System.Data.Common;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Measurements;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DendriteViewer.Web.Tests.Annotations.Exchange;

/// <summary>An import of sites and annotations is taken back, and made again, by one write.</summary>
public sealed partial class ExchangeTests
{
    private const string Both = """
        {"format":"dendrite-annotations","version":1,
         "sites":[{"id":"n1","zUm":60,"yUm":60,"xUm":60,"hours":1.5,"modality":"projection","label":"N1"}],
         "annotations":[{"kind":"point","id":"p1","pointsUm":[[60,60,60]],"hours":1.5,"modality":"projection","label":"P"},
           {"kind":"point","id":"p2","pointsUm":[[70,60,60]],"hours":1.5,"modality":"projection","label":"Q"}]}
        """;

    // A step was two writes once: a server that died between them left the annotations of a file without its sites.
    [Fact]
    public async Task Undo_OfAnImportWhoseSecondPartIsNotWritten_LeavesBothPartsUntilItIsDoneAgain()
    {
        var dataset = Another();
        var (store, page) = (new FailingStore(host.Database), new EditHistory("page"));
        var server = new Server(store, host);
        await BringInAsync(dataset, page);
        var desk = server.Desk;
        foreach (var isThere in new[] { true, false, true })
        {
            using var reloaded = new EditHistory("page");
            await desk.RecallAsync(dataset.Identity, s_ada.Key, reloaded, [], default);
            async Task StepAsync() => await (isThere ? reloaded.UndoAsync(s_ada, default) : reloaded.RedoAsync(s_ada, default));
            var before = await WholeAsync(desk, dataset);
            var entries = await server.Journal.NumberAsync(dataset.Identity, default);

            // Sites were written first when steps were taken back, annotations when they were made again.
            store.Table = isThere ? "MeasurementEdits" : "SiteEdits";
            await Assert.ThrowsAnyAsync<Exception>(StepAsync);
            store.Table = null;
            Assert.Equal(before, await WholeAsync(desk, dataset));
            Assert.Equal(before, await WholeAsync(new Server(host.Database, host).Desk, dataset));
            Assert.Equal((isThere ? 1 : 0, isThere ? 0 : 1), (reloaded.Counts.Undo, reloaded.Counts.Redo));

            await StepAsync();
            Assert.Equal(entries + 2, await server.Journal.NumberAsync(dataset.Identity, default));
            var after = await WholeAsync(desk, dataset);
            Assert.NotEqual(before, after);
            Assert.Equal(after, await WholeAsync(new Server(host.Database, host).Desk, dataset));
            Assert.Equal(!isThere, after.Contains("\"n1\"", StringComparison.Ordinal));
            Assert.Equal(!isThere, after.Contains("\"p2\"", StringComparison.Ordinal));
        }

        // One row of the audit log for each step, newest first.
        var told = (await host.Audit.ListAsync(new AuditFilter(Dataset: dataset.Identity.Value), 0, 10)).Entries;
        const string deleted = "deleted 1 site and 2 measurements: “N1”, “P”, “Q” (undo of “import N1”, “import 2 measurements”)";
        const string restored = "restored 2 measurements and 1 site: “P”, “Q”, “N1” (redo of “import 2 measurements”, “import N1”)";
        Assert.Equal(
            [(AuditKind.Deletion, deleted), (AuditKind.Annotation, restored), (AuditKind.Deletion, deleted)],
            told.Where(t => t.Kind != AuditKind.Import).Select(t => (t.Kind, t.Detail)));
    }

    [Fact]
    public async Task Undo_AskedForByAnOperationThatNamesOneEntryOfAnImport_TakesTheWholeImportBackOnce()
    {
        var dataset = Another();
        await BringInAsync(dataset, new EditHistory("page"));
        var server = new Server(host.Database, host);
        var last = await server.Journal.NumberAsync(dataset.Identity, default);
        var undo = new EditOp { Key = "undo-import", Do = EditAction.Undo, Of = last };
        var answer = Assert.Single(await server.Desk.ApplyAsync(dataset, [undo], s_ada, default));
        Assert.Equal((EditOutcome.Accepted, last + 1), (answer.Outcome, answer.Number));
        Assert.Empty(await server.Sites.ListAsync(dataset.Identity));
        Assert.Empty(await server.Drawn.ListAsync(dataset.Identity));

        // Sent again it is answered with what the first did, and its undo makes all of it again.
        var again = Assert.Single(await server.Desk.ApplyAsync(dataset, [undo], s_ada, default));
        Assert.Equal((answer.Outcome, answer.Number), (again.Outcome, again.Number));
        Assert.Equal(last + 2, await server.Journal.NumberAsync(dataset.Identity, default));
        await server.Desk.ApplyAsync(dataset, [undo with { Key = "redo-import", Of = last + 2 }], s_ada, default);
        Assert.Single(await server.Sites.ListAsync(dataset.Identity));
        Assert.Equal(2, (await server.Drawn.ListAsync(dataset.Identity)).Count);
    }

    // The key is of the step, also where its first part has nothing left to take back.
    [Fact]
    public async Task Undo_OfAnImportWhoseSitesWereDeleted_TakesTheRestBackOnceHoweverOftenItIsSent()
    {
        var dataset = Another();
        await BringInAsync(dataset, new EditHistory("page"));
        var server = new Server(host.Database, host);
        await server.Sites.DeleteAsync(dataset.Identity, "n1", s_ada, default);
        var undo = new EditOp { Key = "undo-import", Do = EditAction.Undo, Of = 1 };
        var first = (await server.Desk.ApplyAsync(dataset, [undo], s_ada, default))[0];
        var again = (await server.Desk.ApplyAsync(dataset, [undo], s_ada, default))[0];
        Assert.Equal((EditOutcome.Accepted, 4L), (first.Outcome, first.Number));
        Assert.Equal((EditOutcome.Accepted, 4L), (again.Outcome, again.Number));
        Assert.Equal(4, await server.Journal.NumberAsync(dataset.Identity, default));
    }

    private async Task BringInAsync(Dataset dataset, EditHistory page)
    {
        var order = Order(new ImportChoice(), s_scan) with { Dataset = dataset };
        var done = await host.Exchange.ImportAsync(order, AnnotationFiles.Read(Both, "f", s_scan), new Editor(s_ada, page), default);
        Assert.Equal(3, done.Added);
        Assert.Equal(1, page.Counts.Undo);
    }

    private static async Task<string> WholeAsync(EditDesk desk, Dataset dataset) =>
        (await desk.SinceAsync(dataset.Identity, -1, seesLog: true, seesNames: true, default)).ToJsonString();

    // A server's logs over a database that others use too.
    private sealed class Server
    {
        public Server(IDbContextFactory<DendriteDb> database, TestHost host)
        {
            Journal = new EditJournal(database, host.Time, host.Audit);
            var schemas = new SchemaLog(database, host.Time, Journal);
            Sites = new SiteLog(database, host.Time, Journal, schemas);
            Drawn = new MeasurementLog(database, host.Time, Journal, schemas);
            Desk = new EditDesk(Journal, [Sites, Drawn]);
        }

        public EditJournal Journal { get; }

        public SiteLog Sites { get; }

        public MeasurementLog Drawn { get; }

        public EditDesk Desk { get; }
    }

    // A database that is away in the moment in which rows of one table are to be written.
    private sealed class FailingStore(IDbContextFactory<DendriteDb> database) : DbCommandInterceptor, IDbContextFactory<DendriteDb>
    {
        public string? Table { get; set; }

        public DendriteDb CreateDbContext()
        {
            using var like = database.CreateDbContext();
            return new DendriteDb(new DbContextOptionsBuilder<DendriteDb>()
                .UseSqlite(like.Database.GetConnectionString()).AddInterceptors(this).Options);
        }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken) =>
            Table is { } table && command.CommandText.Contains($"INSERT INTO \"{table}\"", StringComparison.Ordinal)
                ? throw new IOException($"The database went away before {table} was written.")
                : base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
    }
}
