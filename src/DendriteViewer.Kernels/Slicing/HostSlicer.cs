using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>Runs <see cref="SliceProgram"/> on the host, one pixel at a time: the specification, and small tiles that packets leave
/// over.</summary>
/// <param name="volume">What is sliced.</param>
/// <param name="plane">The plane, in index coordinates of the volume's grid.</param>
public sealed class HostSlicer(PagedVolume volume, SliceGeometry plane)
{
    private readonly HostVoxels _voxels = new(volume);
    private readonly SliceArguments _arguments = SliceArguments.Of(volume, plane);

    /// <summary>The value of pixel (u, v); NaN outside the volume.</summary>
    public float Pixel(int u, int v) => SliceProgram.Pixel(_voxels, _arguments, u, v);

    /// <summary>For samples at single points.</summary>
    /// <param name="volume">What is sampled.</param>
    /// <param name="interpolation">What lies between voxels.</param>
    public HostSlicer(PagedVolume volume, SliceInterpolation interpolation)
        : this(volume, new SliceGeometry(default, default, default, default, Interpolation: interpolation))
    {
    }

    /// <summary>One sample at a point in index coordinates; NaN outside the volume.</summary>
    public float At(VoxelVector point) => SliceProgram.At(_voxels, _arguments, point);

    /// <summary>One sample alone.</summary>
    public static float At(PagedVolume volume, VoxelVector point, SliceInterpolation interpolation = SliceInterpolation.Linear) =>
        new HostSlicer(volume, interpolation).At(point);

    /// <summary>Whether a point is within half a voxel of the outermost centres.</summary>
    internal bool IsInside(VoxelVector point) => SliceProgram.IsInside(_arguments.Grid, point);

    /// <summary>Gives a tile's rows to the job.</summary>
    internal void RenderTile(SliceJob job, int u0, int v0, int size)
    {
        Span<float> row = stackalloc float[Math.Min(size, job.Width - u0)];
        for (var v = v0; v < Math.Min(v0 + size, job.Height); v++)
        {
            for (var u = 0; u < row.Length; u++)
            {
                row[u] = Pixel(u0 + u, v);
            }

            job.Row(u0, v, row);
        }
    }
}
