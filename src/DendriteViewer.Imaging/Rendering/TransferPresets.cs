using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Transfer functions to start from. Those of a cell with an interface are placed by the value that parts dark from bright (Otsu's
/// threshold of the scan); those of any other scan are <see cref="ClassPresets"/>. Electrolyte is grey, void amber, lithium cyan, here as
/// everywhere; what is dark by value alone is neither.
/// </summary>
public static class TransferPresets
{
    /// <summary>Void amber.</summary>
    public const int Void = 0xE0A030;

    /// <summary>Lithium cyan.</summary>
    public const int Lithium = 0x35C9E8;

    /// <summary>What is dark, whatever it is.</summary>
    public const int AnyDark = 0xD8CFC0;

    /// <summary>Electrolyte grey.</summary>
    public const int Electrolyte = 0xC8C8C8;

    /// <summary>
    /// Presets of a scan of a cell with an interface. None by value is named lithium: a pristine void is as dark as that.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = ["electrolyte", "voids", "dark", All];

    /// <summary>The preset that a first view has.</summary>
    public const string All = "all";

    /// <summary>Name of what shows an analysis's mask instead of values; what was stored under it before means <c>dark</c> here.</summary>
    public const string Mask = "lithium";

    /// <summary>The presets that a page offers: those of a cell where the dataset has an interface, else those of any scan.</summary>
    public static IReadOnlyList<string> NamesOf(Dataset dataset, ValueHistogram histogram) =>
        dataset.HasInterface || histogram.Classes is null ? Names : ClassPresets.NamesOf(histogram.Classes);

    /// <summary>What the colours of a preset that a page offers mean; empty for none of that name.</summary>
    public static IReadOnlyList<(int Color, string Meaning)> LegendOf(string name, Dataset dataset, ValueHistogram histogram) =>
        !dataset.HasInterface && histogram.Classes is { } classes
            ? ClassPresets.NamesOf(classes).Contains(name) ? ClassPresets.LegendOf(name, classes) : []
            : name switch
            {
                "electrolyte" => [(Electrolyte, "electrolyte")],
                "voids" => [(Void, "dark: void or lithium")],
                "dark" => [(AnyDark, "dark")],
                All => [(Void, "dark"), (Electrolyte, "electrolyte")],
                _ => [],
            };

    /// <summary>A preset of either kind, or null where there is none of that name for this scan.</summary>
    public static TransferFunction? Find(string name, Dataset dataset, ValueHistogram histogram) =>
        (dataset.HasInterface || histogram.Classes is not { } classes ? null : ClassPresets.Find(name, classes, histogram.Padding))
        ?? Find(name, histogram) ?? (histogram.Classes is { } any ? ClassPresets.Find(name, any, histogram.Padding) : null);

    /// <summary>A preset of a cell with an interface, or null where there is none of that name.</summary>
    public static TransferFunction? Find(string name, ValueHistogram histogram)
    {
        double least = histogram.Least, most = histogram.Most, t = histogram.Threshold, dark = histogram.DarkMean, bright = histogram.BrightMean;
        return name switch
        {
            "electrolyte" => TransferFunction.Of(
                [new(least, 0x303030, 0), new(t, 0x606060, 0), new((t + bright) / 2, 0x909090, 0.04), new(bright, Electrolyte, 0.25), new(most, 0xFFFFFF, 0.5)]),
            "voids" => Dark(Void),
            "dark" or Mask => Dark(AnyDark),
            All => TransferFunction.Of(
                [new(least, Void, 0.35), new(dark, Void, 0.3), new((dark + t) / 2, Void, 0), new(t, 0x808080, 0.001), new(bright, Electrolyte, 0.012), new(most, 0xFFFFFF, 0.05)]),
            _ => null,
        };

        TransferFunction Dark(int color) => TransferFunction.Of(
            [new(least, color, 0.6), new(dark, color, 0.55), new((dark + 2 * t) / 3, color, 0), new(most, Electrolyte, 0)]);
    }
}
