using System.Net;
using System.Net.Sockets;

namespace DendriteViewer.Journeys.Tests;

/// <summary>How the app starts, or says in one sentence why not.</summary>
public sealed class StartupJourney : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-start-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("ASPNETCORE_HTTP_PORTS", "{0}")]
    [InlineData("ASPNETCORE_URLS", "http://*:{0}")]
    [InlineData("DOTNET_URLS", "http://0.0.0.0:{0}")]
    [InlineData("Kestrel__Endpoints__Any__Url", "http://[::]:{0}")]
    [InlineData("ASPNETCORE_URLS", "http://some.name.example:{0}")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:{0};http://+:{0}1")]
    [InlineData("ASPNETCORE_URLS", "http://unix:{1}/socket")]
    public async Task Demo_ListeningBeyondLoopback_EndsWithOneSentence(string name, string value)
    {
        var port = ServerProcess.FreePort() % 5000 + 1100;
        await using var app = ServerProcess.Start(ServerProcess.Built, _folder, [], ("Dendrite__Demo", "true"),
            (name, string.Format(null, value, port, _folder)));
        Assert.Equal(1, await app.EndsAsync());
        Assert.StartsWith("The demo signs every visitor in as owner, so it answers this machine alone, but it would listen on ",
            app.Errors);
        Assert.DoesNotContain("   at ", app.Output + app.Errors);
    }

    [Fact]
    public async Task Demo_OnLoopback_AnswersThisMachineAloneWhateverTheHeadersSay()
    {
        var port = ServerProcess.FreePort();
        await using var app = ServerProcess.Start(ServerProcess.Built, _folder, ["--urls", $"http://127.0.0.1:{port}"],
            ("Dendrite__Demo", "true"));
        await app.ListensAsync();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/api/datasets"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/", ("Host", $"localhost:{port}")));
        foreach (var path in new[] { "/", "/api/datasets", "/icon.svg", "/hubs/frames", "/_blazor" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, path, ("Host", "evil.example")));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, path, ("Host", "localhost.evil.example")));
            foreach (var header in new[] { "X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP", "X-Original-For" })
            {
                Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, path, (header, "127.0.0.1")));
            }
        }
    }

    [Fact]
    public async Task App_FromAnotherFolder_ReadsItsConfigurationServesItsFilesAndLogsNoToken()
    {
        var port = ServerProcess.FreePort();
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), """{ "Dendrite": { "Data": "here" } }""");
        await using var app = ServerProcess.Start(ServerProcess.Built, _folder,
            ["--urls", $"http://127.0.0.1:{port}", "--Logging:LogLevel:Microsoft", "Information"]);
        await app.ListensAsync();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
        foreach (var path in new[] { "/account/login", "/icon.svg", "/lib/pages.css", "/lib/viewer/viewer.js", "/_framework/blazor.web.js",
            "/lib/viewer/opening.js" })
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, path));
        }

        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(client, "/s/Zm9vYmFyYmF6cXV4Zm9v"));
        Assert.Equal(HttpStatusCode.HttpVersionNotSupported, await RawAsync(port, "GET /s/Zm9vYmFyYmF6cXV4Zm9v HTTP/9.9\r\n\r\n"));
        await app.WritesAsync("/s/[redacted]");
        Assert.DoesNotContain("Zm9vYmFyYmF6cXV4Zm9v", app.Output + app.Errors);
        await app.WritesAsync(Path.Combine(_folder, "here"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(Path.Combine(_folder, "here")));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "here"), "*.db*")
                .Concat(Directory.EnumerateFiles(Path.Combine(_folder, "here/keys"))))
            {
                Assert.Equal(Convert.ToInt32("600", 8), (int)File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task DataFolder_OpenToOthers_IsClosedAtStart()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var keys = Directory.CreateDirectory(Path.Combine(_folder, "data/keys")).FullName;
        File.SetUnixFileMode(Path.Combine(_folder, "data"), (UnixFileMode)Convert.ToInt32("755", 8));
        await using var app = ServerProcess.Start(ServerProcess.Built, _folder, ["--urls", $"http://127.0.0.1:{ServerProcess.FreePort()}"]);
        await app.ListensAsync();
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(Path.Combine(_folder, "data")));
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(keys));
        await app.WritesAsync("was open to others (755); it is 700 now");
    }

    [Fact]
    public async Task Port_ThatIsTaken_IsOneSentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await RefusesAsync(["--urls", $"http://{other.LocalEndpoint}"],
            "address already in use: stop the program that listens there, or give another address with --urls.");
    }

    [Theory]
    [InlineData("Dendrite__BrickCacheMiB", "many", "'Dendrite:BrickCacheMiB'")]
    [InlineData("Dendrite__BrickCacheMiB", "3", "give 16 or more")]
    [InlineData("Dendrite__PublicAddress", "ct.example.org", "give http://host or https://host")]
    [InlineData("Dendrite__Proxies__0", "everybody", "Dendrite:Proxies names 'everybody'")]
    [InlineData("Dendrite__Store", "AccountKey=c2VjcmV0c2VjcmV0;Container=x", "connection string cannot be read")]
    [InlineData("Dendrite__Store", "s3://ada:c2VjcmV0@bucket", "A store at s3:// is not supported")]
    [InlineData("Dendrite__JobsDatabase", "Host=127.0.0.1;Port=1;Password=c2VjcmV0c2VjcmV0;Timeout=2",
        "The PostgreSQL database does not answer")]
    [InlineData("Dendrite__Data", "/proc/nowhere", "/proc/nowhere")]
    [InlineData("ASPNETCORE_URLS", "nonsense", "nonsense")]
    public Task Configuration_ThatIsWrong_IsOneSentence(string name, string value, string part) =>
        RefusesAsync(name.EndsWith("URLS", StringComparison.Ordinal) ? [] : ["--urls", $"http://127.0.0.1:{ServerProcess.FreePort()}"],
            part, (name, value));

    [Fact]
    public async Task AppsettingsThatIsNoJson_IsOneSentenceThatNamesTheFile()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), "{ \"Dendrite\": ");
        await RefusesAsync([], Path.Combine(_folder, "appsettings.json"));
    }

    private async Task RefusesAsync(string[] arguments, string part, params (string, string)[] environment)
    {
        await using var app = ServerProcess.Start(ServerProcess.Built, _folder, arguments, environment);
        Assert.Equal(1, await app.EndsAsync());
        Assert.Contains(part, app.Errors);
        Assert.Single(app.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", app.Output + app.Errors);
        Assert.DoesNotContain("c2VjcmV0", app.Output + app.Errors);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return (await client.SendAsync(request)).StatusCode;
    }

    private static async Task<HttpStatusCode> RawAsync(int port, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        return (HttpStatusCode)int.Parse((await reader.ReadLineAsync())!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
