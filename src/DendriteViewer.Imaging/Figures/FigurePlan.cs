using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>Where one picture of a figure is, and what it shows.</summary>
/// <param name="Pane">Which picture.</param>
/// <param name="Box">Its place, on whole pixels.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="UmPerUnit">Scale of a slice, µm a unit.</param>
/// <param name="HasTime">Whether the time is written into it.</param>
internal sealed record PanePlan(Pane Pane, FigureBox Box, int Width, int Height, double UmPerUnit, bool HasTime);

/// <summary>
/// Where everything of a figure is: pictures at the upper left, colour bars to their right, legend and caption below. Lengths are in units
/// of 1/96 inch; pictures begin and end on whole pixels of the figure, so that none is resampled.
/// </summary>
internal sealed record FigurePlan(
    double Width, double Height, double Scale, IReadOnlyList<PanePlan> Panes, IReadOnlyList<(ColorBar Bar, FigureBox Box)> Bars,
    IReadOnlyList<(int Color, string Text, FigurePoint At)> Legend, IReadOnlyList<(string Text, FigurePoint At)> Lines)
{
    /// <summary>Pixels of a figure at most: of all its pictures, and of the whole with what stands beside and below them.</summary>
    public const double MostPixels = 33e6;

    private const double Gap = 4;
    private const double LineHeight = 1.35;

    /// <summary>Pixels across.</summary>
    public int WidthPixels => (int)Math.Round(Width * Scale);

    /// <summary>Pixels down.</summary>
    public int HeightPixels => (int)Math.Round(Height * Scale);

    /// <summary>Lays out a figure around pictures of the screen's size, or of a width on paper.</summary>
    /// <exception cref="OutOfRangeException">There would be too many pixels, or none for a picture.</exception>
    public static FigurePlan Of(FigureScene scene, FigureSettings settings)
    {
        var bars = settings.Parts.HasFlag(FigureParts.Colour) ? ColorBar.Of(scene, settings.Panes) : [];
        var (size, barWidth) = (settings.Size, BarWidthOf(bars, settings));
        var width = size.WidthUnits is { } given ? given - barWidth : size.Screen.Width;
        return Of(scene, settings, bars, barWidth, width, width * size.Screen.Height / size.Screen.Width);
    }

    /// <summary>Lays out a figure of a given size in pixels, as a film's frame is: what surrounds the pictures is taken from it.</summary>
    /// <param name="scene">What it shows.</param>
    /// <param name="settings">What is drawn with it.</param>
    /// <param name="widthPixels">Pixels across.</param>
    /// <param name="heightPixels">Pixels down.</param>
    /// <param name="below">Height that is left for legend and caption, units.</param>
    /// <exception cref="OutOfRangeException">Nothing would be left for the pictures.</exception>
    public static FigurePlan OfFrame(FigureScene scene, FigureSettings settings, int widthPixels, int heightPixels, double below)
    {
        var scale = settings.Size.Scale;
        var bars = settings.Parts.HasFlag(FigureParts.Colour) ? ColorBar.Of(scene, settings.Panes) : [];
        var barWidth = BarWidthOf(bars, settings);
        var plan = Of(scene, settings, bars, barWidth, widthPixels / scale - barWidth, heightPixels / scale - below);
        return plan with { Width = widthPixels / scale, Height = heightPixels / scale };
    }

    /// <summary>Height of what stands below the pictures of a figure that is so many pixels wide, units.</summary>
    public static double BelowOf(FigureScene scene, FigureSettings settings, int widthPixels) =>
        Below(scene, settings, widthPixels / settings.Size.Scale, 0).Height;

    private static double BarWidthOf(IReadOnlyList<ColorBar> bars, FigureSettings settings) =>
        bars.Count == 0 ? 0 : bars.Max(b => b.WidthAt(settings.Size.TextUnits)) + 2 * Gap;

    private static FigurePlan Of(
        FigureScene scene, FigureSettings settings, IReadOnlyList<ColorBar> bars, double barWidth, double areaWidth, double areaHeight)
    {
        var scale = settings.Size.Scale;
        var columns = settings.Panes.Count > 1 ? 2 : 1;
        var rows = (settings.Panes.Count + columns - 1) / columns;
        var gap = Math.Round(Gap * scale);
        var (w, h) = (PixelsOf(areaWidth, columns), PixelsOf(areaHeight, rows));
        if (w < Ranges.PictureSide.Least || h < Ranges.PictureSide.Least)
        {
            throw new OutOfRangeException(
                "The figure is too small for its pictures beside what else is asked for; make it larger, or leave parts out.");
        }

        CheckPixels((double)w * h * settings.Panes.Count);

        // The field of view is the screen's: a pane there has as many µm as here.
        var (paneWidth, paneHeight) = (w / scale, h / scale);
        var shown = scene.View.UmPerPixel * (settings.Size.Screen.Width - (columns - 1) * Gap) / columns / paneWidth;
        var panes = settings.Panes.Select((pane, i) => new PanePlan(
            pane, new FigureBox(i % columns * (w + gap) / scale, i / columns * (h + gap) / scale, paneWidth, paneHeight), w, h,
            pane == Pane.Volume ? 0 : scene.View.UmPerPixel > 0 ? shown
                : ViewStates.FitUmPerPixel(scene.Volume, pane, w, h) * scale,
            i == 0 && settings.Parts.HasFlag(FigureParts.Time))).ToArray();
        var (right, bottom) = (panes.Max(p => p.Box.Right), panes.Max(p => p.Box.Bottom));
        var total = settings.Size.WidthUnits ?? right + barWidth;
        var share = bottom / Math.Max(1, bars.Count);
        var below = Below(scene, settings, total, bottom);
        CheckPixels(total * scale * (bottom + below.Height) * scale);
        return new FigurePlan(
            total, bottom + below.Height, scale, panes, [.. bars.Select((b, i) => (b, new FigureBox(right, i * share, barWidth, share)))],
            below.Legend, below.Lines);

        int PixelsOf(double units, int count) => (int)Math.Round((units * scale - (count - 1) * gap) / count);
    }

    private static void CheckPixels(double pixels)
    {
        if (pixels > MostPixels)
        {
            throw new OutOfRangeException($"The figure would have {pixels / 1e6:0.#} million pixels; at most {MostPixels / 1e6:0} are "
                + "made. Ask for fewer mm or dpi, or a smaller scale.");
        }
    }

    private static (double Height, IReadOnlyList<(int, string, FigurePoint)> Legend, IReadOnlyList<(string, FigurePoint)> Lines) Below(
        FigureScene scene, FigureSettings settings, double width, double top)
    {
        var size = settings.Size.TextUnits;
        var legend = new List<(int, string, FigurePoint)>();
        var lines = new List<(string, FigurePoint)>();
        var (x, y) = (0.5 * size, top);
        if (settings.Parts.HasFlag(FigureParts.Legend) && FigureLegend.Of(scene, settings) is { Count: > 0 } entries)
        {
            y += LineHeight * size;
            foreach (var (color, text) in entries)
            {
                var needed = 1.4 * size + FigureFont.Measure(text, size) + 1.2 * size;
                if (x > size && x + needed > width)
                {
                    (x, y) = (0.5 * size, y + LineHeight * size);
                }

                legend.Add((color, text, new FigurePoint(x, y)));
                x += needed;
            }
        }

        var caption = settings.Parts.HasFlag(FigureParts.Caption)
            ? FigureFont.Wrap(Caption.Of(scene, settings.Panes), size, width - size) : [];
        foreach (var line in caption.Concat(FigureFont.Wrap(settings.Note, size, width - size)))
        {
            y += LineHeight * size;
            lines.Add((line, new FigurePoint(0.5 * size, y)));
        }

        return (y > top ? y - top + 0.5 * size : 0, legend, lines);
    }
}
