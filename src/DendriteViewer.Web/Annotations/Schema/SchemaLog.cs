using System.Collections.Immutable;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>
/// The schema of every dataset: a kind of the dataset's journal, whose one object is the whole schema. What is written has been
/// checked by <see cref="SchemaDesk"/>. Whoever calls has been authorized.
/// </summary>
/// <param name="database">Where the log is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="journal">The server's journal; null for one of its own.</param>
public sealed class SchemaLog(IDbContextFactory<DendriteDb> database, TimeProvider time, EditJournal? journal = null)
    : EditLog<AnnotationSchema, SchemaEdit>(database, journal, time, "schema")
{
    /// <inheritdoc/>
    protected override JsonSerializerOptions Options => Measurements.MeasurementLog.Json;

    /// <inheritdoc/>
    protected override string IdColumn => nameof(SchemaEdit.SchemaId);

    /// <inheritdoc/>
    protected override FieldRules Fields { get; } = new(["id", "version", "changedAt", "deleted"]);

    /// <summary>A dataset's schema; empty where nobody defined one.</summary>
    public async Task<AnnotationSchema> OfAsync(DatasetIdentity dataset, CancellationToken ct = default) =>
        Now(await BoardAsync(dataset, ct));

    /// <summary>
    /// Replaces the schema; its version is the one that it was changed from, 0 where there was none. It is no step of a page's undo: that
    /// asks neither who may curate nor which labels are in use by now.
    /// </summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="make">From the schema as it is to the one wanted; may throw to refuse.</param>
    /// <param name="version">The version that the person saw.</param>
    /// <param name="by">Who edits.</param>
    /// <param name="ct">Gives up before the write.</param>
    /// <exception cref="EditConflictException">Somebody else changed it meanwhile.</exception>
    public Task<AnnotationSchema> ChangeAsync(
        DatasetIdentity dataset, Func<AnnotationSchema, AnnotationSchema> make, int version, Editor by, CancellationToken ct) =>
        ChangeAsync(dataset, make, version, by, null, ct);

    /// <summary>As the other, with an entry of the audit log that is written with it.</summary>
    internal async Task<AnnotationSchema> ChangeAsync(
        DatasetIdentity dataset, Func<AnnotationSchema, AnnotationSchema> make, int version, Editor by, Func<AuditEntry>? beside,
        CancellationToken ct)
    {
        var writing = BeginChange(dataset, make, version, by, ct);
        await Journal.AppendAsync(dataset, PendingEdit.Together([writing.Edit], beside));
        return (await writing.FinishAsync()).Items[0];
    }

    /// <summary>As <see cref="ChangeAsync"/>, to be written with the annotations of a file.</summary>
    internal Writing<Edited<AnnotationSchema>> BeginChange(
        DatasetIdentity dataset, Func<AnnotationSchema, AnnotationSchema> make, int version, Editor by, CancellationToken ct) =>
        Begin(dataset, by, board => Now(board) is var now && now.Version == version
            ? [make(now) with { Id = AnnotationSchema.OnlyId, Deleted = false }]
            : throw new EditConflictException("The labels and fields were changed by somebody else; look at them again."),
            new EditNote(null) { Name = "change labels and fields" }, ct);

    // One whose first edit was taken back is empty, and goes on from the version that took it back.
    private static AnnotationSchema Now(ImmutableDictionary<string, AnnotationSchema> board) =>
        board.GetValueOrDefault(AnnotationSchema.OnlyId) switch
        {
            null => AnnotationSchema.Empty,
            { Deleted: true } gone => AnnotationSchema.Empty with { Version = gone.Version },
            var schema => schema,
        };

    /// <inheritdoc/>
    protected override SchemaEdit RowOf(DatasetIdentity dataset, AnnotationSchema after, string state, Person by, long at) => new()
    {
        DatasetIdentity = dataset.Value, SchemaId = after.Id, Version = after.Version, State = state,
        ByKey = by.Key, ByName = by.Name, At = at,
    };

    /// <inheritdoc/>
    protected override string IdOf(SchemaEdit row) => row.SchemaId;

    /// <inheritdoc/>
    protected override string NameOf(AnnotationSchema item) => "labels and fields";
}
