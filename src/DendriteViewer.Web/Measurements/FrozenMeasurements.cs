using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Measurements;

/// <summary>Measurements of a dataset as it is looked at: as they are, or as they were when a frozen link was made.</summary>
public static class FrozenMeasurements
{
    /// <summary>The measurements that are not deleted, in their order.</summary>
    public static async Task<IReadOnlyList<Measurement>> ListAsync(
        this MeasurementLog log, Dataset dataset, CancellationToken ct = default) =>
        dataset.Kept is FrozenState { Moment.Revision: var revision }
            ? MeasurementLog.Sorted(await log.StateAtAsync(dataset.Identity, revision, ct)) : await log.ListAsync(dataset.Identity, ct);
}
