using System.Globalization;

namespace DendriteViewer.Web.Comments;

/// <summary>How long ago something was, in words.</summary>
public static class TimeAgo
{
    /// <summary>“just now”, “5 min ago”, “3 h ago”, “2 d ago”, or the day (UTC) where it is more than a week.</summary>
    public static string Of(DateTimeOffset then, DateTimeOffset now) => (now - then) switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } age => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes} min ago"),
        { TotalDays: < 1 } age => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours} h ago"),
        { TotalDays: < 7 } age => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays} d ago"),
        _ => then.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
    };
}
