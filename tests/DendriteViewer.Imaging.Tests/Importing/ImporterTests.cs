using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Importing;

public sealed class ImporterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DatasetStore _store;

    public ImporterTests()
    {
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        new PhantomWriter(new PhantomOptions { Size = 48, VoxelUm = 4, Hours = [0, 1.5] }).Write(_folder["phantom"], null, default);
    }

    [Fact]
    public async Task Import_OfAnExperiment_PublishesItWhole()
    {
        var result = await ImportAsync();
        var dataset = (await _store.TryOpenAsync(result.Id, default))!;
        Assert.Equal([0, 1.5], dataset.HoursOf("projection"));
        Assert.Equal(["voltage", "current"], dataset.Manifest.Series.Select(s => s.Kind));
        Assert.NotNull(await _store.SeriesAsync(dataset, "voltage", default));
        Assert.True((await ImportAsync()).AlreadyThere);
    }

    // Whoever adds a series of their own to a dataset.json that has one writes it below.
    [Fact]
    public async Task Import_OfTwoSeriesOfAKind_TakesTheLastAndSaysSo()
    {
        var path = _folder["phantom/dataset.json"];
        await File.WriteAllTextAsync(_folder["phantom/own.csv"], "hours,current_mA\n0,0.001\n1,0.001\n1.5,0.001\n");
        var manifest = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        manifest["series"]!.AsArray().Add(new System.Text.Json.Nodes.JsonObject { ["kind"] = "current", ["path"] = "own.csv" });
        await File.WriteAllTextAsync(path, manifest.ToJsonString());
        var result = await ImportAsync();
        var dataset = (await _store.TryOpenAsync(result.Id, default))!;
        Assert.Equal(["voltage", "current"], dataset.Manifest.Series.Select(s => s.Kind));
        Assert.Equal(0.001, (await _store.SeriesAsync(dataset, "current", default))!.Values[0]);
        Assert.Contains(result.Warnings, w => w.Contains("names 2 series of kind current; the last was taken", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing", "lacks slice 20")]
    [InlineData("corrupt", "slice_0020.tif")]
    [InlineData("cut", "slice_0020.tif")]
    [InlineData("size", "slice_0020.tif is 10 × 10 uint16")]
    [InlineData("series", "voltage.csv")]
    public async Task Import_OfABrokenExperiment_NamesTheFileAndLeavesNothing(string fault, string expected)
    {
        var slice = _folder["phantom/projection/t1.5/slice_0020.tif"];
        switch (fault)
        {
            case "missing": File.Delete(slice); break;
            case "corrupt": File.WriteAllText(slice, "this is no picture"); break;
            case "cut": File.WriteAllBytes(slice, File.ReadAllBytes(slice)[..600]); break;
            case "size":
                using (var file = File.Create(slice))
                {
                    new ClassicTiffSlice(10, 10, 1).Write(file, new byte[200]);
                }

                break;
            default: File.WriteAllText(_folder["phantom/voltage.csv"], "hours,voltage_V\n0,abc\n"); break;
        }

        var e = await Assert.ThrowsAsync<VolumeFormatException>(ImportAsync);
        Assert.Contains(expected, e.Message);
        Assert.Empty(await BlobsAsync());
    }

    [Fact]
    public async Task Import_Cancelled_LeavesNothing()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Relay(p =>
        {
            if (p.DoneBytes > p.TotalBytes / 3)
            {
                stop.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Importer(_store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, progress, stop.Token));
        Assert.Empty(await BlobsAsync());
    }

    [Fact]
    public async Task Import_ConfinedToAFolder_RefusesPathsAndLinksThatLeaveIt()
    {
        var importer = new Importer(_store, new ScanAnalysis(), TimeProvider.System) { Roots = [_folder["phantom"]] };
        File.WriteAllText(_folder["secret.csv"], "hours,v\n0,1\n");
        var path = _folder["phantom/dataset.json"];
        var text = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, text.Replace("voltage.csv", "../secret.csv"));
        Assert.Contains("not below", (await Assert.ThrowsAsync<VolumeFormatException>(() => importer.ImportDatasetAsync(_folder["phantom"], null, null, default))).Message);
        File.CreateSymbolicLink(_folder["phantom/link"], _folder.Path);
        await File.WriteAllTextAsync(path, text.Replace("voltage.csv", "link/secret.csv"));
        Assert.Contains("not below", (await Assert.ThrowsAsync<VolumeFormatException>(() => importer.ImportDatasetAsync(_folder["phantom"], null, null, default))).Message);
        await File.WriteAllTextAsync(path, text);
        await importer.ImportDatasetAsync(_folder["phantom"], null, null, default);
    }

    [Fact]
    public async Task Import_OfOtherFilesIntoAPublishedTimestep_IsRefused()
    {
        await ImportAsync();
        File.SetLastWriteTimeUtc(_folder["phantom/projection/t0.0/slice_0003.tif"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Contains("published volumes never change", (await Assert.ThrowsAsync<VolumeFormatException>(ImportAsync)).Message);
    }

    [Theory]
    [InlineData("{", "dataset.json")]
    [InlineData("""{"name":"x","volumes":[]}""", "volumes is empty")]
    [InlineData("""{"name":"x","volumes":[{"path":"voltage.csv","shape":[1,1,1],"dtype":"u1"}]}""", "voxelSizeUm is missing")]
    [InlineData("""{"name":"x","voxelSizeUm":[1,0,1],"volumes":[{"path":"a"}]}""", "above 0")]
    [InlineData("""{"name":"x","voxelSizeUm":[1,1,1],"volumes":[{"path":"nowhere"}]}""", "nowhere does not exist")]
    [InlineData("""{"name":"x","voxelSizeUm":[1,1,1],"volumes":[{"path":"a","modality":"../../x"}]}""", "modality")]
    [InlineData("""{"name":"x","voxelSizeUm":[1,1,1],"volumes":[{"path":"a","modality":"lithium"}]}""", "labels of the analysis")]
    [InlineData("""{"name":"x","voxelSizeUm":[1,1,1],"cell":{"outlineUm":[[1,2]]},"volumes":[{"path":"a"}]}""", "cell.outlineUm")]
    [InlineData("""{"name":"x","voxelSizeUm":[1,1,1],"depth":{"surface":{"shape":[2,2],"originUm":[0,0],"stepUm":1,"heightsUm":[1,2,3]}},"volumes":[{"path":"a"}]}""", "no interface that can be used")]
    [InlineData("""{"name":"x","voxelSizeUm":[1,1,1],"volumes":[{"path":"a","hours":"soon"}]}""", "hours")]
    [InlineData("""{"name":"x","voxelSizeUm":[1,1,1],"volumes":[{"path":"a"},{"path":"b"}]}""", "second")]
    public async Task Manifest_ThatCannotBeUsed_IsOneSentenceWithItsField(string json, string expected)
    {
        await File.WriteAllTextAsync(_folder["phantom/dataset.json"], json);
        Assert.Contains(expected, (await Assert.ThrowsAsync<VolumeFormatException>(ImportAsync)).Message);
        Assert.Empty(await BlobsAsync());
    }

    [Fact]
    public async Task Manifest_UnknownFields_AreKept()
    {
        var path = _folder["phantom/dataset.json"];
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("\"cell\": {", "\"beamline\": {\"name\":\"I13\"}, \"cell\": { \"pressureMPa\": 70,"));
        var dataset = (await _store.TryOpenAsync((await ImportAsync()).Id, default))!;
        Assert.Equal("I13", dataset.Manifest.Other!["beamline"].GetProperty("name").GetString());
        Assert.Equal(70, dataset.Manifest.Cell!.Other!["pressureMPa"].GetInt32());
    }

    [Fact]
    public async Task Manifest_InterfaceAuto_IsFoundWithinAVoxel()
    {
        var truth = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(_folder["phantom/truth.json"])).RootElement.GetProperty("interfaceUm").GetDouble();
        var dataset = (await _store.TryOpenAsync((await ImportAsync()).Id, default))!;
        Assert.Equal(truth, dataset.Depth.InterfaceUm, 4.0);
    }

    [Fact]
    public async Task Verify_AFlippedByte_IsReportedWithItsPlaceAndNeverRead()
    {
        var id = (await ImportAsync()).Id;
        var shard = Directory.EnumerateFiles(_folder["store"], "*", SearchOption.AllDirectories).First(f => f.Contains("/0/c/"));
        var bytes = await File.ReadAllBytesAsync(shard);
        bytes[bytes.Length / 3] ^= 0x40;
        await File.WriteAllBytesAsync(shard, bytes);
        var fresh = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var bad = new List<BadBrick>();
        await foreach (var b in new Verifier(fresh).VerifyAsync((await fresh.TryOpenAsync(id, default))!, default))
        {
            if (b is not null)
            {
                bad.Add(b);
            }
        }

        Assert.Contains("/0/c/", Assert.Single(bad).Reason);
    }

    [Fact]
    public async Task Delete_RemovesEveryBlob()
    {
        var id = (await ImportAsync()).Id;
        Assert.True(await _store.DeleteAsync(id, default));
        Assert.Empty(await BlobsAsync());
        Assert.False(await _store.DeleteAsync(id, default));
    }

    public void Dispose() => _folder.Dispose();

    private Task<ImportResult> ImportAsync() => new Importer(_store, new ScanAnalysis(), TimeProvider.System)
        .ImportDatasetAsync(_folder["phantom"], null, null, default);

    private async Task<List<string>> BlobsAsync()
    {
        var list = new List<string>();
        await foreach (var blob in _store.Blobs.ListAsync(BlobNames.Datasets, default))
        {
            list.Add(blob.Name);
        }

        return list;
    }

    private sealed class Relay(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
