using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Importing;

/// <summary>Voxels out again, bit for bit: raw (C order, little endian), multi-page TIFF, or a copy of the OME-Zarr.</summary>
public sealed class Exporter(DatasetStore store)
{
    /// <summary>Writes a level of a volume to <paramref name="target"/>, whose name's ending chooses the format.</summary>
    public async Task<long> ExportAsync(VolumeInfo volume, int levelNumber, string target, IProgress<double>? progress, CancellationToken ct)
    {
        var lower = target.TrimEnd('/').ToLowerInvariant();
        if (lower.EndsWith(".ome.zarr", StringComparison.Ordinal))
        {
            return await CopyZarrAsync(volume, target, progress, ct);
        }

        if (!lower.EndsWith(".raw", StringComparison.Ordinal) && !lower.EndsWith(".tif", StringComparison.Ordinal) && !lower.EndsWith(".tiff", StringComparison.Ordinal))
        {
            throw new VolumeFormatException($"{target}: the ending chooses the format; use .raw, .tif or .ome.zarr.");
        }

        var reader = await store.ReaderAsync(volume, ct);
        if (levelNumber < 0 || levelNumber >= reader.Levels.Count)
        {
            throw new VolumeFormatException($"{volume.Key} has levels 0 to {reader.Levels.Count - 1}, not {levelNumber}; choose one of them.");
        }

        var beside = target + ".unfinished";
        try
        {
            await using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                await WriteAsync(reader, reader.Levels[levelNumber], volume, lower.EndsWith(".raw", StringComparison.Ordinal) ? null : new TiffStackWriter(file), file, progress, ct);
            }

            File.Move(beside, target, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }

        return new FileInfo(target).Length;
    }

    private static async Task WriteAsync(
        VolumeReader reader, PyramidLevel level, VolumeInfo volume, TiffStackWriter? tiff, Stream raw, IProgress<double>? progress, CancellationToken ct)
    {
        var voxel = reader.Type.Size();
        var s = level.Shape;
        var slices = new byte[level.Brick.Z][];
        for (var i = 0; i < slices.Length; i++)
        {
            slices[i] = new byte[s.SliceCount * voxel];
        }

        for (var bz = 0; bz < level.BrickCount.Z; bz++)
        {
            var deep = Math.Min(level.Brick.Z, s.Z - bz * level.Brick.Z);
            await Parallel.ForAsync(0, level.BrickCount.Y * level.BrickCount.X, ct, async (i, token) =>
            {
                int by = i / level.BrickCount.X, bx = i % level.BrickCount.X;
                var brick = await reader.ReadBrickAsync(new BrickIndex(level.Number, bz, by, bx), token);
                int y0 = by * level.Brick.Y, x0 = bx * level.Brick.X, bytes = Math.Min(level.Brick.X, s.X - x0) * voxel;
                for (var z = 0; z < deep; z++)
                {
                    for (var y = 0; y < Math.Min(level.Brick.Y, s.Y - y0); y++)
                    {
                        brick.AsSpan((z * level.Brick.Y + y) * level.Brick.X * voxel, bytes).CopyTo(slices[z].AsSpan(((y0 + y) * s.X + x0) * voxel));
                    }
                }
            });
            for (var z = 0; z < deep; z++)
            {
                if (tiff is null)
                {
                    await raw.WriteAsync(slices[z], ct);
                }
                else
                {
                    tiff.Add(slices[z], s.X, s.Y, reader.Type, volume.VoxelSize.X * level.FactorX);
                }
            }

            progress?.Report((double)(bz + 1) / level.BrickCount.Z);
        }

        tiff?.Finish();
    }

    private async Task<long> CopyZarrAsync(VolumeInfo volume, string target, IProgress<double>? progress, CancellationToken ct)
    {
        var total = await store.Blobs.MeasureAsync(volume.Prefix, ct);
        var copied = 0L;
        var root = new FolderBlobStore(target);
        await foreach (var blob in store.Blobs.ListAsync(volume.Prefix, ct))
        {
            var bytes = await store.Blobs.TryReadAsync(blob.Name, ct) ?? throw new VolumeFormatException($"{blob.Name} vanished while it was exported; run the export again.");
            await root.WriteAsync(blob.Name[volume.Prefix.Length..], bytes, ct);
            copied += bytes.Length;
            progress?.Report((double)copied / Math.Max(1, total));
        }

        return copied;
    }
}
