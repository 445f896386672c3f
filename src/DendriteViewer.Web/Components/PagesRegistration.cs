using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Radzen;

namespace DendriteViewer.Web.Components;

/// <summary>Registers the pages, and what every answer carries.</summary>
public static class PagesRegistration
{
    private const string ContentPolicy =
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self' ws: wss:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

    /// <summary>Adds Blazor and Radzen.</summary>
    public static WebApplicationBuilder AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddRadzenComponents();
        builder.Services.AddHttpContextAccessor();
        return builder;
    }

    /// <summary>Headers, errors, static files, and no requests from other sites' pages.</summary>
    public static void UsePages(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseExceptionHandler("/oops", createScopeForErrors: true);
        app.Use(async (context, next) =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers.ContentSecurityPolicy = ContentPolicy;
            if (IsForeign(context.Request))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return;
            }

            await next();
        });
        app.UseVersionedAssets();
        app.UseRouting();
    }

    /// <summary>Maps the pages and what the browser needs for them, which anybody may have.</summary>
    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }

    // A page of another site must not act with this browser's cookies, nor in the demo without any.
    private static bool IsForeign(HttpRequest request)
    {
        var acts = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) || request.Headers.Upgrade == "websocket";
        var origin = request.Headers.Origin.ToString();
        return acts && origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
    }
}
