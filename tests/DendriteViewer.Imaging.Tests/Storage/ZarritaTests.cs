using DendriteViewer.Analysis;
using DendriteViewer.Kernels.Bricks;
using System.Diagnostics;
using System.Security.Cryptography;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Storage;

/// <summary>What we write, read by somebody else's program: zarrita, from npm.</summary>
public sealed class ZarritaTests
{
    [Theory]
    [InlineData("uint16", 70, 130, 600)]
    [InlineData("uint8", 5, 200, 90)]
    [InlineData("float32", 66, 65, 64)]
    [InlineData("int8", 1, 100, 100)]
    public async Task EveryLevel_ReadByZarrita_HasTheSameVoxels(string dtype, int z, int y, int x)
    {
        using var folder = new TempFolder();
        Assert.True(VoxelTypes.TryParse(dtype, out var type));
        var bytes = new byte[z * y * x * type.Size()];
        new Random(8).NextBytes(bytes);
        if (type == VoxelType.Float32)
        {
            // NaN has many bit patterns; JavaScript need not keep which.
            for (var i = 0; i < bytes.Length; i += 4)
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(i), (float)(i * 0.37 % 1000));
            }
        }

        await File.WriteAllBytesAsync(folder["in.raw"], bytes);
        var store = new DatasetStore(new FolderBlobStore(folder["store"]));
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(folder["in.raw"], DatasetId.Parse("v"), new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [z, y, x], Dtype = dtype }), null, default);
        var volume = (await store.TryOpenAsync(DatasetId.Parse("v"), default))!.Volumes[0];
        var expected = new List<string>();
        for (var level = 0; level < volume.Levels; level++)
        {
            await new Exporter(store).ExportAsync(volume, new ExportOptions(level), folder["out.raw"], null, default);
            expected.Add(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(folder["out.raw"]))));
        }

        var script = Path.Combine(TestData.Repository, "tests/DendriteViewer.Imaging.Tests/Storage/read-with-zarrita.mjs");
        using var node = Process.Start(new ProcessStartInfo("node", [script, folder["store/" + volume.Prefix]]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = node.StandardError.ReadToEndAsync();
        var output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
