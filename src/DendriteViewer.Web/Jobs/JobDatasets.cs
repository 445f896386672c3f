using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Jobs;

/// <summary>The dataset that a job is about.</summary>
internal static class JobDatasets
{
    public static async Task<Dataset> OpenForJobAsync(this DatasetStore store, JobRequest request, CancellationToken ct) =>
        await store.TryOpenAsync(DatasetId.Parse(request.Dataset!), ct) ?? throw new VolumeFormatException($"{request.Dataset} was deleted.");
}
