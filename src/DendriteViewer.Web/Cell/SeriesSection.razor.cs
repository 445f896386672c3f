using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Cell;

/// <summary>How the curves are looked at: what the axis counts, which plots, and the window of dV/dt.</summary>
/// <param name="Unit">What the axis counts.</param>
/// <param name="Shown">Keys of the plots.</param>
/// <param name="WindowHours">Width of the window of dV/dt, hours.</param>
public sealed record SeriesLook(SeriesAxisUnit Unit, IReadOnlyList<string> Shown, double WindowHours)
{
    /// <summary>As a cell is first seen.</summary>
    public static readonly SeriesLook First = new(SeriesAxisUnit.Hours, ["voltage", "current", SeriesGroup.Charge], 0.1);
}

/// <summary>
/// What the cycler wrote, on one axis with the scans: curves, events, charge of half cycles, clocks and files. A click on a curve goes to
/// the nearest scan. Every change is an entry of the cell's log and a step that undo takes back.
/// </summary>
public sealed partial class SeriesSection
{
    private CellReport? _report;
    private IReadOnlyList<TimedPlot> _plots = [];
    private string? _failure, _selected;
    private (CellState? State, string Revision) _read;
    private double _at;
    private readonly CancellationTokenSource _closed = new();
    private CancellationToken _gone;

    /// <summary>The session whose dataset and scan are shown.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>What belongs to the cell now.</summary>
    [Parameter, EditorRequired]
    public CellState State { get; set; } = null!;

    /// <summary>Whether the visitor may change it.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Whether names of those who changed it are shown.</summary>
    [Parameter]
    public bool ShowsNames { get; set; }

    [Inject]
    private CellDesk Desk { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private CellActions Actions { get; set; } = null!;

    private bool HasFiles => State.Of(CellFileKind.Series).Any();

    // What is of the clocks or of one file stands there.
    private IReadOnlyList<string> Warnings => _report!.Warnings.Where(w => w != _report.Report.Clock.Warning
        && !State.Of(CellFileKind.Series).Any(f => SeriesFiles.IsOf(f, w))).ToArray();

    private string CsvHref => SeriesExports.CsvAddress(Session.Dataset.Id.ToString(), Session.Cell.Look.WindowHours);

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Cell.Changed -= OnCursor;
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _gone = _closed.Token;
        _at = Session.Cell.Hours ?? 0;
        Session.Cell.Changed += OnCursor;
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!ReferenceEquals(_read.State, State) || _read.Revision != Session.Dataset.Revision)
        {
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        var asked = (State, Session.Dataset.Revision);
        _read = asked;
        _failure = null;
        try
        {
            var report = await Desk.ReportAsync(Session.Dataset, _gone);
            var plots = await PlotsAsync(report, Session.Cell.Look);
            if (_read == asked)
            {
                _report = report;
                Show(plots);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _failure = Failures.Tell(e);
        }
    }

    private async Task ShowAsync(SeriesLook look)
    {
        Session.Cell.Look = look;
        try
        {
            var plots = await PlotsAsync(_report!, look);
            if (Session.Cell.Look == look)
            {
                Show(plots);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _failure = Failures.Tell(e);
        }
    }

    // Slopes of millions of rows take a while, which must not hold up the rest of the page.
    private Task<IReadOnlyList<TimedPlot>> PlotsAsync(CellReport report, SeriesLook look)
    {
        var (manifest, unit) = (Session.Dataset.Manifest, SeriesAxis.CanHave(look.Unit, report.Report) ? look.Unit : SeriesAxisUnit.Hours);
        var rows = report.Series.Sum(s => (long)s.Series.Hours.Count);
        return Desk.PlotAsync(
            Session.Owner, rows, () => SeriesPlots.Of(report, manifest, unit, look.Shown, look.WindowHours), _gone);
    }

    private Task GoAsync(double hours)
    {
        _at = hours;
        _selected = _report?.Events.Events.FirstOrDefault(e => e.Hours == hours)?.Id;
        return Session.Cell.GoToAsync(hours);
    }

    private Task<bool> ChangeEventAsync(EventEdit edit) => Actions.ChangeAsync(new EditEvents(edit));

    private async Task<bool> RestoreAsync(int version)
    {
        try
        {
            var then = version == 0 ? CellState.Empty : await Desk.StateAsync(Session.Dataset, version, _gone);
            return await Actions.ChangeAsync(RestoreEvents.To(then));
        }
        catch (Exception e)
        {
            _failure = Failures.Tell(e);
            return false;
        }
    }

    // A refusal stands in the dialog, where the file still is.
    private async Task<string?> AddAsync(SeriesFileDraft draft)
    {
        var said = new DescribeFile(Guid.Empty, draft.Licence, draft.Source, null, draft.StartHours, draft.Options.ToJson());
        var added = await Actions.AddAsync(CellFileKind.Series, draft.Name, () => new MemoryStream(draft.Bytes), said);
        var refusal = added is null ? Actions.Refusal ?? "The file was not added; try again." : null;
        Actions.Clear();
        return refusal;
    }

    private Task<byte[]> ReadFileAsync(CellFile file) => Desk.ReadAsync(Session.Dataset, file, _gone);

    // Of the plots only the first has dots of scans, so only that one is drawn again when another scan is shown.
    private void Show(IReadOnlyList<TimedPlot> plots) => _plots = plots.Select(p => p.Showing(Session.Cell.Hours)).ToArray();

    private void OnCursor() => _ = InvokeAsync(() =>
    {
        Show(_plots);
        StateHasChanged();
    });
}
