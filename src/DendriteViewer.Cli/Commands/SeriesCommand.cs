using System.CommandLine;
using System.Globalization;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

/// <summary>The series of a dataset, or a cycler's file before it is imported.</summary>
internal static class SeriesCommand
{
    private static readonly Dictionary<string, Quantity> s_quantities = new()
    {
        ["time"] = Quantity.TestTime, ["step-time"] = Quantity.StepTime, ["unix-time"] = Quantity.UnixTime, ["clock"] = Quantity.WallClock,
        ["voltage"] = Quantity.Voltage, ["current"] = Quantity.Current, ["current-density"] = Quantity.CurrentDensity,
        ["charge"] = Quantity.Charge, ["temperature"] = Quantity.Temperature, ["pressure"] = Quantity.Pressure,
        ["cycle"] = Quantity.Cycle, ["step"] = Quantity.Step, ["state"] = Quantity.State, ["none"] = Quantity.Unknown,
    };

    private sealed record Options(
        Option<bool> Inspect, Option<string?> Bdf, Option<string?> Csv, Option<string> Kind, Option<string[]> Map, Option<string[]> Unit,
        Option<bool> Negate, Option<string?> Zone, Option<string?> Dates, Option<bool> Repair, Option<double> Window, Option<bool> Json);

    public static Command Create()
    {
        var target = new Argument<string>("ID") { Description = "A dataset; or, with --inspect or --bdf, a file of a cycler." };
        var o = new Options(
            new("--inspect") { Description = "Say what a cycler's file holds, before it is imported." },
            new("--bdf") { Description = "Write a cycler's file there as Battery Data Format." },
            new("--out")
            {
                Description = "Write CSV there: of a dataset charge, ASR and dV/dt row by row; of a file, the series of --kind as an "
                    + "import takes it.",
            },
            new("--kind") { Description = "Which series of a file --out writes.", DefaultValueFactory = _ => "voltage" },
            new("--map") { Description = "What a column of a file is, as \"NAME=current\": " + string.Join(", ", s_quantities.Keys) + "." },
            new("--unit") { Description = "The unit of a column of a file that names none, as \"NAME=mA\"." },
            new("--negate-current") { Description = "The file counts discharging as positive." },
            new("--zone") { Description = "Time zone of the instrument's clock, as Europe/Berlin, UTC or +09:00." },
            new("--dates") { Description = "Order of day and month in the file's dates: day-first or month-first." },
            new("--repair-time") { Description = "Read times in the unit that a second clock of the file shows them to be in, where "
                + "their header is wrong." },
            new("--window-hours") { Description = "Width of the window of dV/dt.", DefaultValueFactory = _ => 0.1 },
            Shared.Json());
        var store = Shared.Store();
        var command = new Command("series", "Charge, events and clocks of a dataset's series; or what a cycler's file holds.")
        {
            target, store, o.Inspect, o.Bdf, o.Csv, o.Kind, o.Map, o.Unit, o.Negate, o.Zone, o.Dates, o.Repair, o.Window, o.Json,
        };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var name = parse.GetValue(target)!;
            if (parse.GetValue(o.Inspect) || parse.GetValue(o.Bdf) is not null || File.Exists(name))
            {
                return OfFile(parse, o, name);
            }

            var datasets = Shared.Open(parse.GetValue(store));
            var dataset = await Shared.DatasetAsync(datasets, name, ct);
            var log = new CellLog(datasets.Blobs, dataset);
            var state = await log.StateAsync(null, ct);
            var cell = await CellReport.OfAsync(datasets, dataset, state, f => log.ReadAsync(f, ct), ct);
            if (parse.GetValue(o.Csv) is { } csv)
            {
                await File.WriteAllTextAsync(csv, DerivedTable.Csv(cell.Report, Window(parse.GetValue(o.Window))), ct);
            }

            if (parse.GetValue(o.Json))
            {
                ExitCodes.PrintJson(Json(cell, state));
            }
            else
            {
                SeriesPrinter.Print(cell, state);
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    private static object Json(CellReport cell, CellState state) => Json(cell, cell.Report, state);

    private static object Json(CellReport cell, SeriesReport report, CellState state) => new
    {
        series = cell.Series.Select(s => new
        {
            kind = s.Series.Kind, rows = s.Series.Hours.Count, fromHours = s.Series.Hours[0], toHours = s.Series.Hours[^1],
            column = s.Series.Unit, from = s.From,
        }),
        chargeMahCm2 = report.ChargePoints().Select(p => new { hours = p.Hours, value = p.Charge.MahCm2, sigma = p.Charge.Sigma }),
        events = cell.Events.Events.Select(e => new
        {
            kind = EventKinds.NameOf(e.Kind), hours = e.Hours, confidence = Math.Round(e.Confidence, 3), toHours = e.ToHours, note = e.Note,
            sigmaHours = cell.Events.Edited.ContainsKey(e.Id) ? (double?)null : report.SigmaHoursOf(e),
        }),
        halfCycles = report.HalfCycles.Select(h => new
        {
            kind = h.IsPlating ? "plated" : "stripped", fromHours = h.FromHours, toHours = h.ToHours,
            mahCm2 = h.Charge.MahCm2, sigma = h.Charge.Sigma, thicknessUm = h.Charge.ThicknessUm,
        }),
        scans = report.Scans.Select(s => new
        {
            hours = s.Hours, toHours = s.ToHours, mahCm2 = s.Charge?.MahCm2, sigma = s.Charge?.Sigma, duringMahCm2 = s.During?.MahCm2,
            duringSigma = s.During?.Sigma,
        }),
        clocks = new[] { report.Clock.Comparison }.OfType<ClockComparison>().Select(c => new
        {
            kind = c.Kind, against = c.Against, offsetSeconds = c.Fit.OffsetSeconds, offsetSigma = c.Fit.OffsetSigma,
            driftPpm = c.Fit.DriftPpm, driftSigma = c.Fit.DriftSigma, pairs = c.Fit.Pairs, unpaired = c.Fit.Unpaired, applied = c.IsApplied,
        }),
        files = CellFileList.Json(state),
        warnings = cell.Warnings,
    };

    private static int OfFile(ParseResult parse, Options o, string path)
    {
        var zone = parse.GetValue(o.Zone) is { } z ? TimeZones.Find(z)
            ?? throw new UsageException($"--zone {z} is no time zone; use a name such as Europe/Berlin, UTC or +09:00.") : null;
        var options = new CyclerOptions
        {
            Map = Pairs(parse.GetValue(o.Map), "--map").ToDictionary(p => p.Name, p => s_quantities.TryGetValue(p.Value, out var q)
                ? q : throw new UsageException($"--map {p.Name}={p.Value}: use one of {string.Join(", ", s_quantities.Keys)}.")),
            UnitsOf = Pairs(parse.GetValue(o.Unit), "--unit").ToDictionary(p => p.Name, p => p.Value),
            Negate = parse.GetValue(o.Negate), RepairTime = parse.GetValue(o.Repair), Zone = zone,
            Dates = parse.GetValue(o.Dates) switch
            {
                null => DateOrder.Unsaid,
                "day-first" => DateOrder.DayFirst,
                "month-first" => DateOrder.MonthFirst,
                var other => throw new UsageException($"--dates is day-first or month-first, not '{other}'."),
            },
        };
        var table = CyclerFile.Read(path, options);
        if (parse.GetValue(o.Bdf) is { } bdf)
        {
            var (bytes, remarks) = Bdf.Write(table, zone, path);
            File.WriteAllBytes(bdf, bytes);
            table = table.Remark(remarks);
        }

        if (parse.GetValue(o.Csv) is { } csv)
        {
            var (bytes, remarks) = CyclerSeriesReader.ToCsv(table, parse.GetValue(o.Kind)!, null, null, path);
            File.WriteAllBytes(csv, bytes);
            table = table.Remark(remarks);
        }

        if (parse.GetValue(o.Json))
        {
            ExitCodes.PrintJson(new
            {
                path = Path.GetFullPath(path), format = table.Format, rows = table.Rows,
                started = table.Started?.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture),
                zone = table.StartedIsUtc ? "UTC" : zone?.Id,
                    areaCm2 = table.AreaCm2,
                columns = table.Columns.Select(c => SeriesPrinter.Summary(c)).ToArray(), remarks = table.Remarks,
            });
        }
        else
        {
            SeriesPrinter.Print(table, path, zone);
        }

        return ExitCodes.Done;
    }

    private static double Window(double hours)
    {
        try
        {
            return Ranges.WindowHours.Check(hours);
        }
        catch (OutOfRangeException e)
        {
            throw new UsageException(e.Message);
        }
    }

    // The last equals sign parts, since names of columns may hold some.
    private static IEnumerable<(string Name, string Value)> Pairs(string[]? texts, string option) => (texts ?? []).Select(t =>
        t.LastIndexOf('=') is > 0 and var at ? (t[..at].Trim(), t[(at + 1)..].Trim())
            : throw new UsageException($"{option} is NAME=VALUE, not '{t}'."))
        .DistinctBy(p => p.Item1);
}
