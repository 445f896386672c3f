using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Analysis.Deciding;

/// <summary>Decisions over HTTP: their pieces, for the panes and as a table.</summary>
public static class DecisionFiles
{
    private const string Route = "/api/datasets/{dataset}/decisions/{hours}";

    /// <summary>
    /// Where the pieces of a decision are, for the panes. Another decision, or the same one when it became stale, has another address.
    /// </summary>
    public static string Address(DatasetId dataset, KeptDecision kept, string ending = "") =>
        $"/api/datasets/{dataset}/decisions/{AnalysisText.N(kept.Decision.Hours)}{ending}"
        + $"?modality={Uri.EscapeDataString(kept.Recipe.Modality)}&v={kept.Version}{(kept.Stale is null ? "" : "-stale")}";

    /// <summary>Maps them.</summary>
    public static void MapDecisions(this WebApplication app)
    {
        app.MapGet(Route, PiecesAsync).WithTags("analysis");
        app.MapGet(Route + "/pieces.csv", TableAsync).WithTags("analysis").RecordsExport("pieces of a decision, a table");
    }

    /// <summary>
    /// The pieces as a table: a header with units, numbers as programs read them, warnings in the first row, the first of them what makes
    /// the decision stale.
    /// </summary>
    public static string Csv(Decision decision, string? stale = null)
    {
        var text = new StringBuilder("id,verdict,posterior,covered,volume_um3,flatness,entropy_bits,z_um,y_um,x_um,warnings\n");
        IEnumerable<string> warnings = stale is null ? decision.Warnings : decision.Warnings.Prepend($"STALE: {stale}");
        var cell = string.Join(' ', warnings).Replace(',', ';').Replace('"', '\'').ReplaceLineEndings(" ");
        foreach (var p in decision.Pieces)
        {
            text.Append(CultureInfo.InvariantCulture, $"{p.Id},{NameOf(p.Verdict)},{p.Posterior:0.####},{p.Covered:0.####},");
            text.Append(CultureInfo.InvariantCulture, $"{p.Um3:0.###},{p.Flatness:0.####},{p.EntropyBits:0.####},");
            text.Append(CultureInfo.InvariantCulture, $"{p.Center.Z:0.###},{p.Center.Y:0.###},{p.Center.X:0.###},{cell}\n");
            cell = "";
        }

        if (cell.Length > 0)
        {
            // Without a piece the warnings have a row of their own.
            text.Append(',', 10).Append(cell).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A verdict as files have it.</summary>
    public static string NameOf(PieceVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static async Task<IResult> PiecesAsync(
        string dataset, string hours, string? modality, HttpContext c, DatasetCatalog catalog, Decisions decisions, CancellationToken ct) =>
        await LoadAsync(dataset, hours, modality, c, catalog, decisions, ct) is not { } kept ? Results.NotFound() : Results.Ok(new
        {
            hours = kept.Decision.Hours, version = kept.Version, stale = kept.Stale,
            classes = kept.Decision.Drawn is not { } drawn ? null : new
            {
                version = drawn.Version, drawnAt = drawn.At,
                areas = drawn.Classes.Select(a => new { name = a.Class.ToString().ToLowerInvariant(), corners = a.Corners }),
            },
            warnings = kept.Decision.Warnings,
            pieces = kept.Decision.Pieces.Select(p => new
            {
                id = p.Id, centerUm = new[] { p.Center.Z, p.Center.Y, p.Center.X }, verdict = NameOf(p.Verdict), covered = p.Covered,
                posterior = double.IsFinite(p.Posterior) ? p.Posterior : (double?)null, um3 = p.Um3,
            }),
        });

    private static async Task<IResult> TableAsync(
        string dataset, string hours, string? modality, HttpContext c, DatasetCatalog catalog, Decisions decisions, CancellationToken ct) =>
        await LoadAsync(dataset, hours, modality, c, catalog, decisions, ct) is { } kept
            ? Results.File(Encoding.UTF8.GetBytes(Csv(kept.Decision, kept.Stale)), "text/csv", $"{dataset}-decision.csv")
            : Results.NotFound();

    private static async Task<KeptDecision?> LoadAsync(
        string dataset, string hours, string? modality, HttpContext c, DatasetCatalog catalog, Decisions decisions, CancellationToken ct) =>
        await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened
            || (modality is not null && !opened.Modalities.Contains(modality)) ? null
            : await decisions.TryLoadAsync(opened, modality ?? opened.Modalities[0], Ranges.Hours.Parse(hours), ct);
}
