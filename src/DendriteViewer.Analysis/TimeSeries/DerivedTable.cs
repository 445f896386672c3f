using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>What is derived of the series of a dataset, row by row, as CSV.</summary>
public static class DerivedTable
{
    /// <summary>
    /// A row for each row of the voltage, or of the current where no voltage was logged: current density, charge with σ, thickness of
    /// lithium, voltage, ASR = |V| / |j| where current flows, and dV/dt with σ by a straight line in a window. What is not known is empty.
    /// </summary>
    /// <param name="report">The series and their charge.</param>
    /// <param name="windowHours">Width of the window of dV/dt.</param>
    /// <exception cref="Imaging.Volumes.VolumeFormatException">The voltage's header names no unit.</exception>
    public static string Csv(SeriesReport report, double windowHours)
    {
        var (current, voltage) = (report.Clock.Current, report.Clock.Voltage);
        var hours = (voltage ?? current)?.Hours ?? [];
        var volts = voltage is null ? null : voltage.Values.Select(v => v * voltage.Scale("voltage").Factor).ToArray();
        var (slope, sigma) = volts is null ? ([], []) : Slope.Of(hours, volts, windowHours);
        var text = new StringBuilder(
            "hours,current_mA/cm2,charge_mAh/cm2,charge_sigma_mAh/cm2,thickness_um,voltage_V,asr_ohm_cm2,dVdt_V/h,dVdt_sigma_V/h\n");
        var most = report.Charge?.MaCm2.Select(Math.Abs).DefaultIfEmpty().Max() ?? 0;
        var row = 0;
        for (var i = 0; i < hours.Count; i++)
        {
            var charge = report.Charge?.At(hours[i]);
            var density = report.Charge is null ? double.NaN : DensityAt(report.Charge, hours[i], ref row);
            var flows = Math.Abs(density) > Flow.RestShare * most && most > 0;
            text.AppendJoin(',', new[]
            {
                hours[i], density, charge?.MahCm2 ?? double.NaN, charge?.Sigma ?? double.NaN, charge?.ThicknessUm ?? double.NaN,
                volts?[i] ?? double.NaN, volts is not null && flows ? Math.Abs(volts[i] / density) * 1e3 : double.NaN,
                volts is null ? double.NaN : slope[i], volts is null ? double.NaN : sigma[i],
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
