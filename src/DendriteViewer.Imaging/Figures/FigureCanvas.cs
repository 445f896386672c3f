using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>A place in a figure, in units of 1/96 inch (a CSS pixel), to the right and down from its upper left corner.</summary>
internal readonly record struct FigurePoint(double X, double Y);

/// <summary>A rectangle of a figure, in units.</summary>
public readonly record struct FigureBox(double X, double Y, double Width, double Height)
{
    /// <summary>Its right edge.</summary>
    public double Right => X + Width;

    /// <summary>Its lower edge.</summary>
    public double Bottom => Y + Height;

    /// <summary>Whether two rectangles share some area.</summary>
    public bool Meets(FigureBox o) => X < o.Right && o.X < Right && Y < o.Bottom && o.Y < Bottom;
}

/// <summary>A colour, 0xRRGGBB, and how much it covers, 0 to 1.</summary>
internal readonly record struct Ink(int Color, double Opacity = 1);

/// <summary>How a line is drawn; width in units.</summary>
internal readonly record struct Stroke(Ink Ink, double Width, bool IsDashed = false)
{
    /// <summary>Length of a dash and of the gap behind it, in units.</summary>
    public const double Dash = 4;
}

/// <summary>Which part of a text lies at its place.</summary>
internal enum TextAnchor
{
    /// <summary>Its left end.</summary>
    Start,

    /// <summary>Its middle.</summary>
    Middle,

    /// <summary>Its right end.</summary>
    End,
}

/// <summary>How text is drawn; a halo is a border around each letter.</summary>
internal readonly record struct TextStyle(double Size, Ink Ink, TextAnchor Anchor = TextAnchor.Start, Ink? Halo = null)
{
    /// <summary>Width of the halo's line, half of which lies outside of the letters.</summary>
    public double HaloWidth => 0.25 * Size;
}

/// <summary>What figures are drawn on: pixels, PDF or SVG. All lengths are in units of 1/96 inch.</summary>
internal abstract class FigureCanvas
{
    /// <summary>Draws a line through points, or the area within them.</summary>
    public abstract void Path(IReadOnlyList<FigurePoint> points, bool isClosed, Stroke? stroke, Ink? fill = null);

    /// <summary>Draws a circle's line.</summary>
    public abstract void Circle(FigurePoint center, double radius, Stroke stroke);

    /// <summary>Draws one line of text; its baseline passes through the place.</summary>
    public abstract void Text(string text, FigurePoint at, TextStyle style);

    /// <summary>Draws a picture into a rectangle.</summary>
    public abstract void Picture(RenderedImage image, FigureBox box);

    /// <summary>Draws nothing outside of a rectangle until what is returned is disposed.</summary>
    public abstract IDisposable Clip(FigureBox box);

    /// <summary>Fills a rectangle.</summary>
    public void Fill(FigureBox b, Ink ink) =>
        Path([new(b.X, b.Y), new(b.Right, b.Y), new(b.Right, b.Bottom), new(b.X, b.Bottom)], true, null, ink);

    /// <summary>Draws a line that is seen on dark and on bright: the colour over a wider dark line.</summary>
    public void TwoTone(IReadOnlyList<FigurePoint> points, bool isClosed, int color, double width, bool isDashed = false)
    {
        Path(points, isClosed, new Stroke(new Ink(0, 0.75), width + 2));
        Path(points, isClosed, new Stroke(new Ink(color), width, isDashed));
    }

    /// <summary>Draws a circle that is seen on dark and on bright.</summary>
    public void TwoTone(FigurePoint center, double radius, int color, double width, bool isDashed = false)
    {
        Circle(center, radius, new Stroke(new Ink(0, 0.75), width + 2));
        Circle(center, radius, new Stroke(new Ink(color), width, isDashed));
    }
}
