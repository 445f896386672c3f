using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Counts what a picture reads, by running <see cref="RayProgram"/> on the host: for benchmarks, which relate time to
/// work.</summary>
public static class SampleCounter
{
    /// <summary>Samples that the rays of a picture with one volume take; eight voxels are read for each.</summary>
    /// <param name="volume">What is looked at.</param>
    /// <param name="settings">How.</param>
    /// <param name="rays">The rays of a picture at scale 1.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="every">Every so-manyth ray along both axes is counted, and stands for its neighbours.</param>
    public static long Count(PagedVolume volume, RaycastSettings settings, RayGeometry rays, int width, int height, int every)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(settings.IsLayered, false);
        var host = new HostRaycaster(volume, settings);
        var voxels = 0L;
        Parallel.For(
            0, (height + every - 1) / every, ComputeLane.Options(), () => new long[1],
            (row, _, counter) =>
            {
                for (var u = every / 2; u < width; u += every)
                {
                    var (origin, direction) = rays.Ray(u, row * every + every / 2);
                    host.TraceCounting(origin, direction, counter);
                }

                return counter;
            },
            counter => Interlocked.Add(ref voxels, counter[0]));
        return voxels / 8 * every * every;
    }

    /// <summary>A volume that counts the voxels which are read.</summary>
    /// <typeparam name="TVolume">The volume.</typeparam>
    internal readonly struct Counted<TVolume>(TVolume volume, long[] counter) : IRayMemory where TVolume : struct, IRayMemory
    {
        public int LevelCount => volume.LevelCount;

        public bool IsFloat => volume.IsFloat;

        public bool IsWhole => volume.IsWhole;

        public LevelShape Level(int level) => volume.Level(level);

        public int Page(int entry) => volume.Page(entry);

        public bool HasSeams(int page) => volume.HasSeams(page);

        public float Voxel(int page, int offset)
        {
            counter[0]++;
            return volume.Voxel(page, offset);
        }

        public Corners Corners(int page, int offset)
        {
            counter[0] += 8;
            return volume.Corners(page, offset);
        }

        public int OfBrick(int brick) => volume.OfBrick(brick);

        public int Distance(int cell) => volume.Distance(cell);

        public long Entry(int i) => volume.Entry(i);

        public ExtinctionSum Sum(int i) => volume.Sum(i);
    }
}
