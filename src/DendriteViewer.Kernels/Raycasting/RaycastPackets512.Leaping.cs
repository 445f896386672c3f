using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// How lanes go over what is empty.
internal static unsafe partial class RaycastPackets512
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> CellBit(Vector512<int> ix, Vector512<int> iy, Vector512<int> iz)
    {
        var seven = Vector512.Create(7 << CellRanges.CellShift);
        return ((iz & seven) << 3) | (iy & seven) | ((ix & seven) >>> 3);
    }

    // How far each hidden lane goes on: out of the cube of empty cells, or of empty bricks, around it, by whole steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Leap(
        RayJob job, Packet* r, EmptySpace empty, Vector512<float> px, Vector512<float> py, Vector512<float> pz,
        Vector512<int> ix, Vector512<int> iy, Vector512<int> iz, Vector512<float> hidden, Vector512<float> step, Vector512<float> inverse)
    {
        var grid = job.Volume.Grid;
        Vector512<int> bx = ix >> grid.ShiftX, by = iy >> grid.ShiftY, bz = iz >> grid.ShiftZ;
        Vector512<int> cx = ix >> CellRanges.CellShift, cy = iy >> CellRanges.CellShift, cz = iz >> CellRanges.CellShift;

        // Rounding may put a first sample a hair outside.
        var brick = ((bz * grid.CountY + by) * grid.CountX + bx) & hidden.AsInt32();
        brick = Vector512.Min(Vector512.Max(brick, Vector512<int>.Zero), Vector512.Create(grid.CountZ * grid.CountY * grid.CountX - 1));
        Vector512<int> map, distance;
        fixed (int* ofBrick = empty.OfBrick)
        {
            map = Lanes512.Words(ofBrick, brick);
        }

        var whole = Vector512.LessThan(map, Vector512<int>.Zero);
        var cell = ((cz & Vector512.Create((1 << (grid.ShiftZ - CellRanges.CellShift)) - 1)) << 6)
            | ((cy & Vector512.Create((1 << (grid.ShiftY - CellRanges.CellShift)) - 1)) << 3)
            | (cx & Vector512.Create((1 << (grid.ShiftX - CellRanges.CellShift)) - 1));
        fixed (byte* maps = empty.Maps)
        {
            distance = Lanes512.Bytes(maps, ~whole & hidden.AsInt32() & (map + cell));
        }

        distance = Vector512.ConditionalSelect(whole, -map, distance);
        var exit = Vector512.MinNative(
            Wall(cx, bx, grid.ShiftX, whole, px, r->Ix, distance),
            Vector512.MinNative(Wall(cy, by, grid.ShiftY, whole, py, r->Iy, distance), Wall(cz, bz, grid.ShiftZ, whole, pz, r->Iz, distance)));
        return step * Vector512.MaxNative(Vector512<float>.One, Vector512.Ceiling(exit * inverse));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Wall(
        Vector512<int> cell, Vector512<int> brick, int shift, Vector512<int> whole, Vector512<float> p, Vector512<float> inverse, Vector512<int> distance)
    {
        var ahead = Vector512.GreaterThan(inverse, Vector512<float>.Zero).AsInt32();
        var at = Vector512.ConditionalSelect(whole, brick, cell);
        var wall = Vector512.ConditionalSelect(ahead, at + distance, at - distance + Vector512<int>.One);
        wall = Vector512.ConditionalSelect(whole, wall << shift, wall << CellRanges.CellShift);
        return (Vector512.ConvertToSingle(wall) - p) * inverse;
    }
}
