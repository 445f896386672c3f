using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>What is common to what is drawn over slices and over the 3D picture.</summary>
internal abstract class PaneOverlay(FigureScene scene, FigureSettings settings, PanePlan plan, FigureCanvas canvas)
{
    /// <summary>Violet, as the band is everywhere.</summary>
    protected const int BandColor = 0xB49CFF;

    private const int White = 0xFFFFFF;
    private const double Inset = 8;
    private const int MostDots = 4;

    /// <summary>Size of the text, units.</summary>
    protected double TextSize => settings.Size.TextUnits;

    /// <summary>What is shown.</summary>
    protected FigureScene Scene => scene;

    /// <summary>Which picture it is.</summary>
    protected PanePlan Plan => plan;

    /// <summary>Where the picture is.</summary>
    protected FigureBox Box => plan.Box;

    /// <summary>What is drawn on.</summary>
    protected FigureCanvas Canvas => canvas;

    /// <summary>Places of labels.</summary>
    protected LabelPlacer Labels { get; } = new(canvas, plan.Box, settings.Size.TextUnits);

    /// <summary>Whether a part was asked for.</summary>
    protected bool Has(FigureParts part) => settings.Parts.HasFlag(part);

    /// <summary>Draws everything over a pane's picture.</summary>
    public static void Draw(FigureScene scene, FigureSettings settings, PanePlan plan, FigureCanvas canvas)
    {
        using var clip = canvas.Clip(plan.Box);
        PaneOverlay overlay = plan.Pane == Pane.Volume
            ? new VolumeOverlay(scene, settings, plan, canvas) : new SliceOverlay(scene, settings, plan, canvas);
        overlay.Draw();
        overlay.DrawLeftOut();
    }

    /// <summary>Draws it.</summary>
    protected abstract void Draw();

    /// <summary>Draws a bar of a round length at the lower left.</summary>
    protected void DrawScaleBar(double umPerUnit, string note)
    {
        var value = Ticks.RoundBelow(Math.Clamp(Box.Width * 0.3, 24, 160) * umPerUnit);
        var (x, y, width) = (Box.X + Inset, Box.Bottom - Inset, value / umPerUnit);
        var height = Math.Max(2, TextSize / 4);
        Canvas.Fill(new FigureBox(x - 1, y - height - 1, width + 2, height + 2), new Ink(0, 0.75));
        Canvas.Fill(new FigureBox(x, y - height, width, height), new Ink(White));
        Labels.Fixed(Ticks.Length(value) + note, new FigurePoint(x, y - height - 0.4 * TextSize), TextAnchor.Start);
    }

    /// <summary>Draws the directions of axes at the upper right.</summary>
    protected void DrawAxes(FigurePoint origin, IEnumerable<(double X, double Y, string Name)> axes)
    {
        var length = 1.8 * TextSize;
        foreach (var (x, y, name) in axes)
        {
            Canvas.TwoTone([origin, new(origin.X + length * x, origin.Y + length * y)], false, White, 1.25);
            if (Math.Sqrt(x * x + y * y) > 0.25)
            {
                var beyond = length + 0.85 * TextSize;
                Labels.Fixed(name, new FigurePoint(origin.X + beyond * x, origin.Y + beyond * y + 0.35 * TextSize), TextAnchor.Middle);
            }
        }
    }

    /// <summary>Draws a line of text at the upper left, the first line being 0.</summary>
    protected void DrawTitle(string text, int line, int color = White) =>
        Labels.Fixed(text, new FigurePoint(Box.X + Inset, Box.Y + Inset + TextSize * (0.75 + 1.4 * line)), TextAnchor.Start, color);

    /// <summary>Draws the time where the figure asks for it: half as large again, at the lower right.</summary>
    protected void DrawTime()
    {
        if (plan.HasTime)
        {
            Labels.Fixed(
                Ticks.Hours(scene.Volume.Key.Hours), new FigurePoint(Box.Right - Inset, Box.Bottom - Inset), TextAnchor.End, White,
                    larger: 1.5);
        }
    }

    // Says at the lower right how many names are missing where sites are dense; their marks are all drawn.
    private void DrawLeftOut()
    {
        if (Labels.LeftOut > 0)
        {
            var at = new FigurePoint(Box.Right - Inset, Box.Bottom - Inset - (plan.HasTime ? 2.2 * TextSize : 0));
            Labels.Fixed($"{Labels.LeftOut} names left out", at, TextAnchor.End);
        }
    }

    /// <summary>Draws a site; one that was marked later than the view is dashed.</summary>
    protected void DrawMark(FigureMark mark, FigurePoint at, double radius)
    {
        var isLater = mark.Hours > scene.View.Hours + 1e-9;
        Canvas.TwoTone(at, radius, mark.Color, 1.75, isLater);
        DrawDots(mark.Labels, at, radius);
        Labels.Beside(mark.Label, at, radius, mark.Color);
    }

    /// <summary>Draws the way of a site through time, dashed where it is still to come.</summary>
    /// <param name="mark">The site.</param>
    /// <param name="toFigure">From a place to the figure; null where it is behind the camera.</param>
    protected void DrawTrail(FigureMark mark, Func<WorldPoint, FigurePoint?> toFigure)
    {
        FigurePoint? last = null;
        foreach (var (hours, place) in mark.Track.Count == 0 ? [] : mark.Places)
        {
            if (toFigure(place) is not { } at)
            {
                last = null;
                continue;
            }

            if (last is { } from)
            {
                Canvas.TwoTone([from, at], false, White, 1.25, hours > scene.View.Hours + 1e-9);
            }

            if (Math.Abs(hours - scene.View.Hours) > 1e-6)
            {
                DrawDot(at, 2.5, hours < scene.View.Hours ? White : 0);
            }

            last = at;
        }
    }

    /// <summary>Draws lines of an annotation, and its text beside them.</summary>
    protected void DrawShape(FigureShape shape, IReadOnlyList<(IReadOnlyList<FigurePoint> Points, bool IsClosed)> lines)
    {
        foreach (var (points, isClosed) in lines)
        {
            if (points.Count == 1)
            {
                Canvas.TwoTone(points[0], 5, shape.Color, 1.75);
                DrawDot(points[0], 1.75, shape.Color);
            }
            else
            {
                Canvas.TwoTone(points, isClosed, shape.Color, 1.75);
            }
        }

        // Beside what is closed, and beside the rightmost point of what is not.
        var all = lines.SelectMany(l => l.Points).ToArray();
        if (!lines.Any(l => l.IsClosed))
        {
            Labels.Beside(shape.Text, all.MaxBy(p => p.X), 6, White);
            return;
        }

        var (left, right, top, bottom) = (all.Min(p => p.X), all.Max(p => p.X), all.Min(p => p.Y), all.Max(p => p.Y));
        var middle = new FigurePoint((left + right) / 2, (top + bottom) / 2);
        Labels.Beside(shape.Text, middle, Math.Max(right - left, bottom - top) / 2 + 3, White);
    }

    // The colours of labels, in a row below a mark.
    private void DrawDots(IReadOnlyList<FigureLabel> labels, FigurePoint at, double radius)
    {
        var count = Math.Min(labels.Count, MostDots);
        for (var i = 0; i < count; i++)
        {
            DrawDot(new FigurePoint(at.X + 9 * (i - (count - 1) / 2.0), at.Y + radius + 7), 3.5, labels[i].Color);
        }
    }

    // A disc is a circle whose line is as wide as its diameter.
    private void DrawDot(FigurePoint at, double radius, int color)
    {
        Canvas.Circle(at, (radius + 1) / 2, new Stroke(new Ink(0), radius + 1));
        Canvas.Circle(at, radius / 2, new Stroke(new Ink(color), radius));
    }
}
