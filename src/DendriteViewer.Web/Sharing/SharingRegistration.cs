namespace DendriteViewer.Web.Sharing;

/// <summary>Short links: /s/TOKEN.</summary>
public static class SharingRegistration
{
    /// <summary>Adds links.</summary>
    public static WebApplicationBuilder AddSharing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ShareLinks>();
        builder.Services.AddSingleton<ShareDesk>();
        builder.Services.AddSingleton<FrozenStates>();
        builder.Services.AddSingleton<PastStates>();
        builder.Services.AddSingleton<FrozenLinks>();
        builder.Services.AddSingleton<LinkOpening>();
        builder.Services.AddHostedService<LinkJanitor>();
        return builder;
    }

    /// <summary>Maps the link itself and its preview picture. One that is unknown or lets nobody in tells nothing but that.</summary>
    public static void MapSharing(this WebApplication app)
    {
        app.MapGet("/s/{token}", (string token, HttpContext context, LinkOpening opening, CancellationToken ct) =>
            opening.OpenAsync(token, context, isAsked: false, ct)).AllowAnonymous();
        app.MapPost("/s/{token}", (string token, HttpContext context, LinkOpening opening, CancellationToken ct) =>
            opening.OpenAsync(token, context, isAsked: true, ct)).AllowAnonymous().DisableAntiforgery();
        app.MapGet("/s/{token}/preview.png", (string token, HttpContext context, LinkOpening opening, CancellationToken ct) =>
            opening.PreviewAsync(token, context, ct)).AllowAnonymous();
    }
}
