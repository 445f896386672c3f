using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Cell;

/// <summary>The units in which series of one kind are shown together.</summary>
public static class SeriesUnits
{
    /// <summary>
    /// The unit in which a series is shown: V; mA/cm² where the electrode's area is known or the current is per area, else mA; of other
    /// kinds that of the header.
    /// </summary>
    /// <param name="series">The series.</param>
    /// <param name="manifest">The dataset, which gives the electrode's area.</param>
    /// <exception cref="VolumeFormatException">A header of a voltage or a current names no unit.</exception>
    public static string Of(Series series, DatasetManifest manifest)
    {
        if (series.Kind == "voltage")
        {
            return "V";
        }

        if (series.Kind == "current")
        {
            return series.Scale("current").PerCm2 || manifest.Cell?.ElectrodeAreaMm2 > 0 ? "mA/cm²" : "mA";
        }

        var unit = ColumnName.Of(series.Unit).Unit;
        return unit.Length == 0 ? series.Unit : unit == "degC" ? "°C" : unit;
    }

    /// <summary>What makes a unit of the values of a series: value × factor + offset; null where it cannot be made of them.</summary>
    /// <param name="unit">The unit, as <see cref="Of"/> names it.</param>
    /// <param name="series">The series.</param>
    /// <param name="manifest">The dataset, which gives the electrode's area.</param>
    /// <exception cref="VolumeFormatException">A header of a voltage or a current names no unit.</exception>
    public static (double Factor, double Offset)? Into(string unit, Series series, DatasetManifest manifest)
    {
        if (series.Kind == "voltage")
        {
            return (series.Scale("voltage").Factor, 0);
        }

        if (series.Kind == "current")
        {
            var ((ampere, perCm2), mm2) = (series.Scale("current"), manifest.Cell?.ElectrodeAreaMm2);
            return Of(series, manifest) != unit ? null : (perCm2 || !(mm2 > 0) ? ampere * 1e3 : ampere * 1e5 / mm2.Value, 0);
        }

        if (Of(series, manifest) is var own && own == unit)
        {
            return (1, 0);
        }

        Quantity? quantity = series.Kind switch
        {
            "temperature" => Quantity.Temperature,
            "pressure" => Quantity.Pressure,
            "charge" => Quantity.Charge,
            _ => null,
        };
        return quantity is { } q && Units.Find(q, own) is var (from, fromOffset) && Units.Find(q, unit) is var (to, toOffset)
            ? (from / to, (fromOffset - toOffset) / to) : null;
    }
}
