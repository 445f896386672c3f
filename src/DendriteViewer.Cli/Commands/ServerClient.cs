using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

/// <summary>
/// Asks a DendriteViewer server in the name of whose access token DENDRITE_TOKEN holds. The token is on no command line, where every
/// program of the machine could read it, and goes over no network unencrypted, and to no address that the server leads to.
/// </summary>
internal sealed class ServerClient : IDisposable
{
    private const string TokenVariable = "DENDRITE_TOKEN";
    private readonly HttpClient _http;
    private readonly Uri _server;

    private ServerClient(Uri server, string token)
    {
        _server = server;
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>A client of a server, as https://ct.example.org.</summary>
    /// <exception cref="UsageException">The address is none that a token may be sent to, or there is no token.</exception>
    public static ServerClient Open(string server)
    {
        if (!Uri.TryCreate(server.TrimEnd('/') + "/", UriKind.Absolute, out var uri) || uri.Query.Length > 0 || uri.UserInfo.Length > 0
            || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
        {
            throw new UsageException($"'{server}' is no address of a server; give https://HOST, or http://localhost:PORT on this machine.");
        }

        var token = Environment.GetEnvironmentVariable(TokenVariable)?.Trim();
        return string.IsNullOrEmpty(token) || token.Any(c => c is < '!' or > '~')
            ? throw new UsageException($"{TokenVariable} holds no access token; make one on {server.TrimEnd('/')}/tokens, and set it.")
            : new ServerClient(uri, token);
    }

    /// <summary>Sends a request to a path below the server's address.</summary>
    /// <returns>The answer, which is one of success.</returns>
    /// <exception cref="VolumeFormatException">The server refuses, in its words, or does not answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e)
        {
            throw new VolumeFormatException(
                $"{_server.Authority} does not answer ({e.Message.TrimEnd('.')}); check the address and the network.", e);
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new VolumeFormatException($"{_server.Authority} did not answer in time; try again.", e);
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw new VolumeFormatException($"{_server.Authority}: {await SentenceAsync(answer, ct)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<string> SentenceAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest)
        {
            return "The server leads elsewhere, and the token does not follow; give the address that it is reached by.";
        }

        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            using var problem = await JsonDocument.ParseAsync(body, cancellationToken: ct);
            return problem.RootElement.GetProperty("error").GetString() ?? answer.StatusCode.ToString();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"It answered {(int)answer.StatusCode}, and nothing that a DendriteViewer server says; check the address.";
        }
    }
}
