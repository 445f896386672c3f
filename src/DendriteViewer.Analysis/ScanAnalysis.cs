using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Interface;
using DendriteViewer.Analysis.Registration;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis;

/// <summary>The science that importing scans and correcting masks ask for.</summary>
public sealed class ScanAnalysis : IScanAnalysis
{
    /// <inheritdoc/>
    public Task<FoundInterface> FindInterfaceAsync(
        DatasetStore store, VolumeInfo scan, Axis axis, int direction, CancellationToken ct) =>
        InterfaceFinder.FindAsync(store, scan, axis, direction, ct);

    /// <inheritdoc/>
    public Task<OutlineFinding?> FindOutlineAsync(DatasetStore store, VolumeInfo scan, DepthFrame depth, CancellationToken ct) =>
        InterfaceFinder.FindOutlineAsync(store, scan, depth, ct);

    /// <inheritdoc/>
    public CellOutline? FindOutline(CoarseScan scan, Axis axis, int direction) =>
        InterfaceFinder.Find(scan.Voxels, scan.Shape, scan.Transform, axis, direction, scan.Least, scan.Most)?.Outline;

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<VolumeKey, RegistrationManifest>> RegisterAsync(
        DatasetStore store, Dataset dataset, IReadOnlySet<VolumeKey> keys, Action<VolumeKey, double> report, CancellationToken ct) =>
        StoredRegistrations.FindAsync(store, dataset, keys, report, ct);

    /// <inheritdoc/>
    public Task<string> AutomaticNameAsync(DatasetStore store, VolumeInfo labels, CancellationToken ct) =>
        AnalysisStore.AutomaticNameAsync(store, labels, ct);
}
