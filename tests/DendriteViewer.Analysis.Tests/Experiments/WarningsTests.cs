using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Experiments;

/// <summary>What an analysis rests on that is not known, guessed or missing is said with its numbers.</summary>
public sealed class WarningsTests : IDisposable
{
    private const double Plated = 9.698e8;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // 1 mA for two hours, then open circuit until twelve: 7.2 C at both.
    [Theory]
    [InlineData("hours", 1, false, "has no rows from 2 h to 12 h")]
    [InlineData("time_s", 3600, false, "has no rows from 2 h to 12 h")]
    [InlineData("time_min", 60, true, null)]
    public async Task Current_ThatStops_PlatesNoMoreWhateverTheUnitOfItsTimes(string head, double perHour, bool stepped, string? warning)
    {
        var rows = new List<(double Hours, double Current)>(Enumerable.Range(0, 21).Select(k => (k / 10.0, 1.0)));
        rows.AddRange(stepped ? [(2.0, 0.0), (12.0, 0.0), (12.1, 0.0)] : [(12.0, 0.0), (12.1, 0.0)]);
        var csv = $"{head},current_mA\n" + string.Concat(rows.Select(r => string.Create(CultureInfo.InvariantCulture,
            $"{r.Hours * perHour},{r.Current}\n")));
        var (store, dataset, warnings) = await ImportAsync(csv, [0, 2, 12]);
        var (result, _) = await (await ExperimentAnalysis.StartAsync(store, dataset, new AnalysisRecipe(), null, default))
            .RunAsync(default);
        Assert.All(result.Lithium.Skip(1), l => Assert.InRange(l.FaradayUm3!.Value, 0.999 * Plated, 1.001 * Plated));
        Assert.Equal(stepped, result.Lithium[^1].FaradayHighUm3 < 1.01 * Plated);
        foreach (var said in new[] { warnings, result.Warnings })
        {
            Assert.Equal(warning is not null, said.Any(w => w.Contains(warning ?? "no rows", StringComparison.Ordinal)));
            Assert.Contains(said, w => w.Contains("a unit or the electrode's area is wrong", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Current_WithNaN_IsRefusedByTheImportWithItsLine()
    {
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => ImportAsync("hours,current_mA\n0,1\n0.5,nan\n1,1\n", [0]));
        Assert.Contains("current.csv, line 3: current_mA is nan", e.Message, StringComparison.Ordinal);
    }

    // A store may hold a series of before series were checked: the analysis goes on without Faraday's volume, and says why.
    [Fact]
    public async Task Current_ThatAStoreHoldsUnread_CostsFaradayAloneAndIsSaid()
    {
        var (store, dataset, _) = await ImportAsync("hours,current_mA\n0,1\n1,1\n", [0, 1]);
        await store.Blobs.WriteAsync(
            BlobNames.Dataset(dataset.Id) + BlobNames.SeriesPath("current"), Encoding.UTF8.GetBytes("hours,current_mA\n0,1\n0.5,nan\n"),
                default);
        var old = await store.UpdateAsync(dataset.Id, d => ValueTask.FromResult(d!.Manifest with
        {
            Series = d.Manifest.Series.Select(s => s with { Sha256 = null }).ToArray(),
        }), default);
        var (result, _) = await (await ExperimentAnalysis.StartAsync(store, old, new AnalysisRecipe(), null, default)).RunAsync(default);
        Assert.All(result.Lithium, l => Assert.Null(l.FaradayUm3));
        Assert.Contains(result.Warnings, w => w.Contains("line 3: current_mA is nan", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ \"axis\": \"z\", \"direction\": 1 }", 0, "gives no depth.interfaceUm")]
    [InlineData("{ \"axis\": \"z\", \"direction\": 1, \"interfaceUm\": -50 }", 0,
        "The interface at -50 µm lies outside of the scan, 0 to 192 µm on z")]
    [InlineData("{ \"axis\": \"z\", \"direction\": 1, \"interfaceUm\": 25 }", 1e6, "everything is darker")]
    [InlineData("{ \"axis\": \"z\", \"direction\": 1, \"interfaceUm\": 25 }", -5, "nothing is darker")]
    public async Task Analysis_OfWhatWasNotSaid_IsWarnedOf(string depth, double threshold, string sentence)
    {
        var (store, dataset, _) = await ImportAsync(null, [0], depth);
        var recipe = new AnalysisRecipe { Rule = ThresholdRule.Manual, Threshold = threshold == 0 ? 20000 : threshold };
        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, recipe, null, default);
        Assert.Contains(analysis.Warnings, w => w.Contains(sentence, StringComparison.Ordinal));
    }

    private async Task<(DatasetStore, Dataset, IReadOnlyList<string>)> ImportAsync(string? current, double[] hours, string? depth = null)
    {
        new PhantomWriter(new PhantomOptions { Size = 64, VoxelUm = 3, Hours = hours }).Write(_folder["phantom"], null, default);
        var path = _folder["phantom/dataset.json"];
        var manifest = Manifests.Parse(await File.ReadAllBytesAsync(path), path);
        if (current is not null)
        {
            await File.WriteAllTextAsync(_folder["phantom/current.csv"], current);
            manifest = manifest with { Series = [new SeriesManifest { Kind = "current", Path = "current.csv" }] };
        }

        if (depth is not null)
        {
            manifest = manifest with { Depth = System.Text.Json.JsonSerializer.Deserialize<DepthManifest>(depth, DatasetManifest.Json) };
        }

        await File.WriteAllBytesAsync(path, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(manifest, DatasetManifest.Json));
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var result = await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, null, default);
        return (store, (await store.TryOpenAsync(result.Id, default))!, result.Warnings);
    }
}
