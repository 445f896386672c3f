using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.Multiscale;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Analysis.Deciding;

/// <summary>Draws a joint histogram and its classes, as an SVG of few paths.</summary>
public sealed partial class JointHistogramPlot
{
    // Counts are drawn in steps of their logarithm, a path each: a rectangle a bin would be thousands of elements.
    internal const int Side = 240;
    private const int Levels = 8;
    private const double Deviations = 2;

    private string[] _levels = [];
    private Ellipse[] _ellipses = [];
    private Decision? _drawn;

    /// <summary>The decision.</summary>
    [Parameter, EditorRequired]
    public Decision Decision { get; set; } = null!;

    /// <summary>Areas to draw in place of those that decided; null for these.</summary>
    [Parameter]
    public IReadOnlyList<DrawnClass>? Areas { get; set; }

    /// <summary>Corners of an area that is being drawn.</summary>
    [Parameter]
    public IReadOnlyList<double[]> Open { get; set; } = [];

    /// <summary>What lies over the histogram, to draw in it.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    private JointHistogram H2 => Decision.Histogram;

    private string Label =>
        $"Joint histogram of absorption and phase contrast; classes: {string.Join(", ", _ellipses.Select(e => e.Name))}.";

    private sealed record Ellipse(string Name, double X, double Y, double Rx, double Ry, double Degrees);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (!ReferenceEquals(_drawn, Decision))
        {
            (_drawn, _levels, _ellipses) = (Decision, PathsOf(H2), [.. Decision.Classes.Select((c, i) => Of((DarkClass)i, c))]);
        }
    }

    private double X(double[] at) =>
        (at[0] - H2.AbsorptionRange.Low) / (H2.AbsorptionRange.High - H2.AbsorptionRange.Low) * Side;

    private double Y(double[] at) => Side - (at[1] - H2.PhaseRange.Low) / (H2.PhaseRange.High - H2.PhaseRange.Low) * Side;

    // An area may reach beyond what the histogram shows.
    private string Points(IEnumerable<double[]> corners) => string.Join(' ', corners.Select(c =>
        $"{AnalysisText.F(Math.Clamp(X(c), -4, Side + 4), "0.#")},{AnalysisText.F(Math.Clamp(Y(c), -4, Side + 4), "0.#")}"));

    private static string[] PathsOf(JointHistogram histogram)
    {
        var paths = Enumerable.Range(0, Levels).Select(_ => new StringBuilder()).ToArray();
        var most = Math.Log(1 + Math.Max(1, histogram.Counts.Max()));
        var cell = (double)Side / histogram.Bins;
        for (var i = 0; i < histogram.Counts.Length; i++)
        {
            if (histogram.Counts[i] > 0)
            {
                var level = Math.Min(Levels - 1, (int)(Levels * Math.Log(1 + histogram.Counts[i]) / most));
                var (x, y) = (i / histogram.Bins * cell, Side - (i % histogram.Bins + 1) * cell);
                paths[level].Append(CultureInfo.InvariantCulture, $"M{x:0.##} {y:0.##}h{cell:0.##}v{cell:0.##}h-{cell:0.##}z");
            }
        }

        return [.. paths.Select(p => p.ToString())];
    }

    // The ellipse of a normal distribution, in the picture's own units: axes of its covariance there.
    private Ellipse Of(DarkClass name, ClassShape shape)
    {
        var (a, p) = (H2.AbsorptionRange, H2.PhaseRange);
        double perA = Side / (double)(a.High - a.Low), perP = Side / (double)(p.High - p.Low);
        var (xx, xy, yy) = (shape.Covariance[0] * perA * perA, -shape.Covariance[1] * perA * perP, shape.Covariance[2] * perP * perP);
        var (middle, apart) = ((xx + yy) / 2, Math.Sqrt((xx - yy) * (xx - yy) / 4 + xy * xy));
        return new Ellipse(
            name.ToString().ToLowerInvariant(), (shape.Absorption - a.Low) * perA, Side - (shape.Phase - p.Low) * perP,
            Deviations * Math.Sqrt(Math.Max(0, middle + apart)), Deviations * Math.Sqrt(Math.Max(0, middle - apart)),
            Math.Atan2(2 * xy, xx - yy) * 90 / Math.PI);
    }
}
