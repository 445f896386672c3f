using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Tests.Exports;

/// <summary>What one server exports, every server gives out, in ranges; what is not whole, nobody.</summary>
public sealed class ExportFilesTests(TestHost host) : IClassFixture<TestHost>, IDisposable
{
    private readonly string _one = Directory.CreateTempSubdirectory("dendrite-exports-").FullName;
    private readonly string _two = Directory.CreateTempSubdirectory("dendrite-exports-").FullName;

    public void Dispose()
    {
        Directory.Delete(_one, recursive: true);
        Directory.Delete(_two, recursive: true);
    }

    [Fact]
    public async Task File_MadeByOneServer_IsFetchedFromAnotherInRanges()
    {
        var (made, given) = (Files(_one), Files(_two));
        var bytes = new byte[2 * ExportFiles.PartBytes + 77];
        new Random(1).NextBytes(bytes);
        var path = Path.Combine(made.FolderOf(host.Dataset.Identity), "scan-1.5h.tif");
        await File.WriteAllBytesAsync(path, bytes);
        await made.PublishAsync(host.Dataset.Identity, path, default);
        Assert.False(File.Exists(path));

        var listed = Assert.Single(await given.ListAsync(host.Dataset.Identity, default));
        Assert.Equal(("scan-1.5h.tif", bytes.LongLength), (listed.Name, listed.Bytes));
        var (content, _) = (await given.OpenAsync(host.Dataset.Identity, listed.Name, default))!.Value;
        using var all = new MemoryStream();
        await content.CopyToAsync(all);
        Assert.Equal(bytes, all.ToArray());

        // Across the end of a part, as a download asks that goes on.
        content.Seek(ExportFiles.PartBytes - 10, SeekOrigin.Begin);
        var some = new byte[40];
        await content.ReadExactlyAsync(some);
        Assert.Equal(bytes.AsSpan(ExportFiles.PartBytes - 10, 40).ToArray(), some);
        content.Position = content.Length;
        Assert.Equal(0, await content.ReadAsync(some));
        Assert.Null(await given.OpenAsync(host.Dataset.Identity, "../dendrite.db", default));

        // A shorter one of the same name leaves nothing of the longer one.
        await File.WriteAllTextAsync(path, "short");
        await made.PublishAsync(host.Dataset.Identity, path, default);
        Assert.Equal(5, Assert.Single(await given.ListAsync(host.Dataset.Identity, default)).Bytes);

        // It goes with its dataset.
        await ((IDatasetFollower)given).DeletedAsync(host.Dataset.Identity, default);
        Assert.Empty(await made.ListAsync(host.Dataset.Identity, default));
    }

    [Fact]
    public async Task File_ThatAKilledServerDidNotFinish_IsNotListedAndIsSwept()
    {
        var owner = host.Dataset.Identity.EarlierId ?? host.Dataset.Identity.Value;
        await host.Store.Blobs.WriteAsync(BlobNames.ExportPart(owner, "half.tif", 0), new byte[] { 1, 2, 3 }, default);
        Assert.DoesNotContain(await Files(_one).ListAsync(host.Dataset.Identity, default), f => f.Name == "half.tif");

        // Blobs have the time of this machine.
        var later = new ExportFiles(
            host.Store, new DendriteOptions { Data = _two }, new LaterTime(TimeProvider.System.GetUtcNow() + 2 * ExportFiles.Kept));
        await later.SweepAsync(default);
        Assert.Null(await host.Store.Blobs.StatAsync(BlobNames.ExportPart(owner, "half.tif", 0), default));
    }

    [Theory]
    [InlineData("a.tif", 0)]
    [InlineData("with spaces µ.ome.zarr0.5.zip", 12)]
    [InlineData("whole", null)]
    public void BlobName_OfAnExport_IsReadBack(string name, int? part)
    {
        var blob = part is { } p ? BlobNames.ExportPart("owner", name, p) : BlobNames.ExportWhole("owner", name);
        Assert.Equal(("owner", name, part), BlobNames.ParseExport(blob));
        Assert.Null(BlobNames.ParseExport("datasets/owner/a/00000000"));
        Assert.Null(BlobNames.ParseExport("exports/owner/a/1"));
    }

    private ExportFiles Files(string folder) => new(host.Store, new DendriteOptions { Data = folder }, host.Time);

    private sealed class LaterTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
