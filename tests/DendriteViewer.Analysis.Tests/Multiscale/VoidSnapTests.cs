using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Multiscale;

/// <summary>Landmarks that snap to voids, in a scan with a dark ellipsoid and a dark slab of which everything is known.</summary>
public sealed class VoidSnapTests : IDisposable
{
    private const int Size = 64;
    private static readonly WorldPoint s_void = new(15.3, 16.2, 14.6), s_origin = new(100, 200, 300);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1.5, -2, 1)]
    [InlineData(0, 3.2, 0)]
    public async Task Click_InsideOrAtTheEdgeOfAVoid_SnapsToItsCentroid(double z, double y, double x)
    {
        var snapped = await VoidSnap.AtAsync(await StoreAsync(), _volume!, In(s_void + new WorldVector(z, y, x)), default);
        Assert.Null(snapped.Why);
        Assert.InRange((snapped.At - In(s_void)).Length, 0, 0.1);
    }

    [Fact]
    public async Task Click_IntoBrightMaterial_StaysWhereItWasWithASentence()
    {
        var at = In(new WorldPoint(15, 27, 27));
        var snapped = await VoidSnap.AtAsync(await StoreAsync(), _volume!, at, default);
        Assert.Equal(at, snapped.At);
        Assert.Contains("no dark void", snapped.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Click_IntoADarkElectrode_StaysWhereItWasWithASentence()
    {
        var at = In(new WorldPoint(2, 16, 16));
        var snapped = await VoidSnap.AtAsync(await StoreAsync(), _volume!, at, default);
        Assert.Equal(at, snapped.At);
        Assert.Contains("no closed void", snapped.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Click_OutsideOfTheVolume_StaysWhereItWasWithASentence() => Assert.Contains(
        "outside of the volume", (await VoidSnap.AtAsync(await StoreAsync(), _volume!, new WorldPoint(0, 0, 0), default)).Why,
        StringComparison.Ordinal);

    private VolumeInfo? _volume;

    private static WorldPoint In(WorldPoint own) => s_origin + new WorldVector(own.Z, own.Y, own.X);

    // Voxels of 0.5 µm: bright with noise, an ellipsoid with partial voxels at its edge, and a dark slab along one face.
    private async Task<DatasetStore> StoreAsync()
    {
        var random = new Random(1);
        var voxels = new ushort[Size * Size * Size];
        for (var i = 0; i < voxels.Length; i++)
        {
            var (z, y, x) = ((i / (Size * Size) + 0.5) / 2, (i / Size % Size + 0.5) / 2, (i % Size + 0.5) / 2);
            var r = new WorldVector((z - s_void.Z) / 2.5, (y - s_void.Y) / 3.5, (x - s_void.X) / 2).Length;
            var dark = z < 5 ? 1 : Math.Clamp((1.08 - r) / 0.16, 0, 1);
            voxels[i] = (ushort)(30000 - 20000 * dark + 600 * (random.NextDouble() + random.NextDouble() - 1));
        }

        Directory.CreateDirectory(_folder["scan"]);
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(voxels.AsSpan()).ToArray();
        await File.WriteAllBytesAsync(_folder["scan/scan.raw"], bytes);
        await File.WriteAllTextAsync(_folder["scan/dataset.json"], $$"""
            { "name": "snap", "voxelSizeUm": [0.5, 0.5, 0.5], "volumes": [ { "modality": "projection", "hours": 0, "path": "scan.raw",
              "shape": [{{Size}}, {{Size}}, {{Size}}], "dtype": "uint16", "originUm": [100, 200, 300] } ] }
            """);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var importer = new Importer(store, new ScanAnalysis(), TimeProvider.System);
        var id = (await importer.ImportDatasetAsync(_folder["scan"], null, null, default)).Id;
        _volume = (await store.TryOpenAsync(id, default))!.Volumes[0];
        return store;
    }
}
