using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>Blobs below a prefix of a store.</summary>
/// <param name="blobs">The store.</param>
/// <param name="prefix">The prefix.</param>
/// <param name="admit">Asked for every prefix above it, as blob:PREFIX: gives it back, or refuses it. Null for any.</param>
internal sealed class BlobKeys(IBlobStore blobs, string prefix, Func<string, string>? admit = null) : KeyStore
{
    private readonly string _prefix = prefix.Trim('/').Split('/').All(IsName)
        ? prefix.Trim('/') + "/"
        : throw new VolumeFormatException($"blob:{prefix} is no prefix of blobs; give names with one / between them.");

    // Chunks of one shard are read one after another, and each must lie within it.
    private readonly ConcurrentDictionary<string, long> _sizes = new();

    public override string Path => $"blob:{_prefix.TrimEnd('/')}";

    public override ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct) => blobs.TryReadAsync(_prefix + key, ct);

    public override async ValueTask<byte[]?> ReadAsync(string key, long offset, long length, CancellationToken ct)
    {
        if (!_sizes.TryGetValue(key, out var size))
        {
            if (await blobs.StatAsync(_prefix + key, ct) is not { } stat)
            {
                return null;
            }

            size = _sizes[key] = stat.Size;
        }

        var from = offset < 0 ? size + offset : offset;
        if (from < 0 || length < 0 || length > size || from > size - length)
        {
            throw Short(key);
        }

        var bytes = new byte[length];
        try
        {
            await blobs.ReadAsync(_prefix + key, from, bytes, ct);
        }
        catch (Exception e) when (e is FileNotFoundException or EndOfStreamException)
        {
            throw Short(key);
        }

        return bytes;
    }

    public override string Fingerprint()
    {
        var blobsThere = blobs.ListAsync(_prefix, default).ToBlockingEnumerable();
        var names = blobsThere.Select(b => $"{b.Name}|{b.Size}").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names))));
    }

    public override IEnumerable<string> List(string key) =>
        blobs.ListAsync(Below(key), default).ToBlockingEnumerable().Select(b => b.Name[_prefix.Length..]);

    public override IEnumerable<string> Folders(string key) =>
        blobs.ListFoldersAsync(Below(key), default).ToBlockingEnumerable().Order(StringComparer.Ordinal);

    public override (KeyStore Store, string Name)? Above()
    {
        var parts = _prefix.TrimEnd('/').Split('/');
        if (parts.Length < 2)
        {
            return null;
        }

        try
        {
            var above = string.Join('/', parts[..^1]);
            admit?.Invoke($"{VolumeFiles.BlobScheme}{above}/");
            return (new BlobKeys(blobs, above, admit), parts[^1]);
        }
        catch (VolumeFormatException)
        {
            // Nobody may read there.
            return null;
        }
    }

    private string Below(string key) => key.Length == 0 ? _prefix : $"{_prefix}{key}/";

    private static bool IsName(string part) =>
        part is not ("" or "." or "..") && !part.Contains('\\', StringComparison.Ordinal) && !part.Any(char.IsControl);
}
