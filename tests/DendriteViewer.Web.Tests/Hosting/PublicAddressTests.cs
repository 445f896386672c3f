using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Hosting;

/// <summary>An app that knows where people reach it, and which proxy to believe.</summary>
public sealed class PublicApp : IAsyncLifetime
{
    public RunningApp Running { get; } = new()
    {
        Arguments = ["--Dendrite:PublicAddress", "https://ct.example.org", "--Dendrite:Proxies:0", "127.0.0.1"],
    };

    public Task InitializeAsync() => Running.InitializeAsync();

    public Task DisposeAsync() => Running.DisposeAsync();
}

public sealed class PublicAddressTests(PublicApp app, RunningApp plain) : IClassFixture<PublicApp>, IClassFixture<RunningApp>
{
    [Fact]
    public async Task Links_DescriptionAndPreview_NameThePublicAddress()
    {
        var (_, token) = await app.Running.LinkAsync(DatasetRole.View);
        using var request = Request("/s/" + token, "ct.example.org");
        var page = await (await app.Running.NewBrowser().SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Contains($"https://ct.example.org/s/{token}/preview.png", page);
    }

    [Theory]
    [InlineData("ct.example.org", true)]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:1234", true)]
    [InlineData("evil.example", false)]
    public async Task Host_OtherThanThePublicOneAndThisMachine_IsRefused(string host, bool isTaken)
    {
        using var request = Request("/account/login", host);
        var answer = await app.Running.NewBrowser().SendAsync(request);
        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Host_OfTheRequest_IsNotWrittenIntoAnyAnswer()
    {
        var guest = await plain.GuestAsync(DatasetRole.View);
        foreach (var path in new[] { "/", "/admin/people", "/openapi/v1.json", "/account/login", $"/d/{plain.Dataset}", "/api/datasets",
            "/nowhere" })
        {
            using var request = Request(path, "evil.example");
            var answer = await (path.StartsWith("/openapi", StringComparison.Ordinal) ? guest : plain.NewBrowser()).SendAsync(request);
            Assert.DoesNotContain("evil", answer.ToString() + await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Description_NamesThePublicAddressAsServer()
    {
        var (_, token) = await app.Running.LinkAsync(DatasetRole.View);
        using var open = Request("/s/" + token, "ct.example.org");
        var cookie = Assert.Single((await app.Running.NewBrowser().SendAsync(open)).Headers.GetValues("Set-Cookie")).Split(';')[0];
        using var request = Request("/openapi/v1.json", "ct.example.org");
        request.Headers.Add("Cookie", cookie);
        var description = await (await app.Running.NewBrowser().SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Contains("\"url\": \"https://ct.example.org\"", description);
    }

    [Fact]
    public async Task Https_BehindTheProxy_HasStrictTransportAndSecureCookies()
    {
        using var request = Request("/account/login", "ct.example.org");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        var answer = await app.Running.NewBrowser().SendAsync(request);
        Assert.Equal("max-age=63072000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        var (_, token) = await app.Running.LinkAsync(DatasetRole.View);
        using var open = Request("/s/" + token, "ct.example.org");
        var cookie = Assert.Single((await app.Running.NewBrowser().SendAsync(open)).Headers.GetValues("Set-Cookie"));
        Assert.Contains("secure", cookie);
        Assert.Contains("httponly", cookie);
    }

    [Fact]
    public async Task Http_OnThisMachine_HasNoStrictTransport()
    {
        using var request = Request("/account/login", "localhost");
        Assert.False((await app.Running.NewBrowser().SendAsync(request)).Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Headers_OfEveryAnswer_NarrowWhatTheBrowserMayDo()
    {
        using var request = Request("/account/login", "ct.example.org");
        var headers = (await app.Running.NewBrowser().SendAsync(request)).Headers;
        Assert.Contains("connect-src 'self' wss://ct.example.org;", headers.GetValues("Content-Security-Policy").First());
        Assert.Contains("camera=()", Assert.Single(headers.GetValues("Permissions-Policy")));
        Assert.Equal("same-origin", Assert.Single(headers.GetValues("Cross-Origin-Opener-Policy")));
        Assert.Equal("same-origin", Assert.Single(headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Equal("nosniff", Assert.Single(headers.GetValues("X-Content-Type-Options")));
        Assert.DoesNotContain("Server", headers.Select(h => h.Key));
    }

    [Theory]
    [InlineData("https://ct.example.org", HttpStatusCode.OK)]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://ct.example.org", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    public async Task Action_FromAnotherOrigin_IsRefused(string origin, HttpStatusCode status)
    {
        using var request = Request("/hubs/frames/negotiate?negotiateVersion=1", "ct.example.org");
        request.Method = HttpMethod.Post;
        request.Headers.Add("Origin", origin);
        var guest = app.Running.NewBrowser();
        Assert.Equal(status == HttpStatusCode.OK ? HttpStatusCode.Unauthorized : status, (await guest.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task ForwardedHeaders_OfAProxyThatIsNotNamed_AreNotBelievedAndThatIsSaidOnce()
    {
        for (var i = 0; i < 2; i++)
        {
            using var request = Request("/account/login", "127.0.0.1");
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            var answer = await plain.NewBrowser().SendAsync(request);
            Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        }

        Assert.Single(plain.Log, l => l.Contains("does not name it, so its X-Forwarded headers are not believed"));
    }

    [Theory]
    [InlineData("https://ct.example.org", true)]
    [InlineData("http://10.0.0.1:8080", true)]
    [InlineData("https://ct.example.org/", true)]
    [InlineData("https://ct.example.org/viewer", false)]
    [InlineData("ct.example.org", false)]
    [InlineData("ftp://ct.example.org", false)]
    [InlineData("https://user@ct.example.org", false)]
    [InlineData("", false)]
    public void PublicAddress_IsSchemeAndHostAlone(string text, bool holds) => Assert.Equal(holds, PublicAddress.TryParse(text, out _));

    private static HttpRequestMessage Request(string path, string host)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        return request;
    }
}
