using System.Numerics;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Which bricks a 3D picture needs: of what the eye sees and clipping leaves, every place at the coarsest level whose voxels are no
/// larger than a pixel there; or all of it at the finest of those levels, if that is little enough, since one level is faster to
/// draw than several. Where it is more than the memory allowed, everything a level coarser.
/// </summary>
internal sealed class RayPlan
{
    private const long MostEvenBytes = 1L << 30;

    private RayPlan(PyramidLevel level, BrickIndex[] bricks, ((int Z, int Y, int X) From, (int Z, int Y, int X) To) box)
    {
        (Level, Bricks, Box) = (level, bricks, box);
    }

    // Whether what is seen is all of one level.
    private bool IsEven { get; init; }

    /// <summary>The finest level among them; its grid is walked through.</summary>
    public PyramidLevel Level { get; }

    /// <summary>The bricks, each after the coarser ones that stand in for it until it comes, near ones first.</summary>
    public BrickIndex[] Bricks { get; }

    /// <summary>Bounds of what can be seen, in voxels of <see cref="Level"/>.</summary>
    public ((int Z, int Y, int X) From, (int Z, int Y, int X) To) Box { get; }

    /// <summary>A plan.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="reader">Its levels.</param>
    /// <param name="eye">Where it is seen from.</param>
    /// <param name="planes">A place is seen where n·p + w ≥ 0 for all (n.x, n.y, n.z, w), p in index coordinates of the finest level.</param>
    /// <param name="pixel">Size of a pixel over its distance.</param>
    /// <param name="mostBytes">Bytes that the bricks may take.</param>
    public static RayPlan Of(VolumeInfo volume, VolumeReader reader, WorldPoint eye, IReadOnlyList<Vector4> planes, double pixel, long mostBytes)
    {
        var plan = Of(volume, reader, eye, planes, pixel, mostBytes, null);
        return plan.IsEven ? plan : Of(volume, reader, eye, planes, pixel, Math.Min(mostBytes, MostEvenBytes), plan.Level.Number) is { } even && even.Level == plan.Level ? even : plan;
    }

    // Where uniform is given, every place at that level, or at a coarser one where it takes too much.
    private static RayPlan Of(VolumeInfo volume, VolumeReader reader, WorldPoint eye, IReadOnlyList<Vector4> planes, double pixel, long mostBytes, int? uniform)
    {
        for (var coarser = uniform ?? 0; ; coarser++)
        {
            var top = reader.Levels.Count - 1;
            var leaves = new List<(BrickIndex Brick, double Distance)>();
            var parents = new List<(BrickIndex Brick, double Distance)>();
            var n = reader.Levels[top].BrickCount;
            for (var i = 0; i < n.Count; i++)
            {
                Visit(new BrickIndex(top, (int)(i / n.SliceCount), (int)(i / n.X % n.Y), (int)(i % n.X)));
            }

            var bytes = (leaves.Count + parents.Count) * (long)reader.BrickBytes(0) * 5 / 4;
            if (bytes > mostBytes && coarser < top)
            {
                continue;
            }

            if (leaves.Count == 0)
            {
                // Nothing is seen; one brick keeps the picture whole.
                return new RayPlan(reader.Levels[top], [new BrickIndex(top, 0, 0, 0)], ((0, 0, 0), Size(reader.Levels[top])));
            }

            var level = reader.Levels[leaves.Min(l => l.Brick.Level)];
            return new RayPlan(
                level, [.. leaves.Concat(parents).OrderByDescending(l => l.Brick.Level).ThenBy(l => l.Distance).Select(l => l.Brick)],
                BoxOf(reader, level, leaves.Select(l => l.Brick))) { IsEven = leaves.TrueForAll(l => l.Brick.Level == level.Number) };

            void Visit(BrickIndex brick)
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
                var voxel = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX).VoxelSize.Least;
                if (brick.Level <= coarser || (uniform is null && voxel <= 1.001 * pixel * distance))
                {
                    leaves.Add((brick, distance));
                    return;
                }

                parents.Add((brick, distance));
                var finer = reader.Levels[brick.Level - 1];
                int kz = level.FactorZ / finer.FactorZ, ky = level.FactorY / finer.FactorY, kx = level.FactorX / finer.FactorX;
                var count = finer.BrickCount;
                for (var z = kz * brick.Z; z < Math.Min(kz * (brick.Z + 1), count.Z); z++)
                {
                    for (var y = ky * brick.Y; y < Math.Min(ky * (brick.Y + 1), count.Y); y++)
                    {
                        for (var x = kx * brick.X; x < Math.Min(kx * (brick.X + 1), count.X); x++)
                        {
                            Visit(new BrickIndex(finer.Number, z, y, x));
                        }
                    }
                }
            }
        }
    }

    /// <summary>The planes through the edges of a picture, the seen side inside, in index coordinates.</summary>
    public static IEnumerable<Vector4> Frustum(Kernels.Raycasting.RayGeometry rays, int width, int height)
    {
        ReadOnlySpan<(float U, float V)> at = [(-0.5f, -0.5f), (width - 0.5f, -0.5f), (width - 0.5f, height - 0.5f), (-0.5f, height - 0.5f)];
        var eye = rays.Origin;
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

    private static (int Z, int Y, int X) Size(PyramidLevel level) => (level.Shape.Z, level.Shape.Y, level.Shape.X);

    // Corners of a brick in voxels of the finest level.
    private static ((double Z, double Y, double X) From, (double Z, double Y, double X) To) VoxelsOf(PyramidLevel level, BrickIndex brick, PyramidLevel finest)
    {
        double z = (double)level.Brick.Z * level.FactorZ, y = (double)level.Brick.Y * level.FactorY, x = (double)level.Brick.X * level.FactorX;
        return ((brick.Z * z, brick.Y * y, brick.X * x),
            (Math.Min((brick.Z + 1) * z, finest.Shape.Z), Math.Min((brick.Y + 1) * y, finest.Shape.Y), Math.Min((brick.X + 1) * x, finest.Shape.X)));
    }

    private static bool IsSeen((double Z, double Y, double X) from, (double Z, double Y, double X) to, IReadOnlyList<Vector4> planes)
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

    private static ((int, int, int), (int, int, int)) BoxOf(VolumeReader reader, PyramidLevel grid, IEnumerable<BrickIndex> bricks)
    {
        var (low, high) = ((Z: int.MaxValue, Y: int.MaxValue, X: int.MaxValue), (Z: 0, Y: 0, X: 0));
        foreach (var brick in bricks)
        {
            var level = reader.Levels[brick.Level];
            int z = level.Brick.Z * (level.FactorZ / grid.FactorZ), y = level.Brick.Y * (level.FactorY / grid.FactorY), x = level.Brick.X * (level.FactorX / grid.FactorX);
            low = (Math.Min(low.Z, brick.Z * z), Math.Min(low.Y, brick.Y * y), Math.Min(low.X, brick.X * x));
            high = (Math.Max(high.Z, (brick.Z + 1) * z), Math.Max(high.Y, (brick.Y + 1) * y), Math.Max(high.X, (brick.X + 1) * x));
        }

        // Levels of an odd size end half a voxel later than the next finer one.
        var s = grid.Shape;
        return ((Math.Min(low.Z, s.Z - 1) & ~7, Math.Min(low.Y, s.Y - 1) & ~7, Math.Min(low.X, s.X - 1) & ~7),
            (Math.Min(high.Z, s.Z), Math.Min(high.Y, s.Y), Math.Min(high.X, s.X)));
    }
}
