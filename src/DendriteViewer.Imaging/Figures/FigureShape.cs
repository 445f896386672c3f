using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Figures;

/// <summary>A line of an annotation.</summary>
/// <param name="Points">Its points; one alone is a place.</param>
/// <param name="IsClosed">Whether it ends where it began.</param>
public sealed record FigureLine(IReadOnlyList<WorldPoint> Points, bool IsClosed);

/// <summary>
/// An annotation as a figure of its scan shows it: lines in 3D, and in slices what lies in them. Of a body a slice shows what it cuts.
/// </summary>
/// <param name="Lines">Its lines; of a box its edges.</param>
/// <param name="Text">What stands beside it.</param>
/// <param name="Color">Its colour, 0xRRGGBB.</param>
public sealed record FigureShape(IReadOnlyList<FigureLine> Lines, string Text, int Color)
{
    /// <summary>Modality of the scan that it is of.</summary>
    public required string Modality { get; init; }

    /// <summary>Hours of that scan.</summary>
    public required double Hours { get; init; }

    /// <summary>Whether the lines are the edges of a convex body.</summary>
    public bool IsSolid { get; init; }

    /// <summary>The ball that it is; null of what is none.</summary>
    public (WorldPoint Middle, double RadiusUm)? Ball { get; init; }

    /// <summary>The labels that it carries; its colour is that of the first, where nobody chose another.</summary>
    public IReadOnlyList<FigureLabel> Labels { get; init; } = [];

    /// <summary>All that is drawn of it, by which pictures that are kept are told apart.</summary>
    public override string ToString() =>
        $"{Text} {Color} {Modality} {Hours:R} {Ball} {string.Join(',', Labels)} "
        + string.Join(';', Lines.Select(l => $"{l.IsClosed} {string.Join(' ', l.Points)}"));

    /// <summary>What a slice cuts of a body: the corners, around their middle; empty where it misses it.</summary>
    /// <param name="toFigure">From a place to the figure, and its distance from the slice, signed.</param>
    internal IReadOnlyList<FigurePoint> Cut(Func<WorldPoint, (FigurePoint At, double OffUm)> toFigure)
    {
        var cuts = new List<FigurePoint>();
        foreach (var line in Lines)
        {
            for (var i = line.IsClosed ? 0 : 1; i < line.Points.Count; i++)
            {
                var (from, to) = (toFigure(line.Points[i == 0 ? line.Points.Count - 1 : i - 1]), toFigure(line.Points[i]));
                if (from.OffUm <= 0 != to.OffUm <= 0)
                {
                    var share = from.OffUm / (from.OffUm - to.OffUm);
                    cuts.Add(new(from.At.X + share * (to.At.X - from.At.X), from.At.Y + share * (to.At.Y - from.At.Y)));
                }
            }
        }

        if (cuts.Count < 3)
        {
            return [];
        }

        var (x, y) = (cuts.Average(c => c.X), cuts.Average(c => c.Y));
        return [.. cuts.OrderBy(c => Math.Atan2(c.Y - y, c.X - x))];
    }
}
