using DendriteViewer.Analysis;
using DendriteViewer.Analysis.TimeSeries.Cyclers;

namespace DendriteViewer.Web.Cell;

/// <summary>A cycler's file before it belongs to the cell: its content, and what its owner said of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Options">What the file does not say.</param>
/// <param name="StartHours">When its time 0 is, on the clock of the scans; null where nobody said.</param>
public sealed record SeriesFileDraft(string Name, byte[] Bytes, CellFileOptions Options, double? StartHours)
{
    /// <summary>Under what licence it may be used; null where nobody said.</summary>
    public string? Licence { get; init; }

    /// <summary>Where it comes from; null where nobody said.</summary>
    public string? Source { get; init; }

    /// <summary>The draft with what somebody said of a column.</summary>
    /// <param name="column">Its name in the file.</param>
    /// <param name="quantity">What it is; null for what the file says.</param>
    public SeriesFileDraft Mapped(string column, Quantity? quantity) =>
        this with { Options = Options with { Map = With(Options.Map, column, quantity), Units = With(Options.Units, column, null) } };

    /// <summary>The draft with the unit of a column.</summary>
    /// <param name="column">Its name in the file.</param>
    /// <param name="unit">The unit; null for what the file says.</param>
    public SeriesFileDraft InUnit(string column, string? unit) =>
        this with { Options = Options with { Units = With(Options.Units, column, string.IsNullOrWhiteSpace(unit) ? null : unit.Trim()) } };

    /// <summary>What is read of it now: never throws for what the file holds.</summary>
    public SeriesFilePreview Preview()
    {
        CyclerTable? table = null;
        try
        {
            table = CyclerFile.Read(Bytes, Name, Options.ToCycler());
            var file = new CellFile(Guid.Empty, CellFileKind.Series, Name, "", Bytes.Length, "", default) { Options = Options.ToJson() };
            var read = CellFileReader.Series(file, Bytes);
            return new SeriesFilePreview(table, read.Series.Select(s => s.Kind).ToArray(), read.Remarks, null);
        }
        catch (Exception e) when (e is MeasurementException or Imaging.Bounds.OutOfRangeException)
        {
            return new SeriesFilePreview(table ?? AsItIs(), [], [], e.Message);
        }
    }

    // What columns there are can often be told although the whole is refused, so that the refusal can be mended.
    private CyclerTable? AsItIs()
    {
        try
        {
            return CyclerFile.Peek(Bytes, Name, new CyclerOptions
            {
                Map = Options.Map ?? CyclerOptions.Default.Map, UnitsOf = Options.Units ?? CyclerOptions.Default.UnitsOf,
            });
        }
        catch (MeasurementException)
        {
            return null;
        }
    }

    private static Dictionary<string, T>? With<T>(IReadOnlyDictionary<string, T>? all, string key, object? value)
    {
        var changed = all?.ToDictionary() ?? [];
        changed.Remove(key);
        if (value is T said)
        {
            changed[key] = said;
        }

        return changed.Count == 0 ? null : changed;
    }
}

/// <summary>What is read of a file as it is said to be now.</summary>
/// <param name="Table">Its columns; null where not even they can be told.</param>
/// <param name="Kinds">The series that it would add.</param>
/// <param name="Remarks">What was guessed, left out or is odd.</param>
/// <param name="Refusal">Why it cannot be read so; null where it can.</param>
public sealed record SeriesFilePreview(CyclerTable? Table, IReadOnlyList<string> Kinds, IReadOnlyList<string> Remarks, string? Refusal);
