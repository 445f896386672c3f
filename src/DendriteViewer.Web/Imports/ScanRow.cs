using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Imports;

/// <summary>A scan of a folder, with what somebody says of it.</summary>
/// <param name="Found">What was found.</param>
/// <param name="IsTaken">Whether it is to be imported.</param>
/// <param name="Hours">Hours of plating, or null where nobody knows yet.</param>
/// <param name="Modality">The modality.</param>
public sealed record ScanRow(FoundScan Found, bool IsTaken, double? Hours, string Modality)
{
    /// <summary>A row as it is proposed.</summary>
    public static ScanRow Of(FoundScan found) => new(found, found.Problem is null, found.Hours?.Hours, found.Modality);

    /// <summary>What was guessed of it and from what; null where nothing was, or somebody said otherwise since.</summary>
    public string? Guessed => string.Join("; ", new[]
    {
        Found.Hours is { } h && h.Hours == Hours ? $"hours from {h.From}" : null,
        Found.ModalityFrom is { } from && Found.Modality == Modality ? $"modality from {from}" : null,
    }.OfType<string>()) is { Length: > 0 } text ? text : null;

    /// <summary>What is wrong with each row that is taken, by its place.</summary>
    public static IReadOnlyDictionary<int, string> Problems(IReadOnlyList<ScanRow> rows)
    {
        var problems = new Dictionary<int, string>();
        var seen = new Dictionary<VolumeKey, int>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (!rows[i].IsTaken)
            {
                continue;
            }

            if (!VolumeKey.IsModality(rows[i].Modality))
            {
                problems[i] = "The modality is named by lower case letters, digits and hyphens.";
            }
            else if (rows[i].Hours is not { } hours)
            {
                problems[i] = "Give its hours of plating.";
            }
            else if (!Ranges.ImportHours.Contains(hours))
            {
                problems[i] = "The hours are 0 to 1000000.";
            }
            else if (!seen.TryAdd(new VolumeKey(rows[i].Modality, hours), i))
            {
                problems[i] = $"{rows[seen[new VolumeKey(rows[i].Modality, hours)]].Found.Name} has this modality and time too.";
            }
        }

        return problems;
    }

    /// <summary>The rows with hours at equal steps, in their order.</summary>
    public static IReadOnlyList<ScanRow> WithSteps(IReadOnlyList<ScanRow> rows, double stepHours)
    {
        var n = 0;
        return [.. rows.Select(r => r.IsTaken ? r with { Hours = Math.Round(stepHours * n++, 6) } : r)];
    }

    /// <summary>The rows with the hours since the earliest of their files was written.</summary>
    public static IReadOnlyList<ScanRow> WithFileTimes(IReadOnlyList<ScanRow> rows)
    {
        var first = rows.Where(r => r.IsTaken).Select(r => r.Found.Written).DefaultIfEmpty().Min();
        return [.. rows.Select(r => r.IsTaken ? r with { Hours = Math.Round((r.Found.Written - first).TotalHours, 2) } : r)];
    }
}
