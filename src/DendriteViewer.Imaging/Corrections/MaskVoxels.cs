using System.Collections.Concurrent;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// The voxels of a corrected mask: the bricks that a stroke ever touched, at every level, over the automatic mask in the store. A stroke
/// costs what its own bricks cost. Coarser levels follow by the rule by which labels are halved: a voxel is of the mask where two or more
/// of the up to eight that it covers are. Whoever changes it holds a lock; bricks are replaced whole, so that anybody may read meanwhile.
/// </summary>
internal sealed class MaskVoxels(VolumeReader automatic, AffineTransform transform)
{
    /// <summary>Bricks of the finest level that corrections may touch: 256 MiB.</summary>
    public const int MostBricks = 4096;

    private const int ReadsAtOnce = 4;

    private readonly MaskPyramid _pyramid = new(automatic.Levels);
    private readonly ConcurrentDictionary<BrickIndex, MaskBrick> _bricks = new();

    // The strokes that touch each brick of the finest level, and in it the parts that do.
    private readonly Dictionary<int, Dictionary<BrickIndex, List<int>>> _partsOf = [];
    private readonly Dictionary<int, MaskRaster> _rasters = [];

    // What bricks were after some of their strokes, and how many were drawn over each since its last checkpoint.
    private readonly MaskCheckpoints _checkpoints = new(CheckpointBudget.Shared);
    private readonly Dictionary<BrickIndex, int> _drawnSince = [];

    /// <summary>The levels, those of the automatic mask.</summary>
    public IReadOnlyList<PyramidLevel> Levels => automatic.Levels;

    /// <summary>Voxels that the automatic mask does not have.</summary>
    public long Added { get; private set; }

    /// <summary>Voxels that only the automatic mask has.</summary>
    public long Removed { get; private set; }

    /// <summary>Bricks of a level that were ever touched.</summary>
    public int CountAt(int level) => _bricks.Keys.Count(b => b.Level == level);

    /// <summary>The brick, if it was ever touched.</summary>
    public MaskBrick? TryGet(BrickIndex brick) => _bricks.GetValueOrDefault(brick);

    /// <summary>Reads all that <see cref="ShowAsync"/> needs of the store, so that it cannot fail afterwards.</summary>
    /// <param name="marks">Every stroke by its place in the log.</param>
    /// <param name="before">The strokes that the voxels show now.</param>
    /// <param name="after">The strokes that they shall show.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="OutOfRangeException">A stroke touches nothing, or too much.</exception>
    public async Task PrepareAsync(
        IReadOnlyDictionary<int, MaskEntry> marks, IReadOnlySet<int> before, IReadOnlySet<int> after, CancellationToken ct)
    {
        // Whether the place in the log is had is not known yet, so that nothing of a stroke is kept under it.
        var touched = ReferenceEquals(before, after) ? [] : Changed(before, after).SelectMany(stroke =>
            _partsOf.GetValueOrDefault(stroke)?.Keys ?? (IEnumerable<BrickIndex>)PartsOf(RasterOf(marks[stroke])).Keys).ToHashSet();
        if (touched.Count(b => !_bricks.ContainsKey(b)) + CountAt(0) > MostBricks)
        {
            throw new OutOfRangeException(
                "The corrections of this mask touch more of the scan than can be kept; restore a version and correct less of it.");
        }

        await LoadAsync(touched, ct);
    }

    /// <summary>Strokes that were drawn so far, each once for every brick that it touches.</summary>
    public long Drawn { get; private set; }

    /// <summary>The corrected voxels as they are now.</summary>
    /// <param name="sequence">The last entry of the log that they show.</param>
    /// <param name="name">The automatic mask.</param>
    /// <param name="strokes">The strokes that they show.</param>
    public MaskSnapshot SnapshotOf(int sequence, string name, int[] strokes) => new(
        new MaskSnapshot.Header(sequence, name, strokes, WordsOfABrick),
        [.. _bricks.Where(b => b.Key.Level == 0 && !ReferenceEquals(b.Value.Set, b.Value.Base)).Select(b => (b.Key, b.Value.Set))]);

    /// <summary>Makes the voxels those of a snapshot, where nothing was shown before.</summary>
    /// <returns>False where the snapshot is of another grid; then nothing changed.</returns>
    public async Task<bool> TryRestoreAsync(MaskSnapshot snapshot, CancellationToken ct)
    {
        var n = Levels[0].BrickCount;
        if (snapshot.Head.Words != WordsOfABrick || !_bricks.IsEmpty || snapshot.Bricks.Any(
            b => b.Brick.Z < 0 || b.Brick.Z >= n.Z || b.Brick.Y < 0 || b.Brick.Y >= n.Y || b.Brick.X < 0 || b.Brick.X >= n.X))
        {
            return false;
        }

        await LoadAsync(snapshot.Bricks.Select(b => b.Brick), ct);
        var last = snapshot.Head.Strokes.DefaultIfEmpty().Max();
        foreach (var (brick, set) in snapshot.Bricks)
        {
            _checkpoints.Keep(brick, last, set);
            Replace(brick, _bricks[brick], set);
        }

        HalveAll(snapshot.Bricks.Select(b => b.Brick).ToHashSet());
        return true;
    }

    private int WordsOfABrick => (int)((Levels[0].Brick.Count + 63) / 64);

    /// <summary>Makes the voxels those of a set of strokes, where a change of the set touches them.</summary>
    /// <param name="marks">Every stroke by its place in the log.</param>
    /// <param name="before">The strokes that the voxels show now.</param>
    /// <param name="after">The strokes that they shall show, applied in ascending order.</param>
    /// <param name="ct">Stops it between two bricks; the same change, made again, mends what is half done.</param>
    /// <returns>The bricks that changed, of every level.</returns>
    public async Task<IReadOnlyCollection<BrickIndex>> ShowAsync(
        IReadOnlyDictionary<int, MaskEntry> marks, IReadOnlySet<int> before, IReadOnlyCollection<int> after, CancellationToken ct)
    {
        var wanted = after as IReadOnlySet<int> ?? after.ToHashSet();
        var changed = Changed(before, wanted).ToArray();
        foreach (var stroke in changed)
        {
            Know(stroke, marks[stroke]);
        }

        var touched = changed.SelectMany(s => _partsOf[s].Keys).ToHashSet();
        await LoadAsync(touched, ct);

        // Where strokes were only added after all others, they are put over what is there; else the brick is made anew, from the last
        // checkpoint before the first stroke that changed.
        var isOver = before.All(wanted.Contains) && (before.Count == 0 || changed.Length == 0 || changed.Min() > before.Max());
        var strokes = (isOver ? changed : wanted.AsEnumerable()).Order().ToArray();
        var first = changed.Length > 0 ? changed.Min() : 0;
        foreach (var brick in touched)
        {
            ct.ThrowIfCancellationRequested();
            var old = _bricks[brick];
            var known = isOver ? null : _checkpoints.Before(brick, first);
            var set = (ulong[])(isOver ? old.Set : known?.Set ?? old.Base).Clone();
            var drawn = isOver ? _drawnSince.GetValueOrDefault(brick) : 0;

            // A change that stopped half-way and is made again is drawn over what it left, which has all of its strokes already.
            var isFromBefore = !isOver || ReferenceEquals(old.Set, old.Base);
            foreach (var stroke in strokes)
            {
                if (stroke <= known?.Stroke)
                {
                    continue;
                }

                Know(stroke, marks[stroke]);
                if (_partsOf[stroke].TryGetValue(brick, out var parts))
                {
                    Draw(_rasters[stroke], parts, brick, set);
                    Drawn++;
                    if (++drawn >= MaskCheckpoints.Interval && isFromBefore)
                    {
                        _checkpoints.Keep(brick, stroke, set);
                        drawn = 0;
                    }
                }
            }

            if (drawn >= MaskCheckpoints.Interval)
            {
                _checkpoints.Keep(brick, strokes[^1], set);
                drawn = 0;
            }

            _drawnSince[brick] = drawn;
            Replace(brick, old, set);
        }

        // Strokes that were taken back may never be asked for again.
        foreach (var stroke in changed.Where(s => !wanted.Contains(s)))
        {
            _rasters.Remove(stroke);
            _partsOf.Remove(stroke);
        }

        return HalveAll(touched);
    }

    // Makes the coarser levels anew above bricks of the finest, and returns the bricks of all.
    private HashSet<BrickIndex> HalveAll(HashSet<BrickIndex> touched)
    {
        var all = new HashSet<BrickIndex>(touched);
        for (var level = 1; level < Levels.Count; level++)
        {
            var finer = touched;
            touched = finer.Select(_pyramid.ParentOf).ToHashSet();
            foreach (var parent in touched)
            {
                var children = finer.Where(c => _pyramid.ParentOf(c) == parent).Select(c => (c, _bricks[c].Set));
                Replace(parent, _bricks[parent], _pyramid.Halved(parent, _bricks[parent].Set, children));
            }

            all.UnionWith(touched);
        }

        return all;
    }

    /// <summary>Whether voxels are of the mask, in one brick of the finest level; loads it if it must.</summary>
    public async Task<ulong[]> SetOfAsync(BrickIndex brick, CancellationToken ct) =>
        _bricks.TryGetValue(brick, out var known) ? known.Set : await BaseOfAsync(brick, ct);

    private static IEnumerable<int> Changed(IReadOnlySet<int> before, IReadOnlySet<int> after) =>
        before.Where(s => !after.Contains(s)).Concat(after.Where(s => !before.Contains(s)));

    private MaskRaster RasterOf(MaskEntry entry) => MaskRaster.Of(entry.Mark, Levels[0].Shape, transform);

    private void Know(int stroke, MaskEntry entry)
    {
        if (!_rasters.ContainsKey(stroke))
        {
            _rasters[stroke] = RasterOf(entry);
            _partsOf[stroke] = PartsOf(_rasters[stroke]);
        }
    }

    private Dictionary<BrickIndex, List<int>> PartsOf(MaskRaster raster)
    {
        var (b, found) = (Levels[0].Brick, new Dictionary<BrickIndex, List<int>>());
        for (var part = 0; part < raster.Boxes.Count; part++)
        {
            var box = raster.Boxes[part];
            if (box.IsEmpty)
            {
                continue;
            }

            for (var z = box.Z0 / b.Z; z <= (box.Z1 - 1) / b.Z; z++)
            {
                for (var y = box.Y0 / b.Y; y <= (box.Y1 - 1) / b.Y; y++)
                {
                    for (var x = box.X0 / b.X; x <= (box.X1 - 1) / b.X; x++)
                    {
                        var at = new BrickIndex(0, z, y, x);
                        if (!found.TryGetValue(at, out var parts))
                        {
                            found[at] = parts = [];
                        }

                        parts.Add(part);
                    }
                }
            }
        }

        return found;
    }

    // Everything that the change needs is there before anything is changed.
    private async Task LoadAsync(IEnumerable<BrickIndex> touched, CancellationToken ct)
    {
        var missing = new HashSet<BrickIndex>();
        foreach (var brick in touched)
        {
            for (var at = brick; missing.Add(at) && at.Level + 1 < Levels.Count;)
            {
                at = _pyramid.ParentOf(at);
            }
        }

        missing.RemoveWhere(_bricks.ContainsKey);
        await Parallel.ForEachAsync(missing, ComputeLane.Options(ct, ReadsAtOnce), async (brick, stop) =>
        {
            var bits = await BaseOfAsync(brick, stop);
            _bricks.TryAdd(brick, new MaskBrick(bits, bits));
        });
    }

    private async Task<ulong[]> BaseOfAsync(BrickIndex brick, CancellationToken ct) =>
        MaskBits.Of(await automatic.ReadBrickAsync(brick, ct), automatic.Type);

    private void Draw(MaskRaster raster, List<int> parts, BrickIndex brick, ulong[] set)
    {
        var b = Levels[0].Brick;
        var (z0, y0, x0) = (brick.Z * b.Z, brick.Y * b.Y, brick.X * b.X);
        var own = new VoxelBox(z0, y0, x0, z0 + b.Z, y0 + b.Y, x0 + b.X);
        foreach (var part in parts)
        {
            var box = raster.Boxes[part].In(own);
            for (var z = box.Z0; z < box.Z1; z++)
            {
                for (var y = box.Y0; y < box.Y1; y++)
                {
                    raster.Row(part, z, y, box.X0, box.X1, set, ((z - z0) * b.Y + y - y0) * b.X - x0);
                }
            }
        }
    }

    private void Replace(BrickIndex brick, MaskBrick old, ulong[] set)
    {
        var now = old with { Set = set };
        if (brick.Level == 0)
        {
            (Added, Removed) = (Added + now.Added - old.Added, Removed + now.Removed - old.Removed);
        }

        _bricks[brick] = now;
    }
}
