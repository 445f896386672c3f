using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Experiments;

public sealed class AnalysisStoreTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private readonly TempFolder _folder = new();

    // Labels hold what was counted; scans lie in one frame afterwards; another recipe takes the place of the first's labels.
    [Fact]
    public async Task Result_KeptInAzure_ComesBackWithItsLabelsAndRegistrations()
    {
        new PhantomWriter(new PhantomOptions { Size = 112, VoxelUm = 2, Hours = [0, 2, 3.2] }).Write(_folder["phantom"], null, default);
        var store = new DatasetStore(azurite.NewStore());
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, null, default)).Id;
        var (result, labels) = await RunAsync(store, id, new AnalysisRecipe { LeastLithiumVoxels = 8 });
        var dataset = (await store.TryOpenAsync(id, default))!;

        var kept = (await new AnalysisStore(store).TryLoadAsync((await store.TryOpenAsync(id, default))!, "projection", default))!;
        Assert.Equal(result.Sites.Count, kept.Sites.Count);
        Assert.Equal(result.Voids.Profile(20), kept.Voids.Profile(20));
        Assert.Equal(result.Recipe, kept.Recipe);
        Assert.Equal(result.Registrations[1].ToScan, kept.Registrations[1].ToScan);
        await NoDamageIsReadAsync(store, id);

        Assert.Equal(3, dataset.Volumes.Count);
        Assert.Equal(["lithium at 0 h", "lithium at 2 h", "lithium at 3.2 h", "voids at 0 h"], dataset.Labels.Select(l => l.Key.ToString()).Order());
        Assert.Equal(["projection"], dataset.Modalities);
        var counts = await CountAsync(store, dataset.Find(LabelModality.Voids, 0)!);
        Assert.Equal(labels.Voids.Count, counts.Keys.Max());
        Assert.All(result.Voids.Voids, v => Assert.Equal(v.VolumeUm3, counts[v.Id] * result.VoxelUm3, 6));

        // The legend beside exported labels says of each what the analysis found.
        var legend = await LegendAsync(store, dataset, dataset.Find(LabelModality.Voids, 0)!);
        Assert.Equal(counts.Keys.Order(), legend.Keys.Order());
        Assert.All(result.Voids.Voids, v =>
        {
            Assert.Equal(v.VolumeUm3, Number(legend[v.Id][4]), 6);
            Assert.Equal(v.DepthUm, Number(legend[v.Id][8]), 0.01);
            Assert.All(v.CenterUm.Zip(legend[v.Id][5..8]), c => Assert.Equal(c.First, Number(c.Second), 0.001));
        });
        var bare = dataset with { Manifest = dataset.Manifest with { Depth = null } };
        Assert.All((await LegendAsync(store, bare, dataset.Find(LabelModality.Voids, 0)!)).Values, row => Assert.Equal("", row[8]));
        var lithium = await LegendAsync(store, dataset, dataset.Find(LabelModality.Lithium, 3.2)!);
        Assert.All(lithium, l => Assert.Equal(result.Sites[l.Key - 1].Id, l.Value[1]));
        Assert.NotEmpty(lithium);

        // A place of the pristine scan is now the same place in every scan.
        foreach (var r in result.Registrations)
        {
            var scan = dataset.Find("projection", r.Key.Hours)!;
            var middle = scan.ScannedTransform.ToVoxel(new WorldPoint(112 + r.ShiftUm[0], 112 + r.ShiftUm[1], 112 + r.ShiftUm[2]));
            Assert.Equal(0, (scan.Transform.ToWorld(middle) - new WorldPoint(112, 112, 112)).Length, 0.05);
        }

        // Verified like scans, replaced by the next, and the same again when made again.
        await foreach (var bad in new Verifier(store).VerifyAsync(dataset, default))
        {
            Assert.Null(bad);
        }

        // What changed between two times is lithium that grew, and back again what vanished; the last one asked for is kept.
        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe { LeastLithiumVoxels = 8 }, null, default);
        foreach (var (from, to) in new[] { (0.0, 3.2), (3.2, 2.0) })
        {
            var change = await analysis.ChangeAsync(from, to, default);
            await new AnalysisStore(store).SaveAsync(dataset, change, result.Recipe, default);
            var kept2 = Assert.Single((await store.TryOpenAsync(id, default))!.Labels, l => l.Key.Modality == LabelModality.Change);
            Assert.Equal("automatic", MaskUse.Of(kept2));
            var voxels = await CountAsync(store, kept2);
            Assert.Equal(change.GainedUm3, voxels.GetValueOrDefault(1) * result.VoxelUm3, 6);
            Assert.Equal(change.LostUm3, voxels.GetValueOrDefault(2) * result.VoxelUm3, 6);
            Assert.True(from < to ? change.GainedUm3 > 10 * change.LostUm3 : change.LostUm3 > 10 * change.GainedUm3);
        }

        var before = dataset.Find(LabelModality.Voids, 0)!.Prefix;
        await RunAsync(store, id, new AnalysisRecipe { LeastLithiumVoxels = 8, Neighbours = 6 });
        Assert.NotEqual(before, (await store.TryOpenAsync(id, default))!.Find(LabelModality.Voids, 0)!.Prefix);
        await foreach (var left in store.Blobs.ListAsync(before, default))
        {
            Assert.Fail(left.Name + " is left of the first recipe.");
        }

        await RunAsync(store, id, new AnalysisRecipe { LeastLithiumVoxels = 8 });
        var again = (await store.TryOpenAsync(id, default))!.Find(LabelModality.Voids, 0)!;
        Assert.Equal(before, again.Prefix);
        Assert.Equal(counts.OrderBy(c => c.Key), (await CountAsync(store, again)).OrderBy(c => c.Key));
    }

    // A server that is killed, or a job that is cancelled, between the numbers and the manifest left new numbers beside old labels.
    [Fact]
    public async Task Save_StoppedBeforeTheManifest_LeavesNumbersAndLabelsOfTheAnalysisBefore()
    {
        new PhantomWriter(new PhantomOptions { Size = 64, VoxelUm = 2, Hours = [0, 3.2] }).Write(_folder["phantom"], null, default);
        var blobs = new FolderBlobStore(_folder["store"]);
        var store = new DatasetStore(blobs);
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, null, default)).Id;
        var (first, _) = await RunAsync(store, id, new AnalysisRecipe { LeastLithiumVoxels = 8 });
        var before = (await store.TryOpenAsync(id, default))!;

        var stopping = new DatasetStore(StoppingStore.Over(blobs, BlobNames.Manifest(id)));
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => RunAsync(stopping, id, new AnalysisRecipe { LeastLithiumVoxels = 8, Neighbours = 6 }));

        var now = (await store.TryOpenAsync(id, default))!;
        Assert.Equal(before.Revision, now.Revision);
        Assert.Equal(first.RecipeHash, (await new AnalysisStore(store).TryLoadAsync(now, "projection", default))!.RecipeHash);

        // What was stopped is removed, and what is published stays; so does a whole analysis afterwards, for who opened the dataset before.
        var janitor = new Janitor(store, TimeProvider.System);
        Assert.Contains((await janitor.SweepAsync(TimeSpan.Zero, remove: true, default)).Prefixes,
            p => p.StartsWith($"datasets/{id}/analysis/projection.", StringComparison.Ordinal));
        Assert.NotNull(await new AnalysisStore(store).TryLoadAsync(now, "projection", default));
        var (second, _) = await RunAsync(store, id, new AnalysisRecipe { LeastLithiumVoxels = 8, Neighbours = 6 });
        Assert.Empty((await janitor.SweepAsync(TimeSpan.Zero, remove: true, default)).Prefixes);
        Assert.NotEqual(first.RecipeHash, second.RecipeHash);
        Assert.Equal(second.RecipeHash, (await new AnalysisStore(store).TryLoadAsync(now, "projection", default))!.RecipeHash);

        var published = (await store.TryOpenAsync(id, default))!;
        await blobs.DeleteAsync(BlobNames.Analysis(id, published.Manifest, "projection"), default);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(
            () => new AnalysisStore(store).TryLoadAsync(published, "projection", default));
        Assert.Contains("is missing; run the analysis again", e.Message, StringComparison.Ordinal);
        var bad = new List<BadBrick>();
        await foreach (var found in new Verifier(store).VerifyAsync(published, default))
        {
            bad.AddRange(found is null ? [] : [found]);
        }

        Assert.Equal("the analysis of projection", Assert.Single(bad).Volume);
    }

    public void Dispose() => _folder.Dispose();

    // A store in which whoever replaces one blob is stopped.
    private class StoppingStore : System.Reflection.DispatchProxy
    {
        private IBlobStore _inner = null!;
        private string _name = "";

        public static IBlobStore Over(IBlobStore inner, string name)
        {
            var made = Create<IBlobStore, StoppingStore>();
            ((StoppingStore)(object)made)._inner = inner;
            ((StoppingStore)(object)made)._name = name;
            return made;
        }

        protected override object? Invoke(System.Reflection.MethodInfo? method, object?[]? arguments) =>
            method!.Name == nameof(IBlobStore.TryReplaceAsync) && (string)arguments![0]! == _name
                ? throw new OperationCanceledException() : method.Invoke(_inner, arguments);
    }

    // Bits flipped, pieces cut out or doubled, the end missing: it says so, and never gives a number.
    private static async Task NoDamageIsReadAsync(DatasetStore store, DatasetId id)
    {
        var name = BlobNames.Analysis(id, (await store.TryOpenAsync(id, default))!.Manifest, "projection");
        var good = (await store.Blobs.TryReadAsync(name, default))!;
        var random = new Random(3);
        for (var i = 0; i < 60; i++)
        {
            int at = random.Next(good.Length), length = random.Next(1, 40);
            byte[] bad = (i % 4) switch
            {
                0 => [.. good[..at], (byte)(good[at] ^ (1 << random.Next(8))), .. good[(at + 1)..]],
                1 => [.. good[..at], .. good[Math.Min(good.Length, at + length)..]],
                2 => [.. good[..at], .. good[Math.Max(0, at - length)..]],
                _ => good[..at],
            };
            await store.Blobs.WriteAsync(name, bad, default);
            var e = await Assert.ThrowsAsync<VolumeFormatException>(async () =>
                await new AnalysisStore(store).TryLoadAsync((await store.TryOpenAsync(id, default))!, "projection", default));
            Assert.Contains("run the analysis again", e.Message, StringComparison.Ordinal);
        }

        // Earlier versions called sites N1, N2 and so on, as people's marks are called.
        var named = Encoding.UTF8.GetString(SealedJson.Unseal(good));
        var earlier = SealedJson.Seal(Encoding.UTF8.GetBytes(Regex.Replace(named, "\"A([0-9]+)\"", "\"N$1\"")));
        await store.Blobs.WriteAsync(name, earlier, default);
        var read = (await new AnalysisStore(store).TryLoadAsync((await store.TryOpenAsync(id, default))!, "projection", default))!;
        Assert.NotEmpty(read.Sites);
        Assert.All(read.Sites, s => Assert.StartsWith("A", s.Id));
        Assert.All(read.Lithium.SelectMany(l => l.Pieces).SelectMany(p => p.Sites), s => Assert.StartsWith("A", s));

        await store.Blobs.WriteAsync(name, good, default);
        Assert.NotNull(await new AnalysisStore(store).TryLoadAsync((await store.TryOpenAsync(id, default))!, "projection", default));
    }

    private static async Task<Dictionary<int, string[]>> LegendAsync(DatasetStore store, Dataset dataset, VolumeInfo labels) =>
        (await new LabelLegend(store).ToCsvAsync(dataset, labels, 0, default)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(l => l.Split(',')).ToDictionary(l => int.Parse(l[0], System.Globalization.CultureInfo.InvariantCulture));

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<(AnalysisResult, AnalysisLabels)> RunAsync(DatasetStore store, DatasetId id, AnalysisRecipe recipe)
    {
        var (result, labels) = await (await ExperimentAnalysis.StartAsync(store, (await store.TryOpenAsync(id, default))!, recipe, null, default)).RunAsync(default);
        await new AnalysisStore(store).SaveAsync(result, labels, null, default);
        return (result, labels);
    }

    private async Task<Dictionary<int, long>> CountAsync(DatasetStore store, VolumeInfo labels)
    {
        await new Exporter(store).ExportAsync(labels, ExportOptions.Whole, _folder["labels.raw"], null, default);
        var counts = new Dictionary<int, long>();
        foreach (var label in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(await File.ReadAllBytesAsync(_folder["labels.raw"])))
        {
            if (label > 0)
            {
                counts[label] = counts.GetValueOrDefault(label) + 1;
            }
        }

        File.Delete(_folder["labels.raw"]);
        return counts;
    }
}
