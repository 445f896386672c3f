using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What a placement is refined by: how well samples of the moving volume agree with the fixed scan, as a log likelihood.</summary>
internal interface IAgreementMetric
{
    /// <summary>Samples.</summary>
    int Count { get; }

    /// <summary>The agreement at a placement; without slopes where no motion is given.</summary>
    /// <param name="placement">From the moving volume's own µm to the fixed frame.</param>
    /// <param name="motion">Of what the slopes are asked, or null.</param>
    Agreement At(AffineTransform placement, LocalMotion? motion);
}
