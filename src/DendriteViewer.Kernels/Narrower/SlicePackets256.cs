// Made from SlicePackets512.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// Pixels of a slice in the lanes of a vector. A tile is drawn sheet by sheet of its slab: a <see cref="BlockWindow"/> is made ready
/// around some sheets, then all pixels take their samples there. Same values as <see cref="SliceProgram"/> but for the last bits.
/// </summary>
internal static unsafe class SlicePackets256
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
            VoxelType.UInt8 or VoxelType.Int8 => Draw<Samples256.Bits8>(job, worker, u0, v0, u1, v1),
            VoxelType.UInt16 or VoxelType.Int16 => Draw<Samples256.Bits16>(job, worker, u0, v0, u1, v1),
            _ => Draw<Samples256.BitsFloat>(job, worker, u0, v0, u1, v1),
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
        var isInside = job.IsInside(u0, v0, u1 + Vector256<float>.Count, v1);
        var stride = (u1 - u0 + Vector256<float>.Count - 1) / Vector256<float>.Count * Vector256<float>.Count;
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
        var addresses = Lanes256.Addresses.Made;
        var bias = Vector256.Create(BlockWindow.BiasOf(volume.Type));
        var start = plane.Origin + (sheet - (plane.SlabSamples - 1) * 0.5f) * plane.Normal + v * plane.Down;
        Vector256<float> lastZ = Vector256.Create(volume.Z - 1f), lastY = Vector256.Create(volume.Y - 1f), lastX = Vector256.Create(volume.X - 1f);
        var half = Vector256.Create(0.5f);
        var last = sheet + sheets == plane.SlabSamples;
        var first = Vector256.Create(plane.Mode switch { SlabMode.Minimum => float.MaxValue, SlabMode.Maximum => float.MinValue, _ => 0 });
        for (var k = 0; k < pixels; k += Vector256<float>.Count)
        {
            var pu = Vector256.Create((float)(u + k)) + Vector256.CreateSequence(0f, 1f);
            var z = Vector256.MultiplyAddEstimate(pu, Vector256.Create(plane.Right.Z), Vector256.Create(start.Z));
            var y = Vector256.MultiplyAddEstimate(pu, Vector256.Create(plane.Right.Y), Vector256.Create(start.Y));
            var x = Vector256.MultiplyAddEstimate(pu, Vector256.Create(plane.Right.X), Vector256.Create(start.X));
            var sum = sheet == 0 ? first : Vector256.Load(values + k);
            var count = sheet == 0 ? Vector256<float>.Zero : Vector256.Load(counts + k);
            for (var i = 0; i < sheets; i++)
            {
                // Up to half a voxel outside the outermost centres their value goes on.
                var inside = Vector256<float>.AllBitsSet;
                if (typeof(TPlace) == typeof(Across))
                {
                    inside = Vector256.GreaterThanOrEqual(Vector256.MinNative(Vector256.MinNative(x, y), z), -half)
                        & Vector256.LessThanOrEqual(z, lastZ + half) & Vector256.LessThanOrEqual(y, lastY + half)
                        & Vector256.LessThanOrEqual(x, lastX + half);
                }

                if (typeof(TPlace) == typeof(Inside) || inside.ExtractMostSignificantBits() != 0)
                {
                    var (pz, py, px) = (z, y, x);
                    if (typeof(TPlace) == typeof(Across))
                    {
                        pz = Vector256.MinNative(Vector256.MaxNative(z, Vector256<float>.Zero), lastZ);
                        py = Vector256.MinNative(Vector256.MaxNative(y, Vector256<float>.Zero), lastY);
                        px = Vector256.MinNative(Vector256.MaxNative(x, Vector256<float>.Zero), lastX);
                    }

                    if (plane.Interpolation == SliceInterpolation.Nearest)
                    {
                        (pz, py, px) = (Vector256.Floor(pz + half), Vector256.Floor(py + half), Vector256.Floor(px + half));
                    }

                    var iz = Vector256.ConvertToInt32Native(pz);
                    var iy = Vector256.ConvertToInt32Native(py);
                    var ix = Vector256.ConvertToInt32Native(px);
                    Samples256.Corners<TVoxel>(data, addresses.Of(iz, iy, ix), scratch, out var c);
                    var value = bias + Samples256.Interpolate(c, px - Vector256.ConvertToSingle(ix), py - Vector256.ConvertToSingle(iy), pz - Vector256.ConvertToSingle(iz));
                    var joined = plane.Mode switch { SlabMode.Minimum => Vector256.MinNative(sum, value), SlabMode.Maximum => Vector256.MaxNative(sum, value), _ => sum + value };
                    sum = Vector256.ConditionalSelect(inside, joined, sum);
                    count += inside & Vector256<float>.One;
                }

                z += Vector256.Create(plane.Normal.Z);
                y += Vector256.Create(plane.Normal.Y);
                x += Vector256.Create(plane.Normal.X);
            }

            if (last)
            {
                sum = plane.Mode == SlabMode.Mean && plane.SlabSamples > 1 ? sum / count : sum;
                Vector256.ConditionalSelect(Vector256.GreaterThan(count, Vector256<float>.Zero), sum, Vector256.Create(float.NaN)).Store(values + k);
            }
            else
            {
                sum.Store(values + k);
                count.Store(counts + k);
            }
        }
    }
}
