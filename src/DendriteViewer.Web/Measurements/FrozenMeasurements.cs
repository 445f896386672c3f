using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Measurements;

/// <summary>Measurements of a dataset as it is looked at: as they are, or as they were at an earlier state.</summary>
public static class FrozenMeasurements
{
    /// <summary>The measurements that are not deleted, in their order.</summary>
    public static async Task<IReadOnlyList<Measurement>> ListAsync(
        this MeasurementLog log, Dataset dataset, CancellationToken ct = default) =>
        dataset.Kept is { Revision: var revision }
            ? MeasurementLog.Sorted(await log.StateAtAsync(dataset.Identity, revision, ct)) : await log.ListAsync(dataset.Identity, ct);
}
