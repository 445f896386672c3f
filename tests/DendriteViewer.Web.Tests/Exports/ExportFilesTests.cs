using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

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
        var (content, _, _) = (await given.OpenAsync(host.Dataset.Identity, listed.Name, default))!.Value;
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
        await host.Store.Blobs.WriteAsync(BlobNames.ExportPart(owner, "half.tif", "1f", 0), new byte[] { 1, 2, 3 }, default);
        Assert.DoesNotContain(await Files(_one).ListAsync(host.Dataset.Identity, default), f => f.Name == "half.tif");

        // Blobs have the time of this machine.
        var later = new ExportFiles(
            host.Store, new DendriteOptions { Data = _two }, new LaterTime(TimeProvider.System.GetUtcNow() + 2 * ExportFiles.Kept));
        await later.SweepAsync(default);
        Assert.Null(await host.Store.Blobs.StatAsync(BlobNames.ExportPart(owner, "half.tif", "1f", 0), default));
    }

    [Fact]
    public async Task File_ReplacedWhileItIsFetched_IsNeverMixedWithTheNext()
    {
        var files = Files(_one);
        var path = Path.Combine(files.FolderOf(host.Dataset.Identity), "again.tif");
        await File.WriteAllTextAsync(path, "first");
        await files.PublishAsync(host.Dataset.Identity, path, default);
        var (first, id, _) = (await files.OpenAsync(host.Dataset.Identity, "again.tif", default))!.Value;
        await File.WriteAllTextAsync(path, "second, and longer");
        await files.PublishAsync(host.Dataset.Identity, path, default);

        // Who reads the first on is cut off, and goes on with nothing else, since the tag is another.
        await Assert.ThrowsAnyAsync<IOException>(async () => await first.ReadExactlyAsync(new byte[5]));
        var (second, next, _) = (await files.OpenAsync(host.Dataset.Identity, "again.tif", default))!.Value;
        Assert.NotEqual(id, next);
        Assert.Equal("second, and longer", await new StreamReader(second).ReadToEndAsync());

        // What another server is about to publish under the name stays, and what was replaced is gone.
        var owner = host.Dataset.Identity.EarlierId ?? host.Dataset.Identity.Value;
        await host.Store.Blobs.WriteAsync(BlobNames.ExportPart(owner, "again.tif", "other", 0), new byte[] { 1 }, default);
        await File.WriteAllTextAsync(path, "third");
        await files.PublishAsync(host.Dataset.Identity, path, default);
        var left = await host.Store.Blobs.NamesAsync(BlobNames.ExportsOf(owner) + "again.tif/", default);
        Assert.Contains(BlobNames.ExportPart(owner, "again.tif", "other", 0), left);
        Assert.Equal(3, left.Count);
        await ((IDatasetFollower)files).DeletedAsync(host.Dataset.Identity, default);
    }

    [Fact]
    public async Task Download_OfALargeFile_AsksTheStoreInLargePiecesAndGoesOnOnlyWithTheSameFile()
    {
        var length = 3 * (long)ExportFiles.PartBytes;
        var store = System.Reflection.DispatchProxy.Create<IBlobStore, CountedReads>();
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        async Task<HttpResponse> GetAsync(params (string Name, string Value)[] headers)
        {
            var context = new DefaultHttpContext { RequestServices = services };
            context.Request.Method = HttpMethods.Get;
            foreach (var (name, value) in headers)
            {
                context.Request.Headers[name] = value;
            }

            var content = new ExportStream(store, part => $"part {part}", length, ExportFiles.PartBytes);
            await ExportsRegistration.Download(content, "a.tif", "this", host.Time.GetUtcNow()).ExecuteAsync(context);
            return context.Response;
        }

        Assert.Equal(length, (await GetAsync()).ContentLength);
        Assert.InRange(((CountedReads)store).Reads, 12, 24);
        Assert.Equal(206, (await GetAsync(("Range", "bytes=100-"), ("If-Range", "\"this\""))).StatusCode);
        Assert.Equal(200, (await GetAsync(("Range", "bytes=100-"), ("If-Range", "\"another\""))).StatusCode);
    }

    [Theory]
    [InlineData("a.tif", "1f")]
    [InlineData("with spaces µ.ome.zarr0.5.zip", "1f")]
    [InlineData("whole", null)]
    public void BlobName_OfAnExport_IsReadBack(string name, string? id)
    {
        var blob = id is not null ? BlobNames.ExportPart("owner", name, id, 12) : BlobNames.ExportMark("owner", name);
        Assert.Equal(("owner", name, id), BlobNames.ParseExport(blob));
        Assert.Null(BlobNames.ParseExport("datasets/owner/a/1f/00000000"));
        Assert.Null(BlobNames.ParseExport("exports/owner/a/1"));
    }

    private ExportFiles Files(string folder) => new(host.Store, new DendriteOptions { Data = folder }, host.Time);

    private sealed class LaterTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    // A store of which only reading is asked.
    private class CountedReads : System.Reflection.DispatchProxy
    {
        public int Reads { get; private set; }

        protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IBlobStore.ReadAsync), targetMethod?.Name);
            Reads++;
            return ValueTask.CompletedTask;
        }
    }
}
