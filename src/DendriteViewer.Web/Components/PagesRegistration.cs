using Radzen;

namespace DendriteViewer.Web.Components;

/// <summary>Registers the pages and their files.</summary>
public static class PagesRegistration
{
    /// <summary>Adds Blazor and Radzen.</summary>
    public static WebApplicationBuilder AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddRadzenComponents();
        builder.Services.AddHttpContextAccessor();
        return builder;
    }

    /// <summary>Static files, and which endpoint a request is for.</summary>
    public static void UsePages(this WebApplication app)
    {
        app.UseVersionedAssets();
        app.UseRouting();
    }

    /// <summary>Maps the pages and what the browser needs for them, which anybody may have.</summary>
    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
