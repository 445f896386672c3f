using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Imaging.Tests.Storage;

/// <summary>One suite of assertions for every store.</summary>
public abstract class BlobStoreTests
{
    protected abstract IBlobStore Store { get; }

    [Fact]
    public async Task Write_ThenRead_GivesTheBytesAndReplacesThemWhole()
    {
        await Store.WriteAsync("a/b/c", new byte[] { 1, 2, 3 }, default);
        await Store.WriteAsync("a/b/c", new byte[] { 4, 5 }, default);
        Assert.Equal([4, 5], (await Store.TryReadAsync("a/b/c", default))!);
        Assert.Equal(2, (await Store.StatAsync("a/b/c", default))!.Value.Size);
    }

    [Fact]
    public async Task Read_ARange_FillsTheTargetOrSaysThatTheBlobEnds()
    {
        await Store.WriteAsync("range", Enumerable.Range(0, 100).Select(i => (byte)i).ToArray(), default);
        var target = new byte[10];
        await Store.ReadAsync("range", 42, target, default);
        Assert.Equal(Enumerable.Range(42, 10).Select(i => (byte)i), target);
        await Assert.ThrowsAsync<EndOfStreamException>(async () => await Store.ReadAsync("range", 95, target, default));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await Store.ReadAsync("nowhere/x", 0, target, default));
    }

    [Fact]
    public async Task Missing_IsNullAndDeletingItIsNoError()
    {
        Assert.Null(await Store.TryReadAsync("none", default));
        Assert.Null(await Store.StatAsync("none", default));
        await Store.DeleteAsync("none", default);
    }

    [Fact]
    public async Task List_GivesWhatLiesBelowAPrefix()
    {
        foreach (var name in new[] { "l/a/1", "l/a/2", "l/ab/3", "l/b/4" })
        {
            await Store.WriteAsync(name, new byte[] { 9 }, default);
        }

        Assert.Equal(["l/a/1", "l/a/2"], (await Names("l/a/")).Order());
        var folders = new List<string>();
        await foreach (var f in Store.ListFoldersAsync("l/", default))
        {
            folders.Add(f);
        }

        Assert.Equal(["a", "ab", "b"], folders.Order());
        await Store.DeleteAllAsync("l/a/", default);
        Assert.Equal(["l/ab/3", "l/b/4"], (await Names("l/")).Order());
    }

    private async Task<List<string>> Names(string prefix)
    {
        var list = new List<string>();
        await foreach (var blob in Store.ListAsync(prefix, default))
        {
            list.Add(blob.Name);
        }

        return list;
    }
}

public sealed class FolderBlobStoreTests : BlobStoreTests, IDisposable
{
    private readonly TempFolder _folder = new();

    protected override IBlobStore Store => new FolderBlobStore(_folder.Path);

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    public async Task Names_ThatLeaveTheFolder_AreRefused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.TryReadAsync(name, default));

    public void Dispose() => _folder.Dispose();
}

public sealed class AzureBlobStoreTests(AzuriteFixture azurite) : BlobStoreTests, IClassFixture<AzuriteFixture>
{
    private readonly IBlobStore _store = azurite.NewStore();

    protected override IBlobStore Store => _store;
}
