using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Sampling;
using ILGPU;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>What rays skip and show of a volume, on a device.</summary>
internal struct LookViews
{
    /// <summary>As <see cref="EmptySpace.OfBrick"/>.</summary>
    public ArrayView<int> OfBrick;

    /// <summary>As <see cref="EmptySpace.Maps"/>.</summary>
    public ArrayView<byte> Maps;

    /// <summary>As <see cref="TransferTable.Entries"/>.</summary>
    public ArrayView<long> Table;

    /// <summary>As <see cref="TransferTable.Sums"/>.</summary>
    public ArrayView<ExtinctionSum> Sums;
}

/// <summary>What the volumes of a picture share, and where the picture goes.</summary>
internal struct SceneViews
{
    /// <summary>The bricks of all volumes.</summary>
    public ArrayView<byte> Pool;

    /// <summary>The light field's entries, the relief's heights, the planes, and every volume's arguments.</summary>
    public ArrayView<ulong> Light;

    /// <summary>The relief's heights.</summary>
    public ArrayView<float> Relief;

    /// <summary>The planes that clip.</summary>
    public ArrayView<PlaneArguments> Planes;

    /// <summary>Every volume's arguments.</summary>
    public ArrayView<VolumeArguments> Volumes;

    /// <summary>The pixels, 0xAABBGGRR.</summary>
    public ArrayView<uint> Target;
}

/// <summary>Four volumes of a picture; those that are not there are the first one again.</summary>
internal struct FourVolumes
{
    /// <summary>Their bricks.</summary>
    public VolumeViews Volume0, Volume1, Volume2, Volume3;

    /// <summary>What is skipped and shown of them.</summary>
    public LookViews Look0, Look1, Look2, Look3;
}

/// <summary>
/// One work item a ray: <see cref="RayProgram"/> on a device. A kernel for each mode and, of pictures with one volume, for each voxel type
/// and for
/// whole volumes, which need half the registers.
/// </summary>
internal static class RayKernels
{
    public static void Composite<TKind, TFill>(SceneViews views, VolumeViews volume, LookViews look, RayArguments a)
        where TKind : struct, IVoxelKind where TFill : struct, IFill
    {
        int u = Grid.GlobalIndex.X, v = Grid.GlobalIndex.Y;
        if (u < a.Width && v < a.Height)
        {
            var ray = RayProgram.Through(new Scene(views), a, u, v);
            views.Target[v * a.Width + u] = RayProgram.Composite(new Volume<TKind, TFill>(views, volume, look), a, ray);
        }
    }

    public static void Integrated<TKind, TFill>(SceneViews views, VolumeViews volume, LookViews look, RayArguments a)
        where TKind : struct, IVoxelKind where TFill : struct, IFill
    {
        int u = Grid.GlobalIndex.X, v = Grid.GlobalIndex.Y;
        if (u < a.Width && v < a.Height)
        {
            var scene = new Scene(views);
            var ray = RayProgram.Through(scene, a, u, v);
            views.Target[v * a.Width + u] = RayProgram.Integrated(scene, new Volume<TKind, TFill>(views, volume, look), a, ray);
        }
    }

    public static void Projection<TKind, TFill>(SceneViews views, VolumeViews volume, LookViews look, RayArguments a)
        where TKind : struct, IVoxelKind where TFill : struct, IFill
    {
        int u = Grid.GlobalIndex.X, v = Grid.GlobalIndex.Y;
        if (u < a.Width && v < a.Height)
        {
            var ray = RayProgram.Through(new Scene(views), a, u, v);
            views.Target[v * a.Width + u] = RayProgram.Projection(new Volume<TKind, TFill>(views, volume, look), a, ray);
        }
    }

    public static void Isosurface<TKind, TFill>(SceneViews views, VolumeViews volume, LookViews look, RayArguments a)
        where TKind : struct, IVoxelKind where TFill : struct, IFill
    {
        int u = Grid.GlobalIndex.X, v = Grid.GlobalIndex.Y;
        if (u < a.Width && v < a.Height)
        {
            var scene = new Scene(views);
            var ray = RayProgram.Through(scene, a, u, v);
            views.Target[v * a.Width + u] = RayProgram.Isosurface(scene, new Volume<TKind, TFill>(views, volume, look), a, ray);
        }
    }

    public static void Layers(SceneViews views, FourVolumes volumes, RayArguments a)
    {
        int u = Grid.GlobalIndex.X, v = Grid.GlobalIndex.Y;
        if (u < a.Width && v < a.Height)
        {
            var scene = new LayeredScene(views, volumes);
            var ray = RayProgram.Through(scene, a, u, v);
            views.Target[v * a.Width + u] = RayProgram.Layers<LayeredScene, AnyVolume>(scene, a, ray);
        }
    }

    private readonly struct Volume<TKind, TFill>(SceneViews views, VolumeViews volume, LookViews look) : IRayMemory
        where TKind : struct, IVoxelKind where TFill : struct, IFill
    {
        private readonly DeviceVoxels<TKind, TFill> _voxels = new(views.Pool, volume);
        private readonly LookViews _look = look;

        public int LevelCount => _voxels.LevelCount;

        public bool IsFloat => _voxels.IsFloat;

        public bool IsWhole => _voxels.IsWhole;

        public LevelShape Level(int level) => _voxels.Level(level);

        public int Page(int entry) => _voxels.Page(entry);

        public bool HasSeams(int page) => _voxels.HasSeams(page);

        public float Voxel(int page, int offset) => _voxels.Voxel(page, offset);

        public Corners Corners(int page, int offset) => _voxels.Corners(page, offset);

        public int OfBrick(int brick) => _look.OfBrick[brick];

        public int Distance(int cell) => _look.Maps[cell];

        public long Entry(int i) => _look.Table[i];

        public ExtinctionSum Sum(int i) => _look.Sums[i];
    }

    private readonly struct AnyVolume(SceneViews views, VolumeViews volume, LookViews look, int type) : IRayMemory
    {
        private readonly DeviceAnyVoxels _voxels = new(views.Pool, volume, type);
        private readonly LookViews _look = look;

        public int LevelCount => _voxels.LevelCount;

        public bool IsFloat => _voxels.IsFloat;

        public bool IsWhole => _voxels.IsWhole;

        public LevelShape Level(int level) => _voxels.Level(level);

        public int Page(int entry) => _voxels.Page(entry);

        public bool HasSeams(int page) => _voxels.HasSeams(page);

        public float Voxel(int page, int offset) => _voxels.Voxel(page, offset);

        public Corners Corners(int page, int offset) => _voxels.Corners(page, offset);

        public int OfBrick(int brick) => _look.OfBrick[brick];

        public int Distance(int cell) => _look.Maps[cell];

        public long Entry(int i) => _look.Table[i];

        public ExtinctionSum Sum(int i) => _look.Sums[i];
    }

    private readonly struct Scene(SceneViews views) : IRayScene
    {
        private readonly SceneViews _views = views;

        public PlaneArguments Plane(int i) => _views.Planes[i];

        public float Relief(int node) => _views.Relief[node];

        public ulong Light(int entry) => _views.Light[entry];

        public VolumeArguments Arguments(int volume) => _views.Volumes[volume];
    }

    private readonly struct LayeredScene(SceneViews views, FourVolumes volumes) : IRayScene, IRayVolumes<AnyVolume>
    {
        private readonly SceneViews _views = views;
        private readonly FourVolumes _volumes = volumes;

        public PlaneArguments Plane(int i) => _views.Planes[i];

        public float Relief(int node) => _views.Relief[node];

        public ulong Light(int entry) => _views.Light[entry];

        public VolumeArguments Arguments(int volume) => _views.Volumes[volume];

        public AnyVolume Volume(int i)
        {
            var volume = i == 0 ? _volumes.Volume0 : i == 1 ? _volumes.Volume1 : i == 2 ? _volumes.Volume2 : _volumes.Volume3;
            var look = i == 0 ? _volumes.Look0 : i == 1 ? _volumes.Look1 : i == 2 ? _volumes.Look2 : _volumes.Look3;
            return new AnyVolume(_views, volume, look, _views.Volumes[i].Type);
        }
    }
}
