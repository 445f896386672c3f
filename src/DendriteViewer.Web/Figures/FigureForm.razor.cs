using DendriteViewer.Imaging.Figures;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Sharing;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Figures;

/// <summary>The figure's dialog: the choices, a preview that the server draws, and saving. The browser remembers the choices.</summary>
public sealed partial class FigureForm
{
    private const string Paper = "paper";

    private static readonly (string Value, string Name)[] s_panes =
    [
        ("all", "All four panes"), ("z", "Slice across z"), ("y", "Slice across y"), ("x", "Slice across x"), ("3d", "3D picture"),
    ];

    private static readonly (string Value, string Name)[] s_sizes =
    [
        ("1", "As on the screen"), ("2", "Screen × 2"), ("4", "Screen × 4"), (Paper, "Width in mm"),
    ];

    private static readonly (FigureParts Part, string Name)[] s_parts =
    [
        (FigureParts.Scale, "Scale bar"), (FigureParts.Colour, "Colour bar"), (FigureParts.Legend, "Legend"),
        (FigureParts.Axes, "Axes and places"),
        (FigureParts.Sites, "Sites, annotations"), (FigureParts.Band, "Band"), (FigureParts.Crosshair, "Crosshair"),
        (FigureParts.Time, "Time"),
        (FigureParts.Caption, "Caption"),
    ];

    private FigureChoices _choices = new();
    private PaneSizes? _sizes;
    private PageScript _script = null!;
    private string? _address, _problem;
    private string _unknown = "";
    private bool _isDrawing, _wasDrawn, _isSaving;

    /// <summary>The session whose view is drawn.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private string Sizing => _choices.OnPaper ? Paper : s_sizes.FirstOrDefault(s => s.Value == $"{_choices.Scale:0}").Value ?? "2";

    // Where a page shows an earlier state, its figure shows that too.
    private string AddressOf(PaneSizes sizes, bool isPreview) => FrozenLinks.AddressOf(
        Session.Dataset, _choices.ToAddress(Session.Dataset.Id.Value, ViewLink.Whole(Session.Current.View), sizes, isPreview));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _script.DisposeAsync();

    /// <inheritdoc/>
    protected override void OnInitialized() => _script = new PageScript(Script, "viewer/figure.js");

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        var sizes = await _script.AskAsync<PaneSizes>("sizes");
        (_choices, _sizes) = (FigureChoices.Parse(await _script.AskAsync<string>("recall")), sizes);
        Preview();
        StateHasChanged();
    }

    private void ChooseSize(string? size) => Choose(size == Paper
        ? _choices with { OnPaper = true }
        : _choices with { OnPaper = false, Scale = double.Parse(size ?? "2", System.Globalization.CultureInfo.InvariantCulture) });

    private void Choose(FigureChoices choices)
    {
        _choices = choices;
        Preview();
    }

    // Only another address is drawn anew; the picture before stays until it is there.
    private void Preview()
    {
        if (_sizes is not { } sizes)
        {
            return;
        }

        var address = AddressOf(sizes, isPreview: true);
        if (address != _address)
        {
            (_address, _isDrawing, _problem) = (address, true, null);
            _unknown = FigureFont.MissingOf($"{Session.Dataset.Name}{_choices.Note}");
        }
    }

    private void Drawn() => (_isDrawing, _wasDrawn, _problem) = (false, true, null);

    private async Task NotDrawnAsync()
    {
        _isDrawing = false;
        if (_address is { } address && await _script.AskAsync<string>("why", address) is { Length: > 0 } why)
        {
            _problem = why;
        }
    }

    private async Task SaveAsync()
    {
        if (_sizes is not { } sizes)
        {
            return;
        }

        (_isSaving, _problem) = (true, null);
        StateHasChanged();
        try
        {
            await _script.CallAsync("remember", _choices.ToJson());
            var address = AddressOf(sizes, isPreview: false);
            _problem = await _script.AskAsync<string>(TimeSpan.FromMinutes(5), "save", address) is { Length: > 0 } why ? why : null;
        }
        finally
        {
            _isSaving = false;
        }
    }
}
