using System.Globalization;
using DendriteViewer.Analysis.Uncertainties;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Analysis;

/// <summary>Numbers of an analysis as the panel and the report write them: a point as decimal sign, intervals below their value.</summary>
internal static class AnalysisText
{
    /// <summary>A number in a format.</summary>
    public static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Hours with the digits that they have, at most two.</summary>
    public static string H(double hours) => F(hours, "0.##");

    /// <summary>A number as addresses and scripts read it.</summary>
    public static string N(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A probability after "p".</summary>
    public static string P(double p) => p < 0.001 ? "< 0.001" : "= " + F(p, "0.000");

    /// <summary>A number with its interval below it.</summary>
    public static RenderFragment With(double value, double low, double high) => text =>
    {
        text.AddContent(0, Rounded.Value(value, low, high));
        text.OpenElement(1, "small");
        text.AddContent(2, Rounded.Interval(value, low, high));
        text.CloseElement();
    };

    /// <summary>A number with its interval, both in one line.</summary>
    public static string Of(double value, (double Low, double High) interval) => Rounded.Both(value, interval.Low, interval.High);

    /// <summary>What an interval is made of, for who points at it.</summary>
    public static string Named(VolumeUncertainty? u) => u is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $"threshold −{u.ThresholdLowUm3:0} +{u.ThresholdHighUm3:0}, partial voxels ±{u.PartialUm3:0}, ")
        + string.Create(CultureInfo.InvariantCulture,
            $"resolution ±{u.ResolutionUm3:0} µm³ (one standard deviation each); pieces too small to count up to {u.DetectionUm3:0} µm³");
}
