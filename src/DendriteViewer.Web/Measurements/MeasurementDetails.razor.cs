using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Plots;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Measurements;

/// <summary>The numbers of one measurement, and its plot: values along a line, or how often they occur in a region.</summary>
public sealed partial class MeasurementDetails
{
    // Light, so that they are seen on their dark halo; those that mean something in this app (amber, cyan, violet, red) are left out.
    private static readonly (string Value, string Name)[] s_colors =
    [
        ("", "Of its kind"), ("#ffe97a", "Yellow"), ("#9be37f", "Green"), ("#ff9ad5", "Pink"), ("#8ab4ff", "Blue"), ("#ffffff", "White"),
    ];

    private static readonly Func<string, string, FieldValue?, Task<DraftOutcome>> s_refuseValue =
        (_, _, _) => Task.FromResult(DraftOutcome.Refused("Values cannot be given here."));

    private (Measurement Of, PlotSpec? Spec)? _plot;

    /// <summary>The measurement.</summary>
    [Parameter, EditorRequired]
    public Measurement Measurement { get; set; } = null!;

    /// <summary>The dataset as it is now.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Whether it may be changed.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Where the plotted values are as CSV.</summary>
    [Parameter]
    public string CsvHref { get; set; } = "";

    /// <summary>Called with the measurement in another colour, where it is kept by the page alone.</summary>
    [Parameter]
    public EventCallback<Measurement> OnColor { get; set; }

    /// <summary>Saves a name (third) that was begun from another (second).</summary>
    [Parameter]
    public Func<Measurement, string, string, Task<DraftOutcome>>? OnName { get; set; }

    /// <summary>Saves a note (third) that was begun from another (second).</summary>
    [Parameter]
    public Func<Measurement, string, string, Task<DraftOutcome>>? OnNote { get; set; }

    /// <summary>The dataset's labels and fields.</summary>
    [Parameter]
    public AnnotationSchema Schema { get; set; } = AnnotationSchema.Empty;

    /// <summary>Saves labels of what is kept by the page alone; gives why it was refused, or null.</summary>
    [Parameter]
    public Func<ValueList<string>, Task<string?>>? OnLabels { get; set; }

    /// <summary>Saves the value of a field, which was begun from a text.</summary>
    [Parameter]
    public Func<string, string, FieldValue?, Task<DraftOutcome>>? OnValue { get; set; }

    /// <summary>Called with the measurement to compute it anew.</summary>
    [Parameter]
    public EventCallback<Measurement> OnMeasure { get; set; }

    /// <summary>Called with the measurement to delete it.</summary>
    [Parameter]
    public EventCallback<Measurement> OnDelete { get; set; }

    /// <summary>Called with the place of a point of the profile that was clicked.</summary>
    [Parameter]
    public EventCallback<WorldPoint> OnPlace { get; set; }

    private bool IsNote => Measurement.Kind == MeasurementKind.Note;

    private bool IsStale => Measurement.Result is { } r && Dataset.Find(Measurement.Modality, Measurement.Hours) is { } scan
        && Measurer.TagOf(Dataset, scan) != r.Data;

    private double OutsideShare => Measurement.Result?.Region?.OutsideShare ?? Measurement.Result?.Profile?.OutsideShare ?? 0;

    private Task<DraftOutcome> SaveNote(string begun, string text) => OnNote is null
        ? Task.FromResult(DraftOutcome.Refused("Notes cannot be written here."))
        : OnNote(Measurement, begun, text);

    private Task<DraftOutcome> SaveName(string begun, string text) => OnName is null
        ? Task.FromResult(DraftOutcome.Refused("Names cannot be written here."))
        : OnName(Measurement, begun, text.Trim());

    // A colour that a file brought is none of ours, and is named by itself.
    private IEnumerable<(string Value, string Name)> Colors => Array.Exists(s_colors, c => c.Value == Measurement.Color)
        ? s_colors : s_colors.Append((Measurement.Color, Measurement.Color));

    private Task ColorAsync(string color) =>
        OnLabels is null ? Task.CompletedTask : OnColor.InvokeAsync(Measurement with { Color = color });

    private static string Percent(double share) =>
        share < 0.0005 ? "Less than 0.1 %" : (100 * share).ToString(share < 0.1 ? "0.#" : "0", CultureInfo.InvariantCulture) + " %";

    private string? AcrossText =>
        Measurement.Result?.Profile is { SamplesAcross: > 1 } p ? $"Each value is the mean of {p.SamplesAcross} samples." : null;

    // A plot is drawn again only where it is another.
    private PlotSpec? PlotOf(Measurement m)
    {
        if (_plot?.Of != m)
        {
            _plot = (m, m.Result switch
            {
                { Profile: { } p } => Profile(m, p),
                { Region.Values.Histogram: { } h } => Histogram(m, h),
                _ => null,
            });
        }

        return _plot.Value.Spec;
    }

    private static PlotSpec Profile(Measurement m, LineProfile p)
    {
        var series = new List<PlotSeries>();
        if (p.Deviations is { } spread)
        {
            series.Add(new PlotSeries("± one standard deviation across", PlotKind.Band, PlotColor.Of(0),
                [.. p.Values.Select((v, i) => PlotPoint.Between(i * p.StepUm, v - spread[i] ?? double.NaN, v + spread[i] ?? double.NaN))]));
        }

        series.Add(PlotSeries.Line("value", PlotColor.Of(0), p.Values.Select((v, i) => (i * p.StepUm, v ?? double.NaN))));
        return new PlotSpec
        {
            Title = $"Values along {m.Label}", FileName = m.Label,
            X = new PlotAxis("distance", "µm", Decimals: MeasurementText.Decimals(p.StepUm)), Y = new PlotAxis("value"), Series = series,
        };
    }

    private static PlotSpec Histogram(Measurement m, RegionHistogram h) => new()
    {
        Title = $"Values in {m.Label}", FileName = m.Label, X = new PlotAxis("value"), Y = new PlotAxis("voxels", Decimals: 0),
        Series = [PlotSeries.Histogram("voxels", PlotColor.Of(0),
            [.. Enumerable.Range(0, h.Counts.Count + 1).Select(i => h.From + i * h.BinWidth)], [.. h.Counts.Select(c => (double)c)])],
    };

    // A click on a profile goes to that place.
    private async Task Choose(PlotHit hit)
    {
        if (Measurement.Result?.Profile is { } p)
        {
            var (a, b) = (MeasurementRules.PointOf(Measurement.PointsUm[0]), MeasurementRules.PointOf(Measurement.PointsUm[1]));
            await OnPlace.InvokeAsync(a + hit.Point.X / p.LengthUm * (b - a));
        }
    }
}
