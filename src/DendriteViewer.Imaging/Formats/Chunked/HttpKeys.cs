using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// Files below an address, by HTTP. Nothing can be listed there, so what is opened must say itself what it holds; and what it is known by
/// again is its address and its metadata.
/// </summary>
/// <remarks>
/// Only "404 Not Found" means that a chunk is absent. "403 Forbidden" may mean that too, since a store that may not be listed answers so
/// for what is not there, or that the chunk may not be read. For a chunk it is a failure. Metadata that are asked for to see whether they
/// are there are noted in <see cref="Forbidden"/>, so that what is opened without them can say so.
/// </remarks>
internal sealed class HttpKeys : KeyStore
{
    private const int Tries = 4;
    private const long MostBytes = 1L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] s_metadata = ["zarr.json", ".zattrs", ".zgroup", ".zarray", "attributes.json", "0/zarr.json",
        "0/.zarray"];
    private readonly HttpClient _http;
    private readonly Func<string, string>? _admit;

    // Metadata is asked for again and again while a store is opened.
    private readonly ConcurrentDictionary<string, byte[]?> _known = new();
    private readonly ConcurrentDictionary<string, bool> _forbidden = new();

    /// <param name="address">http:// or https://, ending where the keys begin.</param>
    /// <param name="admit">
    /// Asked for every address above it: gives it back, or refuses it. Null for any address, and servers that may send the asker elsewhere.
    /// </param>
    /// <exception cref="VolumeFormatException">It is no address.</exception>
    public HttpKeys(string address, Func<string, string>? admit)
    {
        Path = address.TrimEnd('/');
        _admit = admit;
        if (!Uri.TryCreate(Path, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new VolumeFormatException(
                $"{address} is no address of a folder; give http:// or https://, a host and a path, without ? and #.");
        }

        var handler = new SocketsHttpHandler { AllowAutoRedirect = admit is null, AutomaticDecompression = DecompressionMethods.None };
        _http = new HttpClient(handler) { Timeout = Patience };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("DendriteViewer");
    }

    public override string Path { get; }

    public override IReadOnlyCollection<string> Forbidden => _forbidden.Keys.Order(StringComparer.Ordinal).ToArray();

    public override async ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct) =>
        !IsMetadata(key) ? await GetAsync(key, null, ct) : _known.TryGetValue(key, out var known) ? known
            : _known[key] = await GetAsync(key, null, ct);

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

    public override IEnumerable<string>? List(string key) => null;

    // What consolidated metadata of the root say.
    public override IEnumerable<string> Folders(string key)
    {
        var prefix = key.Length == 0 ? "" : key + "/";
        var v2 = (JsonText.Read(this, ".zmetadata")?["metadata"] as JsonObject ?? []).Select(m => m.Key);
        var v3 = (JsonText.Read(this, "zarr.json")?["consolidated_metadata"]?["metadata"] as JsonObject ?? []).Select(m => m.Key + "/");
        return v2.Concat(v3).Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k[prefix.Length..].Split('/'))
            .Where(p => p.Length > 1 && p[0].Length > 0).Select(p => p[0]).Distinct().Order(StringComparer.Ordinal);
    }

    public override (KeyStore Store, string Name)? Above()
    {
        var slash = Path.LastIndexOf('/');
        if (slash <= Path.IndexOf("://", StringComparison.Ordinal) + 2)
        {
            return null;
        }

        try
        {
            var above = Path[..slash];
            return (new HttpKeys(_admit is null ? above : _admit(above), _admit), Uri.UnescapeDataString(Path[(slash + 1)..]));
        }
        catch (VolumeFormatException)
        {
            // Nobody may read there.
            return null;
        }
    }

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
                if (answer.StatusCode == HttpStatusCode.NotFound || (answer.StatusCode == HttpStatusCode.Forbidden && IsMetadata(key)))
                {
                    if (answer.StatusCode == HttpStatusCode.Forbidden)
                    {
                        _forbidden[key] = true;
                    }

                    return null;
                }

                if (answer.StatusCode == HttpStatusCode.Forbidden)
                {
                    throw new VolumeFormatException(
                        $"{address} answers 403 (forbidden), so it is not known whether this chunk is absent; get the right to read it"
                        + " (and, of a store that answers so for what is not there, the right to list), or download the data.");
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

                return await BodyAsync(answer, address, ct);
            }
            catch (Exception e) when (e is HttpRequestException or IOException
                || (e is TaskCanceledException && !ct.IsCancellationRequested))
            {
                if (n == Tries)
                {
                    throw new VolumeFormatException(
                        $"{address} does not answer ({e.Message.Split('\n')[0].TrimEnd('.')}); try again later, or download it.", e);
                }

                await PauseAsync(n, ct);
            }
        }
    }

    private static async Task<byte[]> BodyAsync(HttpResponseMessage answer, string address, CancellationToken ct)
    {
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

    private static Task PauseAsync(int n, CancellationToken ct) => Task.Delay(TimeSpan.FromMilliseconds(200 << n), TimeProvider.System, ct);
}
