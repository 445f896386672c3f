using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Storage;

/// <summary>
/// Blobs in one container of Azure Blob Storage (or Azurite). What fails for a moment (no answer, 408, 429, 5xx) is tried again for
/// half a minute, at growing intervals.
/// </summary>
public sealed class AzureBlobStore : IBlobStore
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60), RenewEvery = TimeSpan.FromSeconds(15);
    private readonly BlobContainerClient _container;
    private readonly SemaphoreSlim _creating = new(1, 1);
    private bool _created;

    /// <param name="connectionString">As the Azure portal gives it.</param>
    /// <param name="container">Made when something is first written.</param>
    public AzureBlobStore(string connectionString, string container)
    {
        var options = new BlobClientOptions
        {
            Retry = { Mode = RetryMode.Exponential, MaxRetries = 8, Delay = TimeSpan.FromSeconds(0.2), MaxDelay = TimeSpan.FromSeconds(8), NetworkTimeout = TimeSpan.FromSeconds(60) },
        };
        options.AddPolicy(new HealthPolicy(Health), HttpPipelinePosition.PerRetry);
        try
        {
            _container = new BlobContainerClient(connectionString, container, options);
        }
        catch (FormatException e)
        {
            throw new ArgumentException("The store's Azure connection string cannot be read; copy it whole from the portal.", e);
        }
    }

    /// <inheritdoc/>
    public string Description => _container.Uri.GetLeftPart(UriPartial.Path); // Without a shared access signature, which is a secret.

    /// <inheritdoc/>
    public StoreHealth Health { get; } = new();

    /// <inheritdoc/>
    public ValueTask<BlobStat?> StatAsync(string name, CancellationToken ct) => AskAsync(async () =>
    {
        try
        {
            var p = await _container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: ct);
            return (BlobStat?)new BlobStat(name, p.Value.ContentLength, p.Value.ETag.ToString(), p.Value.LastModified);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    });

    /// <inheritdoc/>
    public ValueTask<TaggedBlob?> TryReadTaggedAsync(string name, CancellationToken ct) => AskAsync(async () =>
    {
        try
        {
            var content = await _container.GetBlobClient(name).DownloadContentAsync(ct);
            return new TaggedBlob(content.Value.Content.ToArray(), content.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    });

    /// <inheritdoc/>
    public async ValueTask ReadAsync(string name, long offset, Memory<byte> target, CancellationToken ct) => await AskAsync(async () =>
    {
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(offset, target.Length) };
            using var result = (await _container.GetBlobClient(name).DownloadStreamingAsync(options, ct)).Value;
            await result.Content.ReadExactlyAsync(target, ct);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new FileNotFoundException($"{Description}/{name} does not exist.", e);
        }
        catch (RequestFailedException e) when (e.Status == 416)
        {
            throw new EndOfStreamException($"{Description}/{name} ends before byte {offset + target.Length}.", e);
        }
    });

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken ct, bool durable = true) => await AskAsync(async () =>
    {
        await EnsureContainerAsync(ct);
        await _container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, ct);
        return true;
    });

    /// <inheritdoc/>
    public ValueTask<bool> TryReplaceAsync(string name, ReadOnlyMemory<byte> content, string? tag, CancellationToken ct) => AskAsync(async () =>
    {
        await EnsureContainerAsync(ct);
        var conditions = tag is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = new ETag(tag) };
        try
        {
            await _container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), new BlobUploadOptions { Conditions = conditions }, ct);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // An upload whose answer was lost meets what it wrote itself.
            return await TryReadTaggedAsync(name, ct) is { } now && now.Content.AsSpan().SequenceEqual(content.Span);
        }
    });

    /// <inheritdoc/>
    public ValueTask FlushAsync(string prefix, CancellationToken ct) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobStat> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await AskAsync(() => EnsureContainerAsync(ct));
        await using var blobs = _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix: prefix, cancellationToken: ct).GetAsyncEnumerator(ct);
        while (await AskAsync(async () => await blobs.MoveNextAsync()))
        {
            var (name, found) = (blobs.Current.Name, blobs.Current.Properties);
            yield return new BlobStat(name, found.ContentLength ?? 0, found.ETag?.ToString() ?? "", found.LastModified);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await AskAsync(() => EnsureContainerAsync(ct));
        await using var items = _container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, delimiter: "/", prefix: prefix, cancellationToken: ct).GetAsyncEnumerator(ct);
        while (await AskAsync(async () => await items.MoveNextAsync()))
        {
            if (items.Current.IsPrefix)
            {
                yield return items.Current.Prefix[prefix.Length..].TrimEnd('/');
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken ct) =>
        await AskAsync(async () => (await _container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: ct)).Value);

    /// <inheritdoc/>
    public async ValueTask DeleteAllAsync(string prefix, CancellationToken ct) =>
        await Parallel.ForEachAsync(ListAsync(prefix, ct), ComputeLane.Options(ct, 8), (blob, token) => DeleteAsync(blob.Name, token));

    /// <inheritdoc/>
    public ValueTask<IBlobLease?> TryLeaseAsync(string name, CancellationToken ct) => AskAsync(async () =>
    {
        // An id of one's own: who asks again with it has the lease still, or again where the store lost it.
        var client = _container.GetBlobClient(name).GetBlobLeaseClient(Guid.NewGuid().ToString());
        return await TryAcquireAsync(name, client, ct) ? (IBlobLease?)new Lease(client, token => TryAcquireAsync(name, client, token)) : null;
    });

    private async Task<bool> TryAcquireAsync(string name, BlobLeaseClient client, CancellationToken ct)
    {
        await TryReplaceAsync(name, ReadOnlyMemory<byte>.Empty, null, ct);
        try
        {
            await client.AcquireAsync(LeaseTime, cancellationToken: ct);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            return false;
        }
    }

    // The SDK has tried again already; what it gives up on becomes a sentence here, and nowhere else.
    private async ValueTask<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            try
            {
                return await ask();
            }
            catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                // Not made yet, or lost by who kept it.
                Volatile.Write(ref _created, false);
                await EnsureContainerAsync(CancellationToken.None);
                return await ask();
            }
        }
        catch (AggregateException e) when (e.InnerExceptions.All(i => i is RequestFailedException { Status: 0 } or HttpRequestException or IOException or OperationCanceledException))
        {
            throw Silent(e);
        }
        catch (RequestFailedException e)
        {
            throw e.Status is 0 or 408 or 429 or >= 500
                ? Silent(e)
                : new BlobStoreException($"The store at {Description} refuses ({e.Status} {e.ErrorCode}); check its connection string and your rights.", isTransient: false, e);
        }
    }

    private async ValueTask AskAsync(Func<Task> ask) => await AskAsync(async () =>
    {
        await ask();
        return true;
    });

    private BlobStoreException Silent(Exception e) => new($"The store at {Description} does not answer; it is asked again, or check that it runs.", isTransient: true, e);

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

    // Each attempt says whether there was an answer at all.
    private sealed class HealthPolicy(StoreHealth health) : HttpPipelinePolicy
    {
        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("The store is asked asynchronously.");

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            try
            {
                await ProcessNextAsync(message, pipeline);
                health.Note(message.Response.Status < 500);
            }
            catch (Exception e) when (e is RequestFailedException or IOException or HttpRequestException)
            {
                health.Note(answered: false);
                throw;
            }
        }
    }

    private sealed class Lease : IBlobLease
    {
        private readonly BlobLeaseClient _client;
        private readonly Func<CancellationToken, Task<bool>> _acquire;
        private readonly CancellationTokenSource _lost = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _renewing;

        public Lease(BlobLeaseClient client, Func<CancellationToken, Task<bool>> acquire)
        {
            (_client, _acquire) = (client, acquire);
            _renewing = RenewAsync();
        }

        public CancellationToken Lost => _lost.Token;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _renewing;
            try
            {
                await _client.ReleaseAsync();
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                // It ends by itself.
            }

            _stop.Dispose();
            _lost.Dispose();
        }

        private async Task RenewAsync()
        {
            using var timer = new PeriodicTimer(RenewEvery);
            try
            {
                while (await timer.WaitForNextTickAsync(_stop.Token))
                {
                    try
                    {
                        if (!await _acquire(_stop.Token))
                        {
                            await _lost.CancelAsync();
                            return;
                        }
                    }
                    catch (Exception e) when (e is RequestFailedException or AggregateException or IOException)
                    {
                        // A store that does not answer gives the lease to nobody else.
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // Given back.
            }
        }
    }
}
