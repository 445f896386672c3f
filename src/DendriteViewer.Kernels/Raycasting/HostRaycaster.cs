using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Runs <see cref="RayProgram"/> on the host, one ray at a time: the specification, picking, and single rays that packets leave
/// over.</summary>
public sealed class HostRaycaster
{
    private readonly RayArguments _arguments;
    private readonly Scene _scene;

    /// <param name="volume">What is looked at.</param>
    /// <param name="settings">How.</param>
    public HostRaycaster(PagedVolume volume, RaycastSettings settings)
    {
        _arguments = RayArguments.Of(volume, settings);
        _scene = new Scene(volume, settings);
    }

    /// <summary>Colour of one ray as 0xAABBGGRR over the background, alpha 255.</summary>
    /// <param name="origin">Where the ray begins, in index coordinates x, y, z.</param>
    /// <param name="direction">Its direction, of unit length.</param>
    /// <param name="noise">Random bits for <see cref="RaycastSettings.Jitter"/>.</param>
    public uint Trace(Vector3 origin, Vector3 direction, uint noise)
    {
        var ray = RayProgram.Enter(_scene, _arguments, origin, direction, noise);
        return _arguments.VolumeCount > 1 && _arguments.Mode == (int)RayMode.Composite
            ? RayProgram.Layers<Scene, Volume>(_scene, _arguments, ray)
            : TraceOne(_scene.Volume(0), ray);
    }

    /// <summary>The same for a picture with one volume; adds the number of voxels that were read to the counter.</summary>
    internal uint TraceCounting(Vector3 origin, Vector3 direction, long[] counter) => TraceOne(
        new SampleCounter.Counted<Volume>(_scene.Volume(0), counter), RayProgram.Enter(_scene, _arguments, origin, direction, 0));

    private uint TraceOne<TVolume>(in TVolume volume, RayProgram.Ray ray) where TVolume : struct,
        IRayMemory => (RayMode)_arguments.Mode switch
    {
        RayMode.Composite when _scene.IsIntegrated => RayProgram.Integrated(_scene, volume, _arguments, ray),
        RayMode.Composite => RayProgram.Composite(volume, _arguments, ray),
        RayMode.Isosurface => RayProgram.Isosurface(_scene, volume, _arguments, ray),
        _ => RayProgram.Projection(volume, _arguments, ray),
    };

    /// <summary>What is seen along a ray: for an isosurface its crossing, for a maximum or minimum the place of that value, otherwise the
    /// sample that adds most to the pixel. <see cref="RayHit.Found"/> is false where nothing is seen.</summary>
    /// <param name="origin">Where the ray begins, in index coordinates x, y, z.</param>
    /// <param name="direction">Its direction, of unit length.</param>
    public RayHit Pick(Vector3 origin, Vector3 direction) =>
        RayProgram.Pick<Scene, Volume>(_scene, _arguments, RayProgram.Enter(_scene, _arguments, origin, direction, 0));

    private readonly struct Volume(RayLayer layer) : IRayMemory
    {
        private readonly HostVoxels _voxels = new(layer.Volume);
        private readonly int[] _ofBrick = layer.Empty.OfBrick;
        private readonly byte[] _maps = layer.Empty.Maps;
        private readonly long[] _entries = layer.Transfer.Entries;
        private readonly int[] _sums = layer.Transfer.Sums;

        public int LevelCount => _voxels.LevelCount;

        public bool IsFloat => _voxels.IsFloat;

        public bool IsWhole => _voxels.IsWhole;

        public LevelShape Level(int level) => _voxels.Level(level);

        public int Page(int entry) => _voxels.Page(entry);

        public bool HasSeams(int page) => _voxels.HasSeams(page);

        public float Voxel(int page, int offset) => _voxels.Voxel(page, offset);

        public Corners Corners(int page, int offset) => _voxels.Corners(page, offset);

        public int OfBrick(int brick) => _ofBrick[brick];

        public int Distance(int cell) => _maps[cell];

        public long Entry(int i) => _entries[i];

        public ExtinctionSum Sum(int i) => MemoryMarshal.Cast<int, ExtinctionSum>(_sums)[i];
    }

    private readonly struct Scene : IRayScene, IRayVolumes<Volume>
    {
        private readonly Volume[] _volumes;
        private readonly VolumeArguments[] _arguments;
        private readonly PlaneArguments[] _planes;
        private readonly RaycastSettings _settings;

        public Scene(PagedVolume volume, RaycastSettings settings)
        {
            var layers = settings.IsLayered ? RayLayer.All(volume, settings) : [RayLayer.Own(volume, settings)];
            _volumes = [.. layers.Select(l => new Volume(l))];
            _arguments = [.. layers.Select(RayArguments.Describe)];
            _planes = RayArguments.PlanesOf(settings);
            _settings = settings;
        }

        public bool IsIntegrated => _settings.Integrated;

        public PlaneArguments Plane(int i) => _planes[i];

        public float Relief(int node) => _settings.Clip.Relief!.Heights[node];

        public ulong Light(int entry) => MemoryMarshal.Cast<byte, ulong>(_settings.Light!.Entries)[entry];

        public VolumeArguments Arguments(int volume) => _arguments[volume];

        public Volume Volume(int i) => _volumes[i];
    }
}
