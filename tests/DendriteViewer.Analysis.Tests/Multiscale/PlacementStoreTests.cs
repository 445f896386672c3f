using System.Reflection;
using System.Text.Json.Nodes;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>Placements as the store keeps them: versions, volumes that move together, drift of the fixed scan, damage, sweeps.</summary>
public sealed class PlacementStoreTests : IDisposable
{
    private static readonly VolumeKey s_phase = new("nano-phase", 3.2), s_absorption = new("nano-absorption", 3.2);
    private static readonly VolumeKey s_scan = new("projection", 3);
    private static readonly AffineTransform s_drift = new([1, 0, 0, 3, 0, 1, 0, -2, 0, 0, 1, 1]);
    private static readonly AnalysisRecipe s_recipe = new() { Modality = "projection" };
    private readonly TempFolder _folder = new();
    private readonly DatasetStore _store;
    private readonly PlacementStore _placements;

    public PlacementStoreTests()
    {
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        _placements = new PlacementStore(_store, TimeProvider.System);
    }

    public void Dispose() => _folder.Dispose();

    // There is no projection scan of the nano scan's hour; the nearest moved by 3 µm against the first.
    [Fact]
    public async Task Placement_InAScanThatMoved_IsStoredWithThatScansDrift()
    {
        var dataset = await MakeAsync();
        var moved = new RegistrationManifest { Transform = s_drift.After(dataset.Find("projection", 3)!.Transform).Rows.ToArray() };
        dataset = await _store.UpdateAsync(dataset.Id, now => ValueTask.FromResult(now!.Manifest with
        {
            Volumes = [.. now.Manifest.Volumes.Select(
                v => v.Modality == "projection" && v.Hours == 3 ? v with { Registration = moved } : v)],
        }), default);
        var placement = At(4) with { Matrix = s_drift.After(At(4).ToScan) };
        await _placements.SaveAsync(dataset, placement, [s_absorption], "Ada", default);
        dataset = await OpenAsync();
        Same(placement.Matrix, MatrixOf(dataset, s_phase));
        Same(placement.Matrix, MatrixOf(dataset, s_absorption));
        var stored = await _placements.CurrentAsync(dataset, s_phase, default);
        Same(placement.Matrix, stored.Matrix);
        Assert.Equal(s_scan, stored.Fixed);
        var manifest = dataset.Manifest.Volumes.Single(v => v.Modality == "nano-phase");
        Assert.Equal(("projection", 3.0), (manifest.Placement!.FixedModality, manifest.Placement.FixedHours));
        Assert.Contains("placed in the scan of 3 h", StageTrust.ProblemOf(dataset, s_phase), StringComparison.Ordinal);
    }

    // The points used to keep the frame of the click, and the exported .csv then moved the volume by the drift.
    [Fact]
    public async Task Landmarks_OfAScanWhoseDriftIsFoundLater_MoveWithTheMatrix()
    {
        var pairs = new[] { (0, 0, 0), (9, 1, 0), (1, 8, 2), (2, 3, 7) }.Select((p, i) => new PointPair(
            $"L{i}", new WorldPoint(p.Item1, p.Item2, p.Item3), new WorldPoint(p.Item1 + 4, p.Item2 + 4, p.Item3 + 4))).ToArray();
        await _placements.SaveAsync(await MakeAsync(), At(4) with { Landmarks = pairs }, [], "Ada", default);
        Assert.Equal(pairs, (await _placements.CurrentAsync(await OpenAsync(), s_phase, default)).Landmarks);

        var dataset = await DriftAsync();
        var placed = await _placements.CurrentAsync(dataset, s_phase, default);
        Same(s_drift.After(At(4).ToScan), placed.Matrix);
        var file = PlacementFiles.Write("p.csv", placed, dataset.Find(s_phase.Modality, s_phase.Hours)!);
        var read = PlacementFiles.Read(file, "p.csv", dataset, new PlacementRequest(s_phase) { Model = PlacementModel.Affine });
        Same(placed.Matrix, read.Matrix);

        // Of an entry that an earlier version wrote it is not known by which drift it was clicked: the file has the corners.
        var blob = BlobNames.PlacementEntry(dataset.Id, dataset.Identity, s_phase, 1);
        var entry = PlacementEntry.Parse((await _store.Blobs.TryReadAsync(blob, default))!, blob, 1);
        await _store.Blobs.WriteAsync(blob, (entry with { LandmarksIn = null }).ToBytes(), default);
        placed = await _placements.CurrentAsync(dataset, s_phase, default);
        Assert.Empty(placed.Landmarks);
        file = PlacementFiles.Write("p.csv", placed, dataset.Find(s_phase.Modality, s_phase.Hours)!);
        Same(placed.Matrix, LandmarkFit.Of(BigWarpCsv.Read(file, "p.csv"), PlacementModel.Affine).Matrix);
    }

    [Fact]
    public async Task Restore_OfAnyVersion_MovesTheAcquisitionTogether()
    {
        var dataset = await MakeAsync();
        await _placements.SaveAsync(dataset, At(4), [s_absorption], "Ada", default);
        await _placements.SaveAsync(await OpenAsync(), At(7), [s_absorption], "Ada", default);
        dataset = await OpenAsync();
        Assert.Equal([s_absorption], await _placements.MovedWithAsync(dataset, s_phase, 1, default));
        Assert.Equal([s_phase], await _placements.MovedWithAsync(dataset, s_absorption, 0, default));
        dataset = await _placements.RestoreAsync(dataset, s_phase, 1, "Ben", default);
        Assert.All(new[] { s_phase, s_absorption }, k => Same(At(4).Matrix, MatrixOf(dataset, k)));
        var entry = (await _placements.HistoryAsync(dataset, s_absorption, default))[^1];
        Assert.Equal(("restore", s_phase.ToString(), 1, "Ben"), (entry.How, entry.With, entry.Of, entry.By));

        // The other way round too, and as they were handed over.
        dataset = await _placements.RestoreAsync(dataset, s_absorption, 2, "Ben", default);
        Assert.All(new[] { s_phase, s_absorption }, k => Same(At(7).Matrix, MatrixOf(dataset, k)));
        dataset = await _placements.RestoreAsync(dataset, s_phase, 0, "Ben", default);
        Assert.All(new[] { s_phase, s_absorption }, k =>
            Assert.Equal(dataset.Find(k.Modality, k.Hours)!.StatedTransform, dataset.Find(k.Modality, k.Hours)!.Transform));

        // What is placed by itself leaves its acquisition.
        await _placements.SaveAsync(dataset, At(9), [], "Ada", default);
        Assert.Empty(await _placements.MovedWithAsync(await OpenAsync(), s_phase, 6, default));
    }

    // Entries are written before the manifest; a retried job then writes others.
    [Fact]
    public async Task Entry_WhoseWriterEndedBeforeTheManifest_IsMarkedAndPassedOverByUndo()
    {
        var dataset = await MakeAsync();
        var placements = new PlacementStore(new DatasetStore(CutOff.Over(_store.Blobs)), TimeProvider.System);
        Task CutAsync(double um) => Assert.ThrowsAsync<BlobStoreException>(() =>
            placements.SaveAsync(dataset, At(um), [s_absorption], "Ada", default));
        await CutAsync(3);
        Assert.Equal(2, await _placements.SaveAsync(dataset, At(4), [s_absorption], "Ada", default));
        await CutAsync(5);
        await CutAsync(6);
        var history = await _placements.ReadHistoryAsync(await OpenAsync(), s_phase, default);
        Assert.Equal([1, 3, 4], history.NeverHeld(2).Order());
        Assert.Equal(0, history.Before(2));
        Assert.Equal(5, await _placements.SaveAsync(await OpenAsync(), At(7), [s_absorption], "Ada", default));
        foreach (var key in new[] { s_phase, s_absorption })
        {
            history = await _placements.ReadHistoryAsync(await OpenAsync(), key, default);
            Assert.Equal([0, 0, 2, 2, 2], history.Entries.Select(e => e.Replaced));
            Assert.Equal([1, 3, 4], history.NeverHeld(5).Order());
            Assert.Equal(2, history.Before(5));
        }

        // Back to as handed over and placed again: the entry that went back held, though the manifest does not name it.
        await _placements.RestoreAsync(await OpenAsync(), s_phase, 0, "Ada", default);
        history = await _placements.ReadHistoryAsync(await OpenAsync(), s_phase, default);
        Assert.Equal([1, 3, 4], history.NeverHeld(0).Order());
        Assert.Null(history.Before(0));
        await CutAsync(8);
        Assert.Equal(8, await _placements.SaveAsync(await OpenAsync(), At(9), [s_absorption], "Ada", default));
        history = await _placements.ReadHistoryAsync(await OpenAsync(), s_phase, default);
        Assert.Equal([1, 3, 4, 7], history.NeverHeld(8).Order());
        Assert.Equal(0, history.Before(8));

        // Earlier versions did not say what they replaced.
        var old = history with { Entries = [.. history.Entries.Select(e => e with { Replaced = null })] };
        Assert.Empty(old.NeverHeld(8));
        Assert.Equal(7, old.Before(8));
    }

    // A registration does not run analyses again, which use phase contrast where it may decide.
    [Fact]
    public async Task Analysis_OfPhaseContrastThatWasMovedSince_IsCalledStale()
    {
        var unplaced = await MakeAsync();
        var alone = await ResultAsync(unplaced);
        Assert.Empty(StalePlacements.Of(unplaced, alone));
        await _placements.SaveAsync(
            unplaced, At(4) with { Fixed = new VolumeKey("projection", 3.2) }, [s_absorption], "Ada", default);
        var placed = await OpenAsync();
        Assert.Contains("was registered or imported after", Assert.Single(StalePlacements.Of(placed, alone)), StringComparison.Ordinal);
        var joined = await ResultAsync(placed);
        Assert.Empty(StalePlacements.Of(placed, joined));
        Assert.Contains("may not be used now", Assert.Single(StalePlacements.Of(unplaced, joined)), StringComparison.Ordinal);
        await _placements.SaveAsync(
            placed, At(5) with { Fixed = new VolumeKey("projection", 3.2) }, [s_absorption], "Ada", default);
        Assert.Contains("was moved after", Assert.Single(StalePlacements.Of(await OpenAsync(), joined)), StringComparison.Ordinal);

        // What an earlier version kept does not say where it lay.
        Assert.Empty(StalePlacements.Of(await OpenAsync(), joined with { Inputs = [] }));
    }

    // A damaged entry used to block every further one.
    [Fact]
    public async Task DamagedEntry_OfALog_IsNamedAndKeepsItsNumber()
    {
        var dataset = await MakeAsync();
        await _placements.SaveAsync(dataset, At(4), [], "Ada", default);
        await _placements.SaveAsync(await OpenAsync(), At(5), [], "Ada", default);
        dataset = await OpenAsync();
        var second = BlobNames.PlacementEntry(dataset.Id, dataset.Identity, s_phase, 2);
        await _store.Blobs.WriteAsync(second, "{}"u8.ToArray(), default);
        var history = await _placements.ReadHistoryAsync(dataset, s_phase, default);
        Assert.Equal([1], history.Entries.Select(e => e.Sequence));
        Assert.Contains(second, Assert.Single(history.Warnings), StringComparison.Ordinal);
        var problems = new List<string>();
        await foreach (var bad in new Verifier(_store).VerifyAsync(dataset, default))
        {
            problems.AddRange(bad is null ? [] : [bad.Reason]);
        }

        Assert.Contains(second, Assert.Single(problems), StringComparison.Ordinal);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => _placements.RestoreAsync(dataset, s_phase, 2, "Ben", default));
        Assert.Contains("damaged or missing", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, await _placements.SaveAsync(dataset, At(6), [], "Ada", default));

        await _store.Blobs.DeleteAsync(second, default);
        history = await _placements.ReadHistoryAsync(await OpenAsync(), s_phase, default);
        Assert.Equal([1, 3], history.Entries.Select(x => x.Sequence));
        Assert.Contains("version 2 of 3 is missing", Assert.Single(history.Warnings), StringComparison.Ordinal);
        Same(At(4).Matrix, MatrixOf(await _placements.RestoreAsync(await OpenAsync(), s_phase, 1, "Ben", default), s_phase));
    }

    [Fact]
    public async Task Sweep_OfADatasetWhoseIdAnotherHad_RemovesTheOthersPlacementsAlone()
    {
        var dataset = await MakeAsync();
        await _placements.SaveAsync(dataset, At(4), [], "Ada", default);
        var other = $"{BlobNames.Dataset(dataset.Id)}{BlobNames.Placements}{new string('9', 32)}/";
        await _store.Blobs.WriteAsync(other + "nano-phase/t3.2/00000001.json", "{}"u8.ToArray(), default);
        var swept = await new Janitor(_store, TimeProvider.System).SweepAsync(TimeSpan.Zero, remove: true, default);
        Assert.Equal([other], swept.Prefixes);
        Assert.Single(await _placements.HistoryAsync(await OpenAsync(), s_phase, default));
    }

    [Fact]
    public async Task NanoScan_ThatWasDeclaredExactAtTheImport_MayDecide()
    {
        var dataset = await MakeAsync(trusted: true);
        Assert.Null(StageTrust.ProblemOf(dataset, s_phase));
        Assert.Contains("declares", StageTrust.CautionOf(dataset, s_phase, 0.5), StringComparison.Ordinal);
        Assert.Contains("register it first", StageTrust.ProblemOf(dataset, s_absorption), StringComparison.Ordinal);
    }

    private async Task<AnalysisResult> ResultAsync(Dataset dataset) => new()
    {
        Dataset = "cell", Name = "cell", Recipe = s_recipe, RecipeHash = "", Threshold = 0, ThresholdHow = "", NoiseWidth = 0,
        VoxelUm3 = 1, InterfaceTiltDeg = 0, InterfaceResidualUm = 0, Registrations = [], Voids = null!, Porosity = [], Lithium = [],
        Sites = [], SitesLowHigh = [0, 0], Warnings = [],
        Inputs = await AnalysisStore.InputsAsync(_store, dataset, s_recipe, null, default),
    };

    // A store in which no manifest can be replaced, as where a process is killed before it.
    private class CutOff : DispatchProxy
    {
        private IBlobStore _blobs = null!;

        public static IBlobStore Over(IBlobStore blobs)
        {
            var store = Create<IBlobStore, CutOff>();
            ((CutOff)(object)store)._blobs = blobs;
            return store;
        }

        protected override object? Invoke(MethodInfo? method, object?[]? args) =>
            method!.Name == nameof(IBlobStore.TryReplaceAsync) && (string)args![0]! == BlobNames.Manifest(DatasetId.Parse("cell"))
                ? throw new BlobStoreException("cut off", isTransient: true) : method.Invoke(_blobs, args);
    }

    private static Placement At(double um) => new()
    {
        Key = s_phase, Fixed = s_scan, Start = PlacementStart.Landmarks, Model = PlacementModel.Affine,
        Matrix = new AffineTransform([1, 0, 0, um, 0, 1, 0, um, 0, 0, 1, um]),
        ToScan = new AffineTransform([1, 0, 0, um, 0, 1, 0, um, 0, 0, 1, um]),
    };

    // An analysis finds that the scan in which the volumes are placed drifted, as it lays the volumes.
    private Task<Dataset> DriftAsync() => _store.UpdateAsync(DatasetId.Parse("cell"), now => ValueTask.FromResult(now!.Manifest with
    {
        Volumes = [.. now.Manifest.Volumes.Select(v => v.Hours < 3 ? v : v with
        {
            Registration = new RegistrationManifest
            {
                Transform = s_drift.After(now.Find(v.Modality, v.Hours)!.ScannedTransform).Rows.ToArray(),
            },
        })],
    }), default);

    private static AffineTransform MatrixOf(Dataset dataset, VolumeKey key)
    {
        var volume = dataset.Find(key.Modality, key.Hours)!;
        return volume.Transform.After(VolumePlacer.OwnOf(volume).Inverse());
    }

    private static void Same(AffineTransform expected, AffineTransform actual) =>
        Assert.All(expected.Rows.ToArray().Zip(actual.Rows.ToArray()), p => Assert.Equal(p.First, p.Second, 1e-9));

    private async Task<Dataset> OpenAsync() => (await _store.TryOpenAsync(DatasetId.Parse("cell"), default))!;

    private async Task<Dataset> MakeAsync(bool trusted = false)
    {
        const int N = 12;
        Directory.CreateDirectory(_folder["cell"]);
        File.WriteAllBytes(_folder["cell/a.raw"], [.. Enumerable.Range(0, N * N * N).Select(i => (byte)(i * 31 % 251))]);
        JsonObject Volume(string modality, double hours, bool? exact = null) => new()
        {
            ["modality"] = modality, ["hours"] = hours, ["path"] = "a.raw", ["shape"] = new JsonArray(N, N, N), ["dtype"] = "|u1",
            ["voxelSizeUm"] = new JsonArray(1, 1, 1), ["stageTrusted"] = exact,
        };
        File.WriteAllText(_folder["cell/dataset.json"], new JsonObject
        {
            ["id"] = "cell", ["name"] = "cell",
            ["volumes"] = new JsonArray(
                Volume("projection", 0), Volume("projection", 3), Volume("nano-phase", 3.2, trusted ? true : null),
                Volume("nano-absorption", 3.2)),
        }.ToJsonString());
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportDatasetAsync(_folder["cell"], null, null, default);
        return await OpenAsync();
    }
}
