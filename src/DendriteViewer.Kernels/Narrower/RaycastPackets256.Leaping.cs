// Made from RaycastPackets512.Leaping.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

// How lanes go over what is empty.
internal static unsafe partial class RaycastPackets256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> CellBit(Vector256<int> ix, Vector256<int> iy, Vector256<int> iz)
    {
        var seven = Vector256.Create(7 << CellRanges.CellShift);
        return ((iz & seven) << 3) | (iy & seven) | ((ix & seven) >>> 3);
    }

    // How far each hidden lane goes on: out of the cube of empty cells, or of empty bricks, around it, by whole steps.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Leap(
        RayJob job, Packet* r, EmptySpace empty, Vector256<float> px, Vector256<float> py, Vector256<float> pz,
        Vector256<int> ix, Vector256<int> iy, Vector256<int> iz, Vector256<float> hidden, Vector256<float> step, Vector256<float> inverse)
    {
        var grid = job.Volume.Grid;
        Vector256<int> bx = ix >> grid.ShiftX, by = iy >> grid.ShiftY, bz = iz >> grid.ShiftZ;
        Vector256<int> cx = ix >> CellRanges.CellShift, cy = iy >> CellRanges.CellShift, cz = iz >> CellRanges.CellShift;

        // Rounding may put a first sample a hair outside.
        var brick = ((bz * grid.CountY + by) * grid.CountX + bx) & hidden.AsInt32();
        brick = Vector256.Min(Vector256.Max(brick, Vector256<int>.Zero), Vector256.Create(grid.CountZ * grid.CountY * grid.CountX - 1));
        Vector256<int> map, distance;
        fixed (int* ofBrick = empty.OfBrick)
        {
            map = Lanes256.Words(ofBrick, brick);
        }

        var whole = Vector256.LessThan(map, Vector256<int>.Zero);
        var cell = ((cz & Vector256.Create((1 << (grid.ShiftZ - CellRanges.CellShift)) - 1)) << 6)
            | ((cy & Vector256.Create((1 << (grid.ShiftY - CellRanges.CellShift)) - 1)) << 3)
            | (cx & Vector256.Create((1 << (grid.ShiftX - CellRanges.CellShift)) - 1));
        fixed (byte* maps = empty.Maps)
        {
            distance = Lanes256.Bytes(maps, ~whole & hidden.AsInt32() & (map + cell));
        }

        distance = Vector256.ConditionalSelect(whole, -map, distance);
        var exit = Vector256.MinNative(
            Wall(cx, bx, grid.ShiftX, whole, px, r->Ix, distance),
            Vector256.MinNative(Wall(cy, by, grid.ShiftY, whole, py, r->Iy, distance), Wall(cz, bz, grid.ShiftZ, whole, pz, r->Iz, distance)));
        return step * Vector256.MaxNative(Vector256<float>.One, Vector256.Ceiling(exit * inverse));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Wall(
        Vector256<int> cell, Vector256<int> brick, int shift, Vector256<int> whole, Vector256<float> p, Vector256<float> inverse, Vector256<int> distance)
    {
        var ahead = Vector256.GreaterThan(inverse, Vector256<float>.Zero).AsInt32();
        var at = Vector256.ConditionalSelect(whole, brick, cell);
        var wall = Vector256.ConditionalSelect(ahead, at + distance, at - distance + Vector256<int>.One);
        wall = Vector256.ConditionalSelect(whole, wall << shift, wall << CellRanges.CellShift);
        return (Vector256.ConvertToSingle(wall) - p) * inverse;
    }
}
