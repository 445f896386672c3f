using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace DendriteViewer.Web.Components;

/// <summary>
/// Addresses of static files that a browser may keep forever, for the files whose own names cannot carry a fingerprint. The version
/// stands in the path before all of them: /assets/VERSION/viewer/viewer.js. Two kinds need it. Script modules import their neighbours by
/// relative names, and an import map would have to stand inline, which the content policy forbids. Files of packages have a compressed form
/// under their plain name only (SDK 10.0.401).
/// </summary>
public static class VersionedAssets
{
    private const string Prefix = "/assets";
    private const string KeepForever = "max-age=31536000, immutable";

    // The manifest lists the fingerprint of every asset, so it changes with any of them.
    private static readonly string s_version = VersionOf(Path.Combine(
        AppContext.BaseDirectory, $"{typeof(VersionedAssets).Assembly.GetName().Name}.staticwebassets.endpoints.json"));

    /// <summary>The address of a file.</summary>
    /// <param name="path">Below the web root, as viewer/viewer.js.</param>
    public static string AddressOf(string path) => $"{Prefix}/{s_version}/{path}";

    /// <summary>
    /// Leads versioned addresses to the files, before routing. One of another version gets the present file, which is not to be kept.
    /// </summary>
    public static void UseVersionedAssets(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Path.StartsWithSegments(Prefix, out var rest) && rest.Value is { Length: > 1 } value
            && value.IndexOf('/', 1) is > 0 and var end)
        {
            context.Request.Path = value[end..];
            if (value[1..end] == s_version)
            {
                context.Response.OnStarting(() =>
                {
                    if (context.Response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status304NotModified)
                    {
                        context.Response.Headers[HeaderNames.CacheControl] = KeepForever;
                    }

                    return Task.CompletedTask;
                });
            }
        }

        return next(context);
    });

    private static string VersionOf(string manifest) =>
        File.Exists(manifest) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(manifest)))[..10] : "unversioned";
}
