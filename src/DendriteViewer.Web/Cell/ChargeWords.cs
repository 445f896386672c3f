using System.Globalization;
using DendriteViewer.Analysis.TimeSeries;

namespace DendriteViewer.Web.Cell;

/// <summary>Charges with their standard deviation, both with the digits that the deviation justifies.</summary>
internal static class ChargeWords
{
    /// <summary>A charge, mAh/cm².</summary>
    public static string Of(ArealCharge? charge) => charge is not { } c ? "–" : With(c.MahCm2, c.Sigma);

    /// <summary>Its thickness of dense lithium, µm.</summary>
    public static string UmOf(ArealCharge? charge) =>
        charge is not { } c ? "–" : With(c.ThicknessUm, c.Sigma * ArealCharge.UmPerMahCm2);

    /// <summary>A value and its standard deviation, which has two digits; four digits of the value where no deviation is known.</summary>
    public static string With(double value, double? sigma)
    {
        if (sigma is not > 0 || !double.IsFinite(sigma.Value))
        {
            return value.ToString("0.####", CultureInfo.InvariantCulture);
        }

        var decimals = Math.Clamp(1 - (int)Math.Floor(Math.Log10(sigma.Value)), 0, 6);
        var format = "F" + decimals.ToString(CultureInfo.InvariantCulture);
        return value.ToString(format, CultureInfo.InvariantCulture) + " ± " + sigma.Value.ToString(format, CultureInfo.InvariantCulture);
    }
}
