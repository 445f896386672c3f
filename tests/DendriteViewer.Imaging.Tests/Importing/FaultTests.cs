using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Tests.Importing;

/// <summary>What befalls stores and files, and what people are told of it.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Azurite_KilledInTheMiddleOfAnImport_TheImportWaitsForItAndFinishes()
    {
        using var azurite = new AzuriteFixture();
        var store = new DatasetStore(azurite.NewStore());
        Write(640, 96);
        var killed = 0;
        var back = Task.CompletedTask;
        var silent = 0;
        store.Blobs.Health.Changed += () => silent += store.Blobs.Health.IsAnswering ? 0 : 1;
        var progress = new Relay(p =>
        {
            if (p.DoneBytes > p.TotalBytes / 3 && Interlocked.Exchange(ref killed, 1) == 0)
            {
                azurite.Kill();
                back = Task.Run(async () =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
                    azurite.Start();
                });
            }
        });
        var result = await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportVolumeAsync(Asked(640, 96), progress, default);
        await back;
        Assert.Equal(1, killed);
        Assert.True(silent > 0 && store.Blobs.Health.IsAnswering);
        var dataset = (await store.TryOpenAsync(result.Id, default))!;
        Assert.Empty(await BadAsync(store, dataset));
        var reader = await store.ReaderAsync(dataset.Volumes[0], default);
        Assert.Equal(640, reader.Shape.Z);
    }

    [Fact]
    public async Task File_ThatChangesWhileItIsRead_IsRefusedAndLeavesNothing()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        Write(200, 64);
        var progress = new Relay(p =>
        {
            if (p.DoneBytes > 0)
            {
                File.SetLastWriteTimeUtc(_folder["v.raw"], new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            }
        });
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportVolumeAsync(Asked(200, 64), progress, default));
        Assert.Contains("v.raw changed while it was read", e.Message, StringComparison.Ordinal);
        Assert.Empty(await NamesAsync(store));
    }

    [Fact]
    public async Task Import_WhileAnotherWritesTheDataset_WaitsAndThenSaysSo()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        Write(64, 64);
        await using (await store.LeaseAsync(DatasetId.Parse("d"), default))
        {
            var e = await Assert.ThrowsAsync<BlobStoreException>(() => new Importer(store, new ScanAnalysis(), TimeProvider.System)
                .ImportVolumeAsync(Asked(64, 64), null, default));
            Assert.True(e.IsTransient);
            Assert.Contains("d is being written by another", e.Message, StringComparison.Ordinal);
        }

        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(Asked(64, 64), null, default);
    }

    [Fact]
    public async Task WhatADeadImportLeft_IsSweptAndNothingElse()
    {
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        Write(130, 64);
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(Asked(130, 64), null, default);
        var names = await NamesAsync(store);
        foreach (var stray in new[] { "datasets/d/volumes/projection/t7.ome.zarr/0/c/0/0/0", "datasets/d/volumes/projection/t7.ome.zarr/import.json", "datasets/gone/volumes/projection/t0.ome.zarr/import.json" })
        {
            await store.Blobs.WriteAsync(stray, new byte[100], default);
        }

        Assert.Empty((await new Janitor(store, TimeProvider.System).SweepAsync(TimeSpan.FromHours(1), remove: true, default)).Prefixes);
        Assert.Equal(2, (await new Janitor(store, TimeProvider.System).SweepAsync(TimeSpan.Zero, remove: false, default)).Prefixes.Count);
        await using (await store.LeaseAsync(DatasetId.Parse("gone"), default))
        {
            var swept = await new Janitor(store, TimeProvider.System).SweepAsync(TimeSpan.Zero, remove: true, default);
            Assert.Equal(["datasets/d/volumes/projection/t7.ome.zarr/"], swept.Prefixes);
            Assert.Equal(200, swept.Bytes);
        }

        await new Janitor(store, TimeProvider.System).SweepAsync(TimeSpan.Zero, remove: true, default);
        Assert.Equal(names, await NamesAsync(store));
    }

    // What may not be read or written is named, and nothing is half there.
    [Fact]
    public async Task WithoutPermission_ThereIsASentence_AndNothingHalfPublished()
    {
        var (stack, store) = (Directory.CreateDirectory(_folder["stack"]).FullName, Directory.CreateDirectory(_folder["closed"]).FullName);
        for (var z = 0; z < 4; z++)
        {
            await using var file = File.Create(Path.Combine(stack, $"{z}.tif"));
            var tiff = new TiffStackWriter(file, new VolumeShape(1, 64, 64), VoxelType.UInt8, new VoxelSize(1, 1, 1));
            tiff.Add(new byte[64 * 64]);
            tiff.Finish();
        }

        string[] ingest = ["ingest", stack, "--dataset", "d", "--hours", "0", "--voxel-um", "1"];
        Chmod(store, "555");
        await AssertSaysAsync($"The store may not write {store}/leases/d; change the folder's permissions.", ingest);

        Chmod(store, "755");
        Chmod(Path.Combine(stack, "2.tif"), "000");
        await AssertSaysAsync($"{stack}/2.tif may not be read; change its permissions.", ingest);
        Assert.Empty(await NamesAsync(new DatasetStore(new FolderBlobStore(store))));

        Chmod(Path.Combine(stack, "2.tif"), "644");
        await AssertSaysAsync(null, ingest);
        foreach (var (path, command) in new[] { ("datasets/d/dataset.json", "list"), ("datasets/d", "info"), ("datasets", "list"), ("datasets/d/volumes/projection/t0.ome.zarr/0/c/0/0/0", "verify") })
        {
            var full = Path.Combine(store, path);
            Chmod(full, "000");
            await AssertSaysAsync($"{full}", command == "list" ? [command] : [command, "d"]);
            Chmod(full, "755");
        }

        await AssertSaysAsync(null, "verify", "d");

        async Task AssertSaysAsync(string? sentence, params string[] command)
        {
            var (code, said) = await PlainlyAsync([.. command, "--store", store]);
            Assert.True(code == (sentence is null ? 0 : 1), $"{string.Join(' ', command)}: {code}, {said}");
            Assert.Contains(sentence ?? "", said, StringComparison.Ordinal);
            Assert.Contains(sentence is null ? "" : "permissions", said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        }
    }

    // Every byte of the metadata, and bytes all over the shards: what is not what was published is named, and never given out.
    [Fact]
    public async Task FlippedByte_AnywhereInADataset_IsReportedWithItsPlace()
    {
        var blobs = (IBlobStore)new FolderBlobStore(_folder["store"]);
        Write(70, 70);
        await new Importer(new DatasetStore(blobs), new ScanAnalysis(), TimeProvider.System)
            .ImportVolumeAsync(Asked(70, 70), null, default);
        var random = new Random(7);
        var tried = 0;
        foreach (var name in await NamesAsync(new DatasetStore(blobs)))
        {
            var good = (await blobs.TryReadAsync(name, default))!;
            var isJson = name.EndsWith(".json", StringComparison.Ordinal);
            for (var at = isJson ? 0 : random.Next(97); at < good.Length; at += isJson ? 1 + good.Length / 150 : 1 + random.Next(good.Length / 40 + 1))
            {
                var bad = good.ToArray();
                bad[at] ^= (byte)(1 << random.Next(8));
                await blobs.WriteAsync(name, bad, default);
                Assert.True(await IsReportedAsync(blobs, name), $"{name}: byte {at}, {good[at]} made {bad[at]}, was not reported.");
                tried++;
            }

            await blobs.WriteAsync(name, good, default);
        }

        Assert.True(tried > 300, $"{tried}");
        Assert.Empty(await BadAsync(new DatasetStore(blobs), (await new DatasetStore(blobs).TryOpenAsync(DatasetId.Parse("d"), default))!));
    }

    public void Dispose() => _folder.Dispose();

    private static void Chmod(string path, string mode)
    {
        using var process = System.Diagnostics.Process.Start("chmod", [mode, path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    // Root reads and writes what it likes, unless it gives that up.
    private static async Task<(int Code, string Said)> PlainlyAsync(string[] command)
    {
        string[] line = [Path.Combine(AppContext.BaseDirectory, "dendrite.dll"), .. command];
        var start = Environment.UserName == "root"
            ? new System.Diagnostics.ProcessStartInfo("setpriv", ["--bounding-set=-dac_override,-dac_read_search", "dotnet", .. line])
            : new System.Diagnostics.ProcessStartInfo("dotnet", line);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = System.Diagnostics.Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static async Task<bool> IsReportedAsync(IBlobStore blobs, string name)
    {
        var store = new DatasetStore(blobs);
        try
        {
            var dataset = await store.TryOpenAsync(DatasetId.Parse("d"), default);
            var bad = await BadAsync(store, dataset!);
            return bad.Count > 0 && bad.All(b => b.Reason.Contains(name.EndsWith(".json", StringComparison.Ordinal) ? "zarr.json" : name, StringComparison.Ordinal));
        }
        catch (VolumeFormatException e)
        {
            return e.Message.Contains("dataset.json", StringComparison.Ordinal);
        }
    }

    private static async Task<List<BadBrick>> BadAsync(DatasetStore store, Dataset dataset)
    {
        var bad = new List<BadBrick>();
        await foreach (var brick in new Verifier(store).VerifyAsync(dataset, default))
        {
            if (brick is not null)
            {
                bad.Add(brick);
            }
        }

        return bad;
    }

    private static async Task<List<string>> NamesAsync(DatasetStore store)
    {
        var names = new List<string>();
        await foreach (var blob in store.Blobs.ListAsync(BlobNames.Datasets, default))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    private SingleImport Asked(int deep, int wide) => new(
        _folder["v.raw"], DatasetId.Parse("d"), new VolumeManifest { Shape = [deep, wide, wide], Dtype = "uint8", VoxelSizeUm = [1, 1, 1] });

    private void Write(int deep, int wide)
    {
        var voxels = new byte[deep * wide * wide];
        new Random(3).NextBytes(voxels);
        File.WriteAllBytes(_folder["v.raw"], voxels);
    }

    private sealed class Relay(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
