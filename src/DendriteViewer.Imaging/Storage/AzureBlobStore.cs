using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace DendriteViewer.Imaging.Storage;

/// <summary>Blobs in one container of Azure Blob Storage (or Azurite).</summary>
public sealed class AzureBlobStore : IBlobStore
{
    private readonly BlobContainerClient _container;
    private readonly SemaphoreSlim _creating = new(1, 1);
    private bool _created;

    /// <param name="connectionString">As the Azure portal gives it.</param>
    /// <param name="container">Made when something is first written.</param>
    public AzureBlobStore(string connectionString, string container)
    {
        try
        {
            _container = new BlobContainerClient(connectionString, container);
        }
        catch (FormatException e)
        {
            throw new ArgumentException("The store's Azure connection string cannot be read; copy it whole from the portal.", e);
        }
    }

    /// <inheritdoc/>
    public string Description => _container.Uri.ToString();

    /// <inheritdoc/>
    public async ValueTask<BlobStat?> StatAsync(string name, CancellationToken ct)
    {
        try
        {
            var p = await _container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: ct);
            return new BlobStat(name, p.Value.ContentLength);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> TryReadAsync(string name, CancellationToken ct)
    {
        try
        {
            var content = await _container.GetBlobClient(name).DownloadContentAsync(ct);
            return content.Value.Content.ToArray();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(string name, long offset, Memory<byte> target, CancellationToken ct)
    {
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(offset, target.Length) };
            using var result = (await _container.GetBlobClient(name).DownloadStreamingAsync(options, ct)).Value;
            await result.Content.ReadExactlyAsync(target, ct);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new FileNotFoundException($"{Description}/{name} does not exist.", e);
        }
        catch (RequestFailedException e) when (e.Status == 416)
        {
            throw new EndOfStreamException($"{Description}/{name} ends before byte {offset + target.Length}.", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken ct, bool durable = true)
    {
        await EnsureContainerAsync(ct);
        await _container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, ct);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(string prefix, CancellationToken ct) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobStat> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await EnsureContainerAsync(ct);
        await foreach (var blob in _container.GetBlobsAsync(prefix: prefix, cancellationToken: ct))
        {
            yield return new BlobStat(blob.Name, blob.Properties.ContentLength ?? 0);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await EnsureContainerAsync(ct);
        await foreach (var item in _container.GetBlobsByHierarchyAsync(delimiter: "/", prefix: prefix, cancellationToken: ct))
        {
            if (item.IsPrefix)
            {
                yield return item.Prefix[prefix.Length..].TrimEnd('/');
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken ct) =>
        await _container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: ct);

    private async Task EnsureContainerAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _created))
        {
            return;
        }

        await _creating.WaitAsync(ct);
        try
        {
            if (!_created)
            {
                await _container.CreateIfNotExistsAsync(cancellationToken: ct);
                Volatile.Write(ref _created, true);
            }
        }
        finally
        {
            _creating.Release();
        }
    }
}
