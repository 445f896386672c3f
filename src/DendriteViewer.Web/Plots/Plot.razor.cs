using DendriteViewer.Web.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Plots;

/// <summary>A point of a plot that somebody chose or points at.</summary>
/// <param name="Series">Its series.</param>
/// <param name="Index">Which of the series' points.</param>
public sealed record PlotHit(PlotSeries Series, int Index)
{
    /// <summary>The point.</summary>
    public PlotPoint Point => Series.Points[Index];
}

/// <summary>
/// A plot: drawn by script as SVG (docs/decisions/0034-plots.md), with a pointer that reads values, zoom by dragging, files and a table.
/// The script and the library come when the first plot opens. On a page without a circuit, plots/static.js draws what stands in the page.
/// </summary>
public sealed partial class Plot
{
    private ElementReference _root;
    private PageScript _script = null!;
    private DotNetObjectReference<Plot>? _self;
    private PlotSpec? _written;
    private string _text = "";
    private string? _drawn;
    private string? _failure;
    private bool _isTable;

    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public PlotSpec Spec { get; set; } = null!;

    /// <summary>Height of the drawing in pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 200;

    /// <summary>What stands in place of a plot without points: what to do to get some.</summary>
    [Parameter]
    public string EmptyText { get; set; } = "There are no values to plot.";

    /// <summary>
    /// The address of a table with more than what is drawn, which the menu offers as CSV in place of the plot's own numbers; null for
    /// those.
    /// </summary>
    [Parameter]
    public string? CsvHref { get; set; }

    /// <summary>Called with the point that was clicked, or chosen by Enter.</summary>
    [Parameter]
    public EventCallback<PlotHit> OnPoint { get; set; }

    /// <summary>
    /// Called with the point under the pointer, or null when it left. Script beside the plot can listen to the DOM event "plothover" of
    /// the figure instead, which asks no server: its detail is { series, index, x, y, id } or null.
    /// </summary>
    [Parameter]
    public EventCallback<PlotHit?> OnHover { get; set; }

    /// <summary>
    /// Called with the new ends of a stretch that has an id, once they were moved. Until another description comes the plot shows
    /// what <see cref="Spec"/> says, so a move that is refused is seen to be undone.
    /// </summary>
    [Parameter]
    public EventCallback<PlotSpanMove> OnSpan { get; set; }

    /// <summary>The request of a page that is written once, null on a page with a circuit.</summary>
    [CascadingParameter]
    private HttpContext? Request { get; set; }

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    private bool IsStatic => Request is not null;

    private string? StaticSpec => IsStatic ? _text : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _script.EndAsync("hide", _root);
        _self?.Dispose();
    }

    /// <summary>
    /// Called by the script: a point was clicked. Numbers that fit no point belong to a plot that was replaced meanwhile.
    /// </summary>
    [JSInvokable]
    public Task ChooseAsync(int series, int index) => Find(series, index) is { } hit ? OnPoint.InvokeAsync(hit) : Task.CompletedTask;

    /// <summary>Called by the script: the pointer came to a point, or left (-1).</summary>
    [JSInvokable]
    public Task HoverAsync(int series, int index) => OnHover.InvokeAsync(Find(series, index));

    /// <summary>
    /// Called by the script: the ends of a stretch were moved. A stretch that is not there belongs to a plot that was replaced meanwhile;
    /// ends that are out of order or no numbers come from no pointer. Whether they may be so is for who asked to be told to check.
    /// </summary>
    [JSInvokable]
    public async Task MoveSpanAsync(string id, double from, double to)
    {
        if (Spec.Spans.Any(s => s.Id == id) && double.IsFinite(from) && double.IsFinite(to) && from <= to)
        {
            await OnSpan.InvokeAsync(new(id, from, to));
        }

        // The script shows the ends where they were left, whatever became of them.
        _drawn = null;
        StateHasChanged();
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _script = new PageScript(Js, "plots/plot.js");

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (!ReferenceEquals(_written, Spec))
        {
            (_written, _text) = (Spec, PlotScript.Of(Spec));
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_failure is null && !Spec.IsEmpty && _drawn != _text)
        {
            await DrawAsync();
        }
    }

    private async Task DrawAsync()
    {
        var (text, before) = (_text, _failure);
        _drawn = text;
        _failure = null;
        try
        {
            _self ??= DotNetObjectReference.Create(this);
            await _script.CallAsync("show", _root, text, _self, OnPoint.HasDelegate, OnHover.HasDelegate, OnSpan.HasDelegate);
        }
        catch (JSException e)
        {
            _failure = $"The plot could not be drawn: {FirstLine(e.Message)}. The table has its numbers.";
        }

        if (_failure != before)
        {
            StateHasChanged();
        }
    }

    private async Task ResetAsync()
    {
        if (_script.IsLoaded)
        {
            await _script.CallAsync("reset", _root);
        }
    }

    private async Task SaveAsync(string kind)
    {
        if (_script.IsLoaded)
        {
            await _script.CallAsync("save", _root, kind);
        }
    }

    private async Task SaveCsvAsync()
    {
        await _script.CallAsync("saveText", Spec.FileName + ".csv", "text/csv", PlotTable.Of(Spec).ToCsv());
    }

    private PlotHit? Find(int series, int index) =>
        series >= 0 && series < Spec.Series.Count && index >= 0 && index < Spec.Series[series].Points.Count
            ? new(Spec.Series[series], index) : null;

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd('.');
}
