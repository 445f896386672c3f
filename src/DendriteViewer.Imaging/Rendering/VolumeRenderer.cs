using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Draws the 3D picture on the CPU. The device that draws is chosen here and nowhere else: an OpenCL caster takes the same
/// view, level and size, and gives the same picture.
/// </summary>
public sealed class VolumeRenderer(DatasetStore store, RayVolumeCache cache)
{
    /// <summary>Behind the volume.</summary>
    public const int Background = 0x000000;

    // From so far away a volume is a dot.
    private const double FarthestFits = 100;

    private readonly Lock _lock = new();
    private readonly List<Prepared> _prepared = [];

    /// <summary>Table and map of empty space for one volume, level and transfer function; shared by all who look through it.</summary>
    private sealed record Prepared(WeakReference<RayVolume> Rays, VolumeMode Mode, double Iso, TransferFunction Transfer, float Step, Lazy<RaycastSettings> Settings)
    {
        public bool Is(RayVolume rays, ViewState view, float step) =>
            Rays.TryGetTarget(out var r) && ReferenceEquals(r, rays) && Mode == view.Mode && Step == step && Transfer.Equals(view.Transfer)
            && (Mode != VolumeMode.Isosurface || Iso == view.IsoValue);
    }

    /// <summary>Draws a picture.</summary>
    /// <param name="volume">The volume shown.</param>
    /// <param name="dataset">Whose depth frame clips.</param>
    /// <param name="view">The view.</param>
    /// <param name="width">Pixels across, of the picture at scale 1.</param>
    /// <param name="height">Pixels down, of the picture at scale 1.</param>
    /// <param name="scale">2 draws half as many pixels each way.</param>
    /// <param name="wait">Await the finest level rather than draw from a coarser one.</param>
    /// <param name="ct">Stops waiting and drawing.</param>
    public async Task<(RenderOutcome Outcome, RenderedImage? Image)> RenderAsync(
        VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, int scale, bool wait, CancellationToken ct)
    {
        var (level, rays, complete) = await LevelAsync(volume, wait, ct);
        var settings = SettingsOf(volume, dataset, view, level, rays, step: 1);
        var geometry = GeometryOf(volume, level, view, width, height);
        int w = Math.Max(1, (width + scale - 1) / scale), h = Math.Max(1, (height + scale - 1) / scale);
        var image = new RenderedImage(w, h, PixelLayout.Rgbx);
        if (!Raycaster.Render(rays, settings, geometry, w, h, scale, new PixelMemory(image.Pixels).Memory, ct))
        {
            image.Dispose();
            return (RenderOutcome.Superseded, null);
        }

        return (complete ? RenderOutcome.Complete : RenderOutcome.Partial, image);
    }

    /// <summary>The place in the world that is seen at a pixel's centre, or null where nothing is.</summary>
    public async Task<WorldPoint?> PickAsync(VolumeInfo volume, Dataset dataset, ViewState view, int width, int height, double u, double v, CancellationToken ct)
    {
        var (level, rays, _) = await LevelAsync(volume, wait: false, ct);
        var settings = SettingsOf(volume, dataset, view, level, rays, step: 1);
        var (origin, direction) = GeometryOf(volume, level, view, width, height).Ray((float)u, (float)v);
        var hit = RaycastScalar.Pick(rays, settings, origin, direction);
        if (!hit.Found)
        {
            return null;
        }

        var p = origin + hit.Distance * direction;
        return volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX).ToWorld(new VoxelPoint(p.Z + 0.5, p.Y + 0.5, p.X + 0.5));
    }

    /// <summary>Whether the level that a complete picture needs is in memory.</summary>
    public async Task<bool> IsLoadedAsync(VolumeInfo volume, CancellationToken ct) =>
        cache.TryGet(volume, cache.FinestOf(await store.ReaderAsync(volume, ct)).Number) is not null;

    /// <summary>Whether the level that a complete picture needs fits into memory beside what is there.</summary>
    public async Task<bool> HasRoomForAsync(VolumeInfo volume, CancellationToken ct) => cache.HasRoomFor(cache.FinestOf(await store.ReaderAsync(volume, ct)));

    /// <summary>Loads the level that a complete picture needs.</summary>
    public async Task LoadAsync(VolumeInfo volume, CancellationToken ct) =>
        await cache.GetAsync(volume, cache.FinestOf(await store.ReaderAsync(volume, ct)).Number, ct);

    private async Task<(PyramidLevel Level, RayVolume Rays, bool Complete)> LevelAsync(VolumeInfo volume, bool wait, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(volume, ct);
        var finest = cache.FinestOf(reader);
        if (wait || cache.TryGet(volume, finest.Number) is not null)
        {
            return (finest, await cache.GetAsync(volume, finest.Number, ct), true);
        }

        for (var number = finest.Number + 1; number < reader.Levels.Count - 1; number++)
        {
            if (cache.TryGet(volume, number) is { } there)
            {
                return (reader.Levels[number], there, false);
            }
        }

        var coarsest = reader.Levels[^1];
        return (coarsest, await cache.GetAsync(volume, coarsest.Number, ct), coarsest == finest);
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

    private RaycastSettings SettingsOf(VolumeInfo volume, Dataset dataset, ViewState view, PyramidLevel level, RayVolume rays, float step)
    {
        var basis = PreparedFor(volume, view, level, rays, step);
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var size = transform.VoxelSize;
        var (_, right, down, forward) = Frame(volume, view.Camera, 1);
        var key = (-1 * forward + -0.7 * right + -0.7 * down).Normalized();
        return basis with
        {
            Shaded = view.Shaded,
            GradientScale = new Vector3((float)(size.Least / size.X), (float)(size.Least / size.Y), (float)(size.Least / size.Z)),
            HeadLight = InVoxelAxes(-1 * forward), KeyLight = InVoxelAxes(key),
            ClipPlanes = PlanesOf(dataset, view, transform),
        };

        // Lights are turned into the volume's own axes, whose gradient is then only stretched.
        Vector3 InVoxelAxes(WorldVector v) => new(
            (float)v.Dot(transform.Column(2).Normalized()), (float)v.Dot(transform.Column(1).Normalized()), (float)v.Dot(transform.Column(0).Normalized()));
    }

    // The table and the map of empty space cost some milliseconds and change with the transfer function, not the camera.
    // A few are kept; each is made outside the lock, once.
    private RaycastSettings PreparedFor(VolumeInfo volume, ViewState view, PyramidLevel level, RayVolume rays, float step)
    {
        const int Kept = 8;
        Prepared? found;
        lock (_lock)
        {
            found = _prepared.Find(p => p.Is(rays, view, step));
            if (found is null)
            {
                var (mode, isoValue, transfer) = (view.Mode, view.IsoValue, view.Transfer);
                found = new Prepared(new WeakReference<RayVolume>(rays), mode, isoValue, transfer, step, new(() => Prepare(volume, mode, isoValue, transfer, level, rays, step)));
            }
            else
            {
                _prepared.Remove(found);
            }

            _prepared.Insert(0, found);
            if (_prepared.Count > Kept)
            {
                _prepared.RemoveAt(Kept);
            }
        }

        return found.Settings.Value;
    }

    private static RaycastSettings Prepare(VolumeInfo volume, VolumeMode mode, double isoValue, TransferFunction transfer, PyramidLevel level, RayVolume rays, float step)
    {
        var map = ValueMap.Of(volume);
        var iso = (float)map.ToRay(isoValue);
        var table = transfer.ToTable(map, step * level.FactorX);
        return new RaycastSettings
        {
            Mode = mode switch { VolumeMode.Maximum => RayMode.Maximum, VolumeMode.Isosurface => RayMode.Isosurface, _ => RayMode.Composite },
            Transfer = table,
            Empty = mode == VolumeMode.Isosurface ? EmptySpace.Of(rays, (least, most) => least <= iso && most >= iso) : EmptySpace.Of(rays, table.IsVisible),
            Step = step, IsoValue = iso, Background = Background,
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
    private sealed class PixelMemory(Memory<byte> bytes) : System.Buffers.MemoryManager<uint>
    {
        public override Span<uint> GetSpan() => MemoryMarshal.Cast<byte, uint>(bytes.Span);

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
