using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Audit;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>Deletions, restorations and imports of annotations are in the audit log, by whichever way they were made.</summary>
public sealed class AuditedEditsTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person Ada = new("ada", "Ada");

    [Fact]
    public async Task Deletions_OfOneCall_AreOneEntryWithTheirCount()
    {
        var (log, desk) = Server();
        var sites = new List<Site>();
        for (var i = 0; i < 5; i++)
        {
            sites.Add(await log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ada, default));
        }

        Assert.Empty(await AuditAsync());
        await desk.ApplyAsync(
            host.Dataset,
            [.. sites.Select(s => new EditOp { Key = $"delete-{s.Id}", Do = EditAction.Delete, Id = s.Id, Base = 1 })], Ada, default);
        var deleted = Assert.Single(await AuditAsync());
        Assert.Equal((AuditKind.Deletion, "Ada", host.Dataset.Identity.Value), (deleted.Kind, deleted.PersonName, deleted.DatasetIdentity));
        var names = string.Join(", ", sites.Take(3).Select(s => $"“{s.Label}”"));
        Assert.Equal($"deleted 5 sites: {names} and 2 more", deleted.Detail);

        // A call that is sent again does nothing, and tells nothing.
        await desk.ApplyAsync(
            host.Dataset, [new EditOp { Key = $"delete-{sites[0].Id}", Do = EditAction.Delete, Id = sites[0].Id, Base = 1 }], Ada, default);
        Assert.Single(await AuditAsync());

        var restore = new EditOp { Key = "restore-one", Do = EditAction.Restore, Id = sites[0].Id, Of = 1 };
        await desk.ApplyAsync(host.Dataset, [restore], Ada, default);
        var restored = (await AuditAsync())[0];
        Assert.Equal((AuditKind.Annotation, $"restored 1 site: “{sites[0].Label}”"), (restored.Kind, restored.Detail));

        // What the analysis found, and what takes it back.
        var page = new Editor(Ada, new EditHistory("page"));
        Site Found(int n) => new() { Id = "", Label = $"A{n}", ZUm = 64 + n, YUm = 90, XUm = 90, Modality = "projection" };
        await log.ProposeAsync(host.Dataset, [Found(1), Found(2)], page, default);
        var last = (await AuditAsync())[0];
        Assert.Equal((AuditKind.Import, "proposed 2 sites: “A1”, “A2”"), (last.Kind, last.Detail));
        await page.History!.UndoAsync(Ada, default);
        Assert.Equal("deleted 2 sites: “A1”, “A2” (undo of “propose 2 sites”)", (await AuditAsync())[0].Detail);
        await page.History.RedoAsync(Ada, default);
        Assert.Equal("restored 2 sites: “A1”, “A2” (redo of “propose 2 sites”)", (await AuditAsync())[0].Detail);
    }

    private (SiteLog Log, EditDesk Desk) Server()
    {
        var journal = new EditJournal(host.Database, host.Time, host.Audit);
        var log = new SiteLog(host.Database, host.Time, journal);
        return (log, new EditDesk(journal, [log]));
    }

    // Newest first.
    private async Task<IReadOnlyList<AuditEntry>> AuditAsync() => (await host.Audit.ListAsync(new AuditFilter(), 0, 100)).Entries;
}
