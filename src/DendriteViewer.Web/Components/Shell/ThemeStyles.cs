using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using MudBlazor;

namespace DendriteViewer.Web.Components.Shell;

/// <summary>
/// Both palettes as one style sheet, which the page's head names: colours are right before any circuit is up, and a change of theme
/// is a change of one attribute (data-theme on the root element) that needs no server. This is why no MudThemeProvider is rendered.
/// Inline it was 24 kB of every page; as a file it is compressed, and kept by the browser.
/// </summary>
public sealed class ThemeStyles : MudThemeProvider
{
    private static readonly byte[] s_text = Encoding.UTF8.GetBytes(Of(isDark: true) + Of(isDark: false));
    private static readonly byte[] s_gzip = Compress(s_text);

    private ThemeStyles(bool isDark)
    {
        Theme = DendriteTheme.Of(isDark);
        IsDarkMode = isDark;
    }

    /// <summary>The path that answers with the style sheet.</summary>
    public const string Path = "/theme.css";

    // Names the content, so that another content has another address.
    private static readonly string s_version = Convert.ToHexStringLower(SHA256.HashData(s_text))[..10];

    /// <summary>The address of the style sheet, another one for another content.</summary>
    public static string Address { get; } = $"{Path}?v={s_version}";

    /// <summary>
    /// Answers a request for the style sheet. A browser keeps it for good only under the version of this content: a page of an older
    /// server that asks a newer one must not keep the newer colours under the older address.
    /// </summary>
    public static IResult Answer(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = context.Request.Query["v"] == s_version ? "max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        var isCompressed = context.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "gzip" && e.Quality is not 0);
        if (isCompressed)
        {
            headers.ContentEncoding = "gzip";
        }

        return Results.Bytes(isCompressed ? s_gzip : s_text, "text/css; charset=utf-8");
    }

    // The component writes style elements; a style sheet is what stands in them.
    private static string Of(bool isDark)
    {
        var element = new ThemeStyles(isDark).BuildTheme();
        return element[(element.IndexOf('>', StringComparison.Ordinal) + 1)..element.LastIndexOf("</style>", StringComparison.Ordinal)];
    }

    private static byte[] Compress(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(text);
        }

        return packed.ToArray();
    }
}
