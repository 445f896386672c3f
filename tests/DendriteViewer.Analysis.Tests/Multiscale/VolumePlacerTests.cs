using System.Text.Json;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>Placements of nano scans against where they really lie; docs/multiscale.md has the table of ten seeds.</summary>
public sealed class VolumePlacerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Stage coordinates know nothing of turn and scale and are some 10 µm off.
    [Fact]
    public async Task NanoPhase_FromStageCoordinates_IsPlacedAndKeptWithItsAcquisition()
    {
        new PhantomWriter(new PhantomOptions
        {
            Size = 112, VoxelUm = 0.5, Band = new Band(20, 35), Hours = [0, 3.2], Nano = true, NanoSize = 176, Seed = 3,
        }).Write(_folder["phantom"], null, default);
        var (store, dataset) = await ImportAsync(_folder["phantom"]);
        var truth = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["phantom/truth.json"])).RootElement.GetProperty("nano");
        var rows = truth.GetProperty("matrix").EnumerateArray().SelectMany(r => r.EnumerateArray().Select(v => v.GetDouble())).ToArray();
        var known = new AffineTransform(rows);
        var (phase, absorption) = (new VolumeKey("nano-phase", 3.2), new VolumeKey("nano-absorption", 3.2));

        var placed = await VolumePlacer.PlaceAsync(store, dataset, new PlacementRequest(phase), null, default);
        var off = MeanError(placed.Matrix, known, 176 * 0.15);
        Assert.InRange(off, 0, 0.1);
        Assert.InRange(placed.UncertaintyUm!.Value, off, 0.25);
        Assert.Equal(truth.GetProperty("scale").GetDouble(), placed.Scale[0], 0.003);
        Assert.Equal(truth.GetProperty("rotationDeg").GetDouble(), placed.RotationDeg, 0.3);
        Assert.Empty(placed.Warnings);

        // The same seed, the same result, whichever thread was first.
        var near = Enumerable.Range(0, 4).Select(i => new WorldPoint(3 + 20 * (i & 1), 3 + 20 * (i >> 1), 4 + 5 * i)).Select((p, i) =>
            new PointPair($"Pt-{i}", p, known.ToWorld(new VoxelPoint(p.Z, p.Y, p.X)) + new WorldVector(0.4, -0.3, 0.2 * i))).ToArray();
        var twice = new List<Placement>();
        for (var i = 0; i < 2; i++)
        {
            twice.Add(await VolumePlacer.PlaceAsync(store, dataset, new PlacementRequest(phase) { Landmarks = near }, null, default));
        }

        Assert.Equal(twice[0].Matrix.Rows.ToArray(), twice[1].Matrix.Rows.ToArray());
        Assert.Equal(twice[0].Covariance, twice[1].Covariance);
        Assert.InRange(MeanError(twice[0].Matrix, known, 176 * 0.15), 0, 0.1);
        var edges = await VolumePlacer.PlaceAsync(
            store, dataset, new PlacementRequest(phase) { Landmarks = near, RefinedBy = PlacementMetric.Gradient }, null, default);
        Assert.InRange(MeanError(edges.Matrix, known, 176 * 0.15), 0, 0.15);
        Assert.InRange(edges.UncertaintyUm!.Value, MeanError(edges.Matrix, known, 176 * 0.15), 0.25);

        var placements = new PlacementStore(store, TimeProvider.System);
        Assert.Equal(1, await placements.SaveAsync(dataset, placed, [absorption], "Ada", default));
        dataset = (await store.TryOpenAsync(dataset.Id, default))!;
        foreach (var key in new[] { phase, absorption })
        {
            var volume = dataset.Find(key.Modality, key.Hours)!;
            Assert.InRange(MeanError(volume.Transform.After(VolumePlacer.OwnOf(volume).Inverse()), known, 176 * 0.15), 0, 0.1);
            Assert.Equal("Ada", (await placements.HistoryAsync(dataset, key, default)).Single().By);
        }

        var back = await placements.RestoreAsync(dataset, phase, 0, "Ben", default);
        Assert.Equal(back.Find("nano-phase", 3.2)!.StatedTransform, back.Find("nano-phase", 3.2)!.Transform);
        back = await placements.RestoreAsync(back, phase, 1, "Ben", default);
        Assert.InRange(MeanError((await placements.CurrentAsync(back, phase, default)).Matrix, known, 176 * 0.15), 0, 0.1);
        Assert.Equal(["stage", "restore", "restore"], (await placements.HistoryAsync(back, phase, default)).Select(e => e.How));
        await Assert.ThrowsAsync<VolumeFormatException>(() => placements.RestoreAsync(back, phase, 9, "Ben", default));
    }

    // A common point that is 15 µm off, no stage coordinates, a turn about any axis, another order of greys.
    [DataFact]
    public async Task ElectrodePair_FromACommonPoint15MicrometresOff_IsPlacedWithinHalfAVoxel()
    {
        var pair = ElectrodePair.Write(TestData.File("electrode/electrode.tiff"), _folder["pair"], new ElectrodePairOptions());
        var (store, dataset) = await ImportAsync(_folder["pair"]);
        var middle = new WorldPoint(pair.SizeUm / 2, pair.SizeUm / 2, pair.SizeUm / 2);
        var near = pair.Truth.ToWorld(new VoxelPoint(middle.Z, middle.Y, middle.X)) + new WorldVector(5, -10, 10);
        var placed = await VolumePlacer.PlaceAsync(
            store, dataset, new PlacementRequest(new VolumeKey("nano-phase", 0)) { Common = (middle, near) }, null, default);
        var off = pair.ErrorOf(placed.Matrix);
        Assert.InRange(off, 0, 0.25);
        Assert.InRange(placed.UncertaintyUm!.Value, off, 0.25);
        Assert.Equal(1.01, placed.Scale[1], 0.005);
    }

    [Fact]
    public async Task Volume_OfTheScansOwnModality_IsRefused()
    {
        new PhantomWriter(new PhantomOptions { Size = 32, VoxelUm = 2, Hours = [0, 1] }).Write(_folder["phantom"], null, default);
        var (store, dataset) = await ImportAsync(_folder["phantom"]);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() =>
            VolumePlacer.PlaceAsync(store, dataset, new PlacementRequest(new VolumeKey("projection", 1)), null, default));
        Assert.Contains("own modality", e.Message, StringComparison.Ordinal);
    }

    private async Task<(DatasetStore, Dataset)> ImportAsync(string folder)
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportDatasetAsync(folder, null, null, default)).Id;
        return (store, (await store.TryOpenAsync(id, default))!);
    }

    private static double MeanError(AffineTransform a, AffineTransform b, double size) => Enumerable.Range(0, 125).Average(i =>
    {
        double Of(int k) => (k + 0.5) / 5 * size;
        var p = new VoxelPoint(Of(i / 25), Of(i / 5 % 5), Of(i % 5));
        return (a.ToWorld(p) - b.ToWorld(p)).Length;
    });
}
