using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Where a file says that its voxels lie.</summary>
/// <param name="Transform">Voxel to world, µm.</param>
/// <param name="From">Which part of the file says so, for people.</param>
public sealed record FileGeometry(AffineTransform Transform, string From)
{
    /// <summary>Those of the file's remarks that say what of it was guessed; they say nothing to who gives the size.</summary>
    public IReadOnlyList<string> Guesses { get; init; } = [];
}

/// <summary>A file or folder that holds one volume, or one at each of several times, all alike.</summary>
public abstract class VolumeFile : IDisposable
{
    /// <summary>The format, for people: "NRRD, gzip".</summary>
    public abstract string Format { get; }

    /// <summary>Voxels along z, y, x of one volume.</summary>
    public abstract VolumeShape Shape { get; }

    /// <summary>How the file holds them.</summary>
    public abstract SampleType Samples { get; }

    /// <summary>How the store will hold them.</summary>
    public virtual VoxelType Type => Samples.StoredAs();

    /// <summary>Number of volumes, one after another in time.</summary>
    public virtual int Frames => 1;

    /// <summary>Where the voxels lie, as far as the file says so with a unit.</summary>
    public virtual FileGeometry? Geometry => null;

    /// <summary>What somebody should know: what was not taken from the file, and why.</summary>
    public virtual IReadOnlyList<string> Remarks => [];

    /// <summary>Changes when the files do; an interrupted import goes on only from the same source.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>Whether the files are what they were when this was opened; null where only opening them again tells.</summary>
    public virtual bool? IsAsOpened() => null;

    /// <summary>Opens one of the volumes.</summary>
    /// <exception cref="VolumeFormatException">The file is damaged, or became another.</exception>
    public abstract ISliceSource Open(int frame);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
