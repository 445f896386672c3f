using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Kernels.Labelling;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>What changed between two times.</summary>
/// <param name="FromHours">Hours of the one.</param>
/// <param name="ToHours">Hours of the other.</param>
/// <param name="GainedUm3">What became dark, µm³.</param>
/// <param name="LostUm3">What became bright, µm³.</param>
/// <param name="Labels">1 gained, 2 lost.</param>
public sealed record ChangeFindings(double FromHours, double ToHours, double GainedUm3, double LostUm3, Components Labels)
{
    /// <summary>The version of the mask that counted at <see cref="FromHours"/>; null for the automatic one.</summary>
    public MaskUse? FromMask { get; init; }

    /// <summary>The version of the mask that counted at <see cref="ToHours"/>; null for the automatic one.</summary>
    public MaskUse? ToMask { get; init; }
}
