using System.Net;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DendriteViewer.Web.Tests.Hosting;

/// <summary>What looks like a secret, wherever it stands in a line of a log.</summary>
public sealed class SecretRedactorTests
{
    [Theory]
    [InlineData("Request starting HTTP/1.1 GET http://host/s/Zm9vYmFyYmF6cXV4Zm9v - - -", "Zm9vYmFyYmF6cXV4Zm9v")]
    [InlineData("GET /S/Zm9vYmFyYmF6cXV4Zm9v/preview.png", "Zm9vYmFyYmF6cXV4Zm9v")]
    [InlineData("302 /account/login?ReturnUrl=%2Fs%2FZm9vYmFyYmF6cXV4Zm9v", "Zm9vYmFyYmF6cXV4Zm9v")]
    [InlineData("302 /x?a=%252fs%252fZm9vYmFyYmF6cXV4Zm9v", "Zm9vYmFyYmF6cXV4Zm9v")]
    [InlineData("a word dvl_Zm9vYmFyYmF6cXV4Zm9v by itself", "Zm9vYmFyYmF6cXV4Zm9v")]
    [InlineData("Cookie: dendrite=CfDJ8DaPZukL3phKp-_e7BNXMs9CZyZoh4b", "DaPZukL3phKp")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0+/c2VjcmV0==;Container=x", "c2VjcmV0")]
    [InlineData("Host=db;Username=u;Password='two words';Database=d", "two words")]
    [InlineData("https://a.blob.core.windows.net/c/b?sv=2024&sig=c2VjcmV0c2VjcmV0%3D", "c2VjcmV0")]
    [InlineData("https://ada:hunter2@beamline.example/scan.zarr", "hunter2")]
    [InlineData("Authorization: Bearer abcdefghijklmnop.qrs", "abcdefghijklmnop")]
    [InlineData("POST /hubs/frames?id=AbCdEfGhIjKlMn", "AbCdEfGhIjKlMn")]
    [InlineData("/account/setup?Input.Code=0123456789abcdef", "0123456789abcdef")]
    public void Secret_WhereverItStands_IsHidden(string line, string secret)
    {
        var safe = SecretRedactor.Patterns.Redact(line);
        Assert.DoesNotContain(secret, safe);
        Assert.Contains("[redacted]", safe);
    }

    [Theory]
    [InlineData("GET /d/li-cell?v=1&t=1.5&z=12 answered 200 in 12 ms")]
    [InlineData("The data folder /srv/dendrite/data is in use; 12.5 MB/s; datasets/a/volumes/x")]
    [InlineData("Give AccountName=…;AccountKey=…;Container=NAME.")]
    public void Line_WithoutSecrets_IsTheSameInstance(string line) => Assert.Same(line, SecretRedactor.Patterns.Redact(line));

    [Fact]
    public void Configuration_ValuesOfConnectionStringsAndSecretNames_AreHiddenAnywhere()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Dendrite:Store"] = "AccountName=a;AccountKey=first+secret==;Container=c", ["Dendrite:MetricsToken"] = "second-secret",
                ["Dendrite:Data"] = "/srv/data",
        }).Build();
        var redactor = new SecretRedactor();
        redactor.AddAll(configuration.GetSection("Dendrite"));
        Assert.Equal("a [redacted] b [redacted] /srv/data", redactor.Redact("a first+secret== b second-secret /srv/data"));
    }
}

/// <summary>What the real app gives to a logging provider at the most talkative level.</summary>
public sealed class LogRedactionTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task ShareToken_InPathQueryRefererAndException_IsInNoLineOfTheLog()
    {
        var (_, token) = await app.LinkAsync(DatasetRole.View);
        var browser = app.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/s/{token}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/s/{token}/preview.png")).StatusCode);
        await browser.GetAsync($"/nowhere?ReturnUrl=%2Fs%2F{token}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/d/{app.Dataset}");
        request.Headers.Referrer = new Uri($"{app.Address}/s/{token}");
        await browser.SendAsync(request);
        app.App.Services.GetRequiredService<ILogger<RunningApp>>().LogError(new InvalidOperationException($"at /s/{token}"),
            "failed for {Token}", token);

        Assert.Contains(app.Log, l => l.Contains("/s/[redacted]"));
        Assert.DoesNotContain(app.Log, l => l.Contains(token) || l.Contains(token[4..]));
    }

    [Fact]
    public async Task PasswordAndSetupCode_OfForms_AreInNoLineOfTheLog()
    {
        await app.AddPersonAsync("Zoe");
        await app.SignedInAsync("zoe@example.org");
        Assert.DoesNotContain(app.Log, l => l.Contains(RunningApp.Password));
        Assert.DoesNotContain(app.Log, l => l.Contains("CfDJ8"));
    }

    [Fact]
    public async Task LinkPage_TellsTheBrowserNotToPassItsAddressOn()
    {
        var (_, token) = await app.LinkAsync(DatasetRole.View);
        var answer = await app.NewBrowser().GetAsync($"/s/{token}");
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }
}
