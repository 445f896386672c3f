using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Tests.Cell;
using DendriteViewer.Web.Uploads;
using Microsoft.AspNetCore.DataProtection;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>How each route is asked, so that whoever may is answered with success and a refusal has no other reason.</summary>
internal static class RouteRequests
{
    /// <summary>A region that lies inside the phantom.</summary>
    public const string Circle =
        """{"kind":"circle","pointsUm":[[96,96,96],[96,96,136]],"right":[0,0,1],"down":[0,1,0],"hours":2,"modality":"projection"}""";

    private const string Of = "/api/datasets/{dataset}";
    private const string Piece = "abc";

    // What they do to a dataset or an account, others would meet.
    private static readonly string[] s_last = [$"DELETE {Of}", "POST /account/password"];

    private static readonly Dictionary<string, Func<RouteRequest, Task>> s_all = new(StringComparer.Ordinal)
    {
        // Pages. Those with a circuit answer every visitor with its frame; PageVisits looks into them.
        ["GET /"] = Plain, ["GET /d/{Id}"] = Plain, ["GET /d/{Id}/history"] = Plain,
        ["GET /import"] = Plain, ["GET /jobs"] = Plain, ["GET /admin/people"] = Plain,
        ["GET /groups"] = Plain, ["GET /schema/{Id}"] = Plain, ["GET /tokens"] = Plain,
        ["GET /not-found"] = Plain, ["GET /gone"] = Plain, ["GET /oops"] = Plain, ["GET /theme.css"] = Plain,
        ["GET /report/{Id}"] = Do(r => r.Shows("<main class=\"report\">")),
        ["GET /admin/datasets"] = Plain, ["GET /admin/links"] = Plain, ["GET /admin/sessions"] = Plain, ["GET /admin/storage"] = Plain,
        ["GET /admin/devices"] = Plain, ["GET /admin/audit"] = Plain, ["GET /admin/audit.csv"] = Plain,
        ["GET /account/denied"] = Plain, ["GET /account/login"] = Plain, ["GET /account/setup"] = Plain, ["GET /account/password"] = Plain,
        ["GET /account"] = Do(r => r.Shows("Where you are signed in")),
        ["GET /account/second-factor"] = Plain, ["GET /account/forgot"] = Plain, ["GET /account/reset"] = Plain,

        // Nobody has given a right password of an account with a second factor here, so that everybody is led to signing in.
        ["GET /account/code"] = Plain,
        ["GET /embed/{token}"] = async r => r.With("token", await r.Scene.NewEmbeddedLinkAsync(r.Visitor)).Shows("data-ticket"),
        ["POST /s/{token}"] = async r => r.With("token", await r.Scene.NewLinkAsync(r.Visitor, new LinkChoices(IsOneTime: true)))
            .Shows("Open a link"),
        ["GET /s/{token}"] = Plain, ["GET /s/{token}/preview.png"] = Plain,

        // Forms. Whoever knows a password, or the one-time code of the console, signs in.
        ["POST /account/login"] = r => r.Leads("/").FormAsync(
            "/account/login", "login", ("Input.Email", "viewer@example.org"), ("Input.Password", RunningApp.Password)),
        ["POST /account/setup"] = r => r.Leads("/").FormAsync(
            "/account/setup", "setup", ("Input.Code", r.Scene.Service<FirstAdministrator>().Begin()), ("Input.Name", "First"),
            ("Input.Email", $"first-{r.Visitor}@example.org"), ("Input.Password", RunningApp.Password)),
        ["POST /account/password"] = r =>
        {
            r.Afterwards = () => r.Scene.SignInAsync(r.Visitor);
            return r.Shows("Your password is changed").FormAsync(
                "/account/password", "password", ("Input.Now", RunningApp.Password), ("Input.Next", RunningApp.Password));
        },
        ["POST /account"] = r => r.Shows("Your name is saved").FormAsync(
            "/account/login", "account", ("Input.Do", "name"), ("Input.Name", r.Visitor.Person ?? "Nobody")),
        ["POST /account/code"] = r => r.FormAsync("/account/login", "code", ("Input.Code", "123456")),
        ["POST /account/second-factor"] = r => r.Shows("This code does not belong").FormAsync(
            "/account/login", "second", ("Input.Do", "on"), ("Input.Code", "123456")),

        ["GET /account/confirm"] = Do(r => r.Shows("It is asked again after")),
        ["POST /account/confirm"] = r => r.Query("ReturnUrl=%2Ftokens").Leads("/tokens").FormAsync(
            "/account/login", "confirm", ("Input.Password", RunningApp.Password)),

        // This server sends no mail, so that there is no such form; its page says whom to ask.
        ["POST /account/forgot"] = r => r.Answers(HttpStatusCode.BadRequest).FormAsync(
            "/account/login", "forgot", ("Input.Email", "a@b.org")),

        // Whoever has a link chooses the password of the account that it was made for.
        ["POST /account/reset"] = async r =>
        {
            var whose = await r.Scene.Running.AddPersonAsync("reset" + Guid.NewGuid().ToString("N"));
            var path = PasswordResets.PathOf(await r.Scene.Service<PasswordResets>().MakeAsync(whose, null));
            await r.Query(path[(path.IndexOf('?') + 1)..]).Shows("Your password is changed").FormAsync(
                path, "reset", ("Input.Password", RunningApp.Password));
        },

        // Signing in at an identity provider: to it, back without its cookie, and a link to the account of who is signed in.
        ["GET /account/openid/{provider}"] = Do(r => r.With("provider", "campus-login")
            .Leads($"{r.Scene.Provider.Issuer}connect/authorize?")),
        ["GET /account/openid/finish"] = Do(r => r.Leads("/account/login?external=again")),
        ["GET /account/openid/link"] = Do(r => r.Cookie(r.Scene.ExternalCookie()).Shows("Link it to my account")),

        // Who has no account is answered by the page, which says so.
        ["POST /account/openid/link"] = r => (r.Visitor.Account is null ? r.Shows("is linked") : r.Leads("/tokens"))
            .Cookie(r.Scene.ExternalCookie()).FormAsync("/account/openid/link", "link", ("Input.Password", RunningApp.Password)),
        ["POST /account/logout"] = r =>
        {
            // The session ends, and with it every cookie of it.
            r.Leads("/account/login").Afterwards = () => r.Visitor.Person is null ? Task.CompletedTask : r.Scene.SignInAsync(r.Visitor);
            return Task.CompletedTask;
        },
        ["GET /account/invitation/{Token}"] = async r =>
            r.With("Token", (await r.Scene.NewInvitationAsync()).Split('/')[^1]).Shows("invites you to the dataset"),
        ["POST /account/invitation/{Token}"] = async r =>
        {
            var page = await r.Scene.NewInvitationAsync();
            var isSignedIn = r.Visitor is { Account: not null, AccessToken: null } and not { Name: "removed" or "disabled" };
            var asked = r.With("Token", page.Split('/')[^1]);
            await (isSignedIn ? asked.Leads("/d/" + r.Scene.Running.Dataset.Value) : asked.Shows("Sign in to open it")).FormAsync(
                page, isSignedIn ? "accept" : "join", ("Input.Name", "Invited"),
                ("Input.Email", $"{Guid.NewGuid():N}@example.org"), ("Input.Password", RunningApp.Password));
        },

        // Connections, and what the framework maps for its pages.
        ["GET /hubs/frames"] = Socket, ["GET /_blazor"] = Socket,
        ["POST /hubs/frames/negotiate"] = Do(r => r.Query("negotiateVersion=1")),
        ["POST /_blazor/negotiate"] = Do(r => r.Query("negotiateVersion=1")), ["GET /_blazor/initializers"] = Plain,
        ["GET /_framework/opaque-redirect"] = Do(r => r.Leads("/").Query("url=" + Uri.EscapeDataString(Protected(r.Scene, "/")))),

        // Which circuit it closes, only its page knows.
        ["POST /_blazor/disconnect"] = Do(r => r.Answers(HttpStatusCode.BadRequest).Body(
            new FormUrlEncodedContent([new("circuitId", "unknown")]))),

        // What a program on the server's own machine is told.
        ["GET /metrics"] = Plain, ["GET /health/live"] = Plain, ["GET /health/ready"] = Plain,
        ["GET /openapi/{documentName}.json"] = Plain,

        // Datasets.
        ["GET /api/datasets"] = Plain, [$"GET {Of}"] = Plain, [$"GET {Of}/deletion"] = Plain,
        [$"PATCH {Of}"] = async r => r.Header("If-Match", DatasetTags.Of(await r.Scene.DatasetAsync())).Json("""{"operator":"Ada"}"""),
        [$"DELETE {Of}"] = async r =>
        {
            var kept = r.Scene.Keep();
            r.Afterwards = () => r.Scene.RestoreAsync(kept);
            r.Header("If-Match", DatasetTags.Of(await r.Scene.DatasetAsync()));
        },
        [$"GET {Of}/render.png"] = Do(r => r.Query("size=32x32")),
        [$"GET {Of}/thumbnail.jpg"] = Do(r => r.Query("size=32x32")),
        [$"GET {Of}/slice.png"] = Do(r => r.Query("axis=z&size=32x32")),
        [$"GET {Of}/figure"] = Do(r => r.Query("pane=z&size=200x200&with=none")),
        [$"GET {Of}/bookmarks/{{bookmark:guid}}/picture"] = Do(r => r.Leads(
            $"/api/datasets/{r.Scene.Running.Dataset}/thumbnail.jpg?")),
        ["GET /api/archive"] = Plain, ["GET /api/archive/{identity}/sites"] = Plain, ["GET /api/archive/{identity}/sites/csv"] = Plain,
        ["GET /api/archive/{identity}/measurements"] = Plain, ["GET /api/archive/{identity}/measurements/csv"] = Plain,

        // Sites and measurements.
        [$"GET {Of}/comments"] = Plain, [$"GET {Of}/sites"] = Plain, [$"GET {Of}/sites/csv"] = Plain, [$"GET {Of}/sites/log"] = Plain,
        [$"GET {Of}/annotations/schema"] = Plain,
        [$"PUT {Of}/annotations/schema"] = async r => r.Json(
            $$"""{"version":{{(await r.Scene.SchemaAsync()).Version}},"labels":[{"id":"seen","name":"Seen","color":"#77aadd"}]}"""),
        [$"GET {Of}/annotations/export"] = Do(r => r.Query("format=geojson")),
        [$"GET {Of}/annotations/neuroglancer"] = Do(r => r.Query("hours=2&modality=projection")),
        [$"POST {Of}/annotations/import"] = Do(r => r.Query("dryRun=true").Body(new StringContent(
            """[{"label":"S","zUm":60,"yUm":90,"xUm":90,"hours":2,"modality":"projection"}]"""))),
        [$"POST {Of}/sites"] = Do(r => r.Body(new StringContent(
            """[{"label":"S","zUm":60,"yUm":90,"xUm":90,"hours":2,"modality":"projection"}]"""))),
        [$"GET {Of}/measurements"] = Plain, [$"GET {Of}/measurements/csv"] = Plain,
        [$"GET {Of}/measurements/{{id}}/csv"] = async r => r.With("id", await r.Scene.NewMeasurementAsync()),
        [$"POST {Of}/measurements"] = Do(r => r.Json(Circle)), [$"POST {Of}/measurements/compute"] = Do(r => r.Json(Circle)),
        [$"DELETE {Of}/measurements/{{id}}"] = async r => r.With("id", await r.Scene.NewMeasurementAsync()),

        // Masks, analyses and the cell.
        [$"GET {Of}/masks/{{hours}}"] = Plain,
        [$"POST {Of}/masks/{{hours}}/strokes"] = Do(r => r.Json("""{"shape":"ball","radiusUm":10,"pointsUm":[[150,96,96]]}""")),
        [$"POST {Of}/masks/{{hours}}/fills"] = async r =>
        {
            await r.Scene.PaintAsync();
            r.Json("""{"atUm":[150,96,96],"erase":true}""");
        },
        [$"POST {Of}/masks/{{hours}}/versions"] = async r =>
        {
            await r.Scene.PaintAsync();
            r.Json("""{"note":"kept"}""");
        },
        [$"POST {Of}/masks/{{hours}}/restore"] = Do(r => r.Json("""{"version":0}""")),
        [$"POST {Of}/masks/{{hours}}/carry"] = Do(r => r.Json("{}")),
        [$"POST {Of}/masks/{{hours}}/choice"] = Do(r => r.Json("""{"version":0}""")),
        [$"GET {Of}/analysis/{{table}}.csv"] = Do(r => r.With("table", "void-profile")),
        [$"GET {Of}/decisions/{{hours}}"] = Plain, [$"GET {Of}/decisions/{{hours}}/pieces.csv"] = Plain,

        // The phantom has no finer scan that could be placed; only who may look hears of that.
        [$"GET {Of}/placement"] = Do(r => r.Query("modality=projection&hours=2").Answers(HttpStatusCode.UnprocessableEntity)),
        [$"GET {Of}/absorption/{{table}}.csv"] = Do(r => r.With("table", "normalized").Query(
            "spectrum=" + Uri.EscapeDataString(r.Scene.Spectrum))),
        [$"GET {Of}/cell"] = Plain, [$"GET {Of}/cell/files/{{file:guid}}"] = Plain, [$"GET {Of}/cell/series.csv"] = Plain,
        [$"GET {Of}/cell/events.csv"] = Plain,

        // The phantom's voltage and current have rows of their own, of which there is no such table; only who may look hears of that.
        [$"GET {Of}/cell/series.bdf.csv"] = Do(r => r.Answers(HttpStatusCode.UnprocessableEntity)),
        [$"GET {Of}/cell/impedance/{{file:guid}}/parameters.csv"] = Plain,
        [$"POST {Of}/cell/files"] = Do(r => r.Query($"kind=impedance&name={r.Visitor}.csv").Body(new StringContent(
            CellApiTests.Sweep(20 + Math.Abs(r.Visitor.Name.Sum(c => c)) / 10.0)))),
        [$"POST {Of}/cell/edits"] = Do(r => r.Json("""{"do":"settings","key":"authorization","json":"{}"}""")),

        // Exports and uploads.
        [$"GET {Of}/exports"] = Plain, [$"GET {Of}/exports/{{name}}"] = Plain,
        [$"POST {Of}/movies"] = Do(r => r.Json(
            """{"kind":"slices","format":"gif","width":64,"height":64,"seconds":0.5,"fps":4,"axis":"z","fromUm":80,"toUm":100}""")),
        [$"POST {Of}/surfaces"] = Do(r => r.Json("""{"modality":"projection","hours":2,"value":20000}""")),
        ["POST /api/uploads"] = Do(r => Own(r).Json("""[{"path":"a.bin","size":3}]""")),
        ["GET /api/uploads/{id}"] = r => UploadAsync(r, 3), ["DELETE /api/uploads/{id}"] = r => UploadAsync(r, 3),
        ["POST /api/uploads/{id}/complete"] = r => UploadAsync(r, 0),
        ["PUT /api/uploads/{id}/{file:int}/{piece:int}"] = async r =>
        {
            await UploadAsync(r, Piece.Length);
            r.With("file", "0").With("piece", "0").Body(new StringContent(Piece))
                .Header("X-Content-SHA256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Piece))));
        },
    };

    /// <summary>The routes that are asked, in the order in which they can be.</summary>
    public static IEnumerable<string> Ordered(IEnumerable<string> routes) => routes.OrderBy(r => s_last.Contains(r));

    /// <summary>How a route is asked; null where nobody said.</summary>
    public static Func<RouteRequest, Task>? Find(string route) => s_all.GetValueOrDefault(route);

    /// <summary>The routes that are named here.</summary>
    public static IEnumerable<string> Named => s_all.Keys;

    private static Task Plain(RouteRequest request) => Task.CompletedTask;

    private static Func<RouteRequest, Task> Do(Action<RouteRequest> prepare) => request =>
    {
        prepare(request);
        return Task.CompletedTask;
    };

    private static Task Socket(RouteRequest request)
    {
        request.Header("Connection", "Upgrade").Header("Upgrade", "websocket").Header("Sec-WebSocket-Version", "13")
            .Header("Sec-WebSocket-Key", Convert.ToBase64String(Guid.NewGuid().ToByteArray()));
        return Task.CompletedTask;
    }

    private static RouteRequest Own(RouteRequest request) => request.Header("X-Dendrite-Upload", "1");

    // As the framework does it, so that nobody makes this address lead elsewhere.
    private static string Protected(AuthorizationScene scene, string url) => scene.Service<IDataProtectionProvider>()
        .CreateProtector("Microsoft.AspNetCore.Components.Endpoints.OpaqueRedirection,V1").ToTimeLimitedDataProtector()
        .Protect(url, TimeSpan.FromSeconds(10));

    private static Task UploadAsync(RouteRequest request, int bytes)
    {
        var key = request.Visitor.Account?.ToString("D", CultureInfo.InvariantCulture) ?? "nobody";
        var upload = request.Scene.Service<UploadFolder>().Begin(key, [new UploadFile("a.bin", bytes)]);
        Own(request).With("id", upload.Id);
        return Task.CompletedTask;
    }
}
