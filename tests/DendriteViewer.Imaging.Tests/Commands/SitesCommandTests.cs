using System.Net;
using System.Net.Sockets;
using System.Text;
using DendriteViewer.Cli.Commands;

namespace DendriteViewer.Imaging.Tests.Commands;

/// <summary>The command that asks a server: whom it sends the access token to, and what it makes of answers.</summary>
public sealed class SitesCommandTests : IDisposable
{
    private const string Variable = "DENDRITE_TOKEN";
    private const string Token = "dvp_a-token-of-tests";
    private readonly string _folder = Directory.CreateTempSubdirectory("dendrite-sites-").FullName;

    public SitesCommandTests() => Environment.SetEnvironmentVariable(Variable, Token);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("http://ct.example.org")]
    [InlineData("ct.example.org")]
    [InlineData("ftp://localhost")]
    [InlineData("https://user@ct.example.org")]
    [InlineData("https://ct.example.org/?a=1")]
    public async Task Server_ThatATokenMustNotGoTo_IsWrongUse(string server) => Assert.Equal(2, await RunAsync("sites", server, "cell-a"));

    [Fact]
    public async Task Token_ThatIsMissing_IsWrongUse()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Assert.Equal(2, await RunAsync("sites", "https://ct.example.org", "cell-a"));
    }

    [Fact]
    public async Task Sites_OfADataset_ComeByTheTokenIntoAFile()
    {
        var file = Path.Combine(_folder, "sites.csv");
        var (code, asked) = await AskAsync(200, "id,label\n", "sites", "SERVER", "cell-a", "--out", file);
        Assert.Equal((0, $"GET /api/datasets/cell-a/sites/csv Bearer {Token} "), (code, asked));
        Assert.Equal("id,label\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Sites_OfAFile_AreSentWithWhatIsWanted()
    {
        var file = Path.Combine(_folder, "in.csv");
        await File.WriteAllTextAsync(file, "id,label\n");
        var (code, asked) = await AskAsync(200, """{"added":1}""", "sites", "SERVER", "cell-a", "--import", file, "--dry-run");
        Assert.Equal((0, $"POST /api/datasets/cell-a/sites?dryRun=true&skipWrong=false Bearer {Token} id,label\n"), (code, asked));
    }

    [Theory]
    [InlineData(401, """{"error":"This access token was revoked."}""")]
    [InlineData(404, "<html>")]
    [InlineData(302, "")]
    public async Task Refusal_OfTheServer_FailsAndLeavesNoFile(int status, string body)
    {
        var file = Path.Combine(_folder, "sites.json");
        Assert.Equal(1, (await AskAsync(status, body, "sites", "SERVER", "cell-a", "--out", file)).Code);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    // Runs the command against a server that gives one answer, and tells what it was asked.
    private static async Task<(int Code, string Asked)> AskAsync(int status, string body, params string[] arguments)
    {
        var port = FreePort();
        using var server = new HttpListener();
        server.Prefixes.Add($"http://localhost:{port}/");
        server.Start();
        var answered = Task.Run(async () =>
        {
            var context = await server.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream);
            var asked = $"{context.Request.HttpMethod} {context.Request.RawUrl} {context.Request.Headers["Authorization"]} "
                + await reader.ReadToEndAsync();
            context.Response.StatusCode = status;
            if (status == 302)
            {
                context.Response.RedirectLocation = $"http://localhost:{port}/elsewhere";
            }

            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
            return asked;
        });
        var code = await RunAsync([.. arguments.Select(a => a == "SERVER" ? $"http://localhost:{port}" : a)]);
        return (code, await answered.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static Task<int> RunAsync(params string[] arguments) => Root.Create().Parse(arguments).InvokeAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
