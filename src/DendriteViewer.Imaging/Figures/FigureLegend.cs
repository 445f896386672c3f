using System.Globalization;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>What the colours of a figure mean, where they mean a class.</summary>
internal static class FigureLegend
{
    private const int MostRanges = 8, MostLabels = 12;

    /// <summary>Each colour with its meaning.</summary>
    public static IReadOnlyList<(int Color, string Text)> Of(FigureScene scene, FigureSettings settings)
    {
        var view = scene.View;
        var entries = new List<(int, string)>();
        var hasSlices = scene.Subtracted is null && settings.Panes.Any(p => p != Pane.Volume);
        if (view.Threshold is { } dark && hasSlices)
        {
            entries.Add((TransferPresets.Void, string.Create(CultureInfo.InvariantCulture, $"electrolyte darker than {dark:G5}")));
        }

        // Differences have no labels over them, and of the 3D pictures only the composite one has.
        var hasLabels = hasSlices || (settings.Panes.Contains(Pane.Volume) && view.Mode == VolumeMode.Composite);
        if (hasLabels && view.LabelsIn(scene.Dataset) is { } labels && view.Overlay!.Transfer.LabelRanges() is { } ranges)
        {
            var groups = ranges.GroupBy(r => r.Color).ToArray();
            entries.AddRange(groups.Take(MostRanges).Select(
                g => (g.Key, MeaningOf(scene, labels, g.Key) ?? NameOf(labels, g.Key, [.. g], groups.Length))));
            if (groups.Length > MostRanges)
            {
                entries.Add((groups[MostRanges].Key, $"{groups.Length - MostRanges} more …"));
            }
        }

        if (settings.Parts.HasFlag(FigureParts.Band) && scene.HasBand)
        {
            entries.Add((0xB49CFF, string.Create(CultureInfo.InvariantCulture, $"depth {view.Band.FromUm:0.##}–{view.Band.ToUm:0.##} µm")));
        }

        if (settings.Parts.HasFlag(FigureParts.Sites))
        {
            entries.AddRange(scene.Marks.Select(m => (m.Color, m.Meaning)).Distinct());
            var carried = scene.Marks.SelectMany(m => m.Labels).Concat(scene.ShapesNow.SelectMany(s => s.Labels)).Distinct().ToArray();
            entries.AddRange(carried.Take(MostLabels).Select(l => (l.Color, l.Name)));
            if (carried.Length > MostLabels)
            {
                entries.Add((carried[MostLabels].Color, $"{carried.Length - MostLabels} more labels …"));
            }
        }

        return entries;
    }

    // A scan that is a segmentation, in the colours of its own labels.
    private static string? MeaningOf(FigureScene scene, VolumeInfo labels, int color) =>
        labels.IsLabels || labels.Key != scene.Volume.Key ? null : scene.Labels.FirstOrDefault(l => l.Color == color).Meaning;

    private static string NameOf(VolumeInfo labels, int color, IReadOnlyList<LabelRange> ranges, int colors)
    {
        var modality = labels.Key.Modality;
        var name = modality switch
        {
            LabelModality.Voids => "voids",
            LabelModality.Lithium => labels.Corrected is null ? "lithium or crack" : $"lithium or crack, {MaskUse.Of(labels)}",
            LabelModality.Change => color == TransferPresets.Void ? "lost" : "gained",
            LabelModality.Lithium + CorrectedMask.ShownSuffix => colors == 1 ? "mask" : ranges[0].From switch
            {
                MaskClasses.Kept => "mask, kept",
                MaskClasses.Added => "mask, added",
                _ => "mask, removed",
            },
            _ => labels.IsLabels ? modality : "values",
        };
        var numbers = string.Join(", ", ranges.Take(3).Select(r => r.From == r.To ? $"{r.From}" : $"{r.From}–{r.To}"));
        var isNamed = modality == LabelModality.Change || modality.EndsWith(CorrectedMask.ShownSuffix, StringComparison.Ordinal);
        return colors == 1 || isNamed ? name : $"{name} {numbers}{(ranges.Count > 3 ? " …" : "")}";
    }
}
