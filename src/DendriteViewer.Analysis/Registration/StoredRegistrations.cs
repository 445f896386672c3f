using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Registration;

/// <summary>Registrations as the store keeps them: beside a scan's own transform, which stays.</summary>
internal static class StoredRegistrations
{
    /// <summary>How scans lie to the first of their modality; those that cannot be registered are left out.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataset">The dataset as it is published.</param>
    /// <param name="keys">The scans.</param>
    /// <param name="report">Told which scan, and the share of them that is done.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<IReadOnlyDictionary<VolumeKey, RegistrationManifest>> FindAsync(
        DatasetStore store, Dataset dataset, IReadOnlySet<VolumeKey> keys, Action<VolumeKey, double> report, CancellationToken ct)
    {
        var found = new Dictionary<VolumeKey, RegistrationManifest>();
        foreach (var modality in keys.GroupBy(k => k.Modality))
        {
            var pristine = dataset.Volumes.First(v => v.Key.Modality == modality.Key);
            var registrar = await Registrar.OfAsync(store, pristine, dataset.Depth, dataset.Outline, ct);
            foreach (var scan in dataset.Volumes.Where(v => modality.Contains(v.Key) && v.Key != pristine.Key))
            {
                report(scan.Key, (double)found.Count / keys.Count);
                var result = await registrar.AlignAsync(scan with { Transform = scan.ScannedTransform }, ct);
                if (result.Correlation > 0)
                {
                    found[scan.Key] = Of(result, scan);
                }
            }
        }

        return found;
    }

    /// <summary>Where voxels are in the frame of the pristine scan: first to where they were scanned, then back to where their material was.</summary>
    public static RegistrationManifest Of(ScanRegistration r, VolumeInfo scan) => new()
    {
        Transform = r.ToScan.Inverse().After(scan.ScannedTransform).Rows.ToArray(), ShiftUm = r.ShiftUm, AngleDeg = r.AngleDeg, ResidualUm = r.ResidualUm, Correlation = r.Correlation,
    };
}
