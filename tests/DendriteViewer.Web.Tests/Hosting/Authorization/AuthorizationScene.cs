using System.Security.Claims;
using System.Text;
using System.Text.Json;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Exports;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Masks;
using DendriteViewer.Web.Measurements;
using DendriteViewer.Web.OpenId;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Analysis.Deciding;
using DendriteViewer.Web.Tests.Cell;
using DendriteViewer.Web.Tests.OpenId;
using DendriteViewer.Web.Tokens;
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

    /// <summary>Who did what is there, and asked for a job.</summary>
    public static readonly Person Ada = new("ada", "Ada Lovelace");

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
        foreach (var (kind, _) in Visitor.Kinds)
        {
            visitors.Add(await ComeAsync(kind));
        }

        Visitors = visitors;
        await ArchiveAsync();
        await AnalyseAsync();
        await DecideAsync();
        await PlaceAsync();
        await FillCellAsync();
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

    /// <summary>The id of a label that there is.</summary>
    public async Task<string> LabelAsync()
    {
        var now = await SchemaAsync();
        return (now.Labels.Count > 0 ? now : await Service<SchemaDesk>().SaveAsync(
            await DatasetAsync(), now with { Labels = new([new AnnotationLabel { Name = "Seen", Color = "#77aadd" }]) }, Ada, default))
            .Labels[0].Id;
    }

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
    public async Task<IAsyncDisposable> OpenForAsync(Visitor visitor)
    {
        if (visitor.Name == "public")
        {
            await Running.AskDatabaseAsync(async db =>
            {
                db.PublicDatasets.Add(new PublicDataset { DatasetIdentity = Running.Identity.Value, ByKey = "ada", ByName = "Ada" });
                return await db.SaveChangesAsync();
            });
        }

        return new Closing(() => Running.AskDatabaseAsync(db => db.PublicDatasets.ExecuteDeleteAsync()));
    }

    /// <summary>The page of an invitation that can be accepted, to a dataset that is nobody's.</summary>
    public async Task<string> NewInvitationAsync()
    {
        var owner = PrincipalOf(Visitors.Single(v => v.Name == "admin"));
        var (invitation, path) = await Service<Invitations>().CreateAsync(owner, await DatasetAsync(), null, DatasetRole.View, 7);
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

    private async Task<Visitor> ComeAsync(string kind)
    {
        var open = await Running.LinkAsync(DatasetRole.View);
        switch (kind)
        {
            case "anonymous":
                return new Visitor(kind) { Link = open.Link.Id, Token = open.Token, Bookmark = await BookmarkAsync(null) };
            case "public":
                var visiting = new Visitor(kind) { Link = open.Link.Id, Token = open.Token, Bookmark = await BookmarkAsync(null) };
                await using (await OpenForAsync(visiting))
                {
                    var visitor = Running.NewBrowser();
                    (await visitor.GetAsync("/d/" + Running.Dataset.Value)).EnsureSuccessStatusCode();
                    visiting.Cookies = CookiesOf(visitor);
                }

                return visiting;
            case "look-link" or "mark-link" or "expired" or "revoked" or "demoted" or "orphaned":
                return await ComeByLinkAsync(kind);
            case "token" or "foreign-token":
                var of = await Running.AddPersonAsync("program-" + kind, role: kind == "token" ? DatasetRole.Own : null);
                var scopes = kind == "token" ? TokenScopes.Annotate : TokenRights.Everything;
                return new Visitor(kind)
                {
                    Account = of, Link = open.Link.Id, Token = open.Token, Bookmark = await BookmarkAsync(of),
                    AccessToken = (await Service<PersonalTokens>().CreateAsync(of, new TokenOrder(kind, scopes, 30))).Text,
                };
            default:
                DatasetRole? role = kind switch
                {
                    "viewer" => DatasetRole.View,
                    "annotator" => DatasetRole.Annotate,
                    "curator" => DatasetRole.Curate,
                    "owner" or "removed" or "disabled" => DatasetRole.Own,
                    _ => null,
                };
                var id = await Running.AddPersonAsync(kind, kind == "admin", role);
                var member = new Visitor(kind, kind)
                {
                    Account = id, Link = open.Link.Id, Token = open.Token, Bookmark = await BookmarkAsync(id),
                };
                await SignInAsync(member);
                if (kind == "disabled")
                {
                    await Running.AddPersonAsync("another-admin", administrator: true);
                    await Service<People>().DisableAsync(id);
                }

                if (kind == "removed")
                {
                    await Service<People>().RemoveAsync(id);
                }

                return member;
        }
    }

    private async Task<Visitor> ComeByLinkAsync(string kind)
    {
        var maker = await Running.AddPersonAsync("maker-of-" + kind, role: DatasetRole.Curate);
        var (link, token) = await Running.LinkAsync(kind == "look-link" ? DatasetRole.View : DatasetRole.Annotate, maker);
        var browser = Running.NewBrowser();
        (await browser.GetAsync("/s/" + token)).EnsureSuccessStatusCode();
        if (kind == "expired")
        {
            await Running.AskDatabaseAsync(db => db.Links.Where(l => l.Id == link.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(l => l.ExpiresAt, 1L)));
        }
        else if (kind == "revoked")
        {
            await Service<ShareLinks>().RevokeAsync(Running.Identity, link.Id, default);
        }
        else if (kind == "demoted")
        {
            await Service<People>().SetRoleAsync(Running.Identity, maker, DatasetRole.Annotate);
        }
        else if (kind == "orphaned")
        {
            await Service<People>().RemoveAsync(maker);
        }

        return new Visitor(kind) { Link = link.Id, Token = token, Cookies = CookiesOf(browser), Bookmark = await BookmarkAsync(null) };
    }

    private string CookiesOf(HttpClient browser) => Running.CookiesOf(browser).GetCookieHeader(new Uri(Running.Address));

    // One's own, or shared by an account that nobody has.
    private async Task<Guid> BookmarkAsync(Guid? owner)
    {
        var bookmark = new Bookmark
        {
            Id = Guid.NewGuid(), DatasetIdentity = Running.Identity.Value, OwnerId = owner ?? Guid.NewGuid(), Author = "Ada",
            Name = "A view", View = "v=1&t=2", IsShared = owner is null,
        };
        await Running.AskDatabaseAsync(async db =>
        {
            db.Bookmarks.Add(bookmark);
            return await db.SaveChangesAsync();
        });
        return bookmark.Id;
    }

    private Task<int> ArchiveAsync() => Running.AskDatabaseAsync(async db =>
    {
        db.Datasets.Add(new DatasetRecord { Identity = Archived.Value, DatasetId = "gone", Name = "Gone", SeenAt = 1, DeletedAt = 2 });
        var members = await db.Members.AsNoTracking().Where(m => m.DatasetIdentity == Running.Identity.Value).ToListAsync();
        db.Members.AddRange(members.Select(
            m => new DatasetMember { DatasetIdentity = Archived.Value, UserId = m.UserId, Role = m.Role }));
        return await db.SaveChangesAsync();
    });

    // Twice, with a stroke between, so that there are corrections of an earlier mask to take over.
    private async Task AnalyseAsync()
    {
        var store = Service<DatasetStore>();
        foreach (var least in new[] { 2, 40 })
        {
            var recipe = new AnalysisRecipe { LeastLithiumVoxels = least, LeastVoidVoxels = 1 };
            var analysis = await ExperimentAnalysis.StartAsync(store, await DatasetAsync(), recipe, null, default);
            var (result, labels) = await analysis.RunAsync(default);
            await new AnalysisStore(store).SaveAsync(result, labels, null, default);
            if (least == 2)
            {
                await PaintAsync();
            }
        }
    }

    private async Task DecideAsync() => await new DecisionStore(Service<DatasetStore>()).SaveAsync(
        await DatasetAsync(), new AnalysisRecipe { Modality = "projection" }, DecisionTests.Example with { Hours = 2 }, default);

    // A scan of the first modality where it lies, which no page lets anybody place; but it has a version then.
    private async Task PlaceAsync()
    {
        var itself = new AffineTransform([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
        await new PlacementStore(Service<DatasetStore>(), TimeProvider.System).SaveAsync(await DatasetAsync(), new Placement
        {
            Key = new VolumeKey("projection", 2), Fixed = new VolumeKey("projection", 0), Start = PlacementStart.Landmarks,
            Model = PlacementModel.Affine, Matrix = itself, ToScan = itself,
        }, [], Ada.Name, default);
    }

    private async Task FillCellAsync()
    {
        var desk = Service<CellDesk>();
        SweepFile = (await desk.AddAsync(Running.Stored, CellFileKind.Impedance, "sweep.csv",
            new MemoryStream(Encoding.UTF8.GetBytes(CellApiTests.Sweep())), Ada, default)).Id;
        await using var content = File.OpenRead(Path.Combine(Running.Folder, "phantom", "xas", "S_after.xdi"));
        var spectrum = await desk.AddAsync(Running.Stored, CellFileKind.Spectrum, "S_after.xdi", content, Ada, default);
        Spectrum = CellSpectrum.NameOf(spectrum.Id, 0);
    }
}

/// <summary>Tests that share the scene.</summary>
[CollectionDefinition(AuthorizationScene.Name)]
public sealed class AuthorizationTests : ICollectionFixture<AuthorizationScene>;
