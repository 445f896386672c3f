using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// Draws curved sheets through a volume, tiles over all cores: sixteen pixels at a time by <see cref="CurvedBoxes"/> where it covers the
/// voxels and the interpolation and the processor can, else one at a time, the same samples as <see cref="HostSlicer"/> takes. Of a flat
/// sheet it is the plain slice. Linear samples one at a time read their eight voxels at once where these lie in one tile of a brick, which
/// repeats the first voxels of the next.
/// </summary>
public static class CurvedSlicer
{
    private const int Tile = 32;

    /// <summary>The value of pixel (u, v); NaN where the sheet is not known or lies outside the volume.</summary>
    public static float Pixel(PagedVolume volume, CurvedSliceGeometry sheet, int u, int v) =>
        Pixel(volume, new HostSlicer(volume, sheet.Interpolation), sheet, u, v);

    /// <summary>The same, for many pixels.</summary>
    internal static float Pixel(PagedVolume volume, HostSlicer host, CurvedSliceGeometry sheet, int u, int v) => volume.Type switch
    {
        VoxelType.UInt8 => Pixel<byte>(volume, host, sheet, u, v),
        VoxelType.Int8 => Pixel<sbyte>(volume, host, sheet, u, v),
        VoxelType.UInt16 => Pixel<ushort>(volume, host, sheet, u, v),
        VoxelType.Int16 => Pixel<short>(volume, host, sheet, u, v),
        _ => Pixel<float>(volume, host, sheet, u, v),
    };

    private static float Pixel<T>(PagedVolume volume, HostSlicer host, CurvedSliceGeometry sheet, int u, int v)
        where T : unmanaged, INumberBase<T>
    {
        var height = sheet.IsInside(u, v) ? sheet.HeightAt(u, v) : float.NaN;
        if (float.IsNaN(height))
        {
            return float.NaN;
        }

        Vector3 along = sheet.Along, step = sheet.SlabStep * along;
        var p = (Vector3)sheet.Origin + u * (Vector3)sheet.Right + v * (Vector3)sheet.Down + height * along
            - (sheet.SlabSamples - 1) * 0.5f * step;
        var (sum, least, most, n) = (0f, float.PositiveInfinity, float.NegativeInfinity, 0);
        for (var s = 0; s < sheet.SlabSamples; s++, p += step)
        {
            var value = sheet.Interpolation == SliceInterpolation.Linear
                ? Linear<T>(volume, host, p)
                : host.At(VoxelVector.FromXyz(p));
            if (!float.IsNaN(value))
            {
                (sum, least, most, n) = (sum + value, MathF.Min(least, value), MathF.Max(most, value), n + 1);
            }
        }

        return n == 0 ? float.NaN : sheet.Mode switch { SlabMode.Minimum => least, SlabMode.Maximum => most, _ => sum / n };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Linear<T>(PagedVolume volume, HostSlicer host, Vector3 p) where T : unmanaged, INumberBase<T>
    {
        if (!host.IsInside(VoxelVector.FromXyz(p)))
        {
            return float.NaN;
        }

        var at = Vector3.Clamp(p, Vector3.Zero, new Vector3(volume.X - 1, volume.Y - 1, volume.Z - 1));

        var grid = volume.Grid;
        int z = (int)at.Z, y = (int)at.Y, x = (int)at.X;
        int lastZ = (1 << grid.ShiftZ) - 1, lastY = (1 << grid.ShiftY) - 1, lastX = (1 << grid.ShiftX) - 1;
        if (z + 1 >= grid.Z || y + 1 >= grid.Y || x + 1 >= grid.X || (z & lastZ) == lastZ || (y & lastY) == lastY || (x & lastX) == lastX
            || grid.BrickAt(z, y, x) is not { IsTiled: true } brick)
        {
            return host.At(VoxelVector.FromXyz(p));
        }

        ref var first = ref Unsafe.Add(
            ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(brick.Data)), brick.Offset(z & lastZ, y & lastY, x & lastX));
        float fz = at.Z - z, fy = at.Y - y, fx = at.X - x;
        return Mix(
            Mix(Pair(ref first, 0, fx), Pair(ref first, brick.StepY, fx), fy),
            Mix(Pair(ref first, brick.StepZ, fx), Pair(ref first, brick.StepZ + brick.StepY, fx), fy), fz);

        static float Pair(ref T at, int offset, float f) =>
            Mix(Value(Unsafe.Add(ref at, offset)), Value(Unsafe.Add(ref at, offset + 1)), f);

        static float Value(T v) => typeof(T) == typeof(float) ? PagedVolume.Finite(float.CreateTruncating(v)) : float.CreateTruncating(v);

        static float Mix(float a, float b, float t) => a + (b - a) * t;
    }

    /// <summary>Samples a sheet; every row of every tile goes to <paramref name="row"/>, from several threads.</summary>
    /// <param name="volume">What is sliced; where bricks are missing, coarser ones stand in.</param>
    /// <param name="sheet">The sheet, in index coordinates of the volume's grid.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="row">Takes the values.</param>
    /// <param name="superseded">Stops between tiles.</param>
    /// <returns>False where <paramref name="superseded"/> was signalled; the slice is then incomplete.</returns>
    public static bool Render(
        PagedVolume volume, CurvedSliceGeometry sheet, int width, int height, SliceRow row, CancellationToken superseded = default)
    {
        if (CurvedBoxes.Covers(volume, sheet))
        {
            var boxes = new CurvedBoxes(volume, sheet, width, height, row);
            var size = boxes.TileSize;
            return ForTiles(
                width, height, size, () => TileWorker.RentVoxels(volume),
                (worker, u, v) => boxes.RenderTile(worker, u, v, size), TileWorker.Return, superseded);
        }

        var host = new HostSlicer(volume, sheet.Interpolation);
        return ForTiles(width, height, Tile, () => host, (one, u, v) => RenderTile(volume, one, sheet, u, v, width, height, row), _ => { },
            superseded);
    }

    private static bool ForTiles<TWorker>(
        int width, int height, int size, Func<TWorker> rent, Action<TWorker, int, int> render, Action<TWorker> giveBack,
        CancellationToken superseded)
    {
        var across = (width + size - 1) / size;
        Parallel.For(0, across * ((height + size - 1) / size), ComputeLane.Options(), rent, (tile, loop, worker) =>
        {
            ComputeLane.GiveWay();
            if (superseded.IsCancellationRequested)
            {
                loop.Stop();
                return worker;
            }

            render(worker, tile % across * size, tile / across * size);
            return worker;
        }, giveBack);
        return !superseded.IsCancellationRequested;
    }

    private static void RenderTile(
        PagedVolume volume, HostSlicer host, CurvedSliceGeometry sheet, int u0, int v0, int width, int height, SliceRow row)
    {
        Span<float> values = stackalloc float[Math.Min(Tile, width - u0)];
        for (var v = v0; v < Math.Min(v0 + Tile, height); v++)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Pixel(volume, host, sheet, u0 + i, v);
            }

            row(u0, v, values);
        }
    }
}
