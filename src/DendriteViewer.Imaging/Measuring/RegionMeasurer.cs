using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>
/// Statistics of the stored voxels of a region, always of the finest level. A region says for each row of voxels which part of it is
/// inside. First the rows alone are counted, inside the volume and beyond it; then the bricks that have voxels inside are read one
/// after another, past the cache of bricks so that nobody's picture has to be read again, and given up when they are counted.
/// </summary>
public sealed class RegionMeasurer(DatasetStore store)
{
    /// <summary>Voxels of a region at most.</summary>
    public const long MostVoxels = 2_000_000_000;

    // Rows of voxels that are looked at; a large region in a volume far away would have no end of them.
    private const long MostRows = 200_000_000;

    // Tallies of 16-bit voxels have half a megabyte each.
    private const int MostAtOnce = 8;

    /// <summary>Measures.</summary>
    /// <param name="volume">In which volume.</param>
    /// <param name="region">Where.</param>
    /// <param name="progress">Told the share that is done, 0 to 1; from several threads.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">The region is too large, or has no voxel of the volume in it.</exception>
    public async Task<RegionStatistics> MeasureAsync(
        VolumeInfo volume, Region region, Action<double>? progress, CancellationToken ct)
    {
        var transform = volume.Transform;
        region = region.For(transform);
        var (inside, all) = CountRows(volume, region, ct);
        if (all > MostVoxels)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The region has {all / 1e9:0.0} billion voxels; at most {MostVoxels / 1e9:0} billion are measured. Make it smaller."));
        }

        if (inside == 0)
        {
            throw new ArgumentException(all == 0
                ? "No voxel's centre lies in the region, since it is smaller than a voxel; make it larger."
                : "The region lies outside the volume; move it inside.");
        }

        var reader = await store.ReaderAsync(volume, ct);
        var tally = await CountAsync(reader, transform, region, () => ValueTally.For(reader.Type), progress, ct);
        var noData = tally.NoData;
        if (tally.NeedsSecondPass)
        {
            tally = await CountAsync(reader, transform, region, tally.Again, progress, ct);
        }

        var thickness = region.Shape.ThicknessUm;
        var voxelSize = VoxelVolume(transform) / (thickness ?? 1);
        return new RegionStatistics(
            thickness is not null, region.Shape.GeometricSize, inside * voxelSize, region.Shape.Border * transform.VoxelSize.Least / 2,
            thickness, inside, noData, (double)(all - inside) / all, tally.Finish());
    }

    // Volume of one voxel, µm³: the determinant of the transform's linear part.
    private static double VoxelVolume(AffineTransform t)
    {
        var (a, b, c) = (t.Column(0), t.Column(1), t.Column(2));
        return Math.Abs(a.Z * (b.Y * c.X - b.X * c.Y) - a.Y * (b.Z * c.X - b.X * c.Z) + a.X * (b.Z * c.Y - b.Y * c.Z));
    }

    // Voxel centres in the region: those of the volume, and all that there would be if the volume had no end.
    private static (long Inside, long All) CountRows(VolumeInfo volume, Region region, CancellationToken ct)
    {
        var (first, last) = region.IndexBounds(volume.Transform);
        if ((double)(last[0] - first[0] + 1) * (last[1] - first[1] + 1) > MostRows)
        {
            throw new ArgumentException("The region is many times as large as a volume can be; make it smaller.");
        }

        var shape = volume.Shape;
        long inside = 0, all = 0;
        Parallel.For(first[0], last[0] + 1, ComputeLane.Options(ct), z =>
        {
            var spans = new Interval[region.Shape.MostSpans];
            long here = 0, within = 0;
            for (var y = first[1]; y <= last[1]; y++)
            {
                var count = region.Shape.Spans(region.Row(volume.Transform, z, y), spans);
                var next = first[2];
                for (var i = 0; i < count; i++)
                {
                    var (from, to) = Whole(spans[i], next, last[2]);
                    next = Math.Max(next, to + 1);
                    here += Math.Max(0, to - from + 1);
                    within += (ulong)z < (ulong)shape.Z && (ulong)y < (ulong)shape.Y
                        ? Math.Max(0, Math.Min(to, shape.X - 1) - Math.Max(from, 0) + 1) : 0;
                }
            }

            Interlocked.Add(ref all, here);
            Interlocked.Add(ref inside, within);
            ComputeLane.GiveWay();
        });
        return (inside, all);
    }

    // First and last whole number of an interval. Two parts of a row may meet in a voxel's centre, which counts once: the caller gives
    // the first that was not counted yet.
    private static (long From, long To) Whole(Interval span, long least, long most) =>
        ((long)Math.Max(least, Math.Ceiling(span.From)), (long)Math.Min(most, Math.Floor(span.To)));

    private static async Task<ValueTally> CountAsync(
        VolumeReader reader, AffineTransform transform, Region region, Func<ValueTally> tallyOf, Action<double>? progress,
        CancellationToken ct)
    {
        var bricks = BricksOf(reader.Levels[0], region.IndexBounds(transform)).ToArray();
        var tallies = new ConcurrentBag<ValueTally>();
        var done = 0;
        await Parallel.ForEachAsync(bricks, ComputeLane.Options(ct, MostAtOnce), async (brick, token) =>
        {
            var runs = RunsOf(reader.Levels[0], transform, region, brick);
            if (runs.Count > 0)
            {
                var tally = tallies.TryTake(out var one) ? one : tallyOf();
                await AddAsync(reader, brick, runs, tally, token);
                tallies.Add(tally);
            }

            progress?.Invoke((double)Interlocked.Increment(ref done) / bricks.Length);
            ComputeLane.GiveWay();
        });
        var sum = tallyOf();
        foreach (var tally in tallies)
        {
            sum.Join(tally);
        }

        return sum;
    }

    private static IEnumerable<BrickIndex> BricksOf(PyramidLevel level, (long[] First, long[] Last) bounds)
    {
        var (s, b) = (level.Shape, level.Brick);
        var (z, y, x) = (Span(0, s.Z, b.Z), Span(1, s.Y, b.Y), Span(2, s.X, b.X));
        for (var k = z.From; k <= z.To; k++)
        {
            for (var j = y.From; j <= y.To; j++)
            {
                for (var i = x.From; i <= x.To; i++)
                {
                    yield return new BrickIndex(0, k, j, i);
                }
            }
        }

        (int From, int To) Span(int axis, int size, int edge) =>
            ((int)(Math.Clamp(bounds.First[axis], 0, size - 1) / edge), (int)(Math.Clamp(bounds.Last[axis], 0, size - 1) / edge));
    }

    // Which voxels of a brick are inside: where each run begins in the brick, in voxels, and how long it is.
    private static List<(int At, int Length)> RunsOf(PyramidLevel level, AffineTransform transform, Region region, BrickIndex brick)
    {
        var (s, b) = (level.Shape, level.Brick);
        var runs = new List<(int, int)>();
        var spans = new Interval[region.Shape.MostSpans];
        var (x0, x1) = (brick.X * b.X, Math.Min((brick.X + 1) * b.X, s.X) - 1);
        for (var z = 0; z < b.Z && brick.Z * b.Z + z < s.Z; z++)
        {
            for (var y = 0; y < b.Y && brick.Y * b.Y + y < s.Y; y++)
            {
                var count = region.Shape.Spans(region.Row(transform, brick.Z * b.Z + z, brick.Y * b.Y + y), spans);
                long next = x0;
                for (var i = 0; i < count; i++)
                {
                    var (from, to) = Whole(spans[i], next, x1);
                    if (from <= to)
                    {
                        next = to + 1;
                        runs.Add(((z * b.Y + y) * b.X + (int)from - x0, (int)(to - from) + 1));
                    }
                }
            }
        }

        return runs;
    }

    private static async Task AddAsync(
        VolumeReader reader, BrickIndex brick, List<(int At, int Length)> runs, ValueTally tally, CancellationToken ct)
    {
        var (bytes, size) = (reader.BrickBytes(0), reader.Type.Size());
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            await reader.ReadBrickAsync(brick, buffer.AsMemory(0, bytes), ct);
            foreach (var (at, length) in runs)
            {
                tally.Add(buffer.AsSpan(at * size, length * size));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
