using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// Pixels of a slice in the lanes of a vector. A tile is drawn sheet by sheet of its slab: a <see cref="BlockWindow"/> is made ready
/// around some sheets, then all pixels take their samples there. Same values as <see cref="SliceProgram"/> but for the last bits.
/// </summary>
internal static unsafe class SlicePackets512
{
    // Whether a tile lies inside the volume, so that no pixel need be asked.
    private struct Inside
    {
    }

    private struct Across
    {
    }

    /// <summary>Draws a tile, or smaller ones where its blocks do not fit the window.</summary>
    public static void RenderTile(SliceJob job, TileWorker worker, int u0, int v0, int size)
    {
        int u1 = Math.Min(u0 + size, job.Width), v1 = Math.Min(v0 + size, job.Height);
        if (u0 >= u1 || v0 >= v1)
        {
            return;
        }

        var drawn = job.Volume.Type switch
        {
            VoxelType.UInt8 or VoxelType.Int8 => Draw<Samples512.Bits8>(job, worker, u0, v0, u1, v1),
            VoxelType.UInt16 or VoxelType.Int16 => Draw<Samples512.Bits16>(job, worker, u0, v0, u1, v1),
            _ => Draw<Samples512.BitsFloat>(job, worker, u0, v0, u1, v1),
        };
        if (drawn)
        {
            return;
        }

        if (size > 4)
        {
            var half = size / 2;
            RenderTile(job, worker, u0, v0, half);
            RenderTile(job, worker, u0 + half, v0, half);
            RenderTile(job, worker, u0, v0 + half, half);
            RenderTile(job, worker, u0 + half, v0 + half, half);
        }
        else
        {
            job.Host.RenderTile(job, u0, v0, size);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Draw<TVoxel>(SliceJob job, TileWorker worker, int u0, int v0, int u1, int v1) where TVoxel : struct
    {
        ref readonly var plane = ref job.Plane;
        var values = (float*)worker.Packets;
        var isInside = job.IsInside(u0, v0, u1 + Vector512<float>.Count, v1);
        var stride = (u1 - u0 + Vector512<float>.Count - 1) / Vector512<float>.Count * Vector512<float>.Count;
        var counts = values + stride * (v1 - v0);

        // As many sheets at a time as lie within a block's edge.
        var most = plane.SlabSamples == 1 ? 1 : Math.Max(1, (int)(BlockWindow.Edge / Math.Max(plane.Normal.Length(), 1e-3f)));
        for (var sheet = 0; sheet < plane.SlabSamples;)
        {
            var sheets = Math.Min(most, plane.SlabSamples - sheet);
            while (!job.Prepare(worker.Window, u0, v0, u1, v1, sheet, sheets))
            {
                if (sheets == 1)
                {
                    return false;
                }

                sheets /= 2;
            }

            for (var v = v0; v < v1; v++)
            {
                var at = stride * (v - v0);
                if (isInside)
                {
                    Sample<TVoxel, Inside>(job, worker, u0, v, stride, sheet, sheets, values + at, counts + at);
                }
                else
                {
                    Sample<TVoxel, Across>(job, worker, u0, v, stride, sheet, sheets, values + at, counts + at);
                }
            }

            sheet += sheets;
        }

        for (var v = v0; v < v1; v++)
        {
            job.Row(u0, v, new ReadOnlySpan<float>(values + stride * (v - v0), u1 - u0));
        }

        return true;
    }

    // A row of a tile on some sheets; the last of them makes values of what was gathered.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sample<TVoxel, TPlace>(
        SliceJob job, TileWorker worker, int u, int v, int pixels, int sheet, int sheets, float* values, float* counts)
        where TVoxel : struct
    {
        var volume = job.Volume;
        ref readonly var plane = ref job.Plane;
        var data = worker.Window.Data;
        var scratch = worker.Scratch;
        var addresses = Lanes512.Addresses.Made;
        var bias = Vector512.Create(BlockWindow.BiasOf(volume.Type));
        var start = plane.Origin + (sheet - (plane.SlabSamples - 1) * 0.5f) * plane.Normal + v * plane.Down;
        Vector512<float> lastZ = Vector512.Create(volume.Z - 1f), lastY = Vector512.Create(volume.Y - 1f), lastX = Vector512.Create(volume.X - 1f);
        var half = Vector512.Create(0.5f);
        var last = sheet + sheets == plane.SlabSamples;
        var first = Vector512.Create(plane.Mode switch { SlabMode.Minimum => float.MaxValue, SlabMode.Maximum => float.MinValue, _ => 0 });
        for (var k = 0; k < pixels; k += Vector512<float>.Count)
        {
            var pu = Vector512.Create((float)(u + k)) + Vector512.CreateSequence(0f, 1f);
            var z = Vector512.MultiplyAddEstimate(pu, Vector512.Create(plane.Right.Z), Vector512.Create(start.Z));
            var y = Vector512.MultiplyAddEstimate(pu, Vector512.Create(plane.Right.Y), Vector512.Create(start.Y));
            var x = Vector512.MultiplyAddEstimate(pu, Vector512.Create(plane.Right.X), Vector512.Create(start.X));
            var sum = sheet == 0 ? first : Vector512.Load(values + k);
            var count = sheet == 0 ? Vector512<float>.Zero : Vector512.Load(counts + k);
            for (var i = 0; i < sheets; i++)
            {
                // Up to half a voxel outside the outermost centres their value goes on.
                var inside = Vector512<float>.AllBitsSet;
                if (typeof(TPlace) == typeof(Across))
                {
                    inside = Vector512.GreaterThanOrEqual(Vector512.MinNative(Vector512.MinNative(x, y), z), -half)
                        & Vector512.LessThanOrEqual(z, lastZ + half) & Vector512.LessThanOrEqual(y, lastY + half)
                        & Vector512.LessThanOrEqual(x, lastX + half);
                }

                if (typeof(TPlace) == typeof(Inside) || inside.ExtractMostSignificantBits() != 0)
                {
                    var (pz, py, px) = (z, y, x);
                    if (typeof(TPlace) == typeof(Across))
                    {
                        pz = Vector512.MinNative(Vector512.MaxNative(z, Vector512<float>.Zero), lastZ);
                        py = Vector512.MinNative(Vector512.MaxNative(y, Vector512<float>.Zero), lastY);
                        px = Vector512.MinNative(Vector512.MaxNative(x, Vector512<float>.Zero), lastX);
                    }

                    if (plane.Interpolation == SliceInterpolation.Nearest)
                    {
                        (pz, py, px) = (Vector512.Floor(pz + half), Vector512.Floor(py + half), Vector512.Floor(px + half));
                    }

                    var iz = Vector512.ConvertToInt32Native(pz);
                    var iy = Vector512.ConvertToInt32Native(py);
                    var ix = Vector512.ConvertToInt32Native(px);
                    Samples512.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                    var value = bias + Samples512.Interpolate(c, px - Vector512.ConvertToSingle(ix), py - Vector512.ConvertToSingle(iy), pz - Vector512.ConvertToSingle(iz));
                    var joined = plane.Mode switch { SlabMode.Minimum => Vector512.MinNative(sum, value), SlabMode.Maximum => Vector512.MaxNative(sum, value), _ => sum + value };
                    sum = Vector512.ConditionalSelect(inside, joined, sum);
                    count += inside & Vector512<float>.One;
                }

                z += Vector512.Create(plane.Normal.Z);
                y += Vector512.Create(plane.Normal.Y);
                x += Vector512.Create(plane.Normal.X);
            }

            if (last)
            {
                sum = plane.Mode == SlabMode.Mean && plane.SlabSamples > 1 ? sum / count : sum;
                Vector512.ConditionalSelect(Vector512.GreaterThan(count, Vector512<float>.Zero), sum, Vector512.Create(float.NaN)).Store(values + k);
            }
            else
            {
                sum.Store(values + k);
                count.Store(counts + k);
            }
        }
    }
}
