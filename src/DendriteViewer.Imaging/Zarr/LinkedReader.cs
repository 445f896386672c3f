using System.Buffers;
using System.Security.Cryptography;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Formats.Chunked;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>
/// Reads bricks of an OME-Zarr that another program wrote, where it lies. Bricks are made of its chunks; every chunk is checked against
/// the CRC-32C that was taken when the volume was linked.
/// </summary>
public sealed class LinkedReader : VolumeReader
{
    private readonly IReadOnlyList<LinkedLevel> _levels;
    private readonly VolumeLink _link;
    private readonly ChunkCache<(object Reader, int Level, long Chunk), ChunkSamples?> _chunks;

    private LinkedReader(IReadOnlyList<LinkedLevel> levels, VolumeLink link, ChunkCache<(object, int, long), ChunkSamples?> chunks)
        : base(levels[0].Volume.Array.Samples.StoredAs(), levels.Select(l => l.Level).ToArray())
    {
        (_levels, _link, _chunks) = (levels, link, chunks);
    }

    /// <summary>Opens a volume that was linked.</summary>
    /// <param name="store">Where the link and what it leads to lie.</param>
    /// <param name="prefix">The volume's prefix, ending in '/'.</param>
    /// <param name="sha256">What the link must be, or null for anything.</param>
    /// <param name="chunks">Keeps decoded chunks.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">The link, or what it leads to, is not what was published.</exception>
    internal static async Task<LinkedReader> OpenAsync(
        IBlobStore store, string prefix, string? sha256, ChunkCache<(object, int, long), ChunkSamples?> chunks, CancellationToken ct)
    {
        var name = prefix + VolumeLink.Name;
        var stored = await store.TryReadAsync(name, ct) ?? throw new VolumeFormatException($"{name} is missing; delete the dataset and link its volumes again.");
        VolumeLink link;
        try
        {
            link = sha256 is null || sha256 == Convert.ToHexStringLower(SHA256.HashData(stored)) ? VolumeLink.Parse(stored) : throw new FormatException("Its checksum is another.");
        }
        catch (FormatException e)
        {
            throw new VolumeFormatException($"{name} is not what was published; delete the dataset and link its volumes again.", e);
        }

        // Opening waits for blobs as one waits for files.
        var image = await Task.Run(() => VolumeLink.Open(store, link.Source, link.Frame, link.MetadataRule), ct);
        var isSame = image.Levels.Count == link.Levels.Count && image.Levels.Zip(link.Levels).All(l => IsOf(l.First, l.Second));
        return isSame && image.Metadata == link.Metadata
            ? new LinkedReader(image.Levels, link, chunks)
            : throw new VolumeFormatException($"{link.Source} has other metadata than when it was linked; put the old back, or delete the dataset and link it again.");
    }

    private static bool IsOf(LinkedLevel level, VolumeLink.LevelChecks checks) =>
        level.Dataset == checks.Dataset && 4 * level.Volume.ChunkCount.Count == checks.Crc32C.Length;

    /// <inheritdoc/>
    public override async Task ReadBrickAsync(BrickIndex brick, Memory<byte> voxels, CancellationToken ct)
    {
        var (volume, level) = (_levels[brick.Level].Volume, _levels[brick.Level].Level);
        var (b, s) = (level.Brick, volume.Shape);
        var from = new VoxelIndex(brick.Z * b.Z, brick.Y * b.Y, brick.X * b.X);

        // Where the writer rounded down, the last voxels are repeated.
        var box = new VoxelBox(
            new(Math.Min(from.Z, s.Z - 1), Math.Min(from.Y, s.Y - 1), Math.Min(from.X, s.X - 1)),
            new(Math.Min(from.Z + b.Z, s.Z), Math.Min(from.Y + b.Y, s.Y), Math.Min(from.X + b.X, s.X)));
        var sampleBytes = (int)(box.Shape.Count * volume.SampleBytes);
        var isWhole = box.Shape == b && volume.Array.Samples.IsStored() && !volume.Array.BigEndian;
        var rented = isWhole ? null : ArrayPool<byte>.Shared.Rent(sampleBytes);
        try
        {
            await FillAsync(brick.Level, box, isWhole ? voxels : rented.AsMemory(0, sampleBytes), ct);
            if (!isWhole)
            {
                var valid = new VolumeShape(Math.Min(b.Z, level.Shape.Z - from.Z), Math.Min(b.Y, level.Shape.Y - from.Y), Math.Min(b.X, level.Shape.X - from.X));
                Spread(volume, rented.AsSpan(0, sampleBytes), box.Shape, valid, b, voxels.Span);
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    // The box's samples, out of the chunks that it touches.
    private async Task FillAsync(int level, VoxelBox box, Memory<byte> samples, CancellationToken ct)
    {
        var volume = _levels[level].Volume;
        var c = volume.Chunk;
        var (first, last) = (new VoxelIndex(box.From.Z / c.Z, box.From.Y / c.Y, box.From.X / c.X), new VoxelIndex((box.To.Z - 1) / c.Z, (box.To.Y - 1) / c.Y, (box.To.X - 1) / c.X));
        var reads = new List<(VoxelIndex Chunk, Task<ChunkSamples?> Read)>();
        for (var z = first.Z; z <= last.Z; z++)
        {
            for (var y = first.Y; y <= last.Y; y++)
            {
                for (var x = first.X; x <= last.X; x++)
                {
                    var chunk = new VoxelIndex(z, y, x);
                    reads.Add((chunk, ChunkAsync(level, chunk, ct)));
                }
            }
        }

        await Task.WhenAll(reads.Select(r => r.Read));
        foreach (var (chunk, read) in reads)
        {
            volume.Place(await read, chunk, box, samples.Span);
        }
    }

    private Task<ChunkSamples?> ChunkAsync(int level, VoxelIndex chunk, CancellationToken ct)
    {
        var (volume, brick) = (_levels[level].Volume, _levels[level].Level.Brick);
        var n = volume.ChunkCount;
        var number = ((long)chunk.Z * n.Y + chunk.Y) * n.X + chunk.X;

        // A chunk within one brick is asked for once, and the brick is kept.
        return brick.Z % volume.Chunk.Z == 0 && brick.Y % volume.Chunk.Y == 0 && brick.X % volume.Chunk.X == 0
            ? ReadAsync(ct)
            : _chunks.GetAsync((this, level, number), () => ReadAsync(CancellationToken.None)).WaitAsync(ct);

        async Task<ChunkSamples?> ReadAsync(CancellationToken token)
        {
            var at = volume.At(chunk);
            var packed = await volume.Array.ReadPackedAsync(at, token);
            var expected = _link.Levels[level][number];
            return VolumeLink.LevelChecks.Of(packed) == expected
                ? packed is null ? null : volume.Array.Unpack(at, packed)
                : throw new VolumeFormatException(
                    $"{volume.Array.NameOf(at)}: chunk {chunk.Z}/{chunk.Y}/{chunk.X}"
                    + (packed is null ? " is missing that was there" : expected == 0 ? " was absent" : " is another than")
                    + " when the volume was linked; put the old back, or delete the dataset and link it again.");
        }
    }

    // From a box's samples to a brick of voxels: edges repeated up to where the level ends, 0 beyond.
    private void Spread(ChunkedVolume volume, ReadOnlySpan<byte> samples, VolumeShape box, VolumeShape valid, VolumeShape brick, Span<byte> voxels)
    {
        var voxel = Type.Size();
        var row = box.X * volume.SampleBytes;
        voxels.Clear();
        for (var z = 0; z < valid.Z; z++)
        {
            for (var y = 0; y < valid.Y; y++)
            {
                var from = samples.Slice((int)(((long)Math.Min(z, box.Z - 1) * box.Y + Math.Min(y, box.Y - 1)) * row), row);
                var to = voxels.Slice(((z * brick.Y) + y) * brick.X * voxel, valid.X * voxel);
                volume.ToVoxels(from, to[..(box.X * voxel)], isChecked: true);
                for (var x = box.X; x < valid.X; x++)
                {
                    to.Slice((box.X - 1) * voxel, voxel).CopyTo(to[(x * voxel)..]);
                }
            }
        }
    }
}
