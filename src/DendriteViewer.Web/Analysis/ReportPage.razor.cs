using System.Globalization;
using DendriteViewer.Imaging.Analysis;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Analysis;

/// <summary>
/// An analysis on paper: figures, tables, recipe and what it was made from, in one page without a circuit. A script draws its plots
/// (plots/static.js).
/// </summary>
public sealed partial class ReportPage
{
    private Dataset? _dataset;
    private AnalysisResult? _result;
    private BandFindings _band = null!;
    // What a report costs of a budget for pictures, beside its two pictures.
    private const double ReportMegapixels = 1;

    private double _binUm = 20;
    private IReadOnlyList<ProfileBin> _profile = [];
    private string _voidPicture = "";
    private string _lithiumPicture = "";

    /// <summary>The dataset's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>The modality; the dataset's first where not given.</summary>
    [SupplyParameterFromQuery]
    public string? Modality { get; set; }

    /// <summary>Width of a depth bin, µm.</summary>
    [SupplyParameterFromQuery]
    public string? Bin { get; set; }

    /// <summary>The request; the page is drawn for one.</summary>
    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private Analyses Analyses { get; set; } = null!;

    [Inject]
    private Budgets Budgets { get; set; } = null!;

    [Inject]
    private ViewSessions Sessions { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var (user, gone) = ((await Authentication).User, Context.RequestAborted);
        if (await Catalog.TryOpenAsync(user, Id, DatasetRole.View, gone) is not { } dataset
            || await Analyses.ResultAsync(dataset, Modality ?? dataset.Modalities[0], gone) is not { } result || result.Lithium.Count == 0)
        {
            return;
        }

        (_dataset, _result) = (dataset, result);
        _binUm = Bin is null ? Math.Max(result.Recipe.BinUm, result.Voids.LeastBinUm) : Ranges.BinUm.Parse(Bin);
        using var spent = await Budgets.SpendAsync(ClientKeys.Of(Context), ReportMegapixels, gone);
        _profile = result.Voids.Profile(_binUm);
        _band = result.Band(result.Recipe.Band);
        var start = await Sessions.StartAsync(dataset, dataset.Find(result.Recipe.Modality, result.Voids.Hours)!, gone);
        var ghosts = LabelLooks.Ghosts(dataset.Volumes[0].Least, result.Threshold, 0.03);
        var inBand = result.Voids.Voids.Where(v => result.Recipe.Band.Contains(new Depth(v.DepthUm))).Select(v => v.Id).ToArray();
        _voidPicture = Picture(start with
        {
            Transfer = ghosts, Overlay = new Overlay(AnalysisStore.Voids, result.Voids.Hours, LabelLooks.Ranges(inBand.Length == 0 ? [] : [(inBand.Min(), inBand.Max(), TransferPresets.Void)]), Replaces: false),
        });
        _lithiumPicture = Picture(start with
        {
            Hours = result.Lithium[^1].Hours, Transfer = ghosts,
            Overlay = new Overlay(AnalysisStore.Lithium, null, LabelLooks.Ranges(LabelLooks.Births(result).Select(b => (b.From, b.To, b.Color)).ToArray()), Replaces: false),
        });

        string Picture(ViewState view) => $"/api/datasets/{dataset.Id}/render.png?{ViewLink.Format(view, start)}&size=900x600";
    }

    private static string Recipe(AnalysisRecipe r) => string.Create(CultureInfo.InvariantCulture,
        $"{(r.Denoise == Denoise.None ? "no denoising" : r.Denoise.ToString().ToLowerInvariant())}, {r.Neighbours} neighbours, {(r.Opening ? "opened, " : "")}{(r.FillHoles ? "holes filled, " : "")}voids of at least {r.LeastVoidVoxels} voxels, new dark pieces of at least {r.LeastLithiumVoxels}, {r.ToleranceVoxels} voxels around a void are that void, {r.MarginVoxels} voxels along interface and wall are not judged, sites joined through at most {r.BridgeVoxels} dark voxels{(r.Strict is { } s ? $", each piece with a voxel darker than {s}" : "")}.");

    private static string E(Enrichment e) =>
        $"{Rounded.Value(e.Ratio, e.Low, e.High)}× (95 %: {Rounded.Interval(e.Ratio, e.Low, e.High)}, p {P(e.P)})";

    private static string Dark(AnalysisResult r, LithiumFindings l) =>
        r.Porosity.First(p => p.Hours == l.Hours) is var p ? Rounded.Both(p.Percent, p.Low, p.High) : "";

    private static string Over(string what, Enrichment? e) => e is { } found ? $"; {what} {E(found)}" : "";

    private static string OfFaraday(LithiumFindings last)
    {
        if (last.OfFaraday is not var (percent, low, high))
        {
            return ".";
        }

        var share = $", {Rounded.Both(percent, low, high)} % of what the charge can have plated.";
        return last.CrackOrVoidUm3 is > 0 and var more
            ? share + $" Of it {F(more, "0")} µm³ or more are crack or void: "
                + $"the charge plates at most {F(last.FaradayUm3!.Value, "0")} µm³."
            : share;
    }

    private static string Faraday(LithiumFindings l) => l switch
    {
        { FaradayUm3: { } um3, FaradayLowUm3: { } low, FaradayHighUm3: { } high } when high > low =>
            Rounded.Both(um3, low, high),
        { FaradayUm3: { } um3 } => F(um3, "0"),
        _ => "–",
    };

    private string BandVoids(AnalysisResult r)
    {
        var (whole, u) = (r.Voids.Electrolyte.TotalUm3, r.Voids.Between(_band.FromUm, _band.ToUm));
        var dark = r.Voids.Dark.Between(_band.FromUm, _band.ToUm);
        var (low, high) = (u.LowOf(dark, r.Voids.ElectrolyteRelative), u.HighOf(dark, r.Voids.ElectrolyteRelative));
        return whole > 0 ? Rounded.Both(100 * dark / whole, 100 * low / whole, 100 * high / whole) : "0";
    }

    private string Voxel(AnalysisResult r) =>
        _dataset!.Find(r.Recipe.Modality, r.Voids.Hours)?.VoxelSize.ToText() ?? F(r.VoxelUm3, "0.####") + " µm³";

    private static string Outline(AnalysisResult r) => r switch
    {
        { OutlineUm2: { } um2, OutlineSearch: "found" } => $"encloses {F(um2, "0")} µm² across the depth axis, found in the first scan",
        { OutlineUm2: { } um2 } => $"encloses {F(um2, "0")} µm² across the depth axis, as given",
        { OutlineSearch: "not-found" or "not-searched" } => "not known: what lies around the cell counts as electrolyte and void",
        _ => "none: the cell fills the field of view",
    };

    private static string P(double p) => p < 0.001 ? "< 0.001" : "= " + F(p, "0.000");

    private static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
