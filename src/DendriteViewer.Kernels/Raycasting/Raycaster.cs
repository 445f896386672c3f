using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting.BytePackets;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Ray-casts whole pictures: tiles over all cores, packets of as many rays as the processor has lanes.</summary>
public static class Raycaster
{
    /// <summary>
    /// Fills <paramref name="target"/> with 0xAABBGGRR, row by row. <paramref name="scale"/> is full pixels per picture pixel:
    /// the picture of scale 2 has half as many pixels each way and shows the same view.
    /// </summary>
    /// <param name="volume">What is looked at.</param>
    /// <param name="settings">How.</param>
    /// <param name="rays">The rays of a picture at scale 1.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="scale">Pixels of the full picture in one of this.</param>
    /// <param name="target">At least width·height pixels.</param>
    /// <param name="superseded">Stops between tiles.</param>
    /// <param name="lanes">How many rays at a time, never in bytes; by default the most that the processor supports.</param>
    /// <returns>False where <paramref name="superseded"/> was signalled; the picture is then incomplete.</returns>
    public static bool Render(
        PagedVolume volume, RaycastSettings settings, RayGeometry rays, int width, int height, float scale, Memory<uint> target,
        CancellationToken superseded = default, PacketLanes? lanes = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, width * height);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(settings.Layers.Count, RaycastSettings.MostVolumes);
        var job = new RayJob(volume, settings, rays, scale, width, height, target);
        if (settings.InMotion && lanes is null && ByteRaycaster.Covers(job, out var transfer))
        {
            return ByteRaycaster.Render(job, transfer!, superseded);
        }

        var size = TileFor(job);

        // Along a Z-order curve, so that a tile finds in the cache what its neighbours read.
        var edge = BitOperations.RoundUpToPowerOf2((uint)((Math.Max(width, height) + size - 1) / size));
        var chosen = lanes ?? Packets.Widest;
        Parallel.For(
            0, (int)(edge * edge), ComputeLane.Options(),
            () => job.Layers.Length > 0 ? TileWorker.Rent(job.Layers) : TileWorker.Rent(volume),
            (tile, loop, worker) =>
            {
                ComputeLane.GiveWay();
                if (superseded.IsCancellationRequested)
                {
                    loop.Stop();
                    return worker;
                }

                int u = Interleaved(tile) * size, v = Interleaved(tile >> 1) * size;
                if (u >= width || v >= height)
                {
                    return worker;
                }

                switch (chosen)
                {
                    case PacketLanes.Sixteen: RaycastPackets512.RenderTile(job, worker, u, v, size); break;
                    case PacketLanes.Eight: RaycastPackets256.RenderTile(job, worker, u, v, size); break;
                    case PacketLanes.Four: RaycastPackets128.RenderTile(job, worker, u, v, size); break;
                    default: RenderRays(job, u, v, size); break;
                }

                return worker;
            },
            TileWorker.Return);
        return !superseded.IsCancellationRequested;
    }

    // Every other bit of a number.
    internal static int Interleaved(int n)
    {
        n &= 0x55555555;
        n = (n | (n >> 1)) & 0x33333333;
        n = (n | (n >> 2)) & 0x0F0F0F0F;
        n = (n | (n >> 4)) & 0x00FF00FF;
        return (n | (n >> 8)) & 0xFFFF;
    }

    // As large a tile as keeps within a window of blocks where it meets the middle of the volume.
    private static int TileFor(RayJob job)
    {
        const float MostVoxels = 40;
        var (o, d) = job.Ray(job.Width / 2f, job.Height / 2f);
        var (o1, d1) = job.Ray(job.Width / 2f + 1, job.Height / 2f);
        var middle = new Vector3(job.Volume.X, job.Volume.Y, job.Volume.Z) / 2;
        var distance = MathF.Max(Vector3.Dot(middle - o, d), 1);
        var pixel = Vector3.Distance(o + distance * d, o1 + distance * d1);

        // Of a finer volume a pixel takes more voxels.
        pixel *= job.Layers.Length == 0 ? 1 : job.Layers.Max(l => l.Ray(default, Vector3.UnitX).Direction.Length());
        var size = TileWorker.MostTile;
        while (size > 8 && size * pixel > MostVoxels)
        {
            size /= 2;
        }

        return size;
    }

    private static void RenderRays(RayJob job, int u0, int v0, int size)
    {
        var target = job.Target.Span;
        for (var v = v0; v < Math.Min(v0 + size, job.Height); v++)
        {
            for (var u = u0; u < Math.Min(u0 + size, job.Width); u++)
            {
                var (origin, direction) = job.Ray(u, v);
                target[v * job.Width + u] = job.Host.Trace(origin, direction, RayProgram.Noise(u, v));
            }
        }
    }
}
