using DendriteViewer.Analysis;
using DendriteViewer.Kernels.Bricks;
using System.Security.Cryptography;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Importing;

public sealed class RoundTripTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private readonly TempFolder _folder = new();

    [DataTheory]
    [InlineData("electrode/electrode.tiff", "electrode/electrode.tiff")]
    [InlineData("nmc_ct/nmc-1-cal_generatedCBD_bridge.tif", "nmc_ct/nmc-1-cal_generatedCBD_bridge.tif")]
    [InlineData("nmc_labels/NMC_lr_input.tif", "nmc_labels/NMC_lr_input.tif")]
    [InlineData("nmc_labels/SOFC_lr_input.tif", "nmc_labels/SOFC_lr_input.tif")]
    [InlineData("bone_stack", "bone_stack")]
    [InlineData("fiberform/100_fiberform.tif", "fiberform/100_fiberform.tif")]
    public async Task RealVolume_ImportedAndExported_HasItsReferenceVoxels(string path, string reference)
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        Assert.Equal(TestData.Sha256(reference), await ThroughAsync(store, path, 0, ".raw"));
    }

    [DataFact]
    public async Task FoamSeries_FourStepsInAzure_KeepTheirVoxelsAndVerify()
    {
        var store = new DatasetStore(azurite.NewStore());
        var reference = await File.ReadAllTextAsync(TestData.File("foam_series/reference.json"));
        for (var step = 1; step <= 4; step++)
        {
            Assert.Contains(await ThroughAsync(store, $"foam_series/Raw_{step:000}.tiff", step, ".raw"), reference);
        }

        var dataset = (await store.TryOpenAsync(DatasetId.Parse("real"), default))!;
        Assert.Equal([1, 2, 3, 4], dataset.HoursOf("projection"));
        var bricks = 0;
        await foreach (var bad in new Verifier(store).VerifyAsync(dataset, default))
        {
            Assert.Null(bad);
            bricks++;
        }

        Assert.Equal(4 * (8 + 1), bricks);
    }

    [DataFact]
    public async Task Export_AsTiff_ImportsAgainWithTheSameVoxels()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await ThroughAsync(store, "nmc_labels/SOFC_lr_input.tif", 0, ".tif");
        Assert.Equal(TestData.Sha256("nmc_labels/SOFC_lr_input.tif"), await ThroughAsync(store, _folder["out0.tif"], 1, ".raw"));
    }

    [Theory]
    [InlineData("uint8")]
    [InlineData("int8")]
    [InlineData("uint16")]
    [InlineData("int16")]
    [InlineData("float32")]
    [InlineData(">u2")]
    [InlineData(">f4")]
    public async Task Raw_OfEveryType_ComesBackBitForBitInLittleEndian(string dtype)
    {
        Assert.True(VoxelTypes.TryParse(dtype, out var type));
        var bytes = new byte[7 * 70 * 130 * type.Size()];
        new Random(5).NextBytes(bytes);
        await File.WriteAllBytesAsync(_folder["in.raw"], [1, 2, 3, .. bytes]);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["in.raw"], DatasetId.Parse("raw"), new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [7, 70, 130], Dtype = dtype, ByteOffset = 3 }), null, default);
        var dataset = (await store.TryOpenAsync(DatasetId.Parse("raw"), default))!;
        await new Exporter(store).ExportAsync(dataset.Volumes[0], ExportOptions.Whole, _folder["out.raw"], null, default);
        if (dtype[0] == '>')
        {
            for (var i = 0; i < bytes.Length; i += type.Size())
            {
                Array.Reverse(bytes, i, type.Size());
            }
        }

        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder["out.raw"]));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> ThroughAsync(DatasetStore store, string path, double hours, string ending)
    {
        var id = DatasetId.Parse("real");
        var full = Path.IsPathRooted(path) ? path : TestData.File(path);
        await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportVolumeAsync(new SingleImport(full, id, new VolumeManifest { Hours = hours, VoxelSizeUm = [1, 1, 1] }), null, default);
        var target = _folder[$"out{hours}{ending}"];
        var volume = (await store.TryOpenAsync(id, default))!.Find("projection", hours)!;
        await new Exporter(store).ExportAsync(volume, ExportOptions.Whole, target, null, default);
        return Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(target)));
    }
}
