using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>A place of the moving volume.</summary>
/// <param name="At">Place in the volume's own µm, its outer corner being 0.</param>
/// <param name="Value">Value smoothed over a voxel of the level.</param>
/// <param name="Slope">How steep the volume is there: length of its gradient a µm.</param>
/// <param name="Block">Which of the blocks that the volume is cut into it lies in, for errors that neighbours share.</param>
internal readonly record struct FieldSample(WorldPoint At, float Value, float Slope, int Block);

/// <summary>
/// Places drawn at random from a level of the moving volume, brick by brick, so that no more than a few bricks are in memory: half of them
/// anywhere, half the steepest of several that were drawn, since these tell how the volume lies.
/// </summary>
internal static class FieldSamples
{
    /// <summary>Blocks along each axis.</summary>
    public const int BlocksAlong = 3;

    private const int MostBricks = 512, DrawnForOne = 12;

    /// <summary>Draws places; the same seed draws the same.</summary>
    /// <param name="reader">The volume.</param>
    /// <param name="level">The level.</param>
    /// <param name="toMoving">From voxels of level 0 to the volume's own µm.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="seed">What they are drawn by.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<FieldSample[]> DrawAsync(
        VolumeReader reader, PyramidLevel level, AffineTransform toMoving, int wanted, int seed, CancellationToken ct)
    {
        var to = toMoving.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var (s, b, n, edges) = (level.Shape, level.Brick, level.BrickCount, to.VoxelSize);

        // Of very many bricks every k-th is read, in an order that mixes the axes.
        var all = Enumerable.Range(0, (int)n.Count).ToArray();
        new Random(seed).Shuffle(all);
        var bricks = all.Take(MostBricks).Order().ToArray();
        var covered = bricks.Sum(i => BoxOf(i).Count);
        var found = new FieldSample[bricks.Length][];
        await Parallel.ForAsync(0, bricks.Length, Kernels.Scheduling.ComputeLane.Options(ct), async (k, token) =>
        {
            var box = BoxOf(bricks[k]);
            var count = (int)Math.Round((double)wanted * box.Count / Math.Max(1, covered));
            found[k] = count == 0 || Math.Min(box.Size.Z, Math.Min(box.Size.Y, box.Size.X)) < 3 ? []
                : Draw(await DenseLevels.ReadBoxAsync(reader, level, box.Low, box.High, token), box, count, new Random(seed
                    + 7919 * (bricks[k] + 1)));
        });
        return found.SelectMany(f => f).ToArray();

        Box BoxOf(int i)
        {
            var low = new VoxelIndex((int)(i / n.SliceCount) * b.Z, (int)(i / n.X % n.Y) * b.Y, i % n.X * b.X);
            return new Box(low, new VoxelIndex(Math.Min(s.Z, low.Z + b.Z), Math.Min(s.Y, low.Y + b.Y), Math.Min(s.X, low.X + b.X)));
        }

        FieldSample[] Draw(float[] voxels, Box box, int count, Random random)
        {
            var drawn = new List<FieldSample>(count);
            for (var i = 0; i < count; i++)
            {
                var (best, steepest) = (default(FieldSample), -1f);
                for (var tries = i % 2 == 0 ? 1 : DrawnForOne; tries > 0; tries--)
                {
                    int z = random.Next(1, box.Size.Z - 1), y = random.Next(1, box.Size.Y - 1), x = random.Next(1, box.Size.X - 1);
                    var (value, slope) = Smoothed.At(voxels, box.Size, z, y, x, edges);
                    if (slope > steepest)
                    {
                        var at = new VoxelPoint(box.Low.Z + z + 0.5, box.Low.Y + y + 0.5, box.Low.X + x + 0.5);
                        (best, steepest) = (new FieldSample(to.ToWorld(at), value, MathF.Sqrt(slope), BlockOf(at)), slope);
                    }
                }

                if (float.IsFinite(best.Value) && steepest >= 0)
                {
                    drawn.Add(best);
                }
            }

            return [.. drawn];
        }

        int BlockOf(VoxelPoint p) => ((int)(p.Z * BlocksAlong / s.Z) * BlocksAlong + (int)(p.Y * BlocksAlong / s.Y)) * BlocksAlong
            + (int)(p.X * BlocksAlong / s.X);
    }

    private readonly record struct Box(VoxelIndex Low, VoxelIndex High)
    {
        public VolumeShape Size => new(High.Z - Low.Z, High.Y - Low.Y, High.X - Low.X);

        public long Count => Size.Count;
    }
}
