using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats.Tiff;

/// <summary>Sample types and compressions as others wrote them, and what ImageJ, OME and resolutions say of slices, times and sizes.</summary>
public sealed class TiffFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    // SHA-256 of what tifffile 2023.2 reads; where it lacks a decoder, of what the same picture is in a file that it reads.
    [DataTheory]
    [InlineData("d93bf0591d37", "seq-1c-16b-bigendian-68f373a0 seq-1c-16b-deflate-68f373a0 seq-1c-16b-lzw-68f373a0 seq-1c-16b-multistrip-68f373a0 seq-1c-14b-e883657f seq-1c-14b-hpredict-e883657f seq-1c-12b-47c39b31 seq-1c-12b-hpredict-47c39b31 seq-1c-10b-6d739fa2 seq-1c-10b-hpredict-6d739fa2")]
    [InlineData("40aff2e9d2d8", "seq-1c-8b-lzw-20f3db0c seq-1c-8b-lzw-hpredict-20f3db0c seq-1c-8b-tiled-lzw-20f3db0c")]
    [InlineData("8ca36e6856e9", "seq-1c-1b-fax3-71f6a21a seq-1c-1b-fax3-fillbits-71f6a21a seq-1c-1b-fax3-lsb-71f6a21a")]
    [InlineData("010413efe9fc", "seq-1c-32f-deflate-fpredict-390fe673 seq-1c-64f-deflate-fpredict-afa8560e")]
    public void TheSamePicture_InManyTypesAndPackings_IsTheSame(string sum, string names)
    {
        foreach (var name in names.Split(' '))
        {
            using var file = VolumeFiles.Open(TestData.File($"formats/tiff/{name}.tiff"), new VolumeManifest());
            Assert.Equal((name, sum), (name, Convert.ToHexStringLower(SHA256.HashData(VolumeFileTests.Read(file, 0)))[..12]));
        }
    }

    // Samples of one bit, of a real segmentation, beside the same in raw bytes.
    [DataFact]
    public void OneBit_IsZeroAndOne()
    {
        using var file = VolumeFiles.Open(TestData.File("two_phase/SampleData_2Phase_stack_3d_1bit.tif"), new VolumeManifest());
        Assert.Equal((new VolumeShape(100, 100, 100), SampleType.UInt8), (file.Shape, file.Samples));
        Assert.Equal([0, 1], VolumeFileTests.Read(file, 0).Distinct().Order().Select(b => (int)b));
    }

    [DataTheory]
    [InlineData("palette-1c-8b.tiff", "palette")]
    [InlineData("rgb-3c-8b.tiff", "3 samples")]
    [InlineData("seq-3c-24b-contig-27b9f8ce.tiff", "has 3 samples")]
    public void WhatIsNotGrey_IsRefused(string name, string why) =>
        Assert.Contains(why, Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(TestData.File("formats/tiff/" + name), new VolumeManifest())).Message, StringComparison.Ordinal);

    [DataFact]
    public void ImageJ_OfRealSlices_SaysTheVoxelsSize()
    {
        using var file = VolumeFiles.Open(TestData.File("bone_stack"), new VolumeManifest());
        Assert.Equal(200, file.Shape.Z);
        if (file.Geometry is { } g)
        {
            Assert.Equal(19.5, g.Transform.VoxelSize.X, 2);
        }
    }

    [Fact]
    public void ImageJHyperstack_IsTimesOfSlices()
    {
        Write("v.tif", Pages(6), "ImageJ=1.54f\nimages=6\nslices=3\nframes=2\nhyperstack=true\nunit=\\u00B5m\nspacing=2.5\n", pixelsPerUnit: 4);
        using var file = VolumeFiles.Open(_folder["v.tif"], new VolumeManifest());
        Assert.Equal((2, new VolumeShape(3, 2, 4)), (file.Frames, file.Shape));
        Assert.Equal(Enumerable.Range(24, 24).Select(i => (byte)i), VolumeFileTests.Read(file, 1));
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((2.5, 0.25, 0.25), (size.Z, size.Y, size.X));
    }

    // One page that says how many follow it in the file.
    [Fact]
    public void ImageJ_BeyondFourGigabytes_HasOnePage()
    {
        Write("v.tif", [Enumerable.Range(0, 24).Select(i => (byte)i).ToArray()], "ImageJ=1.54f\nimages=3\nslices=3\n");
        using var file = VolumeFiles.Open(_folder["v.tif"], new VolumeManifest());
        Assert.Equal(new VolumeShape(3, 2, 4), file.Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), VolumeFileTests.Read(file, 0));
        Write("w.tif", [Enumerable.Range(0, 8).Select(i => (byte)i).ToArray()], "ImageJ=1.54f\nimages=999\nslices=999\n");
        Assert.Contains("says that it has 999 images", Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["w.tif"], new VolumeManifest())).Message, StringComparison.Ordinal);
    }

    // Two files, times before slices, lengths in nanometres; every file of the set says the same.
    [Fact]
    public void OmeTiff_InSeveralFiles_IsOneSeries()
    {
        const string Xml = """
            <?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="P" DimensionOrder="XYTZC" Type="uint8" SizeX="4" SizeY="2" SizeZ="2" SizeC="1" SizeT="2"
             PhysicalSizeX="500" PhysicalSizeXUnit="nm" PhysicalSizeY="500" PhysicalSizeYUnit="nm" PhysicalSizeZ="2" PhysicalSizeZUnit="µm">
             <TiffData FirstZ="0" FirstT="0" IFD="1"><UUID FileName="a.ome.tif">x</UUID></TiffData><TiffData FirstZ="0" FirstT="1" IFD="0"><UUID FileName="a.ome.tif">x</UUID></TiffData>
             <TiffData FirstZ="1" FirstT="0" IFD="0" PlaneCount="2"><UUID FileName="b.ome.tif">y</UUID></TiffData></Pixels></Image></OME>
            """;
        var pages = Pages(4);
        Write("a.ome.tif", pages[..2], Xml);
        Write("b.ome.tif", pages[2..], Xml);
        foreach (var name in new[] { "a.ome.tif", "b.ome.tif" })
        {
            using var file = VolumeFiles.Open(_folder[name], new VolumeManifest());
            Assert.Equal((2, new VolumeShape(2, 2, 4)), (file.Frames, file.Shape));
            Assert.Equal([.. pages[1], .. pages[2]], VolumeFileTests.Read(file, 0));
            Assert.Equal([.. pages[0], .. pages[3]], VolumeFileTests.Read(file, 1));
            var size = file.Geometry!.Transform.VoxelSize;
            Assert.Equal((2, 0.5, 0.5), (size.Z, size.Y, size.X));
        }

        File.Delete(_folder["b.ome.tif"]);
        Assert.Contains("b.ome.tif", Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["a.ome.tif"], new VolumeManifest())).Message, StringComparison.Ordinal);
        var asked = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["a.ome.tif"], new VolumeManifest(), p => throw new VolumeFormatException($"{p} is not below.")));
        Assert.Contains("not below", asked.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<OME><Image><Pixels SizeX=\"4\" SizeY=\"2\" SizeZ=\"0\" SizeC=\"1\" SizeT=\"1\"/></Image></OME>", "SizeZ")]
    [InlineData("<OME><Image><Pixels SizeX=\"4\" SizeY=\"2\" SizeZ=\"1\" SizeC=\"3\" SizeT=\"1\"/></Image></OME>", "3 channels")]
    [InlineData("<OME><Image><Pixels SizeZ=\"9\" SizeC=\"1\" SizeT=\"1\"/></Image></OME>", "promises 9 slices, but the file has 1 page")]
    [InlineData("<OME><Image><Pixels SizeZ=\"1\" SizeC=\"1\" SizeT=\"1\" PhysicalSizeX=\"0\" PhysicalSizeY=\"1\"/></Image></OME>", "PhysicalSizeX")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><OME><Image>&a;</Image></OME>", "OME-XML")]
    [InlineData("<OME><Image>", "OME-XML")]
    public void OmeXml_ThatIsNonsense_IsRefused(string xml, string why)
    {
        Write("v.tif", Pages(1), xml);
        Assert.Contains(why, Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["v.tif"], new VolumeManifest())).Message, StringComparison.Ordinal);
    }

    // A resolution is taken where it is one; 72 dots an inch are what programs write that know none.
    [Theory]
    [InlineData(3, 20000, 0.5)]
    [InlineData(2, 72, null)]
    [InlineData(2, 25400, 1.0)]
    [InlineData(1, 20000, null)]
    [InlineData(3, 0, null)]
    public void Resolution_OfAPlainTiff_IsTakenWhereItIsOne(int unit, double pixels, double? um)
    {
        Write("v.tif", Pages(2), "", pixels, unit);
        using var file = VolumeFiles.Open(_folder["v.tif"], new VolumeManifest());
        Assert.Equal(um, file.Geometry?.Transform.VoxelSize.X);
    }

    public void Dispose() => _folder.Dispose();

    private static byte[][] Pages(int count) => Enumerable.Range(0, count).Select(p => Enumerable.Range(8 * p, 8).Select(i => (byte)i).ToArray()).ToArray();

    // Pages of 4 × 2 bytes; of the first, more bytes may follow than it has.
    private void Write(string name, byte[][] pages, string description, double pixelsPerUnit = 0, int unit = 1)
    {
        using var file = new MemoryStream();
        file.Write("II"u8);
        file.Write([42, 0, 0, 0, 0, 0]);
        var next = 4L;
        foreach (var (pixels, page) in pages.Select((p, i) => (p, i)))
        {
            var text = page == 0 ? Encoding.UTF8.GetBytes(description + "\0") : [0];
            var (data, words) = (file.Position, file.Position + pixels.Length);
            file.Write(pixels);
            file.Write(text);
            var rational = file.Position;
            var number = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)(pixelsPerUnit * 1000));
            BinaryPrimitives.WriteUInt32LittleEndian(number.AsSpan(4), 1000);
            file.Write(number);
            var directory = file.Position;
            (uint Tag, uint Type, uint Count, uint Value)[] entries =
            [
                (256, 3, 1, 4), (257, 3, 1, 2), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
                .. text.Length > 4 ? [(270u, 2u, (uint)text.Length, (uint)words)] : Array.Empty<(uint, uint, uint, uint)>(),
                (273, 4, 1, (uint)data), (277, 3, 1, 1), (278, 3, 1, 2), (279, 4, 1, 8), (282, 5, 1, (uint)rational), (283, 5, 1, (uint)rational), (296, 3, 1, (uint)unit),
            ];
            file.Write(BitConverter.GetBytes((ushort)entries.Length));
            foreach (var (tag, type, count, value) in entries)
            {
                file.Write(BitConverter.GetBytes((ushort)tag));
                file.Write(BitConverter.GetBytes((ushort)type));
                file.Write(BitConverter.GetBytes(count));
                file.Write(BitConverter.GetBytes(value));
            }

            var after = file.Position;
            file.Write([0, 0, 0, 0]);
            file.Position = next;
            file.Write(BitConverter.GetBytes((uint)directory));
            (next, file.Position) = (after, file.Length);
        }

        File.WriteAllBytes(_folder[name], file.ToArray());
    }
}
