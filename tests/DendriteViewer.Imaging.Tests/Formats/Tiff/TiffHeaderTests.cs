using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats.Tiff;

/// <summary>
/// What ImageJ, OME-XML, tifffile and the tags say, where it is more than the pages are, less, or another thing: taken with a remark, or
/// refused with both numbers.
/// </summary>
public sealed class TiffHeaderTests : IDisposable
{
    private const int Width = 4, Height = 2;
    private readonly TempFolder _folder = new();

    // Per axis: pixels a unit along x and y, spacing along z.
    [Theory]
    [InlineData("unit=um\nspacing=2\n", 2, 0.25, 0.2)]
    [InlineData("unit=um\nspacing=0.002\nzunit=mm\n", 2, 0.25, 0.2)]
    [InlineData("unit=mm\nyunit=um\nzunit=nm\nspacing=2000\n", 2, 0.25, 200)]
    [InlineData("unit=\\u00B5m\nyunit=nm\nspacing=3.5\n", 3.5, 0.00025, 0.2)]
    [InlineData("unit=um\nspacing=-2\n", 2, 0.25, 0.2)]
    public void ImageJ_UnitOfAnAxis_BelongsToThatAxis(string lines, double z, double y, double x)
    {
        using var file = Open(Pages(5, "ImageJ=1.53t\nimages=5\nslices=5\n" + lines, x: (5, 1), y: (4, 1)));
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((z, y, x), (Math.Round(size.Z, 12), Math.Round(size.Y, 12), Math.Round(size.X, 12)));
        Assert.Equal(lines.Contains("=-", StringComparison.Ordinal) ? 1 : 0, file.Remarks.Count);
    }

    [Theory]
    [InlineData("unit=um\nzunit=furlong\nspacing=2\n", "zunit is 'furlong'", "along z")]
    [InlineData("unit=um\nyunit=pixel\nspacing=2\n", "yunit is 'pixel'", "along y")]
    [InlineData("unit=sausage\nspacing=2\n", "unit is 'sausage'", "along x")]
    public void ImageJ_UnknownUnit_IsNotTakenAndSaid(string lines, string what, string axis)
    {
        using var file = Open(Pages(5, "ImageJ=1.53t\nimages=5\nslices=5\n" + lines, x: (5, 1), y: (4, 1)));
        Assert.Null(file.Geometry);
        Assert.Contains(what, Assert.Single(file.Remarks), StringComparison.Ordinal);
        Assert.Contains(axis, file.Remarks[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unit=um\n", "does not say how far apart its slices are")]
    [InlineData("unit=um\nspacing=0\n", "spacing is '0'")]
    [InlineData("unit=um\nspacing=NaN\n", "spacing is 'NaN'")]
    [InlineData("unit=um\nspacing=wide\n", "spacing is 'wide'")]
    public void ImageJ_WithoutADistanceOfSlices_GuessesAndSaysSo(string lines, string what)
    {
        using var file = Open(Pages(5, "ImageJ=1.53t\nimages=5\nslices=5\n" + lines, x: (5, 1), y: (4, 1)));
        Assert.Equal(0.25, file.Geometry!.Transform.VoxelSize.Z);
        Assert.Contains(file.Remarks, r => r.Contains(what, StringComparison.Ordinal));
        Assert.Contains(file.Remarks, r => r.Contains("taken to be as far apart as its pixels along y, 0.25 µm", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cf=0\nc0=-32768.0\nc1=1.0\nvunit=HU\n", "value = c0 + c1·v", "c0 = -32768.0, c1 = 1.0, in HU")]
    [InlineData("c0=5\nc1=2\n", "value = c0 + c1·v", "c0 = 5, c1 = 2")]
    [InlineData("cf=8\nc0=5\nc1=2\nc2=7\n", "its function number 8", "c2 = 7")]
    public void ImageJ_Calibration_IsNotAppliedAndSaid(string lines, string formula, string numbers)
    {
        using var file = Open(Pages(2, "ImageJ=1.53t\nimages=2\nslices=2\n" + lines));
        var remark = Assert.Single(file.Remarks);
        Assert.Contains(formula, remark, StringComparison.Ordinal);
        Assert.Contains(numbers, remark, StringComparison.Ordinal);
        Assert.Contains("not applied", remark, StringComparison.Ordinal);
        using var identity = Open(Pages(2, "ImageJ=1.53t\nimages=2\nslices=2\ncf=0\nc0=0.0\nc1=1.0\n"));
        Assert.Empty(identity.Remarks);
    }

    // 100 dots an inch are what ImageJ keeps of a plain TIFF that knew no size.
    [Theory]
    [InlineData(100, false)]
    [InlineData(50000, true)]
    public void ImageJ_InchesOfAPrinter_AreNotTaken(uint dots, bool isTaken)
    {
        using var file = Open(Pages(2, "ImageJ=1.53t\nimages=2\nslices=2\nunit=inch\nspacing=0.001\n", x: (dots, 1), y: (dots, 1)));
        Assert.Equal(isTaken, file.Geometry is not null);
        Assert.Equal(isTaken ? 0 : 1, file.Remarks.Count);
    }

    // The pages are of value page number: the first slice of a time tells where it begins.
    [Theory]
    [InlineData("images=40\nslices=10\nframes=4\n", 33, 3, 10, "4 × 10 = 40 pages, but the file has 33")]
    [InlineData("images=33\nslices=10\nframes=4\n", 33, 3, 10, "4 × 10 = 40 pages, but the file has 33")]
    [InlineData("images=40\nslices=10\nframes=4\n", 50, 4, 10, "4 × 10 = 40 pages, but the file has 50")]
    [InlineData("images=40\nframes=4\n", 40, 4, 10, "4 times and no count of slices, but the file has 40")]
    [InlineData("images=40\nslices=10\n", 40, 4, 10, "10 slices and no count of times, but the file has 40")]
    [InlineData("images=10\n", 12, 1, 10, "promises 10 slices, but the file has 12")]
    [InlineData("images=10\nframes=10\n", 10, 10, 1, "has one slice")]
    [InlineData("images=40\nslices=10\nframes=4\nchannels=1\nhyperstack=true\n", 40, 4, 10, null)]
    [InlineData("hyperstack=true\n", 7, 1, 7, null)]
    [InlineData("images=1\n", 7, 1, 7, "speaks of 1 slice, but the file has 7 pages")]
    [InlineData("images=1\nslices=1\nframes=1\n", 7, 1, 7, "speaks of 1 slice, but the file has 7 pages")]
    public void ImageJ_CountsThatDisagree_GiveWholeTimesAndARemark(string lines, int pages, int frames, int slices, string? remark)
    {
        using var file = Open(Pages(pages, "ImageJ=1.53t\n" + lines));
        Assert.Equal((frames, slices), (file.Frames, file.Shape.Z));
        for (var t = 0; t < frames; t++)
        {
            Assert.Equal(t * slices, VolumeFileTests.Read(file, t)[0]);
        }

        Assert.Equal(remark is null ? 0 : 1, file.Remarks.Count);
        Assert.Contains(remark ?? "", string.Concat(file.Remarks), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("images=40\nslices=40\n", 33, "promises 40 slices, but the file has 33")]
    [InlineData("images=40\nslices=10\nframes=4\n", 9, "4 × 10 = 40 pages, but the file has 9")]
    [InlineData("images=40\n", 33, "promises 40 slices, but the file has 33")]
    [InlineData("images=6\nchannels=2\nslices=3\n", 6, "2 channels")]
    [InlineData("images=-6\n", 6, "images is '-6'")]
    [InlineData("images=6\nslices=99999\nframes=99999\n", 6, "pages; the file is damaged")]
    public void ImageJ_WithNoWholeTime_IsRefusedWithBothNumbers(string lines, int pages, string why) =>
        Refused(Pages(pages, "ImageJ=1.53t\n" + lines), why);

    // Zero of the world in pixels, as Fiji's Image > Properties has it.
    [Fact]
    public void ImageJ_Origin_IsTaken()
    {
        const string Description = "ImageJ=1.53t\nimages=5\nslices=5\nunit=um\nspacing=2\nxorigin=-3\nzorigin=1.5\n";
        using var file = Open(Pages(5, Description, x: (5, 1), y: (4, 1)));
        var corner = file.Geometry!.Transform.ToWorld(default);
        Assert.Equal((-3, 0, 0.6), (Math.Round(corner.Z, 12), Math.Round(corner.Y, 12), Math.Round(corner.X, 12)));
    }

    [Theory]
    [InlineData("""{"shape": [6, 2, 4]}""", 6, 1, 6, null)]
    [InlineData("""{"shape": [3, 2, 2, 4]}""", 6, 3, 2, null)]
    [InlineData("""{"shape": [3, 2, 2, 4], "axes": "TZYX"}""", 6, 3, 2, null)]
    [InlineData("""{"shape": [6, 2, 4], "axes": "TYX"}""", 6, 6, 1, null)]
    [InlineData("""{"shape": [6, 2, 4], "axes": "QYX"}""", 6, 1, 6, "axis 'Q'")]
    [InlineData("""{"shape": [1, 6, 1, 2, 4], "axes": "TZCYX"}""", 6, 1, 6, null)]
    [InlineData("""{"shape": [4, 2, 2, 4], "axes": "TZYX"}""", 7, 3, 2, "4 × 2 = 8 pages, but the file has 7")]
    [InlineData("""{"shape": [2, 4]}""", 6, 1, 6, "speaks of 1 slice, but the file has 6 pages")]
    [InlineData("""{"shape": [5, 2, 4]}""", 6, 1, 5, "promises 5 slices, but the file has 6")]
    public void Tifffile_Shape_SaysTimesAndSlices(string description, int pages, int frames, int slices, string? remark)
    {
        using var file = Open(Pages(pages, description));
        Assert.Equal((frames, slices), (file.Frames, file.Shape.Z));
        Assert.Equal((frames - 1) * slices, VolumeFileTests.Read(file, frames - 1)[0]);
        Assert.Equal(remark is null ? 0 : 1, file.Remarks.Count);
        Assert.Contains(remark ?? "", string.Concat(file.Remarks), StringComparison.Ordinal);
    }

    // Slices before times: every second page is of one time.
    [Fact]
    public void Tifffile_TimeThatRunsFastest_IsTakenApart()
    {
        using var file = Open(Pages(6, """{"shape": [3, 2, 2, 4], "axes": "ZTYX"}"""));
        Assert.Equal((2, 3), (file.Frames, file.Shape.Z));
        Assert.Equal([1, 3, 5], VolumeFileTests.Read(file, 1).Chunk(Width * Height).Select(s => (int)s[0]));
    }

    [Theory]
    [InlineData("""{"shape": [6, 4, 2]}""", 6, "6 × 4 × 2, but its pages are of 2 × 4")]
    [InlineData("""{"shape": [9, 2, 4]}""", 6, "promises 9 slices, but the file has 6")]
    [InlineData("""{"shape": [2, 3, 2, 4], "axes": "CZYX"}""", 6, "2 channels")]
    [InlineData("""{"shape": [6, 2, 4], "axes": "XYZ"}""", 6, "not y by x")]
    [InlineData("""{"shape": [6, 2, 4], "axes": "AYX"}""", 6, "axis 'A'")]
    [InlineData("""{"shape": [6, 2, 4], "axes": "YX"}""", 6, "names the axes YX")]
    public void Tifffile_ShapeThatFitsNoPages_IsRefused(string description, int pages, string why) =>
        Refused(Pages(pages, description), why);

    [Fact]
    public void ReducedCopiesAndMasks_AreLeftOutAndSaid()
    {
        var pages = Pages(5, null);
        var small = TestPage.Of(2, 1, [1, 2]) with { Subfile = 1 };
        var colour = small with { SamplesPerPixel = 3, Parts = [new byte[6]], Photometric = 2 };
        using var file = Open([pages[0], small, pages[1], colour, .. pages[2..]]);
        Assert.Equal([0, 1, 2, 3, 4], VolumeFileTests.Read(file, 0).Chunk(Width * Height).Select(s => (int)s[0]));
        Assert.Equal("2 of its 7 pages are marked as smaller copies or masks of others and were left out.", Assert.Single(file.Remarks));
        using var all = Open([.. pages.Select(p => p with { Subfile = 1 })]);
        Assert.Equal(5, all.Shape.Z);
        Assert.Contains("taken as slices", Assert.Single(all.Remarks), StringComparison.Ordinal);
        using var pyramid = Open([.. pages.Select(p => p with { More = [(330, 8)] })]);
        Assert.Contains("SubIFDs", Assert.Single(pyramid.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void PageUnlikeTheFirst_IsFoundWhenTheFileIsOpened()
    {
        var pages = Pages(5, null);
        Refused([.. pages, TestPage.Of(4, 3, new byte[12])], "page 6 is 4 × 3 uint8, but page 1 is 4 × 2 uint8");
        Refused([.. pages, TestPage.Of(4, 2, new byte[16]) with { Bits = 16 }], "page 6 is 4 × 2 uint16");
        Refused([.. pages, TestPage.Of(4, 2, new byte[24]) with { SamplesPerPixel = 3, Photometric = 2 }], "page 6 has 3 samples a pixel");
        Refused([.. pages.Select(p => p with { More = [(32997, 5)] })], "ImageDepth");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void LongFile_OfEitherKind_IsReadAtAnyPage(bool bigEndian, bool isBig)
    {
        const int Count = 3000;
        var pages = Enumerable.Range(0, Count).Select(i => TestPage.Of(2, 1, [(byte)i, (byte)(i >> 8)])).ToArray();
        pages[0] = pages[0] with { Description = $"ImageJ=1.53t\nimages={Count}\nslices=3\nframes={Count / 3}\n" };
        File.WriteAllBytes(_folder["v.tif"], TestTiff.Write(pages, bigEndian, isBig));
        using var file = VolumeFiles.Open(_folder["v.tif"], new VolumeManifest());
        Assert.Equal(Count / 3, file.Frames);
        foreach (var frame in new[] { 999, 0, 500 })
        {
            var (first, voxels) = (3 * frame, VolumeFileTests.Read(file, frame));
            Assert.Equal(Enumerable.Range(first, 3), voxels.Chunk(2).Select(v => v[0] | (v[1] << 8)));
        }
    }

    // A chain that is cut off must not end as if the file had fewer pages.
    [Fact]
    public void FileThatWasCutOff_IsRefusedByPage()
    {
        var whole = TestTiff.Write(Pages(10, null));
        File.WriteAllBytes(_folder["v.tif"], whole[..(whole.Length * 7 / 10)]);
        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder["v.tif"], new VolumeManifest()));
        Assert.Contains("ends or is damaged: the directory of page ", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private VolumeFile Open(TestPage[] pages)
    {
        File.WriteAllBytes(_folder["v.tif"], TestTiff.Write(pages));
        return VolumeFiles.Open(_folder["v.tif"], new VolumeManifest());
    }

    private void Refused(TestPage[] pages, string why) =>
        Assert.Contains(why, Assert.Throws<VolumeFormatException>(() => Open(pages)).Message, StringComparison.Ordinal);

    private static TestPage[] Pages(int count, string? description, (uint, uint)? x = null, (uint, uint)? y = null) =>
        [.. Enumerable.Range(0, count).Select(i => TestPage.Of(Width, Height, [.. Enumerable.Repeat((byte)i, Width * Height)]) with
        {
            Description = i == 0 ? description : null, X = x, Y = y,
        })];
}
