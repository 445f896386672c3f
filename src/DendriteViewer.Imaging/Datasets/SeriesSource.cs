using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>What a file of an instrument does not say by itself about a series, and what it was made of.</summary>
public sealed record SeriesSource
{
    /// <summary>The column with the values, by its name in the file; the first of the series' kind where none is given.</summary>
    public string? Column { get; init; }

    /// <summary>The unit of the values, where the file names none.</summary>
    public string? Unit { get; init; }

    /// <summary>True where the file counts discharging as positive.</summary>
    public bool? Negate { get; init; }

    /// <summary>Order of day and month in the file's dates: day-first or month-first.</summary>
    public string? Dates { get; init; }

    /// <summary>The time zone of the file's dates (Europe/Berlin, +09:00), where the time of the test is counted from them.</summary>
    public string? Zone { get; init; }

    /// <summary>True to read times at the scale that a second clock of the file shows them to have.</summary>
    public bool? RepairTime { get; init; }

    /// <summary>In the store, which format the file had.</summary>
    public string? Format { get; init; }

    /// <summary>In the store, what was guessed, left out or repaired when it was read.</summary>
    public string[]? Remarks { get; init; }

    /// <summary>Fields that this version does not know.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>Reads files of instruments, which the import itself does not know.</summary>
public interface ISeriesReader
{
    /// <summary>
    /// A series of a file as CSV of hours and values, the form in which stores keep it; null where the file is that CSV already.
    /// </summary>
    /// <param name="series">Its kind, and what the file does not say.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="file">Its name, for complaints.</param>
    /// <exception cref="VolumeFormatException">The file cannot be read, or has no such series.</exception>
    (byte[] Csv, SeriesSource Source)? Read(SeriesManifest series, byte[] bytes, string file);
}
