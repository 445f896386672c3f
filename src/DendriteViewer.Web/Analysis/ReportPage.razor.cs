using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Masks;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using static DendriteViewer.Web.Analysis.AnalysisText;

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
    private IReadOnlyList<string> _stale = [];
    private bool _showsNames;
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

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private MaskDesk Masks { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var (user, gone) = ((await Authentication).User, Context.RequestAborted);
        if (await Catalog.TryOpenAsync(user, Id, DatasetRole.View, gone, Context.Request.QueryString.Value) is not { } dataset
            || await Analyses.ResultAsync(dataset, Modality ?? dataset.Modalities[0], gone) is not { } result || result.Lithium.Count == 0)
        {
            return;
        }

        // The page is drawn too while this waits for something, as soon as it waits at all. What stands for all of it is set at the end.
        _stale = await Masks.StaleAsync(dataset, result, gone);
        _showsNames = (await Access.GrantAsync(user, dataset.Identity, gone))?.SeesNames == true;
        _binUm = Bin is null ? Math.Max(result.Recipe.BinUm, result.Voids.LeastBinUm) : Ranges.BinUm.Parse(Bin);
        using var spent = await Budgets.SpendAsync(ClientKeys.Of(Context), ReportMegapixels, gone);
        _band = result.Band(result.Recipe.Band);
        var pristine = dataset.Find(result.Recipe.Modality, result.Voids.Hours) ?? throw new VolumeFormatException(
            $"The scan of {result.Recipe.Modality} at {H(result.Voids.Hours)} h, which was analysed, is not in {dataset.Id} any more; "
            + "run the analysis again.");
        var start = await Sessions.StartAsync(dataset, pristine, gone);
        var ghosts = LabelLooks.Ghosts(dataset.Volumes[0].Least, result.Threshold, 0.03);
        var inBand = result.Voids.Voids.Where(v => result.Recipe.Band.Contains(new Depth(v.DepthUm))).Select(v => v.Id).ToArray();
        _voidPicture = Picture(start with
        {
            Transfer = ghosts,
            Overlay = new Overlay(LabelModality.Voids, result.Voids.Hours,
                LabelLooks.Ranges(inBand.Length == 0 ? [] : [(inBand.Min(), inBand.Max(), TransferPresets.Void)]), Replaces: false),
        });
        _lithiumPicture = Picture(start with
        {
            Hours = result.Lithium[^1].Hours, Transfer = ghosts,
            Overlay = new Overlay(LabelModality.Lithium, null,
                LabelLooks.Ranges(LabelLooks.Births(result).Select(b => (b.From, b.To, b.Color)).ToArray()), Replaces: false),
        });
        (_dataset, _result) = (dataset, result);

        string Picture(ViewState view) => FrozenLinks.AddressOf(
            dataset, $"/api/datasets/{dataset.Id}/render.png?{ViewLink.Format(view, start)}&size=900x600");
    }

    private string Voxel(AnalysisResult r) =>
        _dataset!.Find(r.Recipe.Modality, r.Voids.Hours)?.VoxelSize.ToText() ?? F(r.VoxelUm3, "0.####") + " µm³";
}
