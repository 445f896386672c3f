using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Analysis;

/// <summary>What decides the colour of lithium.</summary>
public enum LithiumColors
{
    /// <summary>The timestep in which its site was born.</summary>
    Birth,

    /// <summary>Its site.</summary>
    Piece,

    /// <summary>How deep its site lies.</summary>
    Depth,
}

/// <summary>How labels are coloured, here and in the report.</summary>
public static class LabelLooks
{
    /// <summary>Opacity of a voxel's length of what is lit.</summary>
    public const double Opacity = 0.85;

    private static readonly int[] s_births = [TransferPresets.Lithium, 0x5EC962, 0xFDE725, 0x9C89F5, 0xF28E8E, 0xC8C8C8];

    // Neighbours in the list differ in hue and in lightness; none is the amber of voids.
    private static readonly int[] s_pieces = [0x35C9E8, 0xF28E8E, 0x5EC962, 0x9C89F5, 0xFDE725, 0x2F7FD2, 0xE86AC0, 0xC8C8C8, 0x1FA38A, 0xB5D96B];

    /// <summary>Ranges of labels, each in its colour; all others are not seen.</summary>
    public static TransferFunction Ranges(IEnumerable<(int From, int To, int Color)> ranges) =>
        TransferFunction.OfLabels(ranges.Take(TransferFunction.MostRanges).Select(r => new LabelRange(r.From, r.To, r.Color, Opacity)));

    /// <summary>What is dark as a faint amber, so that labels stand out before it.</summary>
    public static TransferFunction Ghosts(double least, double threshold, double opacity) => TransferFunction.Of(
        [new(least, TransferPresets.Void, opacity), new(least + 0.8 * (threshold - least), TransferPresets.Void, opacity), new(threshold, TransferPresets.Void, 0)]);

    /// <summary>The numbers of the sites born at each time, and its colour; sites are numbered by birth.</summary>
    public static IReadOnlyList<(double Hours, int From, int To, int Color)> Births(AnalysisResult result) => result.Sites
        .Select((s, i) => (s.BornHours, Number: i + 1)).GroupBy(s => s.BornHours).OrderBy(g => g.Key)
        .Select((g, i) => (g.Key, g.Min(s => s.Number), g.Max(s => s.Number), s_births[Math.Min(i, s_births.Length - 1)])).ToArray();

    /// <summary>Lithium coloured, and what the colours say. Of more sites than can be told apart, those that became largest.</summary>
    public static (IReadOnlyList<(int From, int To, int Color)> Ranges, IReadOnlyList<(string Name, int Color)> Legend) Lithium(AnalysisResult result, LithiumColors colors)
    {
        if (colors == LithiumColors.Birth)
        {
            var births = Births(result);
            return (births.Select(b => (b.From, b.To, b.Color)).ToArray(), births.Select(b => (FormattableString.Invariant($"{b.Hours:0.##} h"), b.Color)).ToArray());
        }

        var sites = result.Sites.Select((s, i) => (Site: s, Number: i + 1)).OrderByDescending(s => s.Site.Volumes.Max(v => v.Um3)).Take(TransferFunction.MostRanges).OrderBy(s => s.Number).ToArray();
        if (colors == LithiumColors.Piece)
        {
            var pieces = sites.Select((s, i) => (s.Number, Color: s_pieces[i % s_pieces.Length], s.Site.Id)).ToArray();
            return (pieces.Select(p => (p.Number, p.Number, p.Color)).ToArray(), pieces.Length > 24 ? [] : pieces.Select(p => (p.Id, p.Color)).ToArray());
        }

        if (sites.Length == 0)
        {
            return ([], []);
        }

        // Viridis from the nearest to the deepest, without its darkest third, which a dark ground would swallow.
        var (least, most) = (sites.Min(s => s.Site.DepthUm), sites.Max(s => s.Site.DepthUm));
        return (sites.Select(s => (s.Number, s.Number, At(s.Site.DepthUm))).ToArray(),
            Enumerable.Range(0, 5).Select(i => least + i * (most - least) / 4).Select(d => (FormattableString.Invariant($"{d:0} µm"), At(d))).Distinct().ToArray());

        int At(double depth)
        {
            var c = ColorMap.Find("viridis").Colors[(int)(85 + 170 * (most > least ? (depth - least) / (most - least) : 0.5))];
            return c.R << 16 | c.G << 8 | c.B;
        }
    }
}
