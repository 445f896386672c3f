using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// A packet of neighbouring rays in the lanes of a vector. The versions of fewer lanes in <c>Narrower</c> are made from
/// these very files, so they say nothing that only one width can do: that is in <see cref="Lanes512"/> and its sisters.
/// A tile advances front to back in chunks: a <see cref="BlockWindow"/> is made ready around a chunk, then every packet is taken to
/// the chunk's end, every lane at its own pace. Same samples as <see cref="RayProgram"/>; fused multiply-adds change the last bits.
/// </summary>
internal static unsafe partial class RaycastPackets512
{
    // Voxels that a tile advances at a time: long enough to pay for the window, short enough that it stays in the cache.
    private const float Chunk = 16;

    private static readonly Vector512<float> s_columns = Lane(k => k % Lanes512.Columns);
    private static readonly Vector512<float> s_rows = Lane(k => k / Lanes512.Columns);

    public static bool IsSupported => Lanes512.IsSupported;

    /// <summary>
    /// Rays (origin, direction and its inverse), how far they are, where they end, and what they gathered. A to E are, of composite pictures,
    /// red, green, blue, opacity and the value before; of projections an extreme or a sum, and a count; of an isosurface a crossing, the
    /// diffuse light and the highlight there, where the ray entered, and the value before.
    /// </summary>
    internal struct Packet
    {
        public Vector512<float> Ox, Oy, Oz, Dx, Dy, Dz, Ix, Iy, Iz, T, End, A, B, C, D, E;
    }

    // In place of a voxel type: there are several volumes.
    private struct Several
    {
    }

    private struct Flat
    {
    }

    private struct Shaded
    {
    }

    private struct Lit
    {
    }

    private struct InTable
    {
    }

    private struct InRegisters
    {
    }

    /// <summary>Draws a tile; falls back to smaller ones, and at last to single rays, where its rays spread too far.</summary>
    public static void RenderTile(RayJob job, TileWorker worker, int u0, int v0, int size)
    {
        int u1 = Math.Min(u0 + size, job.Width), v1 = Math.Min(v0 + size, job.Height);
        if (u0 >= u1 || v0 >= v1)
        {
            return;
        }

        var drawn = job.Volume.Type switch
        {
            _ when job.Settings.IsLayered => Draw<Several>(job, worker, u0, v0, u1, v1),
            VoxelType.UInt8 or VoxelType.Int8 => Draw<Samples512.Bits8>(job, worker, u0, v0, u1, v1),
            VoxelType.UInt16 or VoxelType.Int16 => Draw<Samples512.Bits16>(job, worker, u0, v0, u1, v1),
            _ => Draw<Samples512.BitsFloat>(job, worker, u0, v0, u1, v1),
        };
        if (drawn)
        {
            return;
        }

        if (size > Lanes512.Columns)
        {
            var half = size / 2;
            RenderTile(job, worker, u0, v0, half);
            RenderTile(job, worker, u0 + half, v0, half);
            RenderTile(job, worker, u0, v0 + half, half);
            RenderTile(job, worker, u0 + half, v0 + half, half);
            return;
        }

        for (var v = v0; v < v1; v++)
        {
            for (var u = u0; u < u1; u++)
            {
                var (origin, direction) = job.Ray(u, v);
                job.Target.Span[v * job.Width + u] = job.Host.Trace(origin, direction, RayProgram.Noise(u, v));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Draw<TVoxel>(RayJob job, TileWorker worker, int u0, int v0, int u1, int v1) where TVoxel : struct
    {
        var s = job.Settings;
        var packets = (Packet*)worker.Packets;
        var count = 0;
        var first = float.PositiveInfinity;
        for (var v = v0; v < v1; v += Lanes512.Rows)
        {
            for (var u = u0; u < u1; u += Lanes512.Columns)
            {
                first = Math.Min(first, Begin(job, packets + count++, u, v));
            }
        }

        var target = job.Target.Span;
        if (float.IsPositiveInfinity(first))
        {
            for (var v = v0; v < v1; v++)
            {
                target[(v * job.Width + u0)..(v * job.Width + u1)].Fill(0xFF000000u | (uint)s.Background);
            }

            return true;
        }

        // Distances are counted from where the tile's first ray enters: far from the eye, a step would vanish in the last digit.
        Span<float> next = stackalloc float[count];
        for (var i = 0; i < count; i++)
        {
            next[i] = Rebase(job, packets + i, first, u0, v0, i, (u1 - u0 + Lanes512.Columns - 1) / Lanes512.Columns);
        }

        var marched = typeof(TVoxel) == typeof(Several)
            ? RaycastLayers512.March(job, worker, packets, next, first, u0, v0, u1, v1)
            : March<TVoxel>(job, worker, packets, next, first, u0, v0, u1, v1);
        if (!marched)
        {
            return false;
        }

        Span<uint> block = stackalloc uint[Vector512<float>.Count];
        count = 0;
        for (var v = v0; v < v1; v += Lanes512.Rows)
        {
            for (var u = u0; u < u1; u += Lanes512.Columns)
            {
                Colors(job, packets + count++).CopyTo(block);
                var columns = Math.Min(Lanes512.Columns, u1 - u);
                for (var row = 0; row < Lanes512.Rows && v + row < v1; row++)
                {
                    block.Slice(row * Lanes512.Columns, columns).CopyTo(target[((v + row) * job.Width + u)..]);
                }
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool March<TVoxel>(RayJob job, TileWorker worker, Packet* packets, Span<float> next, float first, int u0, int v0, int u1, int v1)
        where TVoxel : struct
    {
        var (s, volume, window) = (job.Settings, job.Volume, worker.Window);
        var frustum = new RayFrustum(job, Matrix4x4.Identity, first, u0, v0, u1, v1);
        var looksBack = s.Mode == RayMode.Isosurface || s is { Mode: RayMode.Composite, Integrated: true };
        var occupancy = s.Mode switch
        {
            RayMode.Composite or RayMode.Isosurface => new OccupancyQuery(s.Empty, (byte)(looksBack ? 1 : 0)),
            _ => new OccupancyQuery(null, 0),
        };
        var curved = Lanes512.Curve.IsSupported && s.Transfer.Pieces is not null;
        var chunk = Math.Max(Chunk, 2 * s.Step);
        while (true)
        {
            var from = float.PositiveInfinity;
            foreach (var n in next)
            {
                from = Math.Min(from, n);
            }

            if (float.IsPositiveInfinity(from))
            {
                return true;
            }

            // An isosurface and an integral look one step back.
            var length = chunk;
            while (!window.Prepare(frustum.Part(from - (looksBack ? s.Step : 0), from + length), occupancy))
            {
                length /= 2;
                if (length < s.Step)
                {
                    return false;
                }
            }

            for (var i = 0; i < next.Length; i++)
            {
                if (next[i] <= from + length)
                {
                    next[i] = s.Mode switch
                    {
                        RayMode.Composite when s.Integrated => (s.Shaded, s.Light) switch
                        {
                            (true, not null) => Integrate<TVoxel, Lit>(job, worker, packets + i, from + length),
                            (true, null) => Integrate<TVoxel, Shaded>(job, worker, packets + i, from + length),
                            _ => Integrate<TVoxel, Flat>(job, worker, packets + i, from + length),
                        },
                        RayMode.Composite => (s.Shaded, curved) switch
                        {
                            (true, true) => Composite<TVoxel, Shaded, InRegisters>(job, worker, packets + i, from + length),
                            (true, false) => Composite<TVoxel, Shaded, InTable>(job, worker, packets + i, from + length),
                            (false, true) => Composite<TVoxel, Flat, InRegisters>(job, worker, packets + i, from + length),
                            _ => Composite<TVoxel, Flat, InTable>(job, worker, packets + i, from + length),
                        },
                        RayMode.Isosurface => Isosurface<TVoxel>(job, worker, packets + i, from + length),
                        _ => Project<TVoxel>(job, worker, packets + i, from + length),
                    };
                }
            }
        }
    }
}
