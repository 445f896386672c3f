using System.Globalization;
using System.Text;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Analysis;

/// <summary>Analyses over HTTP.</summary>
public static class AnalysisRegistration
{
    /// <summary>Adds analyses.</summary>
    public static WebApplicationBuilder AddAnalysis(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Analyses>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<Analyses>());
        builder.Services.AddSingleton<IJobHandler, AnalysisHandler>();
        builder.Services.AddSingleton<IJobHandler, ChangeHandler>();
        return builder;
    }

    /// <summary>Maps the last result's tables.</summary>
    public static void MapAnalysis(this WebApplication app) =>
        app.MapGet("/api/datasets/{dataset}/analysis/{table}.csv", async (
            string dataset, string table, string? modality, double? bin, HttpContext c, DatasetCatalog catalog, Analyses analyses, CancellationToken ct) =>
        {
            if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened
                || await analyses.ResultAsync(opened, modality ?? opened.Modalities[0], ct) is not { } result)
            {
                return Results.NotFound();
            }

            if (bin is <= 0 or > 1e6)
            {
                return Results.Problem("bin is a width in µm above 0.", statusCode: 400);
            }

            return AnalysisFiles.Csv(result, table, bin ?? result.Recipe.BinUm) is { } csv
                ? Results.File(Encoding.UTF8.GetBytes(csv), "text/csv", string.Create(CultureInfo.InvariantCulture, $"{opened.Id}-{table}.csv"))
                : Results.NotFound();
        }).WithTags("analysis");
}
