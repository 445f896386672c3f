using DendriteViewer.Analysis.Cell;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Impedance;

/// <summary>
/// The impedance section of the cell. What somebody changes is fitted at once and kept with the cell; who may not change it sees the fit
/// that is kept. Which sweep is shown is the page's: a link to it opens it.
/// </summary>
public sealed partial class ImpedanceSection
{
    private ImpedanceDesk _desk = null!;
    private CellState? _taken;
    private CellOpen? _opened;
    private DescribeFile? _said;

    /// <summary>The session whose dataset the cell belongs to.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>What the cell holds.</summary>
    [Parameter, EditorRequired]
    public CellState State { get; set; } = null!;

    /// <summary>Whether the visitor may change it.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Whether who added a file is shown.</summary>
    [Parameter]
    public bool ShowsNames { get; set; }

    [CascadingParameter]
    private CellActions Actions { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private Budgets Budgets { get; set; } = null!;

    [Inject]
    private CellDesk Cell { get; set; } = null!;

    [Inject]
    private ImpedanceFits Fits { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    private string CsvHref => $"/api/datasets/{Session.Dataset.Id}/cell/impedance/{_desk.State.Shown!.Place.File}/parameters.csv";

    /// <inheritdoc/>
    public void Dispose()
    {
        _desk.Changed -= StateHasChanged;
        _desk.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _desk = new ImpedanceDesk(Fits, Session.Owner, (file, ct) => Cell.ReadAsync(Session.Dataset, file, ct), Failures.Tell)
        {
            Spend = async (megapixels, ct) => await Budgets.SpendAsync(
                ClientKeys.OfPage(Authentication is null ? new() : (await Authentication).User), megapixels, ct, "fits"),
        };
        _desk.Changed += StateHasChanged;
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!ReferenceEquals(_taken, State))
        {
            _taken = State;
            await _desk.TakeAsync(State, Wanted);
        }

        if (_opened != Session.Cell.Open && _desk.State.Files is not null)
        {
            _opened = Session.Cell.Open;
            if (Wanted is { } wanted && _desk.State.Sweeps.FirstOrDefault(s => s.Place == wanted) is { } sweep
                && sweep.Place != _desk.State.Shown?.Place)
            {
                await _desk.ShowAsync(sweep);
            }
        }
    }

    // The sweep that is open; of a file alone its first that can be used.
    private SweepPlace? Wanted => Session.Cell.Open is not { Section: CellSection.Impedance, File: { } file } open ? null
        : new(file, open.Item ?? _desk.State.Sweeps.Where(s => s.Place.File == file).Select(s => s.Place.Sweep).FirstOrDefault());

    private async Task PickAsync(ListedSweep sweep)
    {
        Session.Cell.Show(new(CellSection.Impedance, sweep.Place.File, sweep.Place.Sweep));
        if (sweep.Hours is { } hours)
        {
            await Session.Cell.GoToAsync(hours);
        }
    }

    // What is tried is seen at once, and then kept. Where it was refused, the tab says why, and what is kept is shown again.
    private async Task SaveAsync(ImpedanceSettings settings)
    {
        if (MayEdit && _desk.State.Shown is not null)
        {
            await _desk.SaveAsync(settings, Actions.SetAsync, NewestAsync);
        }
    }

    private async Task<CellState> NewestAsync()
    {
        try
        {
            return await Cell.StateAsync(Session.Dataset, default);
        }
        catch (Exception e) when (e is VolumeFormatException or IOException)
        {
            // The tab says it.
            return State;
        }
    }
}
