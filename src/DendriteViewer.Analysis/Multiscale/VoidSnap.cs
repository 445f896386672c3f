using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>Where a landmark snapped to.</summary>
/// <param name="At">The centroid of the dark region, or the point that was given.</param>
/// <param name="Why">Why it is the point that was given, a sentence; null where it snapped.</param>
public sealed record Snapped(WorldPoint At, string? Why);

/// <summary>
/// Finds the dark void under a pointer and its centroid, since a centroid is the same place in two scans of different voxels, and a click
/// is not. Voxels around the point are averaged with their six neighbours; what is darker than half way between the darkest one near the
/// point and the median of the surroundings, and connected with it, is the void. Each voxel weighs as much as it is darker than the
/// surroundings, so that voxels on the edge count in part.
/// </summary>
public static class VoidSnap
{
    // Voids are some 5 µm wide; one that reaches the faces of the box is an electrode, or the air around the cell.
    private const double ReachUm = 12, SeekUm = 1.5, LeastContrast = 4;
    private const int MostVoxels = 96, LeastVoxels = 4;

    /// <summary>The centroid of the void at a point.</summary>
    /// <param name="store">The store.</param>
    /// <param name="volume">The volume that was clicked.</param>
    /// <param name="at">The point, in the dataset's frame.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Snapped> AtAsync(DatasetStore store, VolumeInfo volume, WorldPoint at, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(volume, ct);
        var edge = volume.VoxelSize.Least;
        var level = reader.Levels.FirstOrDefault(l => 2 * ReachUm / (edge * l.FactorX) <= MostVoxels) ?? reader.Levels[^1];
        var box = await VoxelBox.ReadAsync(reader, level, volume.Transform, (
            at + new WorldVector(-ReachUm, -ReachUm, -ReachUm), at + new WorldVector(ReachUm, ReachUm, ReachUm)), ct);
        return box is null ? new Snapped(at, "The point lies outside of the volume, so that there is no void to snap to.")
            : In(Smooth(box.Voxels, box.Shape), box.Shape, box.Transform, at);
    }

    private static Snapped In(float[] smooth, VolumeShape shape, AffineTransform transform, WorldPoint at)
    {
        var sorted = smooth.ToArray();
        Array.Sort(sorted);
        var median = sorted[sorted.Length / 2];
        var noise = 1.4826f * MedianDistance(sorted, median);
        var (start, dark) = DarkestNear(smooth, shape, transform, at);
        if (start < 0 || !(median - dark > LeastContrast * noise) || dark >= median)
        {
            return new Snapped(at, "There is no dark void at that point; it was taken as it was clicked.");
        }

        var region = Grow(smooth, shape, start, (median + dark) / 2);
        if (region is null)
        {
            return new Snapped(at, "What is dark at that point is no closed void; it was taken as it was clicked.");
        }

        if (region.Count < LeastVoxels)
        {
            return new Snapped(at, "The dark void at that point is too small to have a centre; it was taken as it was clicked.");
        }

        double sum = 0, z = 0, y = 0, x = 0;
        foreach (var i in region)
        {
            var w = median - smooth[i];
            (sum, z, y, x) = (sum + w, z + w * (i / (shape.Y * shape.X) + 0.5), y + w * (i / shape.X % shape.Y + 0.5),
                x + w * (i % shape.X + 0.5));
        }

        return new Snapped(transform.ToWorld(new VoxelPoint(z / sum, y / sum, x / sum)), null);
    }

    private static float MedianDistance(float[] sorted, float median)
    {
        var off = Array.ConvertAll(sorted, v => Math.Abs(v - median));
        Array.Sort(off);
        return off[off.Length / 2];
    }

    // The darkest voxel a little around the point: a click on the edge of a void means the void.
    private static (int Index, float Value) DarkestNear(float[] smooth, VolumeShape s, AffineTransform transform, WorldPoint at)
    {
        var v = transform.ToVoxel(at);
        int Reach(double size) => Math.Max(1, (int)Math.Ceiling(SeekUm / size));
        var (rz, ry, rx) = (Reach(transform.VoxelSize.Z), Reach(transform.VoxelSize.Y), Reach(transform.VoxelSize.X));
        var best = (Index: -1, Value: float.PositiveInfinity);
        for (var z = Math.Max(0, (int)v.Z - rz); z <= Math.Min(s.Z - 1, (int)v.Z + rz); z++)
        {
            for (var y = Math.Max(0, (int)v.Y - ry); y <= Math.Min(s.Y - 1, (int)v.Y + ry); y++)
            {
                for (var x = Math.Max(0, (int)v.X - rx); x <= Math.Min(s.X - 1, (int)v.X + rx); x++)
                {
                    var i = (z * s.Y + y) * s.X + x;
                    best = smooth[i] < best.Value ? (i, smooth[i]) : best;
                }
            }
        }

        return best;
    }

    // The six-connected region below a value; null where it reaches a face of the box.
    private static List<int>? Grow(float[] smooth, VolumeShape s, int start, float below)
    {
        var (seen, region, open) = (new bool[smooth.Length], new List<int>(), new Stack<int>());
        open.Push(start);
        seen[start] = true;
        while (open.TryPop(out var i))
        {
            var (z, y, x) = (i / (s.Y * s.X), i / s.X % s.Y, i % s.X);
            if (z == 0 || y == 0 || x == 0 || z == s.Z - 1 || y == s.Y - 1 || x == s.X - 1)
            {
                return null;
            }

            region.Add(i);
            foreach (var next in (ReadOnlySpan<int>)[i - 1, i + 1, i - s.X, i + s.X, i - s.Y * s.X, i + s.Y * s.X])
            {
                if (!seen[next] && smooth[next] < below)
                {
                    seen[next] = true;
                    open.Push(next);
                }
            }
        }

        return region;
    }

    // Each voxel and its six neighbours; those beyond the faces count as the nearest within.
    private static float[] Smooth(ReadOnlySpan<float> v, VolumeShape s)
    {
        var to = new float[v.Length];
        for (var z = 0; z < s.Z; z++)
        {
            for (var y = 0; y < s.Y; y++)
            {
                for (var x = 0; x < s.X; x++)
                {
                    var i = (z * s.Y + y) * s.X + x;
                    to[i] = (v[i] + v[x > 0 ? i - 1 : i] + v[x < s.X - 1 ? i + 1 : i] + v[y > 0 ? i - s.X : i]
                        + v[y < s.Y - 1 ? i + s.X : i] + v[z > 0 ? i - s.Y * s.X : i] + v[z < s.Z - 1 ? i + s.Y * s.X : i]) / 7;
                }
            }
        }

        return to;
    }
}
