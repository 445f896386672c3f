using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>A strip of the colours of values, with numbers.</summary>
/// <param name="Title">What the values are.</param>
/// <param name="Low">The value at its lower end.</param>
/// <param name="High">The value at its upper end.</param>
/// <param name="ColorAt">Colour of a value, 0xRRGGBB.</param>
internal sealed record ColorBar(string Title, double Low, double High, Func<double, int> ColorAt)
{
    private const int Steps = 256;
    private const double Thickness = 12;
    private const double TickLength = 4;
    private const double Gap = 10;
    private const int MostNumbers = 6;

    /// <summary>The bars that a figure needs: one of its slices, one of its 3D picture where that shows values by colour.</summary>
    public static IReadOnlyList<ColorBar> Of(FigureScene scene, IReadOnlyList<Pane> panes)
    {
        var bars = new List<ColorBar>();
        var view = scene.View;
        if (panes.Any(p => p != Pane.Volume))
        {
            // The colours of differences stand for half of the window's width up and down, as SliceRenderer draws them.
            var reach = Math.Abs(view.WindowHigh - view.WindowLow) / 2;
            var (map, low, high, title) = scene.Subtracted is null
                ? (ColorMap.Find(view.ColorMap), view.WindowLow, view.WindowHigh, "grey value")
                : (ColorMap.Difference, -reach, reach, "difference");
            bars.Add(new ColorBar(title, low, high, v =>
            {
                var c = map.Colors[(int)Math.Round(255 * Math.Clamp((v - low) / (high - low), 0, 1))];
                return c.R << 16 | c.G << 8 | c.B;
            }));
        }

        var points = view.Transfer.Points;
        if (panes.Contains(Pane.Volume) && view.Mode != VolumeMode.Isosurface && points[^1].Value > points[0].Value)
        {
            // As dense as the densest value is: what is clear is black, as it is before nothing. The largest, smallest or mean value of a
            // ray has the transfer function's colour whatever its opacity.
            var densest = Math.Max(points.Max(p => p.Opacity), 1e-6);
            bars.Add(new ColorBar("grey value, 3D", points[0].Value, points[^1].Value, v =>
            {
                var (r, g, b, opacity) = view.Transfer.At(v);
                var share = view.Mode == VolumeMode.Composite ? Math.Sqrt(opacity / densest) : 1;
                return (int)(r * share) << 16 | (int)(g * share) << 8 | (int)(b * share);
            }));
        }

        return bars;
    }

    /// <summary>Its width with its numbers.</summary>
    public double WidthAt(double textSize) =>
        Gap + Math.Max(FigureFont.Measure(Title, textSize),
            Thickness + TickLength + 3 + Enumerable.Range(1, MostNumbers).SelectMany(Numbers)
            .Max(t => FigureFont.Measure(t.Text, textSize)));

    /// <summary>Draws it into a box that is as wide as <see cref="WidthAt"/> says.</summary>
    public void Draw(FigureCanvas canvas, FigureBox box, double textSize, int ink)
    {
        var (left, top, height) = (box.X + Gap, box.Y + 1.6 * textSize, box.Height - 2.2 * textSize);
        var text = new TextStyle(textSize, new Ink(ink));
        canvas.Text(Title, new FigurePoint(left, box.Y + 0.9 * textSize), text);
        for (var i = 0; i < Steps; i++)
        {
            // Each step reaches a little under the next, so that no seam is seen between them.
            var value = Low + (i + 0.5) / Steps * (High - Low);
            var upper = top + height * (Steps - 1 - i) / Steps;
            canvas.Fill(new FigureBox(left, upper, Thickness, Math.Min(height / Steps + 0.5, top + height - upper)),
                new Ink(ColorAt(value)));
        }

        canvas.Path([new(left, top), new(left + Thickness, top), new(left + Thickness, top + height), new(left, top + height)], true,
            new Stroke(new Ink(ink), 0.75));
        foreach (var (value, number) in Numbers(Math.Clamp((int)(height / (2.2 * textSize)), 1, MostNumbers)))
        {
            var y = top + height * (1 - (value - Low) / (High - Low));
            canvas.Path([new(left + Thickness, y), new(left + Thickness + TickLength, y)], false, new Stroke(new Ink(ink), 0.75));
            canvas.Text(number, new FigurePoint(left + Thickness + TickLength + 3, y + 0.35 * textSize), text);
        }
    }

    private IEnumerable<(double Value, string Text)> Numbers(int count)
    {
        var ticks = Ticks.Between(Low, High, count);
        var step = ticks.Count > 1 ? ticks[1] - ticks[0] : High - Low;
        return (ticks.Count > 0 ? ticks : [Low]).Select(t => (t, Ticks.Number(t, step)));
    }
}
