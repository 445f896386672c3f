using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DendriteViewer.Journeys.Tests;

/// <summary>What the real server refuses, gives up, and puts off, so that nobody takes it away from the others.</summary>
public sealed class LimitsJourney(LimitedServer server) : IClassFixture<LimitedServer>
{
    private const string Dataset = PhantomCell.Id;
    private const string Large = $"/api/datasets/{Dataset}/render.png?size=4096x4096&v=1&shade=0&shadow=0";
    private readonly HttpClient _http = server.Http;

    // Each of these once allocated until the process died, stopped with a stack trace, or was taken for something else in silence.
    [Fact]
    public async Task Numbers_OutOfTheirRange_AreRefusedWithOneSentenceThatNamesThem()
    {
        foreach (var (path, named) in new[]
        {
            ("analysis/void-profile.csv?bin=1e-9", "bin is 1E-09; give 0.01 to 100000 µm."),
            ("analysis/void-profile.csv?bin=1e9", "bin is "),
            ("analysis/void-profile.csv?bin=NaN", "bin is NaN"),
            ("analysis/void-profile.csv?bin=0,5", "bin is '0,5'"),
            ("analysis/porosity-by-depth.csv?bin=-1", "bin is -1"),
            ("render.png?size=1x1", "size is '1'"),
            ("render.png?size=4097x4096", "size is '4097'"),
            ("render.png?size=99999999999x4096", "size is '99999999999'"),
            ("render.png?size=640", "size is WxH"),
            ("render.png?cam=1e12,0,300,0,0,0", "camera's azimuth is 1000000000000"),
            ("render.png?cam=0,0,1e300,0,0,0", "The camera's distance is 1E+300"),
            ("render.png?t=NaN", "hours is NaN"),
            ("render.png?clip=0,0,0,1,1,1e12", "clip is 1000000000000"),
            ("render.png?depth=-1e30,5", "depthClip is -1E+30"),
            ("render.png?tf=0:ffffff:7", "An opacity of transfer is 7"),
            ("render.png?iso=1e300", "iso is 1E+300"),
            ("slice.png?axis=w", "axis is z, y or x"),
            ("slice.png?axis=z&slab=1e9", "slabUm is 1000000000"),
            ("slice.png?axis=z&zoom=1e30", "umPerPixel is 1E+30"),
            ("slice.png?axis=z&zoom=0,5", "zoom is '0,5'"),
            ("slice.png?axis=z&turn=1e30,0,0", "rotation is 1E+30"),
            ("slice.png?axis=z&at=1e30,0,0", "focus is 1E+30"),
            ("slice.png?axis=z&w=1,1e39", "window is 1E+39"),
        })
        {
            using var answer = await _http.GetAsync($"/api/datasets/{Dataset}/{path}");
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path} answered {answer.StatusCode}: {text}");
            Assert.StartsWith(named, JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        }

        using var report = await _http.GetAsync($"/report/{Dataset}?bin=1e-9");
        Assert.Equal(HttpStatusCode.BadRequest, report.StatusCode);
        Assert.Contains("bin is 1E-09; give 0.01 to 100000 µm.", WebUtility.HtmlDecode(await report.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync($"/report/{Dataset}?bin=5")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync($"/api/datasets/{Dataset}/analysis/void-profile.csv?bin=5")).StatusCode);
        Assert.Equal(HttpStatusCode.OK,
            (await _http.GetAsync($"/api/datasets/{Dataset}/slice.png?axis=y&size=64x64&v=1&t=1.5")).StatusCode);
    }

    // Two of these pictures once kept everybody from signing in until they were done; and one went on being drawn for nobody.
    [Fact]
    public async Task LargePictures_ComeAfterTheSignInPage_AreBudgeted_AndEndWhenTheirClientIsGone()
    {
        using var gone = new CancellationTokenSource();
        var first = _http.GetAsync(Large, gone.Token);
        await UntilAsync("dendrite_compute_busy", "large", busy => busy > 0);
        var second = _http.GetAsync(Large + "&cam=40,20,300,120,120,120");
        for (var i = 0; i < 3; i++)
        {
            using var page = await _http.GetAsync("/account/login");
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.False(first.IsCompleted || second.IsCompleted, "A large picture came before the page.");
        }

        // The account's budget is spent; a third picture is refused with the time at which to ask again.
        using var refused = await _http.GetAsync(Large + "&cam=50,20,300,120,120,120");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 600);
        Assert.Contains("ask again", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await UntilAsync("dendrite_rejected_total", "budget", n => n > 0);

        // Whose client is gone is not drawn to its end; the other comes.
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await UntilAsync("dendrite_abandoned_total", "", n => n > 0);
        using var picture = await second;
        Assert.Equal((HttpStatusCode.OK, "image/png"), (picture.StatusCode, picture.Content.Headers.ContentType?.MediaType));
        await UntilAsync("dendrite_compute_busy", "large", busy => busy == 0);
    }

    [Fact]
    public async Task SignIn_TriedTooOftenFromAnAddress_IsPutOff()
    {
        HttpStatusCode last = 0;

        // Where a machine has much else to do, the budget grows by a try every twelve seconds meanwhile.
        for (var i = 0; i < 12 && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var answer = await _http.PostAsync("/account/login", new FormUrlEncodedContent([new("_handler", "login")]));
            last = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task Monitoring_FromThisMachine_IsAnsweredAndThroughAProxyIsNot()
    {
        Assert.Equal("Healthy", await _http.GetStringAsync("/health/live"));
        Assert.Equal("Healthy", await _http.GetStringAsync("/health/ready"));
        (await _http.GetAsync($"/api/datasets/{Dataset}/render.png?size=64x64")).EnsureSuccessStatusCode();
        var metrics = await _http.GetStringAsync("/metrics");
        foreach (var name in new[] { "dendrite_queue_length", "dendrite_queue_wait_seconds",
            "dendrite_brick_cache_hits_total", "dendrite_brick_cache_size_bytes" })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }

        foreach (var path in new[] { "/metrics", "/health/live", "/health/ready" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", "127.0.0.1");
            Assert.Equal(HttpStatusCode.Forbidden, (await _http.SendAsync(request)).StatusCode);
        }
    }

    private async Task UntilAsync(string metric, string label, Func<double, bool> condition)
    {
        using var patience = new CancellationTokenSource(LimitedServer.Patience);
        while (true)
        {
            var text = await _http.GetStringAsync("/metrics", patience.Token);
            var values = Regex.Matches(text, $@"^{metric}(?:\{{([^}}]*)\}})? (\S+)", RegexOptions.Multiline)
                .Where(m => m.Groups[1].Value.Contains(label, StringComparison.Ordinal));
            if (condition(values.Sum(m => double.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture))))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }
}

/// <summary>A server of small budgets, which all tests of the class ask; none of them spends what another needs.</summary>
public sealed class LimitedServer : IAsyncLifetime
{
    /// <summary>How long large pictures may take where a machine has much else to do.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private AppServer _server = null!;

    /// <summary>Asks the server.</summary>
    public HttpClient Http { get; } = new() { Timeout = Patience };

    public async Task InitializeAsync()
    {
        _server = await AppServer.StartAsync(
            new PhantomCell(96, 2, "0,1.5,3.2", IsAnalysed: true), ("Dendrite__PictureBurstMegapixels", "40"),
            ("Dendrite__PictureMegapixelsPerSecond", "0.1"), ("Dendrite__SignInsPerMinute", "5"));
        Http.BaseAddress = new Uri(_server.Address);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
    }
}
