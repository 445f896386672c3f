using System.Buffers;
using System.Numerics;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.ColorMapping;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Draws slices at any orientation from bricks. The level is the coarsest whose voxels are no larger than a pixel, so that
/// what is zoomed into comes from full resolution. Bricks that are not in memory are either awaited or, for a first picture,
/// stood in for by the finest coarser ones that are. On a device where there is one, else by the CPU's kernels.
/// </summary>
public sealed class SliceRenderer(DatasetStore store, BrickCache cache, RenderDevices devices)
{
    // A thick slab through a large volume is drawn from a coarser level rather than from all its bricks.
    private const long MostBrickBytes = 384L << 20;
    private const long MostSamples = 200_000_000;

    // Samples through a slab for each pixel at most.
    private const long MostSlabSamples = 512;

    /// <summary>Points along an edge of the plane from which <see cref="WindowAsync"/> takes a slice's window.</summary>
    public const int WindowSide = 512;

    /// <summary>Colour of what lies outside the volume.</summary>
    public static readonly Rgb Outside = new(0, 0, 0);

    // Stripes where there is no interface to follow, in pixels and in grey.
    private const int HatchPeriod = 10, HatchWidth = 2;
    private const byte HatchLight = 96, HatchDark = 36;

    // Labels lie over the grey values, which are still seen through them.
    private const double LabelShare = 0.65;

    /// <summary>Draws a pane.</summary>
    /// <param name="volume">The volume shown.</param>
    /// <param name="dataset">Whose labels are laid over it, where the view asks for them, and whose depth says what is electrolyte; null for neither.</param>
    /// <param name="view">The view; its window, colour map, plane and slab are used.</param>
    /// <param name="pane">Z, Y or X.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="umPerPixel">Scale of this picture.</param>
    /// <param name="wait">Await missing bricks rather than draw from a coarser level.</param>
    /// <param name="ct">Stops waiting and drawing.</param>
    public async Task<(RenderOutcome Outcome, RenderedImage? Image)> RenderAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, int width, int height, double umPerPixel, bool wait, CancellationToken ct)
    {
        // A moving picture is linear: sixty-four voxels a sample are for one that rests.
        view = !wait && view.Interpolation == SliceInterpolation.Cubic ? view with { Interpolation = SliceInterpolation.Linear } : view;
        if (dataset is not null && DifferenceOf(volume, dataset, view) is { } other)
        {
            return await RenderDifferenceAsync(volume, other, dataset, view, pane, width, height, umPerPixel, wait, ct);
        }

        var labels = dataset is null ? null : view.LabelsIn(dataset);
        using var pages = await PagesAsync(volume, dataset, view, pane, width, height, umPerPixel, wait, ct);
        var tint = dataset is null || view.Threshold is null ? null : DarkTint(dataset, view, pane, width, height, umPerPixel);
        var image = Draw(volume, pages, view, width, height, labels is not null, tint, ct);
        if (image is null)
        {
            return (RenderOutcome.Superseded, null);
        }

        var complete = pages.IsComplete;
        if (labels is not null && view.Overlay is { } overlay)
        {
            var plain = view with { SlabUm = 0, Interpolation = SliceInterpolation.Nearest };
            using var over = await PagesAsync(labels, dataset, plain, pane, width, height, umPerPixel, wait, ct);
            void Lay(int u, int v, ReadOnlySpan<float> values) =>
                Tint(values, overlay.Transfer, image.Pixels.Span.Slice(3 * (v * width + u), 3 * values.Length));
            over.Shape.Render(over.Volume, width, height, Lay, ct);
            complete &= over.IsComplete;
        }

        return (complete ? RenderOutcome.Complete : RenderOutcome.Partial, image);
    }

    /// <summary>The volume whose values are taken from those shown, or null where the view shows no differences.</summary>
    /// <param name="volume">The volume shown.</param>
    /// <param name="dataset">Whose timesteps are compared.</param>
    /// <param name="view">The view.</param>
    public static VolumeInfo? DifferenceOf(VolumeInfo volume, Dataset dataset, ViewState view) =>
        view.Compare is { Mode: CompareMode.Difference } c && dataset.Find(volume.Key.Modality, c.Hours) is { } other
            && other.Key != volume.Key
            ? other
            : null;

    // The full colours stand for half of the window's width up or down. Where either volume ends, nothing is known.
    private async Task<(RenderOutcome Outcome, RenderedImage? Image)> RenderDifferenceAsync(
        VolumeInfo volume, VolumeInfo other, Dataset dataset, ViewState view, Pane pane, int width, int height, double umPerPixel,
        bool wait, CancellationToken ct)
    {
        var differences = ArrayPool<float>.Shared.Rent(width * height);
        try
        {
            using var before = await PagesAsync(other, dataset, view, pane, width, height, umPerPixel, wait, ct);
            void Keep(int u, int v, ReadOnlySpan<float> row) => row.CopyTo(differences.AsSpan(v * width + u));
            if (!before.Shape.Render(before.Volume, width, height, Keep, ct))
            {
                return (RenderOutcome.Superseded, null);
            }

            using var now = await PagesAsync(volume, dataset, view, pane, width, height, umPerPixel, wait, ct);
            var image = new RenderedImage(width, height, PixelLayout.Rgb);
            var most = (float)Math.Max(Math.Abs(view.WindowHigh - view.WindowLow) / 2, float.Epsilon);
            var drawn = now.Shape.Render(now.Volume, width, height, (u, v, row) =>
            {
                var difference = differences.AsSpan(v * width + u, row.Length);
                for (var i = 0; i < row.Length; i++)
                {
                    difference[i] = row[i] - difference[i];
                }

                var pixels = image.Pixels.Span.Slice(3 * (v * width + u), 3 * row.Length);
                WindowKernel.ToRgb(difference, -most, most, ColorMap.Difference.Colors, Outside, pixels);
                HatchUnknown(now, u, v, pixels, 3);
            }, ct);
            if (!drawn)
            {
                image.Dispose();
                return (RenderOutcome.Superseded, null);
            }

            return (before.IsComplete && now.IsComplete ? RenderOutcome.Complete : RenderOutcome.Partial, image);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(differences);
        }
    }

    /// <summary>The values of a slice at rest, NaN outside the volume: what <see cref="RenderAsync"/> colours.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="dataset">Whose interface the slice may follow; null where none does.</param>
    /// <param name="view">The view; its plane, slab and interpolation are used.</param>
    /// <param name="pane">Z, Y or X.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="umPerPixel">Scale.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>Row by row, <paramref name="width"/> · <paramref name="height"/> values.</returns>
    public async Task<float[]> ValuesAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, int width, int height, double umPerPixel, CancellationToken ct)
    {
        using var pages = await PagesAsync(volume, dataset, view, pane, width, height, umPerPixel, wait: true, ct);
        var all = new float[width * height];
        pages.Shape.Render(pages.Volume, width, height, (u, v, row) => row.CopyTo(all.AsSpan(v * width + u)), ct);
        ct.ThrowIfCancellationRequested();
        return all;
    }

    /// <summary>
    /// The value range of a slice without a share of its voxels at either end, wherever the view is zoomed to; null where nothing of it
    /// lies in the volume. The voxels are those of at most <see cref="WindowSide"/>² evenly spaced points of the plane, of the level whose
    /// voxels are no larger than the points lie apart; of a thick slice they are what it shows.
    /// </summary>
    /// <param name="volume">The volume.</param>
    /// <param name="dataset">Whose interface the slice may follow; null where none does.</param>
    /// <param name="view">The view; its plane and slab are used.</param>
    /// <param name="pane">Z, Y or X.</param>
    /// <param name="tail">Share left out at either end, 0–0.5.</param>
    /// <param name="padding">A value that does not count; null for none.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<(double Low, double High)?> WindowAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, double tail, double? padding, CancellationToken ct)
    {
        var plane = view with { Center = volume.Center, Interpolation = SliceInterpolation.Nearest };
        var (low, high) = volume.Bounds;
        var sheet = SliceSheet.Of(plane, pane, dataset);
        var umPerPixel = sheet.Plane.IsStraight(pane)
            ? ViewStates.FitUmPerPixel(volume, pane, WindowSide, WindowSide) / ViewStates.FitMargin
            : (high - low).Length / WindowSide;
        umPerPixel = Math.Max(umPerPixel, volume.VoxelSize.Least);
        var values = await ValuesAsync(volume, dataset, plane, pane, WindowSide, WindowSide, umPerPixel, ct);
        var counted = Array.FindAll(values, v => float.IsFinite(v) && v != padding);
        Array.Sort(counted);
        return counted.Length == 0 ? null : (ScanSurvey.Quantile(counted, tail), ScanSurvey.Quantile(counted, 1 - tail));
    }

    /// <summary>Bricks of a slice in pooled tables.</summary>
    private sealed record Pages(PagedVolume Volume, SliceShape Shape, List<BrickLevel> Levels, bool IsComplete) : IDisposable
    {
        public void Dispose()
        {
            foreach (var level in Levels)
            {
                ArrayPool<Brick?>.Shared.Return(level.Bricks, clearArray: true);
            }
        }
    }

    private async Task<Pages> PagesAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, int width, int height, double umPerPixel, bool wait,
        CancellationToken ct)
    {
        var reader = await store.ReaderAsync(volume, ct);
        var sheet = SliceSheet.Of(view, pane, dataset);
        var wanted = WantedLevel(volume, reader, sheet, view, width, height, umPerPixel);
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
            var shape = ShapeOf(volume, level, sheet, view, width, height, umPerPixel);
            var all = await FillAsync(volume, level, shape, width, height, table, wait || number == reader.Levels.Count - 1, ct);
            complete &= all || number > wanted.Number;
            if (all)
            {
                break;
            }
        }

        return new Pages(
            new PagedVolume(reader.Type, levels), ShapeOf(volume, wanted, sheet, view, width, height, umPerPixel), levels, complete);
    }

    private delegate void RowTint(int u, int v, ReadOnlySpan<float> values, Span<byte> pixels);

    // Amber where the electrolyte is darker than the view's threshold.
    private static RowTint DarkTint(Dataset dataset, ViewState view, Pane pane, int width, int height, double umPerPixel)
    {
        var sheet = SliceSheet.Of(view, pane, dataset);
        var limit = (float)view.Threshold!.Value;
        return (u, v, values, pixels) =>
        {
            for (var i = 0; i < values.Length; i++)
            {
                if (!(values[i] < limit))
                {
                    continue;
                }

                var p = sheet.At(u + i, v, width, height, umPerPixel);
                var (_, across, along) = InterfaceSurface.Split(dataset.Depth.Axis, p.Z, p.Y, p.X);
                if (dataset.Depth.DepthOf(p).Um > 0 && dataset.Outline?.Contains(across, along) != false)
                {
                    Blend(pixels.Slice(3 * i, 3), TransferPresets.Void >> 16 & 255, TransferPresets.Void >> 8 & 255, TransferPresets.Void & 255, LabelShare);
                }
            }
        };
    }

    private static void Blend(Span<byte> pixel, double r, double g, double b, double share)
    {
        pixel[0] = (byte)(pixel[0] * (1 - share) + r * share);
        pixel[1] = (byte)(pixel[1] * (1 - share) + g * share);
        pixel[2] = (byte)(pixel[2] * (1 - share) + b * share);
    }

    private static void Tint(ReadOnlySpan<float> labels, TransferFunction colors, Span<byte> pixels)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            if (!(labels[i] > 0))
            {
                continue;
            }

            var (r, g, b, opacity) = colors.At(labels[i]);
            if (opacity > 0)
            {
                Blend(pixels.Slice(3 * i, 3), r, g, b, LabelShare * Math.Min(1, 2 * opacity));
            }
        }
    }

    /// <summary>Reads the bricks that a complete picture needs, so that drawing it waits for nothing.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="dataset">Whose interface the slice may follow; null where none does.</param>
    /// <param name="view">The view.</param>
    /// <param name="pane">Which slice.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="umPerPixel">Scale.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="need">How soon the picture is wanted.</param>
    /// <param name="beside">How many bricks further along the slice's normal it would be.</param>
    public async Task LoadAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, int width, int height, double umPerPixel, CancellationToken ct,
        BrickNeed need = BrickNeed.Now, int beside = 0)
    {
        var reader = await store.ReaderAsync(volume, ct);
        var sheet = SliceSheet.Of(view, pane, dataset);
        var level = WantedLevel(volume, reader, sheet, view, width, height, umPerPixel);
        var further = beside * level.Brick.Z * LevelSize(volume, level);
        sheet = sheet.Curve is { } curve
            ? sheet with { Curve = curve with { DepthUm = curve.DepthUm + further } }
            : sheet with { Plane = sheet.Plane with { Middle = sheet.Plane.Middle + further * sheet.Plane.Normal } };
        var bricks = ShapeOf(volume, level, sheet, view, width, height, umPerPixel).BricksOf(level, width, height).ToArray();
        await Task.WhenAll(bricks.Select(b => cache.GetAsync(volume, b.Brick, ct, need)));
    }

    private static PyramidLevel WantedLevel(
        VolumeInfo volume, VolumeReader reader, SliceSheet sheet, ViewState view, int width, int height, double umPerPixel)
    {
        var wanted = reader.Levels.Last(l => l.Number == 0 || LevelSize(volume, l) <= umPerPixel * 1.001);
        foreach (var level in reader.Levels.Skip(wanted.Number))
        {
            var most = (int)(MostBrickBytes / (level.Brick.Count * reader.Type.Size()));
            var shape = ShapeOf(volume, level, sheet, view, width, height, umPerPixel);
            if (shape.BricksOf(level, width, height).Take(most + 1).Count() <= most)
            {
                return level;
            }
        }

        return reader.Levels[^1];
    }

    /// <summary>The stored voxel at a point, or null outside the volume.</summary>
    public async Task<(VoxelIndex Index, double Value)?> ProbeAsync(VolumeInfo volume, WorldPoint point, CancellationToken ct)
    {
        var index = volume.Transform.ToVoxel(point).Floor();
        if (!volume.Shape.Contains(index))
        {
            return null;
        }

        var level = (await store.ReaderAsync(volume, ct)).Levels[0];
        var b = level.Brick;
        var brick = await cache.GetAsync(volume, new BrickIndex(0, index.Z / b.Z, index.Y / b.Y, index.X / b.X), ct);
        return (index, brick.At(index.Z % b.Z, index.Y % b.Y, index.X % b.X));
    }

    // How many samples a slab is made of, and how many voxels it is thick.
    private static (int Taken, int Voxels) SamplesOf(double slabUm, double voxelUm, int width, int height)
    {
        var voxels = slabUm <= 0 ? 1 : Math.Max(1, (int)Math.Round(slabUm / voxelUm));
        return (Math.Min(voxels, Math.Max(1, (int)Math.Min(MostSlabSamples, MostSamples / ((long)width * height)))), voxels);
    }

    /// <summary>
    /// How far apart the samples of a thick slab lie where a picture of it takes fewer than one a voxel, µm; null where it takes them all.
    /// </summary>
    /// <param name="volume">The volume.</param>
    /// <param name="dataset">Whose interface the slice may follow; null where none does.</param>
    /// <param name="view">The view; its plane and slab are used.</param>
    /// <param name="pane">Which slice.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="umPerPixel">Scale.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<double?> SparseStepAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, int width, int height, double umPerPixel, CancellationToken ct)
    {
        var (low, high) = volume.Bounds;
        var slab = Math.Min(view.SlabUm, (high - low).Length);
        var reader = await store.ReaderAsync(volume, ct);
        var level = WantedLevel(volume, reader, SliceSheet.Of(view, pane, dataset), view, width, height, umPerPixel);
        var (taken, voxels) = SamplesOf(slab, LevelSize(volume, level), width, height);
        return taken < voxels ? slab / taken : null;
    }

    private static double LevelSize(VolumeInfo volume, PyramidLevel level) =>
        volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX).VoxelSize.Least;

    private static SliceShape ShapeOf(
        VolumeInfo volume, PyramidLevel level, SliceSheet sheet, ViewState view, int width, int height, double umPerPixel)
    {
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var (low, high) = volume.Bounds;
        var slab = Math.Min(view.SlabUm, (high - low).Length);
        var (samples, _) = SamplesOf(slab, transform.VoxelSize.Least, width, height);
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
        VolumeInfo volume, PyramidLevel level, SliceShape shape, int width, int height, Brick?[] table, bool wait, CancellationToken ct)
    {
        var needed = shape.BricksOf(level, width, height);
        List<(int At, Task<Brick> Task)>? missing = null;
        var all = true;
        foreach (var (at, brick) in needed)
        {
            if (cache.TryGet(volume, brick) is { } there)
            {
                table[at] = there;
            }
            else if (wait)
            {
                (missing ??= []).Add((at, cache.GetAsync(volume, brick, ct)));
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

    // Where a slice follows the interface and none is known above or below the volume's voxels, stripes stand for the picture.
    private static void HatchUnknown(Pages pages, int u, int v, Span<byte> pixels, int channels)
    {
        if (pages.Shape is not CurvedShape shape)
        {
            return;
        }

        for (var i = 0; i < pixels.Length / channels; i++)
        {
            if (!shape.Geometry.IsKnown(u + i, v) && shape.IsAcross(pages.Volume, u + i, v))
            {
                pixels.Slice(channels * i, channels).Fill((u + i + v) % HatchPeriod < HatchWidth ? HatchLight : HatchDark);
            }
        }
    }

    private RenderedImage? Draw(VolumeInfo info, Pages pages, ViewState view, int width, int height, bool inColor, RowTint? tint, CancellationToken ct)
    {
        var map = ColorMap.Find(view.ColorMap);
        var isGrey = (map.IsGrey || map.Inverted.IsGrey) && !inColor && tint is null;
        var image = new RenderedImage(width, height, isGrey ? PixelLayout.Grey : PixelLayout.Rgb);
        var (low, high) = ((float)view.WindowLow, (float)view.WindowHigh);
        SliceRow row = isGrey
            ? (u, v, values) =>
            {
                var pixels = image.Pixels.Span.Slice(v * width + u, values.Length);
                WindowKernel.ToGrey(values, low, high, map.IsInverted ? (byte)~Outside.R : Outside.R, pixels);
                if (map.IsInverted)
                {
                    WindowKernel.Invert(pixels);
                }

                HatchUnknown(pages, u, v, pixels, 1);
            }
            : (u, v, values) =>
            {
                var pixels = image.Pixels.Span.Slice(3 * (v * width + u), 3 * values.Length);
                WindowKernel.ToRgb(values, low, high, map.Colors, Outside, pixels);
                tint?.Invoke(u, v, values, pixels);
                HatchUnknown(pages, u, v, pixels, 3);
            };

        // Devices draw planes; what follows the interface is drawn here.
        bool OnDevice() => pages.Shape is PlaneShape { Geometry: var plane }
            && devices.TryDraw(
                info.CacheKey, pages.Volume.Type, device => DeviceSlicer.Render(device, pages.Volume, plane, width, height, row));
        if (OnDevice() || pages.Shape.Render(pages.Volume, width, height, row, ct))
        {
            return image;
        }

        image.Dispose();
        return null;
    }
}
