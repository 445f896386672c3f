using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace DendriteViewer.Imaging.Tests.Formats.Chunked;

/// <summary>A web server for keys, which answers as a test wants.</summary>
internal sealed class KeyServer : IDisposable
{
    private readonly HttpListener _server = new();
    private readonly Dictionary<string, byte[]> _keys;
    private readonly Func<string, int?>? _status;

    /// <param name="keys">What lies there.</param>
    /// <param name="status">The status to answer for a key, or null for what is right.</param>
    public KeyServer(Dictionary<string, byte[]> keys, Func<string, int?>? status = null)
    {
        (_keys, _status) = (keys, status);
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _server.Prefixes.Add(Address);
        _server.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>Where the keys begin, with a / at the end.</summary>
    public string Address { get; }

    /// <summary>Keys that were asked for, in turn.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public void Dispose() => _server.Close();

    private async Task ServeAsync()
    {
        while (_server.IsListening)
        {
            HttpListenerContext c;
            try
            {
                c = await _server.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var key = Uri.UnescapeDataString(c.Request.Url!.AbsolutePath.TrimStart('/'));
            Asked.Enqueue(key);
            if (_status?.Invoke(key) is { } status)
            {
                c.Response.StatusCode = status;
            }
            else if (!_keys.TryGetValue(key, out var bytes))
            {
                c.Response.StatusCode = 404;
            }
            else
            {
                await AnswerAsync(c, bytes);
            }

            c.Response.Close();
        }
    }

    private static async Task AnswerAsync(HttpListenerContext c, byte[] bytes)
    {
        if (c.Request.Headers["Range"] is { } range)
        {
            int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
            var ends = range["bytes=".Length..].Split('-');
            var (from, to) = ends[0].Length == 0 ? (bytes.Length - Number(ends[1]), bytes.Length) : (Number(ends[0]), Number(ends[1]) + 1);
            c.Response.StatusCode = 206;
            bytes = bytes[from..Math.Min(to, bytes.Length)];
        }

        await c.Response.OutputStream.WriteAsync(bytes);
    }
}
