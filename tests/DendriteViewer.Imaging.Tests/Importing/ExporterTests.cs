using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests.Formats;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Tests.Importing;

/// <summary>What goes out is, voxel for voxel and place for place, what is in the store, in every format, of any level and region.</summary>
public sealed class ExporterTests : IAsyncLifetime, IDisposable
{
    private static readonly VolumeShape Shape = new(150, 90, 140);
    private readonly TempFolder _folder = new();
    private DatasetStore _store = null!;
    private VolumeInfo _volume = null!;

    public async Task InitializeAsync()
    {
        var voxels = new byte[2 * Shape.Count];
        for (var i = 0; i < voxels.Length; i++)
        {
            voxels[i] = (byte)(i * 7919L >> (i % 3));
        }

        await File.WriteAllBytesAsync(_folder["v.raw"], voxels);
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("d"), new VolumeManifest
            {
                Shape = [Shape.Z, Shape.Y, Shape.X], Dtype = "uint16", VoxelSizeUm = [2.1, 0.3241, 0.5], OriginUm = [3, 2, 1],
            }),
            null, default);
        _volume = (await _store.TryOpenAsync(DatasetId.Parse("d"), default))!.Volumes[0];
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("raw", 0, null)]
    [InlineData("raw", 1, "3:70,5:40,7:60")]
    [InlineData("tif", 0, "60:130,0:90,1:140")]
    [InlineData("tif", 1, null)]
    [InlineData("ome.zarr 0.5", 0, null)]
    [InlineData("ome.zarr 0.5", 0, "60:149,10:90,64:140")]
    [InlineData("ome.zarr 0.4", 0, null)]
    [InlineData("ome.zarr 0.4", 1, "1:75,0:45,2:33")]
    public async Task Export_IsWhatIsStored(string format, int level, string? region)
    {
        var reader = await _store.ReaderAsync(_volume, default);
        var of = reader.Levels[level];
        var n = region?.Split(',', ':').Select(int.Parse).ToArray() ?? [0, of.Shape.Z, 0, of.Shape.Y, 0, of.Shape.X];
        var box = new VoxelBox(new(n[0], n[2], n[4]), new(n[1], n[3], n[5]));
        var target = _folder["out." + format.Split(' ')[0]];
        await new Exporter(_store).ExportAsync(_volume, new ExportOptions(level, region is null ? null : box, format.Split(' ')[^1]), target, null, default);

        using var file = VolumeFiles.Open(target, format == "raw" ? new VolumeManifest { Shape = [box.Shape.Z, box.Shape.Y, box.Shape.X], Dtype = "uint16" } : new VolumeManifest());
        Assert.Equal(box.Shape, file.Shape);
        var dense = await DenseLevels.ReadFloatAsync(reader, of, default);
        var got = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, 0)).ToArray();
        for (var i = 0; i < got.Length; i++)
        {
            var (z, y, x) = (box.From.Z + i / box.Shape.SliceCount, box.From.Y + i / box.Shape.X % box.Shape.Y, box.From.X + i % box.Shape.X);
            Assert.Equal(dense[(z * of.Shape.Y + y) * of.Shape.X + x], got[i]);
        }

        // Sizes along all three axes come back bit for bit, and so does the place.
        using var described = format == "raw" ? VolumeFiles.Open(target + ".nhdr", new VolumeManifest()) : null;
        var geometry = (described ?? file).Geometry!.Transform;
        var size = geometry.VoxelSize;
        Assert.Equal((of.FactorZ * 2.1, of.FactorY * 0.3241, of.FactorX * 0.5), (size.Z, size.Y, size.X));
        Assert.Equal(box.Shape, (described ?? file).Shape);
        var ofLevel = _volume.Transform.ForLevel(of.FactorZ, of.FactorY, of.FactorX);
        var corner = ofLevel.ToWorld(new VoxelPoint(box.From.Z, box.From.Y, box.From.X));
        Assert.Equal(0, (geometry.ToWorld(default) - corner).Length, 9);
        if (format.StartsWith("ome", StringComparison.Ordinal))
        {
            Assert.Equal($"OME-Zarr {format.Split(' ')[1]}", file.Format.Split(',')[0]);
        }
        else if (format == "tif")
        {
            Assert.Empty(file.Remarks);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "*unfinished*"));
    }

    [Fact]
    public async Task Export_OverAFolderThatIsThere_IsRefused()
    {
        Directory.CreateDirectory(_folder["a.ome.zarr/x"]);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => new Exporter(_store).ExportAsync(_volume, ExportOptions.Whole, _folder["a.ome.zarr"], null, default));
        Assert.Contains("is there already", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, null, "has levels 0 to 2, not 9")]
    [InlineData(1, "0:76,0:45,0:70", "leaves it")]
    public async Task Export_OfWhatIsNotThere_IsOneSentence(int level, string? region, string why)
    {
        var n = region?.Split(',', ':').Select(int.Parse).ToArray();
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => new Exporter(_store).ExportAsync(
            _volume, new ExportOptions(level, n is null ? null : new VoxelBox(new(n[0], n[2], n[4]), new(n[1], n[3], n[5]))), _folder["x.raw"], null, default));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
