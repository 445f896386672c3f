using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Placements;

/// <summary>
/// Where volumes are placed inside the scan of their hour, by pages and jobs alike. Every placement is a version, shown to all who look at
/// once; going back is another version. Whoever calls has been authorized.
/// </summary>
public sealed class PlacementDesk(DatasetStore store, JobBoard board, ViewSessions sessions, ComputeLanes lanes, TimeProvider time,
    AuditLog audit)
    : IDatasetFollower
{
    private const string Nano = "nano-";
    private readonly PlacementStore _placements = new(store, time);

    /// <summary>Raised when a dataset's placements, or what they lie in, changed; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Changed;

    /// <summary>Raised when a job moves; handlers must be quick.</summary>
    public event Action? JobsChanged
    {
        add => board.Changed += value;
        remove => board.Changed -= value;
    }

    /// <summary>The modality of the scans that volumes are placed in.</summary>
    public static string FixedOf(Dataset dataset) => dataset.Manifest.Volumes.First(v => v.Labels != true).Modality;

    /// <summary>
    /// Volumes that can be placed, by hours: those finer than the scan that they would lie in, and those that were placed already.
    /// Filtered copies of the scan and other scans as coarse are left out.
    /// </summary>
    public static IReadOnlyList<VolumeInfo> MovableOf(Dataset dataset)
    {
        var scans = FixedOf(dataset);
        return [.. dataset.Volumes.Where(v => v.Key.Modality != scans && (VersionOf(dataset, v.Key) > 0
            || (dataset.Nearest(scans, v.Key.Hours) is { } scan && NestedFields.IsFiner(v, scan))))];
    }

    /// <summary>Other volumes of a volume's hour that may move along with it.</summary>
    public static IReadOnlyList<VolumeKey> CompanionsOf(Dataset dataset, VolumeKey key) =>
        [.. MovableOf(dataset).Select(v => v.Key).Where(k => k.Hours == key.Hours && k != key)];

    /// <summary>
    /// Whether two volumes are of one acquisition by what is known of them: they have the same voxels at the same place, or both are
    /// nano scans.
    /// </summary>
    public static bool AreOfOneAcquisition(Dataset dataset, VolumeKey a, VolumeKey b) =>
        (a.Modality.StartsWith(Nano, StringComparison.Ordinal) && b.Modality.StartsWith(Nano, StringComparison.Ordinal))
        || (dataset.Find(a.Modality, a.Hours) is { } one && dataset.Find(b.Modality, b.Hours) is { } other
            && one.Shape == other.Shape && one.StatedTransform.Equals(other.StatedTransform));

    /// <summary>Where a volume lies now.</summary>
    /// <exception cref="VolumeFormatException">There is no such volume.</exception>
    public Task<PlacementReport> ReadAsync(Dataset dataset, VolumeKey key, CancellationToken ct) => RunAsync(async () =>
    {
        var volume = MovableOf(dataset).FirstOrDefault(v => v.Key == key)
            ?? throw new VolumeFormatException($"{dataset.Id} has no {key} that could be placed.");
        var history = await _placements.ReadHistoryAsync(dataset, key, ct);
        var version = VersionOf(dataset, key);
        var (placed, warnings) = ((Placement?)null, history.Warnings);
        try
        {
            placed = version == 0 ? null : await _placements.CurrentAsync(dataset, key, ct);
        }
        catch (VolumeFormatException e)
        {
            // The volume lies by the manifest, which can be read; what is stored of how it came there cannot.
            warnings = warnings.Any(w => w.StartsWith(e.Message, StringComparison.Ordinal)) ? warnings : [.. warnings, e.Message];
        }

        return new PlacementReport(volume, version, placed, history with { Warnings = warnings })
        {
            IsDeclaredExact = version == 0 && NestedFields.IsPlaced(dataset, key),
        };
    }, ct);

    /// <summary>The version of a volume's placement that holds; 0 for as it was handed over.</summary>
    public static int VersionOf(Dataset dataset, VolumeKey key) => dataset.Manifest.Volumes.FirstOrDefault(v =>
        v.Labels != true && new VolumeKey(v.Modality, v.Hours) == key)?.Placement?.Version ?? 0;

    /// <summary>Asks for a registration.</summary>
    /// <returns>The job, or the one that registers the volume already.</returns>
    /// <exception cref="Imaging.Bounds.OutOfRangeException">A point is out of its range.</exception>
    public async Task<Job> StartAsync(Dataset dataset, PlacementWork work, Person by)
    {
        // An analysis may find another drift before the job begins: points stay with the scan that they are of.
        var asked = work.InScan(dataset) with { Since = VersionOf(dataset, work.Key) };
        asked.ToRequest(dataset);
        return Newest(dataset, work.Key) is { IsActive: true } running ? running : await board.StartAsync(
            new JobRequest(
                PlacementHandler.Name, $"{dataset.Name}, {work.Key}", dataset.Id.Value, asked.ToJson(), dataset.Identity.Value),
            by);
    }

    /// <summary>The newest registration of a volume, ended or not, or null.</summary>
    public Job? Newest(Dataset dataset, VolumeKey key) => board.Jobs.FirstOrDefault(j =>
        j.Kind == PlacementHandler.Name && j.DatasetIdentity == dataset.Identity.Value && PlacementWork.Parse(j.Arguments).Key == key);

    /// <summary>Stops a registration.</summary>
    public Task CancelAsync(Guid job) => board.CancelAsync(job);

    /// <summary>What landmarks or a common point give without a look at images.</summary>
    /// <exception cref="VolumeFormatException">They do not decide a placement.</exception>
    public Task<Placement> FitAsync(Dataset dataset, PlacementRequest request, CancellationToken ct) =>
        RunAsync(() => VolumePlacer.PlaceAsync(store, dataset, request with { Refine = false }, null, ct), ct);

    /// <summary>Keeps a placement as the version that holds, for everybody who looks.</summary>
    /// <returns>The version.</returns>
    public async Task<int> SaveAsync(
        Dataset dataset, Placement placement, IReadOnlyList<VolumeKey> with, string by, CancellationToken ct)
    {
        var version = await audit.RecordedAsync(
            AuditKind.Correction, new Person("", by), $"placed {placement.Key} anew", AuditSubject.Of(dataset),
            () => _placements.SaveAsync(dataset, placement, with, by, ct));

        // It holds now, whether or not somebody still waits for it.
        await PublishAsync(dataset, CancellationToken.None);
        return version;
    }

    /// <summary>
    /// Makes a volume lie as in an earlier version, as a new one; 0 is as it was handed over. Volumes that move with it go along.
    /// </summary>
    /// <exception cref="VolumeFormatException">There is no such version.</exception>
    public Task RestoreAsync(Dataset dataset, VolumeKey key, int version, Person by, CancellationToken ct) => RunAsync(async () =>
    {
        var published = await audit.RecordedAsync(
            AuditKind.Correction, by, $"placed {key} as in v{version}", AuditSubject.Of(dataset),
            () => _placements.RestoreAsync(dataset, key, version, by.Name, ct));
        await PublishAsync(published, CancellationToken.None);
        return published;
    }, ct);

    Task IDatasetFollower.ChangedAsync(Dataset dataset, CancellationToken ct)
    {
        Changed?.Invoke(dataset.Identity);
        return Task.CompletedTask;
    }

    private async Task PublishAsync(Dataset dataset, CancellationToken ct)
    {
        if (await store.TryOpenAsync(dataset.Id, ct) is { } published)
        {
            sessions.Refresh(published);
        }

        Changed?.Invoke(dataset.Identity);
    }

    private Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct) => lanes[Urgency.Resting].RunAsync(work, ct);
}
