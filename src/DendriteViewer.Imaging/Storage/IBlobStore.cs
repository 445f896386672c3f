namespace DendriteViewer.Imaging.Storage;

/// <summary>
/// A blob's name and size in bytes; a tag where the store gives one, which is another once the blob is; when it was last written.
/// </summary>
public readonly record struct BlobStat(string Name, long Size, string Tag = "", DateTimeOffset? Written = null);

/// <summary>A blob's bytes, and a tag that is another once the blob is.</summary>
public sealed record TaggedBlob(byte[] Content, string Tag);

/// <summary>
/// Where everything lies: named blobs, '/' between parts. A write replaces a blob whole or not at all. What the store cannot do is a
/// <see cref="BlobStoreException"/>, after it was tried as often as makes sense.
/// Two implementations: <see cref="FolderBlobStore"/> and <see cref="AzureBlobStore"/>.
/// </summary>
public interface IBlobStore
{
    /// <summary>What to call the store in messages.</summary>
    string Description { get; }

    /// <summary>Whether it answers.</summary>
    StoreHealth Health { get; }

    /// <summary>Forgets what is known of blobs below a prefix, since another process may have replaced them.</summary>
    void Forget(string prefix)
    {
    }

    /// <summary>The store itself, where this keeps some of it nearer.</summary>
    IBlobStore Uncached => this;

    /// <summary>The blob's size, or null where there is none.</summary>
    ValueTask<BlobStat?> StatAsync(string name, CancellationToken ct);

    /// <summary>The whole blob, or null where there is none.</summary>
    async ValueTask<byte[]?> TryReadAsync(string name, CancellationToken ct) => (await TryReadTaggedAsync(name, ct))?.Content;

    /// <summary>The whole blob with its tag, or null where there is none.</summary>
    ValueTask<TaggedBlob?> TryReadTaggedAsync(string name, CancellationToken ct);

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

    /// <summary>Replaces a blob if it is still what a tag is of; with no tag, creates it if there is none.</summary>
    /// <returns>False where somebody else was faster.</returns>
    ValueTask<bool> TryReplaceAsync(string name, ReadOnlyMemory<byte> content, string? tag, CancellationToken ct);

    /// <summary>Makes whatever was written below a prefix outlast a power failure.</summary>
    ValueTask FlushAsync(string prefix, CancellationToken ct);

    /// <summary>All blobs whose name starts with <paramref name="prefix"/>.</summary>
    IAsyncEnumerable<BlobStat> ListAsync(string prefix, CancellationToken ct);

    /// <summary>The distinct name parts directly below a prefix that ends in '/'.</summary>
    IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken ct);

    /// <summary>Deletes a blob; nothing happens where there is none.</summary>
    ValueTask DeleteAsync(string name, CancellationToken ct);

    /// <summary>Deletes everything below a prefix that ends in '/', what killed writes left included.</summary>
    ValueTask DeleteAllAsync(string prefix, CancellationToken ct);

    /// <summary>Takes a lease that only one process can hold; null where another holds it. It ends with the process that took it.</summary>
    /// <param name="name">A blob's name, used for nothing else.</param>
    /// <param name="ct">Stops the asking, not the lease.</param>
    ValueTask<IBlobLease?> TryLeaseAsync(string name, CancellationToken ct);
}

/// <summary>A lease, until it is disposed.</summary>
public interface IBlobLease : IAsyncDisposable
{
    /// <summary>Cancelled when the lease could not be kept, so that somebody else may have it now.</summary>
    CancellationToken Lost { get; }
}

/// <summary>The store could not do what was asked; the message is one sentence that says what to do.</summary>
/// <param name="message">The sentence.</param>
/// <param name="isTransient">Whether the same may work later, without anybody mending anything here.</param>
/// <param name="inner">What it comes from.</param>
public sealed class BlobStoreException(string message, bool isTransient, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Whether the same may work later.</summary>
    public bool IsTransient => isTransient;
}

/// <summary>Whether a store answers, for people who wait for it.</summary>
public sealed class StoreHealth
{
    private int _silent;

    /// <summary>Whether the last that was asked of it was answered.</summary>
    public bool IsAnswering => Volatile.Read(ref _silent) == 0;

    /// <summary>Raised when that changes, on any thread.</summary>
    public event Action? Changed;

    internal void Note(bool answered)
    {
        if (Interlocked.Exchange(ref _silent, answered ? 0 : 1) != (answered ? 0 : 1))
        {
            Changed?.Invoke();
        }
    }
}

/// <summary>What every store can do with what <see cref="IBlobStore"/> offers.</summary>
public static class BlobStores
{
    private static readonly string[] s_azure =
        ["AccountName=", "AccountKey=", "SharedAccessSignature=", "UseDevelopmentStorage", "BlobEndpoint=", "DefaultEndpointsProtocol="];

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

    /// <summary>Names of the blobs below a prefix.</summary>
    public static async Task<IReadOnlySet<string>> NamesAsync(this IBlobStore store, string prefix, CancellationToken ct)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in store.ListAsync(prefix, ct))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    /// <summary>
    /// The store that an address names: a folder (a path or file:///…), or an Azure connection string,
    /// the container behind it as <c>;Container=name</c> (default: dendrite).
    /// </summary>
    public static IBlobStore Open(string address)
    {
        // A key or signature alone is a connection string with a mistake, never a folder's name, which would be written to the log.
        if (s_azure.Any(part => address.Contains(part, StringComparison.OrdinalIgnoreCase)))
        {
            var parts = address.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var container = parts.FirstOrDefault(p => p.StartsWith("Container=", StringComparison.OrdinalIgnoreCase));
            try
            {
                return new AzureBlobStore(
                    string.Join(';', parts.Where(p => p != container)), container?["Container=".Length..] ?? "dendrite");
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                throw new ArgumentException(
                    "The store's Azure connection string cannot be read; it is "
                        + "AccountName=…;AccountKey=…;BlobEndpoint=…;Container=NAME, as the Azure portal shows it.");
            }
        }

        if (address.StartsWith("file:", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            return new FolderBlobStore(uri.LocalPath);
        }

        return address.Contains("://", StringComparison.Ordinal)
            ? throw new ArgumentException($"A store at {address[..address.IndexOf("://", StringComparison.Ordinal)]}:// is not "
                + $"supported: give a folder, file:///…, or an Azure connection string.")
            : new FolderBlobStore(address);
    }
}
