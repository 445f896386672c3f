using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// Plain slices of 8- and 16-bit voxels, 4×4 pixels at a time: lane 4j + i is pixel (u + i, v + j). A tile's voxels are copied into a
/// <see cref="VoxelWindow"/>, then the box around each sixteen samples is permuted by <see cref="VoxelBoxes"/>. The box's size follows
/// from the plane alone, so it is chosen once. Same values as <see cref="SliceProgram"/> but for the last bits.
/// </summary>
internal static unsafe class SliceBoxes
{
    /// <summary>Pixels of a box each way.</summary>
    public const int Side = 4;

    /// <summary>Pixels of a tile each way at most.</summary>
    public const int MostTile = 128;

    // By how much rounding may move a sample.
    private const float Rounding = 1f / 512;

    /// <summary>Whether a slice is drawn so: a plain one, of voxels of a type and in bricks that windows copy, not too coarse.</summary>
    public static bool Covers(SliceJob job) => VoxelBoxes.IsSupported && job.Plane.SlabSamples == 1
        && job.Plane.Interpolation != SliceInterpolation.Cubic && VoxelWindow.Covers(job.Volume) && BoxOf(job.Plane) is not null;

    /// <summary>A worker for one thread.</summary>
    public static TileWorker Rent(SliceJob job) => TileWorker.RentVoxels(job.Volume);

    // Rows of a slice of the box, and slices; null where the box would be too large.
    private static (int Rows, int Slices)? BoxOf(in SliceGeometry plane)
    {
        var extent = (Side - 1) * (Vector3.Abs(plane.Right) + Vector3.Abs(plane.Down));
        int x = Voxels(extent.X), y = Voxels(extent.Y), z = Voxels(extent.Z);
        return x <= VoxelBoxes.Width && y * z <= VoxelBoxes.MostRows ? (y, z) : null;

        // The nearest voxel is at most half a voxel further away than the sample, and is the first of a cell of no extent.
        static int Voxels(float extent) =>
            extent < VoxelBoxes.MostRows ? (int)MathF.Ceiling(extent + 2 * Rounding) + 2 : VoxelBoxes.MostRows + 1;
    }

    /// <summary>Draws a tile, or smaller ones where its voxels do not fit the window.</summary>
    public static void RenderTile(SliceJob job, TileWorker worker, int u0, int v0, int size)
    {
        int u1 = Math.Min(u0 + size, job.Width), v1 = Math.Min(v0 + size, job.Height);
        if (u0 >= u1 || v0 >= v1)
        {
            return;
        }

        var (rows, slices) = BoxOf(job.Plane)!.Value;
        var drawn = (job.Volume.Type.Size(), rows * slices <= VoxelBoxes.MostRows / 2) switch
        {
            (1, true) => Draw<Samples512.Bits8, VoxelBoxes.Few>(job, worker, rows, u0, v0, u1, v1),
            (1, false) => Draw<Samples512.Bits8, VoxelBoxes.Many>(job, worker, rows, u0, v0, u1, v1),
            (_, true) => Draw<Samples512.Bits16, VoxelBoxes.Few>(job, worker, rows, u0, v0, u1, v1),
            _ => Draw<Samples512.Bits16, VoxelBoxes.Many>(job, worker, rows, u0, v0, u1, v1),
        };
        if (drawn)
        {
            return;
        }

        if (size > Side)
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
    private static bool Draw<TVoxel, TRows>(SliceJob job, TileWorker worker, int rowsASlice, int u0, int v0, int u1, int v1)
        where TVoxel : struct
        where TRows : struct
    {
        var isInside = job.IsInside(u0, v0, u1 + Side, v1 + Side);
        if (!job.Prepare(worker.Voxels, u0, v0, u1, v1, isInside, out var low, out var high))
        {
            return false;
        }

        ref readonly var plane = ref job.Plane;
        var volume = job.Volume;
        var size = volume.Type.Size();
        var isNearest = plane.Interpolation == SliceInterpolation.Nearest;
        var (flip, bias) = (VoxelBoxes.FlipOf(volume.Type), Vector512.Create(BlockWindow.BiasOf(volume.Type)));
        var rows = stackalloc int[VoxelBoxes.MostRows];
        for (var i = 0; i < VoxelBoxes.MostRows; i++)
        {
            rows[i] = VoxelBoxes.Rows(rowsASlice)[i] * size;
        }

        // Where the lanes of a box lie from its first pixel, and the box's least corner from there.
        var (across, down) = Lanes();
        Vector3 right = plane.Right, below = plane.Down;
        Vector512<float> dz = across * right.Z + down * below.Z, dy = across * right.Y + down * below.Y;
        var dx = across * right.X + down * below.X;
        var least = (Side - 1) * (Vector3.Min(right, default) + Vector3.Min(below, default)) - new Vector3(Rounding);
        Vector512<float> lowZ = Vector512.Create(low.Z), lowY = Vector512.Create(low.Y), lowX = Vector512.Create(low.X);
        Vector512<float> highZ = Vector512.Create(high.Z), highY = Vector512.Create(high.Y), highX = Vector512.Create(high.X);
        var half = Vector512.Create(0.5f);
        Vector512<float> endZ = Vector512.Create(volume.Z - 0.5f), endY = Vector512.Create(volume.Y - 0.5f);
        var endX = Vector512.Create(volume.X - 0.5f);
        var origin = worker.Voxels.Origin;
        var values = (float*)worker.Packets;
        var stride = (u1 - u0 + Side - 1) / Side * Side;
        for (var v = v0; v < v1; v += Side)
        {
            for (var u = u0; u < u1; u += Side)
            {
                var first = (Vector3)plane.Origin + u * right + v * below;
                Vector512<float> z = Vector512.Create(first.Z) + dz, y = Vector512.Create(first.Y) + dy, x = Vector512.Create(first.X) + dx;
                var pz = Vector512.MinNative(Vector512.MaxNative(z, lowZ), highZ);
                var py = Vector512.MinNative(Vector512.MaxNative(y, lowY), highY);
                var px = Vector512.MinNative(Vector512.MaxNative(x, lowX), highX);
                var corner = Vector3.Min(Vector3.Max(first + least, low), high);
                if (isNearest)
                {
                    (pz, py, px) = (Vector512.Floor(pz + half), Vector512.Floor(py + half), Vector512.Floor(px + half));
                }

                int z0 = (int)corner.Z, y0 = (int)corner.Y, x0 = (int)corner.X;
                Vector512<int> iz = Vector512.ConvertToInt32Native(pz), iy = Vector512.ConvertToInt32Native(py);
                var ix = Vector512.ConvertToInt32Native(px);
                var number = (iz * rowsASlice + iy) * VoxelBoxes.Width + ix
                    - Vector512.Create((z0 * rowsASlice + y0) * VoxelBoxes.Width + x0);
                var box = origin + ((nint)z0 * VoxelWindow.StepZ + (nint)y0 * VoxelWindow.StepY + x0) * size;
                var value = bias + VoxelBoxes.Sample<TVoxel, TRows>(
                    box, rows, rowsASlice, number, pz - Vector512.ConvertToSingle(iz), py - Vector512.ConvertToSingle(iy),
                    px - Vector512.ConvertToSingle(ix), flip);
                if (!isInside)
                {
                    var inside = Vector512.GreaterThanOrEqual(Vector512.MinNative(Vector512.MinNative(x, y), z), -half)
                        & Vector512.LessThanOrEqual(z, endZ) & Vector512.LessThanOrEqual(y, endY) & Vector512.LessThanOrEqual(x, endX);
                    value = Vector512.ConditionalSelect(inside, value, Vector512.Create(float.NaN));
                }

                var target = values + (v - v0) * stride + u - u0;
                value.GetLower().GetLower().Store(target);
                value.GetLower().GetUpper().Store(target + stride);
                value.GetUpper().GetLower().Store(target + 2 * stride);
                value.GetUpper().GetUpper().Store(target + 3 * stride);
            }
        }

        for (var v = v0; v < v1; v++)
        {
            job.Row(u0, v, new ReadOnlySpan<float>(values + stride * (v - v0), u1 - u0));
        }

        return true;
    }

    /// <summary>Column and row of every lane's pixel from a box's first.</summary>
    public static (Vector512<float> Across, Vector512<float> Down) Lanes()
    {
        var lane = Vector512.CreateSequence(0, 1);
        return (Vector512.ConvertToSingle(lane & Vector512.Create(Side - 1)), Vector512.ConvertToSingle(lane >>> 2));
    }
}
