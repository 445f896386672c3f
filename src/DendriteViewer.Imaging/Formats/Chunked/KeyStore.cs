using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>Blobs by key, as Zarr and N5 see a folder or an archive. Reads may come from several threads.</summary>
internal abstract class KeyStore : IDisposable
{
    /// <summary>For people, and the start of every key's name.</summary>
    public abstract string Path { get; }

    /// <summary>A blob, or null where there is none.</summary>
    /// <exception cref="VolumeFormatException">There is one that cannot be read, or the store does not say whether there is.</exception>
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
    public byte[]? Read(string key) => Wait(() => ReadAsync(key, CancellationToken.None));

    /// <summary>
    /// What a read gives, waited for. What the read awaits must not come back to a compute lane whose threads all wait here.
    /// </summary>
    public static T Wait<T>(Func<ValueTask<T>> read) => Task.Run(() => read().AsTask()).GetAwaiter().GetResult();

    /// <summary>Names and sizes of all that is there, and when it changed.</summary>
    public abstract string Fingerprint();

    /// <summary>
    /// Keys of all blobs below a key ("" for all), in any order; null where the store cannot be listed. A folder of the disk is listed too,
    /// with a / at its end, since one may stand where a file should.
    /// </summary>
    public abstract IEnumerable<string>? List(string key);

    /// <summary>Names of the groups and arrays directly below a key, as far as the store or its metadata says them.</summary>
    public abstract IEnumerable<string> Folders(string key);

    /// <summary>The store one folder up, for the caller to dispose, and the name of this one in it; null where none may be read.</summary>
    public virtual (KeyStore Store, string Name)? Above() => null;

    /// <summary>Keys of metadata that the store refused to give, so that it is not known whether they are there.</summary>
    public virtual IReadOnlyCollection<string> Forbidden => [];

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>A key made of parts that metadata gave; refused where it leaves the store.</summary>
    public string Join(string prefix, string key)
    {
        var parts = $"{prefix}/{key}".Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Any(p => p is "." or ".." || p.Contains('\\', StringComparison.Ordinal) || p.Contains('\0', StringComparison.Ordinal))
            ? throw new VolumeFormatException($"{Path} names '{key}' in its metadata, which lies outside of it; the file is damaged.")
            : string.Join('/', parts);
    }

    /// <summary>A key's name for people: the store's path and the key.</summary>
    public string NameOf(string key) => key.Length == 0 ? Path : $"{Path}/{key}";

    /// <summary>Whether a key is of metadata, which is read whole, and of which there is little.</summary>
    protected static bool IsMetadata(string key) =>
        key.EndsWith(".json", StringComparison.Ordinal) || key.Split('/')[^1].StartsWith(".z", StringComparison.Ordinal);

    protected VolumeFormatException Short(string key) => new($"{Path}/{key} is shorter than it says; copy it again from its source.");
}
