using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Draws pictures in motion: pre-integrated, from voxels as bytes, on planes across the volume. See <see cref="ByteRaySpecification"/>
/// for what is drawn.
/// <para>
/// A tile of 64×64 pixels takes the axis that its middle ray is nearest to and goes through the volume layer by layer of 16³ blocks
/// (<see cref="SlicePlan"/>). In each layer it asks which packets of 32 rays have anything to see (<see cref="ByteJobs512"/>, <see
/// cref="CellBits"/>), copies the blocks that those read into a window of plain bytes in the second-level cache (<see
/// cref="ByteWindow"/>), and takes each packet over its planes, two at a time (<see cref="ByteMarch512"/>,
/// <see cref="ByteProjection512"/>). The rays of a packet are all on the same plane at the same time and close together, so the 16×8 (or
/// 16×16) bytes around them fit registers, and a byte permutation brings the neighbours of 32 samples.
/// </para>
/// <para>
/// Without VBMI, packets have 16 rays in registers of half the size. Their code is made from that for 32; what differs is told in
/// <see cref="ByteLanes512"/> and <see cref="ByteLanes256"/>.
/// </para>
/// </summary>
internal static unsafe class ByteRaycaster
{
    /// <summary>Pixels of a tile each way, and the least that a tile is cut down to before other packets draw it.</summary>
    public const int Tile = 64, LeastTile = 8;

    /// <summary>A ray ends where it lets through less.</summary>
    public const float Finished = 1 - RaycastSettings.Opaque;

    // Nothing is sampled between a face and the first plane: of thinner volumes rays would miss a good part.
    private const int LeastVoxels = 8;

    // Farther from the eye, a place along a ray would be too coarse in a float.
    private const float FarthestEye = 1 << 17;

    /// <summary>Whether this processor has the instructions of packets of 32 rays (AVX-512 VBMI) or of 16 (AVX2).</summary>
    public static bool IsSupported => IsWide || Lanes256.IsSupported;

    private static bool IsWide => Avx512Vbmi.IsSupported && Lanes512.IsSupported;

    /// <summary>
    /// Whether a picture can be drawn in bytes: one volume of eight voxels or more each way, one step a voxel, no isosurface, no light
    /// field, rays from an eye nearby or parallel ones, and a transfer function that 256 levels are enough for.
    /// </summary>
    public static bool Covers(RayJob job, out ByteTransfer? transfer)
    {
        var (s, v, g) = (job.Settings, job.Volume, job.Rays);
        transfer = null;
        if (!IsSupported || s.IsLayered || s.Mode == RayMode.Isosurface || s is { Mode: RayMode.Composite, Integrated: true }
            || s.Light is not null || s.Jitter
            || s.Step != 1 || Math.Min(v.X, Math.Min(v.Y, v.Z)) < LeastVoxels || Math.Max(v.X, Math.Max(v.Y, v.Z)) > short.MaxValue)
        {
            return false;
        }

        var isParallel = g.DirectionRight == default && g.DirectionDown == default;
        var isFromEye = g.OriginRight == default && g.OriginDown == default;
        if (!(isParallel || isFromEye) || !(g.Origin.Length() < FarthestEye))
        {
            return false;
        }

        transfer = s.Transfer.InBytes(v.Type, s.Values, s.Mode);
        return transfer is not null;
    }

    /// <summary>Draws a picture; false where it was superseded.</summary>
    public static bool Render(RayJob job, ByteTransfer transfer, CancellationToken superseded)
    {
        var edge = BitOperations.RoundUpToPowerOf2((uint)((Math.Max(job.Width, job.Height) + Tile - 1) / Tile));
        Parallel.For(
            0, (int)(edge * edge), ComputeLane.Options(), () => ByteWorker.Rent(job.Volume, transfer),
            (tile, loop, worker) =>
            {
                ComputeLane.GiveWay();
                if (superseded.IsCancellationRequested)
                {
                    loop.Stop();
                    return worker;
                }

                RenderTile(job, transfer, worker, Raycaster.Interleaved(tile) * Tile, Raycaster.Interleaved(tile >> 1) * Tile, Tile);
                return worker;
            },
            ByteWorker.Return);
        return !superseded.IsCancellationRequested;
    }

    /// <summary>Draws a tile; falls back to smaller ones, and at last to the other packets, where its rays spread too far.</summary>
    internal static void RenderTile(RayJob job, ByteTransfer transfer, ByteWorker worker, int u0, int v0, int size)
    {
        if (u0 >= job.Width || v0 >= job.Height
            || worker.Plan.TryMake(job, u0, v0, size) && (IsWide
                ? ByteTile512.Draw(job, transfer, worker, u0, v0, size)
                : ByteTile256.Draw(job, transfer, worker, u0, v0, size)))
        {
            return;
        }

        if (size / 2 < LeastTile)
        {
            if (Lanes512.IsSupported)
            {
                RaycastPackets512.RenderTile(job, worker.Other, u0, v0, size);
            }
            else
            {
                RaycastPackets256.RenderTile(job, worker.Other, u0, v0, size);
            }

            return;
        }

        var half = size / 2;
        RenderTile(job, transfer, worker, u0, v0, half);
        RenderTile(job, transfer, worker, u0 + half, v0, half);
        RenderTile(job, transfer, worker, u0, v0 + half, half);
        RenderTile(job, transfer, worker, u0 + half, v0 + half, half);
    }
}
