using System.IO.Compression;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>Blobs by key, as Zarr and N5 see a folder or an archive. Reads may come from several threads.</summary>
internal abstract class KeyStore : IDisposable
{
    /// <summary>For people, and the start of every key's name.</summary>
    public abstract string Path { get; }

    /// <summary>A blob, or null where there is none.</summary>
    public abstract ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct);

    /// <summary>Part of a blob, or null where there is none; an offset below 0 counts from its end.</summary>
    /// <exception cref="VolumeFormatException">It is shorter.</exception>
    public virtual async ValueTask<byte[]?> ReadAsync(string key, long offset, long length, CancellationToken ct)
    {
        if (await ReadAsync(key, ct) is not { } all)
        {
            return null;
        }

        var from = offset < 0 ? all.Length + offset : offset;
        return from >= 0 && length >= 0 && from + length <= all.Length ? all[(int)from..(int)(from + length)] : throw Short(key);
    }

    /// <summary>
    /// <see cref="ReadAsync(string, CancellationToken)"/> for who reads as files are read: metadata, and the slices of an import, which has
    /// threads of its own to wait with.
    /// </summary>
    public byte[]? Read(string key) => Wait(ReadAsync(key, CancellationToken.None));

    /// <summary>What a read gives, waited for where it is not there at once.</summary>
    public static T Wait<T>(ValueTask<T> read) => read.IsCompleted ? read.Result : read.AsTask().GetAwaiter().GetResult();

    /// <summary>Names and sizes of all that is there, and when it changed.</summary>
    public abstract string Fingerprint();

    /// <summary>Names of what lies directly below a key.</summary>
    public abstract IEnumerable<string> Children(string key);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>A key made of parts that metadata gave; refused where it leaves the store.</summary>
    public string Join(string prefix, string key)
    {
        var parts = $"{prefix}/{key}".Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Any(p => p is "." or ".." || p.Contains('\\', StringComparison.Ordinal) || p.Contains('\0', StringComparison.Ordinal))
            ? throw new VolumeFormatException($"{Path} names '{key}' in its metadata, which lies outside of it; the file is damaged.")
            : string.Join('/', parts);
    }

    /// <summary>Whether a key is of metadata, which is read whole, and of which there is little.</summary>
    protected static bool IsMetadata(string key) => key.EndsWith(".json", StringComparison.Ordinal) || key.Split('/')[^1].StartsWith(".z", StringComparison.Ordinal);

    protected VolumeFormatException Short(string key) => new($"{Path}/{key} is shorter than it says; copy it again from its source.");
}

/// <summary>A folder.</summary>
internal sealed class FolderKeys(string folder, Func<string, string> confine) : KeyStore
{
    public override string Path => folder;

    public override ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct) => new(PathOf(key) is { } path ? File.ReadAllBytes(path) : null);

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

    public override string Fingerprint() => Fingerprints.Of(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));

    public override IEnumerable<string> Children(string key) =>
        Directory.Exists(System.IO.Path.Combine(folder, key)) ? Directory.EnumerateFileSystemEntries(System.IO.Path.Combine(folder, key)).Select(p => System.IO.Path.GetFileName(p)!).Order(StringComparer.Ordinal) : [];

    // A link may lead out of the folder, so each file is asked for.
    private string? PathOf(string key) => System.IO.Path.Combine(folder, key) is var path && File.Exists(path) ? confine(path) : null;
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
        _entries = _zip.Entries.Where(e => !e.FullName.EndsWith('/')).GroupBy(e => e.FullName).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

        // Some programs put everything below one folder.
        if (!_entries.Keys.Any(k => k is "zarr.json" or ".zgroup" or ".zarray") && _entries.Keys.Select(k => k.Split('/')[0]).Distinct().ToArray() is [var only])
        {
            _entries = _entries.Where(e => e.Key.Length > only.Length + 1).ToDictionary(e => e.Key[(only.Length + 1)..], e => e.Value, StringComparer.Ordinal);
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
                throw new VolumeFormatException($"{_path}: {key} says that it unpacks to {entry.Length} bytes, which its {entry.CompressedLength} cannot; the archive is damaged.");
            }

            using var stream = entry.Open();
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            return new(bytes);
        }
    }

    public override string Fingerprint() => Fingerprints.Of([_path]);

    public override IEnumerable<string> Children(string key)
    {
        var prefix = key.Length == 0 ? "" : key + "/";
        return _entries.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k[prefix.Length..].Split('/')[0]).Distinct().Order(StringComparer.Ordinal);
    }

    public override void Dispose()
    {
        _zip.Dispose();
        base.Dispose();
    }
}
