using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Measuring;

/// <summary>A stored volume whose voxels are a function of their indices, of several bricks along each axis.</summary>
public sealed class FunctionVolume : IAsyncLifetime
{
    public const int Z = 70, Y = 75, X = 140;
    private readonly TempFolder _folder = new();

    public DatasetStore Store { get; private set; } = null!;

    /// <summary>x + 2·y + 3·z, whole numbers of 16 bits.</summary>
    public VolumeInfo Ramp { get; private set; } = null!;

    /// <summary>The same field as floats, shifted and scaled, with a block that has no data and one hot voxel.</summary>
    public VolumeInfo Floats { get; private set; } = null!;

    public RegionMeasurer Regions => new(Store);

    public LineProfiler Lines => new(Store, new BrickCache(Store, 1 << 26));

    public static int RampAt(int z, int y, int x) => x + 2 * y + 3 * z;

    public static float FloatAt(int z, int y, int x) =>
        z is >= 10 and < 14 && y is >= 10 and < 14 && x is >= 10 and < 14 ? float.NaN
        : (z, y, x) == (30, 30, 60) ? 1e30f
        : 1000 + 0.01f * RampAt(z, y, x);

    public async Task InitializeAsync()
    {
        Store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        Ramp = await ImportAsync("ramp", "u2", 2, (z, y, x, to) => BitConverter.TryWriteBytes(to, (ushort)RampAt(z, y, x)));
        Floats = await ImportAsync("floats", "f4", 4, (z, y, x, to) => BitConverter.TryWriteBytes(to, FloatAt(z, y, x)));
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private delegate void Write(int z, int y, int x, Span<byte> to);

    private async Task<VolumeInfo> ImportAsync(string name, string type, int size, Write write)
    {
        var bytes = new byte[Z * Y * X * size];
        for (var i = 0; i < Z * Y * X; i++)
        {
            write(i / X / Y, i / X % Y, i % X, bytes.AsSpan(i * size, size));
        }

        await File.WriteAllBytesAsync(_folder[name + ".raw"], bytes);
        var manifest = new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [Z, Y, X], Dtype = type };
        await new Importer(Store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder[name + ".raw"], DatasetId.Parse(name), manifest), null, default);
        return (await Store.TryOpenAsync(DatasetId.Parse(name), default))!.Volumes[0];
    }
}

/// <summary>A turn and shift of the world, the same of points, vectors and volumes.</summary>
internal sealed class Motion
{
    private readonly AffineTransform _map;

    /// <param name="axis">About which axis, z y x; any length but 0.</param>
    /// <param name="degrees">How far.</param>
    /// <param name="shift">And where to.</param>
    public Motion(WorldVector axis, double degrees, WorldVector shift)
    {
        // O. Rodrigues' formula.
        var (n, a) = (axis.Normalized(), degrees * Math.PI / 180);
        double c = Math.Cos(a), s = Math.Sin(a), t = 1 - c;
        _map = new AffineTransform(
        [
            c + t * n.Z * n.Z, t * n.Z * n.Y - s * n.X, t * n.Z * n.X + s * n.Y, shift.Z,
            t * n.Y * n.Z + s * n.X, c + t * n.Y * n.Y, t * n.Y * n.X - s * n.Z, shift.Y,
            t * n.X * n.Z - s * n.Y, t * n.X * n.Y + s * n.Z, c + t * n.X * n.X, shift.X,
        ]);
    }

    public WorldPoint Of(WorldPoint p) => _map.ToWorld(new VoxelPoint(p.Z, p.Y, p.X));

    public WorldVector Of(WorldVector v) => Of(new WorldPoint(v.Z, v.Y, v.X)) - Of(new WorldPoint(0, 0, 0));

    public RegionFrame Of(RegionFrame f) => new(Of(f.Origin), Of(f.Right), Of(f.Down), Of(f.Normal));

    public VolumeInfo Of(VolumeInfo v) => v with { Transform = _map.After(v.Transform) };
}
