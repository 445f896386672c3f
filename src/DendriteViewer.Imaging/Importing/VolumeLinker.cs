using System.Buffers;
using System.Buffers.Binary;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Kernels.Statistics;
using System.Security.Cryptography;

namespace DendriteViewer.Imaging.Importing;

/// <summary>
/// Makes a volume of an OME-Zarr that lies in the store already, without a copy: every chunk is looked through once, for the range of its
/// values and so that a chunk that becomes another is noticed.
/// </summary>
internal sealed class VolumeLinker(DatasetStore store)
{
    // Chunks are waited for more than they are worked on.
    private static readonly int s_atOnce = Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>Looks through what a volume lies in, and writes the link.</summary>
    /// <param name="incoming">The volume to make: its key, place in the store and transform.</param>
    /// <param name="report">Told a word and a share of the work.</param>
    /// <param name="ct">Stops it; nothing is left.</param>
    /// <returns>The volume as the store's manifest describes it, and what whoever uses it must know.</returns>
    /// <exception cref="VolumeFormatException">A chunk is damaged, or the image cannot be used in place.</exception>
    public async Task<(VolumeManifest Volume, IReadOnlyList<string> Warnings)> LinkAsync(
        IncomingVolume incoming, Action<string, double> report, CancellationToken ct)
    {
        var asked = incoming.Asked;
        if (asked.Inside is not null)
        {
            throw new VolumeFormatException(
                $"{asked.Path} cannot be used in place with --inside; give {asked.Path}/{asked.Inside.Trim('/')} instead.");
        }

        var frame = asked.Frame ?? 0;
        var image = await Task.Run(() => VolumeLink.Open(store.Blobs, asked.Path, frame, isListed: true), ct);
        var levels = image.Levels;
        var warnings = new List<string>(image.Warnings);
        var finest = levels[0].Volume;
        var type = finest.Array.Samples.StoredAs();
        var checks = new List<VolumeLink.LevelChecks>();
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        var total = levels.Sum(l => l.Volume.ChunkCount.Count);
        var done = 0L;
        var turn = new Lock();
        foreach (var (dataset, volume, _) in levels)
        {
            var n = volume.ChunkCount;
            var sums = new byte[checked((int)(4 * n.Count))];
            var absent = new Formats.Chunked.AbsentChunks(volume);
            await Parallel.ForAsync(0L, n.Count, ComputeLane.Options(ct, s_atOnce), async (i, token) =>
            {
                var chunk = new VoxelIndex((int)(i / n.SliceCount), (int)(i / n.X % n.Y), (int)(i % n.X));
                var at = volume.At(chunk);
                var packed = await volume.Array.ReadPackedAsync(at, token);
                absent.Note(chunk, packed is null);
                BinaryPrimitives.WriteUInt32LittleEndian(sums.AsSpan((int)(4 * i)), VolumeLink.LevelChecks.Of(packed));
                var samples = packed is null ? null : volume.Array.Unpack(at, packed);
                var range = volume == finest ? RangeOf(volume, samples, chunk, type) : (double.PositiveInfinity, double.NegativeInfinity);
                lock (turn)
                {
                    (least, most) = (Math.Min(least, range.Item1), Math.Max(most, range.Item2));
                    report($"looking through {incoming.Key}", (double)++done / total);
                }
            });
            checks.Add(new VolumeLink.LevelChecks { Dataset = dataset, Crc32C = sums });

            // A listing told of the finest level's when it was opened.
            if (absent.SentenceOfAll() is { } said && (volume != finest || volume.Array.Sharding is not null))
            {
                warnings.Add(volume == finest ? said : $"In its level {dataset}, {said}");
            }
        }

        var link = new VolumeLink
        {
            Source = asked.Path,
            Frame = frame,
            Recipe = incoming.Recipe,
            Metadata = image.Metadata,
            MetadataRule = VolumeLink.NewestRule,
            Levels = checks,
        }.ToBytes();
        store.Forget(incoming.Prefix);
        await store.Blobs.DeleteAllAsync(incoming.Prefix, ct);
        await store.Blobs.WriteAsync(incoming.Prefix + VolumeLink.Name, link, ct);
        var (shape, size) = (finest.Shape, incoming.Transform.VoxelSize);
        var linked = asked with
        {
            Modality = incoming.Key.Modality,
            Hours = incoming.Key.Hours,
            Shape = [shape.Z, shape.Y, shape.X],
            Dtype = type.ZarrName(),
            Denoise = null,
            Register = null,
            VoxelSizeUm = [size.Z, size.Y, size.X],
            ValueRange = least <= most ? [least, most] : [0, 0],
            Levels = levels.Count,
            MetadataSha256 = Convert.ToHexStringLower(SHA256.HashData(link)),
        };
        return (linked, warnings);
    }

    private static (double, double) RangeOf(Formats.Chunked.ChunkedVolume volume, Formats.Chunked.ChunkSamples? samples, VoxelIndex chunk, VoxelType type)
    {
        var (c, s) = (volume.Chunk, volume.Shape);
        var from = new VoxelIndex(chunk.Z * c.Z, chunk.Y * c.Y, chunk.X * c.X);
        var box = new VoxelBox(from, new(Math.Min(from.Z + c.Z, s.Z), Math.Min(from.Y + c.Y, s.Y), Math.Min(from.X + c.X, s.X)));
        var (bytes, voxels) = ((int)(box.Shape.Count * volume.SampleBytes), (int)(box.Shape.Count * type.Size()));
        byte[] raw = ArrayPool<byte>.Shared.Rent(bytes), values = ArrayPool<byte>.Shared.Rent(voxels);
        try
        {
            volume.Place(samples, chunk, box, raw.AsSpan(0, bytes));
            volume.ToVoxels(raw.AsSpan(0, bytes), values.AsSpan(0, voxels));
            return ValueRanges.Of(values.AsSpan(0, voxels), type);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(values);
        }
    }
}
