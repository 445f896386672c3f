using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>Every route that the app maps, and what each visitor is answered there.</summary>
internal static class RouteWalk
{
    private static readonly string[] s_posted = ["/negotiate", "/disconnect"];

    /// <summary>
    /// The routes, as METHOD /pattern, without the files of wwwroot, which anybody may have. A page is asked for by GET, and by POST where
    /// it takes a form.
    /// </summary>
    public static IReadOnlyList<string> Routes(IEnumerable<EndpointDataSource> sources) =>
    [
        .. sources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .SelectMany(e => MethodsOf(e).Select(m => $"{m} /{e.RoutePattern.RawText!.Trim('/')}"))
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Asks a route as a visitor.</summary>
    /// <returns>What became of it, or what is wrong with the request: the answer is neither success nor refusal.</returns>
    public static async Task<(Outcome Outcome, string? Problem)> AskAsync(
        AuthorizationScene scene, Visitor visitor, string route, Action<HttpResponseMessage> look)
    {
        await using var open = await scene.OpenForAsync(visitor);
        var asked = new RouteRequest(scene, visitor);
        await RouteRequests.Find(route)!(asked);
        using var request = asked.Of(route);
        using var answer = await scene.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        look(answer);
        if (await OutcomeOfAsync(asked, answer) is not { } outcome)
        {
            var body = await BodyOfAsync(answer);
            var failure = scene.Running.Log.LastOrDefault(l => l.StartsWith("Failure ", StringComparison.Ordinal));
            return (default, $"{route} as {visitor} was answered {(int)answer.StatusCode} {answer.Headers.Location} "
                + $"{body[..Math.Min(200, body.Length)]}: that is neither success nor refusal; "
                + $"give it a better request in RouteRequests.cs. {((int)answer.StatusCode >= 500 ? failure : "")}");
        }

        if (outcome == Outcome.Yes && asked.Afterwards is { } afterwards)
        {
            await afterwards();
        }

        return (outcome, null);
    }

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is { } page)
        {
            return page.Type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Any(p => p.GetCustomAttribute<SupplyParameterFromFormAttribute>() is not null) ? ["GET", "POST"] : ["GET"];
        }

        // A hub's routes take any method, and look at it themselves.
        return endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods
            : s_posted.Any(p => endpoint.RoutePattern.RawText!.TrimEnd('/').EndsWith(p, StringComparison.Ordinal)) ? ["POST"] : ["GET"];
    }

    private static async Task<Outcome?> OutcomeOfAsync(RouteRequest asked, HttpResponseMessage answer)
    {
        if (answer.Headers.Location?.OriginalString is { } to)
        {
            // Whoever signs out is led to the bare address; whoever must sign in, to one that says what for.
            return asked.LeadsTo is { } there && (there[^1] == '?' ? to.StartsWith(there, StringComparison.Ordinal) : to == there)
                ? Outcome.Yes
                : to.StartsWith("/account/login", StringComparison.Ordinal) ? Outcome.SignIn
                : to.StartsWith("/account/denied", StringComparison.Ordinal) ? Outcome.No
                : to == "/gone" ? Outcome.Ended : null;
        }

        return answer.StatusCode switch
        {
            HttpStatusCode.SwitchingProtocols => Outcome.Yes,
            { } status when status == asked.Status => Outcome.Yes,
            HttpStatusCode.Unauthorized => Outcome.SignIn,
            HttpStatusCode.Forbidden => Outcome.No,
            HttpStatusCode.NotFound => Outcome.Hidden,
            >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices when asked.LeadsTo is null =>
                asked.Shown is not { } shown || (await BodyOfAsync(answer)).Contains(shown, StringComparison.Ordinal)
                    ? Outcome.Yes : Outcome.No,
            _ => null,
        };
    }

    private static async Task<string> BodyOfAsync(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.SwitchingProtocols ? "" : await answer.Content.ReadAsStringAsync();
}
