namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What images refine a placement by.</summary>
public enum PlacementMetric
{
    /// <summary>Mutual information by D. Mattes et al.</summary>
    Mutual,

    /// <summary>Correlation of how steep the two are, which shading and the order of greys leave as it is.</summary>
    Gradient,
}
