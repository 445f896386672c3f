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

    [Fact]
    public async Task Replace_SucceedsForOneOfManyThatReadTheSame()
    {
        Assert.True(await Store.TryReplaceAsync("r", new byte[] { 0 }, null, default));
        Assert.False(await Store.TryReplaceAsync("r", new byte[] { 1 }, null, default));
        Assert.False(await Store.TryReplaceAsync("r", new byte[] { 1 }, "0x1", default));
        var tag = (await Store.TryReadTaggedAsync("r", default))!.Tag;
        var won = await Task.WhenAll(Enumerable.Range(2, 8).Select(i => Task.Run(async () => await Store.TryReplaceAsync("r", new[] { (byte)i }, tag, default))));
        Assert.Single(won, w => w);
    }

    [Fact]
    public async Task Lease_IsHeldByOneAtATime()
    {
        var first = await Store.TryLeaseAsync("leases/x", default);
        Assert.NotNull(first);
        Assert.Null(await Store.TryLeaseAsync("leases/x", default));
        Assert.NotNull(await Store.TryLeaseAsync("leases/y", default));
        await first.DisposeAsync();
        await using var second = await Store.TryLeaseAsync("leases/x", default);
        Assert.NotNull(second);
        Assert.False(second.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Flush_OfWhatWasWrittenForLater_LeavesItReadable()
    {
        await Store.WriteAsync("f/a", new byte[] { 1 }, default, durable: false);
        await Store.FlushAsync("f/", default);
        await Store.FlushAsync("none/", default);
        Assert.Equal([1], (await Store.TryReadAsync("f/a", default))!);
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

    [Fact]
    public async Task DeleteAll_TakesWhatAKilledWriteLeft()
    {
        await Store.WriteAsync("d/a", new byte[] { 1 }, default);
        File.WriteAllText(_folder["d/b.unfinished"], "half");
        await Store.DeleteAllAsync("d/", default);
        Assert.False(Directory.Exists(_folder["d"]));
    }

    // A small disk of memory: needs the right to mount one.
    [RootFact]
    public async Task Write_OnAFullDisk_IsOneSentenceAndLeavesWhatWasThere()
    {
        Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", _folder.Path);
        try
        {
            await Store.WriteAsync("a", new byte[1000], default);
            var e = await Assert.ThrowsAsync<BlobStoreException>(async () => await Store.WriteAsync("a", new byte[1 << 20], default));
            Assert.Contains("is full (no space is left on its disk)", e.Message, StringComparison.Ordinal);
            Assert.False(e.IsTransient);
            Assert.Equal(1000, (await Store.StatAsync("a", default))!.Value.Size);
            Assert.Equal(["a"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
        }
        finally
        {
            Run("umount", _folder.Path);
        }
    }

    public void Dispose() => _folder.Dispose();

    internal static int Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}

/// <summary>A fact for who may mount a file system.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        var there = Directory.CreateTempSubdirectory("dendrite-mount-").FullName;
        try
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || FolderBlobStoreTests.Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", there) != 0)
            {
                Skip = "Only root may mount a small disk.";
                return;
            }

            FolderBlobStoreTests.Run("umount", there);
        }
        finally
        {
            Directory.Delete(there);
        }
    }
}

public sealed class AzureBlobStoreTests(AzuriteFixture azurite) : BlobStoreTests, IClassFixture<AzuriteFixture>
{
    private readonly IBlobStore _store = azurite.NewStore();

    protected override IBlobStore Store => _store;
}
