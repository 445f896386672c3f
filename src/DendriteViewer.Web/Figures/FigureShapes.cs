using System.Globalization;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Figures;

/// <summary>Annotations as figures draw them, in the shapes and colours of the viewer (wwwroot/viewer/shapes.js, measuredraw.js).</summary>
internal static class FigureShapes
{
    private const int RingSteps = 64, MostText = 60, White = 0xFFFFFF, Line = 0xFFE97A, Area = 0x9BE37F, Body = 0xFF9AD5;

    /// <summary>The shape of an annotation.</summary>
    /// <param name="m">The annotation.</param>
    /// <param name="labels">The dataset's labels by their ids.</param>
    public static FigureShape Of(Measurement m, IReadOnlyDictionary<string, FigureLabel> labels)
    {
        var points = m.PointsUm.Select(MeasurementRules.PointOf).ToArray();
        var frame = m.Right is null ? RegionFrame.Straight(points[0]) : MeasurementRules.FrameOf(m, points[0]);
        var (u, v, w) = frame.ToFrame(points[^1]);
        var radius = (points[^1] - points[0]).Length;
        FigureLabel[] carried = [.. m.Labels.Select(labels.GetValueOrDefault).OfType<FigureLabel>()];
        FigureLine[] lines = m.Kind switch
        {
            MeasurementKind.Circle => [Ring(frame, frame.Right, frame.Down, radius)],
            MeasurementKind.Sphere =>
                [Ring(frame, frame.Right, frame.Down, radius), Ring(frame, frame.Right, frame.Normal, radius),
                    Ring(frame, frame.Down, frame.Normal, radius)],
            MeasurementKind.Rectangle => [Rectangle(0)],
            MeasurementKind.Box =>
                [Rectangle(0), Rectangle(w), .. Corners(0).Zip(Corners(w)).Select(c => new FigureLine([c.First, c.Second], false))],
            _ => [new FigureLine(points, m.Kind == MeasurementKind.Polygon)],
        };
        return new FigureShape(lines, TextOf(m), ColorOf(m, carried))
        {
            Modality = m.Modality, Hours = m.Hours, Labels = carried, IsSolid = m.Kind == MeasurementKind.Box,
            Ball = m.Kind == MeasurementKind.Sphere ? (points[0], radius) : null,
        };

        WorldPoint[] Corners(double depth) =>
            [frame.ToWorld(0, 0, depth), frame.ToWorld(u, 0, depth), frame.ToWorld(u, v, depth), frame.ToWorld(0, v, depth)];

        FigureLine Rectangle(double depth) => new(Corners(depth), true);
    }

    /// <summary>A colour as 0xRRGGBB; white where it cannot be read.</summary>
    public static int ColorOf(string color) =>
        int.TryParse(color.AsSpan().TrimStart('#'), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var rgb) ? rgb : White;

    private static int ColorOf(Measurement m, FigureLabel[] carried) =>
        m.Color.Length > 0 ? ColorOf(m.Color) : carried.Length > 0 ? carried[0].Color : m.Kind switch
        {
            MeasurementKind.Point or MeasurementKind.Note => White,
            MeasurementKind.Circle or MeasurementKind.Rectangle or MeasurementKind.Polygon => Area,
            MeasurementKind.Sphere or MeasurementKind.Box => Body,
            _ => Line,
        };

    // The name and the first number, as on the viewer's plates; of a note the beginning of its text.
    private static string TextOf(Measurement m)
    {
        if (m.Kind == MeasurementKind.Note)
        {
            var line = m.Note.Trim().Split('\n')[0];
            return line.Length > MostText ? line[..MostText] + "…" : line;
        }

        var number = MeasurementText.Short(m).Split(" · ")[0];
        return number.Length > 0 ? $"{m.Label} · {number}" : m.Label;
    }

    private static FigureLine Ring(RegionFrame frame, WorldVector a, WorldVector b, double radius) => new(
        [.. Enumerable.Range(0, RingSteps).Select(i => 2 * Math.PI * i / RingSteps)
            .Select(t => frame.Origin + radius * Math.Cos(t) * a + radius * Math.Sin(t) * b)], true);
}
