using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace DendriteViewer.Web.Absorption;

/// <summary>The spectra of a cell: what is open is the page's, what is set is kept with the dataset for all.</summary>
public sealed partial class AbsorptionSection
{
    private static readonly DialogOptions s_wide = new() { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseOnEscapeKey = true };
    private AbsorptionBoard _board = null!;

    /// <summary>The page.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>What belongs to the cell.</summary>
    [Parameter, EditorRequired]
    public CellState State { get; set; } = CellState.Empty;

    /// <summary>Whether the person may change it.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    [Inject]
    private AbsorptionDesk Desk { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [CascadingParameter]
    private CellActions Actions { get; set; } = null!;

    private AbsorptionState S => _board.State;

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Cell.Changed -= OnCursor;
        _board.Changed -= StateHasChanged;
        _board.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _board = new AbsorptionBoard(Desk, Session, Actions);
        _board.Changed += StateHasChanged;
        Session.Cell.Changed += OnCursor;
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        _board.MayEdit = MayEdit;
        return _board.LoadAsync(State);
    }

    private void OnCursor() => _ = InvokeAsync(_board.FollowAsync);

    private async Task AddAsync(bool areReferences)
    {
        var parameters = new DialogParameters<SpectrumAddDialog>
        {
            { d => d.Board, _board }, { d => d.Kind, areReferences ? CellFileKind.Reference : CellFileKind.Spectrum },
        };
        await Dialogs.ShowAsync<SpectrumAddDialog>(areReferences ? "Add references" : "Add spectra", parameters, s_wide);
    }

    private async Task DescribeAsync(CellSpectrum spectrum)
    {
        var parameters = new DialogParameters<SpectrumDialog> { { d => d.Board, _board }, { d => d.Spectrum, spectrum } };
        await Dialogs.ShowAsync<SpectrumDialog>(spectrum.File.Name, parameters, s_wide);
    }
}
