using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Jobs;

/// <summary>The dataset that a job is about.</summary>
internal static class JobDatasets
{
    /// <summary>Opens it.</summary>
    /// <exception cref="VolumeFormatException">It was deleted, and perhaps another imported under its id.</exception>
    public static async Task<Dataset> OpenForJobAsync(this DatasetStore store, JobRequest request, CancellationToken ct) =>
        await store.TryOpenAsync(DatasetId.Parse(request.Dataset!), ct) is { } opened
            && (request.DatasetIdentity ?? opened.Identity.Value) == opened.Identity.Value
            ? opened
            : throw new VolumeFormatException($"{request.Dataset} was deleted after this was asked for.");
}
