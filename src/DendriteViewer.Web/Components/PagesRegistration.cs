using MudBlazor.Services;

namespace DendriteViewer.Web.Components;

/// <summary>Registers the pages and their files.</summary>
public static class PagesRegistration
{
    /// <summary>Adds Blazor and MudBlazor.</summary>
    public static WebApplicationBuilder AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMudServices(o =>
        {
            o.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.BottomCenter;
            o.SnackbarConfiguration.PreventDuplicates = true;
            o.SnackbarConfiguration.MaximumOpacity = 100;
            o.SnackbarConfiguration.VisibleStateDuration = 6000;
            o.SnackbarConfiguration.ShowTransitionDuration = 100;
            o.SnackbarConfiguration.HideTransitionDuration = 100;
        });
        builder.Services.AddHttpContextAccessor();
        return builder;
    }

    /// <summary>Static files, and which endpoint a request is for.</summary>
    public static void UsePages(this WebApplication app)
    {
        app.UseVersionedAssets();
        app.UseWhen(IsVisit, pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
        app.UseRouting();
    }

    // Somebody who opens an address in a browser; programs and pictures get their status alone.
    private static bool IsVisit(HttpContext context) => HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/api");

    /// <summary>Maps the pages and what the browser needs for them, which anybody may have.</summary>
    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapGet(Shell.ThemeStyles.Path, Shell.ThemeStyles.Answer).AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
