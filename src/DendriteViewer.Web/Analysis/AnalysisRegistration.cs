using System.Text;
using DendriteViewer.Analysis;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Analysis.Deciding;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Analysis;

/// <summary>Analyses over HTTP.</summary>
public static class AnalysisRegistration
{
    // What a table costs of a budget for pictures.
    private const double TableMegapixels = 0.5;

    /// <summary>Adds analyses.</summary>
    public static WebApplicationBuilder AddAnalysis(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IScanAnalysis, ScanAnalysis>();
        builder.Services.AddSingleton<Analyses>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<Analyses>());
        builder.Services.AddSingleton<IJobHandler, AnalysisHandler>();
        builder.Services.AddSingleton<IJobHandler, ChangeHandler>();
        builder.Services.AddSingleton<Decisions>();
        builder.Services.AddSingleton<IJobHandler, DecisionHandler>();
        return builder;
    }

    /// <summary>Maps the last result's tables, and decisions.</summary>
    public static void MapAnalysis(this WebApplication app)
    {
        app.MapGet("/api/datasets/{dataset}/analysis/{table}.csv", TableAsync).WithTags("analysis").RecordsExport("tables of the analysis");
        app.MapDecisions();
    }

    private static async Task<IResult> TableAsync(
        string dataset, string table, string? modality, string? bin, HttpContext c, DatasetCatalog catalog,
        Analyses analyses, Budgets budgets, ComputeLanes lanes, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is not { } opened
            || await analyses.ResultAsync(opened, modality ?? opened.Modalities[0], ct) is not { } result)
        {
            return Results.NotFound();
        }

        var binUm = bin is null ? Math.Max(result.Recipe.BinUm, result.Voids.LeastBinUm) : Ranges.BinUm.Parse(bin);
        using var spent = await budgets.SpendAsync(ClientKeys.Of(c), TableMegapixels, ct);
        result = result with { Warnings = [.. StalePlacements.Of(opened, result), .. result.Warnings] };
        return await lanes[Urgency.Resting].RunAsync(() => AnalysisFiles.Csv(result, table, binUm, ct), ct) is { } csv
            ? Results.File(Encoding.UTF8.GetBytes(csv), "text/csv", $"{opened.Id}-{table}.csv")
            : Results.NotFound();
    }
}
