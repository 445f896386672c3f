using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Voxels of like value in a scan: air, soft, dense.</summary>
/// <param name="From">The least value; of the darkest class, the value below which only outliers lie.</param>
/// <param name="To">Where the next class begins.</param>
/// <param name="Mean">Mean value.</param>
/// <param name="Share">Share of the voxels in the field of view, 0–1.</param>
/// <param name="RimShare">Share of the voxels at the rim of the field of view, 0–1.</param>
/// <param name="PathVoxels">
/// How many voxels (of the finest level) of the class lie on a line along an axis that meets the class, on average over such lines.
/// </param>
/// <param name="Inward">
/// How far in it lies along a line through the sample, on average: 0 on the outside, 0.5 where it is spread evenly, 1 half way through. A
/// casing is near 0.
/// </param>
public readonly record struct ScanClass(
    double From, double To, double Mean, double Share, double RimShare, double PathVoxels, double Inward);

/// <summary>
/// What a scan is made of by value alone: its classes, by ascending value, and which of them is what lies around the sample.
/// <see cref="ScanSurvey"/> makes them.
/// </summary>
/// <param name="Classes">One to four classes; one where all voxels have the same value.</param>
/// <param name="Air">Index of the class around the sample, air as a rule; −1 where there is one class.</param>
/// <param name="Fill">Share of the sample, between its outermost voxels along a line, that is not air, 0–1.</param>
public sealed record ScanClasses(IReadOnlyList<ScanClass> Classes, int Air, double Fill)
{
    /// <summary>Classes that are not air, by ascending value.</summary>
    public IEnumerable<int> Visible => Enumerable.Range(0, Classes.Count).Where(i => i != Air);

    /// <summary>The value that parts air from what is next to it; null where there is one class.</summary>
    public double? Surface => Air < 0 ? null : Air + 1 < Classes.Count ? Classes[Air].To : Classes[Air].From;

    /// <summary>
    /// Values at which the classes of a histogram part, ascending: <see cref="OtsuClasses"/>' splits, each moved to the middle of the empty
    /// bins that it may lie anywhere in.
    /// </summary>
    /// <param name="bins">Counts in equal bins.</param>
    /// <param name="low">Where the first bin begins.</param>
    /// <param name="high">Where the last bin ends.</param>
    public static double[] Thresholds(ReadOnlySpan<long> bins, double low, double high)
    {
        var splits = OtsuClasses.Splits(bins);
        var thresholds = new double[splits.Length];
        for (var i = 0; i < splits.Length; i++)
        {
            int below = splits[i], above = splits[i] + 1;
            while (below > 0 && bins[below] == 0)
            {
                below--;
            }

            while (above < bins.Length - 1 && bins[above] == 0)
            {
                above++;
            }

            thresholds[i] = low + (below + above + 1) / 2.0 * (high - low) / bins.Length;
        }

        return thresholds;
    }

    /// <summary>
    /// Which class lies around the sample: the one that most of the rim is of, where it is there more than elsewhere (what is not of it is
    /// at most half as frequent as in the whole). Where no class is, the field of view lies within the sample, and it is the darkest.
    /// </summary>
    internal static int AirOf(IReadOnlyList<ScanClass> classes)
    {
        if (classes.Count < 2)
        {
            return -1;
        }

        var most = Enumerable.Range(0, classes.Count).MaxBy(i => classes[i].RimShare);
        var (share, rim) = (classes[most].Share, classes[most].RimShare);
        return rim >= 0.5 && 1 - rim <= (1 - share) / 2 ? most : 0;
    }
}
