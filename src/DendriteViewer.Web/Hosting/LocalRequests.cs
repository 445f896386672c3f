using System.Net;

namespace DendriteViewer.Web.Hosting;

/// <summary>Tells the requests that a person or a program on this machine sent by itself from those that a proxy passed on.</summary>
public static class LocalRequests
{
    // What proxies add; ASP.NET moves those that it takes from X-Forwarded-… to X-Original-….
    private static readonly string[] s_proxyHeaders =
        ["Forwarded", "Via", "X-Real-IP", "X-Original-For", "X-Original-Proto", "X-Original-Host", "CF-Connecting-IP", "True-Client-IP"];

    /// <summary>Whether a request came from this machine, to a name of this machine, through nothing that says it is a proxy.</summary>
    public static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from) && IsLoopbackName(context.Request.Host.Host)
            && !IsForwarded(context.Request);

    /// <summary>Whether a request's headers say that a proxy passed it on.</summary>
    public static bool IsForwarded(HttpRequest request) =>
        s_proxyHeaders.Any(request.Headers.ContainsKey) || request.Headers.Keys.Any(k => k.StartsWith("X-Forwarded-",
            StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether an address to listen on, as http://localhost:5080, can be reached from this machine alone.</summary>
    public static bool IsLoopbackAddress(string address)
    {
        var rest = address[(address.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..].Split('/')[0];
        var host = rest.StartsWith('[') ? rest[..(rest.IndexOf(']') + 1)] : rest.Split(':')[0];
        return IsLoopbackName(host);
    }

    /// <summary>Whether a host is localhost or an address of this machine that no other can reach.</summary>
    public static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var ip)
            && IPAddress.IsLoopback(ip));
}
