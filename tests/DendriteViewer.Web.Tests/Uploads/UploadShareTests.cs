using System.Security.Cryptography;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Servers;
using DendriteViewer.Web.Uploads;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Uploads;

/// <summary>An upload of which each of two servers took a piece is whole at either, and gone at both when it is removed.</summary>
public sealed class UploadShareTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-uploads-").FullName;
    private readonly ManualTime _time = new();
    private readonly DatasetStore _store;

    public UploadShareTests() => _store = new DatasetStore(new FolderBlobStore(Path.Combine(_folder, "store")));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Upload_OfWhichTwoServersTookPieces_IsWholeAtEither()
    {
        var (one, two) = (Server("one"), Server("two"));
        var bytes = new byte[UploadFolder.PieceBytes + 77];
        new Random(2).NextBytes(bytes);
        var upload = one.Folder.Begin("ada", [new UploadFile("cell/a.raw", bytes.Length), new UploadFile("cell/empty.txt", 0)]);
        var job = Guid.NewGuid();
        await one.Share.BeginAsync(upload, default);
        await one.Share.SetJobAsync(upload, job, default);
        await PutAsync(one, upload, 0, bytes.AsMemory(0, UploadFolder.PieceBytes));

        // The first server is gone; the browser asks the other one what is there, which brings nothing to it, and goes on.
        var found = (await two.Share.FindAsync(upload.Id, default))!;
        Assert.Equal((upload.Id, "ada"), (found.Id, found.Owner));
        Assert.Equal([[0], []], await two.Share.HaveAsync(found, default));
        Assert.Equal(job, await two.Share.JobOfAsync(found, default));
        Assert.Null(two.Folder.Find(upload.Id));
        two.Folder.Adopt(found);
        await PutAsync(two, found, 1, bytes.AsMemory(UploadFolder.PieceBytes));
        Assert.Equal(bytes.Length, await one.Share.ReceivedAsync(upload, default));

        // It is brought where it is complete. A third server, or the first again, imports it from the path that the second said.
        await two.Share.FetchAsync(upload.Id, default);
        var path = two.Folder.Complete(found)!;
        Assert.Equal(path, await two.Share.HereAsync(path, default));
        var three = Server("three");
        var here = await three.Share.HereAsync(path, default);
        Assert.Equal(Path.Combine(three.Folder.Root, upload.Id, "files", "cell"), here);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(here, "a.raw")));
        Assert.True(File.Exists(Path.Combine(here, "empty.txt")));
        Assert.Equal(Path.Combine(here, "a.raw"), three.Share.Here(Path.Combine(path, "a.raw")));
        Assert.Equal("/somewhere/else", await three.Share.HereAsync("/somewhere/else", default));

        await three.Share.RemoveOfAsync(here, default);
        Assert.Null(await two.Share.FetchAsync(upload.Id, default));
        Assert.Empty(await _store.Blobs.NamesAsync(BlobNames.Uploads, default));
    }

    [Fact]
    public async Task Upload_ForWhichAServerHasNoRoom_IsNotBroughtThere()
    {
        var (one, full) = (Server("one"), Server("full", spareMiB: int.MaxValue));
        var upload = one.Folder.Begin("ada", [new UploadFile("a.raw", 3)]);
        await one.Share.BeginAsync(upload, default);
        await PutAsync(one, upload, 0, new byte[] { 1, 2, 3 });
        var refused = await Assert.ThrowsAsync<VolumeFormatException>(() => full.Share.FetchAsync(upload.Id, default));
        Assert.Contains("no room left", refused.Message, StringComparison.Ordinal);
        Assert.Null(full.Folder.Find(upload.Id));
    }

    [Fact]
    public async Task Upload_OfOneServerAlone_LeavesNothingInTheStore()
    {
        var one = Server("one", hasOthers: false);
        var upload = one.Folder.Begin("ada", [new UploadFile("a.raw", 3)]);
        await one.Share.BeginAsync(upload, default);
        await PutAsync(one, upload, 0, new byte[] { 1, 2, 3 });
        Assert.Equal(3, await one.Share.ReceivedAsync(upload, default));
        Assert.Empty(await _store.Blobs.NamesAsync(BlobNames.Uploads, default));
        await one.Share.RemoveAsync(upload.Id, default);
        Assert.Null(await one.Share.FindAsync(upload.Id, default));
    }

    [Theory]
    [InlineData("../../secrets")]
    [InlineData("")]
    [InlineData("zz112233445566778899aabbccddeeff")]
    public async Task Upload_WhoseIdIsNone_IsNotLookedFor(string id) => Assert.Null(await Server("one").Share.FetchAsync(id, default));

    private static Task PutAsync((UploadFolder Folder, UploadShare Share) at, Upload upload, int piece, ReadOnlyMemory<byte> bytes) =>
        at.Folder.PutAsync(
            upload, 0, piece, Convert.ToHexString(SHA256.HashData(bytes.Span)), new MemoryStream(bytes.ToArray()), at.Share, default);

    private (UploadFolder Folder, UploadShare Share) Server(string name, bool hasOthers = true, int spareMiB = 0)
    {
        var folder = new UploadFolder(new DendriteOptions { Data = Path.Combine(_folder, name), UploadSpareMiB = spareMiB }, _time);
        var news = new ServerNews(null, hasOthers, TimeProvider.System, NullLogger<ServerNews>.Instance);
        return (folder, new UploadShare(_store, folder, news, _time));
    }
}
