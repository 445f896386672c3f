using System.Globalization;

namespace DendriteViewer.Web.History;

/// <summary>Entries that one person made one after another, newest first.</summary>
/// <param name="PersonKey">Who.</param>
/// <param name="PersonName">Their name then.</param>
/// <param name="Items">The entries.</param>
public sealed record HistoryRun(string PersonKey, string PersonName, IReadOnlyList<HistoryItem> Items);

/// <summary>A day of a history, by the reader's clock.</summary>
/// <param name="Day">The day.</param>
/// <param name="Runs">What was done, newest first.</param>
public sealed record HistoryDay(DateOnly Day, IReadOnlyList<HistoryRun> Runs)
{
    /// <summary>Entries of one person that are so far apart are told apart.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(30);

    /// <summary>Entries by day and by runs of one person.</summary>
    /// <param name="items">Newest first.</param>
    /// <param name="zone">The reader's clock.</param>
    public static IReadOnlyList<HistoryDay> Of(IReadOnlyList<HistoryItem> items, TimeZoneInfo zone)
    {
        var days = new List<(DateOnly Day, List<List<HistoryItem>> Runs)>();
        HistoryItem? last = null;
        foreach (var item in items)
        {
            var day = DateOnly.FromDateTime(At(item.Entry.At, zone).DateTime);
            if (days.Count == 0 || days[^1].Day != day)
            {
                days.Add((day, []));
                last = null;
            }

            if (last is null || last.Entry.ByKey != item.Entry.ByKey || last.Entry.ByName != item.Entry.ByName
                || last.Entry.At - item.Entry.At > Pause.TotalMilliseconds)
            {
                days[^1].Runs.Add([]);
            }

            days[^1].Runs[^1].Add(item);
            last = item;
        }

        return [.. days.Select(d => new HistoryDay(
            d.Day, [.. d.Runs.Select(r => new HistoryRun(r[0].Entry.ByKey, r[0].Entry.ByName, r))]))];
    }

    /// <summary>A moment by the reader's clock.</summary>
    public static DateTimeOffset At(long at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), zone);

    /// <summary>“Today”, “Yesterday”, or the date.</summary>
    public string Name(DateTimeOffset now) => (DateOnly.FromDateTime(now.DateTime).DayNumber - Day.DayNumber) switch
    {
        0 => "Today",
        1 => "Yesterday",
        _ => Day.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>The clock of a time zone as browsers name it; UTC where the server does not know it.</summary>
    public static TimeZoneInfo ZoneOf(string? name) =>
        name is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
