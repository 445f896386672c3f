using DendriteViewer.Analysis.Registration;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;

namespace DendriteViewer.Analysis.Experiments;

/// <summary>What is dark at a time and was not in the pristine scan, by absorption alone: lithium, cracks and new voids.</summary>
/// <param name="Hours">Hours of plating.</param>
/// <param name="Pristine">The pristine scan, in whose voxels pieces are.</param>
/// <param name="Registration">Where its material is at that time.</param>
/// <param name="Pieces">The pieces.</param>
/// <param name="Voids">Dark now and in the pristine scan: voids that stayed.</param>
/// <param name="Bright">Electrolyte that is bright now.</param>
/// <param name="VoxelUm3">Volume of a voxel.</param>
/// <param name="MeasuredUm3">Volume of all pieces.</param>
/// <param name="Uncertainty">What makes that uncertain.</param>
internal sealed record NewDark(
    double Hours, VolumeInfo Pristine, ScanRegistration Registration, Components Pieces, BitVolume Voids, BitVolume Bright, double VoxelUm3,
    double MeasuredUm3, VolumeUncertainty Uncertainty)
{
    /// <summary>The corrected mask that the pieces are of, or null where they are as they were found.</summary>
    public MaskUse? Mask { get; init; }

    /// <summary>Name of the automatic mask that corrections count for; null where nobody had corrected any.</summary>
    public string? AutomaticMask { get; init; }

    /// <summary>What a reader should know of it: of the scans, of how they were laid onto one another, and of corrected masks.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
