// Made from RaycastPackets512.Leaping.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// How lanes go over what is empty.
internal static unsafe partial class RaycastPackets128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> CellBit(Vector128<int> ix, Vector128<int> iy, Vector128<int> iz)
    {
        var seven = Vector128.Create(7 << CellRanges.CellShift);
        return ((iz & seven) << 3) | (iy & seven) | ((ix & seven) >>> 3);
    }

    // How far each hidden lane goes on: out of the cube of empty cells, or of empty bricks, around it, by whole steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Leap(
        RayJob job, Packet* r, EmptySpace empty, Vector128<float> px, Vector128<float> py, Vector128<float> pz,
        Vector128<int> ix, Vector128<int> iy, Vector128<int> iz, Vector128<float> hidden, Vector128<float> step, Vector128<float> inverse)
    {
        var grid = job.Volume.Grid;
        Vector128<int> bx = ix >> grid.ShiftX, by = iy >> grid.ShiftY, bz = iz >> grid.ShiftZ;
        Vector128<int> cx = ix >> CellRanges.CellShift, cy = iy >> CellRanges.CellShift, cz = iz >> CellRanges.CellShift;

        // Rounding may put a first sample a hair outside.
        var brick = ((bz * grid.CountY + by) * grid.CountX + bx) & hidden.AsInt32();
        brick = Vector128.Min(Vector128.Max(brick, Vector128<int>.Zero), Vector128.Create(grid.CountZ * grid.CountY * grid.CountX - 1));
        Vector128<int> map, distance;
        fixed (int* ofBrick = empty.OfBrick)
        {
            map = Lanes128.Words(ofBrick, brick);
        }

        var whole = Vector128.LessThan(map, Vector128<int>.Zero);
        var cell = ((cz & Vector128.Create((1 << (grid.ShiftZ - CellRanges.CellShift)) - 1)) << 6)
            | ((cy & Vector128.Create((1 << (grid.ShiftY - CellRanges.CellShift)) - 1)) << 3)
            | (cx & Vector128.Create((1 << (grid.ShiftX - CellRanges.CellShift)) - 1));
        fixed (byte* maps = empty.Maps)
        {
            distance = Lanes128.Bytes(maps, ~whole & hidden.AsInt32() & (map + cell));
        }

        distance = Vector128.ConditionalSelect(whole, -map, distance);
        var exit = Vector128.MinNative(
            Wall(cx, bx, grid.ShiftX, whole, px, r->Ix, distance),
            Vector128.MinNative(Wall(cy, by, grid.ShiftY, whole, py, r->Iy, distance), Wall(cz, bz, grid.ShiftZ, whole, pz, r->Iz, distance)));
        return step * Vector128.MaxNative(Vector128<float>.One, Vector128.Ceiling(exit * inverse));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Wall(
        Vector128<int> cell, Vector128<int> brick, int shift, Vector128<int> whole, Vector128<float> p, Vector128<float> inverse, Vector128<int> distance)
    {
        var ahead = Vector128.GreaterThan(inverse, Vector128<float>.Zero).AsInt32();
        var at = Vector128.ConditionalSelect(whole, brick, cell);
        var wall = Vector128.ConditionalSelect(ahead, at + distance, at - distance + Vector128<int>.One);
        wall = Vector128.ConditionalSelect(whole, wall << shift, wall << CellRanges.CellShift);
        return (Vector128.ConvertToSingle(wall) - p) * inverse;
    }
}
