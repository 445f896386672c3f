using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>Zarr v2 and v3, OME-Zarr and N5, as others wrote them and as written here.</summary>
public sealed class ChunkedFileTests : IDisposable
{
    private const string V2 = "formats/zarr/zarr_v2/from_zarr-python/data.zarr/", V3 = "formats/zarr/zarr_v3/from_zarrita/data.zarr/";
    private readonly TempFolder _folder = new();

    // SHA-256 of what zarr-python 2.13 reads (v2), as float32 where the store would keep it so; v3's arrays hold the same.
    [DataTheory]
    [InlineData("1d.chunked.i2", "ea99f710d9d0")]
    [InlineData("1d.chunked.ragged.i2", "6ca637cc10a3")]
    [InlineData("1d.contiguous.b1", "507503b51960")]
    [InlineData("1d.contiguous.blosc.i2", "ea99f710d9d0")]
    [InlineData("1d.contiguous.f4.be", "dcddaac5238c")]
    [InlineData("1d.contiguous.f4.le", "dcddaac5238c")]
    [InlineData("1d.contiguous.f8", "1734fdd19dfd")]
    [InlineData("1d.contiguous.i4", "ad73b9acd6e4")]
    [InlineData("1d.contiguous.raw.i2", "ea99f710d9d0")]
    [InlineData("1d.contiguous.u1", "3554726ba0f5")]
    [InlineData("2d.chunked.i2", "ea99f710d9d0")]
    [InlineData("2d.chunked.ragged.i2", "00d2e6ff506f")]
    [InlineData("2d.contiguous.i2", "ea99f710d9d0")]
    [InlineData("3d.chunked.i2", "58a54299e0e8")]
    [InlineData("3d.chunked.mixed.i2.C", "58a54299e0e8")]
    [InlineData("3d.chunked.mixed.i2.F", "58a54299e0e8")]
    [InlineData("3d.contiguous.i2", "58a54299e0e8")]
    public void Arrays_OfBothVersions_AreWhatTheirWriterReads(string name, string sum)
    {
        Assert.Equal(sum, Sum(V2 + name));
        Assert.Equal(sum, Sum(V3 + name));
    }

    [DataTheory]
    [InlineData(V2 + "1d.contiguous.lz4.i2", "ea99f710d9d0")]
    [InlineData(V2 + "1d.contiguous.zlib.i2", "ea99f710d9d0")]
    [InlineData(V2 + "1d.contiguous.zstd.i2", "ea99f710d9d0")]
    [InlineData(V3 + "1d.contiguous.gzip.i2", "ea99f710d9d0")]
    [InlineData(V3 + "1d.chunked.compressed.sharded.i2", "ea99f710d9d0")]
    [InlineData(V3 + "2d.chunked.compressed.sharded.i2", "9774afe2116a")]
    [InlineData(V3 + "2d.chunked.ragged.compressed.sharded.i2", "00d2e6ff506f")]
    [InlineData(V3 + "3d.chunked.mixed.compressed.sharded.i2", "58a54299e0e8")]
    [InlineData("formats/zarr/ome_zarr/simple_0.4", "0914116557e7")]
    [InlineData("formats/zarr/ome_zarr/simple_0.5", "0914116557e7")]
    [InlineData("formats/zarr/ome_zarr/simple_0.5.zip", "0914116557e7")]
    public void Packings_Shards_AndImages_AreRead(string path, string sum) => Assert.Equal(sum, Sum(path));

    [DataTheory]
    [InlineData(V2 + "1d.contiguous.S7", "|S7")]
    [InlineData(V2 + "1d.contiguous.U13.be", ">U13")]
    [InlineData(V2 + "3d.chunked.O", "vlen-utf8")]
    [InlineData("formats/zarr/zarr_v2/from_zarr-python/data.zarr", "several arrays")]
    public void WhatIsNoVolume_IsRefused(string path, string why) =>
        Assert.Contains(why, Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(TestData.File(path), new VolumeManifest())).Message, StringComparison.Ordinal);

    // y and x in nanometres, 4 and 30 a pixel; the middle of the first lies at 0.
    [DataFact]
    public void OmeZarr_LiesWhereItSays()
    {
        using var file = VolumeFiles.Open(TestData.File("formats/zarr/ome_zarr/simple_0.5"), new VolumeManifest());
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((0.004, 0.03), (size.Y, size.X));
        Assert.Equal(0, (file.Geometry.Transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5)) - default(WorldPoint)).Length, 9);
    }

    // What the store exports comes in again, with its place, from a folder and from an archive of it.
    [Fact]
    public async Task OurOwnExport_ComesInAgainTheSame()
    {
        var voxels = new byte[2 * 70 * 50 * 65];
        new Random(4).NextBytes(voxels);
        await File.WriteAllBytesAsync(_folder["v.raw"], voxels);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var (first, second, third) = (DatasetId.Parse("first"), DatasetId.Parse("second"), DatasetId.Parse("third"));
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], first, new VolumeManifest { VoxelSizeUm = [0.5, 0.6, 0.7], OriginUm = [10, 20, 30], Shape = [70, 50, 65], Dtype = "u2" }), null, default);
        var exported = (await store.TryOpenAsync(first, default))!.Volumes[0];
        await new Exporter(store).ExportAsync(exported, ExportOptions.Whole, _folder["v.ome.zarr"], null, default);
        ZipFile.CreateFromDirectory(_folder["v.ome.zarr"], _folder["v.zip"], CompressionLevel.NoCompression, includeBaseDirectory: true);
        foreach (var (path, id) in new[] { (_folder["v.ome.zarr"], second), (_folder["v.zip"], third) })
        {
            await new Importer(store, new ScanAnalysis(), TimeProvider.System)
                .ImportVolumeAsync(new SingleImport(path, id, new VolumeManifest()), null, default);
            var volume = (await store.TryOpenAsync(id, default))!.Volumes[0];
            Assert.Equal(exported.Transform.Rows.ToArray().Select(v => Math.Round(v, 9)), volume.Transform.Rows.ToArray().Select(v => Math.Round(v, 9)));
            await new Exporter(store).ExportAsync(volume, ExportOptions.Whole, _folder["again.raw"], null, default);
            Assert.Equal(voxels, await File.ReadAllBytesAsync(_folder["again.raw"]));
        }
    }

    // Blocks with headers, the fastest axis first, the last ones smaller, some absent; gzip, big endian.
    [Fact]
    public void N5_IsRead()
    {
        Directory.CreateDirectory(_folder["v.n5"]);
        File.WriteAllText(_folder["v.n5/attributes.json"], """{"dimensions":[5,4,3],"blockSize":[3,4,2],"dataType":"uint16","compression":{"type":"gzip","level":6}}""");
        for (var bz = 0; bz < 2; bz++)
        {
            for (var bx = 0; bx < 2; bx++)
            {
                if ((bz, bx) == (1, 1))
                {
                    continue;
                }

                int sx = bx == 0 ? 3 : 2, sz = bz == 0 ? 2 : 1;
                using var packed = new MemoryStream();
                var header = new byte[16];
                BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), 3);
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), sx);
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), 4);
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(12), sz);
                packed.Write(header);
                using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                {
                    for (var i = 0; i < sz * 4 * sx; i++)
                    {
                        int x = bx * 3 + i % sx, y = i / sx % 4, z = bz * 2 + i / sx / 4;
                        var sample = new byte[2];
                        BinaryPrimitives.WriteUInt16BigEndian(sample, (ushort)(100 * z + 10 * y + x));
                        gzip.Write(sample);
                    }
                }

                Directory.CreateDirectory(_folder[$"v.n5/{bx}/0"]);
                File.WriteAllBytes(_folder[$"v.n5/{bx}/0/{bz}"], packed.ToArray());
            }
        }

        using var file = VolumeFiles.Open(_folder["v.n5"], new VolumeManifest());
        Assert.Equal(("N5", new VolumeShape(3, 4, 5)), (file.Format, file.Shape));
        var values = MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, 0)).ToArray();
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (ushort)(i / 20 == 2 && i % 5 >= 3 ? 0 : 100 * (i / 20) + 10 * (i / 5 % 4) + i % 5)), values);
    }

    // A survey reads a volume before the import does.
    [Theory]
    [InlineData(">u2", 2)]
    [InlineData(">f8", 8)]
    public void ASlice_IsTheSame_WhenItIsReadAgain(string dtype, int size)
    {
        Directory.CreateDirectory(_folder["v.zarr"]);
        File.WriteAllText(_folder["v.zarr/.zarray"], $$"""{"zarr_format":2,"shape":[1,2,3],"chunks":[1,2,3],"dtype":"{{dtype}}","order":"C","compressor":null,"filters":null,"fill_value":0}""");
        var bytes = new byte[6 * size];
        for (var i = 0; i < 6; i++)
        {
            if (size == 2)
            {
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2 * i), (ushort)(i + 1));
            }
            else
            {
                BinaryPrimitives.WriteDoubleBigEndian(bytes.AsSpan(8 * i), i + 1);
            }
        }

        File.WriteAllBytes(_folder["v.zarr/0.0.0"], bytes);
        using var file = VolumeFiles.Open(_folder["v.zarr"], new VolumeManifest());
        using var source = file.Open(0);
        foreach (var _ in new[] { 1, 2 })
        {
            var slice = new byte[6 * source.Type.Size()];
            source.ReadSlice(0, slice);
            Assert.Equal([1f, 2, 3, 4, 5, 6], size == 2 ? MemoryMarshal.Cast<byte, ushort>(slice).ToArray().Select(v => (float)v) : MemoryMarshal.Cast<byte, float>(slice).ToArray());
        }
    }

    // Five axes with one channel: time becomes frames, also where a chunk holds several times.
    [Fact]
    public void Time_BecomesFrames()
    {
        Directory.CreateDirectory(_folder["v.zarr"]);
        File.WriteAllText(_folder["v.zarr/.zarray"], """{"zarr_format":2,"shape":[3,1,2,2,2],"chunks":[2,1,2,2,2],"dtype":"|u1","compressor":null,"filters":null,"fill_value":9,"order":"C","dimension_separator":"/"}""");
        File.WriteAllText(_folder["v.zarr/.zattrs"], """{"multiscales":[{"version":"0.4","axes":[{"name":"t","type":"time"},{"name":"c","type":"channel"},{"name":"z","type":"space"},{"name":"y","type":"space"},{"name":"x","type":"space"}],"datasets":[{"path":"","coordinateTransformations":[{"type":"scale","scale":[1,1,2,1,1]}]}]}]}""");
        Directory.CreateDirectory(_folder["v.zarr/0/0/0/0"]);
        File.WriteAllBytes(_folder["v.zarr/0/0/0/0/0"], Enumerable.Range(0, 16).Select(i => (byte)i).ToArray());
        using var file = VolumeFiles.Open(_folder["v.zarr"], new VolumeManifest());
        Assert.Equal((3, new VolumeShape(2, 2, 2)), (file.Frames, file.Shape));
        Assert.Equal(Enumerable.Range(8, 8).Select(i => (byte)i), VolumeFileTests.Read(file, 1));

        // Nothing was written of the last time: it would be a scan of fill values.
        Assert.Contains(file.Remarks, r => r.Contains("No chunk is there of frame 2", StringComparison.Ordinal));
        Assert.Contains("no chunk of frame 2", Assert.Throws<VolumeFormatException>(() => file.Open(2)).Message, StringComparison.Ordinal);
    }

    // Metadata may name any key: none leads out of the store, nor does a link in it where somebody asks.
    [Fact]
    public void Keys_StayInTheStore()
    {
        Directory.CreateDirectory(_folder["v.zarr"]);
        File.WriteAllText(_folder["v.zarr/.zattrs"], """{"multiscales":[{"axes":["z","y","x"],"datasets":[{"path":"../../etc"}]}]}""");
        Assert.Contains("lies outside", Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["v.zarr"], new VolumeManifest())).Message, StringComparison.Ordinal);

        File.Delete(_folder["v.zarr/.zattrs"]);
        File.WriteAllText(_folder["v.zarr/.zarray"], """{"zarr_format":2,"shape":[1,1,4],"chunks":[1,1,4],"dtype":"|u1","compressor":null,"filters":null,"fill_value":0,"order":"C"}""");
        File.CreateSymbolicLink(_folder["v.zarr/0.0.0"], "/etc/hostname");
        var roots = new[] { _folder["v.zarr"] };
        using var file = VolumeFiles.Open(_folder["v.zarr"], new VolumeManifest(), p => RealPaths.IsBelowAny(p, roots) ? p : throw new VolumeFormatException($"{p} is not below a folder to import from."));
        Assert.Contains("not below", Assert.Throws<VolumeFormatException>(() => VolumeFileTests.Read(file, 0)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string Sum(string path)
    {
        using var file = VolumeFiles.Open(TestData.File(path), new VolumeManifest());
        return Convert.ToHexStringLower(SHA256.HashData(VolumeFileTests.Read(file, 0)))[..12];
    }
}
