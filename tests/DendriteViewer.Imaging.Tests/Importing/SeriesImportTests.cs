using System.Text.Json.Nodes;
using DendriteViewer.Analysis;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Importing;

/// <summary>Series of a dataset that is stored already: what its dataset.json says of them now is published.</summary>
public sealed class SeriesImportTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DatasetStore _store;

    public SeriesImportTests()
    {
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        new PhantomWriter(new PhantomOptions { Size = 32, VoxelUm = 4, Hours = [0, 1.5] }).Write(_folder["phantom"], null, default);
    }

    [Fact]
    public async Task Import_ClockStatedAfterwards_IsPublishedAndSaidOnce()
    {
        var first = await ImportAsync();
        Assert.Empty(first.SeriesChanges);
        var before = (await VoltageAsync(first.Id)).Hours;
        Edit(s => s["clock"] = new JsonObject { ["offsetSeconds"] = 600 });

        var again = await ImportAsync();
        Assert.True(again.AlreadyThere);
        Assert.Equal(
            "The voltage series was published anew: its clock changed. Its clock is stated to be 600 s ahead at 0 h.",
            again.SeriesChanges[0]);
        Assert.Equal(2, again.SeriesChanges.Count);
        Assert.Equal(again.SeriesChanges, again.Warnings.Take(2));
        var after = (await VoltageAsync(first.Id)).Hours;
        Assert.Equal(before[^1] - (600 / 3600.0), after[^1], 1e-9);
        Assert.Empty((await ImportAsync()).SeriesChanges);

        Edit(s => s.Remove("clock"));
        Assert.EndsWith("No clock is stated for it any more.", (await ImportAsync()).SeriesChanges[0], StringComparison.Ordinal);
        Assert.Equal(before, (await VoltageAsync(first.Id)).Hours);
    }

    [Fact]
    public async Task Import_OtherRows_ArePublishedBesideThoseThatReadersHave()
    {
        var id = (await ImportAsync()).Id;
        var held = (await _store.TryOpenAsync(id, default))!;
        var before = (await _store.SeriesAsync(held, "voltage", default))!.Values;
        await File.WriteAllTextAsync(_folder["phantom/voltage.csv"], "hours,voltage_V\n0,0.5\n1.5,0.6\n");

        Assert.Equal(["The voltage series was published anew: its values changed."], (await ImportAsync()).SeriesChanges);
        Assert.Equal([0.5, 0.6], (await VoltageAsync(id)).Values);
        Assert.Equal(before, (await _store.SeriesAsync(held, "voltage", default))!.Values);

        // Nothing names the former rows now.
        var stray = BlobNames.Dataset(id) + BlobNames.SeriesPath("voltage");
        var time = new Later();
        Assert.Equal([stray], (await new Janitor(_store, time).SweepAsync(TimeSpan.FromHours(1), remove: true, default)).Prefixes);
        Assert.Null(await _store.Blobs.StatAsync(stray, default));
        Assert.Equal([0.5, 0.6], (await VoltageAsync(id)).Values);
    }

    [Fact]
    public async Task Import_OtherCurrentOfAnAnalysedDataset_SaysThatTheAnalysisIsOfTheFormer()
    {
        var id = (await ImportAsync()).Id;
        await _store.Blobs.WriteAsync(BlobNames.Dataset(id) + BlobNames.AnalysisPath("projection"), "{}"u8.ToArray(), default);
        Edit(s => s["clock"] = new JsonObject { ["driftPpm"] = 50 });
        Assert.Contains((await ImportAsync()).SeriesChanges, c => c.EndsWith("run the analysis again.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_WithDamagedRowsInTheStore_WritesThemAnew()
    {
        var id = (await ImportAsync()).Id;
        await _store.Blobs.WriteAsync(BlobNames.Dataset(id) + BlobNames.SeriesPath("voltage"),
            "hours,voltage_V\n0,9\n"u8.ToArray(), default);
        await Assert.ThrowsAsync<VolumeFormatException>(() => VoltageAsync(id));
        Assert.Contains("damaged or missing", Assert.Single((await ImportAsync()).SeriesChanges), StringComparison.Ordinal);
        await VoltageAsync(id);
    }

    [Theory]
    [InlineData("clock", "{}", "states neither offsetSeconds nor driftPpm")]
    [InlineData("clock", """{ "offsetSigma": 2 }""", "states neither offsetSeconds nor driftPpm")]
    [InlineData("clock", """{ "offsetSecond": 600 }""", "has 'offsetSecond', which is not known")]
    [InlineData("source", """{ "colunm": "I" }""", "has 'colunm', which is not known")]
    public async Task Import_MisspeltFieldOfASeries_IsRefused(string field, string json, string sentence)
    {
        Edit(s => s[field] = JsonNode.Parse(json));
        var message = (await Assert.ThrowsAsync<VolumeFormatException>(ImportAsync)).Message;
        Assert.Contains($"the {field} of the voltage series {sentence}", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OfAFileBeyondTheBound_NamesFileAndBound()
    {
        using (var file = File.OpenWrite(_folder["phantom/voltage.csv"]))
        {
            file.SetLength((long)Ranges.SeriesBytes.Most + 1);
        }

        var message = (await Assert.ThrowsAsync<VolumeFormatException>(ImportAsync)).Message;
        Assert.Contains("voltage.csv, the voltage series, is larger than 512 MiB", message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnitProblem_OfATemperature_NamesAUnitThatKeyboardsHave() =>
        Assert.Contains("name it as in temperature_degC", SeriesColumns.UnitProblem("temperature", "temperature"),
            StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private Task<ImportResult> ImportAsync() => new Importer(_store, new ScanAnalysis(), TimeProvider.System)
        .ImportDatasetAsync(_folder["phantom"], null, null, default);

    private async Task<Series> VoltageAsync(DatasetId id) =>
        (await _store.SeriesAsync((await _store.TryOpenAsync(id, default))!, "voltage", default))!;

    // Changes every series of dataset.json.
    private void Edit(Action<JsonObject> change)
    {
        var path = _folder["phantom/dataset.json"];
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (var s in manifest["series"]!.AsArray())
        {
            change(s!.AsObject());
        }

        File.WriteAllText(path, manifest.ToJsonString());
    }

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddDays(1);
    }
}
