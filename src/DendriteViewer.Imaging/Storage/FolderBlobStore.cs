using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Kernels.Scheduling;
using Microsoft.Win32.SafeHandles;

namespace DendriteViewer.Imaging.Storage;

/// <summary>Blobs as files below a folder. A write goes to a file beside, is flushed, and renamed over the old one.</summary>
public sealed class FolderBlobStore : IBlobStore
{
    private const string Unfinished = ".unfinished";
    private const int NoSpace = 28, NoQuota = 122;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);
    private readonly string _root;

    /// <param name="root">The folder; made when something is first written.</param>
    public FolderBlobStore(string root) => _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <inheritdoc/>
    public string Description => _root;

    /// <inheritdoc/>
    public StoreHealth Health { get; } = new();

    /// <inheritdoc/>
    public ValueTask<BlobStat?> StatAsync(string name, CancellationToken ct)
    {
        var path = PathOf(name);
        return ValueTask.FromResult<BlobStat?>(AttributesOf(path) is { } found && !found.HasFlag(FileAttributes.Directory)
            ? StatOf(name, new FileInfo(path)) : null);
    }

    private static BlobStat StatOf(string name, FileInfo file) => new(name, file.Length, Written: file.LastWriteTimeUtc);

    /// <inheritdoc/>
    public async ValueTask<TaggedBlob?> TryReadTaggedAsync(string name, CancellationToken ct)
    {
        try
        {
            var content = await File.ReadAllBytesAsync(PathOf(name), ct);
            return new TaggedBlob(content, Convert.ToHexStringLower(SHA256.HashData(content)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw MayNotRead(PathOf(name), e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(string name, long offset, Memory<byte> target, CancellationToken ct)
    {
        using var handle = OpenForRead(name);
        for (var done = 0; done < target.Length;)
        {
            var n = await RandomAccess.ReadAsync(handle, target[done..], offset + done, ct);
            if (n == 0)
            {
                throw new EndOfStreamException($"{PathOf(name)} ends before byte {offset + target.Length}.");
            }

            done += n;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken ct, bool durable = true)
    {
        var path = PathOf(name);

        // One name a blob: what a killed write leaves is overwritten by the next.
        var beside = path + Unfinished;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var handle = File.OpenHandle(beside, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
            {
                await RandomAccess.WriteAsync(handle, content, 0, ct);
                if (durable)
                {
                    RandomAccess.FlushToDisk(handle);
                }
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e)
        {
            try
            {
                File.Delete(beside);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // What kept it from being written keeps it from being deleted.
            }

            throw e switch
            {
                IOException { HResult: var code } when (code & 0xFFFF) is NoSpace or NoQuota => new BlobStoreException(
                    $"The store in {_root} is full ({((code & 0xFFFF) == NoSpace ? "no space is left on its disk" : "its quota is reached")}); delete datasets or make room, then try again.", isTransient: false, e),
                UnauthorizedAccessException => MayNotWrite(path, e),
                DirectoryNotFoundException or IOException => new BlobStoreException($"The store could not write {path} ({e.Message.TrimEnd('.')}); check its disk.", isTransient: false, e),
                _ => e,
            };
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryReplaceAsync(string name, ReadOnlyMemory<byte> content, string? tag, CancellationToken ct)
    {
        // Who compares and writes holds the lock, whichever process it is in. Blobs of one folder share it, since its file stays.
        var folder = Encoding.UTF8.GetBytes(name[..(name.LastIndexOf('/') + 1)]);
        var lockName = BlobNames.Leases + "replace/" + Convert.ToHexStringLower(SHA256.HashData(folder))[..16];
        IBlobLease? held;
        while ((held = await TryLeaseAsync(lockName, ct)) is null)
        {
            await Task.Delay(LockPause, TimeProvider.System, ct);
        }

        await using (held)
        {
            if ((await TryReadTaggedAsync(name, ct))?.Tag != tag)
            {
                return false;
            }

            await WriteAsync(name, content, ct);
            return true;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IBlobLease?> TryLeaseAsync(string name, CancellationToken ct)
    {
        var path = PathOf(name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);

            // The system's lock on an open file, which ends with the process. The file stays: who deleted it would let two hold it.
            return ValueTask.FromResult<IBlobLease?>(new Lease(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)));
        }
        catch (UnauthorizedAccessException e)
        {
            throw MayNotWrite(path, e);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && File.Exists(path))
        {
            return ValueTask.FromResult<IBlobLease?>(null);
        }
        catch (IOException e)
        {
            throw new BlobStoreException($"The store could not write {path} ({e.Message.TrimEnd('.')}); check its disk.", isTransient: false, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(string prefix, CancellationToken ct) =>
        await Parallel.ForEachAsync(ListAsync(prefix, ct), ComputeLane.Options(ct), (blob, _) =>
    {
        using var handle = File.OpenHandle(PathOf(blob.Name), FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
        return ValueTask.CompletedTask;
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobStat> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        var folder = prefix.LastIndexOf('/') is var slash and >= 0 ? PathOf(prefix[..slash]) : _root;
        foreach (var file in Read(folder, () => new DirectoryInfo(folder).GetFiles("*", SearchOption.AllDirectories)))
        {
            ct.ThrowIfCancellationRequested();
            var name = Path.GetRelativePath(_root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (name.StartsWith(prefix, StringComparison.Ordinal) && !name.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                yield return new BlobStat(name, file.Length, Written: file.LastWriteTimeUtc);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        var folder = prefix.Length == 0 ? _root : PathOf(prefix.TrimEnd('/'));
        foreach (var below in Read(folder, () => Directory.GetDirectories(folder)).Order(StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            yield return Path.GetFileName(below);
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string name, CancellationToken ct)
    {
        var path = PathOf(name);
        try
        {
            if (File.Exists(path) || File.Exists(path + Unfinished))
            {
                File.Delete(path);
                File.Delete(path + Unfinished);
                for (var d = Path.GetDirectoryName(path)!; d.Length > _root.Length && !Directory.EnumerateFileSystemEntries(d).Any(); d = Path.GetDirectoryName(d)!)
                {
                    Directory.Delete(d);
                }
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw MayNotWrite(path, e);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAllAsync(string prefix, CancellationToken ct)
    {
        // Names first, so that nothing is listed any more, then whatever else lies there.
        await foreach (var blob in ListAsync(prefix, ct))
        {
            await DeleteAsync(blob.Name, ct);
        }

        var folder = PathOf(prefix.TrimEnd('/'));
        try
        {
            if (prefix.EndsWith('/') && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw MayNotWrite(folder, e);
        }
    }

    private SafeFileHandle OpenForRead(string name)
    {
        try
        {
            return File.OpenHandle(PathOf(name), options: FileOptions.Asynchronous | FileOptions.RandomAccess);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FileNotFoundException($"{PathOf(name)} does not exist.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw MayNotRead(PathOf(name), e);
        }
    }

    private static BlobStoreException MayNotRead(string path, Exception e) => new($"{path} may not be read; change its permissions.", isTransient: false, e);

    private static BlobStoreException MayNotWrite(string path, Exception e) => new($"The store may not write {path}; change the folder's permissions.", isTransient: false, e);

    // What a path is, null for nothing. File.Exists calls nothing what it may not see.
    private static FileAttributes? AttributesOf(string path)
    {
        try
        {
            return File.GetAttributes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw MayNotRead(path, e);
        }
    }

    private static T[] Read<T>(string folder, Func<T[]> read)
    {
        try
        {
            return AttributesOf(folder) is { } found && found.HasFlag(FileAttributes.Directory) ? read() : [];
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted in the meantime.
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw MayNotRead(folder, e);
        }
    }

    private string PathOf(string name)
    {
        if (name.Length == 0 || name.StartsWith('/') || name.Contains('\\') || name.Contains('\0') || name.Split('/').Any(p => p is "" or "." or ".."))
        {
            throw new ArgumentException($"'{name}' is no blob name.", nameof(name));
        }

        return Path.Combine(_root, name.Replace('/', Path.DirectorySeparatorChar));
    }

    private sealed class Lease(FileStream file) : IBlobLease
    {
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
