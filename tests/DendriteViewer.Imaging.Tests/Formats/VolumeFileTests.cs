using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>NRRD, NIfTI, MetaImage and raw: files that others made, and files made here in every way that the formats allow.</summary>
public sealed class VolumeFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [DataTheory]
    [InlineData("BallBinary30x30x30.nhdr")]
    [InlineData("BallBinary30x30x30.nrrd")]
    [InlineData("BallBinary30x30x30_byteskip_minus_one.nhdr")]
    [InlineData("BallBinary30x30x30_byteskip_minus_one_nifti.nhdr")]
    [InlineData("BallBinary30x30x30_bz2.nrrd")]
    [InlineData("BallBinary30x30x30_gz.nrrd")]
    [InlineData("BallBinary30x30x30_gz_byteskip_minus_one.nrrd")]
    [InlineData("BallBinary30x30x30_gz_lineskip.nrrd")]
    [InlineData("BallBinary30x30x30.nii.gz")]
    public void TheSameBall_HoweverItIsWritten_IsTheRawFile(string name)
    {
        var raw = File.ReadAllBytes(TestData.File("formats/nrrd/BallBinary30x30x30.raw"));
        using var file = VolumeFiles.Open(TestData.File("formats/nrrd/" + name), new VolumeManifest());
        Assert.Equal((new VolumeShape(30, 30, 30), SampleType.Int16, 1), (file.Shape, file.Samples, file.Frames));
        Assert.Equal(raw, Read(file, 0));
    }

    [DataTheory]
    [InlineData("formats/nrrd/BallBinary30x30x30_byteskip_minus_five.nhdr", "byte skip is '-5'")]
    [InlineData("formats/nrrd/test1d_ascii.nrrd", "has 1 axes")]
    [InlineData("formats/nifti/analyze.hdr", "Analyze 7.5")]
    [InlineData("formats/nifti/nifti1.hdr", "nifti1.img")]
    [InlineData("formats/nifti/nifti2.hdr", "nifti2.img")]
    [InlineData("formats/hdf5/blosc.h5", "it holds several datasets: /blosclz (1000)")]
    public void WhatCannotBeRead_IsRefusedWithOneSentence(string name, string why)
    {
        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(TestData.File(name), new VolumeManifest()));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(name), e.Message, StringComparison.Ordinal);
    }

    // Sums made with numpy, of the samples as they lie in the file.
    [DataTheory]
    [InlineData("anatomical.nii", 25, 41, 33, 1, "9fd5b46df2ca0617")]
    [InlineData("example4d.nii.gz", 24, 96, 128, 2, "acbd2cecdb03a60e")]
    [InlineData("example_nifti2.nii.gz", 12, 20, 32, 2, "fadeb3ec74c7bdf7")]
    public void Nifti_HasTheVoxelsThatNumpyReads(string name, int z, int y, int x, int frames, string sum)
    {
        using var file = VolumeFiles.Open(TestData.File("formats/nifti/" + name), new VolumeManifest());
        Assert.Equal((new VolumeShape(z, y, x), SampleType.Int16, frames), (file.Shape, file.Samples, file.Frames));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var f = 0; f < frames; f++)
        {
            hash.AppendData(Read(file, f));
        }

        Assert.StartsWith(sum, Convert.ToHexStringLower(hash.GetHashAndReset()), StringComparison.Ordinal);
    }

    // sform: 2, 2, 2 mm, x to the left; the middle of voxel (0, 0, 0) lies at x = 32, y = −40, z = −16 mm.
    [Fact]
    public void MetaImage_OfNumberedFiles_IsThemInOrder()
    {
        for (var i = 0; i < 3; i++)
        {
            File.WriteAllBytes(_folder[$"slice{5 + 2 * i:000}.raw"], Enumerable.Repeat((byte)i, 20).ToArray());
        }

        const string Head = "ObjectType = Image\nNDims = 3\nDimSize = 5 4 3\nElementType = MET_UCHAR\nElementDataFile = ";
        File.WriteAllText(_folder["v.mhd"], Head + "slice%03d.raw 5 9 2\n");
        using var file = VolumeFiles.Open(_folder["v.mhd"], new VolumeManifest());
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (byte)(i / 20)), Read(file, 0));
        File.WriteAllText(_folder["w.mhd"], Head + "slice%s.raw 5 9 2\n");
        Assert.Contains("is no pattern", Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["w.mhd"], new VolumeManifest())).Message, StringComparison.Ordinal);
    }

    [DataFact]
    public void Nifti_LiesWhereItsSformSays()
    {
        using var file = VolumeFiles.Open(TestData.File("formats/nifti/anatomical.nii"), new VolumeManifest());
        var at = file.Geometry!.Transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5));
        Assert.Equal(0, (at - new WorldPoint(-16000, -40000, 32000)).Length, 6);
        at = file.Geometry.Transform.ToWorld(new VoxelPoint(1.5, 0.5, 2.5));
        Assert.Equal(0, (at - new WorldPoint(-14000, -40000, 28000)).Length, 6);
        Assert.Equal("sform", file.Geometry.From);
    }

    [DataFact]
    public void Nifti_WithASlope_HasValuesRatherThanSamples()
    {
        using var file = VolumeFiles.Open(TestData.File("formats/nifti/functional.nii"), new VolumeManifest());
        Assert.Equal((VoxelType.Float32, 20), (file.Type, file.Frames));
        var values = MemoryMarshal.Cast<byte, float>(Read(file, 0));
        Assert.Equal(4004.1372, values[0], 0.01);
        Assert.Equal(4143.7155, values[1], 0.01);
        Assert.Contains("times", file.Remarks[0], StringComparison.Ordinal);
    }

    [DataFact]
    public void Nrrd_InText_IsRead()
    {
        using var file = VolumeFiles.Open(TestData.File("formats/nrrd/test2d_ascii.nrrd"), new VolumeManifest());
        Assert.Equal(new VolumeShape(1, 9, 3), file.Shape);
        Assert.Equal(Enumerable.Range(1, 27).Select(i => (ushort)i), MemoryMarshal.Cast<byte, ushort>(Read(file, 0)).ToArray());
        Assert.Null(file.Geometry);
        Assert.Contains("without a unit", file.Remarks[0], StringComparison.Ordinal);
    }

    // Every number type, both byte orders, from a header of each format; what a float cannot hold is refused, not rounded.
    [Theory]
    [MemberData(nameof(Types))]
    public void Samples_OfEveryType_BecomeTheirValues(SampleType type, bool big, string format)
    {
        double[] values = type is SampleType.Float16 or SampleType.Float32 or SampleType.Float64 ? [0, -1.5, 0.25, 1000, 2, 3] : type.ToString().StartsWith('U') ? [0, 1, 2, 200, 255, 7] : [0, -1, 2, -100, 127, 7];
        var samples = values.SelectMany(v => Bytes(type, v, big)).ToArray();
        var path = Write(format, type, big, samples);
        if (path is null)
        {
            return;
        }

        using var file = VolumeFiles.Open(path, new VolumeManifest { Shape = [1, 2, 3], Dtype = (big ? ">" : "<") + type.Name() });
        Assert.Equal((new VolumeShape(1, 2, 3), type), (file.Shape, file.Samples));
        var read = Read(file, 0);
        var found = new float[6];
        Imaging.Zarr.DenseLevels.ToFloat(read, file.Type, found);
        Assert.Equal(values.Select(v => (float)v), found);
    }

    public static IEnumerable<object[]> Types() =>
        from type in Enum.GetValues<SampleType>() from big in new[] { false, true } from format in new[] { "raw", "nrrd", "mha", "nii" } select new object[] { type, big, format };

    [Theory]
    [InlineData("uint32", 16777217.0, false)]
    [InlineData("uint32", 16777218.0, true)]
    [InlineData("uint32", 4294967295.0, false)]
    [InlineData("uint32", 4294967040.0, true)]
    [InlineData("int32", -2147483648.0, true)]
    [InlineData("int32", -2147483647.0, false)]
    [InlineData("int64", -9223372036854775808.0, true)]
    [InlineData("uint64", 9223372036854775808.0, true)]
    [InlineData("int64", 9007199254740991.0, false)]
    [InlineData("float64", 1e300, false)]
    [InlineData("float64", 0.1, true)]
    public void Samples_ThatAFloatDoesNotHold_AreRefused(string dtype, double value, bool fits)
    {
        Samples.TryParse(dtype, out var type);
        File.WriteAllBytes(_folder["v.raw"], Bytes(type, value, false));
        using var file = VolumeFiles.Open(_folder["v.raw"], new VolumeManifest { Shape = [1, 1, 1], Dtype = dtype });
        if (fits)
        {
            Assert.Equal((float)value, MemoryMarshal.Cast<byte, float>(Read(file, 0))[0]);
        }
        else
        {
            Assert.Contains("cannot keep", Assert.Throws<VolumeFormatException>(() => Read(file, 0)).Message, StringComparison.Ordinal);
        }
    }

    // Detached, listed, counted, skipped to, packed, a time axis; directions in µm and a unit.
    [Fact]
    public void Nrrd_InManyFilesWithTimeAndUnits_IsOneSeries()
    {
        for (var i = 0; i < 4; i++)
        {
            File.WriteAllBytes(_folder[$"part{i:D2}.raw"], Enumerable.Range(0, 12).Select(k => (byte)(12 * i + k)).ToArray());
        }

        foreach (var files in new[] { "part%02d.raw 0 3 1 3", "LIST\npart00.raw\npart01.raw\npart02.raw\npart03.raw" })
        {
            File.WriteAllText(_folder["v.nhdr"], $"NRRD0005\ntype: uchar\ndimension: 4\nsizes: 3 2 4 2\nkinds: domain domain domain time\nencoding: raw\nspace dimension: 3\nspace directions: (0.5,0,0) (0,0.25,0) (0,0,2) none\nspace units: \"um\" \"um\" \"um\"\nspace origin: (10,20,30)\ndata file: {files}\n");
            using var file = VolumeFiles.Open(_folder["v.nhdr"], new VolumeManifest());
            Assert.Equal((new VolumeShape(4, 2, 3), 2), (file.Shape, file.Frames));
            Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), Read(file, 0));
            Assert.Equal(Enumerable.Range(24, 24).Select(i => (byte)i), Read(file, 1));
            var size = file.Geometry!.Transform.VoxelSize;
            Assert.Equal((2.0, 0.25, 0.5), (size.Z, size.Y, size.X));
            Assert.Equal(0, (file.Geometry.Transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5)) - new WorldPoint(30, 20, 10)).Length, 9);
        }
    }

    [Fact]
    public void MetaImage_PackedAndDetached_IsRead()
    {
        var voxels = Enumerable.Range(0, 24).Select(i => (byte)(7 * i)).ToArray();
        using (var packed = new MemoryStream())
        {
            using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            {
                zlib.Write(voxels);
            }

            File.WriteAllBytes(_folder["v.zraw"], packed.ToArray());
            File.WriteAllBytes(_folder["v.raw"], [1, 2, 3, .. voxels]);
        }

        foreach (var (packing, data) in new[] { ("CompressedData = True", "v.zraw"), ("HeaderSize = -1", "v.raw"), ("HeaderSize = 3", "v.raw") })
        {
            File.WriteAllText(_folder["v.mhd"], $"ObjectType = Image\nNDims = 3\n{packing}\nDimSize = 3 2 4\nElementSpacing = 1 1 1\nElementType = MET_UCHAR\nElementDataFile = {data}\n");
            using var file = VolumeFiles.Open(_folder["v.mhd"], new VolumeManifest());
            Assert.Equal(new VolumeShape(4, 2, 3), file.Shape);
            Assert.Equal(voxels, Read(file, 0));
            Assert.Contains("without a unit", file.Remarks[0], StringComparison.Ordinal);
        }
    }

    // A header may name any file of the machine: whoever imports for others says which may be read.
    [Theory]
    [InlineData("v.nhdr", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 1 1 1\nencoding: raw\ndata file: /etc/hostname\n")]
    [InlineData("v.nhdr", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 1 1 1\nencoding: raw\ndata file: ../../../etc/hostname\n")]
    [InlineData("v.mhd", "ObjectType = Image\nNDims = 3\nDimSize = 1 1 1\nElementType = MET_UCHAR\nElementDataFile = /etc/hostname\n")]
    public void DataElsewhere_IsAskedFor(string name, string header)
    {
        File.WriteAllText(_folder[name], header);
        var asked = new List<string>();
        Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder[name], new VolumeManifest(), p =>
        {
            asked.Add(p);
            throw new VolumeFormatException($"{p} is not below a folder to import from.");
        }));
        Assert.EndsWith("/etc/hostname", Assert.Single(asked), StringComparison.Ordinal);
    }

    // Headers that promise more than the file can hold, before anything is allocated.
    [Theory]
    [InlineData("v.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 2000000000 2000000000 2000000000\nencoding: raw\n\nx")]
    [InlineData("v.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 60000 60000 60000\nencoding: gzip\n\nx")]
    [InlineData("v.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 9223372036854775807 9223372036854775807 3\nencoding: raw\n\nx")]
    [InlineData("v.nrrd", "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 0 -1 3\nencoding: raw\n\nx")]
    [InlineData("v.mha", "ObjectType = Image\nNDims = 3\nDimSize = 99999 99999 99999\nElementType = MET_FLOAT\nElementDataFile = LOCAL\nx")]
    public void HeadersThatPromiseTooMuch_AreRefused(string name, string header)
    {
        File.WriteAllText(_folder[name], header);
        Assert.Contains(name, Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder[name], new VolumeManifest())).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    internal static byte[] Read(VolumeFile file, int frame)
    {
        using var source = file.Open(frame);
        var slice = (int)(file.Shape.SliceCount * file.Type.Size());
        var all = new byte[slice * file.Shape.Z];
        for (var z = 0; z < file.Shape.Z; z++)
        {
            source.ReadSlice(z, all.AsSpan(z * slice, slice));
        }

        return all;
    }

    private static byte[] Bytes(SampleType type, double v, bool big)
    {
        byte[] bytes = type switch
        {
            SampleType.UInt8 => [(byte)v],
            SampleType.Int8 => [(byte)(sbyte)v],
            SampleType.UInt16 => BitConverter.GetBytes((ushort)v),
            SampleType.Int16 => BitConverter.GetBytes((short)v),
            SampleType.UInt32 => BitConverter.GetBytes((uint)v),
            SampleType.Int32 => BitConverter.GetBytes((int)v),
            SampleType.UInt64 => BitConverter.GetBytes((ulong)v),
            SampleType.Int64 => BitConverter.GetBytes((long)v),
            SampleType.Float16 => BitConverter.GetBytes((Half)v),
            SampleType.Float32 => BitConverter.GetBytes((float)v),
            _ => BitConverter.GetBytes(v),
        };
        if (big)
        {
            Array.Reverse(bytes);
        }

        return bytes;
    }

    // A file of 3 × 2 × 1 samples, or null where the format has no such type.
    private string? Write(string format, SampleType type, bool big, byte[] samples)
    {
        var path = _folder["v." + format];
        byte[]? head = format switch
        {
            "raw" => [],
            "nrrd" when type != SampleType.Float16 => Encoding.ASCII.GetBytes($"NRRD0004\ntype: {(type == SampleType.Float32 ? "float" : type == SampleType.Float64 ? "double" : type.Name())}\ndimension: 3\nsizes: 3 2 1\nendian: {(big ? "big" : "little")}\nencoding: raw\n\n"),
            "mha" when type != SampleType.Float16 => Encoding.ASCII.GetBytes($"ObjectType = Image\r\nNDims = 3\r\nBinaryData = True\r\nBinaryDataByteOrderMSB = {big}\r\nDimSize = 3 2 1\r\nElementType = MET_{type switch { SampleType.UInt8 => "UCHAR", SampleType.Int8 => "CHAR", SampleType.UInt16 => "USHORT", SampleType.Int16 => "SHORT", SampleType.UInt32 => "UINT", SampleType.Int32 => "INT", SampleType.UInt64 => "ULONG_LONG", SampleType.Int64 => "LONG_LONG", SampleType.Float32 => "FLOAT", _ => "DOUBLE" }}\r\nElementDataFile = LOCAL\r\n"),
            "nii" when type != SampleType.Float16 => Nifti(type, big),
            _ => null,
        };
        if (head is null)
        {
            return null;
        }

        File.WriteAllBytes(path, [.. head, .. samples]);
        return path;
    }

    private static byte[] Nifti(SampleType type, bool big)
    {
        var head = new byte[352];
        void Put(int at, byte[] bytes)
        {
            if (big)
            {
                Array.Reverse(bytes);
            }

            bytes.CopyTo(head, at);
        }

        Put(0, BitConverter.GetBytes(348));
        foreach (var (i, d) in new short[] { 3, 3, 2, 1 }.Select((d, i) => (i, d)))
        {
            Put(40 + 2 * i, BitConverter.GetBytes(d));
        }

        Put(70, BitConverter.GetBytes((short)(type switch { SampleType.UInt8 => 2, SampleType.Int8 => 256, SampleType.UInt16 => 512, SampleType.Int16 => 4, SampleType.UInt32 => 768, SampleType.Int32 => 8, SampleType.UInt64 => 1280, SampleType.Int64 => 1024, SampleType.Float32 => 16, _ => 64 })));
        Put(108, BitConverter.GetBytes(352f));
        "n+1"u8.CopyTo(head.AsSpan(344));
        return head;
    }
}
