using System.Globalization;
using System.IO.Compression;
using System.Text;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>NRRD headers that say which axis is which, in what unit, and how much data there is.</summary>
public sealed class NrrdFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    // Fastest first, as the header lists them; raw and packed, which are read in different ways.
    [Theory]
    [InlineData("xyzt", "domain domain domain list")]
    [InlineData("xyzt", "space space space time")]
    [InlineData("txyz", "list domain domain domain")]
    [InlineData("xtyz", "space time space space")]
    [InlineData("xytz", "domain domain list domain")]
    [InlineData("xyzt", "domain domain domain domain")]
    public void Kinds_WithTimeAtAnyPlace_AreReadAsFrames(string axes, string kinds)
    {
        foreach (var gzip in new[] { false, true })
        {
            using var file = Open(axes, gzip, $"kinds: {kinds}");
            AxisVolumes.AssertIn(file, 3);
        }
    }

    [Theory]
    [InlineData("txyz")]
    [InlineData("xtyz")]
    [InlineData("xytz")]
    [InlineData("xyzt")]
    public void Directions_NoneWithoutKinds_SayWhichAxisIsNotSpace(string axes)
    {
        using var file = Open(axes, false, "space: left-posterior-superior", "space directions: "
            + Directions(axes), "space units: \"um\" \"um\" \"um\"");
        AxisVolumes.AssertIn(file, 3);
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((2.0, 0.25, 0.5), (size.Z, size.Y, size.X));
        Assert.Contains(file.Remarks, r => r.Contains("has no direction in space", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("txyz", "NaN 0.5 0.25 2")]
    [InlineData("xyzt", "0.5 0.25 2 nan")]
    public void Spacings_OfNaN_SayWhichAxisIsNotSpace(string axes, string spacings)
    {
        using var file = Open(axes, false, "spacings: " + spacings, "space units: \"um\" \"um\" \"um\"");
        AxisVolumes.AssertIn(file, 3);
        Assert.Equal(2, file.Geometry!.Transform.VoxelSize.Z);
    }

    [Theory]
    [InlineData("zyx")]
    [InlineData("yxz")]
    [InlineData("xzy")]
    [InlineData("tzyx")]
    public void Labels_InAnotherOrder_AreTurned(string axes)
    {
        foreach (var gzip in new[] { false, true })
        {
            using var file = Open(axes, gzip, "labels: " + string.Join(' ', axes.Select(a => $"\"{a}\"")));
            AxisVolumes.AssertIn(file, axes.Length == 4 ? 3 : 1);
        }
    }

    [Theory]
    [InlineData("cxyz", "RGB-color domain domain domain", "3 channels along its axis 'rgb-color'")]
    [InlineData("xyzc", "domain domain domain 3-vector", "3 channels along its axis '3-vector'")]
    [InlineData("xcyz", "space covariant-vector space space", "3 channels along its axis 'covariant-vector'")]
    [InlineData("xyzc", "space space space 3D-symmetric-matrix", "'3d-symmetric-matrix'")]
    [InlineData("xyzt", "domain domain domain", "kinds are for 3 axes, but it has 4")]
    public void Kinds_ThatAreNeitherSpaceNorTime_AreRefusedByName(string axes, string kinds, string why)
    {
        var e = Assert.Throws<VolumeFormatException>(() => Open(axes, false, $"kinds: {kinds}"));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder["v.nrrd"], e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels: \"x\" \"y\" \"theta\"", "'theta'")]
    [InlineData("labels: \"x\" \"y\" \"channel\"", "'channel'")]
    public void Labels_ThatNoScanHas_AreRefusedByName(string labels, string why) =>
        Assert.Contains(why, Assert.Throws<VolumeFormatException>(() => Open("xyz", false, labels)).Message, StringComparison.Ordinal);

    [Fact]
    public void Axes_FourWithoutWords_AreTakenByOrderAndThatIsSaid()
    {
        using var file = Open("xyzt", false);
        AxisVolumes.AssertIn(file, 3);
        Assert.Contains(file.Remarks, r => r.Contains("taken for time", StringComparison.Ordinal));
    }

    [Fact]
    public void Units_OfEachAxis_AreEachConverted()
    {
        using var file = Open("xyz", false, "space directions: (500,0,0) (0,0.25,0) (0,0,0.002)", "space units: \"nm\" \"µm\" \"mm\"",
            "space origin: (1000,2,0.003)");
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((2.0, 0.25, 0.5), (size.Z, size.Y, size.X));
        Assert.Equal(0, (file.Geometry.Transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5)) - new WorldPoint(3, 2, 1)).Length, 9);
    }

    [Theory]
    [InlineData("space directions: (1,0,0) (0,1,0) (0,0,1)", "space units: \"mm\" \"parsec\" \"mm\"", "\"parsec\"")]
    [InlineData("space directions: (1,0,0) (0,1,0) (0,0,1)", "space units: \"mm\"", "for each of x, y and z")]
    [InlineData("space directions: (1,0,0) (0,1,0) (0,0,1)", "", "without a unit")]
    [InlineData("spacings: 1 1 0", "space units: \"mm\" \"mm\" \"mm\"", "which is no size")]
    [InlineData("spacings: 1 nan 1", "space units: \"mm\" \"mm\" \"mm\"", "not for all of z, y and x")]
    [InlineData("space directions: (1,0,0) (0,1,0) none", "space units: \"mm\" \"mm\" \"mm\"", "not for all of z, y and x")]
    public void Sizes_ThatCannotBeTaken_AreSaid(string sizes, string units, string why)
    {
        using var file = Open("xyz", false, sizes, units);
        Assert.Null(file.Geometry);
        Assert.Contains(file.Remarks, r => r.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public void Directions_ThatFlipAndPermute_AreSaid()
    {
        using var file = Open("xyz", false, "space: RAS", "space directions: (0,-0.5,0) (0.25,0,0) (0,0,2)",
            "space units: \"um\" \"um\" \"um\"");
        Assert.Contains(file.Remarks, r => r.Contains("run along −y, x, z of its space (RAS)", StringComparison.Ordinal));
    }

    [Fact]
    public void Steps_InTime_AreNotTakenAndThatIsSaid()
    {
        using var file = Open("xyzt", false, "kinds: space space space time", "spacings: 1 1 1 30", "units: \"um\" \"um\" \"um\" \"min\"");
        AxisVolumes.AssertIn(file, 3);
        Assert.Equal(1, file.Geometry!.Transform.VoxelSize.Z);
        Assert.Contains(file.Remarks, r => r.Contains("steps in time of 30 min are not taken", StringComparison.Ordinal));
    }

    [Fact]
    public void Fields_ThatAreNotApplied_AreSaid()
    {
        using var file = Open("xyz", false, "old min: -1000", "old max: 3000", "sample units: \"HU\"", "thicknesses: nan nan 3");
        Assert.Contains(file.Remarks, r => r.Contains("old min (-1000) and old max (3000) are not applied", StringComparison.Ordinal));
        Assert.Contains(file.Remarks, r => r.Contains("(HU) are not kept", StringComparison.Ordinal));
        Assert.Contains(file.Remarks, r => r.Contains("thicknesses", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Data_LongerOrShorterThanTheHeader_AreSaidOrRefusedWithBothNumbers(bool gzip)
    {
        using (var file = Open("xyz", gzip, AxisVolumes.Array("zyxt")))
        {
            Assert.Equal(AxisVolumes.Shape, file.Shape);
            Assert.Contains(file.Remarks, r => r.Contains("630", StringComparison.Ordinal));
        }

        var e = Assert.Throws<VolumeFormatException>(() => Open("xyz", gzip, AxisVolumes.Array("zyx")[..600]));
        Assert.Contains("630", e.Message, StringComparison.Ordinal);
        Assert.Contains("600", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_InFilesOfWhichOneIsCutOff_AreRefusedThoughTheirSumIsRight()
    {
        var data = AxisVolumes.Array("zyx");
        for (var i = 0; i < 5; i++)
        {
            File.WriteAllBytes(_folder[$"p{i}.raw"], data[(126 * i)..(126 * (i + 1) + (i == 2 ? 2 : i == 3 ? -2 : 0))]);
        }

        File.WriteAllText(_folder["v.nrrd"],
            "NRRD0005\ntype: uint16\ndimension: 3\nsizes: 9 7 5\nendian: little\nencoding: raw\ndata file: p%d.raw 0 4 1\n");
        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["v.nrrd"], new VolumeManifest()));
        Assert.Contains("p3.raw holds 124 bytes of voxels, but its header says that there are 126", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Axes_InAnOrderThatMemoryCannotTurn_AreRefusedWithTheOrderTheyNeed()
    {
        var head = "NRRD0005\ntype: uint8\ndimension: 3\nsizes: 1100 1000 1000\nlabels: \"z\" \"y\" \"x\"\nencoding: raw\n\n"u8.ToArray();
        using (var sparse = File.Create(_folder["v.nrrd"]))
        {
            sparse.Write(head);
            sparse.SetLength(head.Length + 1_100_000_000L);
        }

        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["v.nrrd"], new VolumeManifest()));
        Assert.Contains("in the order x, y, z (slowest first), and is too large to be turned", e.Message, StringComparison.Ordinal);
        Assert.Contains("write it in the order z, y, x", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string Directions(string axes) =>
        string.Join(' ', axes.Select(a => a switch { 'x' => "(0.5,0,0)", 'y' => "(0,0.25,0)", 'z' => "(0,0,2)", _ => "none" }));

    private VolumeFile Open(string axes, bool gzip, params string[] fields) =>
        Open(axes, gzip, AxisVolumes.Array(string.Concat(axes.Reverse())), fields);

    private VolumeFile Open(string axes, bool gzip, byte[] data, params string[] fields)
    {
        var sizes = string.Join(' ', axes.Select(a => AxisVolumes.Length(a).ToString(CultureInfo.InvariantCulture)));
        var lines = new[] { "NRRD0005", "type: uint16", $"dimension: {axes.Length}", $"sizes: {sizes}", "endian: little",
            $"encoding: {(gzip ? "gzip" : "raw")}" };
        using var stream = new MemoryStream();
        stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', [.. lines, .. fields.Where(f => f.Length > 0), "", ""])));
        if (gzip)
        {
            using var packed = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
            packed.Write(data);
        }
        else
        {
            stream.Write(data);
        }

        File.WriteAllBytes(_folder["v.nrrd"], stream.ToArray());
        return VolumeFiles.Open(_folder["v.nrrd"], new VolumeManifest());
    }
}
