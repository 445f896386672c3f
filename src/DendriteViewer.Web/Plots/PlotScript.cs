using System.Text.Json;
using System.Text.Json.Serialization;

namespace DendriteViewer.Web.Plots;

/// <summary>
/// A plot as plots/plot.js reads it. Points are columns, because that is half as long as objects; a number that is not finite is null.
/// </summary>
internal static class PlotScript
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The text; equal plots have equal texts.</summary>
    public static string Of(PlotSpec spec) => JsonSerializer.Serialize(
        new Whole(spec.Title, spec.FileName, Of(spec.X), Of(spec.Y), spec.HasEqualAxes, spec.SelectedId, spec.Series.Select(Of).ToArray(),
            spec.Events.Where(e => spec.X.CanShow(e.X)).Select(e => new Event(e.X, e.Text, e.Color.Css)).ToArray(),
            spec.Spans.Where(s => spec.X.CanShow(s.From) && spec.X.CanShow(s.To))
                .Select(s => new Span(s.From, s.To, s.Text, s.Color.Css, s.Id, s.Least, s.Most, s.Step)).ToArray()),
        s_options);

    private static Axis Of(PlotAxis a) => new(a.Name, a.Unit, a.Label, a.Scale, a.Decimals, a.Min, a.Max);

    private static Series Of(PlotSeries s) => new(s.Name, s.Kind, s.Color.Css, s.IsDashed, s.HasMarkers,
        Column(s, p => p.X)!, s.Kind == PlotKind.Band ? null : Column(s, p => p.Y), Column(s, p => p.XTo), Column(s, p => p.Low),
        Column(s, p => p.High), Texts(s, p => p.Text), Texts(s, p => p.Id));

    // A column in which nothing stands is left out.
    private static double?[]? Column(PlotSeries series, Func<PlotPoint, double?> of)
    {
        var values = series.Points.Select(p => of(p) is { } v && double.IsFinite(v) ? v : (double?)null).ToArray();
        return values.Length == 0 || values.Any(v => v is not null) ? values : null;
    }

    private static string?[]? Texts(PlotSeries series, Func<PlotPoint, string?> of)
    {
        var texts = series.Points.Select(of).ToArray();
        return texts.Any(t => t is not null) ? texts : null;
    }

    private sealed record Whole(string Title, string FileName, Axis X, Axis Y, bool Equal, string? Selected, IReadOnlyList<Series> Series,
        IReadOnlyList<Event> Events, IReadOnlyList<Span> Spans);

    private sealed record Axis(string Name, string Unit, string Label, PlotScale Scale, int? Decimals, double? Min, double? Max);

    private sealed record Series(string Name, PlotKind Kind, string Color, bool Dashed, bool Markers, double?[] X, double?[]? Y,
        double?[]? To, double?[]? Low, double?[]? High, string?[]? Text, string?[]? Id);

    private sealed record Event(double X, string Text, string Color);

    private sealed record Span(double From, double To, string Text, string Color, string? Id, double? Least, double? Most, double? Step);
}
