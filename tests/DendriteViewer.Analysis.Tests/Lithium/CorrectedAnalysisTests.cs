using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Surfaces;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Analysis.Tests.Lithium;

/// <summary>Numbers rest on a corrected mask where somebody chose one, say so, and are else what they were.</summary>
public sealed class CorrectedAnalysisTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Analysis_OfACorrectedMask_CountsTheChosenVersionAndSaysSo()
    {
        new PhantomWriter(new PhantomOptions { Size = 80, VoxelUm = 2.5, Hours = [0, 2, 3.2] }).Write(_folder["phantom"], null, default);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, null, default)).Id;
        var recipe = new AnalysisRecipe { LeastLithiumVoxels = 8 };
        var automatic = await RunAsync(recipe);
        var before = await OpenAsync();
        var found = Volume(automatic, 3.2);
        Assert.All(before.Labels, l => Assert.Null(l.Corrected));

        // Paint inside the electrolyte, take a piece away, and outside of it, where nothing counts.
        var masks = new MaskCorrections(store, new BrickCache(store, 1 << 26), new ScanAnalysis());
        var mask = masks.Find(before, 3.2)!;
        var piece = automatic.Lithium[^1].Pieces.MaxBy(p => p.VolumeUm3)!;
        var middle = new WorldPoint(150, 100, 100);
        await mask.PaintAsync(new BrushMark(false, BrushShape.Ball, 9, [middle], default), "Ada", 1, default);
        var at = new WorldPoint(piece.CenterUm[0], piece.CenterUm[1], piece.CenterUm[2]);
        await mask.PaintAsync(new BrushMark(true, BrushShape.Ball, 14, [at], default), "Bo", 2, default);
        await mask.PaintAsync(new BrushMark(false, BrushShape.Ball, 5, [new WorldPoint(4, 100, 100)], default), "Ada", 3, default);

        // Nobody chose it yet: every number stays as it was, to the last digit.
        Assert.Equal(NumbersOf(automatic), NumbersOf(await RunAsync(recipe)));
        var version = await mask.SaveAsync("cleaned", "Ada", 4, default);
        await mask.ChooseAsync(version.Number, "Ada", 5, default);

        // Band and bins decide no voxel, so that they may be others.
        var corrected = await RunAsync(recipe with { BinUm = 10, Band = new Band(90, 130) });
        var use = Assert.Single(corrected.Masks!);
        Assert.Equal((3.2, 1, 3), (use.Hours, use.Version, use.Strokes));
        Assert.Equal("corrected v1 by Ada, Bo, 3 strokes", MaskUse.Describe(use, withNames: true));
        Assert.True(use.AddedUm3 > 1000 && use.RemovedUm3 > 100 && use.OutsideUm3 > 100, $"{use}");
        Assert.Equal(found, use.AutomaticUm3, 6);
        Assert.Equal(found + use.AddedUm3 - use.RemovedUm3, Volume(corrected, 3.2), 6);
        Assert.Equal(automatic.Lithium[1].MeasuredUm3, corrected.Lithium[1].MeasuredUm3);
        Assert.Contains(corrected.Warnings, w => w.Contains("At 3.2 h the mask is corrected v1, 3 strokes", StringComparison.Ordinal));
        Assert.Contains(corrected.Warnings, w => w.Contains("painted outside of the electrolyte", StringComparison.Ordinal));
        Assert.Contains(corrected.Lithium[^1].Pieces, p => Math.Abs(p.CenterUm[0] - 150) < 1 && Math.Abs(p.CenterUm[1] - 100) < 1);

        // The labels are the mask that was counted; what was found automatically stays beside it, and can be corrected on.
        var after = await OpenAsync();
        var labels = after.Find(LabelModality.Lithium, 3.2)!;
        Assert.Equal(1, labels.Corrected!.Version);
        Assert.Null(after.Find(LabelModality.Lithium, 2)!.Corrected);
        Assert.Equal(corrected.Lithium[^1].MeasuredUm3, await LabelledAsync(store, labels) * corrected.VoxelUm3, 4);
        Assert.Equal(found, await LabelledAsync(store, after.Find(LabelModality.LithiumAutomatic, 3.2)!) * corrected.VoxelUm3, 4);
        Assert.Null(after.Find(LabelModality.LithiumAutomatic, 2));
        var on = new MaskCorrections(store, new BrickCache(store, 1 << 26), new ScanAnalysis()).Find(after, 3.2)!;
        Assert.Equal(3, (await on.SummaryAsync(default)).State.Strokes.Count);

        // The mask of the labels before is held no longer, and undo finds the one that there is.
        Assert.Equal(1, masks.Count);
        Assert.NotSame(mask, await masks.FindNowAsync(before, 3.2, default));
        Assert.Equal(1, masks.Count);
        Assert.Equal(3, (await (await masks.FindNowAsync(before, 3.2, default))!.SummaryAsync(default)).State.Strokes.Count);

        // A surface of the labels says which mask it is of.
        await new SurfaceExporter(store).ExportAsync(labels, new SurfaceSettings(0, SurfaceFormat.Ply), _folder["mask.ply"], null, default);
        var head = System.Text.Encoding.Latin1.GetString((await File.ReadAllBytesAsync(_folder["mask.ply"]))[..200]);
        Assert.Contains("corrected v1, 3 strokes", head);

        await ChangeCountsTheVersionAsync(store, after, corrected, at);

        // Another recipe makes another automatic mask, on which nothing was corrected; that is said.
        var other = await RunAsync(recipe with { LeastLithiumVoxels = 60 });
        Assert.Null(other.Masks);
        Assert.Contains(other.Warnings, w => w.Contains("corrected on another automatic mask", StringComparison.Ordinal));

        // Another interface decides which voxels are electrolyte, and so makes another mask.
        var inputs = await AnalysisStore.InputsAsync(store, after, recipe, null, default);
        var moved = after with { Depth = after.Depth with { InterfaceUm = after.Depth.InterfaceUm + 3, Surface = null } };
        Assert.NotEqual(inputs, await AnalysisStore.InputsAsync(store, moved, recipe, null, default));
        Assert.NotEqual(inputs, await AnalysisStore.InputsAsync(store, after, recipe, [[0, 0], [1, 0], [1, 1]], default));

        // Back to the automatic mask: the numbers are what they were.
        await on.ChooseAsync(0, "Ada", 9, default);
        Assert.Equal(NumbersOf(automatic), NumbersOf(await RunAsync(recipe)));
        Assert.DoesNotContain((await OpenAsync()).Labels, l => l.Key.Modality == LabelModality.LithiumAutomatic || l.Corrected is not null);

        async Task<AnalysisResult> RunAsync(AnalysisRecipe by)
        {
            var (result, sets) = await (await ExperimentAnalysis.StartAsync(store, await OpenAsync(), by, null, default)).RunAsync(default);
            await new AnalysisStore(store).SaveAsync(result, sets, null, default);
            return (await new AnalysisStore(store).TryLoadAsync(await OpenAsync(), "projection", default))!;
        }

        async Task<Dataset> OpenAsync() => (await store.TryOpenAsync(id, default))!;
    }

    // What was painted at 3.2 h is gained between 0 and 3.2 h, what was taken away there is not; the labels say which version counted.
    private static async Task ChangeCountsTheVersionAsync(
        DatasetStore store, Dataset dataset, AnalysisResult corrected, WorldPoint removed)
    {
        var recipe = corrected.Recipe with { Rule = ThresholdRule.Manual, Threshold = corrected.Threshold };
        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, recipe, null, default);
        var change = await analysis.ChangeAsync(0, 3.2, default);
        Assert.Null(change.FromMask);
        Assert.Equal(1, change.ToMask!.Version);
        var pristine = dataset.Volumes[0].Transform;
        Assert.Equal(1, LabelAt(new WorldPoint(150, 100, 100)));
        Assert.Equal(0, LabelAt(removed));
        await new AnalysisStore(store).SaveAsync(dataset, change, recipe, default);
        var labels = (await store.TryOpenAsync(dataset.Id, default))!.Labels.Single(l => l.Key.Modality == LabelModality.Change);
        Assert.Equal("corrected v1, 3 strokes at 3.2 h; automatic at the other time", MaskUse.Of(labels));

        int LabelAt(WorldPoint p)
        {
            var v = pristine.ToVoxel(p);
            return change.Labels.Row((int)v.Z, (int)v.Y).ToArray().FirstOrDefault(r => r.Start <= v.X && v.X < r.End).Label;
        }
    }

    private static double Volume(AnalysisResult result, double hours) => result.Lithium.First(l => l.Hours == hours).MeasuredUm3;

    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static string NumbersOf(AnalysisResult result) => JsonSerializer.Serialize(result, s_json);

    private static async Task<long> LabelledAsync(DatasetStore store, VolumeInfo labels)
    {
        var (reader, n) = (await store.ReaderAsync(labels, default), 0L);
        var b = reader.Levels[0].BrickCount;
        for (var i = 0; i < b.Count; i++)
        {
            var bits = MaskBits.Of(await reader.ReadBrickAsync(
                new BrickIndex(0, (int)(i / b.SliceCount), (int)(i / b.X % b.Y), i % b.X), default), reader.Type);
            n += bits.Sum(w => (long)System.Numerics.BitOperations.PopCount(w));
        }

        return n;
    }
}
