using System.Buffers.Binary;
using System.Text;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Surfaces;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Surfaces;

public sealed class SurfaceExporterTests : IAsyncLifetime
{
    private const int Z = 70, Y = 80, X = 90;
    private const double Radius = 25;
    private readonly TempFolder _folder = new();
    private DatasetStore _store = null!;
    private Dataset _dataset = null!;

    private VolumeInfo Volume => _dataset.Volumes[0];

    public async Task InitializeAsync()
    {
        // Distance from (30, 40, 50) voxels, ten steps a voxel, so that a value is a radius. A voxel is 2 × 1 × 1 µm, the corner at 5, 6,
        // 7 µm.
        var bytes = new byte[2 * Z * Y * X];
        for (var i = 0; i < Z * Y * X; i++)
        {
            double z = 2 * (i / X / Y + 0.5 - 30), y = i / X % Y + 0.5 - 40, x = i % X + 0.5 - 50;
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), (ushort)Math.Round(10 * Math.Sqrt(z * z + y * y + x * x)));
        }

        await File.WriteAllBytesAsync(_folder["v.raw"], bytes);
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("ball"), new VolumeManifest
            {
                VoxelSizeUm = [2, 1, 1], OriginUm = [5, 6, 7], Shape = [Z, Y, X], Dtype = "u2",
            }), null, default);
        _dataset = (await _store.TryOpenAsync(DatasetId.Parse("ball"), default))!;
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Stl_OfABall_HasItsVolumeInItsPlaceAndIsWatertight()
    {
        var facts = await ExportAsync(Dark(0, SurfaceFormat.Stl), "ball.stl");
        Assert.InRange(facts.VolumeUm3 / (4 / 3.0 * Math.PI * Radius * Radius * Radius), 0.99, 1.005);
        Assert.InRange(facts.AreaUm2 / (4 * Math.PI * Radius * Radius), 0.99, 1.005);
        var bytes = await File.ReadAllBytesAsync(_folder["ball.stl"]);
        Assert.Equal(84 + 50 * facts.Triangles, bytes.Length);
        Assert.Equal(facts.Triangles, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(80)));
        Assert.StartsWith("DendriteViewer", Encoding.ASCII.GetString(bytes, 0, 80), StringComparison.Ordinal);

        var corners = new List<(float X, float Y, float Z)>();
        for (var t = 0; t < facts.Triangles; t++)
        {
            for (var c = 0; c < 3; c++)
            {
                var at = 84 + 50 * t + 12 + 12 * c;
                corners.Add((Single(at), Single(at + 4), Single(at + 8)));
            }
        }

        // The corners are x, y, z in the dataset's frame: the middle at 50 + 7, 40 + 6 and 2 · 30 + 5 µm.
        Assert.All(corners, c => Assert.InRange(
            Math.Sqrt((c.X - 57) * (c.X - 57) + (c.Y - 46) * (c.Y - 46) + (c.Z - 65) * (c.Z - 65)), Radius - 0.15, Radius + 0.15));

        // An STL has no vertex numbers: what is closed is closed by equal places.
        var edges = corners.Chunk(3).SelectMany(t => new[] { (t[0], t[1]), (t[1], t[2]), (t[2], t[0]) }).ToList();
        var directed = edges.ToHashSet();
        Assert.Equal(edges.Count, directed.Count);
        Assert.All(edges, e => Assert.Contains((e.Item2, e.Item1), directed));
        Assert.Equal(2, facts.Vertices - edges.Count / 2 + facts.Triangles);
        float Single(int at) => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at));
    }

    [Fact]
    public async Task Ply_OfABall_SaysItsCountsAndHoldsThem()
    {
        var facts = await ExportAsync(Dark(0, SurfaceFormat.Ply), "ball.ply");
        var bytes = await File.ReadAllBytesAsync(_folder["ball.ply"]);
        var end = bytes.AsSpan().IndexOf("end_header\n"u8) + "end_header\n".Length;
        var header = Encoding.ASCII.GetString(bytes, 0, end).Split('\n');
        Assert.Equal(facts.Vertices, long.Parse(header.Single(l => l.StartsWith("element vertex", StringComparison.Ordinal)).Split(' ')[2],
            null));
        Assert.Equal(facts.Triangles, long.Parse(header.Single(l => l.StartsWith("element face", StringComparison.Ordinal)).Split(' ')[2],
            null));
        Assert.Equal(end + 12 * facts.Vertices + 13 * facts.Triangles, bytes.Length);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.faces"));
    }

    [Fact]
    public async Task Estimate_OfASmoothSurface_IsNearTheCount()
    {
        var estimate = await new SurfaceExporter(_store).EstimateAsync(Volume, Dark(0, SurfaceFormat.Stl), default);
        Assert.Equal(Volume.Levels, estimate.Count);
        for (var level = 0; level < 2; level++)
        {
            var facts = await ExportAsync(Dark(level, SurfaceFormat.Stl), $"l{level}.stl");
            Assert.InRange((double)estimate[level] / facts.Triangles, 0.6, 1.6);
        }
    }

    [Fact]
    public async Task Level_ThatIsCoarser_EnclosesTheSameVolume()
    {
        var fine = await ExportAsync(Dark(0, SurfaceFormat.Stl), "a.stl");
        var coarse = await ExportAsync(Dark(1, SurfaceFormat.Stl), "b.stl");
        Assert.InRange(coarse.VolumeUm3 / fine.VolumeUm3, 0.97, 1.03);
        Assert.True(coarse.Triangles < fine.Triangles / 3);
    }

    [Fact]
    public async Task Settings_ThatIsOutOfRange_IsRefusedAndLeavesNothing()
    {
        await Assert.ThrowsAsync<OutOfRangeException>(() => ExportAsync(Dark(9, SurfaceFormat.Stl), "x.stl"));
        await Assert.ThrowsAsync<OutOfRangeException>(() => ExportAsync(Dark(0, SurfaceFormat.Stl) with { Value = 1e7 }, "x.stl"));
        await Assert.ThrowsAsync<OutOfRangeException>(() => ExportAsync(Dark(0, SurfaceFormat.Stl) with { Value = null }, "x.stl"));
        Assert.Empty(Directory.GetFiles(_folder.Path, "x.*"));
    }

    private static SurfaceSettings Dark(int level, SurfaceFormat format) => new(level, format) { Value = 10 * Radius, IsDarkInside = true };

    private Task<SurfaceFacts> ExportAsync(SurfaceSettings settings, string name) =>
        new SurfaceExporter(_store).ExportAsync(Volume, settings, _folder[name], null, default);
}
