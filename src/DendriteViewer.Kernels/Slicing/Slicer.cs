using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>Draws whole slices, at any orientation: tiles over all cores, packets of as many pixels as the processor has lanes.</summary>
public static class Slicer
{
    private const int MostTile = 64;

    /// <summary>Samples a plane; every row of every tile goes to <paramref name="row"/>, from several threads.</summary>
    /// <param name="volume">What is sliced; where bricks are missing, coarser ones stand in.</param>
    /// <param name="plane">The plane, in index coordinates of the volume's grid.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="row">Takes the values.</param>
    /// <param name="superseded">Stops between tiles.</param>
    /// <param name="lanes">How many pixels at a time; by default the most that the processor supports.</param>
    /// <returns>False where <paramref name="superseded"/> was signalled; the slice is then incomplete.</returns>
    public static bool Render(
        PagedVolume volume, SliceGeometry plane, int width, int height, SliceRow row, CancellationToken superseded = default,
        PacketLanes? lanes = null)
    {
        var job = new SliceJob(volume, plane, width, height, row);
        var chosen = lanes ?? Packets.Widest;
        var inBoxes = chosen == PacketLanes.Sixteen && SliceBoxes.Covers(job);
        var sheet = job.Sheet;
        var pixel = Math.Max(plane.Right.Length(), plane.Down.Length());
        var size = inBoxes ? SliceBoxes.MostTile : MostTile;
        while (size > 8 && size * pixel > (inBoxes ? VoxelWindow.MostTile : 1.9f * BlockWindow.Edge))
        {
            size /= 2;
        }

        var edge = BitOperations.RoundUpToPowerOf2((uint)((Math.Max(width, height) + size - 1) / size));
        Parallel.For(
            0, (int)(edge * edge), ComputeLane.Options(),
            () => inBoxes ? SliceBoxes.Rent(job) : TileWorker.Rent(volume, sheet),
            (tile, loop, worker) =>
            {
                ComputeLane.GiveWay();
                if (superseded.IsCancellationRequested)
                {
                    loop.Stop();
                    return worker;
                }

                int u = Raycaster.Interleaved(tile) * size, v = Raycaster.Interleaved(tile >> 1) * size;
                if (u < width && v < height)
                {
                    switch (chosen)
                    {
                        case not PacketLanes.Scalar when plane.Interpolation == SliceInterpolation.Cubic:
                            SliceCubic.RenderTile(job, u, v, size);
                            break;
                        case PacketLanes.Sixteen when inBoxes: SliceBoxes.RenderTile(job, worker, u, v, size); break;
                        case PacketLanes.Sixteen: SlicePackets512.RenderTile(job, worker, u, v, size); break;
                        case PacketLanes.Eight: SlicePackets256.RenderTile(job, worker, u, v, size); break;
                        case PacketLanes.Four: SlicePackets128.RenderTile(job, worker, u, v, size); break;
                        default: job.Host.RenderTile(job, u, v, size); break;
                    }
                }

                return worker;
            },
            TileWorker.Return);
        return !superseded.IsCancellationRequested;
    }
}
