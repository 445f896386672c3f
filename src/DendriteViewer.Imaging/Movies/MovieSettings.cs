using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Movies;

/// <summary>What moves in a movie.</summary>
public enum MovieKind
{
    /// <summary>Time: every scan of the view's modality, in turn, each as long as the others.</summary>
    Timesteps,

    /// <summary>The camera: once around the 3D picture, from the view's azimuth.</summary>
    Turntable,

    /// <summary>A slice: along its axis from one place to another.</summary>
    Slices,

    /// <summary>Several views, as of a tour: each for a while, with a movement to the next.</summary>
    Views,
}

/// <summary>How a movie is written.</summary>
public enum MovieFormat
{
    /// <summary>VP9 in WebM, by ffmpeg.</summary>
    WebM,

    /// <summary>H.264 in MP4, by ffmpeg.</summary>
    Mp4,

    /// <summary>GIF, by this program.</summary>
    Gif,
}

/// <summary>A movie as it is asked for.</summary>
/// <param name="Kind">What moves.</param>
/// <param name="Panes">Which pictures.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="FramesPerSecond">Frames a second.</param>
/// <param name="Seconds">How long it takes.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Screen">Size of the pictures on the screen, CSS pixels, which the view's zoom counts in.</param>
/// <param name="Parts">What is drawn with the pictures.</param>
/// <param name="Note">A line of text of one's own; empty for none.</param>
public sealed record MovieSettings(
    MovieKind Kind, IReadOnlyList<Pane> Panes, int Width, int Height, double FramesPerSecond, double Seconds, MovieFormat Format,
    (int Width, int Height) Screen, FigureParts Parts, string Note = "")
{
    /// <summary>Width or height.</summary>
    public static readonly NumberRange Side = new("A movie's width or height", 64, 3840, "pixels");

    /// <summary>Frames a second.</summary>
    public static readonly NumberRange Rate = new("fps", 1, 60, "frames a second");

    /// <summary>How long.</summary>
    public static readonly NumberRange Duration = new("seconds", 0.1, 600, "s");

    /// <summary>How long a movement from one view to the next takes.</summary>
    public static readonly NumberRange Transition = new("transition", 0, 10, "s");

    /// <summary>Views of a movie at most.</summary>
    public const int MostViews = 40;

    /// <summary>Frames at most.</summary>
    public const int MostFrames = 3600;

    /// <summary>Megapixels of all different frames at most: what is kept on disk while the movie is made.</summary>
    public const double MostMegapixels = 3000;

    /// <summary>Megapixels of all different frames of a GIF at most, since its encoder holds them in memory.</summary>
    public const double MostGifMegapixels = 120;

    /// <summary>The most frames a second of a GIF, which counts hundredths of a second and shows none for less than two.</summary>
    public const double MostGifRate = 50;

    private const double TextPoints = 10;

    /// <summary>Where a movie of slices begins, µm along the axis.</summary>
    public double FromUm { get; init; }

    /// <summary>Where a movie of slices ends, µm along the axis.</summary>
    public double ToUm { get; init; }

    /// <summary>The axis of a movie of slices: z, y or x.</summary>
    public Pane Along { get; init; } = Pane.Z;

    /// <summary>Number of frames.</summary>
    public int Frames => (int)Math.Round(FramesPerSecond * Seconds);

    /// <summary>Checks what can be checked without a dataset.</summary>
    /// <exception cref="OutOfRangeException">A number is out of its range; the message says the remedy.</exception>
    public MovieSettings Checked()
    {
        Side.Check(Width);
        Side.Check(Height);
        Rate.Check(FramesPerSecond);
        Duration.Check(Seconds);
        Ranges.PictureSide.Of("The screen's width").Check(Screen.Width);
        Ranges.PictureSide.Of("The screen's height").Check(Screen.Height);
        Ranges.Um.Of("from").Check(FromUm);
        Ranges.Um.Of("to").Check(ToUm);
        if (Note.Length > FigureSettings.MostNote)
        {
            throw new OutOfRangeException($"The note has at most {FigureSettings.MostNote} characters.");
        }

        if (Format != MovieFormat.Gif && (Width % 2 != 0 || Height % 2 != 0))
        {
            throw new OutOfRangeException($"{Width} × {Height} pixels have an odd side; WebM and MP4 need even ones.");
        }

        if (Frames is < 2 or > MostFrames)
        {
            throw new OutOfRangeException(
                $"The movie would have {Frames} frames; choose frames a second and seconds so that there are 2 to {MostFrames}.");
        }

        if (Format == MovieFormat.Gif && FramesPerSecond > MostGifRate)
        {
            throw new OutOfRangeException($"A GIF shows at most {MostGifRate:0} frames a second; choose fewer, or WebM.");
        }

        if (Kind == MovieKind.Turntable && !Panes.Contains(Pane.Volume))
        {
            throw new OutOfRangeException("A turntable turns the 3D picture; choose 3D or all panes.");
        }

        if (Kind == MovieKind.Slices && (Along == Pane.Volume || !Panes.Contains(Along)))
        {
            throw new OutOfRangeException("A movie of slices shows the slice that moves; choose the pane of its axis, or all panes.");
        }

        return this;
    }

    /// <summary>Checks how much is to be drawn, where some frames may be alike.</summary>
    /// <exception cref="OutOfRangeException">It is too much.</exception>
    public void CheckMegapixels(int different)
    {
        var (megapixels, most) = (1e-6 * Width * Height * different, Format == MovieFormat.Gif ? MostGifMegapixels : MostMegapixels);
        if (megapixels > most)
        {
            throw new OutOfRangeException(
                $"The movie's {different} different frames have {megapixels:0} million pixels; at most {most:0} are made. "
                + $"Choose a smaller picture, fewer frames a second or fewer seconds{(Format == MovieFormat.Gif ? ", or WebM" : "")}.");
        }
    }

    /// <summary>The frames as figures: white on black, and larger text on larger frames.</summary>
    public FigureSettings ToFigure() => new(
        Panes, FigureSize.OfFrame(Screen, Height, TextPoints), Parts, IsDark: true, Note);
}
