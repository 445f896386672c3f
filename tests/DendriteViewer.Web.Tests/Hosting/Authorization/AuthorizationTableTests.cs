using System.Collections.Concurrent;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>
/// Who may do what, as authorization.txt has it: every route, every method of a hub and every page in a circuit is asked for by one
/// visitor of each kind. What is new in the app and not in the table fails here.
/// </summary>
[Collection(AuthorizationScene.Name)]
public sealed class AuthorizationTableTests(AuthorizationScene scene)
{
    private static readonly string[] s_frameHeaders = ["X-Frame-Options", "Content-Security-Policy", "X-Content-Type-Options"];

    [Fact]
    public async Task Routes_AskedByEveryKindOfVisitor_AnswerAsTheTableSays()
    {
        var routes = RouteWalk.Routes(scene.Running.App.Services.GetServices<EndpointDataSource>());
        AssertNamed(routes, RouteRequests.Named, "RouteRequests.cs");
        var (problems, unframed) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        var seen = new SortedDictionary<string, Outcome[]>(StringComparer.Ordinal);
        foreach (var route in RouteRequests.Ordered(routes))
        {
            var outcomes = await scene.ForEachVisitorAsync(route.StartsWith("GET ", StringComparison.Ordinal), async visitor =>
            {
                var (outcome, problem) = await RouteWalk.AskAsync(scene, visitor, route, answer =>
                {
                    // Of links that other sites may show, EmbedPageTests asks.
                    if (route != "GET /embed/{token}" && (!s_frameHeaders.All(answer.Headers.Contains)
                        || !answer.Headers.GetValues("Content-Security-Policy").Any(p => p.Contains("frame-ancestors 'none'"))))
                    {
                        unframed.Enqueue($"{route} as {visitor} ({(int)answer.StatusCode})");
                    }
                });
                if (problem is not null)
                {
                    problems.Enqueue(problem);
                }

                return outcome;
            });
            seen[route] = [.. outcomes];
        }

        Assert.True(problems.IsEmpty, string.Join("\n", problems));
        Compare("routes", seen);
        Assert.True(unframed.IsEmpty, "Answers that another site could put into a frame: " + string.Join(", ", unframed));
    }

    [Fact]
    public async Task HubMethods_CalledByEveryKindOfVisitor_AnswerAsTheTableSays()
    {
        AssertNamed(HubCalls.Methods, HubCalls.Named, "HubCalls.cs");
        var columns = new List<IReadOnlyList<Outcome>>();
        foreach (var visitor in scene.Visitors)
        {
            columns.Add(await HubCalls.CallAsync(scene, visitor, HubCalls.Methods));
        }

        Compare("hub methods", Rows(HubCalls.Methods, columns));
    }

    [Fact]
    public async Task Pages_DrawnInACircuitForEveryKindOfVisitor_ShowWhatTheTableSays()
    {
        var pages = PageVisits.Pages.Keys.ToArray();
        AssertNamed(pages, PageVisits.Named, "PageVisits.cs");
        var columns = await scene.ForEachVisitorAsync<IReadOnlyList<Outcome>>(isOnlyRead: true, async visitor =>
        {
            var column = new List<Outcome>();
            foreach (var page in pages)
            {
                column.Add(await PageVisits.VisitAsync(scene, visitor, page));
            }

            return column;
        });
        Compare("pages in a circuit", Rows(pages, columns));
    }

    private static SortedDictionary<string, Outcome[]> Rows(
        IReadOnlyList<string> asked, IReadOnlyList<IReadOnlyList<Outcome>> columns) =>
        new(asked.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => columns.Select(c => c[p.i]).ToArray()),
            StringComparer.Ordinal);

    private static void AssertNamed(IEnumerable<string> asked, IEnumerable<string> named, string file)
    {
        var (there, said) = (asked.ToHashSet(), named.ToHashSet());
        var problems = there.Except(said).Order().Select(n => $"{n} is new: say in {file} how it is asked for so that whoever may "
                + "succeeds, then write authorization.txt anew by DENDRITE_WRITE=1 and review the line.")
            .Concat(said.Except(there).Order().Select(n => $"{n} is not in the app any more: remove it from {file}.")).ToArray();
        Assert.True(problems.Length == 0, string.Join("\n", problems));
    }

    private static void Compare(string section, SortedDictionary<string, Outcome[]> seen)
    {
        var isReplaced = Environment.GetEnvironmentVariable("DENDRITE_WRITE") is { Length: > 0 };
        var table = AuthorizationTable.Load(isReplaced);
        if (isReplaced)
        {
            table.Section(section).Clear();
            foreach (var (asked, outcomes) in seen)
            {
                table.Section(section)[asked] = outcomes;
            }

            table.Save();
            return;
        }

        var problems = table.Differences(section, seen).ToArray();
        Assert.True(problems.Length == 0, string.Join("\n", problems));
    }
}
