using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>Labels and fields of a dataset as it is looked at: as they are, or as they were at an earlier state.</summary>
public static class FrozenSchema
{
    /// <summary>The labels and fields; none where nobody had defined any.</summary>
    public static async Task<AnnotationSchema> OfAsync(this SchemaLog log, Dataset dataset, CancellationToken ct = default) =>
        dataset.Kept is { Revision: var revision }
            ? (await log.StateAtAsync(dataset.Identity, revision, ct)).FirstOrDefault() ?? AnnotationSchema.Empty
            : await log.OfAsync(dataset.Identity, ct);
}
