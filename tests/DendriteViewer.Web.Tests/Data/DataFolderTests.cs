using DendriteViewer.Web.Data;

namespace DendriteViewer.Web.Tests.Data;

/// <summary>What lies in a data folder is never taken for a new installation when it is not one.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folder_TakenTwice_IsRefusedUntilTheFirstLetsGo()
    {
        var first = DataFolder.Take(_folder);
        Assert.Contains("in use by another DendriteViewer server", Assert.Throws<StartupException>(() => DataFolder.Take(_folder)).Message);
        first.Dispose();
        DataFolder.Take(_folder).Dispose();
    }

    [Fact]
    public void EmptyFolder_IsANewInstallation() => DataFolder.Check(_folder);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DatabaseGoneFromAFolderWithKeys_IsRefused(bool leftEmpty)
    {
        Directory.CreateDirectory(Path.Combine(_folder, DataFolder.Keys));
        File.WriteAllText(Path.Combine(_folder, DataFolder.Keys, "key-1.xml"), "<key/>");
        if (leftEmpty)
        {
            File.WriteAllBytes(Path.Combine(_folder, DataFolder.Database), []);
        }

        var refused = Assert.Throws<StartupException>(() => DataFolder.Check(_folder));
        Assert.Contains(leftEmpty ? "is empty" : "is missing", refused.Message);
        Assert.Contains("restore a backup", refused.Message);
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(4096, 40000)]
    [InlineData(30000, 60000)]
    public void DamagedDatabase_IsOneSentenceThatNamesIt(int from, int to)
    {
        var file = Path.Combine(_folder, DataFolder.Database);
        Releases.Restore(Releases.First, "dendrite.sql", file);
        DataFolder.Check(_folder);
        var bytes = File.ReadAllBytes(file);
        Array.Fill(bytes, (byte)0xA5, from, to - from);
        File.WriteAllBytes(file, bytes);
        var refused = Assert.Throws<StartupException>(() => DataFolder.Check(_folder));
        Assert.Contains(file, refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void TruncatedDatabase_IsRefused()
    {
        var file = Path.Combine(_folder, DataFolder.Database);
        Releases.Restore(Releases.First, "dendrite.sql", file);
        using (var cut = File.OpenWrite(file))
        {
            cut.SetLength(cut.Length / 2);
        }

        Assert.Throws<StartupException>(() => DataFolder.Check(_folder));
    }
}
