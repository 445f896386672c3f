using System.Collections.Concurrent;
using System.Numerics;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Which bricks a 3D picture needs: of what the eye sees and clipping leaves, every place at the coarsest level whose voxels are no
/// larger than a pixel there; or all of it at the finest of those levels, if that is little enough, since one level is faster to
/// draw than several, and always of one level while the picture moves. Where it is more than the memory allowed, everything a level
/// coarser.
/// </summary>
internal sealed class RayPlan : IDisposable
{
    private const long MostEvenBytes = 1L << 30;

    // Coarser voxels stand in for so many missing bricks, or for one in so many, before a moving picture goes to a coarser level.
    private const int FewMissing = 32;
    private const int PresentForOneMissing = 8;

    // A plan is made for every frame, so plans are kept and used again.
    private static readonly ConcurrentBag<RayPlan> s_idle = [];

    private readonly List<(BrickIndex Brick, double Distance, bool IsLeaf)> _visited = [];
    private readonly List<double> _voxels = [];

    private RayPlan()
    {
    }

    /// <summary>The finest level among them; its grid is walked through.</summary>
    public PyramidLevel Level { get; private set; } = null!;

    /// <summary>The bricks, each after the coarser ones that stand in for it until it comes, near ones first.</summary>
    public List<BrickIndex> Bricks { get; } = [];

    /// <summary>
    /// Bricks of finer levels that a moving picture would show, had more of them come: to be read, not drawn, in the order of
    /// <see cref="Bricks"/>.
    /// </summary>
    public List<BrickIndex> Finer { get; } = [];

    /// <summary>Bounds of what can be seen, in voxels of <see cref="Level"/>.</summary>
    public ((int Z, int Y, int X) From, (int Z, int Y, int X) To) Box { get; private set; }

    /// <summary>A plan; dispose it when it is no longer needed.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="reader">Its levels.</param>
    /// <param name="eye">Where it is seen from.</param>
    /// <param name="planes">A place is seen where n·p + w ≥ 0 for all (n.x, n.y, n.z, w), p in index coordinates of the finest level.</param>
    /// <param name="pixel">Size of a pixel over its distance.</param>
    /// <param name="mostBytes">Bytes that the bricks may take.</param>
    /// <param name="atRest">Whether the finest levels matter more than speed; else all is of one level.</param>
    /// <param name="cache">
    /// What is in memory, for a picture that is drawn at once: of a level of which much is missing, a coarser one is drawn instead, since
    /// to interpolate half a volume takes longer than to draw it. Null for the bricks of the whole picture.
    /// </param>
    public static RayPlan Of(
        VolumeInfo volume, VolumeReader reader, WorldPoint eye, ReadOnlySpan<Vector4> planes, double pixel, long mostBytes, bool atRest,
        BrickCache? cache = null)
    {
        var plan = s_idle.TryTake(out var kept) ? kept : new RayPlan();
        plan._voxels.Clear();
        var size = volume.VoxelSize;
        foreach (var each in reader.Levels)
        {
            plan._voxels.Add(Math.Min(size.Z * each.FactorZ, Math.Min(size.Y * each.FactorY, size.X * each.FactorX)));
        }

        var finest = plan.Visit(volume, reader, eye, planes, pixel, mostBytes, null);
        if (finest is { IsEven: false } && plan.Visit(volume, reader, eye, planes, pixel, Math.Min(mostBytes, MostEvenBytes), finest.Value.Level) is { } even)
        {
            finest = even.Level == finest.Value.Level || !atRest ? even : plan.Visit(volume, reader, eye, planes, pixel, mostBytes, null);
        }

        var level = finest?.Level;
        plan.Finish(reader, cache is not null && level is { } from ? plan.Present(volume, cache, from, reader.Levels.Count - 1) : level);
        return plan;
    }

    // The finest level of which little is missing, from a level on.
    private int Present(VolumeInfo volume, BrickCache cache, int level, int top)
    {
        for (; level < top; level++)
        {
            var (all, missing) = (0, 0);
            foreach (var (brick, _, _) in _visited)
            {
                (all, missing) = brick.Level != level ? (all, missing) : (all + 1, missing + (cache.Contains(volume, brick) ? 0 : 1));
            }

            if (missing <= Math.Max(FewMissing, all / PresentForOneMissing))
            {
                break;
            }
        }

        return level;
    }

    /// <summary>Gives the plan back.</summary>
    public void Dispose() => s_idle.Add(this);

    // Lists what is needed; where uniform is given, every place at that level, or at a coarser one where it takes too much.
    private (int Level, bool IsEven)? Visit(
        VolumeInfo volume, VolumeReader reader, WorldPoint eye, ReadOnlySpan<Vector4> planes, double pixel, long mostBytes, int? uniform)
    {
        var top = reader.Levels.Count - 1;
        for (var coarser = uniform ?? 0; ; coarser++)
        {
            _visited.Clear();
            var n = reader.Levels[top].BrickCount;
            for (var i = 0; i < n.Count; i++)
            {
                Visit(volume, reader, eye, planes, pixel, uniform is not null, coarser, new BrickIndex(top, (int)(i / n.SliceCount), (int)(i / n.X % n.Y), (int)(i % n.X)));
            }

            if (_visited.Count * (long)reader.BrickBytes(0) * 5 / 4 > mostBytes && coarser < top)
            {
                continue;
            }

            var (least, most) = (int.MaxValue, int.MinValue);
            foreach (var (brick, _, isLeaf) in _visited)
            {
                (least, most) = isLeaf ? (Math.Min(least, brick.Level), Math.Max(most, brick.Level)) : (least, most);
            }

            return _visited.Count == 0 ? null : (least, least == most);
        }
    }

    private void Visit(
        VolumeInfo volume, VolumeReader reader, WorldPoint eye, ReadOnlySpan<Vector4> planes, double pixel, bool uniform, int coarser, BrickIndex brick)
    {
        var level = reader.Levels[brick.Level];
        var (from, to) = VoxelsOf(level, brick, reader.Levels[0]);
        if (!IsSeen(from, to, planes))
        {
            return;
        }

        var middle = volume.Transform.ToWorld(new VoxelPoint((from.Z + to.Z) / 2, (from.Y + to.Y) / 2, (from.X + to.X) / 2));
        var corner = volume.Transform.ToWorld(new VoxelPoint(to.Z, to.Y, to.X));
        var distance = Math.Max(0, (middle - eye).Length - (corner - middle).Length);
        var isLeaf = brick.Level <= coarser || (!uniform && _voxels[brick.Level] <= 1.001 * pixel * distance);
        _visited.Add((brick, distance, isLeaf));
        if (isLeaf)
        {
            return;
        }

        var finer = reader.Levels[brick.Level - 1];
        int kz = level.FactorZ / finer.FactorZ, ky = level.FactorY / finer.FactorY, kx = level.FactorX / finer.FactorX;
        var count = finer.BrickCount;
        for (var z = kz * brick.Z; z < Math.Min(kz * (brick.Z + 1), count.Z); z++)
        {
            for (var y = ky * brick.Y; y < Math.Min(ky * (brick.Y + 1), count.Y); y++)
            {
                for (var x = kx * brick.X; x < Math.Min(kx * (brick.X + 1), count.X); x++)
                {
                    Visit(volume, reader, eye, planes, pixel, uniform, coarser, new BrickIndex(finer.Number, z, y, x));
                }
            }
        }
    }

    private void Finish(VolumeReader reader, int? finest)
    {
        Bricks.Clear();
        Finer.Clear();
        if (finest is not { } number)
        {
            // Nothing is seen; one brick keeps the picture whole.
            Level = reader.Levels[^1];
            Bricks.Add(new BrickIndex(Level.Number, 0, 0, 0));
            Box = ((0, 0, 0), (Level.Shape.Z, Level.Shape.Y, Level.Shape.X));
            return;
        }

        Level = reader.Levels[number];
        _visited.Sort(static (a, b) => a.Brick.Level != b.Brick.Level ? b.Brick.Level - a.Brick.Level : a.Distance.CompareTo(b.Distance));
        var (low, high) = ((Z: int.MaxValue, Y: int.MaxValue, X: int.MaxValue), (Z: 0, Y: 0, X: 0));
        foreach (var (brick, _, isLeaf) in _visited)
        {
            if (brick.Level < number)
            {
                Finer.Add(brick);
                continue;
            }

            Bricks.Add(brick);
            if (!isLeaf && brick.Level > number)
            {
                continue;
            }

            var level = reader.Levels[brick.Level];
            int z = level.Brick.Z * (level.FactorZ / Level.FactorZ), y = level.Brick.Y * (level.FactorY / Level.FactorY), x = level.Brick.X * (level.FactorX / Level.FactorX);
            low = (Math.Min(low.Z, brick.Z * z), Math.Min(low.Y, brick.Y * y), Math.Min(low.X, brick.X * x));
            high = (Math.Max(high.Z, (brick.Z + 1) * z), Math.Max(high.Y, (brick.Y + 1) * y), Math.Max(high.X, (brick.X + 1) * x));
        }

        // Levels of an odd size end half a voxel later than the next finer one.
        var s = Level.Shape;
        Box = ((Math.Min(low.Z, s.Z - 1) & ~7, Math.Min(low.Y, s.Y - 1) & ~7, Math.Min(low.X, s.X - 1) & ~7),
            (Math.Min(high.Z, s.Z), Math.Min(high.Y, s.Y), Math.Min(high.X, s.X)));
    }

    /// <summary>The planes through the edges of a picture, the seen side inside, in index coordinates.</summary>
    public static IEnumerable<Vector4> Frustum(Kernels.Raycasting.RayGeometry rays, int width, int height)
    {
        ReadOnlySpan<(float U, float V)> at = [(-0.5f, -0.5f), (width - 0.5f, -0.5f), (width - 0.5f, height - 0.5f), (-0.5f, height - 0.5f)];
        Vector3 eye = rays.Origin;
        var forward = rays.Ray((width - 1) / 2f, (height - 1) / 2f).Direction;
        var planes = new Vector4[5];
        for (var i = 0; i < 4; i++)
        {
            var n = Vector3.Cross(rays.Ray(at[i].U, at[i].V).Direction, rays.Ray(at[(i + 1) % 4].U, at[(i + 1) % 4].V).Direction);
            n = Vector3.Normalize(Vector3.Dot(n, forward) < 0 ? -n : n);
            planes[i] = new Vector4(n, -Vector3.Dot(n, eye));
        }

        planes[4] = new Vector4(forward, -Vector3.Dot(forward, eye));
        return planes;
    }

    // Corners of a brick in voxels of the finest level.
    private static ((double Z, double Y, double X) From, (double Z, double Y, double X) To) VoxelsOf(PyramidLevel level, BrickIndex brick, PyramidLevel finest)
    {
        double z = (double)level.Brick.Z * level.FactorZ, y = (double)level.Brick.Y * level.FactorY, x = (double)level.Brick.X * level.FactorX;
        return ((brick.Z * z, brick.Y * y, brick.X * x),
            (Math.Min((brick.Z + 1) * z, finest.Shape.Z), Math.Min((brick.Y + 1) * y, finest.Shape.Y), Math.Min((brick.X + 1) * x, finest.Shape.X)));
    }

    private static bool IsSeen((double Z, double Y, double X) from, (double Z, double Y, double X) to, ReadOnlySpan<Vector4> planes)
    {
        // A sample reads a voxel further, of whatever level.
        const float Margin = 2;
        var middle = new Vector3((float)(from.X + to.X), (float)(from.Y + to.Y), (float)(from.Z + to.Z)) / 2 - new Vector3(0.5f);
        var half = new Vector3((float)(to.X - from.X), (float)(to.Y - from.Y), (float)(to.Z - from.Z)) / 2 + new Vector3(Margin);
        foreach (var plane in planes)
        {
            var n = plane.AsVector3();
            if (Vector3.Dot(n, middle) + plane.W < -Vector3.Dot(Vector3.Abs(n), half))
            {
                return false;
            }
        }

        return true;
    }
}
