using DendriteViewer.Imaging.Analysis;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Analysis;

/// <summary>How labels are coloured, here and in the report.</summary>
public static class LabelLooks
{
    // Half way to the next label: only whole numbers are ever looked up.
    private const double Edge = 0.499, Outside = 0.5, Opacity = 0.85;

    private static readonly int[] s_births = [TransferPresets.Lithium, 0x5EC962, 0xFDE725, 0x9C89F5, 0xF28E8E, 0xC8C8C8];

    /// <summary>Ranges of labels, each in its colour; all others are not seen. As many as a transfer function has room for.</summary>
    public static TransferFunction Ranges(IReadOnlyList<(int From, int To, int Color)> ranges) => TransferFunction.Of(
        ranges.Take(TransferFunction.MostPoints / 4).SelectMany(r => new TransferPoint[]
        {
            new(r.From - Outside, r.Color, 0), new(r.From - Edge, r.Color, Opacity), new(r.To + Edge, r.Color, Opacity), new(r.To + Outside, r.Color, 0),
        }).DefaultIfEmpty(new TransferPoint(0, 0, 0)));

    /// <summary>What is dark as a faint amber, so that labels stand out before it.</summary>
    public static TransferFunction Ghosts(double least, double threshold, double opacity) => TransferFunction.Of(
        [new(least, TransferPresets.Void, opacity), new(least + 0.8 * (threshold - least), TransferPresets.Void, opacity), new(threshold, TransferPresets.Void, 0)]);

    /// <summary>The numbers of the sites born at each time, and its colour; sites are numbered by birth.</summary>
    public static IReadOnlyList<(double Hours, int From, int To, int Color)> Births(AnalysisResult result) => result.Sites
        .Select((s, i) => (s.BornHours, Number: i + 1)).GroupBy(s => s.BornHours).OrderBy(g => g.Key)
        .Select((g, i) => (g.Key, g.Min(s => s.Number), g.Max(s => s.Number), s_births[Math.Min(i, s_births.Length - 1)])).ToArray();
}
