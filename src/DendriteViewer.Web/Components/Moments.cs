using System.Globalization;

namespace DendriteViewer.Web.Components;

/// <summary>Moments as people read them, in UTC, which is named.</summary>
public static class Moments
{
    /// <summary>“26 Nov 2026, 18:05 UTC”.</summary>
    /// <param name="at">Unix milliseconds.</param>
    public static string Text(long at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
