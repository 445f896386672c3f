using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats.Tiff;

/// <summary>Folders are looked at whole: what an import would find in the last file is found when the folder is opened.</summary>
public sealed class TiffFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void FilesOfSeveralPages_AreTimesInTheOrderOfTheirNames()
    {
        foreach (var t in new[] { 10, 2, 1 })
        {
            Write($"t{t}.tif", [.. Enumerable.Range(0, 5).Select(z => Page(10 * t + z))]);
        }

        using var file = VolumeFiles.Open(_folder.Path, new VolumeManifest());
        Assert.Equal((3, new VolumeShape(5, 2, 4)), (file.Frames, file.Shape));
        Assert.Equal([10, 20, 100], Enumerable.Range(0, 3).Select(t => (int)VolumeFileTests.Read(file, t)[0]));
        Assert.Contains("3 files of 5 pages are times", file.Remarks[0], StringComparison.Ordinal);
        Assert.Contains("numbers are missing", file.Remarks[1], StringComparison.Ordinal);
    }

    // The same through an import: hours for each, remarks in what it returns.
    [Fact]
    public async Task FolderOfTimes_Imported_KeepsEveryTimeAndItsRemarks()
    {
        Directory.CreateDirectory(_folder["scans"]);
        for (var t = 0; t < 3; t++)
        {
            Write($"scans/t{t}.tif", [.. Enumerable.Range(0, 5).Select(z => Page(10 * t + z))]);
        }

        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var manifest = new VolumeManifest { VoxelSizeUm = [1, 1, 1] };
        var import = new SingleImport(_folder["scans"], DatasetId.Parse("d"), manifest, [0, 1, 2]);
        var result = await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(import, null, default);
        Assert.Contains("3 files of 5 pages are times", Assert.Single(result.Warnings), StringComparison.Ordinal);
        var dataset = (await store.TryOpenAsync(DatasetId.Parse("d"), default))!;
        Assert.Equal([(0.0, 4.0), (10, 14), (20, 24)], dataset.Volumes.Select(v => (v.Least, v.Most)));
    }

    [Theory]
    [InlineData("pages", "s2.tif has 2 page(s), but s0.tif and others have 1")]
    [InlineData("size", "s2.tif is 4 × 3 uint8, but s0.tif and others are 4 × 2 uint8")]
    [InlineData("type", "s2.tif is 4 × 2 uint16, but s0.tif and others are 4 × 2 uint8")]
    [InlineData("colour", "s2.tif has 3 samples a pixel")]
    [InlineData("damaged", "s2.tif cannot be read as TIFF")]
    public void OneFileUnlikeTheOthers_IsRefusedByName(string how, string why)
    {
        for (var i = 0; i < 5; i++)
        {
            Write($"s{i}.tif", [Page(i)]);
        }

        switch (how)
        {
            case "pages": Write("s2.tif", [Page(2), Page(3)]); break;
            case "size": Write("s2.tif", [TestPage.Of(4, 3, new byte[12])]); break;
            case "type": Write("s2.tif", [TestPage.Of(4, 2, new byte[16]) with { Bits = 16 }]); break;
            case "colour": Write("s2.tif", [TestPage.Of(4, 2, new byte[24]) with { SamplesPerPixel = 3, Photometric = 2 }]); break;
            default: File.WriteAllText(_folder["s2.tif"], "nothing"); break;
        }

        Refused(why);
    }

    // The first may be the odd one.
    [Fact]
    public void FirstFileUnlikeTheOthers_IsTheOneThatIsNamed()
    {
        Write("s0.tif", [TestPage.Of(4, 3, new byte[12])]);
        Write("s1.tif", [Page(1)]);
        Write("s2.tif", [Page(2)]);
        Refused("s0.tif is 4 × 3 uint8, but s1.tif and others are 4 × 2 uint8");
    }

    [Fact]
    public void TimesOfOtherSizes_AreRefused()
    {
        const string Um = "ImageJ=1.53t\nimages=2\nslices=2\nunit=um\nspacing=";
        foreach (var (t, spacing) in new[] { (0, "1"), (1, "2") })
        {
            Write($"t{t}.tif", [Page(t) with { Description = Um + spacing + "\n", X = (2, 1), Y = (2, 1) }, Page(9)]);
        }

        Refused("t1.tif has voxels of 2 × 0.5 × 0.5 µm");
    }

    [Theory]
    [InlineData("s1 s2 s4 s5", "lacks slice 3 between s2.tif and s4.tif")]
    [InlineData("s1 s2 s02 s3", "s02.tif and s2.tif have the same number")]
    [InlineData("a_000 a_001 b_000 b_001", "holds several series of files: 2 such as a_000.tif, 2 such as b_000.tif")]
    [InlineData("t0_z0 t0_z1 t1_z0 t1_z1", "holds several series")]
    [InlineData("s1 s2 s3 preview", "preview.tif is named unlike the 3 files such as s1.tif")]
    [InlineData("20230101_3 20230102_2 20230103_1", "its last number is larger")]
    public void NamesThatAreNoOneSeries_AreRefused(string names, string why)
    {
        WriteAll(names);
        Refused(why);
    }

    [Theory]
    [InlineData("s1 s2 s10 s3 s4 s5 s6 s7 s8 s9", "s1 s2 s3 s4 s5 s6 s7 s8 s9 s10", null)]
    [InlineData("s08 s9 s010", "s08 s9 s010", null)]
    [InlineData("20230101_120000_1 20230101_120103_2 20230102_3", "", "named unlike")]
    [InlineData("20230101_120103_2 20230101_120000_1", "20230101_120000_1 20230101_120103_2", null)]
    [InlineData("s1 s3 s5", "s1 s3 s5", "steps of 2")]
    [InlineData("bottom middle top", "bottom middle top", "not numbered alike")]
    [InlineData("one", "one", null)]
    public void Names_GiveTheOrderOfSlices(string names, string order, string? remark)
    {
        WriteAll(names);
        if (order.Length == 0)
        {
            Refused(remark!);
            return;
        }

        using var file = VolumeFiles.Open(_folder.Path, new VolumeManifest());
        var written = names.Split(' ');
        var read = VolumeFileTests.Read(file, 0).Chunk(8).Select(s => (int)s[0]);
        Assert.Equal(order.Split(' ').Select(n => Array.IndexOf(written, n)), read);
        Assert.Equal(remark is null ? 0 : 1, file.Remarks.Count);
        Assert.Contains(remark ?? "", string.Concat(file.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherFiles_AreLeftOutAndSaid()
    {
        WriteAll("s1 s2 s3");
        File.WriteAllText(_folder["scan.log"], "");
        File.WriteAllText(_folder["._s1.tif"], "");
        Directory.CreateDirectory(_folder["raw"]);
        using var file = VolumeFiles.Open(_folder.Path, new VolumeManifest());
        Assert.Equal("3 other file(s) or folder(s) in it were left out: ._s1.tif, raw, scan.log.", Assert.Single(file.Remarks));
    }

    // What ImageJ and others leave in the slices of a stack that was saved as an image sequence.
    [Theory]
    [InlineData("images=3\nslices=3\n", null)]
    [InlineData("", null)]
    [InlineData("images=40\nslices=40\n", "promises 40 slices, but the folder has 3 files")]
    public void FirstSlice_GivesTheSize_AndItsCountIsHeldAgainstTheFiles(string lines, string? remark)
    {
        for (var i = 1; i <= 3; i++)
        {
            Write($"s{i}.tif", [Page(i) with { Description = "ImageJ=1.53t\nunit=um\nspacing=3\n" + lines, X = (2, 1), Y = (4, 1) }]);
        }

        using var file = VolumeFiles.Open(_folder.Path, new VolumeManifest());
        var size = file.Geometry!.Transform.VoxelSize;
        Assert.Equal((1, 3, 3, 0.25, 0.5), (file.Frames, file.Shape.Z, size.Z, size.Y, size.X));
        Assert.Contains(remark ?? "", string.Concat(file.Remarks), StringComparison.Ordinal);
        Assert.Equal(remark is null ? 0 : 1, file.Remarks.Count);
    }

    public void Dispose() => _folder.Dispose();

    private static TestPage Page(int value) => TestPage.Of(4, 2, [.. Enumerable.Repeat((byte)value, 8)]);

    private void Write(string name, TestPage[] pages) => File.WriteAllBytes(_folder[name], TestTiff.Write(pages));

    private void WriteAll(string names)
    {
        foreach (var (name, i) in names.Split(' ').Select((n, i) => (n, i)))
        {
            Write(name + ".tif", [Page(i)]);
        }
    }

    private void Refused(string why)
    {
        var e = Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(_folder.Path, new VolumeManifest()));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }
}
