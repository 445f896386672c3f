using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Corrections;

/// <summary>What grows from a point by grey value, against a search over all voxels of the definition.</summary>
public sealed class MaskGrowTests : IDisposable
{
    // Larger than a brick, so that it grows from one into the next.
    private static readonly VolumeShape s_shape = new(20, 70, 90);
    private static readonly AffineTransform s_grid = AffineTransform.Of(new VoxelSize(2, 1, 1), new WorldPoint(10, 0, 0));
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A ball, a bar that touches it by an edge alone, and dust. The scan is 1 to 5 in them and 0 around.
    private static bool IsSet(int z, int y, int x) =>
        (z - 10) * (z - 10) + (y - 60) * (y - 60) + (x - 62) * (x - 62) < 8 * 8 || (y is 10 or 11 && z == 4) || (z + y + x) % 37 == 0;

    private static int Value(int z, int y, int x) => IsSet(z, y, x) ? 1 + (y * s_shape.X + x) % 5 : 0;

    private static WorldPoint At(VoxelIndex v) => s_grid.ToWorld(new VoxelPoint(v.Z + 0.5, v.Y + 0.5, v.X + 0.5));

    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(1.5, false)]
    [InlineData(0, true)]
    public async Task Region_FromAnyPoint_IsWhatItsDefinitionSays(double tolerance, bool isFlat)
    {
        var (mask, scan) = await OpenAsync();
        foreach (var seed in new VoxelIndex[] { new(10, 60, 62), new(4, 10, 40), new(0, 0, 0), new(10, 66, 62) })
        {
            var wanted = Search(seed, tolerance, isFlat);

            var entry = await mask.GrowAsync(
                scan, At(seed), isFlat ? new WorldVector(1, 0, 0) : null, tolerance, erase: false, "Ada", 1, default);

            Assert.Equal(wanted.Order(), VoxelsOf(entry).Order());
            Assert.Equal(wanted.Count, entry.Voxels);
            Assert.Equal((false, (double)Value(seed.Z, seed.Y, seed.X), "projection"), (entry.IsCut, entry.Value!.Value, entry.Modality));
        }
    }

    [Fact]
    public async Task Region_OneStepOfUndo_LeavesTheMaskAsItWas_AndItIsThereForWhoOpensItLater()
    {
        var (mask, scan) = await OpenAsync();
        var seed = new VoxelIndex(0, 2, 1);
        Assert.False(IsSet(seed.Z, seed.Y, seed.X));
        var made = await mask.GrowAsync(scan, At(seed), null, 0, erase: false, "Ada", 1, default, id: "first");

        var again = await mask.GrowAsync(scan, At(seed), null, 0, erase: false, "Ada", 2, default, id: "first");

        Assert.True(again.IsKnown);
        var (other, _, _) = await MaskVolume.ReopenAsync(new FolderBlobStore(_folder["store"]));
        var (grown, reread) = (await mask.SummaryAsync(default), await other.SummaryAsync(default));
        Assert.Equal(made.Voxels, grown.AddedVoxels);
        Assert.Equal(grown.AddedVoxels, reread.AddedVoxels);
        await mask.StepAsync(made.Sequence, again: false, "Ada", 3, default);
        Assert.Equal(0, (await mask.SummaryAsync(default)).AddedVoxels);
    }

    [Fact]
    public async Task Region_LargerThanItMayBe_IsCutOffAroundThePointAndSaysSo()
    {
        var (mask, scan) = await OpenAsync();
        var (seed, level) = (new VoxelIndex(10, 30, 30), (await mask.ReaderAsync(default)).Levels[0]);

        var region = await MaskGrow.FindAsync(
            await mask.ReaderAsync(default), s_grid, level, s_grid, At(seed), null, 4, most: 500, default);

        Assert.True(region.IsCut);
        var found = region.Runs.Chunk(4)
            .SelectMany(r => Enumerable.Range(r[2], r[3] - r[2]).Select(x => new VoxelIndex(r[0], r[1], x))).ToArray();
        Assert.Equal(500, found.Length);
        Assert.All(found, v => Assert.InRange(Math.Abs(v.Z - 10) + Math.Abs(v.Y - 30) + Math.Abs(v.X - 30), 0, 12));
        await Assert.ThrowsAsync<OutOfRangeException>(() => mask.GrowAsync(scan, At(new(-3, 0, 0)), null, 1, false, "Ada", 1, default));
        await Assert.ThrowsAsync<OutOfRangeException>(() => mask.GrowAsync(scan, At(seed), null, -1, false, "Ada", 1, default));
        await Assert.ThrowsAsync<OutOfRangeException>(
            () => mask.GrowAsync(scan, At(seed), new WorldVector(1, 1, 0), 1, false, "Ada", 1, default));
        Assert.Equal(0, (await mask.SummaryAsync(default)).History.Sequence);
    }

    private async Task<(CorrectedMask Mask, VolumeInfo Scan)> OpenAsync()
    {
        var volume = await MaskVolume.WriteAsync(new FolderBlobStore(_folder["store"]), s_shape, s_grid, IsSet);
        var (mask, store, _) = await volume.OpenAsync();
        var dataset = (await store.TryOpenAsync(DatasetId.Parse("cell"), default))!;
        return (mask, dataset.Volumes.Single(v => v.Key.Modality == "projection"));
    }

    private static IEnumerable<int> VoxelsOf(MaskEntry entry) => entry.Runs!.Chunk(4)
        .SelectMany(r => Enumerable.Range(r[2], r[3] - r[2]).Select(x => (r[0] * s_shape.Y + r[1]) * s_shape.X + x));

    private static HashSet<int> Search(VoxelIndex seed, double tolerance, bool isFlat)
    {
        var value = Value(seed.Z, seed.Y, seed.X);
        var (found, todo) = (new HashSet<int>(), new Stack<VoxelIndex>([seed]));
        while (todo.TryPop(out var v))
        {
            if (!s_shape.Contains(v) || Math.Abs(Value(v.Z, v.Y, v.X) - value) > tolerance
                || !found.Add((v.Z * s_shape.Y + v.Y) * s_shape.X + v.X))
            {
                continue;
            }

            foreach (var step in new[] { -1, 1 })
            {
                todo.Push(v with { X = v.X + step });
                todo.Push(v with { Y = v.Y + step });
                if (!isFlat)
                {
                    todo.Push(v with { Z = v.Z + step });
                }
            }
        }

        return found;
    }
}
