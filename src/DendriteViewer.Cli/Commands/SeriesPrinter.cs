using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Analysis.TimeSeries.Events;

namespace DendriteViewer.Cli.Commands;

/// <summary>Series for people.</summary>
internal static class SeriesPrinter
{
    /// <summary>What the series of a dataset say.</summary>
    public static void Print(CellReport cell, CellState state)
    {
        var report = cell.Report;
        foreach (var (s, file) in cell.Series)
        {
            var from = file is null ? "" : $"  of {file.Name}";
            Line($"{s.Kind,-12} {s.Hours.Count,9} rows  {s.Hours[0]:0.####} to {s.Hours[^1]:0.####} h  {s.Unit}{from}");
        }

        foreach (var h in report.HalfCycles)
        {
            Line($"{(h.IsPlating ? "plated" : "stripped"),-12} {h.Charge.MahCm2,9:0.0000} ± {h.Charge.Sigma:0.0000} "
                + $"mAh/cm2, {h.Charge.ThicknessUm:0.00} µm  {h.FromHours:0.####} to {h.ToHours:0.####} h");
        }

        foreach (var s in report.Scans.Where(s => s.Charge is not null))
        {
            var during = s.ToHours > s.Hours ? $", {s.During!.Value.MahCm2:0.0000} more while it was taken"
                : "";
            Line($"scan {s.Hours,7:0.###} h {s.Charge!.Value.MahCm2,9:0.0000} ± {s.Charge.Value.Sigma:0.0000} mAh/cm2{during}");
        }

        foreach (var e in cell.Events.Events)
        {
            var until = e.ToHours is { } to ? $" to {to:0.####} h" : "";
            Line($"{EventKinds.NameOf(e.Kind),-12} {e.Hours,9:0.####} h{until}  "
                + $"confidence {e.Confidence:0.00}{(e.Note is null ? "" : $"  {e.Note}")}");
        }

        if (report.Clock.Comparison is { } c)
        {
            Line($"{c.Kind}’s clock {c.Fit.OffsetSeconds:0.#} ± {c.Fit.OffsetSigma:0.#} s ahead of the {c.Against}’s ({c.Fit.Pairs} "
                + "events)");
        }

        CellFileList.Print(state);
        Say(cell.Warnings);
    }

    /// <summary>What a cycler's file holds.</summary>
    public static void Print(CyclerTable table, string path, TimeZoneInfo? zone)
    {
        Line($"{path}: {table.Format}, {table.Rows} rows");
        var clock = table.StartedIsUtc ? "UTC" : zone?.Id ?? "on the instrument’s clock; its time zone is not known (--zone)";
        Line($"  began    {(table.Started is { } at ? $"{at:yyyy-MM-dd HH:mm:ss} {clock}" : "not known")}");
        if (table.AreaCm2 is { } area)
        {
            Line($"  area     {area:0.####} cm2, as the file states");
        }

        foreach (var c in table.Columns)
        {
            var (least, most) = Range(c);
            var what = c.Quantity == Quantity.Unknown ? "" : c.Quantity.ToString();
            var range = c.Kind switch
            {
                ColumnKind.Words => "words",
                ColumnKind.Dates when least is not null => $"{DateTime.UnixEpoch.AddSeconds(least.Value):yyyy-MM-dd HH:mm:ss} "
                    + $"to {DateTime.UnixEpoch.AddSeconds(most!.Value):yyyy-MM-dd HH:mm:ss}",
                _ => least is null ? "empty" : $"{least:G6} to {most:G6} {c.Unit}",
            };
            Line($"  {c.Name,-28} {what,-24} {range}{(c.IsDerived ? " (worked out or said)" : "")}");
        }

        Say(table.Remarks);
    }

    /// <summary>A column for programs.</summary>
    public static object Summary(CyclerColumn c)
    {
        var (least, most) = Range(c);
        return new { name = c.Name, quantity = c.Quantity.ToString(), unit = c.Unit, kind = c.Kind.ToString().ToLowerInvariant(), least,
            most, derived = c.IsDerived };
    }

    private static (double? Least, double? Most) Range(CyclerColumn c)
    {
        var finite = c.Values.Where(double.IsFinite).ToArray();
        return finite.Length == 0 ? (null, null) : (finite.Min(), finite.Max());
    }

    private static void Say(IReadOnlyList<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            Console.Error.WriteLine(sentence);
        }
    }

    private static void Line(string text) => Console.Out.WriteLine(text);
}
