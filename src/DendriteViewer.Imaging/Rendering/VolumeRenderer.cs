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

    // From so far away a volume is a dot.
    private const double FarthestFits = 100;

    // Reads begun for a moving picture; more would come too late.
    private const int ReadsAhead = 32;

    // Where thin opaque layers would show rings, a picture at rest is sampled twice a voxel, and four times where a voxel is several pixels.
    private const float FineStep = 0.5f;
    private const float FinestStep = 0.25f;

    // Uploaded to a device for one frame while the picture moves; coarser bricks stand in for the rest.
    private const long MovingUpload = 64 << 20;

    private readonly DatasetStore _store;
    private readonly BrickCache _cache;
    private readonly RenderDevices _devices;
    private readonly Lock _lock = new();
    private readonly LinkedList<Pages> _pages = new();

    /// <param name="store">Where volumes are.</param>
    /// <param name="cache">Their bricks in memory.</param>
    /// <param name="devices">What draws.</param>
    public VolumeRenderer(DatasetStore store, BrickCache cache, RenderDevices devices)
    {
        (_store, _cache, _devices) = (store, cache, devices);
        cache.Forgotten += Forget;
    }

    /// <summary>
    /// The bricks in memory of a plan, as the ray caster takes them, with what was made for the transfer functions they are seen
    /// through. Shared by all who look at the same, and kept while the same bricks are there.
    /// </summary>
    private sealed class Pages(string prefix, PyramidLevel level, BrickIndex[] wanted, Brick?[] bricks, PagedVolume volume)
    {
        private const int Kept = 4;
        private readonly Dictionary<BrickIndex, int> _places = wanted.Index().ToDictionary(p => p.Item, p => p.Index);
        private readonly LinkedList<(Look Look, Lazy<RaycastSettings> Settings)> _looks = new();

        public string Prefix => prefix;

        public PagedVolume Volume => volume;

        public bool IsComplete { get; } = Array.TrueForAll(bricks, b => b is not null);

        public long Bytes { get; } = bricks.Sum(b => b?.Bytes ?? 0);

        public bool Is(string otherPrefix, RayPlan plan, ReadOnlySpan<Brick?> otherBricks)
        {
            if (prefix != otherPrefix || level != plan.Level || wanted.Length != plan.Bricks.Count || (volume.From, volume.To) != plan.Box)
            {
                return false;
            }

            // The order follows the eye; the bricks are what counts.
            for (var i = 0; i < wanted.Length; i++)
            {
                if (!_places.TryGetValue(plan.Bricks[i], out var place) || !ReferenceEquals(bricks[place], otherBricks[i]))
                {
                    return false;
                }
            }

            return true;
        }

        // The table and the map of empty space cost some milliseconds and change with the transfer function, not the camera.
        public RaycastSettings For(Look look, Func<RaycastSettings> make)
        {
            Lazy<RaycastSettings> settings;
            lock (_looks)
            {
                var node = _looks.First;
                while (node is not null && node.Value.Look != look)
                {
                    node = node.Next;
                }

                if (node is not null)
                {
                    _looks.Remove(node);
                }

                settings = node?.Value.Settings ?? new(make);
                _looks.AddFirst((look, settings));
                if (_looks.Count > Kept)
                {
                    _looks.RemoveLast();
                }
            }

            return settings.Value;
        }
    }

    /// <summary>What decides a table and a map of empty space.</summary>
    private sealed record Look(VolumeMode Mode, double Iso, TransferFunction Transfer, float Step);

    /// <summary>Draws a picture.</summary>
    /// <param name="volume">The volume shown.</param>
    /// <param name="dataset">Whose depth frame clips.</param>
    /// <param name="view">The view.</param>
    /// <param name="width">Pixels across, of the picture at scale 1.</param>
    /// <param name="height">Pixels down, of the picture at scale 1.</param>
    /// <param name="scale">2 draws half as many pixels each way.</param>
    /// <param name="atRest">Sample finely: nobody is moving.</param>
    /// <param name="ct">Stops waiting and drawing.</param>
    public async Task<(RenderOutcome Outcome, RenderedImage? Image)> RenderAsync(
        VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, int scale, bool atRest, CancellationToken ct)
    {
        var reader = await _store.ReaderAsync(volume, ct);
        using var plan = PlanOf(volume, reader, dataset, view, width, height, scale, atRest);
        var pages = await PagesOfAsync(volume, reader, plan, ct);
        var geometry = GeometryOf(volume, plan.Level, view, width, height);
        var settings = SettingsOf(volume, dataset, view, plan.Level, pages, atRest && view.Mode == VolumeMode.Composite ? StepFor(plan.Level, geometry, width, height) : 1);
        int w = Math.Max(1, (width + scale - 1) / scale), h = Math.Max(1, (height + scale - 1) / scale);
        var image = new RenderedImage(w, h, PixelLayout.Rgbx);
        var isWhole = true;
        if (!_devices.TryDraw(volume.Prefix, device => Draw(device, out isWhole))
            && !Raycaster.Render(pages.Volume, settings, geometry, w, h, scale, new PixelMemory(image.Pixels).Memory, ct))
        {
            image.Dispose();
            return (RenderOutcome.Superseded, null);
        }

        return (pages.IsComplete && isWhole ? RenderOutcome.Complete : RenderOutcome.Partial, image);

        // A picture at rest is whole: where a device has no room for it, the CPU draws it.
        bool Draw(DeviceVolumes device, out bool isWhole)
        {
            isWhole = true;
            if (settings.ClipPlanes.Count > DeviceRaycaster.MostPlanes)
            {
                return false;
            }

            isWhole = DeviceRaycaster.Render(
                device, pages.Volume, settings, geometry, w, h, scale, MemoryMarshal.Cast<byte, uint>(image.Pixels.Span), atRest ? long.MaxValue : MovingUpload);
            return isWhole || !atRest;
        }
    }

    private static float StepFor(PyramidLevel level, RayGeometry rays, int width, int height)
    {
        // A pixel's size in voxels at the middle of the volume, as far as the eye is from it.
        var (here, next) = (rays.Ray(width / 2f, height / 2f).Direction, rays.Ray(width / 2f + 1, height / 2f).Direction);
        var pixel = Vector3.Distance(here, next) * Vector3.Distance(rays.Origin, new Vector3(level.Shape.X, level.Shape.Y, level.Shape.Z) / 2);
        return pixel < 0.4f ? FinestStep : FineStep;
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
        var reader = await _store.ReaderAsync(volume, ct);
        using var plan = PlanOf(volume, reader, dataset, view, width, height, 1, atRest: true);
        var pages = await PagesOfAsync(volume, reader, plan, ct);
        var level = plan.Level;
        var settings = SettingsOf(volume, dataset, view, level, pages, step: 1);
        var (origin, direction) = GeometryOf(volume, level, view, width, height).Ray((float)u, (float)v);
        var hit = RaycastScalar.Pick(pages.Volume, settings, origin, direction);
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
        using var plan = PlanOf(volume, await _store.ReaderAsync(volume, ct), dataset, view, width, height, 1, atRest: true);
        return plan.Bricks.TrueForAll(b => _cache.Contains(volume, b));
    }

    /// <summary>Whether the bricks that a complete picture needs fit into memory beside what is there.</summary>
    public async Task<bool> HasRoomForAsync(VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, CancellationToken ct)
    {
        var reader = await _store.ReaderAsync(volume, ct);
        using var plan = PlanOf(volume, reader, dataset, view, width, height, 1, atRest: true);
        return _cache.Bytes + plan.Bricks.Count(b => !_cache.Contains(volume, b)) * (long)reader.BrickBytes(0) * 5 / 4 <= _cache.BudgetBytes;
    }

    /// <summary>Reads the bricks that a complete picture needs, coarse ones first.</summary>
    public async Task LoadAsync(VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, CancellationToken ct)
    {
        using var plan = PlanOf(volume, await _store.ReaderAsync(volume, ct), dataset, view, width, height, 1, atRest: true);

        // A few more in flight than are read at once, so that a view that moved on leaves little behind.
        await Parallel.ForEachAsync(
            plan.Bricks.ToArray(), new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = ReadsAhead }, async (b, token) => await _cache.GetAsync(volume, b, token));

        // And on to the device, so that the first picture of a timestep shown later waits for nothing.
        _devices.TryDraw(volume.Prefix, device => device.LoadAhead(plan.Bricks.Select(b => _cache.TryGet(volume, b)).OfType<Brick>().TakeWhile(_ => !ct.IsCancellationRequested)));
    }

    private void Forget(string prefix)
    {
        lock (_lock)
        {
            for (var node = _pages.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Prefix.StartsWith(prefix, StringComparison.Ordinal))
                {
                    _pages.Remove(node);
                }

                node = next;
            }
        }
    }

    private RayPlan PlanOf(VolumeInfo volume, VolumeReader reader, Dataset dataset, ViewState view, int width, int height, int scale, bool atRest)
    {
        var geometry = GeometryOf(volume, reader.Levels[0], view, width, height);
        var (eye, _, _, _) = Frame(volume, view.Camera, (double)width / height);
        var pixel = scale * 2 * Math.Tan(OrbitCamera.FieldOfViewDeg * Math.PI / 360) / height;
        return RayPlan.Of(volume, reader, eye, [.. RayPlan.Frustum(geometry, width, height), .. PlanesOf(dataset, view, volume.Transform)], pixel, BudgetFor(volume), atRest);
    }

    // Of what the cache and the device hold, some is other volumes'.
    private long BudgetFor(VolumeInfo volume) => Math.Min(_cache.BudgetBytes, _devices.BudgetFor(volume.Prefix) ?? long.MaxValue) * 6 / 10;

    private async Task<Pages> PagesOfAsync(VolumeInfo volume, VolumeReader reader, RayPlan plan, CancellationToken ct)
    {
        // The coarsest level stands in for everything, so it is waited for; it is a brick.
        var top = reader.Levels[^1];
        var count = plan.Bricks.Count;
        var found = ArrayPool<Brick?>.Shared.Rent(count);
        try
        {
            await FindAsync(volume, plan, top, found, ct);
            return Known(volume, plan, found.AsSpan(0, count)) ?? Make(volume, reader, plan, found.AsSpan(0, count).ToArray());
        }
        finally
        {
            ArrayPool<Brick?>.Shared.Return(found, clearArray: true);
        }
    }

    private async Task FindAsync(VolumeInfo volume, RayPlan plan, PyramidLevel top, Brick?[] bricks, CancellationToken ct)
    {
        var begun = 0;
        for (var i = 0; i < plan.Bricks.Count; i++)
        {
            var index = plan.Bricks[i];
            bricks[i] = _cache.TryGet(volume, index);
            if (bricks[i] is null && index.Level == top.Number)
            {
                bricks[i] = await _cache.GetAsync(volume, index, ct);
            }
            else if (bricks[i] is null && begun < ReadsAhead && _cache.Loading < ReadsAhead)
            {
                begun++;
                _ = _cache.GetAsync(volume, index, CancellationToken.None).ContinueWith(
                    t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }

    private Pages? Known(VolumeInfo volume, RayPlan plan, ReadOnlySpan<Brick?> bricks)
    {
        lock (_lock)
        {
            for (var node = _pages.First; node is not null; node = node.Next)
            {
                if (node.Value.Is(volume.Prefix, plan, bricks))
                {
                    _pages.Remove(node);
                    _pages.AddFirst(node);
                    return node.Value;
                }
            }
        }

        return null;
    }

    private Pages Make(VolumeInfo volume, VolumeReader reader, RayPlan plan, Brick?[] bricks)
    {
        var levels = new List<BrickLevel>();
        foreach (var level in reader.Levels.Skip(plan.Level.Number))
        {
            levels.Add(level.WithBricks(plan.Level, new Brick?[level.BrickCount.Count]));
        }

        for (var i = 0; i < bricks.Length; i++)
        {
            var at = plan.Bricks[i];
            var level = levels[at.Level - plan.Level.Number];
            level.Bricks[(at.Z * level.CountY + at.Y) * level.CountX + at.X] = bricks[i];
        }

        var pages = new Pages(volume.Prefix, plan.Level, [.. plan.Bricks], bricks, new PagedVolume(volume.Type, levels, plan.Box));
        lock (_lock)
        {
            _pages.AddFirst(pages);

            // They hold on to their bricks, so they count against the cache's budget; the newest always stays.
            var bytes = 0L;
            for (var node = _pages.First; node is not null;)
            {
                var next = node.Next;
                bytes += node.Value.Bytes;
                if (node != _pages.First && bytes > _cache.BudgetBytes / 2)
                {
                    _pages.Remove(node);
                }

                node = next;
            }
        }

        return pages;
    }

    /// <summary>Rays through the pixels of a picture of the whole size, in the level's index coordinates.</summary>
    internal static RayGeometry GeometryOf(VolumeInfo volume, PyramidLevel level, ViewState view, int width, int height)
    {
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var (eye, right, down, forward) = Frame(volume, view.Camera, (double)width / height);
        var pixel = 2 * Math.Tan(OrbitCamera.FieldOfViewDeg * Math.PI / 360) / height;
        var first = forward + (-(width - 1) / 2.0 * pixel) * right + (-(height - 1) / 2.0 * pixel) * down;
        var origin = transform.ToVoxel(eye);
        return new RayGeometry(
            new Vector3((float)(origin.X - 0.5), (float)(origin.Y - 0.5), (float)(origin.Z - 0.5)), Vector3.Zero, Vector3.Zero,
            Direction(first), Direction(pixel * right), Direction(pixel * down));

        Vector3 Direction(WorldVector v)
        {
            var p = transform.ToVoxel(v);
            return new Vector3((float)p.X, (float)p.Y, (float)p.Z);
        }
    }

    /// <summary>The eye and the picture's axes in the world; <paramref name="aspect"/> is width over height.</summary>
    public static (WorldPoint Eye, WorldVector Right, WorldVector Down, WorldVector Forward) Frame(VolumeInfo volume, OrbitCamera camera, double aspect)
    {
        double az = camera.AzimuthDeg * Math.PI / 180, el = Math.Clamp(camera.ElevationDeg, -89.5, 89.5) * Math.PI / 180;
        var distance = camera.DistanceUm > 0 ? Math.Min(camera.DistanceUm, FarthestFits * FitDistance(volume, 1)) : FitDistance(volume, aspect);
        var target = camera.DistanceUm > 0 ? camera.Target : volume.Center;
        var back = new WorldVector(-Math.Sin(el), -Math.Cos(el) * Math.Cos(az), Math.Cos(el) * Math.Sin(az));
        var right = new WorldVector(0, Math.Sin(az), Math.Cos(az));
        var down = new WorldVector(Math.Cos(el), -Math.Sin(el) * Math.Cos(az), Math.Sin(el) * Math.Sin(az));
        return (target + distance * back, right, down, -1 * back);
    }

    /// <summary>The distance from which a volume fills most of the field of view: its bounding sphere reaches a little over.</summary>
    public static double FitDistance(VolumeInfo volume, double aspect)
    {
        var (low, high) = volume.Bounds;
        return 0.86 * Math.Max(1, 1 / aspect) * (high - low).Length / 2 / Math.Sin(OrbitCamera.FieldOfViewDeg * Math.PI / 360);
    }

    private RaycastSettings SettingsOf(VolumeInfo volume, Dataset dataset, ViewState view, PyramidLevel level, Pages pages, float step)
    {
        var look = new Look(view.Mode, view.Mode == VolumeMode.Isosurface ? view.IsoValue : 0, view.Transfer, step);
        var basis = pages.For(look, () => Prepare(volume, look, level, pages.Volume));
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var size = transform.VoxelSize;
        var (_, right, down, forward) = Frame(volume, view.Camera, 1);
        var key = (-1 * forward + -0.7 * right + -0.7 * down).Normalized();
        var ahead = new Vector3((float)forward.Dot(transform.Column(2)), (float)forward.Dot(transform.Column(1)), (float)forward.Dot(transform.Column(0)));
        return basis with
        {
            Shaded = view.Shaded,
            GradientScale = new Vector3((float)(size.Least / size.X), (float)(size.Least / size.Y), (float)(size.Least / size.Z)),
            HeadLight = InVoxelAxes(-1 * forward), KeyLight = InVoxelAxes(key),
            ClipPlanes = PlanesOf(dataset, view, transform),
            SamplePlane = new Vector4(ahead, -Vector3.Dot(ahead, new Vector3(level.Shape.X, level.Shape.Y, level.Shape.Z) / 2)),
        };

        // Lights are turned into the volume's own axes, whose gradient is then only stretched.
        Vector3 InVoxelAxes(WorldVector v) => new(
            (float)v.Dot(transform.Column(2).Normalized()), (float)v.Dot(transform.Column(1).Normalized()), (float)v.Dot(transform.Column(0).Normalized()));
    }

    private static RaycastSettings Prepare(VolumeInfo volume, Look look, PyramidLevel level, PagedVolume rays)
    {
        var iso = (float)look.Iso;
        var table = look.Transfer.ToTable(volume.Least, volume.Most, look.Step * level.FactorX);
        var range = (float)Math.Max(volume.Most - volume.Least, 1e-30);
        return new RaycastSettings
        {
            Mode = look.Mode switch
            {
                VolumeMode.Maximum => RayMode.Maximum,
                VolumeMode.Minimum => RayMode.Minimum,
                VolumeMode.Mean => RayMode.Mean,
                VolumeMode.Isosurface => RayMode.Isosurface,
                _ => RayMode.Composite,
            },
            Transfer = table,
            Empty = look.Mode == VolumeMode.Isosurface ? EmptySpace.Of(rays, (least, most) => least <= iso && most >= iso) : EmptySpace.Of(rays, table.IsVisible),
            Step = look.Step, IsoValue = iso, Background = Background, GradientFloor = 1e-12f * range * range,
        };
    }

    private static IReadOnlyList<Vector4> PlanesOf(Dataset dataset, ViewState view, AffineTransform transform)
    {
        if (view.Clip is null && view.DepthClip is null)
        {
            return [];
        }

        var planes = new List<Vector4>();
        if (view.Clip is { } box)
        {
            Keep(new WorldVector(1, 0, 0), box.Low.Z);
            Keep(new WorldVector(-1, 0, 0), -box.High.Z);
            Keep(new WorldVector(0, 1, 0), box.Low.Y);
            Keep(new WorldVector(0, -1, 0), -box.High.Y);
            Keep(new WorldVector(0, 0, 1), box.Low.X);
            Keep(new WorldVector(0, 0, -1), -box.High.X);
        }

        if (view.DepthClip is { } band)
        {
            var frame = dataset.Depth;
            var axis = frame.Axis switch { Axis.Z => new WorldVector(1, 0, 0), Axis.Y => new WorldVector(0, 1, 0), _ => new WorldVector(0, 0, 1) };
            Keep(frame.Direction * axis, frame.Direction * frame.CoordinateOf(new Depth(band.FromUm)));
            Keep(-frame.Direction * axis, -frame.Direction * frame.CoordinateOf(new Depth(band.ToUm)));
        }

        return planes;

        // Kept is n·world ≥ least; world = M·(index + ½) + t makes that a plane over index coordinates.
        void Keep(WorldVector n, double least)
        {
            var corner = transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5));
            planes.Add(new Vector4(
                (float)n.Dot(transform.Column(2)), (float)n.Dot(transform.Column(1)), (float)n.Dot(transform.Column(0)),
                (float)(n.Z * corner.Z + n.Y * corner.Y + n.X * corner.X - least)));
        }
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
