using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// Finds what a fill covers. A hole is what is not of the mask and is connected with the point by faces, in the slice or in space; it must
/// be enclosed: where it reaches the edge of the scan, the fill is refused rather than stopped there. A piece is what is of the mask and is
/// connected by faces, edges or corners. What is larger than a bound is refused too.
/// </summary>
internal static class MaskFill
{
    /// <summary>Voxels of a fill at most.</summary>
    public const int MostVoxels = 2_000_000;

    // Of the cosine of a slice's normal and an axis of the voxels.
    private const double Straight = 0.9999;

    /// <summary>The voxels of a fill.</summary>
    /// <exception cref="OutOfRangeException">There is nothing to fill, it is open, too large or too ragged.</exception>
    public static async Task<FillMark> FindAsync(
        MaskVoxels mask, AffineTransform transform, WorldPoint seed, WorldVector? normal, bool erase, CancellationToken ct)
    {
        var (shape, brick) = (mask.Levels[0].Shape, mask.Levels[0].Brick);
        var start = transform.ToVoxel(seed).Floor();
        if (!shape.Contains(start))
        {
            throw new OutOfRangeException("The point lies outside of the scan.");
        }

        var across = normal is { } n ? AxisAcross(n, transform) : -1;
        var (set, found) = (new Dictionary<BrickIndex, ulong[]>(), new FoundVoxels(brick));
        if (await IsSetAsync(start) != erase)
        {
            throw new OutOfRangeException(erase ? "There is nothing of the mask at this point to take away."
                : "This point is of the mask already; click into a hole that it encloses.");
        }

        var (steps, todo) = (StepsOf(across, byCorners: erase), new Stack<VoxelIndex>());
        Visit(start);
        while (todo.TryPop(out var at))
        {
            foreach (var step in steps)
            {
                var next = new VoxelIndex(at.Z + step.Z, at.Y + step.Y, at.X + step.X);
                if (!shape.Contains(next))
                {
                    if (!erase)
                    {
                        throw new OutOfRangeException(
                            $"The hole is open: it reaches the edge of the scan{(across < 0 ? "" : " in this slice")}. "
                            + "Close its outline first.");
                    }
                }
                else if (!found.Contains(next) && await IsSetAsync(next) == erase)
                {
                    Visit(next);
                }
            }
        }

        return found.Runs <= FillMark.MostRuns ? new FillMark(erase, found.ToRuns())
            : throw new OutOfRangeException($"The {(erase ? "piece" : "hole")} is too ragged to be filled at once; use the brush.");

        ValueTask<bool> IsSetAsync(VoxelIndex v) => set.TryGetValue(found.BrickOf(v), out var bits)
            ? ValueTask.FromResult(MaskBits.Get(bits, found.BitOf(v))) : LoadAsync(v);

        async ValueTask<bool> LoadAsync(VoxelIndex v)
        {
            ct.ThrowIfCancellationRequested();
            var bits = set[found.BrickOf(v)] = await mask.SetOfAsync(found.BrickOf(v), ct);
            return MaskBits.Get(bits, found.BitOf(v));
        }

        void Visit(VoxelIndex v)
        {
            if (found.Count >= MostVoxels)
            {
                throw new OutOfRangeException(
                    $"The {(erase ? "piece" : "hole")} has more than {MostVoxels:N0} voxels, so nothing was changed; use the brush.");
            }

            if (found.Count % 4096 == 0)
            {
                ct.ThrowIfCancellationRequested();
            }

            found.Add(v);
            todo.Push(v);
        }
    }

    /// <summary>The axis of the voxels that a slice lies across.</summary>
    /// <exception cref="OutOfRangeException">It lies across none.</exception>
    internal static int AxisAcross(WorldVector normal, AffineTransform transform)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            // A slice along two axes of the voxels is across the third.
            var (u, v) = (transform.Column((axis + 1) % 3), transform.Column((axis + 2) % 3));
            var across = new WorldVector(u.Y * v.X - u.X * v.Y, u.X * v.Z - u.Z * v.X, u.Z * v.Y - u.Y * v.Z).Normalized();
            if (Math.Abs(across.Dot(normal.Normalized())) >= Straight)
            {
                return axis;
            }
        }

        throw new OutOfRangeException("A slice is filled where it lies along the scan’s axes; lay the slices straight (R), or fill in 3D.");
    }

    /// <summary>The steps to a voxel's neighbours: all, or those in the slice across an axis.</summary>
    internal static VoxelIndex[] StepsOf(int across, bool byCorners) =>
        [.. from dz in Enumerable.Range(-1, 3) from dy in Enumerable.Range(-1, 3) from dx in Enumerable.Range(-1, 3)
            let moved = Math.Abs(dz) + Math.Abs(dy) + Math.Abs(dx)
            where moved > 0 && (byCorners || moved == 1) && (across < 0 || new[] { dz, dy, dx }[across] == 0)
            select new VoxelIndex(dz, dy, dx)];
}
