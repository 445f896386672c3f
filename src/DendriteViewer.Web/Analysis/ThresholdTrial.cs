using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Web.Analysis;

/// <summary>
/// Counts the voids at thresholds that somebody tries on a slider. One count runs at a time and the newest value wins, so that a drag does
/// not pile up work. Nothing is kept.
/// </summary>
internal sealed class ThresholdTrial(Analyses analyses)
{
    // The pristine scan, read and filtered once for all values that are tried.
    private Task<ExperimentAnalysis>? _look;
    private bool _isCounting;

    /// <summary>Reads the pristine scan ahead, so that the first value need not wait for it.</summary>
    public Task<ExperimentAnalysis> WarmAsync(Dataset dataset, AnalysisRecipe recipe, CancellationToken ct) =>
        _look is null or { IsFaulted: true } or { IsCanceled: true } ? _look = analyses.PreviewAsync(dataset, recipe, ct) : _look;

    /// <summary>Forgets the scan that was read, after the dataset or its recipe changed.</summary>
    public void Forget() => _look = null;

    /// <summary>Counts until the newest value is counted.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="recipe">The recipe, of which the threshold is replaced.</param>
    /// <param name="newest">The value wanted at the moment; null when it was taken back.</param>
    /// <param name="show">Called with the voids at each value that was counted.</param>
    /// <param name="ct">Ends the counting.</param>
    public async Task CountAsync(
        Dataset dataset, AnalysisRecipe recipe, Func<double?> newest, Action<VoidFindings> show, CancellationToken ct)
    {
        if (_isCounting)
        {
            return;
        }

        _isCounting = true;
        try
        {
            var look = await WarmAsync(dataset, recipe, ct);
            for (double? counted = null; newest() is { } wanted && wanted != counted; counted = wanted)
            {
                var findings = await analyses.TryAsync(look, wanted, ct);
                if (newest() is not null)
                {
                    show(findings);
                }
            }
        }
        finally
        {
            _isCounting = false;
        }
    }
}
