namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What tells classes of the joint histogram apart.</summary>
internal interface IClassModel
{
    /// <summary>How likely a voxel is electrolyte, void, lithium and none of them, adding up to 1.</summary>
    /// <param name="v">The voxel's two values.</param>
    /// <param name="target">Four numbers, by <see cref="DarkClass"/>.</param>
    void Posterior(JointValue v, Span<double> target);
}
