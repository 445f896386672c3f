namespace DendriteViewer.Imaging.Storage;

/// <summary>A blob's name and size in bytes.</summary>
public readonly record struct BlobStat(string Name, long Size);

/// <summary>
/// Where everything lies: named blobs, '/' between parts. A write replaces a blob whole or not at all.
/// Two implementations: <see cref="FolderBlobStore"/> and <see cref="AzureBlobStore"/>.
/// </summary>
public interface IBlobStore
{
    /// <summary>What to call the store in messages.</summary>
    string Description { get; }

    /// <summary>The blob's size, or null where there is none.</summary>
    ValueTask<BlobStat?> StatAsync(string name, CancellationToken ct);

    /// <summary>The whole blob, or null where there is none.</summary>
    ValueTask<byte[]?> TryReadAsync(string name, CancellationToken ct);

    /// <summary>Fills <paramref name="target"/> from <paramref name="offset"/>.</summary>
    /// <exception cref="EndOfStreamException">The blob ends before.</exception>
    /// <exception cref="FileNotFoundException">There is no such blob.</exception>
    ValueTask ReadAsync(string name, long offset, Memory<byte> target, CancellationToken ct);

    /// <summary>Creates or replaces a blob.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="ct">Stops it; the blob is then as it was.</param>
    /// <param name="durable">Whether it outlasts a power failure at once, or only after <see cref="FlushAsync"/>.</param>
    ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken ct, bool durable = true);

    /// <summary>Makes whatever was written below a prefix outlast a power failure.</summary>
    ValueTask FlushAsync(string prefix, CancellationToken ct);

    /// <summary>All blobs whose name starts with <paramref name="prefix"/>.</summary>
    IAsyncEnumerable<BlobStat> ListAsync(string prefix, CancellationToken ct);

    /// <summary>The distinct name parts directly below a prefix that ends in '/'.</summary>
    IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken ct);

    /// <summary>Deletes a blob; nothing happens where there is none.</summary>
    ValueTask DeleteAsync(string name, CancellationToken ct);
}

/// <summary>What every store can do with what <see cref="IBlobStore"/> offers.</summary>
public static class BlobStores
{
    /// <summary>Deletes everything below a prefix.</summary>
    public static async Task DeleteAllAsync(this IBlobStore store, string prefix, CancellationToken ct)
    {
        await foreach (var blob in store.ListAsync(prefix, ct))
        {
            await store.DeleteAsync(blob.Name, ct);
        }
    }

    /// <summary>Bytes below a prefix.</summary>
    public static async Task<long> MeasureAsync(this IBlobStore store, string prefix, CancellationToken ct)
    {
        var bytes = 0L;
        await foreach (var blob in store.ListAsync(prefix, ct))
        {
            bytes += blob.Size;
        }

        return bytes;
    }

    /// <summary>
    /// The store that an address names: a folder (a path or file:///…), or an Azure connection string,
    /// the container behind it as <c>;Container=name</c> (default: dendrite).
    /// </summary>
    public static IBlobStore Open(string address)
    {
        if (address.Contains("AccountName=", StringComparison.OrdinalIgnoreCase)
            || address.Contains("UseDevelopmentStorage", StringComparison.OrdinalIgnoreCase)
            || address.Contains("BlobEndpoint=", StringComparison.OrdinalIgnoreCase))
        {
            var parts = address.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var container = parts.FirstOrDefault(p => p.StartsWith("Container=", StringComparison.OrdinalIgnoreCase));
            return new AzureBlobStore(
                string.Join(';', parts.Where(p => p != container)), container?["Container=".Length..] ?? "dendrite");
        }

        if (address.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            return new FolderBlobStore(uri.LocalPath);
        }

        return address.Contains("://", StringComparison.Ordinal)
            ? throw new ArgumentException($"The store '{address}' is not supported: give a folder, file:///…, or an Azure connection string.")
            : new FolderBlobStore(address);
    }
}
