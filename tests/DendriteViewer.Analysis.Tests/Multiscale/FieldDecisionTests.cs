using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>Lithium, voids and cracks of a phantom, told by nano scans that lie where its truth says.</summary>
public sealed class FieldDecisionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Nano voxels twice as high as wide, too: every other slice of a stack.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task NewDarkPieces_InTheField_AreToldAndCalibrateAllLithium(int everySlice)
    {
        new PhantomWriter(new PhantomOptions
        {
            Size = 112, VoxelUm = 0.5, Band = new Band(20, 35), Hours = [0, 3.2], Nano = true, NanoSize = 200, Seed = 3,
        }).Write(_folder["phantom"], null, default);
        KeepEvery(everySlice);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, null, default)).Id;
        var dataset = (await store.TryOpenAsync(id, default))!;

        // Where the stage says it lies it may be 15 µm off: it decides nothing, and both say so.
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => DecideAsync(store, dataset));
        Assert.Contains("register it first", e.Message, StringComparison.Ordinal);
        if (everySlice == 1)
        {
            var analysis = await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe(), null, default);
            var (alone, _) = await analysis.RunAsync(default);
            Assert.All(alone.Lithium, l => Assert.Equal((0.0, 0.0), (l.ConfirmedUm3, l.NewVoidUm3)));
            Assert.Contains(alone.Warnings, w => w.Contains("left out: nano-phase at 3.2 h", StringComparison.Ordinal));
        }

        var truth = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["phantom/truth.json"])).RootElement;
        var matrix = new AffineTransform(Numbers(truth.GetProperty("nano").GetProperty("matrix")));
        var key = new VolumeKey("nano-phase", 3.2);
        await new PlacementStore(store, TimeProvider.System).SaveAsync(dataset, new Placement
        {
            Key = key, Fixed = new VolumeKey("projection", 3.2), Start = PlacementStart.Import, Model = PlacementModel.Affine,
            Matrix = matrix, ToScan = matrix,
        }, [new VolumeKey("nano-absorption", 3.2)], "test", default);
        var decision = await DecideAsync(store, (await store.TryOpenAsync(id, default))!);

        Assert.Contains(decision.Warnings, w => w.Contains("is not known: look at it", StringComparison.Ordinal));
        var kinds = Kinds(truth, "sites", PieceVerdict.Lithium).Concat(Kinds(truth, "newVoids", PieceVerdict.Void))
            .Concat(Kinds(truth, "cracks", PieceVerdict.Crack)).ToArray();
        var covered = decision.Pieces.Where(p => p.Covered >= 0.5).ToArray();
        Assert.True(covered.Length >= 4);
        Assert.All(covered, p => Assert.Equal(kinds.MinBy(k => (k.At - p.Center).Length).Kind, p.Verdict));
        Assert.Equal(decision.Pieces.Count, decision.Confusion.Told + decision.Confusion.Unsure + decision.Confusion.Outside);

        var lithium = truth.GetProperty("timesteps").EnumerateArray().Last().GetProperty("lithiumUm3").GetDouble();
        var ledger = decision.Ledger;
        Assert.InRange(lithium, ledger.Low, ledger.High);
        Assert.True(ledger.DarkOnly > 1.3 * lithium);

        // All lithium may lie inside the field, and then only its measured volume is uncertain.
        Assert.InRange(ledger.Calibrated, 0.99 * ledger.Confirmed, ledger.DarkOnly);
        Assert.Equal(decision.Pieces.Sum(p => p.Um3), ledger.DarkOnly, 1e-3);
        if (everySlice == 1)
        {
            await AssertDrawnClassesDecideAsync(store, (await store.TryOpenAsync(id, default))!, decision);
        }
    }

    // Areas about the fitted classes, four deviations wide, decide the same; with lithium and void exchanged they decide the opposite.
    private static async Task AssertDrawnClassesDecideAsync(DatasetStore store, Dataset dataset, Decision fitted)
    {
        double Edge(DarkClass upper) => (fitted.Classes[(int)upper].Phase + fitted.Classes[(int)DarkClass.Lithium].Phase) / 2;
        var (low, high) = (fitted.Histogram.PhaseRange.Low - 1e5, fitted.Histogram.PhaseRange.High + 1e5);
        DrawnClass Between(DarkClass name, double from, double to) => new(name, [[-1e6, from], [1e6, from], [1e6, to], [-1e6, to]]);
        Task<Decision> By(DarkClass darkest, DarkClass grey) => FieldDecision.DecideAsync(store, dataset, new AnalysisRecipe(), 3.2,
            new DrawnClasses
            {
                Classes =
                [
                    Between(darkest, low, Edge(DarkClass.Void)), Between(grey, Edge(DarkClass.Void), Edge(DarkClass.Electrolyte)),
                    Between(DarkClass.Electrolyte, Edge(DarkClass.Electrolyte), high),
                ],
            }, null, default);
        var same = await By(DarkClass.Void, DarkClass.Lithium);
        Assert.StartsWith("Its classes were drawn by hand", same.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("By the fitted classes 0 of", same.Warnings[0], StringComparison.Ordinal);
        Assert.Equal(fitted.Pieces.Select(p => p.Verdict), same.Pieces.Select(p => p.Verdict));
        Assert.Equivalent(fitted.Classes, same.Classes);
        var opposite = await By(DarkClass.Lithium, DarkClass.Void);
        Assert.All(opposite.Pieces.Where(p => p.Covered >= 0.5), p => Assert.Equal(
            fitted.Pieces[p.Id - 1].Verdict == PieceVerdict.Lithium, p.Verdict is PieceVerdict.Void or PieceVerdict.Crack));
    }

    // A slice stands for as many as it is kept of, half a slice from where their middle is: far less than a voxel of the projection.
    private void KeepEvery(int n)
    {
        foreach (var folder in Directory.GetDirectories(_folder["phantom"], "nano-*"))
        {
            var slices = Directory.GetFiles(Path.Combine(folder, "t3.2")).Order(StringComparer.Ordinal).ToArray();
            foreach (var slice in slices.Where((_, z) => z % n != 0))
            {
                File.Delete(slice);
            }
        }

        var path = _folder["phantom/dataset.json"];
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (var volume in manifest["volumes"]!.AsArray().Where(v => v!["voxelSizeUm"] is not null))
        {
            volume!["voxelSizeUm"]![0] = 0.15 * n;
        }

        File.WriteAllText(path, manifest.ToJsonString());
    }

    private static Task<Decision> DecideAsync(DatasetStore store, Dataset dataset) =>
        FieldDecision.DecideAsync(store, dataset, new AnalysisRecipe(), 3.2, null, default);

    private static double[] Numbers(JsonElement rows) =>
        [.. rows.EnumerateArray().SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble()))];

    private static IEnumerable<(PieceVerdict Kind, WorldPoint At)> Kinds(JsonElement truth, string name, PieceVerdict kind) =>
        truth.GetProperty(name).EnumerateArray()
            .Select(o => o.GetProperty("centerUm").EnumerateArray().Select(v => v.GetDouble()).ToArray())
            .Select(c => (kind, new WorldPoint(c[0], c[1], c[2])));
}
