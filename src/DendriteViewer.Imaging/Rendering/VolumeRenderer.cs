using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Draws the 3D picture from bricks: what the view needs at the level it needs (<see cref="RayPlan"/>), and until a brick has come, from
/// the finest coarser one in memory. On a device where there is one (<see cref="RenderDevices"/>), else by the CPU's kernels: the same
/// bricks, the same settings, the same picture.
/// </summary>
public sealed class VolumeRenderer
{
    /// <summary>Behind the volume.</summary>
    public const int Background = 0x000000;

    // Read at once for a picture that waits for all its bricks.
    private const int ReadsAtOnce = 32;

    // At rest a picture is sampled twice a voxel, and four times where a voxel is several pixels; each step shows what lies between its
    // samples, as if the value changed evenly. So thin opaque layers show no rings, or faint ones where a border is sharp.
    private const float FineStep = 0.5f;
    private const float FinestStep = 0.25f;

    // Of a much finer volume over another not every voxel is met; more samples would cost more than they show.
    private const float LeastStep = 0.125f;

    // Uploaded to a device for one frame while the picture moves; coarser bricks stand in for the rest.
    private const long MovingUpload = 64 << 20;

    private readonly DatasetStore _store;
    private readonly BrickCache _cache;
    private readonly RenderDevices _devices;
    private readonly RayPageTables _tables;
    private readonly RayLights _lights;

    /// <param name="store">Where volumes are.</param>
    /// <param name="cache">Their bricks in memory.</param>
    /// <param name="devices">What draws.</param>
    public VolumeRenderer(DatasetStore store, BrickCache cache, RenderDevices devices)
    {
        (_store, _cache, _devices, _tables, _lights) = (store, cache, devices, new RayPageTables(cache), new RayLights(cache));
        cache.Forgotten += _tables.Forget;
        cache.Forgotten += _lights.Forget;
    }

    /// <summary>One of the volumes in a picture, and what the picture needs of it.</summary>
    private sealed record Part(VolumeInfo Volume, VolumeReader Reader, RayPlan Plan)
    {
        public bool IsComplete(RayPages pages) => pages.IsComplete && Plan.Finer.Count == 0;
    }

    /// <summary>The volumes of a picture, its own first; gives their plans back.</summary>
    private sealed class Parts : List<Part>, IDisposable
    {
        public void Dispose() => ForEach(p => p.Plan.Dispose());
    }

    /// <summary>All that the ray caster is given.</summary>
    private readonly record struct Scene(PagedVolume Volume, RaycastSettings Settings, RayGeometry Rays, bool IsComplete);

    /// <summary>Draws a picture.</summary>
    /// <param name="volume">The volume shown.</param>
    /// <param name="dataset">Whose depth frame clips, and whose other volume may be shown over this one.</param>
    /// <param name="view">The view.</param>
    /// <param name="width">Pixels across, of the picture at scale 1.</param>
    /// <param name="height">Pixels down, of the picture at scale 1.</param>
    /// <param name="scale">2 draws half as many pixels each way.</param>
    /// <param name="atRest">Sample finely: nobody is moving.</param>
    /// <param name="ct">Stops waiting and drawing.</param>
    public async Task<(RenderOutcome Outcome, RenderedImage? Image)> RenderAsync(
        VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, int scale, bool atRest, CancellationToken ct)
    {
        using var parts = await PartsAsync(volume, dataset, view, width, height, scale, atRest, ct, atRest ? null : _cache);
        var scene = await SceneAsync(parts, dataset, view, width, height, atRest, ct);
        using var light = atRest && view is { Shaded: true, Shadows: true, Mode: VolumeMode.Composite or VolumeMode.Isosurface }
            ? await _lights.OfAsync(
                volume, parts[0].Reader, parts[0].Plan.Level, parts.Count > 1 ? (parts[1].Volume, parts[1].Reader) : null, dataset, view,
                RayFrame.Of(volume, view.Camera, (double)width / height), ct)
            : null;
        scene = scene with { Settings = scene.Settings with { Light = light } };
        int w = Math.Max(1, (width + scale - 1) / scale), h = Math.Max(1, (height + scale - 1) / scale);
        var image = new RenderedImage(w, h, PixelLayout.Rgbx);
        var isWhole = true;
        if (!_devices.TryDraw(volume.CacheKey, scene.Volume.Type, device => Draw(device, out isWhole))
            && !Raycaster.Render(scene.Volume, scene.Settings, scene.Rays, w, h, scale, new PixelMemory(image.Pixels).Memory, ct))
        {
            image.Dispose();
            return (RenderOutcome.Superseded, null);
        }

        return (scene.IsComplete && isWhole ? RenderOutcome.Complete : RenderOutcome.Partial, image);

        // A picture at rest is whole: where a device has no room for it, the CPU draws it.
        bool Draw(DeviceVolumes device, out bool isWhole)
        {
            isWhole = DeviceRaycaster.Render(
                device, scene.Volume, scene.Settings, scene.Rays, w, h, scale, MemoryMarshal.Cast<byte, uint>(image.Pixels.Span), atRest ? long.MaxValue : MovingUpload);
            return isWhole || !atRest;
        }
    }

    /// <summary>Draws a picture once all its bricks are there, at full scale and finely sampled.</summary>
    public async Task<RenderedImage> RenderWholeAsync(VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, CancellationToken ct)
    {
        await LoadAsync(volume, dataset, view, width, height, ct);
        return (await RenderAsync(volume, dataset, view, width, height, scale: 1, atRest: true, ct)).Image ?? throw new OperationCanceledException(ct);
    }

    /// <summary>The place in the world that is seen at a pixel's centre, or null where nothing is.</summary>
    public async Task<WorldPoint?> PickAsync(VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, double u, double v, CancellationToken ct)
    {
        using var parts = await PartsAsync(volume, dataset, view, width, height, 1, atRest: true, ct);
        var scene = await SceneAsync(parts, dataset, view, width, height, atRest: false, ct);
        var level = parts[0].Plan.Level;
        var (origin, direction) = scene.Rays.Ray((float)u, (float)v);
        var hit = new HostRaycaster(scene.Volume, scene.Settings).Pick(origin, direction);
        if (!hit.Found)
        {
            return null;
        }

        var p = origin + hit.Distance * direction;
        return volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX).ToWorld(new VoxelPoint(p.Z + 0.5, p.Y + 0.5, p.X + 0.5));
    }

    /// <summary>Whether the bricks that a complete picture needs are in memory.</summary>
    public async Task<bool> IsLoadedAsync(VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, CancellationToken ct)
    {
        using var parts = await PartsAsync(volume, dataset, view, width, height, 1, atRest: true, ct);
        return parts.TrueForAll(p => p.Plan.Bricks.TrueForAll(b => _cache.Contains(p.Volume, b)));
    }

    /// <summary>Whether the bricks that a complete picture needs fit into memory beside what is there.</summary>
    public async Task<bool> HasRoomForAsync(VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, CancellationToken ct)
    {
        using var parts = await PartsAsync(volume, dataset, view, width, height, 1, atRest: true, ct);
        return _cache.Bytes + parts.Sum(p => p.Plan.Bricks.Count(b => !_cache.Contains(p.Volume, b)) * (long)p.Reader.BrickBytes(0) * 5 / 4) <= _cache.BudgetBytes;
    }

    /// <summary>Reads the bricks that a complete picture needs, coarse ones first.</summary>
    public async Task LoadAsync(VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, CancellationToken ct, BrickNeed need = BrickNeed.Now)
    {
        using var parts = await PartsAsync(volume, dataset, view, width, height, 1, atRest: true, ct);
        foreach (var part in parts)
        {
            // A few more in flight than are read at once, so that a view that moved on leaves little behind.
            await Parallel.ForEachAsync(
                part.Plan.Bricks.ToArray(), ComputeLane.Options(ct, ReadsAtOnce),
                async (b, token) => await _cache.GetAsync(part.Volume, b, token, need));

            // And on to the device, so that the first picture of a timestep shown later waits for nothing.
            _devices.TryDraw(
                volume.CacheKey, part.Reader.Type,
                device => device.LoadAhead(part.Plan.Bricks.Select(b => _cache.TryGet(part.Volume, b)).OfType<Brick>()
                    .TakeWhile(_ => !ct.IsCancellationRequested)));
        }
    }

    private async Task<Parts> PartsAsync(
        VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, int scale, bool atRest, CancellationToken ct,
        BrickCache? drawnAtOnce = null)
    {
        var parts = new Parts();
        var frame = RayFrame.Of(volume, view.Camera, (double)width / height);
        var over = OverlayOf(volume, dataset, view);

        // Of what the cache and the device hold, some is others'.
        var budget = Math.Min(_cache.BudgetBytes, _devices.BudgetFor(volume.CacheKey) ?? long.MaxValue) * 6 / 10 / (over is null ? 1 : 2);
        await AddAsync(volume);
        if (over is not null)
        {
            await AddAsync(over);
        }

        return parts;

        async Task AddAsync(VolumeInfo v)
        {
            var reader = await _store.ReaderAsync(v, ct);
            var planes = RayPlan.Frustum(frame.RaysIn(v, reader.Levels[0], width, height), width, height);
            parts.Add(new Part(v, reader, RayPlan.Of(
                v, reader, frame.Eye, [.. planes, .. RayLook.ClipOf(dataset, view, v.Transform).Loose], scale * RayFrame.PixelOf(height), budget, atRest,
                drawnAtOnce)));
        }
    }

    private static VolumeInfo? OverlayOf(VolumeInfo volume, Dataset dataset, ViewState view) =>
        view.Overlay is { } o && view.Mode == VolumeMode.Composite && dataset.Find(o.Modality, o.Hours ?? volume.Key.Hours) is { } over
            && (over != volume || o.IsOfLabels(over)) ? over : null;

    private async Task<Scene> SceneAsync(Parts parts, Dataset dataset, ViewState view, int width, int height, bool atRest, CancellationToken ct)
    {
        var (own, frame) = (parts[0], RayFrame.Of(parts[0].Volume, view.Camera, (double)width / height));
        var pages = await _tables.GetAsync(own.Volume, own.Reader, own.Plan, ct);
        var level = own.Plan.Level;
        var rays = frame.RaysIn(own.Volume, level, width, height);
        var isFine = atRest && view.Mode == VolumeMode.Composite;
        var step = isFine ? StepFor(level, rays, width, height) : 1;
        var ratio = parts.Count > 1 ? (float)(SizeOf(parts[1].Volume, parts[1].Plan.Level) / SizeOf(own.Volume, level)) : 1;
        step = ratio < 1 ? Math.Max(LeastStep, step * ratio) : step;
        var look = new RayLook(view.Mode, view.Mode == VolumeMode.Isosurface ? view.IsoValue : 0, view.Transfer, step);
        var basis = pages.For(look, () => look.Prepare(own.Volume, level, pages.Volume));
        var settings = RayLook.Light(basis, own.Volume, level, dataset, view, frame) with
        {
            Smooth = atRest, InMotion = !atRest, Values = ((float)own.Volume.Least, (float)own.Volume.Most),
        };
        if (parts.Count == 1)
        {
            return new Scene(pages.Volume, settings with { Integrated = isFine }, rays, own.IsComplete(pages));
        }

        var over = parts[1];
        var overPages = await _tables.GetAsync(over.Volume, over.Reader, over.Plan, ct);
        var overLook = new RayLook(VolumeMode.Composite, 0, view.Overlay!.Transfer, step / ratio);
        var overBasis = overPages.For(overLook, () => overLook.Prepare(over.Volume, over.Plan.Level, overPages.Volume));
        var layer = RayLook.Over(
            overBasis, overPages.Volume, over.Volume, over.Plan.Level, own.Volume, level, view.Overlay.Replaces, view.Shaded, frame);
        settings = settings with { Layers = [layer with { Nearest = view.Overlay.IsOfLabels(over.Volume) }] };
        return new Scene(pages.Volume, settings, rays, own.IsComplete(pages) && over.IsComplete(overPages));
    }

    private static double SizeOf(VolumeInfo volume, PyramidLevel level) => volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX).VoxelSize.Least;

    private static float StepFor(PyramidLevel level, RayGeometry rays, int width, int height)
    {
        // A pixel's size in voxels at the middle of the volume, as far as the eye is from it.
        var (here, next) = (rays.Ray(width / 2f, height / 2f).Direction, rays.Ray(width / 2f + 1, height / 2f).Direction);
        var pixel = Vector3.Distance(here, next) * Vector3.Distance(rays.Origin, new Vector3(level.Shape.X, level.Shape.Y, level.Shape.Z) / 2);
        return pixel < 0.4f ? FinestStep : FineStep;
    }

    /// <summary>The picture's bytes as packed pixels.</summary>
    private sealed class PixelMemory(Memory<byte> bytes) : MemoryManager<uint>
    {
        public override Span<uint> GetSpan() => MemoryMarshal.Cast<byte, uint>(bytes.Span);

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
