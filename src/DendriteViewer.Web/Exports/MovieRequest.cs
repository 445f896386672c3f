using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Movies;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Figures;

namespace DendriteViewer.Web.Exports;

/// <summary>A view of a movie of views.</summary>
/// <param name="View">The view, as a link has it.</param>
/// <param name="Seconds">How long it is shown.</param>
public sealed record MovieStop(string View, double Seconds);

/// <summary>A movie as a page or a program asks for it, and as its job keeps it. What is left out has the value here.</summary>
public sealed record MovieRequest
{
    /// <summary>Characters of a view at most; a link with every field is a tenth of this.</summary>
    public const int MostView = 8192;

    // Longer than all names of parts together.
    private const int MostNames = 256;

    /// <summary>timesteps, turntable, slices or views.</summary>
    public string Kind { get; init; } = "turntable";

    /// <summary>The view, as a link has it.</summary>
    public string View { get; init; } = "";

    /// <summary>Of views: those that are shown, in their order.</summary>
    public IReadOnlyList<MovieStop>? Stops { get; init; }

    /// <summary>Of views: how long each movement to the next takes, seconds.</summary>
    public double Transition { get; init; } = 1.5;

    /// <summary>z, y, x, 3d or all; null for what moves.</summary>
    public string? Pane { get; init; }

    /// <summary>Pixels across.</summary>
    public int Width { get; init; } = 1280;

    /// <summary>Pixels down.</summary>
    public int Height { get; init; } = 720;

    /// <summary>Frames a second.</summary>
    public double Fps { get; init; } = 25;

    /// <summary>How long it takes.</summary>
    public double Seconds { get; init; } = 8;

    /// <summary>webm, mp4 or gif.</summary>
    public string Format { get; init; } = "webm";

    /// <summary>Of slices: z, y or x.</summary>
    public string Axis { get; init; } = "z";

    /// <summary>Of slices: where they begin, µm along the axis.</summary>
    public double FromUm { get; init; }

    /// <summary>Of slices: where they end, µm along the axis.</summary>
    public double ToUm { get; init; }

    /// <summary>What is drawn with the pictures, as a figure's "with".</summary>
    public string With { get; init; } = "scale,colour,axes,caption,time";

    /// <summary>A line of text of one's own.</summary>
    public string Note { get; init; } = "";

    /// <summary>Width and height of the pictures on the screen in CSS pixels, which the view's zoom counts in; null for 1280 ×
    /// 720.</summary>
    public int[]? Screen { get; init; }

    /// <summary>The movie, checked as far as it can be without its dataset.</summary>
    /// <exception cref="OutOfRangeException">Something is no such thing, or out of its range; the message names it.</exception>
    public MovieSettings ToSettings()
    {
        CheckTexts();
        var kind = One<MovieKind>("kind", Kind);
        CheckStops(kind);
        if (Screen is not (null or { Length: 2 }))
        {
            throw new OutOfRangeException("screen has a width and a height.");
        }

        var along = Axis switch
        {
            "z" => Imaging.Rendering.Pane.Z,
            "y" => Imaging.Rendering.Pane.Y,
            "x" => Imaging.Rendering.Pane.X,
            _ => throw new OutOfRangeException($"axis is '{Axis}'; give z, y or x."),
        };
        IReadOnlyList<Pane> panes = Pane is not null ? FigureQuery.PanesOf(Pane)
            : kind == MovieKind.Slices ? [along] : kind == MovieKind.Turntable ? [Imaging.Rendering.Pane.Volume] : FigureSettings.All;
        return new MovieSettings(
            kind, panes, Width, Height, Fps, kind == MovieKind.Views ? SecondsOfStops : Seconds,
            One<MovieFormat>("format", Format), Screen is [var w, var h] ? (w, h) : (1280, 720),
            FigureQuery.PartsOf(With), Note ?? "")
        {
            Along = along, FromUm = FromUm, ToUm = ToUm,
        }.Checked();
    }

    private double SecondsOfStops => Stops!.Sum(s => s.Seconds) + Transition * (Stops!.Count - 1);

    private void CheckStops(MovieKind kind)
    {
        if (kind != MovieKind.Views)
        {
            return;
        }

        if (Stops is not { Count: > 0 and <= MovieSettings.MostViews })
        {
            throw new OutOfRangeException($"stops are 1 to {MovieSettings.MostViews} views, each with seconds.");
        }

        MovieSettings.Transition.Check(Transition);
        foreach (var stop in Stops)
        {
            if (stop?.View is not { Length: > 0 and <= MostView })
            {
                throw new OutOfRangeException($"A stop's view is a view's link of at most {MostView} characters.");
            }

            MovieSettings.Duration.Of("A stop's seconds").Check(stop.Seconds);
        }
    }

    // The job keeps all of them, so none may be of any length.
    private void CheckTexts()
    {
        if (View is null or { Length: > MostView })
        {
            throw new OutOfRangeException($"view is a view's link of at most {MostView} characters.");
        }

        foreach (var (name, text) in new[] { ("kind", Kind), ("pane", Pane), ("format", Format), ("axis", Axis), ("with", With) })
        {
            if (text is { Length: > MostNames })
            {
                throw new OutOfRangeException($"{name} has at most {MostNames} characters.");
            }
        }
    }

    private static T One<T>(string name, string? text)
        where T : struct, Enum =>
        text is { Length: > 0 } && char.IsLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value)
            ? value
            : throw new OutOfRangeException(
                $"{name} is '{text}'; give {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}.");
}
