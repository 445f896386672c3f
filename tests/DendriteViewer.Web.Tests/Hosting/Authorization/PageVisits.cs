using System.Reflection;
using Bunit;
using DendriteViewer.Web.Components;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace DendriteViewer.Web.Tests.Hosting.Authorization;

/// <summary>
/// What a visitor sees of a page inside a circuit, where no request asks who they are: the page is drawn with the app's own services, for
/// the person that the circuit began with.
/// </summary>
internal static class PageVisits
{
    private const string SignIn = "You are not signed in";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // What is there for whoever may, and what instead of it for others. Who came by a link sees their own jobs.
    private static readonly Dictionary<string, (Func<AuthorizationScene, string> Shown, string[] Refused)> s_all = new()
    {
        ["/"] = (s => s.Running.Stored.Name, ["None is open to you"]),
        ["/d/{Id}"] = (_ => "id=\"viewer\"", ["No such dataset"]),
        ["/d/{Id}/history"] = (_ => "history-page", ["whose history is open to you"]),
        ["/import"] = (_ => "A described dataset, a folder of scans", ["Importing is not open to you"]),
        ["/jobs"] = (_ => AuthorizationScene.Ada.Name, ["Nothing was asked for yet", "Guest of"]),
        ["/not-found"] = (_ => "There is no such page", []),
        ["/admin/people"] = (_ => "with an account", ["for administrators"]),
        ["/admin/datasets"] = (s => s.Running.Stored.Name, ["for administrators"]),
        ["/admin/links"] = (_ => "Revoke", ["for administrators"]),
        ["/admin/sessions"] = (_ => "a program", ["for administrators"]),
        ["/admin/storage"] = (_ => "Free on this disk", ["for administrators"]),
        ["/admin/devices"] = (_ => "Bricks in memory", ["for administrators"]),
        ["/admin/audit"] = (_ => "signed in by", ["for administrators"]),
        ["/groups"] = (_ => "New group", ["for administrators"]),
        ["/schema/{Id}"] = (_ => "schema-page", ["yours to define"]),
        ["/tokens"] = (_ => "For programs that ask in your name", ["Access tokens need an account"]),
    };

    /// <summary>The pages that are drawn in a circuit, by their routes.</summary>
    public static IReadOnlyDictionary<string, Type> Pages { get; } = typeof(MainLayout).Assembly.GetTypes()
        .Where(t => t.GetCustomAttribute<ExcludeFromInteractiveRoutingAttribute>() is null)
        .SelectMany(t => t.GetCustomAttributes<RouteAttribute>().Select(r => (r.Template, Type: t)))
        .OrderBy(p => p.Template, StringComparer.Ordinal).ToDictionary(p => p.Template, p => p.Type);

    /// <summary>The pages that are named here.</summary>
    public static IEnumerable<string> Named => s_all.Keys;

    /// <summary>Draws a page for a visitor and waits until it is known what they see.</summary>
    public static async Task<Outcome> VisitAsync(AuthorizationScene scene, Visitor visitor, string route)
    {
        await using var open = await scene.OpenForAsync(visitor);
        await using var scope = scene.Running.App.Services.CreateAsyncScope();
        await using var browser = new BunitContext { JSInterop = { Mode = JSRuntimeMode.Loose } };
        browser.JSInterop.SetupModule(_ => true).Mode = JSRuntimeMode.Loose;
        var user = new AuthenticationState(scene.PrincipalOf(visitor));
        browser.Services.AddMudServices();
        browser.Services.AddSingleton(scope.ServiceProvider.GetRequiredService<IAuthorizationService>());
        browser.Services.AddSingleton<AuthenticationStateProvider>(new Given(user));
        browser.Services.AddFallbackServiceProvider(scope.ServiceProvider);
        browser.Services.AddCascadingValue(_ => Task.FromResult(user));
        var values = route.Contains("{Id}", StringComparison.Ordinal)
            ? new Dictionary<string, object?> { ["Id"] = scene.Running.Dataset.Value } : [];
        var page = browser.Render(Page(new RouteData(Pages[route], values)));
        var (shown, refused) = (s_all[route].Shown(scene), s_all[route].Refused);
        page.WaitForAssertion(
            () => Assert.Contains([shown, SignIn, .. refused], t => page.Markup.Contains(t, StringComparison.Ordinal)),
            s_patience);
        return page.Markup.Contains(shown, StringComparison.Ordinal) ? Outcome.Yes
            : page.Markup.Contains(SignIn, StringComparison.Ordinal) ? Outcome.SignIn : Outcome.No;
    }

    private static RenderFragment Page(RouteData route) => builder =>
    {
        builder.OpenComponent<RouteView>(0);
        builder.AddComponentParameter(1, nameof(RouteView.RouteData), route);
        builder.AddComponentParameter(2, nameof(RouteView.DefaultLayout), typeof(MainLayout));
        builder.CloseComponent();
    };

    private sealed class Given(AuthenticationState state) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(state);
    }
}
