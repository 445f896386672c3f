using System.Globalization;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Cell;

/// <summary>The curves of a file of series.</summary>
/// <param name="Series">One a kind that the file has; times as the file has them, hours since its own time 0.</param>
/// <param name="Remarks">What was guessed, left out or is odd, a sentence each that names the file.</param>
public sealed record CellSeries(IReadOnlyList<Series> Series, IReadOnlyList<string> Remarks);

/// <summary>Reads the files of a cell by the reader of their kind.</summary>
public static class CellFileReader
{
    /// <summary>Bytes of a file at most.</summary>
    public const int MostBytes = 128 << 20;

    private static readonly string[] s_kinds = ["voltage", "current", "temperature", "pressure", "charge"];

    /// <summary>Reads a file once, so that nothing is kept that cannot be read.</summary>
    /// <returns>What it holds, for people.</returns>
    /// <exception cref="MeasurementException">It cannot be read; the sentence of its reader.</exception>
    /// <exception cref="DendriteViewer.Imaging.Bounds.OutOfRangeException">Its options cannot be.</exception>
    public static string Check(CellFile file, byte[] bytes) => file.Kind switch
    {
        CellFileKind.Series => string.Join(", ", Series(file, bytes).Series.Select(s => s.Kind)),
        CellFileKind.Impedance => Count(Impedance(file, bytes).Sweeps.Count, "sweep", "sweeps"),
        _ => Count(Spectra(file, bytes).Count, "spectrum", "spectra"),
    };

    /// <summary>The curves of a file of series.</summary>
    /// <exception cref="MeasurementException">It cannot be read, or has no curve.</exception>
    public static CellSeries Series(CellFile file, byte[] bytes)
    {
        var table = CyclerFile.Read(bytes, file.Name, CellFileOptions.Parse(file.Options).ToCycler());
        var (found, remarks) = (new List<Series>(), table.Remarks.Select(r => $"{file.Name}: {r}").ToList());
        MeasurementException? first = null;
        foreach (var kind in s_kinds)
        {
            try
            {
                if (Has(table, kind))
                {
                    var (csv, said) = CyclerSeriesReader.ToCsv(table, kind, null, null, file.Name);
                    found.Add(Imaging.Datasets.Series.Parse(kind, csv, file.Name));
                    remarks.AddRange(said);
                }
            }
            catch (MeasurementException e)
            {
                first ??= e;
                remarks.Add(e.Message);
            }
            catch (VolumeFormatException e)
            {
                first ??= new MeasurementException(e.Message, e);
                remarks.Add(e.Message);
            }
        }

        return found.Count > 0 ? new CellSeries(found, remarks) : throw first ?? new MeasurementException(
            $"{file.Name} has no column of a voltage, current, temperature, pressure or charge; say which column is what.");
    }

    /// <summary>The sweeps of a file of impedance spectra.</summary>
    /// <exception cref="MeasurementException">It cannot be read.</exception>
    public static ImpedanceFile Impedance(CellFile file, byte[] bytes)
    {
        var options = CellFileOptions.Parse(file.Options);
        return ImpedanceReader.Read(file.Name, bytes, options.Sign ?? ImaginarySign.Automatic, options.AreaCm2);
    }

    /// <summary>The spectra of a file.</summary>
    /// <exception cref="MeasurementException">It cannot be read.</exception>
    public static IReadOnlyList<Spectrum> Spectra(CellFile file, byte[] bytes) =>
        SpectrumReader.ReadAll(file.Name, bytes, CellFileOptions.Parse(file.Options).Column);

    private static bool Has(CyclerTable table, string kind) => kind switch
    {
        "voltage" => table.Find(Quantity.Voltage) is not null,
        "current" => table.Find(Quantity.Current) is not null || table.Find(Quantity.CurrentDensity) is not null,
        "temperature" => table.Find(Quantity.Temperature) is not null,
        "pressure" => table.Find(Quantity.Pressure) is not null,
        _ => table.Find(Quantity.Charge) is not null,
    };

    private static string Count(int n, string one, string many) =>
        n == 1 ? $"1 {one}" : string.Create(CultureInfo.InvariantCulture, $"{n} {many}");
}
