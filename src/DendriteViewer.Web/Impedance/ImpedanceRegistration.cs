using System.Text;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Impedance;

/// <summary>Impedance over HTTP. What somebody may not see is not found.</summary>
public static class ImpedanceRegistration
{
    // A row of text with a point has at least some 25 characters.
    private const int BytesAPoint = 25;

    /// <summary>Adds what computes.</summary>
    public static WebApplicationBuilder AddImpedance(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ImpedanceFits>();
        builder.Services.AddSingleton<ImpedanceReports>();
        return builder;
    }

    /// <summary>Maps the table of a series' parameters.</summary>
    public static void MapImpedance(this WebApplication app) =>
        app.MapGet("/api/datasets/{dataset}/cell/impedance/{file:guid}/parameters.csv", ParametersAsync).WithTags("cell")
            .RecordsExport("parameters of impedance, a table");

    private static async Task<IResult> ParametersAsync(string dataset, Guid file, HttpContext c, CancellationToken ct)
    {
        var services = c.RequestServices;
        var cell = services.GetRequiredService<CellDesk>();
        if (await services.GetRequiredService<DatasetCatalog>().TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        var state = await cell.StateAsync(opened, ct);
        var bytes = state.Files.Where(f => f.Kind == CellFileKind.Impedance).Sum(f => f.Bytes);
        using var turn = await services.GetRequiredService<Budgets>().SpendAsync(
            ClientKeys.Of(c), ImpedanceFits.SeriesMegapixels(bytes / BytesAPoint), ct, "fits");
        using var desk = new ImpedanceDesk(
            services.GetRequiredService<ImpedanceFits>(), c.User.KeyOf(), (f, stop) => cell.ReadAsync(opened, f, stop),
            services.GetRequiredService<Failures>().Tell, ct) { TestsAll = false };
        await desk.TakeAsync(state);
        if (desk.State.Sweeps.FirstOrDefault(s => s.Place.File == file) is not { } sweep)
        {
            return Results.NotFound();
        }

        await desk.ShowAsync(sweep);
        await desk.FitSeriesAsync(a =>
        {
            a();
            return Task.CompletedTask;
        });
        ct.ThrowIfCancellationRequested();
        return desk.State.Series is null
            ? Results.Problem(desk.State.SettingsProblem ?? desk.State.SeriesProblem ?? "The series could not be fitted.",
                statusCode: StatusCodes.Status422UnprocessableEntity)
            : Results.File(
                Encoding.UTF8.GetBytes(ImpedanceTables.Csv(desk.State)), "text/csv; charset=utf-8", $"{opened.Id}-impedance.csv");
    }
}
