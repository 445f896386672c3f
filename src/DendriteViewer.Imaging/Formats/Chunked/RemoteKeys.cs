using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// Files below an address, by HTTP. Nothing can be listed there, so what is opened must say itself what it holds; and what it is known by
/// again is its address and its metadata.
/// </summary>
internal sealed class HttpKeys : KeyStore
{
    private const int Tries = 4;
    private const long MostBytes = 1L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] s_metadata = ["zarr.json", ".zattrs", ".zgroup", ".zarray", "attributes.json", "0/zarr.json", "0/.zarray"];
    private readonly HttpClient _http;

    // Metadata is asked for again and again while a store is opened.
    private readonly ConcurrentDictionary<string, byte[]?> _known = new();

    /// <param name="address">http:// or https://, ending where the keys begin.</param>
    /// <param name="follows">Whether the server may send the asker elsewhere.</param>
    public HttpKeys(string address, bool follows)
    {
        Path = address.TrimEnd('/');
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = follows, AutomaticDecompression = DecompressionMethods.None }) { Timeout = Patience };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("DendriteViewer");
    }

    public override string Path { get; }

    public override async ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct) =>
        !IsMetadata(key) ? await GetAsync(key, null, ct) : _known.TryGetValue(key, out var known) ? known : _known[key] = await GetAsync(key, null, ct);

    public override async ValueTask<byte[]?> ReadAsync(string key, long offset, long length, CancellationToken ct)
    {
        if (length < 0 || length > MostBytes)
        {
            throw Short(key);
        }

        var range = offset < 0 ? new RangeHeaderValue(null, -offset) : new RangeHeaderValue(offset, offset + length - 1);
        var bytes = length == 0 ? [] : await GetAsync(key, range, ct);

        // What counts from the end may ask for the end's beginning alone.
        return bytes is null ? null : bytes.Length >= length ? bytes[..(int)length] : throw Short(key);
    }

    public override string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Path));
        foreach (var key in s_metadata)
        {
            hash.AppendData(Read(key) ?? []);
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public override IEnumerable<string> Children(string key) => [];

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    private async Task<byte[]?> GetAsync(string key, RangeHeaderValue? range, CancellationToken ct)
    {
        var address = $"{Path}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        for (var n = 1; ; n++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Range = range;
                using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
                if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
                {
                    // Stores that may not be listed answer "forbidden" for what is not there.
                    return null;
                }

                if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    throw Short(key);
                }

                if ((int)answer.StatusCode is 408 or 429 or >= 500 && n < Tries)
                {
                    await PauseAsync(n, ct);
                    continue;
                }

                if (!answer.IsSuccessStatusCode || (range is not null && answer.StatusCode != HttpStatusCode.PartialContent))
                {
                    throw new VolumeFormatException(range is not null && answer.IsSuccessStatusCode
                        ? $"{address} cannot be read in parts; download it, or use a server that knows byte ranges."
                        : $"{address} answers {(int)answer.StatusCode}; check the address, or download it.");
                }

                await using var body = await answer.Content.ReadAsStreamAsync(ct);
                using var bytes = new MemoryStream();
                var buffer = new byte[1 << 16];
                for (int got; (got = await body.ReadAsync(buffer, ct)) > 0;)
                {
                    bytes.Write(buffer, 0, got);
                    if (bytes.Length > MostBytes)
                    {
                        throw new VolumeFormatException($"{address} is larger than 1 GiB, which is not supported; write it in smaller chunks.");
                    }
                }

                return bytes.ToArray();
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !ct.IsCancellationRequested))
            {
                if (n == Tries)
                {
                    throw new VolumeFormatException($"{address} does not answer ({e.Message.Split('\n')[0].TrimEnd('.')}); try again later, or download it.", e);
                }

                await PauseAsync(n, ct);
            }
        }
    }

    private static Task PauseAsync(int n, CancellationToken ct) => Task.Delay(TimeSpan.FromMilliseconds(200 << n), TimeProvider.System, ct);
}

/// <summary>Blobs below a prefix of a store.</summary>
internal sealed class BlobKeys(IBlobStore blobs, string prefix) : KeyStore
{
    private readonly string _prefix = prefix.Trim('/').Split('/').All(p => p is not ("" or "." or "..") && !p.Contains('\\', StringComparison.Ordinal) && !p.Any(char.IsControl))
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
        var names = blobs.ListAsync(_prefix, default).ToBlockingEnumerable().Select(b => $"{b.Name}|{b.Size}").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names))));
    }

    public override IEnumerable<string> Children(string key) =>
        blobs.ListFoldersAsync(key.Length == 0 ? _prefix : $"{_prefix}{key}/", default).ToBlockingEnumerable().Order(StringComparer.Ordinal);
}
