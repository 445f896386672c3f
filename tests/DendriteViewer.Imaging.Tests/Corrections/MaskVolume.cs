using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Tests.Corrections;

/// <summary>A published dataset with labels of lithium at 1.5 h, as an analysis leaves them, and what they are voxel by voxel.</summary>
internal sealed class MaskVolume
{
    private readonly IBlobStore _blobs;

    private MaskVolume(IBlobStore blobs, VolumeShape shape, AffineTransform transform, bool[,,] voxels) =>
        (_blobs, Shape, Transform, Automatic) = (blobs, shape, transform, voxels);

    public VolumeShape Shape { get; }

    public AffineTransform Transform { get; }

    /// <summary>The automatic mask.</summary>
    public bool[,,] Automatic { get; }

    /// <summary>Writes it.</summary>
    public static async Task<MaskVolume> WriteAsync(
        IBlobStore blobs, VolumeShape shape, AffineTransform transform, Func<int, int, int, bool> isSet, double threshold = 7)
    {
        var voxels = new bool[shape.Z, shape.Y, shape.X];
        const string Path = "labels/lithium/made/t1.5.ome.zarr";
        using var writer = new VolumeWriter(blobs, $"datasets/cell/{Path}/", shape, VoxelType.UInt16, isLabels: true);
        await writer.WriteAsync((z, slice) =>
        {
            var row = MemoryMarshal.Cast<byte, ushort>(slice.Span);
            for (var i = 0; i < row.Length; i++)
            {
                voxels[z, i / shape.X, i % shape.X] = isSet(z, i / shape.X, i % shape.X);
                row[i] = (ushort)(voxels[z, i / shape.X, i % shape.X] ? 1 + i % 5 : 0);
            }

            return ValueTask.CompletedTask;
        }, inAnyOrder: false, null, default);
        var made = new JsonObject { ["recipe"] = new JsonObject(), ["threshold"] = threshold, ["inputs"] = new JsonArray() };
        var about = new JsonObject { ["labels"] = true, ["analysis"] = made };
        var sha = await writer.FinishAsync(transform, "lithium at 1.5 h", about, default);
        var labels = new VolumeManifest
        {
            Modality = LabelModality.Lithium, Hours = 1.5, Path = Path, Labels = true,
            Shape = [shape.Z, shape.Y, shape.X], Dtype = "uint16", Transform = transform.Rows.ToArray(), ValueRange = [0, 5],
            Levels = writer.Levels.Count, MetadataSha256 = sha,
        };
        await new DatasetStore(blobs).UpdateAsync(DatasetId.Parse("cell"), _ => ValueTask.FromResult(new DatasetManifest
        {
            Name = "Cell", Volumes = [labels, labels with { Modality = "projection", Labels = null }],
        }), default);
        return new MaskVolume(blobs, shape, transform, voxels);
    }

    /// <summary>The mask as a server that has just started has it.</summary>
    public Task<(CorrectedMask Mask, DatasetStore Store, BrickCache Cache)> OpenAsync() => ReopenAsync(_blobs);

    /// <summary>The mask that lies in a store.</summary>
    /// <param name="blobs">The store.</param>
    /// <param name="until">The last entry of the log, of a state that was kept.</param>
    public static async Task<(CorrectedMask Mask, DatasetStore Store, BrickCache Cache)> ReopenAsync(IBlobStore blobs, int? until = null)
    {
        var store = new DatasetStore(blobs);
        var cache = new BrickCache(store, 1 << 26);
        var dataset = (await store.TryOpenAsync(DatasetId.Parse("cell"), default))!;
        dataset = until is { } last ? dataset with { Kept = new KeptUntil(last) } : dataset;
        return (new MaskCorrections(store, cache, new ScanAnalysis()).Find(dataset, 1.5)!, store, cache);
    }

    private sealed record KeptUntil(int Entries) : KeptState(Guid.Empty)
    {
        public override long Revision => 0;

        public override IReadOnlyDictionary<double, int> MaskEntries => new Dictionary<double, int> { [1.5] = Entries };

        public override Task<byte[]?> ReadAnalysisAsync(string modality, CancellationToken ct) => Task.FromResult<byte[]?>(null);
    }

    /// <summary>What a brick-wise reader says of every voxel of a level: classes as <see cref="MaskClasses"/>.</summary>
    public static async Task<byte[,,]> ReadAsync(CorrectedMask mask, BrickCache cache, int level)
    {
        var l = (await mask.ReaderAsync(default)).Levels[level];
        var all = new byte[l.Shape.Z, l.Shape.Y, l.Shape.X];
        for (var z = 0; z < l.Shape.Z; z++)
        {
            for (var y = 0; y < l.Shape.Y; y++)
            {
                for (var x = 0; x < l.Shape.X; x++)
                {
                    var brick = await cache.GetAsync(
                        mask.Shown, new BrickIndex(level, z / l.Brick.Z, y / l.Brick.Y, x / l.Brick.X), default);
                    all[z, y, x] = (byte)brick.At(z % l.Brick.Z, y % l.Brick.Y, x % l.Brick.X);
                }
            }
        }

        return all;
    }
}
