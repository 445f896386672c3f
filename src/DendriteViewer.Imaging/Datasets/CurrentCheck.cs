using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>Whether a current series fits the cell that it is said to be of.</summary>
public static class CurrentCheck
{
    /// <summary>What is odd between a current series and the cell that it is said to be of; null where nothing is.</summary>
    public static string? WarningOf(CellManifest? cell, Series current)
    {
        if (cell is not { CurrentDensityMaCm2: { } density, ElectrodeAreaMm2: { } mm2 } || !(density > 0) || !(mm2 > 0))
        {
            return null;
        }

        var (ampere, perCm2) = SeriesColumns.UnitOf("current", current.Unit, "The current series");
        var largest = current.Values.Max(Math.Abs);
        var flowing = current.Values.Select(Math.Abs).Where(v => v > 0.05 * largest).Order().ToArray();
        if (flowing.Length == 0)
        {
            return null;
        }

        var series = flowing[flowing.Length / 2] * ampere * 1e3 / (perCm2 ? 1 : mm2 / 100);
        return series / density is >= 0.1 and <= 10
            ? null
            : $"The current series runs at about {SeriesColumns.Say(series)} mA/cm2, where cell.currentDensityMaCm2 says "
                + $"{SeriesColumns.Say(density)}: a unit or the electrode's area is wrong; Faraday’s volume is of the series.";
    }
}
