using System.Buffers;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>A slice's bricks, in pooled tables that are given back when it is disposed.</summary>
/// <param name="Volume">The voxels: of the level that is wanted and, where some of it are missing, of coarser ones.</param>
/// <param name="Shape">The points that the slice samples.</param>
/// <param name="Levels">The levels in <paramref name="Volume"/>, finest first.</param>
/// <param name="IsComplete">Whether every brick of the wanted level is there.</param>
internal sealed record SlicePages(PagedVolume Volume, SliceShape Shape, List<BrickLevel> Levels, bool IsComplete) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var level in Levels)
        {
            ArrayPool<Brick?>.Shared.Return(level.Bricks, clearArray: true);
        }
    }
}

/// <summary>
/// Chooses the level that a slice is drawn from, and reads its bricks. The level is the coarsest whose voxels are no larger than a pixel.
/// </summary>
internal sealed class SliceBricks(DatasetStore store, BrickCache cache)
{
    // A thick slab through a large volume is drawn from a coarser level rather than from all its bricks.
    private const long MostBrickBytes = 384L << 20;
    private const long MostSamples = 200_000_000;

    // Samples through a slab for each pixel at most.
    private const long MostSlabSamples = 512;

    /// <summary>The bricks of a slice that are in memory, and coarser ones in place of those that are not.</summary>
    /// <param name="request">The picture.</param>
    /// <param name="wait">Await missing bricks rather than take coarser ones.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<SlicePages> PagesAsync(SliceRequest request, bool wait, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(request.Volume, ct);
        var sheet = request.Sheet;
        var wanted = WantedLevel(request, reader, sheet);
        var levels = new List<BrickLevel>();

        // Coarser levels stand in for what is missing of the wanted one; the last is awaited, so that there is something.
        var complete = true;
        for (var number = wanted.Number; number < reader.Levels.Count; number++)
        {
            var level = reader.Levels[number];
            var count = (int)level.BrickCount.Count;
            var table = ArrayPool<Brick?>.Shared.Rent(count);
            Array.Clear(table, 0, count);
            levels.Add(level.WithBricks(wanted, table));
            var shape = ShapeOf(request, level, sheet);
            var all = await FillAsync(request, level, shape, table, wait || number == reader.Levels.Count - 1, ct);
            complete &= all || number > wanted.Number;
            if (all)
            {
                break;
            }
        }

        return new SlicePages(new PagedVolume(reader.Type, levels), ShapeOf(request, wanted, sheet), levels, complete);
    }

    /// <summary>Reads the bricks that a complete picture needs, so that drawing it waits for nothing.</summary>
    /// <param name="request">The picture.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="need">How soon the picture is wanted.</param>
    /// <param name="beside">How many bricks further along the slice's normal it would be.</param>
    public async Task LoadAsync(SliceRequest request, CancellationToken ct, BrickNeed need, int beside)
    {
        var reader = await store.ReaderAsync(request.Volume, ct);
        var sheet = request.Sheet;
        var level = WantedLevel(request, reader, sheet);
        var further = beside * level.Brick.Z * VoxelUmOf(request.Volume, level);
        sheet = sheet.Curve is { } curve
            ? sheet with { Curve = curve with { DepthUm = curve.DepthUm + further } }
            : sheet with { Plane = sheet.Plane with { Middle = sheet.Plane.Middle + further * sheet.Plane.Normal } };
        var bricks = ShapeOf(request, level, sheet).BricksOf(level, request.Width, request.Height).ToArray();
        await Task.WhenAll(bricks.Select(b => cache.GetAsync(request.Volume, b.Brick, ct, need)));
    }

    /// <summary>
    /// How far apart the samples of a thick slab lie where a picture of it takes fewer than one a voxel, µm; null where it takes them all.
    /// </summary>
    /// <param name="request">The picture.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<double?> SparseStepAsync(SliceRequest request, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(request.Volume, ct);
        var slab = SlabUmOf(request);
        var (taken, voxels) = SamplesOf(slab, VoxelUmOf(request.Volume, WantedLevel(request, reader, request.Sheet)), request);
        return taken < voxels ? slab / taken : null;
    }

    private static PyramidLevel WantedLevel(SliceRequest request, VolumeReader reader, SliceSheet sheet)
    {
        var wanted = reader.Levels.Last(l => l.Number == 0 || VoxelUmOf(request.Volume, l) <= request.UmPerPixel * 1.001);
        foreach (var level in reader.Levels.Skip(wanted.Number))
        {
            var most = (int)(MostBrickBytes / (level.Brick.Count * reader.Type.Size()));
            var shape = ShapeOf(request, level, sheet);
            if (shape.BricksOf(level, request.Width, request.Height).Take(most + 1).Count() <= most)
            {
                return level;
            }
        }

        return reader.Levels[^1];
    }

    private static double VoxelUmOf(VolumeInfo volume, PyramidLevel level) =>
        volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX).VoxelSize.Least;

    // A slab is never thicker than the volume is long.
    private static double SlabUmOf(SliceRequest request)
    {
        var (low, high) = request.Volume.Bounds;
        return Math.Min(request.View.SlabUm, (high - low).Length);
    }

    // How many samples a slab is made of, and how many voxels it is thick.
    private static (int Taken, int Voxels) SamplesOf(double slabUm, double voxelUm, SliceRequest request)
    {
        var voxels = slabUm <= 0 ? 1 : Math.Max(1, (int)Math.Round(slabUm / voxelUm));
        var most = Math.Min(MostSlabSamples, MostSamples / ((long)request.Width * request.Height));
        return (Math.Min(voxels, Math.Max(1, (int)most)), voxels);
    }

    private static SliceShape ShapeOf(SliceRequest request, PyramidLevel level, SliceSheet sheet)
    {
        var (width, height, umPerPixel, view) = (request.Width, request.Height, request.UmPerPixel, request.View);
        var transform = request.Volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var slab = SlabUmOf(request);
        var (samples, _) = SamplesOf(slab, transform.VoxelSize.Least, request);
        var step = samples > 1 ? slab / samples : 0;
        if (sheet.Curve is not null)
        {
            return CurvedShape.Of(transform, sheet, width, height, umPerPixel, step, (samples, view.SlabMode, view.Interpolation));
        }

        var plane = sheet.Plane;
        var origin = transform.ToVoxel(plane.At(0, 0, width, height, umPerPixel));
        return new PlaneShape(new SliceGeometry(
            new VoxelVector((float)(origin.Z - 0.5), (float)(origin.Y - 0.5), (float)(origin.X - 0.5)), Step(umPerPixel * plane.Right),
            Step(umPerPixel * plane.Down), Step(step * plane.Normal), samples, view.SlabMode, view.Interpolation));

        VoxelVector Step(WorldVector v)
        {
            var p = transform.ToVoxel(v);
            return new VoxelVector((float)p.Z, (float)p.Y, (float)p.X);
        }
    }

    // True where every brick is there.
    private async Task<bool> FillAsync(
        SliceRequest request, PyramidLevel level, SliceShape shape, Brick?[] table, bool wait, CancellationToken ct)
    {
        List<(int At, Task<Brick> Task)>? missing = null;
        var all = true;
        foreach (var (at, brick) in shape.BricksOf(level, request.Width, request.Height))
        {
            if (cache.TryGet(request.Volume, brick) is { } there)
            {
                table[at] = there;
            }
            else if (wait)
            {
                (missing ??= []).Add((at, cache.GetAsync(request.Volume, brick, ct)));
            }
            else
            {
                all = false;
            }
        }

        foreach (var (at, task) in missing ?? [])
        {
            table[at] = await task;
        }

        return all;
    }
}
