using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// One mask that people correct: the log of their strokes, and its voxels in memory. Everything that is asked for is written to the log
/// first; what another server wrote meanwhile is applied before it, in the log's order. Members may be called by anybody at any time.
/// </summary>
public sealed partial class CorrectedMask
{
    private const int MostTries = 100;

    private readonly DatasetStore _store;
    private readonly IScanAnalysis _analysis;
    private readonly MaskLog _log;
    private readonly Action<IReadOnlyCollection<BrickIndex>> _forget;

    // The last entry of the log that counts, of a mask in a state that somebody kept; null of the mask as it is corrected.
    private readonly int? _until;

    // Held by who changes what follows.
    private readonly SemaphoreSlim _changing = new(1, 1);

    // Made once, under the semaphore; null until somebody needs it.
    private volatile Opened? _opened;

    // Replaced whole, under the semaphore.
    private volatile MaskHistory _history = MaskHistory.Empty;
    private long _revision;

    private sealed record Opened(MaskVoxels Voxels, CorrectedReader Reader, string Base);

    /// <summary>The mask of some labels.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="analysis">What names the automatic mask.</param>
    /// <param name="dataset">Their dataset.</param>
    /// <param name="mask">Modality and hours of the mask: lithium at 1.5 h, say.</param>
    /// <param name="automatic">The labels that an analysis made of it.</param>
    /// <param name="forget">Told of bricks whose voxels changed, before anybody else hears of it.</param>
    /// <param name="until">The last entry of the log that counts, where the mask is that of a state that was kept; null for all.</param>
    internal CorrectedMask(
        DatasetStore store, IScanAnalysis analysis, Dataset dataset, VolumeKey mask, VolumeInfo automatic,
        Action<CorrectedMask, IReadOnlyCollection<BrickIndex>> forget, int? until = null)
    {
        (_until, _revision) = (until, until ?? 0);
        _forget = bricks => forget(this, bricks);
        (_store, _analysis, Mask, Automatic) = (store, analysis, mask, automatic);
        _log = new MaskLog(store.Blobs, dataset, mask);
        Shown = new VolumeInfo(
            new VolumeKey(mask.Modality + ShownSuffix, mask.Hours), automatic.Prefix, automatic.Shape, VoxelType.UInt8, automatic.Transform,
            0, MaskClasses.Removed, automatic.Levels, automatic.DurationHours, IsLabels: true)
        {
            ScannedTransform = automatic.ScannedTransform, Mask = this,
            CacheKey = automatic.CacheKey + (until is { } last ? $"corrected-{last}/" : "corrected/"),
        };
    }

    /// <summary>What the modality of the volume that shows a mask ends in, after that of its labels.</summary>
    public const string ShownSuffix = "-mask";

    /// <summary>Modality and hours of the mask.</summary>
    public VolumeKey Mask { get; }

    /// <summary>The labels that it corrects.</summary>
    public VolumeInfo Automatic { get; }

    /// <summary>The mask as a volume of <see cref="MaskClasses"/>, which shows corrections as they are made.</summary>
    public VolumeInfo Shown { get; }

    /// <summary>Whether it is the mask of a state that somebody kept, which nobody corrects.</summary>
    public bool IsKept => _until is not null;

    /// <summary>The place in the log of the last entry that the voxels show; 0 while nobody has looked at them.</summary>
    public long Revision => Interlocked.Read(ref _revision);

    /// <summary>Raised after an entry was applied; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>Raised after an entry that this process wrote was applied; handlers must be quick.</summary>
    public event Action? Written;

    /// <summary>Whether anybody looked at its voxels.</summary>
    internal bool IsOpen => _opened is not null;

    /// <summary>Bricks of a level that corrections ever touched; what they cost in memory.</summary>
    internal int BricksAt(int level) => _opened?.Voxels.CountAt(level) ?? 0;

    /// <summary>Reads the mask as it is now.</summary>
    public async Task<VolumeReader> ReaderAsync(CancellationToken ct) => (await OpenAsync(ct)).Reader;

    /// <summary>The mask as it is now, with what other servers wrote meanwhile.</summary>
    public async Task<MaskSummary> SummaryAsync(CancellationToken ct)
    {
        await OpenAsync(ct);
        return await LockedAsync(async voxels =>
        {
            await CatchUpAsync(voxels, ct);
            return Summary(voxels);
        }, ct);
    }

    /// <summary>Paints or erases.</summary>
    /// <param name="stroke">The stroke.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="at">When, Unix milliseconds.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <param name="id">A name of whoever sends it: a stroke that was sent by it before is not painted again.</param>
    /// <returns>The entry, by whose place it can be taken back.</returns>
    /// <exception cref="OutOfRangeException">The stroke is outside of the scan, or too large.</exception>
    public Task<MaskEntry> PaintAsync(BrushMark stroke, string by, long at, CancellationToken ct, string? id = null)
    {
        stroke = stroke.Checked();
        return AppendAsync((_, next) => Task.FromResult<MaskEntry?>(next with
        {
            Kind = MaskEntryKind.Paint, Id = id, Erase = stroke.Erase, Shape = stroke.Shape, RadiusUm = stroke.RadiusUm,
            PointsUm = [.. stroke.Points.Select(p => new[] { p.Z, p.Y, p.X })],
            Normal = stroke.Shape == BrushShape.Disc ? [stroke.Normal.Z, stroke.Normal.Y, stroke.Normal.X] : null,
        }), by, at, ct, id);
    }

    /// <summary>Voxels that painting a stroke looks at: what it costs.</summary>
    /// <exception cref="OutOfRangeException">The stroke is outside of the scan, or too large.</exception>
    public long WorkOf(BrushMark stroke) => MaskRaster.Of(stroke, Automatic.Shape, Automatic.Transform).Work;

    /// <summary>Fills the hole around a point, or takes away the piece there.</summary>
    /// <param name="seed">The point.</param>
    /// <param name="normal">Of a fill in one slice, the slice's normal; null fills in space.</param>
    /// <param name="erase">Whether to take the piece of the mask away that the point is in; else the hole is filled.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="at">When, Unix milliseconds.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <param name="id">A name of whoever sends it: a fill that was sent by it before is not made again.</param>
    /// <exception cref="OutOfRangeException">There is no hole or piece at the point, it is open or too large.</exception>
    public Task<MaskEntry> FillAsync(
        WorldPoint seed, WorldVector? normal, bool erase, string by, long at, CancellationToken ct, string? id = null) =>
        AppendAsync(async (voxels, next) =>
        {
            var fill = await MaskFill.FindAsync(voxels, Automatic.Transform, seed, normal, erase, ct);
            return next with
            {
                Kind = MaskEntryKind.Fill, Id = id, Erase = erase, Runs = [.. fill.Runs], GridZyx = GridOf(voxels),
                PointsUm = [[seed.Z, seed.Y, seed.X]], Normal = normal is { } n ? [n.Z, n.Y, n.X] : null,
            };
        }, by, at, ct, id);

    /// <summary>Adds what grows from a point by grey value, or takes it away.</summary>
    /// <param name="scan">The scan whose values are followed.</param>
    /// <param name="seed">The point.</param>
    /// <param name="normal">In one slice, the slice's normal; null grows in space.</param>
    /// <param name="tolerance">How far values may lie from that at the point.</param>
    /// <param name="erase">Whether to take it away.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="at">When, Unix milliseconds.</param>
    /// <param name="ct">Gives up before anything is written.</param>
    /// <param name="id">A name of whoever sends it: what was sent by it before is not done again.</param>
    /// <returns>The entry, which says whether there was more than can be filled at once.</returns>
    /// <exception cref="OutOfRangeException">The point is outside of the scan, or the tolerance out of its range.</exception>
    public async Task<MaskEntry> GrowAsync(
        VolumeInfo scan, WorldPoint seed, WorldVector? normal, double tolerance, bool erase, string by, long at, CancellationToken ct,
        string? id = null)
    {
        FillMark.Tolerance.Check(tolerance);

        // What grows does not depend on the mask, so that nobody waits for it who paints meanwhile.
        var grown = await MaskGrow.FindAsync(
            await _store.ReaderAsync(scan, ct), scan.Transform, (await ReaderAsync(ct)).Levels[0], Automatic.Transform, seed, normal,
            tolerance, MaskFill.MostVoxels, ct);
        return await AppendAsync((voxels, next) => Task.FromResult<MaskEntry?>(next with
        {
            Kind = MaskEntryKind.Fill, Id = id, Erase = erase, Runs = [.. grown.Runs], GridZyx = GridOf(voxels),
            PointsUm = [[seed.Z, seed.Y, seed.X]], Normal = normal is { } n ? [n.Z, n.Y, n.X] : null,
            Modality = scan.Key.Modality, Tolerance = tolerance, Value = grown.Value, IsCut = grown.IsCut,
        }), by, at, ct, id);
    }

    /// <summary>Takes a stroke or fill back, or makes it again.</summary>
    /// <returns>Whether that changed anything: not where a restored version had taken it back already, say.</returns>
    public async Task<bool> StepAsync(int stroke, bool again, string by, long at, CancellationToken ct)
    {
        var isChange = true;
        await AppendAsync((_, next) =>
        {
            isChange = _history.Marks.ContainsKey(stroke) && _history.Of(Base).Strokes.Contains(stroke) != again;
            return Task.FromResult(isChange ? next with { Kind = again ? MaskEntryKind.Redo : MaskEntryKind.Undo, Of = stroke } : null);
        }, by, at, ct);
        return isChange;
    }

    // Which automatic mask is corrected. Whoever asks has opened the mask.
    private string Base => _opened!.Base;

    private MaskSummary Summary(MaskVoxels voxels)
    {
        var (a, b, c) = (Automatic.Transform.Column(0), Automatic.Transform.Column(1), Automatic.Transform.Column(2));
        var um3 = Math.Abs(a.Z * (b.Y * c.X - b.X * c.Y) - a.Y * (b.Z * c.X - b.X * c.Z) + a.X * (b.Z * c.Y - b.Y * c.Z));
        return new MaskSummary(_history, _history.Of(Base), voxels.Added, voxels.Removed, um3);
    }

    private async Task<T> LockedAsync<T>(Func<MaskVoxels, Task<T>> action, CancellationToken ct)
    {
        var opened = await OpenAsync(ct);
        await _changing.WaitAsync(ct);
        try
        {
            return await action(opened.Voxels);
        }
        finally
        {
            _changing.Release();
        }
    }

    // `make` makes the entry from the mask as it is at that place of the log, or null for none; it is asked again where another came first.
    private Task<MaskEntry> AppendAsync(
        Func<MaskVoxels, MaskEntry, Task<MaskEntry?>> make, string by, long at, CancellationToken ct, string? id = null) =>
        LockedAsync(voxels => AppendAsync(voxels, make, by, at, ct, id), ct);

    // Where the lock is held.
    private async Task<MaskEntry> AppendAsync(
        MaskVoxels voxels, Func<MaskVoxels, MaskEntry, Task<MaskEntry?>> make, string by, long at, CancellationToken ct, string? id = null)
    {
        if (IsKept)
        {
            throw new OutOfRangeException("This is the mask of a state that was kept, which cannot be changed.");
        }

        for (var tries = 1; ; tries++)
        {
            if (id is not null && _history.Find(id) is { } known)
            {
                return known with { IsKnown = true };
            }

            var next = new MaskEntry { Sequence = _history.Sequence + 1, Base = Base, By = by.Length > 100 ? by[..100] : by, At = at };
            if (await make(voxels, next) is not { } entry)
            {
                return next;
            }

            // All that showing it needs is there before it is written, so that what is written is shown.
            var after = _history.Checked(entry);
            await voxels.PrepareAsync(after.Marks, _history.Of(Base).Strokes, after.Of(Base).Strokes, ct);
            ct.ThrowIfCancellationRequested();
            if (await _log.TryAppendAsync(entry, CancellationToken.None))
            {
                // Not to be cancelled half-way: what is written must be what is shown.
                await ApplyAsync(voxels, entry, CancellationToken.None);
                Written?.Invoke();
                return entry;
            }

            if (tries == MostTries)
            {
                throw new BlobStoreException("Others correct this mask so fast that there was no turn; try again.", isTransient: true);
            }

            await CatchUpAsync(voxels, ct);
        }
    }

    private static int[] GridOf(MaskVoxels voxels) => [voxels.Levels[0].Shape.Z, voxels.Levels[0].Shape.Y, voxels.Levels[0].Shape.X];

    private async Task CatchUpAsync(MaskVoxels voxels, CancellationToken ct)
    {
        while (_history.Sequence < (_until ?? MaskEntry.MostEntries) && await _log.TryReadAsync(_history.Sequence + 1, ct) is { } entry)
        {
            await ApplyAsync(voxels, entry, ct);
        }
    }

    private async Task ApplyAsync(MaskVoxels voxels, MaskEntry entry, CancellationToken ct)
    {
        var before = _history;
        var after = before.With(entry);
        var (shown, wanted) = (before.Of(Base).Strokes, after.Of(Base).Strokes);
        var bricks = ReferenceEquals(shown, wanted) ? [] : await voxels.ShowAsync(after.Marks, shown, wanted, ct);
        _history = after;

        // Forgotten before the revision changes: a picture of the new revision must not be drawn from bricks of the old one.
        _forget(bricks);
        Interlocked.Exchange(ref _revision, after.Sequence);
        Changed?.Invoke();
    }
}
