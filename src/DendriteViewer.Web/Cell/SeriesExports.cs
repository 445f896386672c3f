using System.Text;
using DendriteViewer.Analysis;
using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using static DendriteViewer.Web.Analysis.AnalysisText;
using BdfWriter = DendriteViewer.Analysis.TimeSeries.Cyclers.Bdf;

namespace DendriteViewer.Web.Cell;

/// <summary>The curves of a cell as files: all rows, however few a picture shows.</summary>
public static class SeriesExports
{
    // What a table costs of a budget for pictures.
    private const double TableMegapixels = 0.5;

    /// <summary>The address of the table that is worked out row by row.</summary>
    /// <param name="dataset">The dataset's id.</param>
    /// <param name="windowHours">Width of the window of dV/dt.</param>
    public static string CsvAddress(string dataset, double windowHours) =>
        $"/api/datasets/{dataset}/cell/series.csv?windowHours={N(windowHours)}";

    /// <summary>The address of voltage and current in the Battery Data Format.</summary>
    /// <param name="dataset">The dataset's id.</param>
    public static string BdfAddress(string dataset) => $"/api/datasets/{dataset}/cell/series.bdf.csv";

    /// <summary>The address of the cell's events.</summary>
    /// <param name="dataset">The dataset's id.</param>
    public static string EventsAddress(string dataset) => $"/api/datasets/{dataset}/cell/events.csv";

    /// <summary>Maps the files.</summary>
    /// <param name="cell">The routes of a dataset's cell.</param>
    internal static void Map(RouteGroupBuilder cell)
    {
        cell.MapGet("/series.csv", CsvAsync).RecordsExport("series of the cell, a table");
        cell.MapGet("/series.bdf.csv", BdfAsync).RecordsExport("series of the cell as BDF");
        cell.MapGet("/events.csv", EventsAsync).RecordsExport("events of the cell, a table");
    }

    /// <summary>Voltage and current, and temperature where it is of the same rows, in the Battery Data Format 0.2.</summary>
    /// <param name="report">The cell's time axis.</param>
    /// <param name="manifest">The dataset, which gives the electrode's area.</param>
    /// <param name="name">What the file is called, for complaints.</param>
    /// <exception cref="MeasurementException">Voltage and current are not of the same rows, or one is missing.</exception>
    public static byte[] Bdf(CellReport report, DatasetManifest manifest, string name)
    {
        if (report.Report.Clock is not { Voltage: { } voltage, Current: { } current })
        {
            throw new MeasurementException($"{name} needs a voltage and a current, which this cell has not both; save the CSV instead.");
        }

        if (!voltage.Hours.SequenceEqual(current.Hours))
        {
            throw new MeasurementException("Voltage and current have different times, and the Battery Data Format has one table; "
                + "save the CSV instead, which says what flowed at each row of the voltage.");
        }

        var ((volts, _), (ampere, perCm2)) = (voltage.Scale("voltage"), current.Scale("current"));
        if (perCm2 && manifest.Cell?.ElectrodeAreaMm2 is not > 0)
        {
            throw new MeasurementException("The current is per cm², and the Battery Data Format has the whole current; give the "
                + "electrode’s area in dataset.json (cell.electrodeAreaMm2).");
        }

        var factor = ampere * (perCm2 ? manifest.Cell!.ElectrodeAreaMm2!.Value / 100 : 1);
        var columns = new List<CyclerColumn>
        {
            Column("Test Time / s", Quantity.TestTime, "s", voltage.Hours, 3600),
            Column("Voltage / V", Quantity.Voltage, "V", voltage.Values, volts),
            Column("Current / A", Quantity.Current, "A", current.Values, factor),
        };
        var head = report.Series.Select(s => s.Series)
            .FirstOrDefault(s => s.Kind == "temperature" && s.Hours.SequenceEqual(voltage.Hours));
        if (head is not null)
        {
            columns.Add(Column("Temperature", Quantity.Temperature, ColumnName.Of(head.Unit).Unit, head.Values, 1));
        }

        return BdfWriter.Write(new CyclerTable("cell", columns, voltage.Hours.Count), null, name).Bytes;

        static CyclerColumn Column(string name, Quantity quantity, string unit, IReadOnlyList<double> values, double factor) =>
            new(name, quantity, unit, ColumnKind.Numbers) { Values = values.Select(v => v * factor).ToArray() };
    }

    /// <summary>The events as CSV: kind, hours, end, confidence, whether found or said, and what it rests on.</summary>
    public static string Events(CellReport report) => string.Concat(report.Events.Events.Select(e => string.Join(',',
        EventKinds.NameOf(e.Kind), N(e.Hours), e.ToHours is { } to ? N(to) : "", N(Math.Round(e.Confidence, 3)),
        report.Events.Edited.ContainsKey(e.Id) ? "edited" : "found",
        $"\"{CsvCells.Guarded(e.Note ?? "").Replace("\"", "\"\"", StringComparison.Ordinal)}\"") + "\n")
        .Prepend("kind,hours,to_hours,confidence,origin,note\n"));

    private static Task<IResult> CsvAsync(string dataset, string? windowHours, HttpContext c, CancellationToken ct)
    {
        var window = windowHours is null ? SeriesLook.First.WindowHours : Ranges.WindowHours.Of("windowHours").Parse(windowHours);
        return FileAsync(dataset, "series.csv", (report, _) => Encoding.UTF8.GetBytes(DerivedTable.Csv(report.Report, window)), c, ct);
    }

    private static Task<IResult> BdfAsync(string dataset, HttpContext c, CancellationToken ct) => FileAsync(
        dataset, "series.bdf.csv", (report, opened) => Bdf(report, opened.Manifest, "Battery Data Format"), c, ct);

    private static Task<IResult> EventsAsync(string dataset, HttpContext c, CancellationToken ct) => FileAsync(
        dataset, "events.csv", (report, _) => Encoding.UTF8.GetBytes(Events(report)), c, ct);

    private static async Task<IResult> FileAsync(
        string dataset, string name, Func<CellReport, Dataset, byte[]> write, HttpContext c, CancellationToken ct)
    {
        var services = c.RequestServices;
        if (await services.GetRequiredService<DatasetCatalog>().TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        using var spent = await services.GetRequiredService<Budgets>().SpendAsync(ClientKeys.Of(c), TableMegapixels, ct);
        var desk = services.GetRequiredService<CellDesk>();
        var report = await desk.ReportAsync(opened, ct);
        var rows = report.Series.Sum(s => (long)s.Series.Hours.Count);
        var bytes = await desk.ComputeAsync(c.User.KeyOf(), CellDesk.BytesARow * rows, () => write(report, opened), ct);
        return Results.File(bytes, "text/csv", $"{opened.Id}-{name}");
    }
}
