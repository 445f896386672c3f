using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Imports;

namespace DendriteViewer.Web.Tests.Imports;

/// <summary>The server's folders as the import page lists them: nothing outside of those that are open, whatever a path says.</summary>
public sealed class ImportFoldersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-folders-").FullName;
    private readonly ImportFolders _folders;

    public ImportFoldersTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "open/scans/t0"));
        Directory.CreateDirectory(Path.Combine(_folder, "open-not/secret"));
        File.WriteAllText(Path.Combine(_folder, "open/scans/a.nrrd"), "12345");
        File.WriteAllText(Path.Combine(_folder, "open/scans/.hidden"), "");
        File.WriteAllText(Path.Combine(_folder, "open-not/secret/key.txt"), "");
        _folders = new ImportFolders(new DendriteOptions { ImportRoots = [Path.Combine(_folder, "open")] });
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folder_IsListed_WithTrailKindsAndSizes()
    {
        Assert.Equal(Path.Combine(_folder, "open"), Assert.Single(_folders.List(null).Entries).Name);
        var listing = _folders.List(Path.Combine(_folder, "open/scans"));
        Assert.Equal(["open", "scans"], listing.Trail.Select(t => Path.GetFileName(t.Name)));
        Assert.Equal([("t0", true, "folder", 0L), ("a.nrrd", false, "NRRD", 5L)],
            listing.Entries.Select(e => (e.Name, e.IsFolder, e.Kind, e.Bytes)));
    }

    [Theory]
    [InlineData("open-not")]
    [InlineData("open/../open-not")]
    [InlineData("open/scans/../../open-not/secret")]
    [InlineData("")]
    public void Path_OutsideOfTheRoots_IsRefused(string path)
    {
        var refused = Assert.Throws<VolumeFormatException>(() => _folders.List(_folder + "/" + path));
        Assert.Contains("is not below a folder to import from", refused.Message);
    }

    [Fact]
    public void Link_ThatLeadsOut_IsNeitherShownNorFollowed()
    {
        var link = Path.Combine(_folder, "open/scans/way-out");
        Directory.CreateSymbolicLink(link, Path.Combine(_folder, "open-not"));
        var listing = _folders.List(Path.Combine(_folder, "open/scans"));
        Assert.DoesNotContain(listing.Entries, e => e.Name == "way-out");
        Assert.Equal("1 that lead out of the folders to import from are not shown.", listing.LeftOut);
        Assert.Throws<VolumeFormatException>(() => _folders.List(link));
        Assert.Throws<VolumeFormatException>(() => _folders.List(Path.Combine(link, "secret")));
    }

    [Fact]
    public void Folder_OfThousands_IsCutAndSaysSo()
    {
        for (var i = 0; i < ImportFolders.MostEntries + 7; i++)
        {
            File.WriteAllText(Path.Combine(_folder, $"open/scans/{i}.tif"), "");
        }

        var listing = _folders.List(Path.Combine(_folder, "open/scans"));
        Assert.Equal(ImportFolders.MostEntries, listing.Entries.Count);
        Assert.Equal("9 more are not shown; type the path.", listing.LeftOut);
    }

    [Fact]
    public void Roots_WhereNoneIsNamed_AreNone()
    {
        var none = new ImportFolders(new DendriteOptions());
        Assert.Empty(none.List(null).Entries);
        Assert.Throws<VolumeFormatException>(() => none.List("/etc"));
    }
}
