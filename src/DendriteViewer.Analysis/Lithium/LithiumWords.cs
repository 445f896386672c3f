using DendriteViewer.Analysis.Experiments;

namespace DendriteViewer.Analysis.Lithium;

/// <summary>
/// What the volume that became dark is called. Absorption sees that something is less dense than the electrolyte, not what it is: lithium,
/// a crack or a new void. Only where phase contrast decided is it called lithium.
/// </summary>
public static class LithiumWords
{
    /// <summary>The name where absorption alone was measured, at the beginning of a sentence.</summary>
    public const string NewDark = "New dark volume";

    /// <summary>What it may be.</summary>
    public const string MayBe = "lithium, crack or new void";

    /// <summary>What is measured, with what it may be; lithium where phase contrast covers every piece of every time.</summary>
    public static string Title(AnalysisResult result) => IsLithium(result) ? "Lithium" : $"{NewDark} ({MayBe})";

    /// <summary>The same in short, for a column's head or an axis.</summary>
    public static string Short(AnalysisResult result) => IsLithium(result) ? "lithium" : "new dark volume";

    /// <summary>Whether phase contrast confirmed every piece.</summary>
    public static bool IsLithium(AnalysisResult result) => result.Lithium.Any(l => l.ConfirmedUm3 > 0) && !result.Lithium.Any(l =>
        l.IsUpperBound);
}
