using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Movies;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Figures;
using DendriteViewer.Web.Tours;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Exports;

/// <summary>Asks for a movie of the session's view.</summary>
public sealed partial class MovieExport
{
    private static readonly Pane[] s_axes = [Pane.Z, Pane.Y, Pane.X];

    private static readonly (FigureParts Part, string Name)[] s_parts =
    [
        (FigureParts.Scale, "Scale bar"), (FigureParts.Time, "Time"), (FigureParts.Colour, "Colour bar"), (FigureParts.Legend, "Legend"),
        (FigureParts.Axes, "Axes and places"), (FigureParts.Sites, "Sites, annotations"), (FigureParts.Band, "Band"),
        (FigureParts.Caption, "Caption"),
    ];

    private MovieKind _kind = MovieKind.Turntable;
    private Pane _along = Pane.Z;
    private string _pane = "3d";
    private MovieFormat _format = MovieFormat.Gif;
    private double _from, _to, _fps = 12, _seconds = 4;
    private int _width = 640, _height = 480;
    private FigureParts _parts = FigureQuery.PartsOf(new MovieRequest().With);
    private string _note = "";
    private Ffmpeg? _ffmpeg;
    private IReadOnlyList<TourItem> _tours = [];
    private TourItem? _tour;
    private double _transition = new MovieRequest().Transition;
    private bool _isKnown;

    /// <summary>The session whose view it is of.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Asks for work.</summary>
    [Parameter, EditorRequired]
    public ExportGate Gate { get; set; } = null!;

    [Inject]
    private MovieHandler Movies { get; set; } = null!;

    [Inject]
    private MovieTools Tools { get; set; } = null!;

    [Inject]
    private TourDesk Tours { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private double Length => _kind != MovieKind.Views ? _seconds
        : (_tour?.Content.Steps.Sum(s => s.Seconds) ?? 0) + _transition * Math.Max(0, (_tour?.Content.Steps.Count ?? 0) - 1);

    private string Summary => $"{(int)Math.Round(_fps * Length)} frames of "
        + (_kind == MovieKind.Views ? $"{_tour?.Content.Steps.Count ?? 0} views" : "the view as it is now")
        + (_ffmpeg is { } program && _format != MovieFormat.Gif ? $"; ffmpeg {program.Version} writes it" : "");

    private IEnumerable<MovieFormat> Formats =>
        Enum.GetValues<MovieFormat>().Where(f => f == MovieFormat.Gif || _ffmpeg?.Formats.Contains(f) == true);

    private IEnumerable<string> PaneChoices => _kind switch
    {
        MovieKind.Turntable => ["3d", "all"],
        MovieKind.Slices => [AxisName(_along), "all"],
        _ => ["all", "z", "y", "x", "3d"],
    };

    // The volume's place on the axis, outwards to the digits that the field shows.
    private NumberRange Places
    {
        get
        {
            var (low, high) = Session.Volume(Session.Current.View).Bounds;
            return new NumberRange("The place", Of(low), Of(high), "µm");
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _ffmpeg = await Tools.FindAsync(default);
        if (Authentication is not null)
        {
            _tours = (await Tours.Store.ListAsync((await Authentication).User, Session.Dataset.Identity)).Items;
            _tour = _tours.FirstOrDefault();
        }

        if (Formats.Contains(MovieFormat.WebM))
        {
            // What is not held in memory may be larger and smoother.
            (_format, _width, _height, _fps, _seconds) = (MovieFormat.WebM, 1280, 720, 25, 8);
        }

        ChooseAxis(_along);
        _isKnown = true;
    }

    private static string KindName(MovieKind kind) => kind switch
    {
        MovieKind.Timesteps => "time, through all scans",
        MovieKind.Turntable => "the camera, once around",
        MovieKind.Views => "a tour, from view to view",
        _ => "a slice, along its axis",
    };

    private static string FormatName(MovieFormat format) => format switch
    {
        MovieFormat.WebM => "WebM (VP9)",
        MovieFormat.Mp4 => "MP4 (H.264)",
        _ => "GIF",
    };

    private static string AxisName(Pane axis) => axis.ToString().ToLowerInvariant();

    private static string PaneName(string? pane) =>
        pane switch { "all" => "all four panes", "3d" => "3D picture", _ => $"slice across {pane}" };

    private void ChooseKind(MovieKind kind)
    {
        _kind = kind;
        _pane = PaneChoices.First();
    }

    private void ChooseAxis(Pane axis)
    {
        _along = axis;
        (_from, _to) = (Math.Round(Places.Least, 3), Math.Round(Places.Most, 3));
        _pane = PaneChoices.Contains(_pane) ? _pane : PaneChoices.First();
    }

    private double Of(WorldPoint p) => _along switch { Pane.Z => p.Z, Pane.Y => p.Y, _ => p.X };

    private async Task StartAsync()
    {
        await using var script = new PageScript(Script, "viewer/figure.js");
        if (await script.AskAsync<PaneSizes>("sizes") is not { } sizes)
        {
            return;
        }

        var panes = FigureQuery.PanesOf(_pane);
        var movie = new MovieRequest
        {
            Kind = _kind.ToString().ToLowerInvariant(), View = ViewLink.Whole(Session.Current.View), Pane = _pane,
            Width = _width, Height = _height, Fps = _fps, Seconds = _seconds, Format = _format.ToString().ToLowerInvariant(),
            Axis = AxisName(_along),
            Stops = _kind == MovieKind.Views ? [.. _tour!.Content.Steps.Select(s => new MovieStop(s.View, s.Seconds))] : null,
            Transition = _transition, FromUm = _from, ToUm = _to, With = FigureQuery.NamesOf(_parts), Note = _note,
            Screen = panes.Count > 1 ? sizes.All : [sizes.Of(panes[0]).Width, sizes.Of(panes[0]).Height],
        };
        await Gate.RunAsync(DatasetRole.Annotate, by => Movies.StartAsync(Session.Dataset, movie, by));
    }
}
