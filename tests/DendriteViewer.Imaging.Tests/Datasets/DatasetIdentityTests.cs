using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Analysis.Interface;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Tests.Datasets;

/// <summary>A dataset that was deleted and imported again under the same id is another one, for everything that refers to it.</summary>
public sealed class DatasetIdentityTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private static readonly DatasetId Id = DatasetId.Parse("cell");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Identity_IsKeptThroughLaterImports_AndNewAfterDeletion()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var first = await ImportAsync(store, 0, 10);
        Assert.False(first.IsEarlier);
        Assert.Equal(first, await ImportAsync(store, 1, 10));
        Assert.Equal(first, (await store.TryOpenAsync(Id, default))!.Identity);
        await store.DeleteAsync(Id, default);
        Assert.NotEqual(first, await ImportAsync(store, 0, 10));
    }

    [Fact]
    public async Task Identity_HandedOverInAManifest_IsNotTaken()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var first = await ImportAsync(store, 0, 10);
        File.WriteAllText(_folder["dataset.json"], JsonSerializer.Serialize(new
        {
            name = "Other", identity = first.Value,
                volumes =
                new[] { new { path = Raw(10), hours = 0.0, shape = new[] { 40, 40, 40 }, dtype = "uint8",
                voxelSizeUm = new[] { 1.0, 1, 1 } } },
        }));
        var other = await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["dataset.json"], null, null, default);
        Assert.NotEqual(first, other.Identity);
    }

    [Fact]
    public async Task Store_OfAnEarlierVersion_HasADerivedIdentityThatTheNextWriteKeeps()
    {
        IBlobStore blobs = new FolderBlobStore(_folder["store"]);
        await ImportAsync(new DatasetStore(blobs), 0, 10);
        await WithoutIdentityAsync(blobs);
        var store = new DatasetStore(blobs);
        var dataset = (await store.TryOpenAsync(Id, default))!;
        Assert.Equal("legacy-cell", dataset.Identity.Value);
        Assert.True(dataset.Identity.IsEarlier);
        Assert.Equal(dataset.Identity, await ImportAsync(store, 1, 10));
        Assert.Contains("\"identity\": \"legacy-cell\"",
            System.Text.Encoding.UTF8.GetString((await blobs.TryReadAsync(BlobNames.Manifest(Id), default))!));
    }

    [Fact]
    public async Task Folder_CopiedUnderAnotherId_IsAnotherDataset()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var first = await ImportAsync(store, 0, 10);
        foreach (var file in Directory.EnumerateFiles(_folder["store/datasets/cell"], "*", SearchOption.AllDirectories))
        {
            var to = file.Replace("/datasets/cell/", "/datasets/copy/");
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        var copy = (await store.TryOpenAsync(DatasetId.Parse("copy"), default))!;
        Assert.NotEqual(first, copy.Identity);
    }

    [Fact]
    public async Task ServersCaches_AfterAnotherProcessReplacedTheDataset_GiveTheNewVoxels()
    {
        // A server reads through its disk cache; the command deletes and imports beside it. The same shape, so that every blob's name is
        // the same.
        var address = azurite.NewStore();
        var command = new DatasetStore(address);
        var disk = new DiskCache(address, _folder["cache"], 64 << 20);
        var server = new DatasetStore(disk);
        var bricks = new BrickCache(server, 64 << 20);
        var first = await ImportAsync(command, 0, 10);
        Assert.Equal(10, await VoxelAsync(server, bricks));
        await command.DeleteAsync(Id, default);
        var second = await ImportAsync(command, 0, 200);
        Assert.NotEqual(first, second);
        Assert.Equal(200, await VoxelAsync(server, bricks));
        Assert.Equal(second, (await server.TryOpenAsync(Id, default))!.Identity);
    }

    [Fact]
    public async Task Change_OfADatasetThatWasReplacedMeanwhile_IsRefused()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var first = await ImportAsync(store, 0, 10);
        await store.DeleteAsync(Id, default);
        await ImportAsync(store, 0, 20);
        var refused = await Assert.ThrowsAsync<VolumeFormatException>(() =>
            InterfaceCorrections.SetAsync(store, Id, [new WorldPoint(10, 10, 10)], default, first));
        Assert.Contains("was deleted", refused.Message);
        Assert.Contains("was deleted",
            (await Assert.ThrowsAsync<VolumeFormatException>(() => store.DeleteAsync(Id, default, first))).Message);
        Assert.NotNull(await store.TryOpenAsync(Id, default));
    }

    [Fact]
    public async Task Deletion_WhileTheDatasetIsImported_IsRefusedInASentence()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await ImportAsync(store, 0, 10);
        await using var importing = await store.LeaseAsync(Id, default);
        var refused = await Assert.ThrowsAsync<BlobStoreException>(() =>
            new DatasetStore(new FolderBlobStore(_folder["store"])).DeleteAsync(Id, default));
        Assert.Contains("is being written by another import", refused.Message);
        Assert.NotNull(await store.TryOpenAsync(Id, default));
    }

    [Fact]
    public async Task Revision_IsAnotherAfterEachChange_AndTheSameWithout()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await ImportAsync(store, 0, 10);
        var before = (await store.TryOpenAsync(Id, default))!.Revision;
        Assert.Equal(before, (await store.TryOpenAsync(Id, default))!.Revision);
        await ImportAsync(store, 1, 10);
        Assert.NotEqual(before, (await store.TryOpenAsync(Id, default))!.Revision);
    }

    private static async Task<int> VoxelAsync(DatasetStore store, BrickCache bricks)
    {
        var volume = (await store.TryOpenAsync(Id, default))!.Volumes[0];
        return (int)(await bricks.GetAsync(volume, new BrickIndex(0, 0, 0, 0), default)).At(0, 0, 0);
    }

    private static async Task WithoutIdentityAsync(IBlobStore blobs)
    {
        var name = BlobNames.Manifest(Id);
        var json = JsonNode.Parse(SealedJson.Unseal((await blobs.TryReadAsync(name, default))!))!.AsObject();
        json.Remove("identity");
        await blobs.WriteAsync(name, SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(json, DatasetManifest.Json)), default);
    }

    private async Task<DatasetIdentity> ImportAsync(DatasetStore store, double hours, byte value)
    {
        var volume = new VolumeManifest { Hours = hours, Shape = [40, 40, 40], Dtype = "uint8", VoxelSizeUm = [1, 1, 1] };
        return (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportVolumeAsync(new SingleImport(Raw(value), Id, volume), null, default)).Identity;
    }

    private string Raw(byte value)
    {
        var path = _folder[$"{value}.raw"];
        var voxels = new byte[40 * 40 * 40];
        Array.Fill(voxels, value);
        voxels[^1] = 255;
        File.WriteAllBytes(path, voxels);
        return path;
    }
}
