using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>What a page of another site can have a person's browser do: nothing that acts, and no way back that leads elsewhere.</summary>
[Collection(AuthorizationScene.Name)]
public sealed class ForgeryTests(AuthorizationScene scene)
{
    private Visitor Admin => scene.Visitors.Single(v => v.Name == "admin");

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task ActionOrConnection_AskedForByAnotherSitesPage_IsRefusedAtEveryRoute(string origin)
    {
        var routes = RouteWalk.Routes(scene.Running.App.Services.GetServices<EndpointDataSource>());
        var failures = new List<string>();
        foreach (var route in routes.Where(r => !r.StartsWith("GET", StringComparison.Ordinal)
            || r is "GET /hubs/frames" or "GET /_blazor"))
        {
            var asked = new RouteRequest(scene, Admin);
            await RouteRequests.Find(route)!(asked.Header("Origin", origin));
            using var request = asked.Of(route);
            using var answer = await scene.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (answer.StatusCode != HttpStatusCode.Forbidden)
            {
                failures.Add($"{route}: {(int)answer.StatusCode} {answer.Headers.Location}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.NotNull(await scene.DatasetAsync());
    }

    [Theory]
    [InlineData("/account/login", "login", "Input.Email", "viewer@example.org", "Input.Password", RunningApp.Password)]
    [InlineData("/account/password", "password", "Input.Now", RunningApp.Password, "Input.Next", "another password")]
    [InlineData("/account/setup", "setup", "Input.Code", "code", "Input.Name", "Eve")]
    public async Task Form_WithoutItsToken_IsRefused(string page, string form, string first, string one, string second, string other)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, page)
        {
            Content = new FormUrlEncodedContent([new("_handler", form), new(first, one), new(second, other)]),
        };
        request.Headers.Add("Cookie", Admin.Cookies);
        using var answer = await scene.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/jobs?x=1", "/jobs?x=1")]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("/\n/evil.example/")]
    [InlineData("\t//evil.example/")]
    [InlineData("/.//evil.example/")]
    [InlineData("/x/..//evil.example/")]
    [InlineData("/%2e//evil.example/")]
    [InlineData("/.\\/evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("\\\\evil.example/")]
    [InlineData("evil.example")]
    public async Task SignIn_WithAReturnAddress_LeadsWithinThisSiteAlone(string wanted, string expected = "")
    {
        var page = "/account/login?ReturnUrl=" + Uri.EscapeDataString(wanted);
        var asked = new RouteRequest(scene, scene.Visitors.Single(v => v.Name == "anonymous"));
        await asked.FormAsync(page, "login", ("Input.Email", "viewer@example.org"), ("Input.Password", RunningApp.Password));
        using var request = asked.Of("POST /account/login");
        request.RequestUri = new Uri(page, UriKind.Relative);
        using var answer = await scene.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);

        // As a browser reads it: tabs and line ends are left out, backslashes are slashes.
        var location = answer.Headers.NonValidated["Location"].ToString();
        var read = new string([.. location.Where(c => c is not ('\t' or '\r' or '\n'))]).Replace('\\', '/');
        var home = new Uri(scene.Running.Address);
        Assert.Equal(home.Authority, new Uri(home, read).Authority);
        if (expected.Length > 0)
        {
            Assert.Equal(expected, new Uri(home, read).PathAndQuery);
        }
    }
}
