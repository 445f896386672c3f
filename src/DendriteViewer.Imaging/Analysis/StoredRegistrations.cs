using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Analysis;

/// <summary>Registrations as the store keeps them: beside a scan's own transform, which stays.</summary>
internal static class StoredRegistrations
{
    /// <summary>Lays scans onto the first of their modality, and keeps how; what cannot be registered stays as it was.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataset">The dataset as it is published.</param>
    /// <param name="keys">The scans.</param>
    /// <param name="report">Told which scan, and the share of them that is done.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task AlignAsync(DatasetStore store, Dataset dataset, IReadOnlySet<VolumeKey> keys, Action<VolumeKey, double> report, CancellationToken ct)
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

        await store.UpdateAsync(
            dataset.Id,
            now => ValueTask.FromResult((now ?? throw new VolumeFormatException($"{dataset.Id} was deleted while it was registered.")).Manifest with
            {
                Volumes = now.Manifest.Volumes.Select(v => found.TryGetValue(new VolumeKey(v.Modality, v.Hours), out var r) ? v with { Registration = r } : v).ToArray(),
            }),
            ct,
            dataset.Identity);
    }

    /// <summary>Where voxels are in the frame of the pristine scan: first to where they were scanned, then back to where their material was.</summary>
    public static RegistrationManifest Of(ScanRegistration r, VolumeInfo scan) => new()
    {
        Transform = r.ToScan.Inverse().After(scan.ScannedTransform).Rows.ToArray(), ShiftUm = r.ShiftUm, AngleDeg = r.AngleDeg, ResidualUm = r.ResidualUm, Correlation = r.Correlation,
    };
}
