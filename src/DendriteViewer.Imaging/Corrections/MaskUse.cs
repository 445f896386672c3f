using System.Globalization;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>Which version of a corrected mask a number or labels rest on.</summary>
/// <param name="Hours">Hours of the mask.</param>
/// <param name="Version">The version.</param>
/// <param name="By">Whose strokes it is made of.</param>
/// <param name="At">When it was kept, Unix milliseconds.</param>
/// <param name="Strokes">How many strokes and fills.</param>
/// <param name="AutomaticUm3">Volume of the automatic mask, µm³.</param>
/// <param name="AddedUm3">What was added to it, µm³.</param>
/// <param name="RemovedUm3">What was taken away, µm³.</param>
/// <param name="OutsideUm3">What was painted outside of the electrolyte and does not count, µm³.</param>
public sealed record MaskUse(
    double Hours, int Version, IReadOnlyList<string> By, long At, int Strokes, double AutomaticUm3, double AddedUm3, double RemovedUm3,
    double OutsideUm3)
{
    /// <summary>What a mask is that nobody corrected.</summary>
    public const string Automatic = "automatic";

    /// <summary>The version in words: corrected v3 by Ada, 12 strokes.</summary>
    /// <param name="use">The version, or null of an automatic mask.</param>
    /// <param name="withNames">Whether whoever reads it may see who corrected.</param>
    public static string Describe(MaskUse? use, bool withNames) => use is null ? Automatic : string.Create(CultureInfo.InvariantCulture,
        $"corrected v{use.Version}{(withNames && use.By.Count > 0 ? $" by {Names(use.By)}" : "")}, {Count(use.Strokes)}");

    /// <summary>Which version labels are of, in words without names; null of what no mask of lithium decides.</summary>
    public static string? Of(VolumeInfo labels) => labels switch
    {
        { IsLabels: true, Key.Modality: LabelModality.Change } => DescribeChange(labels.CorrectedFrom, labels.Corrected),
        { IsLabels: true, Key.Modality: LabelModality.Lithium or LabelModality.LithiumAutomatic } =>
            Describe(labels.Corrected, withNames: false),
        _ => null,
    };

    /// <summary>The versions of two masks that were compared, in words without names.</summary>
    /// <param name="from">Of the one time, or null of an automatic mask.</param>
    /// <param name="to">Of the other, or null.</param>
    public static string DescribeChange(MaskUse? from, MaskUse? to)
    {
        var corrected = new[] { from, to }.OfType<MaskUse>().Select(
            use => string.Create(CultureInfo.InvariantCulture, $"{Describe(use, withNames: false)} at {use.Hours:0.##} h")).ToArray();
        return corrected.Length == 0 ? Automatic
            : string.Join(" and ", corrected) + (corrected.Length == 1 ? $"; {Automatic} at the other time" : "");
    }

    /// <summary>Names, the first three of many.</summary>
    public static string Names(IReadOnlyList<string> by) => by.Count switch
    {
        0 => "nobody",
        <= 3 => string.Join(", ", by),
        _ => $"{string.Join(", ", by.Take(3))} and {by.Count - 3} more",
    };

    private static string Count(int strokes) => strokes == 1 ? "1 stroke" : $"{strokes} strokes";
}
