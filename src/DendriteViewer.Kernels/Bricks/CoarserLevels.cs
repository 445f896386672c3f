using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DendriteViewer.Kernels.Bricks;

/// <summary>
/// The coarser levels of a volume, which stand in where bricks of its grid are not in memory: interpolated to the grid.
/// </summary>
/// <param name="type">How a voxel is stored.</param>
/// <param name="levels">The grid, then coarser levels.</param>
internal sealed class CoarserLevels(VoxelType type, BrickLevel[] levels)
{
    /// <summary>Room that <see cref="Fill{T}"/> needs, in floats.</summary>
    public const int Scratch = 3 * 19 * 19 * MostRow;

    private const int MostRow = 24;

    /// <summary>What stands in for voxel (z, y, x) of the grid, in the volume's own type, as a voxel would be.</summary>
    public float At(int z, int y, int x)
    {
        var v = Interpolated(z, y, x);
        return type == VoxelType.Float32 ? v : MathF.Round(v);
    }

    // Trilinear between the coarser voxels around the centre of voxel (z, y, x) of the grid.
    private float Interpolated(int z, int y, int x)
    {
        if (LevelOf(z, y, x) is not { } l)
        {
            return 0;
        }

        var level = levels[l];
        var (z0, z1, fz) = Neighbours(z, level.HalvingsZ, level.Z);
        var (y0, y1, fy) = Neighbours(y, level.HalvingsY, level.Y);
        var (x0, x1, fx) = Neighbours(x, level.HalvingsX, level.X);
        var near = Mix(Mix(Voxel(l, z0, y0, x0), Voxel(l, z0, y0, x1), fx), Mix(Voxel(l, z0, y1, x0), Voxel(l, z0, y1, x1), fx), fy);
        var far = Mix(Mix(Voxel(l, z1, y0, x0), Voxel(l, z1, y0, x1), fx), Mix(Voxel(l, z1, y1, x0), Voxel(l, z1, y1, x1), fx), fy);
        return Mix(near, far, fz);

        static float Mix(float a, float b, float t) => a + (b - a) * t;
    }

    /// <summary>The finest coarser level that has the place of voxel (z, y, x).</summary>
    public int? LevelOf(int z, int y, int x)
    {
        for (var l = 1; l < levels.Length; l++)
        {
            var level = levels[l];
            if (level.BrickAt(Math.Min(z >> level.HalvingsZ, level.Z - 1), Math.Min(y >> level.HalvingsY, level.Y - 1),
                Math.Min(x >> level.HalvingsX, level.X - 1)) is not null)
            {
                return l;
            }
        }

        return null;
    }

    // Voxel (z, y, x) of a coarser level, or where it is not in memory the one of a still coarser level that covers it.
    private float Voxel(int l, int z, int y, int x)
    {
        for (; l < levels.Length; l++)
        {
            var level = levels[l];
            if (level.BrickAt(z, y, x) is { } brick)
            {
                return PagedVolume.Voxel(brick, level, z, y, x);
            }

            if (l + 1 < levels.Length)
            {
                var next = levels[l + 1];
                z = Math.Min(z >> (next.HalvingsZ - level.HalvingsZ), next.Z - 1);
                y = Math.Min(y >> (next.HalvingsY - level.HalvingsY), next.Y - 1);
                x = Math.Min(x >> (next.HalvingsX - level.HalvingsX), next.X - 1);
            }
        }

        return 0;
    }

    /// <summary>
    /// Fills rows of <paramref name="target"/>, <paramref name="stepY"/> apart and 24 wide, with what stands in for the voxels from
    /// (z, y, x) on, at most 17 along each axis, that lie in one missing brick. The same as <see cref="At(int, int, int)"/>, a block at a
    /// time: interpolated along x, then y, then z. Rows are written in turn and run over their end, by less than a row.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill<T>(int z, int y, int x, int nz, int ny, int nx, Span<T> target, int stepZ, int stepY, float[] scratch)
        where T : unmanaged
    {
        var l = LevelOf(z, y, x) ?? -1;
        if (l < 0)
        {
            for (var k = 0; k < nz; k++)
            {
                for (var j = 0; j < ny; j++)
                {
                    target.Slice(k * stepZ + j * stepY, nx).Clear();
                }
            }

            return;
        }

        var level = levels[l];
        var first = (Z: Neighbours(z, level.HalvingsZ, level.Z).Low, Y: Neighbours(y, level.HalvingsY, level.Y).Low,
            X: Neighbours(x, level.HalvingsX, level.X).Low);
        var cz = Neighbours(z + nz - 1, level.HalvingsZ, level.Z).High - first.Z + 1;
        var cy = Neighbours(y + ny - 1, level.HalvingsY, level.Y).High - first.Y + 1;
        var cx = Neighbours(x + nx - 1, level.HalvingsX, level.X).High - first.X + 1;
        Span<float> alongX = scratch.AsSpan(0, 19 * 19 * MostRow), alongY = scratch.AsSpan(19 * 19 * MostRow, 19 * 19 * MostRow);
        Span<float> row = stackalloc float[MostRow], mixed = stackalloc float[MostRow];
        Span<int> low = stackalloc int[nx], high = stackalloc int[nx];
        Span<float> part = stackalloc float[nx];
        for (var i = 0; i < nx; i++)
        {
            var (a, b, f) = Neighbours(x + i, level.HalvingsX, level.X);
            (low[i], high[i], part[i]) = (a - first.X, b - first.X, f);
        }

        for (var k = 0; k < cz; k++)
        {
            for (var j = 0; j < cy; j++)
            {
                Coarse(l, first.Z + k, first.Y + j, first.X, row[..cx]);
                var to = alongX.Slice((k * 19 + j) * MostRow, nx);
                for (var i = 0; i < nx; i++)
                {
                    to[i] = row[low[i]] + (row[high[i]] - row[low[i]]) * part[i];
                }
            }
        }

        for (var k = 0; k < cz; k++)
        {
            for (var j = 0; j < ny; j++)
            {
                var (a, b, f) = Neighbours(y + j, level.HalvingsY, level.Y);
                Mix(alongX.Slice((k * 19 + a - first.Y) * MostRow, MostRow), alongX.Slice((k * 19 + b - first.Y) * MostRow, MostRow), f,
                    alongY.Slice((k * 19 + j) * MostRow, MostRow));
            }
        }

        for (var k = 0; k < nz; k++)
        {
            var (a, b, f) = Neighbours(z + k, level.HalvingsZ, level.Z);
            for (var j = 0; j < ny; j++)
            {
                Mix(alongY.Slice(((a - first.Z) * 19 + j) * MostRow, MostRow),
                    alongY.Slice(((b - first.Z) * 19 + j) * MostRow, MostRow), f, mixed);
                Store(mixed, target.Slice(k * stepZ + j * stepY, nx == 1 ? 1 : MostRow));
            }
        }
    }

    // Voxels of a row of a coarser level.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Coarse(int l, int z, int y, int x, Span<float> target)
    {
        var level = levels[l];
        for (var i = 0; i < target.Length;)
        {
            var at = x + i;
            var run = Math.Min(target.Length - i, (((at >> level.ShiftX) + 1) << level.ShiftX) - at);
            if (level.BrickAt(z, y, at) is not { } brick)
            {
                for (var k = 0; k < run; k++)
                {
                    target[i + k] = Voxel(l, z, y, at + k);
                }
            }
            else
            {
                run = brick.IsTiled ? Math.Min(run, Brick.TileEdge - (at & (Brick.TileEdge - 1))) : run;
                var from = brick.Offset(z & ((1 << level.ShiftZ) - 1), y & ((1 << level.ShiftY) - 1), at & ((1 << level.ShiftX) - 1));
                switch (type)
                {
                    case VoxelType.UInt8: Convert<byte>(brick.Data, from, target.Slice(i, run)); break;
                    case VoxelType.Int8: Convert<sbyte>(brick.Data, from, target.Slice(i, run)); break;
                    case VoxelType.UInt16: Convert<ushort>(brick.Data, from, target.Slice(i, run)); break;
                    case VoxelType.Int16: Convert<short>(brick.Data, from, target.Slice(i, run)); break;
                    default: Convert<float>(brick.Data, from, target.Slice(i, run)); break;
                }
            }

            i += run;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Convert<TVoxel>(byte[] data, int from, Span<float> target) where TVoxel : unmanaged, INumberBase<TVoxel>
        {
            ref var first = ref Unsafe.Add(ref Unsafe.As<byte, TVoxel>(ref MemoryMarshal.GetArrayDataReference(data)), from);
            for (var k = 0; k < target.Length; k++)
            {
                var v = float.CreateTruncating(Unsafe.Add(ref first, k));
                target[k] = typeof(TVoxel) == typeof(float) ? PagedVolume.Finite(v) : v;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float t, Span<float> target)
    {
        for (var i = 0; i < MostRow; i += 4)
        {
            var va = Vector128.Create(a.Slice(i, 4));
            (va + (Vector128.Create(b.Slice(i, 4)) - va) * t).CopyTo(target.Slice(i, 4));
        }
    }

    // Rounds and narrows a row of 24, of which those beyond the block are overwritten by the next row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(ReadOnlySpan<float> row, Span<T> target) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            MemoryMarshal.Cast<float, T>(row)[..target.Length].CopyTo(target);
            return;
        }

        if (target.Length < MostRow)
        {
            var v = (int)MathF.Round(row[0]);
            target[0] = Unsafe.As<int, T>(ref v);
            return;
        }

        for (var i = 0; i < MostRow; i += 8)
        {
            var low = Vector128.ConvertToInt32(Vector128.Round(Vector128.Create(row.Slice(i, 4)))).AsUInt32();
            var high = Vector128.ConvertToInt32(Vector128.Round(Vector128.Create(row.Slice(i + 4, 4)))).AsUInt32();
            var words = Vector128.Narrow(low, high);
            if (typeof(T) == typeof(ushort))
            {
                words.CopyTo(MemoryMarshal.Cast<T, ushort>(target)[i..]);
            }
            else
            {
                Vector128.Narrow(words, words).GetLower().CopyTo(MemoryMarshal.Cast<T, byte>(target)[i..]);
            }
        }
    }

    private static (int Low, int High, float Fraction) Neighbours(int i, int halvings, int size)
    {
        var at = (i + 0.5f) / (1 << halvings) - 0.5f;
        var low = (int)MathF.Floor(at);
        return (Math.Clamp(low, 0, size - 1), Math.Clamp(low + 1, 0, size - 1), at - low);
    }
}
