using DendriteViewer.Kernels.Bricks;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Downsampling;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>
/// Writes a volume as OME-Zarr 0.5 from slices given in order. One row of bricks of each level is held in memory (a slab);
/// when it is full its shards are written and it is halved into the next level's slab.
/// A shard that is already there, left by an import of the same source that was interrupted, is not written again.
/// </summary>
internal sealed class VolumeWriter : IDisposable
{
    public const int ZstdLevel = 1;

    private readonly IBlobStore _store;
    private readonly string _prefix;
    private readonly VoxelType _type;
    private readonly IReadOnlySet<string> _present;
    private readonly bool _isLabels;
    private readonly Slab[] _slabs;
    private double _least = double.PositiveInfinity;
    private double _most = double.NegativeInfinity;

    public VolumeWriter(IBlobStore store, string prefix, VolumeShape shape, VoxelType type, IReadOnlySet<string> present, bool isLabels = false)
    {
        (_store, _prefix, _type, _present, _isLabels) = (store, prefix, type, present, isLabels);
        Levels = PyramidLayout.Of(shape, type);
        _slabs = Levels.Select(l => new Slab(l, type)).ToArray();
    }

    public IReadOnlyList<PyramidLevel> Levels { get; }

    /// <summary>Smallest and largest voxel so far; (0, 0) where there is none but NaN.</summary>
    public (double Least, double Most) ValueRange => _least <= _most ? (_least, _most) : (0, 0);

    /// <summary>Where the next slice goes, little endian; filled by the caller, then <see cref="CommitSliceAsync"/>.</summary>
    public Span<byte> NextSlice => _slabs[0].Next;

    public async ValueTask CommitSliceAsync(CancellationToken ct)
    {
        var slab = _slabs[0];
        var (least, most) = Range(slab.Next);
        _least = Math.Min(_least, least);
        _most = Math.Max(_most, most);
        await CommitAsync(0, ct);
    }

    /// <summary>Writes the metadata; the group's last, which makes the volume whole.</summary>
    public async Task FinishAsync(AffineTransform transform, string name, JsonObject dendrite, CancellationToken ct)
    {
        foreach (var level in Levels)
        {
            await _store.WriteAsync(BlobNames.ZarrJson($"{_prefix}{level.Number}/"), Utf8(PyramidLayout.ArrayMetadata(level, _type)), ct);
        }

        await _store.WriteAsync(BlobNames.ZarrJson(_prefix), Utf8(PyramidLayout.GroupMetadata(Levels, transform, name, dendrite)), ct);
    }

    public void Dispose()
    {
        foreach (var slab in _slabs)
        {
            slab.Dispose();
        }
    }

    internal static byte[] Utf8(JsonObject json) =>
        Encoding.UTF8.GetBytes(json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));

    private async ValueTask CommitAsync(int number, CancellationToken ct)
    {
        var slab = _slabs[number];
        slab.Filled++;
        slab.Total++;
        var shape = slab.Level.Shape;
        var last = slab.Total == shape.Z;
        if (slab.Filled < slab.Level.Brick.Z && !last)
        {
            return;
        }

        await WriteShardsAsync(slab, ct);
        if (number + 1 < _slabs.Length)
        {
            for (var z = 0; z < slab.Filled; z += 2)
            {
                Halve(slab, z, _slabs[number + 1].Next);
                await CommitAsync(number + 1, ct);
            }
        }

        slab.Filled = 0;
    }

    private async ValueTask WriteShardsAsync(Slab slab, CancellationToken ct)
    {
        var level = slab.Level;
        var row = (slab.Total - 1) / level.Brick.Z;
        var count = level.ShardCount;
        await Parallel.ForAsync(0, count.Y * count.X, ct, async (i, token) =>
        {
            int sy = i / count.X, sx = i % count.X;
            var name = BlobNames.Shard(_prefix, level.Number, row, sy, sx);
            if (_present.Contains(name))
            {
                return;
            }

            var inner = level.BricksOfShard;
            using var shard = new ShardBuilder(inner.Y * inner.X, ZstdLevel);
            var brick = new byte[checked((int)(level.Brick.Count * _type.Size()))];
            for (var b = 0; b < inner.Y * inner.X; b++)
            {
                int y0 = sy * level.Shard.Y + b / inner.X * level.Brick.Y, x0 = sx * level.Shard.X + b % inner.X * level.Brick.X;
                if (y0 < level.Shape.Y && x0 < level.Shape.X)
                {
                    slab.CopyBrick(y0, x0, brick);
                    shard.Add(b, brick);
                }
            }

            await _store.WriteAsync(name, shard.Finish(), token);
        });
    }

    private void Halve(Slab slab, int z, Span<byte> target)
    {
        var first = slab.Slice(z);
        var second = z + 1 < slab.Filled ? slab.Slice(z + 1) : default;
        var (h, w) = (slab.Level.Shape.Y, slab.Level.Shape.X);
        switch (_type)
        {
            case VoxelType.UInt8: Halve<byte>(first, second, h, w, target); break;
            case VoxelType.Int8: Halve<sbyte>(first, second, h, w, target); break;
            case VoxelType.UInt16: Halve<ushort>(first, second, h, w, target); break;
            case VoxelType.Int16: Halve<short>(first, second, h, w, target); break;
            default: Halve<float>(first, second, h, w, target); break;
        }
    }

    private void Halve<T>(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int h, int w, Span<byte> target) where T : unmanaged, INumber<T>
    {
        if (_isLabels)
        {
            LabelDownsampler.Halve(MemoryMarshal.Cast<byte, T>(first), MemoryMarshal.Cast<byte, T>(second), h, w, MemoryMarshal.Cast<byte, T>(target));
            return;
        }

        MeanDownsampler.Halve(MemoryMarshal.Cast<byte, T>(first), MemoryMarshal.Cast<byte, T>(second), h, w, MemoryMarshal.Cast<byte, T>(target));
    }

    private (double, double) Range(ReadOnlySpan<byte> slice) => _type switch
    {
        VoxelType.UInt8 => HistogramKernel.Range(slice),
        VoxelType.Int8 => HistogramKernel.Range(MemoryMarshal.Cast<byte, sbyte>(slice)),
        VoxelType.UInt16 => HistogramKernel.Range(MemoryMarshal.Cast<byte, ushort>(slice)),
        VoxelType.Int16 => HistogramKernel.Range(MemoryMarshal.Cast<byte, short>(slice)),
        _ => HistogramKernel.Range(MemoryMarshal.Cast<byte, float>(slice)),
    };

    /// <summary>One row of bricks of a level: as many slices as a brick is deep. Slices are arrays of their own, below 2 GiB each.</summary>
    private sealed class Slab(PyramidLevel level, VoxelType type) : IDisposable
    {
        private readonly int _voxel = type.Size();
        private readonly byte[]?[] _slices = new byte[]?[level.Brick.Z];

        public PyramidLevel Level => level;

        public int Filled { get; set; }

        public int Total { get; set; }

        public Span<byte> Next => _slices[Filled] ??= GC.AllocateUninitializedArray<byte>(checked((int)(level.Shape.SliceCount * _voxel)));

        public ReadOnlySpan<byte> Slice(int z) => _slices[z];

        public void CopyBrick(int y0, int x0, Span<byte> brick)
        {
            brick.Clear();
            var rows = Math.Min(level.Brick.Y, level.Shape.Y - y0);
            var bytes = Math.Min(level.Brick.X, level.Shape.X - x0) * _voxel;
            for (var z = 0; z < Filled; z++)
            {
                var slice = Slice(z);
                for (var y = 0; y < rows; y++)
                {
                    slice.Slice(((y0 + y) * level.Shape.X + x0) * _voxel, bytes).CopyTo(brick[((z * level.Brick.Y + y) * level.Brick.X * _voxel)..]);
                }
            }
        }

        public void Dispose() => Array.Clear(_slices);
    }
}
