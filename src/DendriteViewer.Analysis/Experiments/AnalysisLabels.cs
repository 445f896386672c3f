using DendriteViewer.Kernels.Labelling;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>The sets of voxels behind an analysis, in the pristine scan's frame.</summary>
/// <param name="Voids">Pristine voids; a void's id is its label.</param>
/// <param name="Lithium">Lithium at each time; a piece's id is its label.</param>
/// <param name="Sites">Lithium at each time, labelled with the numbers of sites.</param>
public sealed record AnalysisLabels(Components Voids, IReadOnlyList<(double Hours, Components Pieces, Components Sites)> Lithium)
{
    /// <summary>Lithium as it was found automatically, of the times at which somebody corrected it.</summary>
    public IReadOnlyList<(double Hours, Components Pieces)> Automatic { get; init; } = [];

    /// <summary>Bytes of memory, roughly.</summary>
    public long Bytes => 12L * (Voids.AllRuns().LongCount()
        + Lithium.Sum(l => l.Pieces.AllRuns().LongCount() + l.Sites.AllRuns().LongCount()));
}
