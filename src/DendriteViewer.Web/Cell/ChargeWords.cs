using System.Globalization;
using DendriteViewer.Analysis.TimeSeries;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Cell;

/// <summary>Charges with their standard deviation, both with the digits that the deviation justifies.</summary>
internal static class ChargeWords
{
    // Below half of it a deviation would be written as zero, which no measurement has.
    private const double LeastDeviation = 1e-6;

    /// <summary>A cell of a table: a charge in mAh/cm² with its standard deviation below it.</summary>
    public static RenderFragment Of(ArealCharge? charge) => Cell(charge is not { } c ? ("–", null) : Parts(c.MahCm2, c.Sigma));

    /// <summary>A cell of a table: the charge's thickness of dense lithium in µm with its standard deviation below it.</summary>
    public static RenderFragment UmOf(ArealCharge? charge) =>
        Cell(charge is not { } c ? ("–", null) : Parts(c.ThicknessUm, c.Sigma * ArealCharge.UmPerMahCm2));

    /// <summary>A value and its standard deviation, which has two digits; four digits of the value where no deviation is known.</summary>
    public static string With(double value, double? sigma) =>
        Parts(value, sigma) is (var number, { } deviation) ? $"{number} {deviation}" : Parts(value, sigma).Number;

    private static (string Number, string? Deviation) Parts(double value, double? sigma)
    {
        if (sigma is not > 0 || !double.IsFinite(sigma.Value))
        {
            return (value.ToString("0.####", CultureInfo.InvariantCulture), null);
        }

        var decimals = Math.Clamp(1 - (int)Math.Floor(Math.Log10(sigma.Value)), 0, 6);
        var format = "F" + decimals.ToString(CultureInfo.InvariantCulture);
        var deviation = (sigma < LeastDeviation ? "< " : "")
            + Math.Max(sigma.Value, LeastDeviation).ToString(format, CultureInfo.InvariantCulture);
        return (value.ToString(format, CultureInfo.InvariantCulture), "± " + deviation);
    }

    // The space is what parts them on paper, where both stand in one line.
    private static RenderFragment Cell((string Number, string? Deviation) parts) => cell =>
    {
        cell.AddContent(0, parts.Number + " ");
        if (parts.Deviation is { } deviation)
        {
            cell.OpenElement(1, "small");
            cell.AddContent(2, deviation);
            cell.CloseElement();
        }
    };
}
