using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>
/// What is derived of the series of a dataset: a row for each row of the voltage, or of the current where no voltage was logged. Values
/// that are not known are NaN.
/// </summary>
/// <param name="Hours">Times of the rows.</param>
/// <param name="MaCm2">Current density, mA/cm²: between two rows of the current as the trapezoid has it, 0 beyond it.</param>
/// <param name="Charge">Charge since 0 h; null where it is not known.</param>
/// <param name="Volts">Voltage, V.</param>
/// <param name="AsrOhmCm2">Area-specific resistance |V| / |j| where current flows, Ω cm².</param>
/// <param name="VoltsPerHour">dV/dt by a straight line in the window, V/h.</param>
/// <param name="VoltsPerHourSigma">Its standard deviation, V/h.</param>
public sealed record DerivedTable(
    IReadOnlyList<double> Hours, IReadOnlyList<double> MaCm2, IReadOnlyList<ArealCharge>? Charge, IReadOnlyList<double> Volts,
    IReadOnlyList<double> AsrOhmCm2, IReadOnlyList<double> VoltsPerHour, IReadOnlyList<double> VoltsPerHourSigma)
{
    /// <summary>Works it out.</summary>
    /// <param name="report">The series and their charge.</param>
    /// <param name="windowHours">Width of the window of dV/dt.</param>
    /// <exception cref="Imaging.Volumes.VolumeFormatException">The voltage's header names no unit.</exception>
    public static DerivedTable Of(SeriesReport report, double windowHours)
    {
        var (current, voltage) = (report.Clock.Current, report.Clock.Voltage);
        var hours = (voltage ?? current)?.Hours ?? [];
        var nothing = Enumerable.Repeat(double.NaN, hours.Count).ToArray();
        var factor = voltage?.Scale("voltage").Factor ?? 1;
        var volts = voltage is null ? nothing : voltage.Values.Select(v => v * factor).ToArray();
        var (slope, sigma) = voltage is null ? (nothing, nothing) : Slope.Of(hours, volts, windowHours);
        var most = report.Charge?.MaCm2.Select(Math.Abs).DefaultIfEmpty().Max() ?? 0;
        var (density, asr) = (nothing.ToArray(), nothing.ToArray());
        for (int i = 0, row = 0; i < hours.Count && report.Charge is not null; i++)
        {
            density[i] = DensityAt(report.Charge, hours[i], ref row);
            asr[i] = most > 0 && Math.Abs(density[i]) > Flow.RestShare * most ? Math.Abs(volts[i] / density[i]) * 1e3 : double.NaN;
        }

        return new DerivedTable(
            hours, density, report.Charge is { } charge ? hours.Select(charge.At).ToArray() : null, volts, asr, slope, sigma);
    }

    /// <summary>The rows as CSV, units in the head; what is not known is empty.</summary>
    /// <param name="report">The series and their charge.</param>
    /// <param name="windowHours">Width of the window of dV/dt.</param>
    /// <exception cref="Imaging.Volumes.VolumeFormatException">The voltage's header names no unit.</exception>
    public static string Csv(SeriesReport report, double windowHours)
    {
        var table = Of(report, windowHours);
        var text = new StringBuilder(
            "hours,current_mA/cm2,charge_mAh/cm2,charge_sigma_mAh/cm2,thickness_um,voltage_V,asr_ohm_cm2,dVdt_V/h,dVdt_sigma_V/h\n");
        for (var i = 0; i < table.Hours.Count; i++)
        {
            var charge = table.Charge?[i];
            text.AppendJoin(',', new[]
            {
                table.Hours[i], table.MaCm2[i], charge?.MahCm2 ?? double.NaN, charge?.Sigma ?? double.NaN,
                charge?.ThicknessUm ?? double.NaN, table.Volts[i], table.AsrOhmCm2[i], table.VoltsPerHour[i], table.VoltsPerHourSigma[i],
            }.Select(v => double.IsNaN(v) ? "" : v.ToString("G9", CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }

    // Between two rows as the trapezoid has it; before and after the series nothing flows.
    private static double DensityAt(ChargeCurve charge, double hours, ref int row)
    {
        var (times, values) = (charge.Hours, charge.MaCm2);
        if (hours < times[0] || hours > times[^1])
        {
            return 0;
        }

        while (row + 1 < times.Count && times[row + 1] <= hours)
        {
            row++;
        }

        var span = row + 1 < times.Count ? times[row + 1] - times[row] : 0;
        return span <= 0 ? values[row] : values[row] + ((values[row + 1] - values[row]) * (hours - times[row]) / span);
    }
}
