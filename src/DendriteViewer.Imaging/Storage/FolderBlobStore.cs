using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace DendriteViewer.Imaging.Storage;

/// <summary>Blobs as files below a folder. A write goes to a file beside, is flushed, and renamed over the old one.</summary>
public sealed class FolderBlobStore : IBlobStore
{
    private const string Unfinished = ".unfinished";
    private readonly string _root;

    /// <param name="root">The folder; made when something is first written.</param>
    public FolderBlobStore(string root) => _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <inheritdoc/>
    public string Description => _root;

    /// <inheritdoc/>
    public ValueTask<BlobStat?> StatAsync(string name, CancellationToken ct)
    {
        var file = new FileInfo(PathOf(name));
        return ValueTask.FromResult<BlobStat?>(file.Exists ? new BlobStat(name, file.Length) : null);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> TryReadAsync(string name, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(name), ct);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
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
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // One name a blob: what a killed write leaves is overwritten by the next.
        var beside = path + Unfinished;
        try
        {
            using (var handle = File.OpenHandle(beside, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous, content.Length))
            {
                await RandomAccess.WriteAsync(handle, content, 0, ct);
                if (durable)
                {
                    RandomAccess.FlushToDisk(handle);
                }
            }

            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(string prefix, CancellationToken ct) => await Parallel.ForEachAsync(ListAsync(prefix, ct), ct, (blob, _) =>
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
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            var name = Path.GetRelativePath(_root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (name.StartsWith(prefix, StringComparison.Ordinal) && !name.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                yield return new BlobStat(name, file.Length);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        var folder = prefix.Length == 0 ? _root : PathOf(prefix.TrimEnd('/'));
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var below in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            yield return Path.GetFileName(below);
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string name, CancellationToken ct)
    {
        var path = PathOf(name);
        if (File.Exists(path) || File.Exists(path + Unfinished))
        {
            File.Delete(path);
            File.Delete(path + Unfinished);
            for (var d = Path.GetDirectoryName(path)!; d.Length > _root.Length && !Directory.EnumerateFileSystemEntries(d).Any(); d = Path.GetDirectoryName(d)!)
            {
                Directory.Delete(d);
            }
        }

        return ValueTask.CompletedTask;
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
    }

    private string PathOf(string name)
    {
        if (name.Length == 0 || name.StartsWith('/') || name.Contains('\\') || name.Contains('\0') || name.Split('/').Any(p => p is "" or "." or ".."))
        {
            throw new ArgumentException($"'{name}' is no blob name.", nameof(name));
        }

        return Path.Combine(_root, name.Replace('/', Path.DirectorySeparatorChar));
    }
}
