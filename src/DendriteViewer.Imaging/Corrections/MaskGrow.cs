using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>What grew from a point.</summary>
/// <param name="Runs">Its voxels, as <see cref="FillMark.Runs"/>.</param>
/// <param name="Value">The scan's value at the point.</param>
/// <param name="IsCut">Whether there was more, which was left out.</param>
internal sealed record GrownRegion(IReadOnlyList<int> Runs, double Value, bool IsCut);

/// <summary>
/// Finds what grows from a point by grey value: the voxels of the mask's grid that are connected with it by faces, in a slice or in space,
/// and whose value in the scan is no farther from the value at the point than a tolerance. Which of them are of the mask does not matter.
/// It goes out in all directions alike, so that what is found lies around the point also where it is cut off at a bound.
/// </summary>
internal static class MaskGrow
{
    /// <summary>The voxels that grow from a point.</summary>
    /// <param name="scan">Reads the scan.</param>
    /// <param name="scanGrid">The scan's grid in the world.</param>
    /// <param name="level">The finest level of the mask, whose voxels are found.</param>
    /// <param name="grid">The mask's grid in the world.</param>
    /// <param name="seed">The point.</param>
    /// <param name="normal">Of one slice; null in space.</param>
    /// <param name="tolerance">Of the value, in grey values of the scan.</param>
    /// <param name="most">Voxels at most.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="OutOfRangeException">The point is outside of the scan, or has no value.</exception>
    public static async Task<GrownRegion> FindAsync(
        VolumeReader scan, AffineTransform scanGrid, PyramidLevel level, AffineTransform grid, WorldPoint seed, WorldVector? normal,
        double tolerance, int most, CancellationToken ct)
    {
        var start = grid.ToVoxel(seed).Floor();
        var (isSame, within) = (level.Shape == scan.Shape && grid == scanGrid, new Dictionary<BrickIndex, ulong[]>());
        if (!level.Shape.Contains(start) || !TryScanIndex(start, out var at))
        {
            throw new OutOfRangeException("The point lies outside of the scan.");
        }

        var own = scan.Levels[0].Brick;
        var value = ValueAt(await scan.ReadBrickAsync(BrickOf(at), ct), scan.Type, BitOf(at));
        if (!double.IsFinite(value))
        {
            throw new OutOfRangeException("The scan has no value at this point.");
        }

        var steps = MaskFill.StepsOf(normal is { } n ? MaskFill.AxisAcross(n, grid) : -1, byCorners: false);
        var (found, todo, isCut) = (new FoundVoxels(level.Brick), new Queue<VoxelIndex>(), false);
        found.Add(start);
        todo.Enqueue(start);
        while (!isCut && todo.TryDequeue(out var from))
        {
            foreach (var step in steps)
            {
                var next = new VoxelIndex(from.Z + step.Z, from.Y + step.Y, from.X + step.X);
                if (!level.Shape.Contains(next) || found.Contains(next) || !await IsWithinAsync(next))
                {
                    continue;
                }

                if (found.Count >= most || found.Runs >= FillMark.MostRuns)
                {
                    isCut = true;
                    break;
                }

                found.Add(next);
                todo.Enqueue(next);
            }
        }

        return new GrownRegion(found.ToRuns(), value, isCut);

        BrickIndex BrickOf(VoxelIndex v) => new(0, v.Z / own.Z, v.Y / own.Y, v.X / own.X);

        int BitOf(VoxelIndex v) => ((v.Z % own.Z * own.Y) + v.Y % own.Y) * own.X + v.X % own.X;

        // Where the scan has another grid than the mask, its voxel at the middle of the mask's.
        bool TryScanIndex(VoxelIndex v, out VoxelIndex index)
        {
            index = isSame ? v : scanGrid.ToVoxel(grid.ToWorld(new VoxelPoint(v.Z + 0.5, v.Y + 0.5, v.X + 0.5))).Floor();
            return scan.Shape.Contains(index);
        }

        ValueTask<bool> IsWithinAsync(VoxelIndex v) => !TryScanIndex(v, out var index) ? ValueTask.FromResult(false)
            : within.TryGetValue(BrickOf(index), out var bits) ? ValueTask.FromResult(MaskBits.Get(bits, BitOf(index))) : LoadAsync(index);

        // A bit a voxel is kept of a brick, since a region may touch thousands of them.
        async ValueTask<bool> LoadAsync(VoxelIndex v)
        {
            ct.ThrowIfCancellationRequested();
            var bits = within[BrickOf(v)] = Within(await scan.ReadBrickAsync(BrickOf(v), ct), scan.Type, value, tolerance);
            return MaskBits.Get(bits, BitOf(v));
        }
    }

    private static double ValueAt(byte[] voxels, VoxelType type, int at) => type switch
    {
        VoxelType.UInt8 => voxels[at],
        VoxelType.Int8 => (sbyte)voxels[at],
        VoxelType.UInt16 => MemoryMarshal.Cast<byte, ushort>(voxels)[at],
        VoxelType.Int16 => MemoryMarshal.Cast<byte, short>(voxels)[at],
        VoxelType.Float32 => MemoryMarshal.Cast<byte, float>(voxels)[at],
        _ => throw new OutOfRangeException($"The grey values of a scan of {type} cannot be followed."),
    };

    private static ulong[] Within(byte[] voxels, VoxelType type, double value, double tolerance) => type switch
    {
        VoxelType.UInt8 => Within<byte>(voxels, value, tolerance),
        VoxelType.Int8 => Within(MemoryMarshal.Cast<byte, sbyte>(voxels), value, tolerance),
        VoxelType.UInt16 => Within(MemoryMarshal.Cast<byte, ushort>(voxels), value, tolerance),
        VoxelType.Int16 => Within(MemoryMarshal.Cast<byte, short>(voxels), value, tolerance),
        _ => Within(MemoryMarshal.Cast<byte, float>(voxels), value, tolerance),
    };

    private static ulong[] Within<T>(ReadOnlySpan<T> voxels, double value, double tolerance) where T : unmanaged, INumber<T>
    {
        var bits = new ulong[(voxels.Length + 63) / 64];
        for (var i = 0; i < voxels.Length; i++)
        {
            bits[i >> 6] |= Math.Abs(double.CreateChecked(voxels[i]) - value) <= tolerance ? 1UL << i : 0;
        }

        return bits;
    }
}
