using DendriteViewer.Imaging.Figures;
using DendriteViewer.Web.Figures;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Tests.Figures;

/// <summary>Annotations as figures draw them.</summary>
public sealed class FigureShapesTests
{
    private static readonly Dictionary<string, FigureLabel> s_labels = new() { ["crack"] = new FigureLabel(0x77AADD, "Crack") };

    [Theory]
    [InlineData(MeasurementKind.Ruler, 1, 2, 0xFFE97A)]
    [InlineData(MeasurementKind.Circle, 1, 64, 0x9BE37F)]
    [InlineData(MeasurementKind.Rectangle, 1, 4, 0x9BE37F)]
    [InlineData(MeasurementKind.Sphere, 3, 192, 0xFF9AD5)]
    [InlineData(MeasurementKind.Box, 6, 16, 0xFF9AD5)]
    [InlineData(MeasurementKind.Note, 1, 2, 0xFFFFFF)]
    public void Shape_OfEachKind_HasItsLinesAndTheColourOfItsKind(MeasurementKind kind, int lines, int points, int color)
    {
        var shape = FigureShapes.Of(Drawn(kind), s_labels);
        Assert.Equal((lines, points, color), (shape.Lines.Count, shape.Lines.Sum(l => l.Points.Count), shape.Color));
        Assert.Equal((kind == MeasurementKind.Sphere, kind == MeasurementKind.Box), (shape.Ball is not null, shape.IsSolid));
        Assert.Equal(kind == MeasurementKind.Note ? "A crack" : "M", shape.Text);
    }

    [Fact]
    public void Colour_OfALabel_GivesWayToOneThatSomebodyChose()
    {
        var labelled = Drawn(MeasurementKind.Ruler) with { Labels = new(["gone", "crack"]) };
        Assert.Equal((0x77AADD, "Crack"), (FigureShapes.Of(labelled, s_labels).Color, FigureShapes.Of(labelled, s_labels).Labels[0].Name));
        Assert.Equal(0x123456, FigureShapes.Of(labelled with { Color = "#123456" }, s_labels).Color);
    }

    private static Measurement Drawn(MeasurementKind kind) => new()
    {
        Kind = kind, PointsUm = [[10, 10, 10], [kind is MeasurementKind.Box or MeasurementKind.Sphere ? 20 : 10, 20, 30]], Label = "M",
        Note = "A crack\nmore", Right = [0, 0, 1], Down = [0, 1, 0],
    };
}
