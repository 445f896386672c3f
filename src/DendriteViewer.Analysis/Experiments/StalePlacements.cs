using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>
/// Whether a result that was kept rests on where phase contrast lies now. A registration does not run analyses again, and pieces that phase
/// contrast judged are another number once it lies elsewhere.
/// </summary>
public static class StalePlacements
{
    /// <summary>A sentence for each phase scan that was moved, registered or taken back since the analysis; else none.</summary>
    /// <param name="dataset">The dataset as it is now.</param>
    /// <param name="result">What was kept.</param>
    public static IReadOnlyList<string> Of(Dataset dataset, AnalysisResult result)
    {
        // Earlier versions did not keep what they used.
        if (result.Inputs.Count == 0 || result.Recipe.Modality == PhaseContrast.Modality)
        {
            return [];
        }

        var used = result.Inputs.ToDictionary(i => i.Volume, i => i.Checksum);
        var sentences = new List<string>();
        foreach (var scan in dataset.Volumes.Where(v => v.Key.Modality == PhaseContrast.Modality))
        {
            var (isUsable, wasUsed) = (StageTrust.ProblemOf(dataset, scan.Key) is null, used.ContainsKey(scan.Key.ToString()));
            var now = AnalysisStore.PlacementInput(scan);
            var moved = used.TryGetValue(now.Volume, out var was) && was != now.Checksum;
            var what = (isUsable, wasUsed) switch
            {
                (true, false) => "was registered or imported after this analysis, which did not use it",
                (false, true) => "was used by this analysis, and lies where it may not be used now",
                (true, true) when moved => "was moved after this analysis, which used it where it lay before",
                _ => null,
            };
            sentences.AddRange(what is null ? [] : [$"{scan.Key} {what}: run the analysis again."]);
        }

        return sentences;
    }
}
