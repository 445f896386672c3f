using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Imaging.Tests.Storage;

/// <summary>Over a real Azurite, the same assertions as every store, and what a cache promises besides.</summary>
public sealed class DiskCacheTests(AzuriteFixture azurite) : BlobStoreTests, IClassFixture<AzuriteFixture>, IDisposable
{
    private const int Block = 256 << 10;
    private readonly TempFolder _folder = new();
    private readonly IBlobStore _inner = azurite.NewStore();
    private IBlobStore? _store;

    protected override IBlobStore Store => _store ??= New();

    [Fact]
    public async Task Read_ASecondTime_AsksTheStoreForNothing_AndAfterARestartNeither()
    {
        var bytes = await WriteAsync("v/0/c/0/0/0", 5 * Block + 1000);
        var cache = New();
        Assert.Equal(bytes[100..700_000], await ReadAsync(cache, 100, 699_900));
        Assert.Equal(1, cache.Requests);
        Assert.Equal(bytes[50..600_000], await ReadAsync(cache, 50, 599_950));
        Assert.Equal(1, cache.Requests);
        var again = New();
        Assert.Equal(bytes[100..700_000], await ReadAsync(again, 100, 699_900));
        Assert.Equal(0, again.Requests);
        Assert.Equal(bytes[^10..], await ReadAsync(again, bytes.Length - 10, 10));
        await Assert.ThrowsAsync<EndOfStreamException>(() => ReadAsync(again, bytes.Length - 10, 11));
    }

    [Fact]
    public async Task Reads_AtTheSameMoment_AreFewRequests()
    {
        var bytes = await WriteAsync("v/0/c/0/0/0", 12 * Block);
        var cache = New();
        var parts = await Task.WhenAll(Enumerable.Range(0, 48).Select(i => Task.Run(() => ReadAsync(cache, i * Block / 4, Block / 4))));
        Assert.Equal(bytes, parts.SelectMany(p => p).ToArray());
        Assert.InRange(cache.Requests, 1, 4);
    }

    [Fact]
    public async Task Block_ThatIsDamagedOnTheDisk_IsFetchedAgain()
    {
        var bytes = await WriteAsync("v/0/c/0/0/0", 2 * Block);
        await ReadAsync(New(), 0, 2 * Block);
        var files = Directory.EnumerateFiles(_folder["cache"], "*", SearchOption.AllDirectories).ToArray();
        Assert.Equal(2, files.Length);
        var random = new Random(1);
        foreach (var file in files)
        {
            var content = File.ReadAllBytes(file);
            content[random.Next(content.Length)] ^= 4;
            File.WriteAllBytes(file, content);
        }

        var cache = New();
        Assert.Equal(bytes, await ReadAsync(cache, 0, 2 * Block));
        Assert.Equal(1, cache.Requests);

        // One in the other's place.
        File.Copy(files[0], files[1], overwrite: true);
        Assert.Equal(bytes, await ReadAsync(New(), 0, 2 * Block));
    }

    [Fact]
    public async Task Blob_ThatIsReplaced_IsReadAnew()
    {
        await WriteAsync("v/0/c/0/0/0", Block);
        var cache = New();
        await ReadAsync(cache, 0, Block);
        var other = new byte[Block];
        await cache.WriteAsync("v/0/c/0/0/0", other, default);
        Assert.Equal(other, await ReadAsync(cache, 0, Block));
        Assert.Equal(other, await ReadAsync(New(), 0, Block));
    }

    [Fact]
    public async Task Budget_IsKept_ByWhatWasUsedLast()
    {
        await WriteAsync("v/0/c/0/0/0", 10 * Block);
        var cache = new DiskCache(_inner, _folder["cache"], 3 * Block + 1000);
        for (var i = 0; i < 10; i++)
        {
            await ReadAsync(cache, 0, 10);
            await ReadAsync(cache, i * Block, 10);
            Assert.InRange(cache.Bytes, 1, 3 * Block + 1000);
        }

        var before = cache.Requests;
        await ReadAsync(cache, 0, 10);
        Assert.Equal(before, cache.Requests);
        Assert.InRange(Directory.EnumerateFiles(_folder["cache"], "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), 1, 3 * Block + 1000);
    }

    public void Dispose() => _folder.Dispose();

    private DiskCache New() => new(_inner, _folder["cache"], 1 << 30);

    private static async Task<byte[]> ReadAsync(DiskCache cache, long offset, int count)
    {
        var target = new byte[count];
        await cache.ReadAsync("v/0/c/0/0/0", offset, target, default);
        return target;
    }

    private async Task<byte[]> WriteAsync(string name, int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        await _inner.WriteAsync(name, bytes, default);
        return bytes;
    }
}
