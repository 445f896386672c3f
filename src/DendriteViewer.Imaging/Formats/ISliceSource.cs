using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A volume on somebody's disk, read slice by slice.</summary>
public interface ISliceSource : IDisposable
{
    /// <summary>Voxels along z, y, x.</summary>
    VolumeShape Shape { get; }

    /// <summary>How a voxel is stored.</summary>
    VoxelType Type { get; }

    /// <summary>
    /// Changes when the files do (names, sizes, times of change); an interrupted import goes on only from the same source.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>Whether slices may be read in any order, by several threads at once.</summary>
    bool InAnyOrder => false;

    /// <summary>Reads slice z, little endian, y·x voxels. Slices are asked for in order, unless <see cref="InAnyOrder"/>.</summary>
    /// <exception cref="VolumeFormatException">The slice is missing, damaged, or unlike the first.</exception>
    void ReadSlice(int z, Span<byte> target);

    /// <summary>What only reading shows, for people: sentences about the slices that were read so far. Asked for after the last.</summary>
    /// <exception cref="VolumeFormatException">What was read cannot be a scan, for instance because none of its data was found.</exception>
    IReadOnlyList<string> Findings() => [];
}
