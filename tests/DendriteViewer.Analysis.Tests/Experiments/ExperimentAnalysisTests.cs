using System.Text.Json;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Experiments;

/// <summary>Import and analysis of phantoms, as a user would, against what they were made of.</summary>
public sealed class ExperimentAnalysisTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2, 0d, 1d, 2d, 3.2)]
    [InlineData(3, 0d, 0.5, 1.5, 3.2)]
    public async Task Phantom_ImportedAndAnalysed_GivesItsTruth(int seed, params double[] hours)
    {
        // All eight scans once, and other grains in fewer of them, which take half the time.
        var options = new PhantomOptions { Size = 192, Seed = seed };
        var (store, dataset, truth) = await MakeAsync(hours.Length == 0 ? options : options with { Hours = hours });
        SurfaceIsFound(dataset, truth);
        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe(), null, default);
        var (result, labels) = await analysis.RunAsync(default);
        var whole = result.Voids.Electrolyte.TotalUm3;

        foreach (var bin in result.Voids.Profile(20))
        {
            var expected = truth.GetProperty("voids").GetProperty("bins").EnumerateArray().Single(b => b.GetProperty("fromUm").GetDouble() == bin.FromUm).GetProperty("percentOfElectrolyte").GetDouble();
            Assert.InRange(Math.Abs(bin.PercentOfElectrolyte - expected), 0, Math.Max(0.02, 0.08 * expected));
        }

        foreach (var step in truth.GetProperty("timesteps").EnumerateArray())
        {
            var at = step.GetProperty("hours").GetDouble();
            var expected = step.GetProperty("lithiumUm3").GetDouble();
            var found = result.Lithium.Single(l => l.Hours == at);
            Assert.InRange(found.MeasuredUm3, at <= 1 ? 0 : 0.88 * expected, at <= 1 ? 0.0002 * whole : 1.12 * expected);
            Assert.InRange(found.MeasuredUm3, found.LowUm3, found.HighUm3);
            Assert.Equal(found.MeasuredUm3, found.Pieces.Sum(p => p.VolumeUm3), 3);

            // A scan shows at p + drift what the pristine one shows at p.
            var shift = result.Registrations.Single(r => r.Key.Hours == at).ShiftUm;
            Assert.All(step.GetProperty("driftVoxels").EnumerateArray().Zip(shift), d => Assert.Equal(d.First.GetDouble(), d.Second, 0.1));
        }

        var sites = truth.GetProperty("sites").EnumerateArray().ToArray();
        var hits = sites.Count(s => result.Sites.Any(f => f.BornHours == s.GetProperty("bornHours").GetDouble() && Distance(f.CenterUm, s.GetProperty("centerUm")) <= 4));
        Assert.InRange(hits, Math.Ceiling(0.9 * sites.Length), sites.Length);
        Assert.InRange(result.Sites.Count - hits, 0, 1);
        Assert.All(result.Sites, s => Assert.Equal(s.Volumes[^1].Um3 > 0, s.Events.All(e => e.Kind != "lost" || e.Hours < 3.2)));
        Assert.True(result.Band(Band.Default).OverElectrolyte.P < 0.01);

        // The labels are what the numbers were counted in.
        Assert.Equal(result.Voids.Voids.Count, labels.Voids.Count);
        Assert.Equal(result.Lithium.Select(l => l.Pieces.Count), labels.Lithium.Select(l => l.Pieces.Count));
        Assert.Contains(result.Warnings, w => w.Contains("upper bound", StringComparison.Ordinal));
    }

    // Voids and cracks that open while the cell is plated are dark and were not before; where phase contrast that was placed covers them
    // they are told from lithium, at the time it was taken and before.
    [Fact]
    public async Task PhaseContrast_TellsNewVoidsFromLithium()
    {
        var (store, dataset, truth) = await MakeAsync(new PhantomOptions
        {
            Size = 144, VoxelUm = 1, Hours = [0, 1.5, 2.5, 3.2], Band = new Band(60, 80), Nano = true, NanoSize = 256,
        });
        var nano = truth.GetProperty("nano");
        var matrix = new AffineTransform(nano.GetProperty("matrix").EnumerateArray().SelectMany(r => r.EnumerateArray().Select(v =>
            v.GetDouble())).ToArray());
        var key = new VolumeKey("nano-phase", 3.2);
        await new PlacementStore(store, TimeProvider.System).SaveAsync(dataset, new Placement
        {
            Key = key, Fixed = new VolumeKey("projection", 3.2), Start = PlacementStart.Import, Model = PlacementModel.Affine,
                Matrix = matrix,
            ToScan = matrix,
        }, [], "test", default);
        dataset = (await store.TryOpenAsync(dataset.Id, default))!;
        var (result, _) = await (await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe(), null, default)).RunAsync(default);
        var blind = dataset with { Volumes = dataset.Volumes.Where(v => v.Key.Modality != "nano-phase").ToArray() };
        var (absorption, _) = await (await ExperimentAnalysis.StartAsync(store, blind, new AnalysisRecipe(), null, default)).RunAsync(default);

        // In the first scan's frame, well inside the field.
        var field = new AffineTransform(nano.GetProperty("matrixToFirst").EnumerateArray().SelectMany(r => r.EnumerateArray().Select(v =>
            v.GetDouble())).ToArray());
        bool IsInside(double[] c) => field.ToVoxel(new WorldPoint(c[0], c[1], c[2])) is var p
            && new[] { p.Z, p.Y, p.X }.All(v => v is > 6 and < 256 * 0.15 - 6);
        double[][] Of(string name) => [.. truth.GetProperty(name).EnumerateArray().Select(o =>
            o.GetProperty("centerUm").EnumerateArray().Select(v => v.GetDouble()).ToArray())];
        var openings = Of("newVoids").Concat(Of("cracks")).Where(IsInside).ToArray();
        Assert.NotEmpty(openings);
        double Off(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
        var (seen, told) = (absorption.Lithium[^1].Pieces, result.Lithium[^1].Pieces);
        Assert.All(openings, o => Assert.Contains(seen, p => Off(p.CenterUm, o) < 2));
        Assert.All(openings, o => Assert.DoesNotContain(told, p => Off(p.CenterUm, o) < 2));
        Assert.All(told.Where(p => IsInside(p.CenterUm)), p => Assert.True(p.Confirmed));
        Assert.Contains(told, p => p.Confirmed);
        foreach (var (found, dark) in result.Lithium.Zip(absorption.Lithium).Skip(1))
        {
            Assert.True(found.NewVoidUm3 > 0);
            Assert.Equal(dark.MeasuredUm3, found.MeasuredUm3 + found.NewVoidUm3, 0.1 * dark.MeasuredUm3);
            Assert.Equal(found.Hours == 3.2, found.ConfirmedUm3 > 0);
        }
    }

    // The same recipe on the same scans: the same numbers to the last bit, in whatever order threads ran.
    [Fact]
    public async Task Recipe_RunTwice_GivesTheSameResult()
    {
        var (store, dataset, _) = await MakeAsync(new PhantomOptions { Size = 96, VoxelUm = 2, Hours = [0, 2, 3.2] });
        var recipe = new AnalysisRecipe { Denoise = Denoise.Median, Opening = true, LeastVoidVoxels = 4 };
        var results = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var (result, _) = await (await ExperimentAnalysis.StartAsync(store, dataset, recipe, null, default)).RunAsync(default);
            results.Add(JsonSerializer.Serialize(result with { Registrations = [] }));
        }

        Assert.Equal(results[0], results[1]);
        Assert.Equal(recipe.Hash, (recipe with { BinUm = 5 }).Hash);
        Assert.NotEqual(recipe.Hash, (recipe with { Neighbours = 6 }).Hash);
    }

    // Depth along any axis, either way, a given number or plane: the voids lie as deep.
    [Theory]
    [InlineData("z", -1)]
    [InlineData("y", 1)]
    [InlineData("x", -1)]
    public async Task Depth_AlongAnyAxis_GivesTheSameProfile(string axis, int direction)
    {
        const int N = 96;
        var (store, plain, _) = await MakeAsync(new PhantomOptions { Size = N, VoxelUm = 2, Hours = [0], TiltDeg = 2 });
        var raw = _folder["plain.raw"];
        await new Exporter(store).ExportAsync(plain.Volumes[0], ExportOptions.Whole, raw, null, default);
        var voxels = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(File.ReadAllBytes(raw)).ToArray();
        var turned = new ushort[voxels.Length];
        for (var i = 0; i < voxels.Length; i++)
        {
            int z = i / N / N, y = i / N % N, x = i % N, a = direction > 0 ? z : N - 1 - z;
            turned[axis switch { "y" => (y * N + a) * N + x, "x" => (y * N + x) * N + a, _ => (a * N + y) * N + x }] = voxels[i];
        }

        await File.WriteAllBytesAsync(_folder["turned.raw"], System.Runtime.InteropServices.MemoryMarshal.AsBytes(turned.AsSpan()).ToArray());
        await File.WriteAllTextAsync(_folder["turned.json"], $$"""
            { "name": "turned", "voxelSizeUm": [2, 2, 2], "depth": { "axis": "{{axis}}", "direction": {{direction}}, "interfaceUm": "auto" },
              "volumes": [ { "hours": 0, "path": "turned.raw", "shape": [{{N}}, {{N}}, {{N}}], "dtype": "uint16" } ] }
            """);
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["turned.json"], null, null, default)).Id;
        var expected = await VoidsAsync(store, plain);
        var found = await VoidsAsync(store, (await store.TryOpenAsync(id, default))!);
        Assert.Equal(expected.Electrolyte.TotalUm3, found.Electrolyte.TotalUm3, 0.002 * expected.Electrolyte.TotalUm3);
        Assert.All(expected.Profile(20).Zip(found.Profile(20)), b => Assert.Equal(b.First.PercentOfElectrolyte, b.Second.PercentOfElectrolyte, 0.01));
    }

    [Theory]
    [InlineData("\"interfaceUm\": 900", "no electrolyte in view")]
    [InlineData("\"interfaceUm\": { \"pointUm\": [24, 0, 0], \"normal\": [0, 1, 0] }", "across")]
    [InlineData("\"interfaceUm\": { \"normal\": [0, 1, 0] }", "interfaceUm")]
    public async Task Interface_ThatCannotBeUsed_IsRefusedInOneSentence(string field, string sentence)
    {
        new PhantomWriter(new PhantomOptions { Size = 48, VoxelUm = 4, Hours = [0] }).Write(_folder["phantom"], null, default);
        var path = _folder["phantom/dataset.json"];
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("\"interfaceUm\": \"auto\"", field, StringComparison.Ordinal));
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var e = await Assert.ThrowsAsync<VolumeFormatException>(async () =>
        {
            var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
                .ImportDatasetAsync(_folder["phantom"], null, null, default)).Id;
            await ExperimentAnalysis.StartAsync(store, (await store.TryOpenAsync(id, default))!, new AnalysisRecipe(), null, default);
        });
        Assert.Contains(sentence, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Cancelled_Stops()
    {
        var (store, dataset, _) = await MakeAsync(new PhantomOptions { Size = 64, VoxelUm = 3, Hours = [0, 2] });
        using var stop = new CancellationTokenSource();
        var stopper = new Call(p =>
        {
            if (p.Doing.StartsWith("new dark volume", StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        });
        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe(), stopper, default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => analysis.RunAsync(stop.Token));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<VoidFindings> VoidsAsync(DatasetStore store, Dataset dataset) =>
        (await (await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe { LeastVoidVoxels = 1 }, null, default)).VoidsAsync(null, default)).Findings;

    private async Task<(DatasetStore, Dataset, JsonElement)> MakeAsync(PhantomOptions options)
    {
        new PhantomWriter(options).Write(_folder["phantom"], null, default);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, null, default)).Id;
        return (store, (await store.TryOpenAsync(id, default))!, JsonDocument.Parse(await File.ReadAllTextAsync(_folder["phantom/truth.json"])).RootElement);
    }

    private static void SurfaceIsFound(Dataset dataset, JsonElement truth)
    {
        var (surface, known) = (dataset.Depth.Surface!, truth.GetProperty("interface"));
        var step = known.GetProperty("stepUm").GetDouble();
        var rows = known.GetProperty("heightsUm").EnumerateArray().Select(r => r.EnumerateArray().Select(h => h.GetDouble()).ToArray()).ToArray();
        var squares = new List<double>();
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows.Length; j++)
            {
                if (dataset.Outline!.Contains(i * step, j * step))
                {
                    squares.Add(Math.Pow(surface.HeightAt(i * step, j * step) - rows[i][j], 2));
                }
            }
        }

        Assert.InRange(Math.Sqrt(squares.Average()), 0, 0.3);
        Assert.Equal(known.GetProperty("tiltDeg").GetDouble(), surface.TiltDeg, 0.3);
        Assert.Equal(Math.PI * Math.Pow(truth.GetProperty("cellRadiusUm").GetDouble(), 2), dataset.Outline!.AreaUm2, 0.01 * dataset.Outline.AreaUm2);
    }

    private static double Distance(double[] a, JsonElement b) => Math.Sqrt(b.EnumerateArray().Select((v, i) => Math.Pow(a[i] - v.GetDouble(), 2)).Sum());

    private sealed class Call(Action<AnalysisProgress> action) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => action(value);
    }
}
