using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>A kind of annotation whose entries a page can take back, also after it was loaded again.</summary>
public interface IRecalledKind
{
    /// <summary>Its name in operations and entries.</summary>
    string Kind { get; }

    /// <summary>An entry as something that a page can take back.</summary>
    JournalStep StepOf(DatasetIdentity dataset, EditEntry entry);
}

/// <summary>A kind of annotation that clients edit by operations and follow by entries.</summary>
public interface IEditedKind : IRecalledKind
{
    /// <summary>The labels and fields by which operations are judged.</summary>
    Task<AnnotationSchema> SchemaAsync(DatasetIdentity dataset, CancellationToken ct);

    /// <summary>Does what a client asks, but for undo.</summary>
    Task<EditAnswer> ApplyAsync(Dataset dataset, AnnotationSchema schema, EditOp op, Editor by, CancellationToken ct);

    /// <summary>The versions of one annotation, oldest first.</summary>
    Task<IReadOnlyList<ObjectVersion>> VersionsAsync(DatasetIdentity dataset, string id, CancellationToken ct);

    /// <summary>What restoring a version of an annotation would change.</summary>
    Task<RestorePlan> PlanAsync(DatasetIdentity dataset, string id, int version, CancellationToken ct);

    /// <summary>The rows of entries after one and up to another, by the entry's number.</summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<EditRow>>> RowsAsync(
        DatasetIdentity dataset, long after, long upTo, CancellationToken ct);

    /// <summary>The state that a row left, for somebody who sees names or not.</summary>
    JsonNode StateFor(EditRow row, bool seesNames);

    /// <summary>All annotations that are not deleted, and the last entry that is in them.</summary>
    Task<(JsonArray States, long Number)> WholeAsync(DatasetIdentity dataset, bool seesNames, CancellationToken ct);
}
