using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Sharing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DendriteViewer.Web.Tests.Hosting;

/// <summary>The whole app in this process on a real socket, over a folder that goes away, with one small dataset.</summary>
public sealed class RunningApp : IAsyncLifetime
{
    public const string Password = "a long password";
    private readonly Dictionary<HttpClient, CookieContainer> _clients = [];

    /// <summary>More of the command line, set before the start.</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>Replaces services of the app, set before the start.</summary>
    public Action<IServiceCollection>? Replace { get; init; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("dendrite-app-").FullName;

    public WebApplication App { get; private set; } = null!;

    public string Address { get; private set; } = "";

    public DatasetId Dataset { get; private set; }

    public DatasetIdentity Identity { get; private set; }

    /// <summary>The dataset as it is stored.</summary>
    public Dataset Stored { get; private set; } = null!;

    /// <summary>Everything that any logging provider was given, structured values included.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public async Task InitializeAsync()
    {
        new PhantomWriter(new PhantomOptions { Size = 48, VoxelUm = 4, Hours = [0, 2] }).Write(Path.Combine(Folder, "phantom"), null,
            default);
        var store = new DatasetStore(new FolderBlobStore(Path.Combine(Folder, "store")));
        Dataset = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(Path.Combine(Folder, "phantom"), null, null,
            default)).Id;
        Stored = (await store.TryOpenAsync(Dataset, default))!;
        Identity = Stored.Identity;
        App = DendriteApp.Build(
        [
            "--urls", "http://127.0.0.1:0", "--Dendrite:Data", Path.Combine(Folder, "data"), "--Dendrite:Store", Path.Combine(Folder,
                "store"),
            "--Dendrite:BrickCacheMiB", "64", "--Dendrite:Device", "cpu", "--Logging:LogLevel:Default", "Trace",
                "--Logging:LogLevel:Microsoft", "Trace",
            "--Logging:Console:LogLevel:Default", "None", .. Arguments,
        ], services =>
        {
            // What a guess costs is no matter here, and hundreds of passwords are made and compared.
            services.Configure<PasswordHasherOptions>(o => o.IterationCount = 1000);
            Replace?.Invoke(services);
        });
        App.Services.GetRequiredService<ILoggerFactory>().AddProvider(new Recorder(Log));
        await App.PrepareAsync();
        await App.StartAsync();
        Address = App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients.Keys)
        {
            client.Dispose();
        }

        await App.StopAsync();
        await App.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A browser without cookies, which does not follow redirects by itself.</summary>
    public HttpClient NewBrowser()
    {
        var cookies = new CookieContainer();
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false,
            CookieContainer = cookies }) { BaseAddress = new Uri(Address) };
        _clients[client] = cookies;
        return client;
    }

    /// <summary>The cookies of a browser, for a connection beside it.</summary>
    public CookieContainer CookiesOf(HttpClient browser) => _clients[browser];

    /// <summary>A browser in which somebody with an account has signed in.</summary>
    public async Task<HttpClient> SignedInAsync(string email)
    {
        var browser = NewBrowser();
        var answer = await PostFormAsync(browser, "/account/login", "login", ("Input.Email", email), ("Input.Password", Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    /// <summary>A browser that came by a new link.</summary>
    public async Task<HttpClient> GuestAsync(DatasetRole role)
    {
        var (_, token) = await LinkAsync(role);
        var browser = NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/s/" + token)).StatusCode);
        return browser;
    }

    /// <summary>A new link without an end and its token, by a new member who may share where no other maker is given.</summary>
    public async Task<(ShareLink Link, string Token)> LinkAsync(DatasetRole role, Guid? maker = null)
    {
        var by = maker ?? await AddPersonAsync("Maker" + Guid.NewGuid().ToString("N"), role: DatasetRole.Curate);
        return await App.Services.GetRequiredService<ShareLinks>()
            .CreateAsync(Stored, role, "a link", null, "", by.ToString(), default);
    }

    public async Task<Guid> AddPersonAsync(string name, bool administrator = false, DatasetRole? role = null)
    {
        using var scope = App.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var email = $"{name.ToLowerInvariant()}@example.org";
        var user = new AppUser
        {
            UserName = email, Email = email, EmailConfirmed = true, DisplayName = name, IsAdministrator = administrator,
        };
        Assert.True((await users.CreateAsync(user, Password)).Succeeded);
        if (role is { } r)
        {
            await scope.ServiceProvider.GetRequiredService<People>().SetRoleAsync(Identity, user.Id, r);
        }

        return user.Id;
    }

    public async Task<T> AskDatabaseAsync<T>(Func<DendriteDb, Task<T>> question)
    {
        await using var db = await App.Services.GetRequiredService<IDbContextFactory<DendriteDb>>().CreateDbContextAsync();
        return await question(db);
    }

    /// <summary>Fills in a form of a page and sends it, as a browser does.</summary>
    public static Task<HttpResponseMessage> PostFormAsync(HttpClient browser, string path, string form, params (string,
        string)[] fields) => PostFormToAsync(browser, path, path, form, fields);

    /// <summary>Posts a form to a path with the token of another page's form.</summary>
    public static async Task<HttpResponseMessage> PostFormToAsync(
        HttpClient browser, string path, string tokenOf, string form, params (string, string)[] fields)
    {
        var page = await browser.GetStringAsync(tokenOf);
        var token = Regex.Match(page, "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        var values = fields.Append(("_handler", form)).Append(("__RequestVerificationToken", token)).Select(f =>
            KeyValuePair.Create(f.Item1, f.Item2));
        return await browser.PostAsync(path, new FormUrlEncodedContent(values));
    }

    private sealed class Recorder(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue("scope " + Values(state));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
            string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {Values(state)} {exception}");

        public void Dispose()
        {
        }

        private static string Values<TState>(TState state) =>
            state is IEnumerable<KeyValuePair<string, object?>> values ? $"{state} " + string.Join(' ', values.Select(v =>
                $"{v.Key}={v.Value}")) : $"{state}";
    }
}
