using System.Diagnostics.Metrics;

namespace DendriteViewer.Web.Limits;

/// <summary>What was refused, and what nobody waited for; docs/configuration.md lists the names.</summary>
internal static class LimitMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "DendriteViewer.Limits";

    private static readonly Meter s_meter = new(Name);
    private static readonly Counter<long> s_rejected = s_meter.CreateCounter<long>(
        "dendrite.rejected", "{request}", "Requests refused as too many (429).");
    private static readonly Counter<long> s_abandoned = s_meter.CreateCounter<long>(
        "dendrite.abandoned", "{request}", "Requests whose work was stopped since their client was gone.");

    public static void Rejected(string by) => s_rejected.Add(1, new KeyValuePair<string, object?>("by", by));

    public static void Abandoned() => s_abandoned.Add(1);
}
