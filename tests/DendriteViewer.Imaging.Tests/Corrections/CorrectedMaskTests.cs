using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Masks;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Imaging.Tests.Corrections;

public sealed class CorrectedMaskTests : IDisposable
{
    private static readonly VolumeShape s_shape = new(70, 66, 130);
    private static readonly AffineTransform s_grid = AffineTransform.Of(new VoxelSize(2, 1, 1), new WorldPoint(10, 0, 0));
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Opening a mask draws what came after the last snapshot; what is undone of before it is redrawn. A damaged snapshot costs time alone.
    [Fact]
    public async Task Open_WithASnapshot_DrawsOnlyWhatCameLater()
    {
        var volume = await VolumeAsync();
        var (mask, store, cache) = await volume.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            await mask.PaintAsync(Ball(5 + 3 * i, 20, 5 + 5 * i, 4, i % 3 == 2), "Ada", i, default);
        }

        var expected = await MaskVolume.ReadAsync(mask, cache, 0);
        var first = await DrawnAsync(expected);
        var later = await DrawnAsync(expected);
        Assert.True(first > 20 && later == 0, $"{first}, then {later}");
        await mask.StepAsync(3, again: false, "Ada", 30, default);
        await mask.PaintAsync(Ball(40, 40, 40, 5), "Ada", 31, default);
        expected = await MaskVolume.ReadAsync(mask, cache, 0);
        Assert.InRange(await DrawnAsync(expected), 1, first);
        var name = (await store.Blobs.NamesAsync("datasets/cell/", default)).Single(n => n.EndsWith(".snapshot", StringComparison.Ordinal));
        var bytes = (await store.Blobs.TryReadAsync(name, default))!;
        foreach (var bad in new byte[][] { [], bytes[..40], [.. bytes[..^1], (byte)(bytes[^1] ^ 1)], [.. bytes[..50], .. bytes[60..]] })
        {
            await store.Blobs.WriteAsync(name, bad, default);
            await DrawnAsync(expected, interval: 1000);
        }

        async Task<long> DrawnAsync(byte[,,] wanted, int interval = 10)
        {
            var (opened, _, from) = await volume.OpenAsync();
            opened.SnapshotInterval = interval;
            Assert.Equal(wanted, await MaskVolume.ReadAsync(opened, from, 0));
            return opened.Drawn;
        }
    }

    [Fact]
    public async Task Mask_OfAKeptState_ShowsTheStrokesOfThen_AndTakesNoMore()
    {
        var volume = await VolumeAsync();
        var (mask, store, cache) = await volume.OpenAsync();
        mask.SnapshotInterval = 1;
        await mask.PaintAsync(Ball(5, 20, 5, 4), "Ada", 1, default);
        var then = await MaskVolume.ReadAsync(mask, cache, 0);
        await mask.PaintAsync(Ball(40, 40, 40, 5), "Ada", 2, default);
        await mask.StepAsync(1, again: false, "Ada", 3, default);
        var now = await MaskVolume.ReadAsync(mask, cache, 0);
        await volume.OpenAsync();

        var (kept, _, keptCache) = await MaskVolume.ReopenAsync(store.Blobs, until: 1);
        Assert.Equal(then, await MaskVolume.ReadAsync(kept, keptCache, 0));
        Assert.Equal((1, 1L), ((await kept.SummaryAsync(default)).History.Sequence, kept.Revision));
        Assert.NotEqual(mask.Shown.CacheKey, kept.Shown.CacheKey);
        await Assert.ThrowsAsync<OutOfRangeException>(() => kept.PaintAsync(Ball(5, 20, 5, 4), "Ada", 4, default));
        var (before, _, beforeCache) = await MaskVolume.ReopenAsync(store.Blobs, until: 0);
        Assert.Empty((await before.SummaryAsync(default)).State.Strokes);
        Assert.NotEqual(then, await MaskVolume.ReadAsync(before, beforeCache, 0));
        Assert.Equal(now, await MaskVolume.ReadAsync(mask, cache, 0));
    }

    private Task<MaskVolume> VolumeAsync(double threshold = 7) => MaskVolume.WriteAsync(
        new FolderBlobStore(_folder["store"]), s_shape, s_grid,
        (z, y, x) => (z - 30) * (z - 30) + (y - 33) * (y - 33) + (x - 60) * (x - 60) < 14 * 14 || (z + y + x) % 97 == 0, threshold);

    private static BrushMark Ball(double z, double y, double x, double radius, bool erase = false) =>
        new(erase, BrushShape.Ball, radius, [new WorldPoint(10 + 2 * z, y, x), new WorldPoint(12 + 2 * z, y + 4, x + 9)], default);

    // Any mix of strokes, undo, redo, versions and restoring leaves the voxels that replaying the strokes in order leaves, at every level,
    // for who watched and for who opens the mask afterwards.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Mask_AfterAnyEdits_IsTheReplayOfItsStrokes(int seed)
    {
        var (random, volume) = (new Random(seed), await VolumeAsync());
        var (mask, _, cache) = await volume.OpenAsync();
        await MaskVolume.ReadAsync(mask, cache, 0);
        var (made, versions) = (new List<int>(), 0);
        for (var step = 0; step < 24; step++)
        {
            switch (random.Next(6))
            {
                case 0 when made.Count > 0:
                    await mask.StepAsync(made[random.Next(made.Count)], again: false, "Ada", step, default);
                    break;
                case 1 when made.Count > 0:
                    await mask.StepAsync(made[random.Next(made.Count)], again: true, "Ada", step, default);
                    break;
                case 2 when (await mask.SummaryAsync(default)).State.IsChanged:
                    versions = (await mask.SaveAsync(null, "Ada", step, default)).Number;
                    break;
                case 3 when versions > 0:
                    versions = (await mask.RestoreAsync(random.Next(versions + 1), "Bo", step, default)).Number;
                    break;
                default:
                    var brush = Ball(random.Next(70), random.Next(66), random.Next(130), random.Next(1, 9), random.Next(2) == 0);
                    brush = random.Next(2) == 0 ? brush : brush with { Shape = BrushShape.Disc, Normal = new WorldVector(0, 1, 0) };
                    made.Add((await mask.PaintAsync(brush, "Ada", step, default)).Sequence);
                    break;
            }
        }

        var summary = await mask.SummaryAsync(default);
        var set = new BitVolume(s_shape.Z, s_shape.Y, s_shape.X);
        All((z, y, x) => set[z, y, x] = volume.Automatic[z, y, x]);
        foreach (var stroke in summary.State.Strokes)
        {
            MaskRaster.Of(summary.History.Marks[stroke].Mark, s_shape, s_grid).Apply(set);
        }

        var (added, removed) = (0, 0);
        All((z, y, x) => (added, removed) = (
            added + (set[z, y, x] && !volume.Automatic[z, y, x] ? 1 : 0), removed + (!set[z, y, x] && volume.Automatic[z, y, x] ? 1 : 0)));
        Assert.Equal((added, removed), ((int)summary.AddedVoxels, (int)summary.RemovedVoxels));
        await IsAsync(mask, cache);
        foreach (var interval in new[] { 1, 1000 })
        {
            // Who opens it first keeps a snapshot, from which the next one goes on.
            var (again, _, fresh) = await volume.OpenAsync();
            again.SnapshotInterval = interval;
            await IsAsync(again, fresh);
        }

        async Task IsAsync(CorrectedMask shown, BrickCache from)
        {
            var finest = await MaskVolume.ReadAsync(shown, from, 0);
            All((z, y, x) => Assert.Equal(Class(volume.Automatic[z, y, x], set[z, y, x]), finest[z, y, x]));
            var (before, after) = (Halve((z, y, x) => volume.Automatic[z, y, x]), Halve((z, y, x) => set[z, y, x]));
            var half = await MaskVolume.ReadAsync(shown, from, 1);
            for (var z = 0; z < half.GetLength(0); z++)
            {
                for (var y = 0; y < half.GetLength(1); y++)
                {
                    for (var x = 0; x < half.GetLength(2); x++)
                    {
                        Assert.Equal(Class(before(z, y, x), after(z, y, x)), half[z, y, x]);
                    }
                }
            }
        }
    }

    // Strokes are taken back from a checkpoint, not from the beginning; what is shown must be the same as for who opens the mask anew.
    [Fact]
    public async Task Undo_AmongManyStrokesAtOnePlace_LeavesWhatReplayingTheOthersLeaves()
    {
        var volume = await VolumeAsync();
        var ((mask, _, cache), random, strokes) = (await volume.OpenAsync(), new Random(7), new List<int>());
        for (var i = 0; i < 150; i++)
        {
            var brush = Ball(20 + random.Next(20), 20 + random.Next(20), 20 + random.Next(80), 3, random.Next(3) == 0);
            strokes.Add((await mask.PaintAsync(brush, "Ada", i, default)).Sequence);
        }

        foreach (var i in new[] { 149, 148, 120, 40, 39, 140, 0, 77, 149, 120 })
        {
            var isShown = (await mask.SummaryAsync(default)).State.Strokes.Contains(strokes[i]);
            await mask.StepAsync(strokes[i], again: !isShown, "Ada", 200 + i, default);
        }

        var (again, _, fresh) = await volume.OpenAsync();
        Assert.Equal(await MaskVolume.ReadAsync(again, fresh, 0), await MaskVolume.ReadAsync(mask, cache, 0));
        Assert.Equal(await MaskVolume.ReadAsync(again, fresh, 1), await MaskVolume.ReadAsync(mask, cache, 1));
        Assert.Equal((await again.SummaryAsync(default)).AddedVoxels, (await mask.SummaryAsync(default)).AddedVoxels);
    }

    private static int Class(bool was, bool now) => was ? now ? MaskClasses.Kept : MaskClasses.Removed : now ? MaskClasses.Added : 0;

    // As labels are halved: of the mask where two or more of the up to eight voxels are.
    private static Func<int, int, int, bool> Halve(Func<int, int, int, bool> fine) => (z, y, x) => Enumerable.Range(0, 8).Count(i =>
        (2 * z + (i >> 2), 2 * y + (i >> 1 & 1), 2 * x + (i & 1)) is var (a, b, c)
            && s_shape.Contains(new VoxelIndex(a, b, c)) && fine(a, b, c)) >= 2;

    private static void All(Action<int, int, int> action)
    {
        for (var z = 0; z < s_shape.Z; z++)
        {
            for (var y = 0; y < s_shape.Y; y++)
            {
                for (var x = 0; x < s_shape.X; x++)
                {
                    action(z, y, x);
                }
            }
        }
    }

    // Two servers on one store: the store orders, and both come to the same.
    [Fact]
    public async Task Strokes_OfTwoServersAtOnce_AreAllKept()
    {
        var volume = await VolumeAsync();
        var ((a, _, cacheA), (b, _, cacheB)) = (await volume.OpenAsync(), await volume.OpenAsync());
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() =>
            (i % 2 == 0 ? a : b).PaintAsync(Ball(5 + 2 * i, 20 + i, 10 + 4 * i, 4, i % 3 == 0), i % 2 == 0 ? "Ada" : "Bo", i, default))));
        var (first, second) = (await a.SummaryAsync(default), await b.SummaryAsync(default));
        Assert.Equal(24, first.State.Strokes.Count);
        Assert.Equal(first.State.Strokes, second.State.Strokes);
        Assert.Equal((first.AddedVoxels, first.RemovedVoxels), (second.AddedVoxels, second.RemovedVoxels));
        Assert.Equal(await MaskVolume.ReadAsync(a, cacheA, 0), await MaskVolume.ReadAsync(b, cacheB, 0));
    }

    [Fact]
    public async Task Stroke_OfASmallBrush_ReadsAndKeepsItsOwnBricksAlone()
    {
        var (mask, _, cache) = await (await VolumeAsync()).OpenAsync();
        await mask.PaintAsync(new BrushMark(false, BrushShape.Ball, 3, [new WorldPoint(40, 10, 100)], default), "Ada", 0, default);
        Assert.Equal(0, cache.Misses);
        Assert.NotNull(((await mask.ReaderAsync(default)) as CorrectedReader));
        Assert.Equal(1, mask.BricksAt(0));
    }

    // The word-wise halving against the definition, two or more of eight, for any bits.
    [Fact]
    public void Halve_OfAnyFourRows_SetsWhatTwoOrMoreOfEightVoxelsAre() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            ulong Row() => (ulong)random.NextInt64() & (ulong)random.NextInt64() ^ (ulong)random.Next(2) << 63;
            ulong[] rows = [Row(), Row(), Row(), Row()];
            var halved = MaskBits.Halve(rows[0], rows[1], rows[2], rows[3]);
            for (var i = 0; i < 32; i++)
            {
                Assert.Equal(rows.Sum(r => (int)(r >> 2 * i & 1) + (int)(r >> 2 * i + 1 & 1)) >= 2, (halved >> i & 1) != 0);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Undo_WhereARestoredVersionTookTheStrokeBack_SaysThatNothingChanged()
    {
        var (mask, _, _) = await (await VolumeAsync()).OpenAsync();
        var stroke = await mask.PaintAsync(Ball(30, 30, 30, 5), "Ada", 0, default);
        Assert.False(await mask.StepAsync(stroke.Sequence, again: true, "Ada", 1, default));
        await mask.RestoreAsync(0, "Bo", 2, default);
        Assert.False(await mask.StepAsync(stroke.Sequence, again: false, "Ada", 3, default));
        await Assert.ThrowsAsync<OutOfRangeException>(() => mask.RestoreAsync(5, "Bo", 4, default));
        await Assert.ThrowsAsync<OutOfRangeException>(() => mask.SaveAsync("again", "Bo", 5, default));
    }

    [Fact]
    public async Task Restore_WhileStrokesAreInNoVersion_KeepsThemAsOneBefore()
    {
        var (mask, _, _) = await (await VolumeAsync()).OpenAsync();
        await mask.PaintAsync(Ball(30, 30, 30, 5), "Ada", 0, default);
        await mask.SaveAsync(null, "Ada", 1, default);
        await mask.PaintAsync(Ball(40, 30, 30, 5), "Bo", 2, default);
        var added = (await mask.SummaryAsync(default)).AddedVoxels;
        Assert.Equal(3, (await mask.RestoreAsync(1, "Ada", 3, default)).Number);
        var versions = (await mask.SummaryAsync(default)).State.Versions;
        Assert.Equal([[1], [1, 3], [1]], versions.Select(v => v.Strokes.ToArray()));
        Assert.Equal(("before restoring v1", added), (versions[1].Note, versions[1].AddedVoxels));
        await mask.RestoreAsync(2, "Bo", 4, default);
        Assert.Equal(added, (await mask.SummaryAsync(default)).AddedVoxels);
    }

    [Fact]
    public async Task Stroke_SentAgainByItsName_IsPaintedOnceOnWhicheverServer()
    {
        var volume = await VolumeAsync();
        var ((a, _, _), (b, _, _)) = (await volume.OpenAsync(), await volume.OpenAsync());
        await b.SummaryAsync(default);
        var first = await a.PaintAsync(Ball(30, 30, 30, 5), "Ada", 0, default, "one");
        var again = await b.PaintAsync(Ball(30, 30, 30, 5), "Ada", 1, default, "one");
        Assert.Equal((first.Sequence, false, true), (again.Sequence, first.IsKnown, again.IsKnown));
        Assert.Equal(1, (await b.SummaryAsync(default)).History.Sequence);
        await b.PaintAsync(Ball(30, 30, 30, 5), "Ada", 1, default, "two");
        Assert.Equal(2, (await a.SummaryAsync(default)).State.Strokes.Count);
    }

    [Fact]
    public async Task Log_WithAsManyBytesAsItMayHave_TakesVersionsButNoStrokes()
    {
        var (mask, store, _) = await (await VolumeAsync()).OpenAsync();
        await mask.PaintAsync(Ball(30, 30, 30, 5), "Ada", 0, default);
        var log = new MaskLog(store.Blobs, (await store.TryOpenAsync(DatasetId.Parse("cell"), default))!, mask.Mask);
        var random = new Random(3);
        var fill = new MaskEntry
        {
            Kind = MaskEntryKind.Fill, Base = "other", By = "Bo", Erase = false,
            Runs = [.. Enumerable.Range(0, 4 * FillMark.MostRuns).Select(_ => random.Next())],
        };
        for (var i = 2; i <= 1 + MaskEntry.MostLogBytes / fill.Bytes; i++)
        {
            Assert.True(await log.TryAppendAsync(fill with { Sequence = i }, default));
        }

        var dab = Ball(40, 30, 30, 5) with { Points = [.. Enumerable.Repeat(new WorldPoint(90, 30, 30), BrushMark.MostPoints)] };
        Task PaintAsync() => mask.PaintAsync(dab, "Ada", 1, default);
        var refused = await Assert.ThrowsAsync<OutOfRangeException>(async () =>
        {
            for (var i = 0; i < 2 + fill.Bytes / (24 * BrushMark.MostPoints); i++)
            {
                await PaintAsync();
            }
        });
        Assert.Contains("log of this mask is full", refused.Message);
        Assert.Contains("import the scans again", refused.Message);
        Assert.Equal(1, (await mask.SaveAsync("all", "Ada", 2, default)).Number);
    }

    [Fact]
    public async Task Sweep_OfADatasetWhoseIdAnotherHad_RemovesTheOthersCorrectionsAlone()
    {
        var (mask, store, _) = await (await VolumeAsync()).OpenAsync();
        var entry = await mask.PaintAsync(Ball(30, 30, 30, 5), "Ada", 0, default);
        var manifest = new DatasetManifest { Id = "cell", Identity = new string('9', 32) };
        await new MaskLog(store.Blobs, Dataset.Of(DatasetId.Parse("cell"), manifest), mask.Mask).TryAppendAsync(entry, default);
        var swept = await new Janitor(store, TimeProvider.System).SweepAsync(TimeSpan.Zero, remove: true, default);
        Assert.Equal([$"datasets/cell/corrections/{manifest.Identity}/"], swept.Prefixes);
        var (again, _, _) = await MaskVolume.ReopenAsync(store.Blobs);
        Assert.Single((await again.SummaryAsync(default)).State.Strokes);
    }

    [Fact]
    public async Task Fill_OfAnotherGrid_IsNotTakenOver()
    {
        var (mask, store, _) = await (await VolumeAsync()).OpenAsync();
        var log = new MaskLog(store.Blobs, (await store.TryOpenAsync(DatasetId.Parse("cell"), default))!, mask.Mask);
        await log.TryAppendAsync(new MaskEntry
        {
            Sequence = 1, Kind = MaskEntryKind.Fill, Base = "other", By = "Bo", Erase = false, Runs = [1, 1, 1, 2], GridZyx = [9, 66, 130],
        }, default);
        var refused = await Assert.ThrowsAsync<OutOfRangeException>(() => mask.CarryAsync("Ada", 0, default));
        Assert.Contains("9 × 66 × 130", refused.Message);
        Assert.Empty((await mask.SummaryAsync(default)).State.Strokes);
    }

    [Fact]
    public async Task Corrections_OfAnotherAutomaticMask_WaitUntilTheyAreTakenOver()
    {
        var (mask, _, _) = await (await VolumeAsync()).OpenAsync();
        await mask.PaintAsync(Ball(30, 30, 30, 5), "Ada", 0, default);
        var (added, removed) = ((await mask.SummaryAsync(default)).AddedVoxels, (await mask.SummaryAsync(default)).RemovedVoxels);
        var (other, _, _) = await (await VolumeAsync(threshold: 8)).OpenAsync();
        Assert.Equal(0, (await other.SummaryAsync(default)).AddedVoxels);
        await other.CarryAsync("Bo", 1, default);
        var summary = await other.SummaryAsync(default);
        Assert.Equal((added, removed), (summary.AddedVoxels, summary.RemovedVoxels));
    }

    // A shell of voxels with a hole inside, one with a gap, and a piece.
    private async Task<CorrectedMask> ShellAsync(bool isOpen)
    {
        var grid = AffineTransform.Of(VoxelSize.Cubic(1), default);
        var volume = await MaskVolume.WriteAsync(new FolderBlobStore(_folder["store"]), s_shape, grid, (z, y, x) =>
            Math.Max(Math.Abs(z - 32), Math.Max(Math.Abs(y - 33), Math.Abs(x - 64))) == 5 && !(isOpen && (z, y) == (32, 33)));
        return (await volume.OpenAsync()).Mask;
    }

    [Fact]
    public async Task Fill_OfAnEnclosedHole_TakesTheHoleAlone()
    {
        var mask = await ShellAsync(isOpen: false);
        await mask.FillAsync(new WorldPoint(32.5, 33.5, 64.5), new WorldVector(1, 0, 0), erase: false, "Ada", 0, default);
        Assert.Equal(81, (await mask.SummaryAsync(default)).AddedVoxels);

        // The layer that is filled now parts the hole.
        await mask.FillAsync(new WorldPoint(31.5, 33.5, 64.5), null, erase: false, "Ada", 1, default);
        Assert.Equal(5 * 81, (await mask.SummaryAsync(default)).AddedVoxels);
        await mask.FillAsync(new WorldPoint(33.5, 33.5, 64.5), null, erase: false, "Ada", 1, default);
        Assert.Equal(729, (await mask.SummaryAsync(default)).AddedVoxels);
        await mask.FillAsync(new WorldPoint(32.5, 33.5, 64.5), null, erase: true, "Ada", 2, default);
        var summary = await mask.SummaryAsync(default);
        Assert.Equal((0, 11 * 11 * 11 - 729), (summary.AddedVoxels, summary.RemovedVoxels));
        var (again, _, _) = await MaskVolume.ReopenAsync(new FolderBlobStore(_folder["store"]));
        Assert.Equal(602, (await again.SummaryAsync(default)).RemovedVoxels);
    }

    [Fact]
    public async Task Fill_OfAnOpenHole_IsRefusedWithNothingChanged()
    {
        var mask = await ShellAsync(isOpen: true);
        async Task RefusedAsync(string part, WorldPoint at, WorldVector? normal, bool erase) => Assert.Contains(
            part, (await Assert.ThrowsAsync<OutOfRangeException>(() => mask.FillAsync(at, normal, erase, "Ada", 0, default))).Message);
        await RefusedAsync("reaches the edge of the scan.", new WorldPoint(32.5, 33.5, 64.5), null, false);
        await RefusedAsync("in this slice", new WorldPoint(32.5, 33.5, 64.5), new WorldVector(1, 0, 0), false);
        await RefusedAsync("already", new WorldPoint(27.5, 33.5, 64.5), null, false);
        await RefusedAsync("nothing of the mask", new WorldPoint(32.5, 33.5, 64.5), null, true);
        await RefusedAsync("along the scan", new WorldPoint(32.5, 33.5, 64.5), new WorldVector(1, 1, 0), false);
        await RefusedAsync("outside", new WorldPoint(-1, 0, 0), null, false);
        Assert.Equal(0, (await mask.SummaryAsync(default)).History.Sequence);
    }
}
