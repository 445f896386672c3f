using System.IO.Compression;
using System.Text;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>MetaImage headers that say more, or less, than is there.</summary>
public sealed class MetaImageFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Axes_Four_AreTimesAndThatIsSaid()
    {
        using var file = Open(AxisVolumes.Array("tzyx"), "DimSize = 9 7 5 3");
        AxisVolumes.AssertIn(file, 3);
        Assert.Contains(file.Remarks, r => r.Contains("fourth axis, of 3 elements, is taken for time", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DimSize = 9 7 5", "ElementNumberOfChannels = 3", "3 values a voxel (ElementNumberOfChannels)")]
    [InlineData("DimSize = 9 7 5", "BinaryDataByteOrderMSB = False\nElementByteOrderMSB = True", "disagree about the byte order")]
    [InlineData("DimSize = 9 7 5", "HeaderSize = 3", "HeaderSize is 3, but its header takes")]
    [InlineData("DimSize = 9 7 5", "HeaderSize = -1\nCompressedData = True", "not compressed")]
    [InlineData("DimSize = 9 7 6", "", "756 bytes, which its 630 bytes of data cannot hold")]
    [InlineData("DimSize = 9 7 6", "HeaderSize = -1", "756 bytes, which its 630 bytes of data cannot hold")]
    public void Headers_ThatContradict_AreRefusedWithOneSentence(string size, string fields, string why)
    {
        var e = Assert.Throws<VolumeFormatException>(() => Open(AxisVolumes.Array("zyx"), size, fields));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder["v.mha"], e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_LongerThanTheHeader_AreSaidWithBothNumbers()
    {
        using var file = Open(AxisVolumes.Array("tzyx"), "DimSize = 9 7 5");
        AxisVolumes.AssertIn(file, 1);
        Assert.Contains(file.Remarks, r => r.Contains("1890", StringComparison.Ordinal) && r.Contains("630", StringComparison.Ordinal));
    }

    [Fact]
    public void Data_PackedAndCutOff_AreRefusedWithBothNumbers()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(AxisVolumes.Array("zyx")[..600]);
        }

        var e = Assert.Throws<VolumeFormatException>(() => Open(packed.ToArray(), "DimSize = 9 7 5", "CompressedData = True"));
        Assert.Contains("holds 600 bytes of voxels, but its header says that there are 630", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<VolumeFormatException>(() =>
            Open(packed.ToArray(), "DimSize = 9 7 5", $"CompressedData = True\nCompressedDataSize = {packed.Length + 7}"));
        Assert.Contains($"CompressedDataSize is {packed.Length + 7}, but only {packed.Length} bytes", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "2.5 without a unit, so it was not taken")]
    [InlineData("DistanceUnits = cubit", "cubit (DistanceUnits), which is no unit of length")]
    [InlineData("AnatomicalOrientation = RAI", "AnatomicalOrientation (RAI) is not applied")]
    [InlineData("ElementSize = 1 1 9", "ElementSize (1 1 9) differ; the spacing counts")]
    public void Spacing_WithoutAKnownUnit_IsNotTakenAndSaid(string field, string why)
    {
        using var file = Open(AxisVolumes.Array("zyx"), "DimSize = 9 7 5", "ElementSpacing = 0.5 1.5 2.5\n" + field);
        Assert.Null(file.Geometry);
        Assert.Contains(file.Remarks, r => r.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public void Spacing_WithItsUnit_IsTakenWithOffsetAndMatrix()
    {
        using var file = Open(
            AxisVolumes.Array("zyx"), "DimSize = 9 7 5",
                "ElementSpacing = 0.5 1.5 2.5\nDistanceUnits = um\nOffset = 10 20 30\nTransformMatrix = -1 0 0 0 1 0 0 0 1");
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((2.5, 1.5, 0.5), (size.Z, size.Y, size.X));
        Assert.Equal(0, (file.Geometry.Transform.ToWorld(new VoxelPoint(0.5, 0.5, 2.5)) - new WorldPoint(30, 20, 9)).Length, 9);
    }

    [Theory]
    [InlineData("0.5 0 2.5")]
    [InlineData("0.5 nan 2.5")]
    public void Spacing_ThatIsNoSize_IsNotTakenAndSaid(string spacing)
    {
        using var file = Open(AxisVolumes.Array("zyx"), "DimSize = 9 7 5", $"DistanceUnits = mm\nElementSpacing = {spacing}");
        Assert.Null(file.Geometry);
        Assert.Contains(file.Remarks, r => r.Contains("which is no size", StringComparison.Ordinal));
    }

    [Fact]
    public void List_OfFewerFilesThanSlices_IsRefusedWithBothNumbers()
    {
        var data = AxisVolumes.Array("zyx");
        for (var i = 0; i < 5; i++)
        {
            File.WriteAllBytes(_folder[$"p{i}.raw"], data[(126 * i)..(126 * (i + 1))]);
        }

        const string Head = "ObjectType = Image\nNDims = 3\nDimSize = 9 7 5\nElementType = MET_USHORT\nElementDataFile = LIST\n";
        File.WriteAllText(_folder["v.mhd"], Head + "p0.raw\np1.raw\np2.raw\np3.raw\np4.raw\n");
        using (var file = VolumeFiles.Open(_folder["v.mhd"], new VolumeManifest()))
        {
            AxisVolumes.AssertIn(file, 1);
        }

        File.WriteAllText(_folder["v.mhd"], Head + "p0.raw\np1.raw\np2.raw\n");
        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["v.mhd"], new VolumeManifest()));
        Assert.Contains("names 3 files", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private VolumeFile Open(byte[] data, string size, string fields = "")
    {
        var dimensions = size.Split(' ').Length - 2;
        var head = $"ObjectType = Image\nNDims = {dimensions}\nBinaryData = True\n{fields}\n{size}\nElementType = "
            + $"MET_USHORT\nElementDataFile = LOCAL\n";
        File.WriteAllBytes(_folder["v.mha"], [.. Encoding.ASCII.GetBytes(head), .. data]);
        return VolumeFiles.Open(_folder["v.mha"], new VolumeManifest());
    }
}
