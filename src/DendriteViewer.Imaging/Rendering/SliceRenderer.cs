using System.Buffers;
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
/// Draws slices at any orientation from bricks (<see cref="SliceBricks"/> chooses and reads them). What is zoomed into comes from full
/// resolution. Bricks that are not in memory are either awaited or, for a first picture, stood in for by the finest coarser ones that are.
/// A device draws where there is one, else the CPU's kernels do.
/// </summary>
public sealed class SliceRenderer(DatasetStore store, BrickCache cache, RenderDevices devices)
{
    /// <summary>Points along an edge of the plane from which <see cref="WindowAsync"/> takes a slice's window.</summary>
    public const int WindowSide = 512;

    /// <summary>Colour of what lies outside the volume.</summary>
    public static readonly Rgb Outside = new(0, 0, 0);

    private readonly SliceBricks _bricks = new(store, cache);

    /// <summary>Draws a pane.</summary>
    /// <param name="volume">The volume shown.</param>
    /// <param name="dataset">
    /// Whose labels are laid over it, where the view asks for them, and whose depth says what is electrolyte; null for neither.
    /// </param>
    /// <param name="view">The view; its window, colour map, plane and slab are used.</param>
    /// <param name="pane">Z, Y or X.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="umPerPixel">Scale of this picture.</param>
    /// <param name="wait">Await missing bricks rather than draw from a coarser level.</param>
    /// <param name="ct">Stops waiting and drawing.</param>
    public async Task<(RenderOutcome Outcome, RenderedImage? Image)> RenderAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, int width, int height, double umPerPixel, bool wait,
        CancellationToken ct)
    {
        // A moving picture is linear: sixty-four voxels a sample are for one that rests.
        view = !wait && view.Interpolation == SliceInterpolation.Cubic ? view with { Interpolation = SliceInterpolation.Linear } : view;
        var request = new SliceRequest(volume, dataset, view, pane, width, height, umPerPixel);
        if (dataset is not null && DifferenceOf(volume, dataset, view) is { } other)
        {
            return await RenderDifferenceAsync(request, other, wait, ct);
        }

        var labels = dataset is null ? null : view.LabelsIn(dataset);
        var nested = NestedFields.ShownIn(dataset, volume, view);
        using var pages = await _bricks.PagesAsync(request, wait, ct);
        var image = Draw(request, pages, labels is not null, ct);
        if (image is null)
        {
            return (RenderOutcome.Superseded, null);
        }

        var complete = pages.IsComplete;
        if (nested is not null && view.Nested is { } look)
        {
            using var finer = await _bricks.PagesAsync(request with { Volume = nested }, wait, ct);
            if (!finer.Shape.Render(finer.Volume, width, height, NestedRow.Over(image, ColorMap.Find(view.ColorMap), look), ct))
            {
                image.Dispose();
                return (RenderOutcome.Superseded, null);
            }

            complete &= finer.IsComplete;
        }

        if (labels is not null && view.Overlay is { } overlay)
        {
            var plain = view with { SlabUm = 0, Interpolation = SliceInterpolation.Nearest };
            using var over = await _bricks.PagesAsync(request with { Volume = labels, View = plain }, wait, ct);
            void Lay(int u, int v, ReadOnlySpan<float> values) =>
                SliceTints.Labels(values, overlay, image.Pixels.Span.Slice(3 * (v * width + u), 3 * values.Length));
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
        SliceRequest request, VolumeInfo other, bool wait, CancellationToken ct)
    {
        var (width, height, view) = (request.Width, request.Height, request.View);
        var differences = ArrayPool<float>.Shared.Rent(width * height);
        try
        {
            using var before = await _bricks.PagesAsync(request with { Volume = other }, wait, ct);
            void Keep(int u, int v, ReadOnlySpan<float> row) => row.CopyTo(differences.AsSpan(v * width + u));
            if (!before.Shape.Render(before.Volume, width, height, Keep, ct))
            {
                return (RenderOutcome.Superseded, null);
            }

            using var now = await _bricks.PagesAsync(request, wait, ct);
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
                SliceTints.HatchUnknown(now, u, v, row, pixels, 3);
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
        using var pages = await _bricks.PagesAsync(
            new SliceRequest(volume, dataset, view, pane, width, height, umPerPixel), wait: true, ct);
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
    public Task LoadAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, int width, int height, double umPerPixel, CancellationToken ct,
        BrickNeed need = BrickNeed.Now, int beside = 0)
    {
        var request = new SliceRequest(volume, dataset, view, pane, width, height, umPerPixel);
        var around = _bricks.LoadAsync(request, ct, need, beside);
        return NestedFields.ShownIn(dataset, volume, view) is { } nested
            ? Task.WhenAll(around, _bricks.LoadAsync(request with { Volume = nested }, ct, need, beside)) : around;
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
    public Task<double?> SparseStepAsync(
        VolumeInfo volume, Dataset? dataset, ViewState view, Pane pane, int width, int height, double umPerPixel, CancellationToken ct) =>
        _bricks.SparseStepAsync(new SliceRequest(volume, dataset, view, pane, width, height, umPerPixel), ct);

    private RenderedImage? Draw(SliceRequest request, SlicePages pages, bool isLabelled, CancellationToken ct)
    {
        var (width, height, view) = (request.Width, request.Height, request.View);
        var map = ColorMap.Find(view.ColorMap);
        var tint = SliceTints.Dark(request);
        var isGrey = (map.IsGrey || map.Inverted.IsGrey) && !isLabelled && tint is null;
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

                SliceTints.HatchUnknown(pages, u, v, values, pixels, 1);
            }
            : (u, v, values) =>
            {
                var pixels = image.Pixels.Span.Slice(3 * (v * width + u), 3 * values.Length);
                WindowKernel.ToRgb(values, low, high, map.Colors, Outside, pixels);
                tint?.Invoke(u, v, values, pixels);
                SliceTints.HatchUnknown(pages, u, v, values, pixels, 3);
            };

        // Devices draw planes; what follows the interface is drawn here.
        bool OnDevice() => pages.Shape is PlaneShape { Geometry: var plane }
            && devices.TryDraw(
                request.Volume.CacheKey, pages.Volume.Type,
                device => DeviceSlicer.Render(device, pages.Volume, plane, width, height, row));
        if (OnDevice() || pages.Shape.Render(pages.Volume, width, height, row, ct))
        {
            return image;
        }

        image.Dispose();
        return null;
    }
}
