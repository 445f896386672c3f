using System.Security.Claims;
using System.Text.Json;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Masks;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.OpenId;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.OpenId;
using Microsoft.AspNetCore.Authentication;
using DendriteViewer.Web.Visitors;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>
/// A running app with one visitor of each kind, and a dataset of which there is something of everything that can be asked for.
/// </summary>
public sealed class AuthorizationScene : IAsyncLifetime
{
    /// <summary>A site that may show links.</summary>
    public const string EmbedOrigin = "https://wiki.example.org";

    /// <summary>Name of the collection of tests that share it.</summary>
    public const string Name = "authorization";

    // Somebody to whom the dataset is open because it is to everybody.
    private const string Public = "public";
    private const int AtOnce = 4;

    /// <summary>Who did what is there, and asked for a job.</summary>
    public static readonly ConfirmedPerson Ada = new(new Person("ada", "Ada Lovelace"));

    /// <summary>An identity provider, at which some sign in.</summary>
    public OpenIdProcess Provider { get; } = new();

    /// <summary>The app. Many sign in from one address, and each of them asks for many pictures.</summary>
    public RunningApp Running { get; }

    /// <summary>One of each kind, in the order of the table's columns.</summary>
    public IReadOnlyList<Visitor> Visitors { get; private set; } = [];

    /// <summary>Sends what it is given: it keeps no cookies, and follows nobody.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Identity of a dataset that was deleted, of which the members were members.</summary>
    public DatasetIdentity Archived { get; } = DatasetIdentity.New();

    /// <summary>An impedance sweep among the files of the cell.</summary>
    public Guid SweepFile { get; private set; }

    /// <summary>Name of a spectrum of the cell.</summary>
    public string Spectrum { get; private set; } = "";

    /// <summary>Name of an export that can be fetched.</summary>
    public string Export { get; } = "scan.zip";

    public AuthorizationScene() => Running = new RunningApp
    {
        Arguments =
        [
            "--Dendrite:SignInsPerMinute", "100000", "--Dendrite:PictureBurstMegapixels", "10000", "--Dendrite:EmbedOrigins:0",
            EmbedOrigin, .. Provider.Arguments,
        ],
    };

    public T Service<T>() where T : notnull => Running.App.Services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Provider.StartAsync(), Running.InitializeAsync());
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(Running.Address),
        };
        var visitors = new List<Visitor>();
        var arrivals = new SceneVisitors(this);
        foreach (var (kind, _) in Visitor.Kinds)
        {
            visitors.Add(await arrivals.ComeAsync(kind));
        }

        Visitors = visitors;
        (SweepFile, Spectrum) = await new SceneContents(this).FillAsync();
        await Service<SurfaceHandler>().StartAsync(
            await DatasetAsync(), new SurfaceRequest { Modality = "projection", Hours = 2, Value = 20000 }, Ada);
        var export = Path.Combine(Service<ExportFiles>().FolderOf(Running.Identity), Export);
        await File.WriteAllTextAsync(export, "voxels");
        await Service<ExportFiles>().PublishAsync(Running.Identity, export, default);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Running.DisposeAsync();
        await Provider.DisposeAsync();
    }

    /// <summary>The dataset as it is published now.</summary>
    public async Task<Dataset> DatasetAsync() => (await Service<DatasetStore>().TryOpenAsync(Running.Dataset, default))!;

    /// <summary>Signs a person in again, whose session ended.</summary>
    public async Task SignInAsync(Visitor visitor) => visitor.Cookies = CookiesOf(
        await Running.SignedInAsync($"{visitor.Person!.ToLowerInvariant()}@example.org"));

    /// <summary>
    /// Who a visitor was when their cookies were made, as an open circuit has it: nobody asks there whether the session still holds.
    /// </summary>
    public ClaimsPrincipal PrincipalOf(Visitor visitor)
    {
        var options = Service<IOptionsMonitor<CookieAuthenticationOptions>>();
        var identities = new[]
        {
            IdentityConstants.ApplicationScheme, AccountsRegistration.LinkScheme, AccountsRegistration.VisitorScheme,
        }.SelectMany(scheme =>
        {
            var of = options.Get(scheme);
            var value = visitor.Cookies.Split("; ").FirstOrDefault(c => c.StartsWith(of.Cookie.Name + "=", StringComparison.Ordinal));
            return value is null ? [] : of.TicketDataFormat.Unprotect(value[(of.Cookie.Name!.Length + 1)..])!.Principal.Identities;
        }).ToArray();
        return identities.Length == 0 ? new ClaimsPrincipal(new ClaimsIdentity()) : new ClaimsPrincipal(identities);
    }

    /// <summary>The cookie of who has just signed in at the provider, as somebody new, and is to say whether it is to be linked.</summary>
    public string ExternalCookie()
    {
        var of = Service<IOptionsMonitor<CookieAuthenticationOptions>>().Get(IdentityConstants.ExternalScheme);
        var person = new ExternalPerson("campus-login", Guid.NewGuid().ToString(), null, false, null, null);
        return $"{of.Cookie.Name}=" + of.TicketDataFormat.Protect(
            new AuthenticationTicket(person.ToPrincipal(), IdentityConstants.ExternalScheme));
    }

    /// <summary>A new site in the dataset, for somebody to move or delete.</summary>
    public async Task<string> NewSiteAsync() => (await Service<SiteLog>().AddAsync(
        await DatasetAsync(), new WorldPoint(60, 90, 90), 2, "projection", Ada, default)).Id;

    /// <summary>The dataset's labels and fields as they are now.</summary>
    public async Task<AnnotationSchema> SchemaAsync() => await Service<SchemaLog>().OfAsync((await DatasetAsync()).Identity);

    /// <summary>A new measurement of a region, for somebody to look at or delete.</summary>
    public async Task<string> NewMeasurementAsync()
    {
        var wanted = JsonSerializer.Deserialize<Measurement>(RouteRequests.Circle, MeasurementLog.Json)!;
        var client = new ClientKeys("account:ada", false, "address:a");
        var order = new MeasurementOrder(await DatasetAsync(), Ada, MaySave: true, client, null);
        return (await Service<MeasurementDesk>().MeasureAsync(order, wanted, default)).Id;
    }

    /// <summary>Paints a ball into the mask at 2 h, where z, y, x are 150, 96, 96 µm.</summary>
    public async Task PaintAsync() => await Service<MaskDesk>().PaintAsync(
        await DatasetAsync(), 2, new BrushMark(false, BrushShape.Ball, 10, [new WorldPoint(150, 96, 96)], default), Ada, default);

    /// <summary>Opens the dataset to everybody while one asks who comes for that reason alone; to the others it is closed.</summary>
    public async Task<IAsyncDisposable?> OpenForAsync(Visitor visitor)
    {
        if (visitor.Name != Public)
        {
            return null;
        }

        await Running.AskDatabaseAsync(async db =>
        {
            db.PublicDatasets.Add(new PublicDataset { DatasetIdentity = Running.Identity.Value, ByKey = "ada", ByName = "Ada" });
            return await db.SaveChangesAsync();
        });
        return new Closing(() => Running.AskDatabaseAsync(db => db.PublicDatasets.ExecuteDeleteAsync()));
    }

    /// <summary>
    /// Asks for each visitor, in the order of the columns. Where visitors do not change what others see, some ask at once; the one to whom
    /// the dataset is open asks alone, since it is open to everybody then.
    /// </summary>
    public async Task<IReadOnlyList<T>> ForEachVisitorAsync<T>(bool isOnlyRead, Func<Visitor, Task<T>> ask)
    {
        var answers = new T[Visitors.Count];
        var together = new ParallelOptions { MaxDegreeOfParallelism = isOnlyRead ? AtOnce : 1 };
        var (alone, others) = (Enumerable.Range(0, answers.Length).Where(i => Visitors[i].Name == Public),
            Enumerable.Range(0, answers.Length).Where(i => Visitors[i].Name != Public));
        await Parallel.ForEachAsync(others, together, async (i, _) => answers[i] = await ask(Visitors[i]));
        foreach (var i in alone)
        {
            answers[i] = await ask(Visitors[i]);
        }

        return answers;
    }

    /// <summary>The page of an invitation that can be accepted, to a dataset that is nobody's.</summary>
    public async Task<string> NewInvitationAsync(string? email = null)
    {
        var owner = PrincipalOf(Visitors.Single(v => v.Name == "admin"));

        // They signed in when the scene began.
        await Service<Confirmations>().NoteAsync(owner, TimeProvider.System.GetUtcNow(), "password");
        var (invitation, path) = await Service<Invitations>().CreateAsync(owner, await DatasetAsync(), email, DatasetRole.View, 7);
        await Running.AskDatabaseAsync(db => db.Invitations.Where(i => i.Id == invitation.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(i => i.DatasetIdentity, DatasetIdentity.New().Value)));
        return path;
    }

    /// <summary>The token of a new link, which is as open or closed as the visitor's own.</summary>
    public async Task<string> NewLinkAsync(Visitor visitor, LinkChoices choices)
    {
        var maker = await Running.AskDatabaseAsync(db => db.Links.Where(l => l.Id == visitor.Link).Select(l => l.CreatedBy).SingleAsync());
        var (link, token) = await Service<ShareLinks>().CreateAsync(
            Running.Stored, DatasetRole.View, "a link", null, "", maker, default, choices);
        if (visitor.Name == "expired")
        {
            await Running.AskDatabaseAsync(db => db.Links.Where(l => l.Id == link.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(l => l.ExpiresAt, 1L)));
        }
        else if (visitor.Name == "revoked")
        {
            await Service<ShareLinks>().RevokeAsync(Running.Identity, link.Id, default);
        }

        return token;
    }

    /// <summary>As <see cref="NewLinkAsync"/>, of a link that a site may show.</summary>
    public Task<string> NewEmbeddedLinkAsync(Visitor visitor) => NewLinkAsync(visitor, new LinkChoices(EmbedOrigins: [EmbedOrigin]));

    private sealed class Closing(Func<Task> close) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await close();
    }

    /// <summary>Puts a deleted dataset's folder back, as from a backup; its members and links are then what they were.</summary>
    public async Task RestoreAsync(string kept)
    {
        Copy(kept, StoredFolder);
        await Service<DatasetWatch>().LookAsync(default);
    }

    /// <summary>Copies the stored dataset to another folder.</summary>
    public string Keep()
    {
        var kept = Directory.CreateDirectory(Path.Combine(Running.Folder, Guid.NewGuid().ToString("N"))).FullName;
        Copy(StoredFolder, kept);
        return kept;
    }

    private string StoredFolder => Path.Combine(Running.Folder, "store", "datasets", Running.Dataset.Value);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    /// <summary>The cookies of a browser, as a header has them.</summary>
    public string CookiesOf(HttpClient browser) => Running.CookiesOf(browser).GetCookieHeader(new Uri(Running.Address));
}

/// <summary>Tests that share the scene.</summary>
[CollectionDefinition(AuthorizationScene.Name)]
public sealed class AuthorizationTests : ICollectionFixture<AuthorizationScene>;
