using System.IO.Compression;
using System.IO.Hashing;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>A folder.</summary>
internal sealed class FolderKeys(string folder, Func<string, string> confine) : KeyStore
{
    public override string Path => folder;

    public override ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct) =>
        new(PathOf(key) is { } path ? File.ReadAllBytes(path) : null);

    public override ValueTask<byte[]?> ReadAsync(string key, long offset, long length, CancellationToken ct)
    {
        if (PathOf(key) is not { } path)
        {
            return new((byte[]?)null);
        }

        using var file = File.OpenHandle(path);
        var size = RandomAccess.GetLength(file);
        var from = offset < 0 ? size + offset : offset;
        if (from < 0 || length < 0 || length > size || from > size - length)
        {
            throw Short(key);
        }

        var bytes = new byte[length];
        for (var done = 0; done < bytes.Length;)
        {
            var n = RandomAccess.Read(file, bytes.AsSpan(done), from + done);
            done += n > 0 ? n : throw Short(key);
        }

        return new(bytes);
    }

    public override string Fingerprint() =>
        Fingerprints.Of(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));

    public override IEnumerable<string> List(string key)
    {
        var below = System.IO.Path.Combine(folder, key);
        return Directory.Exists(below)
            ? new DirectoryInfo(below).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
                .Select(e => KeyOf(e.FullName) + (e is DirectoryInfo ? "/" : ""))
            : [];

        string KeyOf(string path) => System.IO.Path.GetRelativePath(folder, path).Replace(System.IO.Path.DirectorySeparatorChar, '/');
    }

    public override IEnumerable<string> Folders(string key)
    {
        var below = System.IO.Path.Combine(folder, key);
        return Directory.Exists(below)
            ? Directory.EnumerateDirectories(below).Select(p => System.IO.Path.GetFileName(p)!).Order(StringComparer.Ordinal)
            : [];
    }

    public override (KeyStore Store, string Name)? Above()
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
        if (System.IO.Path.GetDirectoryName(full) is not { } parent)
        {
            return null;
        }

        try
        {
            return (new FolderKeys(confine(parent), confine), System.IO.Path.GetFileName(full));
        }
        catch (VolumeFormatException)
        {
            // Nobody may read there.
            return null;
        }
    }

    // A link may lead out of the folder, so each file is asked for. File.Exists would call absent what may not be seen.
    private string? PathOf(string key)
    {
        var path = System.IO.Path.Combine(folder, key);
        if (File.Exists(path))
        {
            return confine(path);
        }

        try
        {
            return File.GetAttributes(path).HasFlag(FileAttributes.Directory)
                ? throw new VolumeFormatException($"{path} is a folder where a file was expected; copy the data again from their source.")
                : confine(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>A zip archive.</summary>
internal sealed class ZipKeys : KeyStore
{
    private readonly string _path;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries;
    private readonly Lock _lock = new();

    public ZipKeys(string path)
    {
        _path = path;
        _zip = new ZipArchive(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read), ZipArchiveMode.Read);
        _entries = _zip.Entries.Where(e => !e.FullName.EndsWith('/')).GroupBy(e => e.FullName)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

        // Some programs put everything below one folder.
        if (!_entries.Keys.Any(k => k is "zarr.json" or ".zgroup" or ".zarray" or ".zattrs" or "attributes.json")
            && _entries.Keys.Select(k => k.Split('/')[0]).Distinct().ToArray() is [var only])
        {
            _entries = _entries.Where(e => e.Key.Length > only.Length + 1)
                .ToDictionary(e => e.Key[(only.Length + 1)..], e => e.Value, StringComparer.Ordinal);
        }
    }

    public override string Path => _path;

    public override ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct)
    {
        // An archive has one stream for all its entries.
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                return new((byte[]?)null);
            }

            if (entry.Length > Array.MaxLength || entry.Length > 65536 + Packing.Zlib.MostRatio() * entry.CompressedLength)
            {
                throw new VolumeFormatException(
                    $"{_path}: {key} says that it unpacks to {entry.Length} bytes, which its {entry.CompressedLength} cannot;"
                    + " the archive is damaged.");
            }

            using var stream = entry.Open();
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);

            // What reads archives does not compare their checksums.
            return Crc32.HashToUInt32(bytes) == entry.Crc32
                ? new(bytes)
                : throw new VolumeFormatException(
                    $"{_path}: {key} is damaged (its checksum is wrong); copy the archive again from its source.");
        }
    }

    public override string Fingerprint() => Fingerprints.Of([_path]);

    public override IEnumerable<string> List(string key)
    {
        var prefix = key.Length == 0 ? "" : key + "/";
        return _entries.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal));
    }

    public override IEnumerable<string> Folders(string key)
    {
        var prefix = key.Length == 0 ? "" : key + "/";
        return List(key).Select(k => k[prefix.Length..].Split('/')).Where(p => p.Length > 1).Select(p => p[0]).Distinct()
            .Order(StringComparer.Ordinal);
    }

    public override void Dispose()
    {
        _zip.Dispose();
        base.Dispose();
    }
}
