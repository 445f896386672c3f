using System.Text;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Absorption;

/// <summary>Spectra of a cell over HTTP.</summary>
public static class AbsorptionRegistration
{
    // What a table costs of a budget for pictures: all spectra of the cell are read for it.
    private const double TableMegapixels = 0.5;

    /// <summary>Adds what pages of spectra need.</summary>
    public static WebApplicationBuilder AddAbsorption(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AbsorptionDesk>();
        return builder;
    }

    /// <summary>Maps the tables of a spectrum.</summary>
    public static void MapAbsorption(this WebApplication app) =>
        app.MapGet("/api/datasets/{dataset}/absorption/{table}.csv", TableAsync).WithTags("absorption")
            .RecordsExport("tables of absorption");

    private static async Task<IResult> TableAsync(
        string dataset, string table, string? spectrum, HttpContext c, DatasetCatalog catalog, AbsorptionDesk desk, Budgets budgets,
        CancellationToken ct)
    {
        if (!AbsorptionFiles.Names.Contains(table) || await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        using var spent = await budgets.SpendAsync(ClientKeys.Of(c), TableMegapixels, ct);
        var cell = await desk.StateAsync(opened, ct);
        var all = (await desk.ReadAsync(c.User.KeyOf(), opened, cell, CellSpectra.None, ct)).Items;
        if (all.FirstOrDefault(s => s.Name == spectrum) is not { } sample)
        {
            throw new OutOfRangeException("spectrum is the id of a file, a colon and the spectrum's place in it; see docs/absorption.md.");
        }

        var recipe = AbsorptionDesk.RecipeOf(cell, sample.Edge);
        var csv = await desk.RunAsync(c.User.KeyOf(), AbsorptionDesk.StudySeconds, () =>
        {
            var answers = AbsorptionAnswers.Of(CellSpectrum.RequestOf(sample, all, recipe), recipe.Components, ct);
            return AbsorptionFiles.Csv(sample, all, recipe, answers, table)
                ?? throw new OutOfRangeException(answers.FitProblem ?? answers.StudyProblem
                    ?? $"{sample.Spectrum.Name} has no weights: there are no references of its edge; add some.");
        }, ct);
        return Results.File(Encoding.UTF8.GetBytes(csv), "text/csv", $"{opened.Id}-absorption-{table}.csv");
    }
}
