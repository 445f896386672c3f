using System.Runtime.InteropServices;
using System.Text.Json;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Tests.Importing;

/// <summary>Region, conversion, noise filters and registration on the way in.</summary>
public sealed class ImportOptionsTests : IDisposable
{
    private static readonly VolumeShape Shape = new(70, 40, 50);
    private readonly TempFolder _folder = new();
    private readonly DatasetStore _store;

    public ImportOptionsTests() => _store = new DatasetStore(new FolderBlobStore(_folder["store"]));

    [Fact]
    public async Task Region_IsTheVoxelsThatItNames_AndLiesWhereTheyLay()
    {
        var volume = await ImportAsync(v => v with { OriginUm = [10, 20, 30], Region = JsonSerializer.SerializeToElement(new[] { new[] { 5, 69 }, [3, 40], [10, 45] }) });
        Assert.Equal(new VolumeShape(64, 37, 35), volume.Shape);
        Assert.Equal(new WorldPoint(10 + 5 * 0.5, 20 + 3 * 0.5, 30 + 10 * 0.5), volume.Transform.ToWorld(default));
        var dense = await ReadAsync(volume);
        Assert.Equal(Value(5, 3, 10), dense[0]);
        Assert.Equal(Value(68, 39, 44), dense[^1]);
        Assert.Equal("[[5,69],[3,40],[10,45]]", (await DatasetAsync()).Manifest.Volumes[0].Region!.Value.GetRawText().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("uint16", null)]
    [InlineData("uint8", null)]
    [InlineData("uint16", "100,900")]
    public async Task Convert_RecordsWhatValuesWere(string dtype, string? range)
    {
        var limits = range?.Split(',').Select(double.Parse).ToArray();
        var volume = await ImportAsync(v => v with { Convert = new ConvertManifest { Dtype = dtype, Range = limits } });
        Assert.Equal(dtype, volume.Type.ZarrName());
        var kept = (await DatasetAsync()).Manifest.Volumes[0].Convert!;
        var (slope, intercept) = (kept.SlopeIntercept![0], kept.SlopeIntercept[1]);
        var dense = await ReadAsync(volume);
        for (var i = 0; i < dense.Length; i += 37)
        {
            var was = Value(i / (int)Shape.SliceCount, i / Shape.X % Shape.Y, i % Shape.X);
            was = limits is null ? was : (float)Math.Clamp(was, limits[0], limits[1]);
            Assert.InRange(dense[i] * slope + intercept - was, -0.51 * slope, 0.51 * slope);
        }
    }

    [Theory]
    [InlineData("median")]
    [InlineData("nlm")]
    public async Task Denoise_KeepsTheOriginalAndMakesAModality(string filter)
    {
        var plain = await ReadAsync(await ImportAsync(v => v));
        await _store.DeleteAsync(DatasetId.Parse("d"), default);
        var volume = await ImportAsync(v => v with { Denoise = filter });
        Assert.Equal(plain, await ReadAsync(volume));
        var dataset = await DatasetAsync();
        var made = dataset.Find($"projection-{filter}", 0)!;
        Assert.Equal((volume.Shape, volume.Type, volume.Transform), (made.Shape, made.Type, made.Transform));
        var of = dataset.Manifest.Volumes.First(v => v.Modality == made.Key.Modality).DerivedFrom!;
        Assert.Equal(("projection", filter), (of.Modality, of.Filter));
        Assert.InRange(of.Sigma!.Value, 3, 30);

        // Flat along z but for its noise: what is filtered changes less from slice to slice.
        var filtered = await ReadAsync(made);
        double Rough(float[] v) => Enumerable.Range(0, (int)Shape.SliceCount).Average(i => Math.Abs(v[i + 30 * Shape.SliceCount] - v[i + 31 * Shape.SliceCount]));
        Assert.InRange(Rough(filtered) / Rough(plain), 0, 0.6);

        // A second time: everything is there.
        Assert.True((await new Importer(_store, new ScanAnalysis(), TimeProvider.System)
            .ImportVolumeAsync(Asked(v => v with { Denoise = filter }), null, default)).AlreadyThere);
    }

    [Fact]
    public async Task Options_OtherThanThoseOfWhatIsThere_AreRefused()
    {
        await ImportAsync(v => v);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => ImportAsync(v => v with { Convert = new ConvertManifest { Dtype = "uint8" } }));
        Assert.Contains("already has projection at 0 h", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[[0, 5], [0, 4]]""", "region is")]
    [InlineData("""[[5, 5], [0, 4], [0, 4]]""", "region is")]
    [InlineData("""[[0, 71], [0, 40], [0, 50]]""", "leaves it")]
    [InlineData("\"cell\"", "no outline of a cell")]
    public async Task Region_ThatIsNone_IsOneSentence(string json, string expected)
    {
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => ImportAsync(v => v with { Region = JsonDocument.Parse(json).RootElement }));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    // The phantom's cell is a cylinder inside the field of view; later scans have drifted.
    [Fact]
    public async Task Phantom_CroppedToItsCellAndRegistered_KeepsTheCellAndKnowsTheDrift()
    {
        new PhantomWriter(new PhantomOptions { Size = 96, VoxelUm = 2.6, Hours = [0, 1.5], DriftVoxels = 2 }).Write(_folder["phantom"], null, default);
        var result = await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportDatasetAsync(
            _folder["phantom"], v => v with { Region = JsonSerializer.SerializeToElement("cell"), Register = true }, null, default);
        var dataset = (await _store.TryOpenAsync(result.Id, default))!;
        var first = dataset.Volumes[0];
        Assert.Equal(96, first.Shape.Z);
        Assert.InRange(first.Shape.Y, 60, 94);
        Assert.Equal(first.Shape, dataset.Volumes[1].Shape);
        Assert.NotEqual(new WorldPoint(0, 0, 0), first.Transform.ToWorld(default));
        var registration = dataset.Manifest.Volumes.First(v => v.Hours == 1.5).Registration!;
        Assert.InRange(registration.Correlation, 0.8, 1);
        Assert.NotEqual(dataset.Volumes[1].ScannedTransform, dataset.Volumes[1].Transform);
    }

    public void Dispose() => _folder.Dispose();

    private static float Value(int z, int y, int x) => (x < 25 ? 100 : 800) + y + (uint)((z * 7919 + y * 104729 + x * 1299709) % 9973) * 2654435761u % 40;

    private async Task<VolumeInfo> ImportAsync(Func<VolumeManifest, VolumeManifest> with)
    {
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(Asked(with), null, default);
        return (await DatasetAsync()).Find("projection", 0)!;
    }

    private SingleImport Asked(Func<VolumeManifest, VolumeManifest> with)
    {
        var path = _folder["v.raw"];
        if (!File.Exists(path))
        {
            var voxels = new float[Shape.Count];
            for (var i = 0; i < voxels.Length; i++)
            {
                voxels[i] = Value(i / (int)Shape.SliceCount, i / Shape.X % Shape.Y, i % Shape.X);
            }

            File.WriteAllBytes(path, MemoryMarshal.AsBytes(voxels.AsSpan()));
        }

        return new SingleImport(path, DatasetId.Parse("d"), with(new VolumeManifest { Shape = [Shape.Z, Shape.Y, Shape.X], Dtype = "float32", VoxelSizeUm = [0.5, 0.5, 0.5] }));
    }

    private async Task<Dataset> DatasetAsync() => (await _store.TryOpenAsync(DatasetId.Parse("d"), default))!;

    private async Task<float[]> ReadAsync(VolumeInfo volume)
    {
        var reader = await _store.ReaderAsync(volume, default);
        return await DenseLevels.ReadFloatAsync(reader, reader.Levels[0], default);
    }
}
