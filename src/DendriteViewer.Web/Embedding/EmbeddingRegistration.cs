namespace DendriteViewer.Web.Embedding;

/// <summary>Links in frames of other sites: /embed/TOKEN.</summary>
public static class EmbeddingRegistration
{
    /// <summary>Adds the page and its tickets.</summary>
    public static WebApplicationBuilder AddEmbedding(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EmbedTickets>();
        builder.Services.AddSingleton<EmbedTours>();
        builder.Services.AddSingleton<EmbedPage>();
        return builder;
    }

    /// <summary>Maps the page.</summary>
    public static void MapEmbedding(this WebApplication app) => app.MapGet("/embed/{token}",
        (string token, HttpContext context, EmbedPage page, CancellationToken ct) => page.AnswerAsync(token, context, ct)).AllowAnonymous();
}
