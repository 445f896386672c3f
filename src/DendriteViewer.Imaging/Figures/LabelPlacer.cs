namespace DendriteViewer.Imaging.Figures;

/// <summary>Finds places for the labels of one picture: inside of it, and where it can, off the labels before.</summary>
internal sealed class LabelPlacer(FigureCanvas canvas, FigureBox pane, double size)
{
    // Beyond so many labels one that has no free place is left out: it could not be read, nor could those below it, and the time to place
    // all of them would grow with the square of their number.
    private const int MostCrowded = 200;
    private const double Margin = 3;
    private static readonly Ink s_halo = new(0, 0.85);
    private readonly List<FigureBox> _taken = [];

    /// <summary>How many labels had no free place and were left out.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Draws a label at a fixed place, which later ones avoid.</summary>
    public void Fixed(string text, FigurePoint at, TextAnchor anchor, int color = 0xFFFFFF, double larger = 1)
    {
        _taken.Add(BoxOf(text, at, anchor, size * larger));
        canvas.Text(text, at, new TextStyle(size * larger, new Ink(color), anchor, s_halo));
    }

    /// <summary>Draws a label beside a mark: to the right, the left, above or below, where it covers least.</summary>
    public void Beside(string text, FigurePoint mark, double radius, int color)
    {
        if (text.Length == 0)
        {
            return;
        }

        var (gap, middle) = (radius + 0.35 * size, 0.35 * size);
        (FigurePoint At, TextAnchor Anchor)[] places =
        [
            (new(mark.X + gap, mark.Y + middle), TextAnchor.Start), (new(mark.X - gap, mark.Y + middle), TextAnchor.End),
            (new(mark.X, mark.Y - gap), TextAnchor.Middle), (new(mark.X, mark.Y + gap + 2 * middle), TextAnchor.Middle),
        ];
        var ((at, anchor), covered) = places.Select(p => (p, CoveredBy(BoxOf(text, p.At, p.Anchor, size)))).MinBy(p => p.Item2);
        if (covered > 0 && _taken.Count >= MostCrowded)
        {
            LeftOut++;
            return;
        }

        Fixed(text, at, anchor, color);
    }

    private double CoveredBy(FigureBox box)
    {
        var outside = Math.Max(0, pane.X - box.X) + Math.Max(0, box.Right - pane.Right)
            + Math.Max(0, pane.Y - box.Y) + Math.Max(0, box.Bottom - pane.Bottom);
        return 1000 * outside + _taken.Count(t => t.Meets(box));
    }

    private static FigureBox BoxOf(string text, FigurePoint at, TextAnchor anchor, double size)
    {
        var width = FigureFont.Measure(text, size);
        var left = at.X - width * anchor switch { TextAnchor.Middle => 0.5, TextAnchor.End => 1, _ => 0 };
        return new FigureBox(left - Margin, at.Y - 0.8 * size - Margin, width + 2 * Margin, size + 2 * Margin);
    }
}
