using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Measurements;

/// <summary>Measurements of a dataset as it is looked at: as they are, or as they were when a frozen link was made.</summary>
public static class FrozenMeasurements
{
    /// <summary>The measurements that are not deleted, in their order.</summary>
    public static async Task<IReadOnlyList<Measurement>> ListAsync(
        this MeasurementLog log, Dataset dataset, CancellationToken ct = default)
    {
        if (dataset.Kept is not FrozenState kept)
        {
            return await log.ListAsync(dataset.Identity, ct);
        }

        var edits = (await log.HistoryAsync(dataset.Identity, ct)).Where(e => e.Sequence <= kept.Moment.MeasurementEdits);
        return MeasurementLog.Sorted(FrozenEdits.Fold<Measurement>(
            edits.Select(e => (e.MeasurementId, e.State)), MeasurementLog.Json));
    }
}
