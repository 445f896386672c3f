using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Imaging.Tests.Formats;

namespace DendriteViewer.Imaging.Tests.Importing;

/// <summary>OME-Zarr that others wrote into the store, used where it lies.</summary>
public sealed class LinkedVolumeTests : IDisposable
{
    private static readonly DatasetId Id = DatasetId.Parse("linked");
    private readonly TempFolder _folder = new();
    private IBlobStore _blobs;
    private DatasetStore _store;

    public LinkedVolumeTests()
    {
        _blobs = new FolderBlobStore(_folder["store"]);
        _store = new DatasetStore(_blobs);
    }

    /// <summary>How somebody's program writes an image.</summary>
    /// <param name="Shape">Of the finest level, z y x.</param>
    /// <param name="Chunk">Of every level.</param>
    /// <param name="Dtype">numpy's.</param>
    /// <param name="Order">C or F.</param>
    /// <param name="Steps">Factors z y x from level to level.</param>
    /// <param name="RoundsUp">Whether an odd length's half is rounded up.</param>
    /// <param name="Times">Before them, t and c, where there are several.</param>
    public sealed record Writing(int[] Shape, int[] Chunk, string Dtype, string Order, int[][] Steps, bool RoundsUp, int Times = 1)
    {
        public override string ToString() => $"{string.Join('×', Shape)} in {string.Join('×', Chunk)}, {Dtype} {Order}, {(RoundsUp ? "up" : "down")}, {Times}";
    }

    public static TheoryData<Writing> Writings => new(
        new([70, 90, 101], [64, 64, 64], "<u2", "C", [[2, 2, 2]], RoundsUp: true),
        new([70, 90, 101], [64, 64, 64], "<u2", "C", [[2, 2, 2], [2, 2, 2]], RoundsUp: false),
        new([33, 97, 65], [1, 97, 65], "|u1", "C", [[1, 2, 2], [1, 2, 2]], RoundsUp: false),
        new([129, 65, 40], [50, 20, 33], ">u2", "F", [[2, 2, 2]], RoundsUp: true),
        new([40, 130, 70], [16, 128, 128], ">f4", "C", [[1, 2, 2], [2, 2, 2]], RoundsUp: true),
        new([24, 30, 36], [10, 10, 10], "<f8", "C", [], RoundsUp: true),
        new([20, 31, 17], [8, 16, 8], "<i2", "F", [[2, 4, 2]], RoundsUp: true),
        new([16, 33, 34], [8, 8, 8], "|u1", "C", [[2, 2, 2]], RoundsUp: true, Times: 3));

    // Every voxel of every level, however it was cut, packed and rounded; where a level was rounded down, its last voxels are repeated.
    [Theory]
    [MemberData(nameof(Writings))]
    public async Task EveryVoxel_IsTheWriters(Writing writing)
    {
        var images = await WriteAsync("scans/a.zarr", writing);
        var hours = Enumerable.Range(0, writing.Times).Select(t => (double)t).ToArray();
        var result = await LinkAsync("blob:scans/a.zarr", hours);
        Assert.Equal((writing.Times, false), (result.Volumes, result.AlreadyThere));
        var dataset = (await _store.TryOpenAsync(Id, default))!;
        for (var t = 0; t < writing.Times; t++)
        {
            var volume = dataset.Volumes[t];
            Assert.Equal("blob:scans/a.zarr", volume.LinkedTo);
            Assert.Equal((images[t][0].Values.Min(), images[t][0].Values.Max()), (volume.Least, volume.Most));
            var reader = await _store.ReaderAsync(volume, default);
            Assert.Equal(images[t].Count, reader.Levels.Count);
            foreach (var level in reader.Levels)
            {
                var (shape, values) = images[t][level.Number];
                var dense = await DenseLevels.ReadFloatAsync(reader, level, default);
                for (var i = 0; i < dense.Length; i++)
                {
                    int x = i % level.Shape.X, y = i / level.Shape.X % level.Shape.Y, z = (int)(i / level.Shape.SliceCount);
                    var expected = values[(Math.Min(z, shape[0] - 1) * shape[1] + Math.Min(y, shape[1] - 1)) * shape[2] + Math.Min(x, shape[2] - 1)];
                    Assert.True(expected == dense[i], $"level {level.Number}, {z}/{y}/{x}: {dense[i]}, not {expected}");
                }
            }
        }

        Assert.Empty(await BadAsync());
    }

    // What we export ourselves, whole chunks as bricks: pictures to the pixel, and voxels out again, as of an import.
    [Theory]
    [InlineData("0.4")]
    [InlineData("0.5")]
    public async Task OurOwnExport_IsDrawnAndExportedAsAnImportIs(string version)
    {
        var (imported, voxels) = await ImportAsync();
        await new Exporter(_store).ExportAsync(imported.Volumes[0], new ExportOptions(OmeZarr: version), _folder["v.ome.zarr"], null, default);
        await PutAsync(_folder["v.ome.zarr"], "lab/v.ome.zarr");
        await LinkAsync("blob:lab/v.ome.zarr", [0]);
        var linked = (await _store.TryOpenAsync(Id, default))!;
        Assert.Equal((imported.Volumes[0].Least, imported.Volumes[0].Most, imported.Volumes[0].Levels), (linked.Volumes[0].Least, linked.Volumes[0].Most, linked.Volumes[0].Levels));
        Assert.Equal(await PictureAsync(imported), await PictureAsync(linked));
        foreach (var name in new[] { "again.raw", "again.ome.zarr" })
        {
            await new Exporter(_store).ExportAsync(linked.Volumes[0], ExportOptions.Whole, _folder[name], null, default);
        }

        Assert.Equal(voxels, await File.ReadAllBytesAsync(_folder["again.raw"]));
        using var again = VolumeFiles.Open(_folder["again.ome.zarr"], new VolumeManifest());
        Assert.Equal(voxels, VolumeFileTests.Read(again, 0));
    }

    // A byte anywhere, of a chunk or of metadata: named, and never given out.
    [Fact]
    public async Task FlippedOrMissing_AnywhereInWhatIsLinked_IsReportedWithItsPlace()
    {
        await WriteAsync("scans/a.zarr", new([20, 30, 40], [16, 16, 32], "<u2", "C", [[2, 2, 2]], RoundsUp: true));
        await LinkAsync("blob:scans/a.zarr", [0]);
        Assert.Empty(await BadAsync());
        var random = new Random(5);
        var names = await NamesAsync("");
        Assert.Contains("datasets/linked/volumes/projection/t0.ome.zarr/link.json", names);

        // dataset.json has its own test; a group's marker says nothing that anybody reads.
        foreach (var name in names.Where(n => n.Split('/')[^1] is not ("dataset.json" or ".zgroup") && !n.StartsWith("leases/", StringComparison.Ordinal)))
        {
            var good = (await _blobs.TryReadAsync(name, default))!;
            for (var n = 0; n < 12; n++)
            {
                var bad = good.ToArray();
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
                await _blobs.WriteAsync(name, bad, default);
                await AssertReportedAsync(name);
            }

            await _blobs.DeleteAsync(name, default);
            await AssertReportedAsync(name);
            await _blobs.WriteAsync(name, good, default);
        }

        Assert.Empty(await BadAsync());

        async Task AssertReportedAsync(string name)
        {
            var bad = await BadAsync();
            Assert.NotEmpty(bad);
            var isMetadata = name.Split('/')[^1].StartsWith('.') || name.EndsWith(".json", StringComparison.Ordinal);
            Assert.All(bad, b => Assert.Contains(isMetadata ? name.Split('/')[1] == "linked" ? "link.json" : "scans/a.zarr" : name, b.Reason, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Deleting_OrCleaning_LeavesWhatIsLinked()
    {
        await WriteAsync("scans/a.zarr", new([20, 30, 40], [16, 16, 32], "<u2", "C", [[2, 2, 2]], RoundsUp: true));
        var before = await NamesAsync("scans/");
        await LinkAsync("blob:scans/a.zarr", [0]);
        Assert.True((await LinkAsync("blob:scans/a.zarr", [0])).AlreadyThere);
        Assert.Empty((await new Janitor(_store, TimeProvider.System).SweepAsync(TimeSpan.Zero, remove: true, default)).Prefixes);
        Assert.Empty(await BadAsync());
        Assert.True(await _store.DeleteAsync(Id, default));
        Assert.Equal(before, await NamesAsync("scans/"));
        Assert.Empty(await NamesAsync("datasets/"));
    }

    // Links of the first release were made when fewer metadata were read: what is read now must not make them others.
    [Fact]
    public async Task ChecksumOfTheFirstRule_CountsNeitherAttributesOfArraysNorWhatLiesAbove()
    {
        await WriteAsync("scans/a.zarr", new([20, 30, 40], [16, 16, 32], "<u2", "C", [[2, 2, 2]], RoundsUp: true));
        string Sum(string path, int rule) => VolumeLink.Open(_blobs, path, 0, rule).Metadata;
        var before = new[] { "blob:scans/a.zarr", "blob:scans/a.zarr/1" }.Select(p => (Old: Sum(p, 1), New: Sum(p, 2))).ToArray();
        await _blobs.WriteAsync("scans/a.zarr/0/.zattrs", "{}"u8.ToArray(), default);
        var image = System.Text.Json.Nodes.JsonNode.Parse((await _blobs.TryReadAsync("scans/a.zarr/.zattrs", default))!)!;
        Assert.Equal(before[0].Old, Sum("blob:scans/a.zarr", 1));
        Assert.NotEqual(before[0].New, Sum("blob:scans/a.zarr", 2));
        image["note"] = 1;
        await _blobs.WriteAsync("scans/a.zarr/.zattrs", JsonSerializer.SerializeToUtf8Bytes(image), default);
        Assert.Equal(before[1].Old, Sum("blob:scans/a.zarr/1", 1));
        Assert.NotEqual(before[1].New, Sum("blob:scans/a.zarr/1", 2));
    }

    [Fact]
    public async Task LevelsThatAreNoHalvings_AreLeftOutWithAWarning()
    {
        await WriteAsync("scans/a.zarr", new([30, 30, 30], [16, 16, 16], "<u2", "C", [[2, 2, 2], [3, 3, 3]], RoundsUp: true));
        var result = await LinkAsync("blob:scans/a.zarr", [0]);
        Assert.Contains(result.Warnings, w => w.Contains("Of its levels, 2 (the finest is 0)", StringComparison.Ordinal));
    }

    // As in production: Azure's protocol, blocks on the local disk.
    [Fact]
    public async Task InAzure_BehindADiskCache_TheVoxelsAreTheWriters()
    {
        using var azurite = new AzuriteFixture();
        _blobs = new DiskCache(azurite.NewStore(), _folder["cache"], 64 << 20);
        _store = new DatasetStore(_blobs);
        var images = await WriteAsync("scans/a.zarr", new([33, 97, 65], [16, 50, 65], "<u2", "C", [[2, 2, 2]], RoundsUp: true));
        await LinkAsync("blob:scans/a.zarr", [0]);
        var reader = await new DatasetStore(_blobs).ReaderAsync((await _store.TryOpenAsync(Id, default))!.Volumes[0], default);
        for (var level = 0; level < 2; level++)
        {
            Assert.Equal(images[0][level].Values.Select(v => (float)v), await DenseLevels.ReadFloatAsync(reader, reader.Levels[level], default));
        }

        await _blobs.WriteAsync("scans/a.zarr/1/0.0.0", new byte[5], default);
        Assert.Contains(await BadAsync(), b => b.Reason.Contains("scans/a.zarr/1/0.0.0", StringComparison.Ordinal));
    }

    // A filter's result is ours; the scan under it stays where it is.
    [Fact]
    public async Task Denoise_OfWhatIsLinked_IsKeptAsAModalityOfItsOwn()
    {
        await WriteAsync("scans/a.zarr", new([20, 30, 40], [16, 16, 32], "<u2", "C", [[2, 2, 2]], RoundsUp: true));
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport("blob:scans/a.zarr", Id, new VolumeManifest { InPlace = true, Denoise = "median", VoxelSizeUm = [1, 1, 1] }), null, default);
        var dataset = (await _store.TryOpenAsync(Id, default))!;
        Assert.Equal(["projection", "projection-median"], dataset.Modalities.Order());
        Assert.Null(dataset.Find("projection-median", 0)!.LinkedTo);
        Assert.Empty(await BadAsync());
    }

    [Theory]
    [InlineData("blob:datasets/other/volumes/projection/t0.ome.zarr", "outside of datasets/")]
    [InlineData("blob:", "outside of datasets/")]
    [InlineData("/tmp/v.ome.zarr", "an OME-Zarr in the store")]
    [InlineData("blob:scans/none.zarr", "holds no Zarr")]
    [InlineData("blob:x/../datasets/other", "is no prefix of blobs")]
    [InlineData("blob:x//y", "is no prefix of blobs")]
    public async Task WhatCannotBeLinked_IsRefused(string path, string why) =>
        Assert.Contains(why, (await Assert.ThrowsAsync<VolumeFormatException>(() => LinkAsync(path, [0]))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task OneLevelOfManyVoxels_IsRefused_AndLeavesNothing()
    {
        // One chunk; the others are absent.
        await _blobs.WriteAsync("scans/big.zarr/0.0.0", new byte[64 * 64 * 64], default);
        await _blobs.WriteAsync("scans/big.zarr/.zarray", """{"zarr_format":2,"shape":[1024,512,512],"chunks":[64,64,64],"dtype":"|u1","order":"C","compressor":null,"filters":null,"fill_value":7}"""u8.ToArray(), default);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => LinkAsync("blob:scans/big.zarr", [0]));
        Assert.Contains("no level that is coarse enough", e.Message, StringComparison.Ordinal);
        Assert.Empty(await NamesAsync("datasets/"));
    }

    [Fact]
    public async Task MoreChunksThanChecksumsAreKeptOf_AreRefused()
    {
        await _blobs.WriteAsync("scans/fine.zarr/0.0.0", new byte[1], default);
        await _blobs.WriteAsync("scans/fine.zarr/.zarray", """{"zarr_format":2,"shape":[400,400,400],"chunks":[1,1,1],"dtype":"|u1","order":"C","compressor":null,"filters":null,"fill_value":7}"""u8.ToArray(), default);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => LinkAsync("blob:scans/fine.zarr", [0]));
        Assert.Contains("too many to keep a checksum of each", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DamagedChunk_IsFoundWhenLinked_AndNothingIsPublished()
    {
        await WriteAsync("scans/a.zarr", new([20, 30, 40], [16, 16, 32], "<u2", "C", [[2, 2, 2]], RoundsUp: true));
        await _blobs.WriteAsync("scans/a.zarr/0/1.1.0", new byte[10], default);
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => LinkAsync("blob:scans/a.zarr", [0]));
        Assert.Contains("scans/a.zarr/0/1.1.0 is damaged", e.Message, StringComparison.Ordinal);
        Assert.Empty(await NamesAsync("datasets/"));
    }

    [Fact]
    public async Task ChunkCache_StaysWithinItsBudget_AndReadsOnceForAll()
    {
        var (reads, gate) = (0, new TaskCompletionSource());
        var cache = new ChunkCache<int, byte[]>(1000, b => b.Length);
        var asked = Enumerable.Range(0, 20).Select(_ => cache.GetAsync(1, ReadAsync)).ToArray();
        gate.SetResult();
        await Task.WhenAll(asked);
        Assert.Equal(1, reads);
        for (var i = 2; i < 50; i++)
        {
            await cache.GetAsync(i, ReadAsync);
            Assert.InRange(cache.Bytes, 1, 1000);
        }

        await cache.GetAsync(49, ReadAsync);
        Assert.Equal(49, reads);
        await Assert.ThrowsAsync<InvalidDataException>(() => cache.GetAsync(99, () => throw new InvalidDataException()));
        Assert.Equal(300, (await cache.GetAsync(99, ReadAsync)).Length);

        async Task<byte[]> ReadAsync()
        {
            Interlocked.Increment(ref reads);
            await gate.Task;
            return new byte[300];
        }
    }

    public void Dispose() => _folder.Dispose();

    private Task<ImportResult> LinkAsync(string path, double[] hours) => new Importer(_store, new ScanAnalysis(), TimeProvider.System)
        .ImportVolumeAsync(
        new SingleImport(path, Id, new VolumeManifest { InPlace = true, VoxelSizeUm = [1, 1, 1] }, hours.Length > 1 ? hours : null), null, default);

    private async Task<(Dataset Dataset, byte[] Voxels)> ImportAsync()
    {
        // A ball with a gradient in it.
        var voxels = new byte[130 * 100 * 90];
        for (var i = 0; i < voxels.Length; i++)
        {
            int x = i % 90, y = i / 90 % 100, z = i / 9000;
            voxels[i] = (byte)Math.Clamp((40 - Math.Sqrt((x - 45) * (x - 45) + (y - 50) * (y - 50) + (z - 65) * (z - 65))) * 12 + z, 0, 250);
        }

        await File.WriteAllBytesAsync(_folder["v.raw"], voxels);
        var id = DatasetId.Parse("imported");
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], id, new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [130, 100, 90], Dtype = "u1" }), null, default);
        return ((await _store.TryOpenAsync(id, default))!, voxels);
    }

    private async Task<byte[]> PictureAsync(Dataset dataset)
    {
        var volume = dataset.Volumes[0];
        var cache = new BrickCache(_store, 1 << 28);
        var view = (await ViewStates.InitialAsync(_store, dataset, volume, default)) with { Shadows = false };
        using var image = await new VolumeRenderer(_store, cache, RenderDevices.Cpu).RenderWholeAsync(volume, dataset, view, 160, 120, default);
        using var slice = (await new SliceRenderer(_store, cache, RenderDevices.Cpu).RenderAsync(volume, null, view, Pane.Z, 160, 120, 1, wait: true, default)).Image!;
        return [.. image.Pixels.Span, .. slice.Pixels.Span];
    }

    private async Task PutAsync(string folder, string prefix)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            await _blobs.WriteAsync($"{prefix}/{Path.GetRelativePath(folder, file).Replace('\\', '/')}", await File.ReadAllBytesAsync(file), default);
        }
    }

    private async Task<List<BadBrick>> BadAsync()
    {
        var store = new DatasetStore(_blobs);
        var bad = new List<BadBrick>();
        await foreach (var brick in new Verifier(store).VerifyAsync((await store.TryOpenAsync(Id, default))!, default))
        {
            if (brick is not null)
            {
                bad.Add(brick);
            }
        }

        return bad;
    }

    private async Task<List<string>> NamesAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var blob in _blobs.ListAsync(prefix, default))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    // OME-Zarr 0.4 as its specification has it: zlib, chunks of full size, some of them absent where all is the fill.
    private async Task<List<List<(int[] Shape, double[] Values)>>> WriteAsync(string prefix, Writing w)
    {
        var random = new Random(11);
        var sample = w.Dtype[^1] - '0';
        var images = Enumerable.Range(0, w.Times).Select(_ => new List<(int[], double[])>()).ToList();
        var lead = w.Times > 1;
        var datasets = new List<object>();
        var shape = w.Shape;
        double[] scale = [1, 1, 1];
        for (var level = 0; level <= w.Steps.Length; level++)
        {
            if (level > 0)
            {
                shape = shape.Zip(w.Steps[level - 1], (s, f) => Math.Max(1, w.RoundsUp ? (s + f - 1) / f : s / f)).ToArray();
                scale = scale.Zip(w.Steps[level - 1], (s, f) => s * f).ToArray();
            }

            datasets.Add(new { path = $"{level}", coordinateTransformations = new[] { new { type = "scale", scale = lead ? [1, 1, .. scale] : scale } } });
            var meta = new
            {
                zarr_format = 2, shape = lead ? [w.Times, 1, .. shape] : shape, chunks = lead ? [1, 1, .. w.Chunk] : w.Chunk, dtype = w.Dtype, order = w.Order,
                compressor = new { id = "zlib", level = 1 }, filters = (object?)null, fill_value = 0, dimension_separator = ".",
            };
            await _blobs.WriteAsync($"{prefix}/{level}/.zarray", JsonSerializer.SerializeToUtf8Bytes(meta), default);
            var n = shape.Zip(w.Chunk, (s, c) => (s + c - 1) / c).ToArray();
            for (var t = 0; t < w.Times; t++)
            {
                var values = new double[shape[0] * shape[1] * shape[2]];
                for (var c = 0; c < n[0] * n[1] * n[2]; c++)
                {
                    int[] at = [c / n[2] / n[1], c / n[2] % n[1], c % n[2]];
                    if (random.Next(7) == 0)
                    {
                        continue;
                    }

                    var chunk = new byte[w.Chunk[0] * w.Chunk[1] * w.Chunk[2] * sample];
                    for (var i = 0; i < w.Chunk[0] * w.Chunk[1] * w.Chunk[2]; i++)
                    {
                        int[] inside = w.Order == "C"
                            ? [i / w.Chunk[2] / w.Chunk[1], i / w.Chunk[2] % w.Chunk[1], i % w.Chunk[2]]
                            : [i % w.Chunk[0], i / w.Chunk[0] % w.Chunk[1], i / w.Chunk[0] / w.Chunk[1]];
                        var p = at.Zip(w.Chunk, (a, b) => a * b).Zip(inside, (a, b) => a + b).ToArray();

                        // Beyond the array a chunk holds whatever it holds.
                        double value = random.Next(w.Dtype.Contains('i') ? -100 : 0, 250);
                        Put(chunk.AsSpan(i * sample, sample), w.Dtype, value);
                        if (p.Zip(shape).All(q => q.First < q.Second))
                        {
                            values[(p[0] * shape[1] + p[1]) * shape[2] + p[2]] = value;
                        }
                    }

                    using var packed = new MemoryStream();
                    using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                    {
                        zlib.Write(chunk);
                    }

                    await _blobs.WriteAsync($"{prefix}/{level}/{string.Join('.', lead ? [t, 0, .. at] : at)}", packed.ToArray(), default);
                }

                images[t].Add((shape, values));
            }
        }

        var axes = "zyx".Select(a => new { name = a.ToString(), type = "space", unit = (string?)"micrometer" });
        if (lead)
        {
            axes = [new { name = "t", type = "time", unit = (string?)null }, new { name = "c", type = "channel", unit = (string?)null }, .. axes];
        }

        await _blobs.WriteAsync($"{prefix}/.zgroup", """{"zarr_format":2}"""u8.ToArray(), default);
        await _blobs.WriteAsync($"{prefix}/.zattrs", JsonSerializer.SerializeToUtf8Bytes(new { multiscales = new[] { new { version = "0.4", axes, datasets } } }), default);
        return images;
    }

    private static void Put(Span<byte> target, string dtype, double value)
    {
        var bits = dtype[1..] switch
        {
            "u1" => (ulong)(byte)value,
            "u2" => (ushort)value,
            "i2" => (ushort)(short)value,
            "f4" => BitConverter.SingleToUInt32Bits((float)value),
            _ => BitConverter.DoubleToUInt64Bits(value),
        };
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, bits);
        bytes = bytes[..target.Length];
        if (dtype[0] == '>')
        {
            bytes.Reverse();
        }

        bytes.CopyTo(target);
    }
}
