using System.Net;
using System.Text;
using DendriteViewer.Web.Audit;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Hosting;

/// <summary>
/// Nonsense sent to every address that the app maps, taken from its routing table, so that a new one is tested without being named here.
/// </summary>
public sealed class EndpointTests(RunningApp app) : IClassFixture<RunningApp>
{
    private static readonly string[] s_bodies =
    [
        "", "null", "[null]", "[[]]", "{}", "[]", "[1]", "\"x\"", "{", "[{\"path\":null,\"size\":-1}]",
            "[{\"path\":\"../x\",\"size\":1}]", "[{\"size\":1e999}]",
        "[{\"id\":null}]", "[{\"id\":\"x\",\"status\":7}]", "z_um,y_um,x_um,hours\n1e999,NaN,1,0", "\0\0\0", new string('[', 2000),
    ];

    private IEnumerable<RouteEndpoint> Routes => app.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null && !Raw(e).StartsWith("/_", StringComparison.Ordinal));

    [Fact]
    public async Task MalformedBody_ToAnyAddress_IsNoServerErrorAndHasASentence()
    {
        await app.AddPersonAsync("Malory", administrator: true);
        var browser = await app.SignedInAsync("malory@example.org");
        browser.DefaultRequestHeaders.Add("X-Dendrite-Upload", "1");
        var failures = new List<string>();
        foreach (var route in Routes.Where(r => Raw(r) != "/account/logout"))
        {
            foreach (var method in (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]).Where(m =>
                m != "GET"))
            {
                foreach (var (body, type) in s_bodies.SelectMany(b => new[] { (b, "application/json"), (b, "text/plain") }))
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), PathOf(route)) { Content = new StringContent(body,
                        Encoding.UTF8, type) };
                    var answer = await browser.SendAsync(request);
                    var text = await answer.Content.ReadAsStringAsync();
                    if ((int)answer.StatusCode >= 500 || (IsApi(route) && (int)answer.StatusCode >= 400 && !text.Contains("\"error\":\""))
                        || text.Contains("   at "))
                    {
                        failures.Add($"{method} {Raw(route)} with {body[..Math.Min(30, body.Length)]} as {type}: "
                            + $"{(int)answer.StatusCode} {text[..Math.Min(200, text.Length)]}");
                    }
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    [Fact]
    public async Task NonsenseQuery_ToAnyAddress_IsNoServerError()
    {
        await app.AddPersonAsync("Quentin", administrator: true);
        var browser = await app.SignedInAsync("quentin@example.org");
        var failures = new List<string>();
        foreach (var route in Routes)
        {
            foreach (var query in new[] { "bin=abc&size=zz&axis=q&hours=NaN&at=1e999", "bin=NaN&size=-1x-1&axis=7&t=Infinity&z=NaN",
                "%00=%00&bin=%FF&modality=%0D%0A", "Modality=none&Bin=1e-300" })
            {
                var answer = await browser.GetAsync($"{PathOf(route)}?{query}");
                if ((int)answer.StatusCode >= 500)
                {
                    failures.Add($"{Raw(route)}?{query}: {(int)answer.StatusCode} {app.Log.LastOrDefault(l => l.Contains("Failure "))}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    [Fact]
    public async Task MalformedJson_IsToldWithItsLine()
    {
        await app.AddPersonAsync("Paula", administrator: true);
        var browser = await app.SignedInAsync("paula@example.org");
        browser.DefaultRequestHeaders.Add("X-Dendrite-Upload", "1");
        var answer = await browser.PostAsync("/api/uploads/", new StringContent("[\n{", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("not the JSON that this address takes (line 2)", await answer.Content.ReadAsStringAsync());
    }

    // A new route that gives files out is recorded, or stands here with what it gives out instead.
    [Fact]
    public void Routes_OfTheApi_RecordTheFilesThatTheyGiveOut_ButForTheseThatGiveOutNone()
    {
        string[] none =
        [
            // Answers to programs, which pages hear by the hub as well.
            "/api/archive", "/api/archive/{identity}/measurements", "/api/archive/{identity}/sites", "/api/datasets",
            "/api/datasets/{dataset}",
            "/api/datasets/{dataset}/annotations/neuroglancer", "/api/datasets/{dataset}/annotations/schema",
            "/api/datasets/{dataset}/cell",
            "/api/datasets/{dataset}/comments", "/api/datasets/{dataset}/decisions/{hours}", "/api/datasets/{dataset}/deletion",
            "/api/datasets/{dataset}/exports", "/api/datasets/{dataset}/masks/{hours}", "/api/datasets/{dataset}/measurements",
            "/api/datasets/{dataset}/sites", "/api/datasets/{dataset}/sites/log", "/api/uploads/{id}",

            // Pictures of views, as panes and lists show them.
            "/api/datasets/{dataset}/bookmarks/{bookmark:guid}/picture", "/api/datasets/{dataset}/render.png",
            "/api/datasets/{dataset}/slice.png", "/api/datasets/{dataset}/thumbnail.jpg",
        ];
        var silent = Routes.Where(r => IsApi(r) && r.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true
            && r.Metadata.GetMetadata<ExportedFile>() is null).Select(Raw).Order(StringComparer.Ordinal);
        Assert.Equal(none.Order(StringComparer.Ordinal), silent);
    }

    private static bool IsApi(RouteEndpoint e) => Raw(e).StartsWith("/api", StringComparison.Ordinal);

    private static string Raw(RouteEndpoint e) => "/" + e.RoutePattern.RawText!.Trim('/');

    private string PathOf(RouteEndpoint e) => "/" + string.Join('/', e.RoutePattern.PathSegments.Select(s =>
        string.Concat(s.Parts.Select(p => p switch
    {
        RoutePatternLiteralPart l => l.Content,
        RoutePatternSeparatorPart l => l.Content,
        RoutePatternParameterPart { Name: "dataset" or "Id" } => app.Dataset.Value,
        RoutePatternParameterPart { ParameterPolicies.Count: > 0 } => "0",
        _ => "x",
    }))));
}
