using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Caching;

/// <summary>
/// Blocks of blobs in files below a folder: bounded, least recently used out first. A file holds a block, its number and the CRC-32C of
/// both; one that is damaged, or not where it belongs, is not given out. Blocks of an earlier run are found again.
/// </summary>
internal sealed class DiskBlocks
{
    private const int TailBytes = 12;
    private readonly string _folder;
    private readonly long _budget;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Path, long Bytes)>> _kept = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Path, long Bytes)> _recent = new();
    private long _bytes;

    // Room that was made for files which are being written.
    private long _coming;

    /// <param name="folder">Where blocks are kept; nothing else may lie there.</param>
    /// <param name="budgetBytes">What they may take.</param>
    public DiskBlocks(string folder, long budgetBytes)
    {
        (_folder, _budget) = (Path.GetFullPath(folder), budgetBytes);
        Directory.CreateDirectory(_folder);
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.LastWriteTimeUtc))
        {
            MakeRoom(file.Length);
            Keep(file.FullName, file.Length);
        }
    }

    /// <summary>Bytes on the disk.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>A block, or null where it is not kept.</summary>
    /// <param name="blob">The blob, another once it is replaced.</param>
    /// <param name="block">Which of its blocks.</param>
    public byte[]? TryGet(string blob, long block)
    {
        var path = PathOf(blob, block);
        lock (_lock)
        {
            if (!_kept.TryGetValue(path, out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
        }

        try
        {
            var file = File.ReadAllBytes(path);
            if (file.Length >= TailBytes && BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(^TailBytes)) == block
                && ShardCodec.Crc32C(file.AsSpan(0, file.Length - 4)) == BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(^4)))
            {
                return file[..^TailBytes];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Fetched again.
        }

        Drop(path);
        return null;
    }

    /// <summary>Keeps a block, if the disk has room; others make way before it is written.</summary>
    public void Put(string blob, long block, ReadOnlySpan<byte> bytes)
    {
        var path = PathOf(blob, block);
        var file = new byte[bytes.Length + TailBytes];
        bytes.CopyTo(file);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(bytes.Length), block);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(bytes.Length + 8), ShardCodec.Crc32C(file.AsSpan(0, bytes.Length + 8)));
        if (file.Length > _budget)
        {
            return;
        }

        MakeRoom(file.Length);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file);
            Keep(path, file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk keeps nothing; what is asked for is read from the store.
            Interlocked.Add(ref _coming, -file.Length);
            Drop(path);
        }
    }

    private string PathOf(string blob, long block)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(blob)))[..32];
        return Path.Combine(_folder, name[..2], name[2..], block.ToString(CultureInfo.InvariantCulture));
    }

    private void MakeRoom(long bytes)
    {
        List<string> gone = [];
        lock (_lock)
        {
            _coming += bytes;
            while (_bytes + _coming > _budget && _recent.Last is { } last)
            {
                gone.Add(last.Value.Path);
                Remove(last);
            }
        }

        gone.ForEach(Delete);
    }

    private void Keep(string path, long bytes)
    {
        lock (_lock)
        {
            if (_kept.TryGetValue(path, out var before))
            {
                Remove(before);
            }

            _kept[path] = _recent.AddFirst((path, bytes));
            _bytes += bytes;
            _coming -= bytes;
        }
    }

    private void Drop(string path)
    {
        lock (_lock)
        {
            if (_kept.TryGetValue(path, out var node))
            {
                Remove(node);
            }
        }

        Delete(path);
    }

    private void Remove(LinkedListNode<(string Path, long Bytes)> node)
    {
        _recent.Remove(node);
        _kept.Remove(node.Value.Path);
        _bytes -= node.Value.Bytes;
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Found again at the next start.
        }
    }
}
