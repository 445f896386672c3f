using DendriteViewer.Imaging.Figures;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Figures;

/// <summary>Figures for papers and talks.</summary>
public static class FiguresRegistration
{
    /// <summary>Adds them.</summary>
    public static WebApplicationBuilder AddFigures(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FigureRenderer>();
        builder.Services.AddSingleton<FigureService>();
        return builder;
    }

    /// <summary>Maps them; whoever may look at a dataset may have figures of it.</summary>
    public static void MapFigures(this WebApplication app) =>
        app.MapGet("/api/datasets/{dataset}/figure",
            async (string dataset, HttpContext c, DatasetCatalog catalog, FigureService figures, CancellationToken ct) =>
            await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is { } opened
                ? await figures.AnswerAsync(c, opened, ct)
                : Results.NotFound()).WithTags("datasets").RecordsExport("figures");
}
