using Microsoft.Extensions.Primitives;

namespace DendriteViewer.Web.Hosting;

/// <summary>
/// Redirects within this site name a path alone. Blazor makes whole addresses of them, from the Host header and the scheme by which the
/// request arrived; behind a proxy that speaks https, whose headers are not believed, those would lead back to http.
/// </summary>
public static class OwnRedirects
{
    /// <summary>Shortens the address of every redirect that leads to this host.</summary>
    public static void UseOwnRedirects(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            if (PathOf(context.Request, context.Response.Headers.Location) is { } path)
            {
                context.Response.Headers.Location = path;
            }

            return Task.CompletedTask;
        });
        return next();
    });

    /// <summary>The path and query of a whole address of this host, else null.</summary>
    /// <remarks>A path that begins with two slashes would be read as another host; it begins with one.</remarks>
    internal static string? PathOf(HttpRequest request, StringValues location) =>
        Uri.TryCreate(location, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            ? "/" + uri.PathAndQuery.TrimStart('/', '\\') + uri.Fragment
            : null;
}
