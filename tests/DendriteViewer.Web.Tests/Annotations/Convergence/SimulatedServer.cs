using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tests.Annotations.Convergence;

/// <summary>One server's part of what the hub does with edits, over a database that it shares with others.</summary>
internal sealed class SimulatedServer
{
    private readonly Dataset _dataset;

    public SimulatedServer(IDbContextFactory<DendriteDb> database, TimeProvider time, Dataset dataset, Action<JsonArray> tell)
    {
        _dataset = dataset;
        Journal = new EditJournal(database, time);
        Sites = new SiteLog(database, time, Journal);
        Desk = new EditDesk(Journal, [Sites]);
        Journal.Appended += (_, entries) => tell(new JsonArray([.. entries.Select(e => Desk.JsonOf(e.Entry, e.Rows, seesNames: true))]));
    }

    public EditJournal Journal { get; }

    public SiteLog Sites { get; }

    public EditDesk Desk { get; }

    public Task<IReadOnlyList<EditAnswer>> EditAsync(IReadOnlyList<EditOp> ops, Person by) =>
        Desk.ApplyAsync(_dataset, ops, new Editor(by, null), default);

    public Task<JsonObject> SinceAsync(long number) =>
        Desk.SinceAsync(_dataset.Identity, number, seesLog: true, seesNames: true, default);
}
