using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Dates and times as cyclers write them. Numbers for day and month are only read where it is known which is which.</summary>
internal sealed partial class WallClock
{
    private static readonly string[] s_months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private readonly DateOrder _order;

    private WallClock(DateOrder order) => _order = order;

    /// <summary>Whether any text could be read in two ways and nobody said which.</summary>
    public bool IsAmbiguous => _order == DateOrder.Unsaid;

    /// <summary>Whether a text looks like a date.</summary>
    public static bool IsDate(string text) => Date().IsMatch(text);

    /// <summary>How the dates of a file are to be read, from all of them.</summary>
    /// <param name="texts">Dates.</param>
    /// <param name="said">What the caller says.</param>
    /// <returns>Null where the dates contradict one another or what was said.</returns>
    public static WallClock? Of(IEnumerable<string> texts, DateOrder said)
    {
        bool day = false, month = false, needed = false;
        foreach (var text in texts)
        {
            if (Date().Match(text) is { Success: true } m && m.Groups["a"].Success)
            {
                needed = true;
                day |= int.Parse(m.Groups["a"].ValueSpan, CultureInfo.InvariantCulture) > 12;
                month |= int.Parse(m.Groups["b"].ValueSpan, CultureInfo.InvariantCulture) > 12;

                // With points between, the day comes first in every country that writes dates so.
                day |= m.Groups["by"].Value == ".";
            }
        }

        var told = day ? DateOrder.DayFirst : month ? DateOrder.MonthFirst : needed ? said : DateOrder.DayFirst;
        return (day && month) || (needed && said != DateOrder.Unsaid && told != said) ? null : new WallClock(told);
    }

    /// <summary>A date on the file's clock; null where the text is none, or could be two.</summary>
    public DateTime? Read(string text)
    {
        if (Date().Match(text) is not { Success: true } m)
        {
            return null;
        }

        int Number(string group) => m.Groups[group].Success ? int.Parse(m.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;
        int year, month, day;
        if (m.Groups["iy"].Success)
        {
            (year, month, day) = (Number("iy"), Number("im"), Number("id"));
        }
        else if (m.Groups["nm"].Success)
        {
            (year, day) = (Number("ny"), Number("nd"));
            month = 1 + Array.IndexOf(s_months, m.Groups["nm"].Value[..3].ToLowerInvariant());
        }
        else
        {
            if (_order == DateOrder.Unsaid)
            {
                return null;
            }

            year = Number("y");
            (month, day) = _order == DateOrder.DayFirst ? (Number("b"), Number("a")) : (Number("a"), Number("b"));
        }

        year += year < 70 ? 2000 : year < 100 ? 1900 : 0;
        var half = m.Groups["half"].Value.ToUpperInvariant();
        var hour = Number("h");
        hour = half == "PM" && hour < 12 ? hour + 12 : half == "AM" && hour == 12 ? 0 : hour;
        if (year is < 1970 or > 2200 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || Number("mi") > 59 || Number("s") > 60)
        {
            return null;
        }

        var fraction = m.Groups["f"].Success
            ? double.Parse("0." + m.Groups["f"].Value, NumberStyles.Float, CultureInfo.InvariantCulture) : 0;
        return new DateTime(year, month, day, hour, Number("mi"), 0, DateTimeKind.Unspecified).AddSeconds(Number("s"))
            .AddTicks((long)Math.Round(fraction * TimeSpan.TicksPerSecond));
    }

    /// <summary>Seconds since 1970 of a date, as if its clock were UTC.</summary>
    public static double Seconds(DateTime date) => (date - DateTime.UnixEpoch).Ticks / (double)TimeSpan.TicksPerSecond;

    // 2024-09-20 08:32:34.558, 20-Nov-23 3:56:08 PM, 09/20/2024 08:32, 19.06.2023 17:56:53.
    [GeneratedRegex(
        @"^\s*(?:(?<iy>\d{4})[-/.](?<im>\d{1,2})[-/.](?<id>\d{1,2})|(?<nd>\d{1,2})[- ](?<nm>[A-Za-z]{3,9})[- ](?<ny>\d{2,4})"
        + @"|(?<a>\d{1,2})(?<by>[-/.])(?<b>\d{1,2})[-/.](?<y>\d{4}|\d{2}))"
        + @"(?:[ T]+(?<h>\d{1,2}):(?<mi>\d{2})(?::(?<s>\d{2})(?:[.,](?<f>\d{1,9}))?)?\s*(?<half>[AaPp][Mm])?)?\s*Z?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
