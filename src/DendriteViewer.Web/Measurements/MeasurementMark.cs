using System.Text.Json;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Measurements;

/// <summary>A measurement as a browser draws it: its shape and the numbers on its plate, without profiles and histograms.</summary>
public sealed record MeasurementMark(
    string Id, int Version, MeasurementKind Kind, double[][] PointsUm, double[]? Right, double[]? Down, double ThicknessUm, double WidthUm,
    double Hours, string Modality, string Label, string Color, string Text, string Note,
    ValueList<string> Labels, FieldValues Fields, bool IsSaved)
{
    /// <summary>The mark of a measurement.</summary>
    /// <param name="m">The measurement.</param>
    /// <param name="isSaved">Whether it is kept beyond the page.</param>
    public static MeasurementMark Of(Measurement m, bool isSaved) => new(
        m.Id, m.Version, m.Kind, m.PointsUm, m.Right, m.Down, m.ThicknessUm, m.WidthUm, m.Hours, m.Modality, m.Label, m.Color,
        MeasurementText.Short(m), m.Note, m.Labels, m.Fields, isSaved);

    /// <summary>The marks of what is saved, JSON.</summary>
    public static string JsonOf(IEnumerable<Measurement> saved) =>
        JsonSerializer.Serialize(saved.Select(m => Of(m, isSaved: true)), MeasurementLog.Json);

    /// <summary>What one page alone has: its unsaved measurements, and what is being computed; JSON.</summary>
    public static string JsonOf(PageMeasurements page) => JsonSerializer.Serialize(
        new { kept = page.Kept.Select(m => Of(m, isSaved: false)), running = page.Running }, MeasurementLog.Json);
}
