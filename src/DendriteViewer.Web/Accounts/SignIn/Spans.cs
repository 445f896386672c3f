namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>Spans of time as people read them.</summary>
internal static class Spans
{
    /// <summary>“40 s”, “3 min”.</summary>
    public static string Text(TimeSpan span) =>
        span.TotalSeconds < 100 ? $"{span.TotalSeconds:0} s" : $"{Math.Ceiling(span.TotalMinutes):0} min";
}
