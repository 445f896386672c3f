using System.Security.Cryptography;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Uploads;

namespace DendriteViewer.Web.Tests.Uploads;

public sealed class UploadFolderTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("dendrite-upload-").FullName;
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void Names_ThatLeadElsewhere_AreRefused(string path) => Assert.Throws<VolumeFormatException>(() => Folder().Begin("ada", [new UploadFile(path, 1)]));

    [Fact]
    public void Names_ThatAreThereTwice_AreRefused() => Assert.Throws<VolumeFormatException>(() => Folder().Begin("ada", [new UploadFile("a", 1), new UploadFile("a", 2)]));

    [Fact]
    public void More_ThanTheDiskHolds_IsRefusedBeforeAnythingIsSent()
    {
        var e = Assert.Throws<VolumeFormatException>(() => Folder().Begin("ada", [new UploadFile("a", long.MaxValue / 2), new UploadFile("b", long.MaxValue / 2)]));
        Assert.Contains("the server has room for", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_ThanLeavesWhatIsSpared_IsRefusedByASentenceWithItsSize()
    {
        var e = Assert.Throws<VolumeFormatException>(() => Folder(int.MaxValue).Begin("ada", [new UploadFile("a", 12_300_000)]));
        Assert.StartsWith("The files are 12.3 MB, but the server has no room left;", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pieces_InAnyOrderAndByAnotherServer_AreTheFiles()
    {
        var random = new Random(1);
        var contents = new[] { new byte[2 * UploadFolder.PieceBytes + 77], new byte[UploadFolder.PieceBytes], Array.Empty<byte>() };
        Array.ForEach(contents, random.NextBytes);
        var upload = Folder().Begin("ada", contents.Select((c, i) => new UploadFile($"scan/{i}/x.raw", c.Length)).ToArray());
        Assert.Null(Folder().Find(upload.Id, "eve"));
        Assert.Null(Folder().Find("../" + upload.Id, "ada"));
        var pieces = contents.SelectMany((c, f) => Enumerable.Range(0, UploadFolder.PiecesOf(upload.Files[f])).Select(p => (File: f, Piece: p))).ToArray();
        random.Shuffle(pieces);
        foreach (var (file, piece) in pieces)
        {
            // Each by a server that knows nothing but the disk.
            var folder = Folder();
            Assert.Null(folder.Complete(upload));
            var bytes = contents[file].AsMemory(piece * UploadFolder.PieceBytes)[..Math.Min(UploadFolder.PieceBytes, contents[file].Length - piece * UploadFolder.PieceBytes)].ToArray();
            await Assert.ThrowsAsync<VolumeFormatException>(() => folder.PutAsync(upload, file, piece, Hex(bytes), new MemoryStream(bytes[..^1]), null, default));
            await Assert.ThrowsAsync<VolumeFormatException>(() => folder.PutAsync(upload, file, piece, Hex(bytes), new MemoryStream([.. bytes, 1]), null, default));
            Assert.DoesNotContain(piece, folder.Have(upload, file));
            await folder.PutAsync(upload, file, piece, Hex(bytes), new MemoryStream(bytes), null, default);
            Assert.Contains(piece, Folder().Have(upload, file));
        }

        var path = Folder().Complete(Folder().Find(upload.Id, "ada")!)!;
        Assert.Equal("scan", Path.GetFileName(path));
        for (var i = 0; i < contents.Length; i++)
        {
            Assert.Equal(contents[i], File.ReadAllBytes(Path.Combine(path, $"{i}/x.raw")));
        }

        await Assert.ThrowsAsync<VolumeFormatException>(() => Folder().PutAsync(upload, 0, 3, "", new MemoryStream(), null, default));
        await Assert.ThrowsAsync<VolumeFormatException>(() => Folder().PutAsync(upload, 9, 0, "", new MemoryStream(), null, default));
        Folder().RemoveAt(Folder().IdOf(path)!);
        Assert.Null(Folder().Find(upload.Id, "ada"));
    }

    [Fact]
    public void Uploads_ThatNothingCameToForDays_AreSwept()
    {
        var old = Folder().Begin("ada", [new UploadFile("a", 1)]);
        _time.Advance(TimeProvider.System.GetUtcNow() - _time.GetUtcNow() + TimeSpan.FromDays(4));
        Folder().Begin("ada", [new UploadFile("b", 1)]);
        Assert.Null(Folder().Find(old.Id, "ada"));
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    private static string Hex(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private UploadFolder Folder(int spareMiB = 0) => new(new DendriteOptions { Data = _data, UploadSpareMiB = spareMiB }, _time);
}
