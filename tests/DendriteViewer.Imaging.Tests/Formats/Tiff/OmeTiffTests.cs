using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats.Tiff;

/// <summary>OME-TIFF: which file and page a plane lies in, whatever files are called, and what the header says against the pages.</summary>
public sealed class OmeTiffTests : IDisposable
{
    private const string A = "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001", B = "urn:uuid:bbbbbbbb-0000-4000-8000-000000000002";
    private readonly TempFolder _folder = new();

    // The file was renamed; a decoy has its old name.
    [Fact]
    public void File_WhoseUuidThePlanesName_IsReadWhateverItsName()
    {
        var xml = Xml(A, "SizeZ=\"2\" SizeT=\"1\"", Data(0, 0, 0, A, "old.ome.tif"), Data(1, 0, 1, A.ToUpperInvariant(), "old.ome.tif"));
        Write("new.ome.tif", 10, 2, xml);
        Write("old.ome.tif", 90, 2, Xml(B, "SizeZ=\"2\" SizeT=\"1\""));
        Assert.Equal([10, 11], Slices("new.ome.tif", 0));
    }

    [Fact]
    public void Set_WithRenamedFiles_IsFoundByUuidAndSaid()
    {
        string[] data = [Data(0, 0, 0, A, "a.ome.tif"), Data(1, 0, 0, B, "b.ome.tif")];
        Write("first.ome.tif", 10, 1, Xml(A, "SizeZ=\"2\" SizeT=\"1\"", data));
        Write("second.ome.tif", 20, 1, Xml(B, "SizeZ=\"2\" SizeT=\"1\"", data));
        using var file = VolumeFiles.Open(_folder["first.ome.tif"], new VolumeManifest());
        Assert.Equal([10, 20], Slices("first.ome.tif", 0));
        Assert.Equal([10, 20], Slices("second.ome.tif", 0));
        Assert.Contains("b.ome.tif is called second.ome.tif now", string.Concat(file.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void NamedFile_WithAnotherUuid_IsRefused()
    {
        Write("a.ome.tif", 10, 1, Xml(A, "SizeZ=\"2\" SizeT=\"1\"", Data(0, 0, 0, A, "a.ome.tif"), Data(1, 0, 0, B, "b.ome.tif")));
        Write("b.ome.tif", 20, 1, Xml("urn:uuid:c", "SizeZ=\"1\" SizeT=\"1\""));
        Refused("a.ome.tif", "has the UUID c, but a.ome.tif says that its planes lie in the file of UUID bbbbbbbb");
        Write("b.ome.tif", 20, 1, null);
        Assert.Equal([10, 20], Slices("a.ome.tif", 0));
        File.Delete(_folder["b.ome.tif"]);
        Refused("a.ome.tif", "b.ome.tif, which a.ome.tif says holds some of its pages, does not exist");
    }

    [Fact]
    public void BinaryOnly_ReadsItsMetadataFile()
    {
        Write("a.ome.tif", 10, 2, $"<OME UUID=\"{A}\"><BinaryOnly MetadataFile=\"set.companion.ome\" UUID=\"{B}\"/></OME>");
        Refused("a.ome.tif", "set.companion.ome, where a.ome.tif says that its description lies, does not exist");
        File.WriteAllText(_folder["set.companion.ome"], Xml(B, "SizeZ=\"2\" SizeT=\"1\" PhysicalSizeX=\"3\" PhysicalSizeY=\"2\" "
            + "PhysicalSizeZ=\"1\"", Data(0, 0, 1, A, "x.tif"), Data(1, 0, 0, A, "x.tif")));
        Assert.Equal([11, 10], Slices("a.ome.tif", 0));
        File.WriteAllText(_folder["set.companion.ome"], Xml("urn:uuid:other", "SizeZ=\"2\" SizeT=\"1\""));
        Refused("a.ome.tif", "set.companion.ome has the UUID other, but a.ome.tif says that its description has bbbbbbbb");
    }

    [Fact]
    public void BinaryOnly_TakesTheSizesOfItsMetadataFile()
    {
        Write("a.ome.tif", 10, 2, $"<OME UUID=\"{A}\"><BinaryOnly MetadataFile=\"set.companion.ome\" UUID=\"{B}\"/></OME>");
        const string Sizes = "SizeZ=\"2\" SizeT=\"1\" PhysicalSizeX=\"3\" PhysicalSizeY=\"2\" PhysicalSizeZ=\"1\"";
        File.WriteAllText(_folder["set.companion.ome"], Xml(B, Sizes, Data(0, 0, 1, A, "x.tif"), Data(1, 0, 0, A, "x.tif")));
        using var file = VolumeFiles.Open(_folder["a.ome.tif"], new VolumeManifest());
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((1, 2, 3), (size.Z, size.Y, size.X));
    }

    [Theory]
    [InlineData("SizeZ=\"3\" SizeT=\"4\"", "<TiffData/>", 10, 3, "promises 4 × 3 = 12 slices, but the files have 10")]
    [InlineData("SizeZ=\"3\" SizeT=\"4\"", "", 10, 3, "4 × 3 = 12 pages, but the file has 10")]
    [InlineData("SizeZ=\"3\" SizeT=\"3\"", "<TiffData/>", 10, 3, "1 of its 10 pages belong to no slice")]
    [InlineData("SizeZ=\"3\" SizeT=\"3\"", "", 9, 3, null)]
    public void Counts_ThatDisagree_GiveWholeTimesAndARemark(string sizes, string data, int pages, int frames, string? remark)
    {
        Write("v.ome.tif", 0, pages, Xml(A, sizes, data));
        using var file = VolumeFiles.Open(_folder["v.ome.tif"], new VolumeManifest());
        Assert.Equal((frames, 3), (file.Frames, file.Shape.Z));
        Assert.Equal([6, 7, 8], Slices("v.ome.tif", 2));
        Assert.Equal(remark is null ? 0 : 1, file.Remarks.Count);
        Assert.Contains(remark ?? "", string.Concat(file.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SizeZ=\"9\" SizeT=\"1\"", "<TiffData/>", "9 slices, but the files have 3")]
    [InlineData("SizeZ=\"9\" SizeT=\"1\"", "", "promises 9 slices, but the file has 3")]
    [InlineData("SizeZ=\"3\" SizeT=\"1\" SizeX=\"5\"", "", "gives SizeX 5, but its pages are of 4 × 2")]
    [InlineData("SizeZ=\"3\" SizeT=\"1\" SizeX=\"4\" SizeY=\"7\"", "", "gives SizeY 7")]
    [InlineData("SizeZ=\"3\" SizeT=\"1\" Type=\"uint16\"", "", "the type uint16, but its pages are of uint8")]
    public void Header_ThatContradictsThePages_IsRefusedWithBoth(string sizes, string data, string why)
    {
        Write("v.ome.tif", 0, 3, Xml(A, sizes, data));
        Refused("v.ome.tif", why);
    }

    [Theory]
    [InlineData("PhysicalSizeX=\"2\" PhysicalSizeY=\"3\" PhysicalSizeZ=\"4\" PhysicalSizeYUnit=\"nm\" "
        + "PhysicalSizeZUnit=\"mm\"", 4000, 0.003, 2, 0)]
    [InlineData("PhysicalSizeX=\"2\"", 2, 2, 2, 2)]
    [InlineData("PhysicalSizeX=\"2\" PhysicalSizeY=\"3\"", 3, 3, 2, 1)]
    [InlineData("PhysicalSizeZ=\"2\"", 0, 0, 0, 1)]
    [InlineData("PhysicalSizeX=\"2\" PhysicalSizeY=\"3\" PhysicalSizeZ=\"4\" PhysicalSizeZUnit=\"pixel\"", 0, 0, 0, 1)]
    [InlineData("PhysicalSizeX=\"2\" PhysicalSizeXUnit=\"reference frame\" PhysicalSizeY=\"3\"", 0, 0, 0, 1)]
    public void PhysicalSizes_BelongToTheirAxes_AndGuessesAreSaid(string sizes, double z, double y, double x, int remarks)
    {
        Write("v.ome.tif", 0, 3, Xml(A, "SizeZ=\"3\" SizeT=\"1\" " + sizes));
        using var file = VolumeFiles.Open(_folder["v.ome.tif"], new VolumeManifest());
        var size = file.Geometry?.Transform.VoxelSize;
        Assert.Equal((z, y, x), (Math.Round(size?.Z ?? 0, 9), Math.Round(size?.Y ?? 0, 9), Math.Round(size?.X ?? 0, 9)));
        Assert.Equal(remarks, file.Remarks.Count);
    }

    // A folder of a set is the set, however its names sort.
    [Fact]
    public void Folder_OfAnOmeSet_IsThatSet()
    {
        string[] data = [Data(0, 0, 0, B, "b.ome.tif"), Data(1, 0, 0, A, "a.ome.tif")];
        Write("a.ome.tif", 10, 1, Xml(A, "SizeZ=\"2\" SizeT=\"1\"", data));
        Write("b.ome.tif", 20, 1, Xml(B, "SizeZ=\"2\" SizeT=\"1\"", data));
        Write("c.tif", 30, 1, null);
        Assert.Equal([20, 10], Slices("", 0));
        using var file = VolumeFiles.Open(_folder.Path, new VolumeManifest());
        Assert.Contains("such as c.tif", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string Data(int z, int t, int ifd, string uuid, string name) =>
        $"<TiffData FirstZ=\"{z}\" FirstT=\"{t}\" IFD=\"{ifd}\"><UUID FileName=\"{name}\">{uuid}</UUID></TiffData>";

    private static string Xml(string uuid, string sizes, params string[] data) =>
        $"<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"{uuid}\"><Image ID=\"I\"><Pixels "
            + "ID=\"P\" "
        + $"DimensionOrder=\"XYZCT\" SizeC=\"1\" {sizes}>{string.Concat(data)}</Pixels></Image></OME>";

    // Pages of 4 × 2 of one value each, counted from the first's.
    private void Write(string name, int first, int pages, string? description)
    {
        TestPage Page(int i) =>
            TestPage.Of(4, 2, [.. Enumerable.Repeat((byte)i, 8)]) with { Description = i == first ? description : null };
        File.WriteAllBytes(_folder[name], TestTiff.Write([.. Enumerable.Range(first, pages).Select(Page)]));
    }

    private int[] Slices(string name, int frame)
    {
        using var file = VolumeFiles.Open(name.Length == 0 ? _folder.Path : _folder[name], new VolumeManifest());
        return [.. VolumeFileTests.Read(file, frame).Chunk(8).Select(s => (int)s[0])];
    }

    private void Refused(string name, string why)
    {
        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder[name], new VolumeManifest()));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }
}
