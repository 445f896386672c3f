namespace DendriteViewer.Imaging.Corrections;

/// <summary>A mask under correction as it is now.</summary>
/// <param name="History">Its log, folded.</param>
/// <param name="State">What was corrected of the automatic mask that there is now.</param>
/// <param name="AddedVoxels">Voxels that the automatic mask does not have.</param>
/// <param name="RemovedVoxels">Voxels that only the automatic mask has.</param>
/// <param name="VoxelUm3">Volume of a voxel, µm³.</param>
public sealed record MaskSummary(MaskHistory History, MaskHistory.State State, long AddedVoxels, long RemovedVoxels, double VoxelUm3);
