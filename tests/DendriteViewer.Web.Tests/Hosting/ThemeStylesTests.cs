using System.IO.Compression;
using System.Net;
using System.Text;
using DendriteViewer.Web.Components.Shell;

namespace DendriteViewer.Web.Tests.Hosting;

/// <summary>The style sheet of both palettes, as a browser asks for it that nobody has signed in with.</summary>
public sealed class ThemeStylesTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task Theme_AskedForByAStranger_HasBothPalettes()
    {
        using var answer = await GetAsync(ThemeStyles.Address);
        Assert.Equal((HttpStatusCode.OK, "text/css"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        var text = await answer.Content.ReadAsStringAsync();
        foreach (var isDark in new[] { true, false })
        {
            var theme = DendriteTheme.Of(isDark);
            var palette = isDark ? theme.PaletteDark : (MudBlazor.Palette)theme.PaletteLight;
            Assert.Contains($"--mud-palette-background: {palette.Background}", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("gzip, br", true)]
    [InlineData("br", false)]
    [InlineData("gzip;q=0", false)]
    public async Task Theme_IsCompressed_WhereTheBrowserTakesGzip(string accepted, bool isCompressed)
    {
        using var answer = await GetAsync(ThemeStyles.Address, accepted);
        Assert.Equal(isCompressed ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        using var text = new StreamReader(
            isCompressed ? new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress) : new MemoryStream(bytes), Encoding.UTF8);
        using var plain = await GetAsync(ThemeStyles.Address);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await text.ReadToEndAsync());
    }

    [Fact]
    public async Task Theme_UnderAnotherVersion_IsNotKeptByTheBrowser()
    {
        using var current = await GetAsync(ThemeStyles.Address);
        Assert.Contains("immutable", current.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        foreach (var address in new[] { ThemeStyles.Path, ThemeStyles.Path + "?v=", ThemeStyles.Path + "?v=0123456789" })
        {
            using var answer = await GetAsync(address);
            Assert.Equal(("no-cache", HttpStatusCode.OK), (answer.Headers.CacheControl!.ToString(), answer.StatusCode));
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string address, string? accepted = null)
    {
        using var client = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None });
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Address + address);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        return await client.SendAsync(request);
    }
}
