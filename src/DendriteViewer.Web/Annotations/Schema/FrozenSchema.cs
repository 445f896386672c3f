using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>Labels and fields of a dataset as it is looked at: as they are, or as they were when a frozen link was made.</summary>
public static class FrozenSchema
{
    /// <summary>The labels and fields; none where nobody had defined any.</summary>
    public static async Task<AnnotationSchema> OfAsync(this SchemaLog log, Dataset dataset, CancellationToken ct = default) =>
        dataset.Kept is FrozenState { Moment.Revision: var revision }
            ? (await log.StateAtAsync(dataset.Identity, revision, ct)).FirstOrDefault() ?? AnnotationSchema.Empty
            : await log.OfAsync(dataset.Identity, ct);
}
