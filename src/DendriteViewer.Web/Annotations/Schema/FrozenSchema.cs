using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>Labels and fields of a dataset as it is looked at: as they are, or as they were when a frozen link was made.</summary>
public static class FrozenSchema
{
    /// <summary>The labels and fields; none where nobody had defined any.</summary>
    public static async Task<AnnotationSchema> OfAsync(this SchemaLog log, Dataset dataset, CancellationToken ct = default)
    {
        if (dataset.Kept is not FrozenState kept)
        {
            return await log.OfAsync(dataset.Identity, ct);
        }

        var last = (await log.HistoryAsync(dataset.Identity, ct)).LastOrDefault(e => e.At <= kept.Moment.At);
        return last is null ? AnnotationSchema.Empty
            : JsonSerializer.Deserialize<AnnotationSchema>(last.State, MeasurementLog.Json) ?? AnnotationSchema.Empty;
    }
}
