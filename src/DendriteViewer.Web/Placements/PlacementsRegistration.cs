using System.Globalization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Placements;

/// <summary>Where volumes are placed, and that as files over HTTP. What somebody may not see is not found.</summary>
public static class PlacementsRegistration
{
    // What a file costs of a budget for pictures.
    private const double FileMegapixels = 0.1;

    /// <summary>Adds placements.</summary>
    public static WebApplicationBuilder AddPlacements(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PlacementDesk>();
        builder.Services.AddSingleton<LandmarkDesk>();
        builder.Services.AddScoped<PlacementViews>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<PlacementDesk>());
        builder.Services.AddSingleton<IJobHandler, PlacementHandler>();
        return builder;
    }

    /// <summary>Maps the stored placement as a file.</summary>
    public static void MapPlacements(this WebApplication app) =>
        app.MapGet("/api/datasets/{dataset}/placement", FileAsync).WithTags("placements").RecordsExport("where volumes lie");

    /// <summary>The address of a volume's placement as a file.</summary>
    public static string AddressOf(Dataset dataset, VolumeKey key, string ending) => string.Create(
        CultureInfo.InvariantCulture, $"/api/datasets/{dataset.Id}/placement?modality={key.Modality}&hours={key.Hours:R}&format={ending}");

    private static async Task<IResult> FileAsync(
        string dataset, string? modality, string? hours, string? format, HttpContext c, DatasetCatalog catalog, PlacementDesk desk,
        Budgets budgets, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        var ending = "." + (format ?? "tfm").ToLowerInvariant();
        if (!PlacementFiles.Endings.Contains(ending))
        {
            throw new OutOfRangeException(
                $"format is {string.Join(", ", PlacementFiles.Endings.Select(e => e.TrimStart('.')))}.");
        }

        if (opened.Find(modality ?? "", Ranges.Hours.Parse(hours ?? "")) is not { IsLabels: false } volume
            || PlacementDesk.VersionOf(opened, volume.Key) == 0)
        {
            return Results.NotFound();
        }

        using var spent = await budgets.SpendAsync(ClientKeys.Of(c), FileMegapixels, ct, "files");
        var report = await desk.ReadAsync(opened, volume.Key, ct);
        var placement = report.Placement ?? throw new VolumeFormatException(
            $"What is stored of version {report.Version} of where {volume.Key} lies cannot be read: go back to another version, or "
            + "register it again.");
        var name = $"{opened.Id}-{volume.Key.Modality}-{volume.Key.TimestepName}{ending}";
        return Results.File(PlacementFiles.Write(name, placement, volume), "application/octet-stream", name);
    }
}
