using System.Numerics;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Ray-casts whole pictures: tiles over all cores, eight rays a packet where the processor has AVX2, else one by one.</summary>
public static class Raycaster
{
    private const int Tile = 16;

    /// <summary>The instruction set in use, for the record of a measurement.</summary>
    public static string InstructionSet => RaycastAvx2.IsSupported ? "AVX2" : "scalar";

    /// <summary>
    /// Fills <paramref name="target"/> with 0xAABBGGRR, row by row. <paramref name="scale"/> is full pixels per picture pixel:
    /// the picture of scale 2 has half as many pixels each way and shows the same view.
    /// </summary>
    /// <returns>False where <paramref name="superseded"/> was signalled; the picture is then incomplete.</returns>
    public static bool Render(
        RayVolume volume, RaycastSettings settings, RayGeometry rays, int width, int height, float scale, Memory<uint> target,
        CancellationToken superseded = default, bool scalarOnly = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, width * height);
        int across = (width + Tile - 1) / Tile, down = (height + Tile - 1) / Tile;
        var simd = RaycastAvx2.IsSupported && !scalarOnly;
        Parallel.For(0, across * down, (tile, loop) =>
        {
            if (superseded.IsCancellationRequested)
            {
                loop.Stop();
                return;
            }

            int u0 = tile % across * Tile, v0 = tile / across * Tile;
            int u1 = Math.Min(u0 + Tile, width), v1 = Math.Min(v0 + Tile, height);
            if (simd)
            {
                RenderPackets(volume, settings, rays, scale, width, (u0, v0, u1, v1), target.Span);
            }
            else
            {
                RenderRays(volume, settings, rays, scale, width, (u0, v0, u1, v1), target.Span);
            }
        });
        return !superseded.IsCancellationRequested;
    }

    private static void RenderPackets(
        RayVolume volume, RaycastSettings settings, in RayGeometry rays, float scale, int width, (int U0, int V0, int U1, int V1) tile, Span<uint> target)
    {
        Span<uint> block = stackalloc uint[8];
        for (var v = tile.V0; v < tile.V1; v += 2)
        {
            for (var u = tile.U0; u < tile.U1; u += 4)
            {
                RaycastAvx2.Trace(volume, settings, rays, scale, u, v, block);
                var columns = Math.Min(4, tile.U1 - u);
                block[..columns].CopyTo(target[(v * width + u)..]);
                if (v + 1 < tile.V1)
                {
                    block.Slice(4, columns).CopyTo(target[((v + 1) * width + u)..]);
                }
            }
        }
    }

    private static void RenderRays(
        RayVolume volume, RaycastSettings settings, in RayGeometry rays, float scale, int width, (int U0, int V0, int U1, int V1) tile, Span<uint> target)
    {
        for (var v = tile.V0; v < tile.V1; v++)
        {
            for (var u = tile.U0; u < tile.U1; u++)
            {
                var (origin, direction) = rays.Ray((u + 0.5f) * scale - 0.5f, (v + 0.5f) * scale - 0.5f);
                target[v * width + u] = RaycastScalar.Trace(volume, settings, origin, direction, RaycastScalar.Noise(u, v));
            }
        }
    }
}
