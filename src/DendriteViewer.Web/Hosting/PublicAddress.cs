using System.Diagnostics.CodeAnalysis;

namespace DendriteViewer.Web.Hosting;

/// <summary>
/// Where people reach the app, if the configuration says so. What a request's Host header says is never written into a link, a
/// redirect or a description: whoever sends the request chooses it.
/// </summary>
/// <param name="Origin">Scheme and authority, without a slash at the end.</param>
public sealed record PublicAddress(Uri Origin)
{
    /// <summary>The host as browsers send it, with its port where that is not the scheme's own.</summary>
    public string Authority => Origin.Authority;

    /// <summary>Whether people reach the app over https.</summary>
    public bool IsSecure => Origin.Scheme == Uri.UriSchemeHttps;

    /// <summary>The origin of WebSockets to it.</summary>
    public string WebSocketOrigin => $"{(IsSecure ? "wss" : "ws")}://{Authority}";

    /// <summary>The whole address of a path that begins with '/'.</summary>
    public string Of(string path) => $"{Origin.Scheme}://{Authority}{path}";

    /// <summary>Reads http://host or https://host, with a port or without.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PublicAddress? address)
    {
        address = Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp
            || uri.Scheme == Uri.UriSchemeHttps)
            && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0 && uri.Host.Length > 0
                ? new PublicAddress(uri)
                : null;
        return address is not null;
    }
}
