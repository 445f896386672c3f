using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Importing;

/// <summary>What of a volume is exported.</summary>
/// <param name="Level">Pyramid level, 0 for full resolution.</param>
/// <param name="Region">Voxels of that level; null for all.</param>
/// <param name="OmeZarr">Version of OME-Zarr, 0.4 (Zarr v2) or 0.5 (Zarr v3), where that is the format.</param>
public sealed record ExportOptions(int Level = 0, VoxelBox? Region = null, string OmeZarr = "0.5")
{
    /// <summary>Everything.</summary>
    public static readonly ExportOptions Whole = new();
}

/// <summary>
/// Voxels out again, bit for bit: raw (C order, little endian, with an NRRD header beside it), multi-page TIFF, or OME-Zarr with its
/// pyramid. Each says the voxels' size along every axis. What is exported appears when it is whole.
/// </summary>
public sealed class Exporter(DatasetStore store)
{
    private const string Unfinished = ".unfinished";

    /// <summary>Writes a volume to <paramref name="target"/>, whose name's ending chooses the format: .raw, .tif or .ome.zarr.</summary>
    /// <returns>Bytes that were written.</returns>
    /// <exception cref="VolumeFormatException">There is no such level or region, the ending says nothing, or something lies there already.</exception>
    public async Task<long> ExportAsync(VolumeInfo volume, ExportOptions options, string target, IProgress<double>? progress, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(volume, ct);
        if (options.Level < 0 || options.Level >= reader.Levels.Count)
        {
            throw new VolumeFormatException($"{volume.Key} has levels 0 to {reader.Levels.Count - 1}, not {options.Level}; choose one of them.");
        }

        var level = reader.Levels[options.Level];
        var box = options.Region ?? new VoxelBox(default, new(level.Shape.Z, level.Shape.Y, level.Shape.X));
        if (box.From.Z < 0 || box.From.Y < 0 || box.From.X < 0 || box.Shape is not { Z: > 0, Y: > 0, X: > 0 } || box.To.Z > level.Shape.Z || box.To.Y > level.Shape.Y || box.To.X > level.Shape.X)
        {
            throw new VolumeFormatException($"Level {level.Number} of {volume.Key} is of {level.Shape} voxels, so the region {box} leaves it; give one inside.");
        }

        target = Path.TrimEndingDirectorySeparator(target);
        return Path.GetExtension(target).ToLowerInvariant() switch
        {
            ".raw" => await WriteFileAsync(reader, level, box, volume, target, isTiff: false, progress, ct),
            ".tif" or ".tiff" => await WriteFileAsync(reader, level, box, volume, target, isTiff: true, progress, ct),
            ".zarr" when target.EndsWith(".ome.zarr", StringComparison.OrdinalIgnoreCase) => await WriteZarrAsync(reader, level, box, volume, options, target, progress, ct),
            _ => throw new VolumeFormatException($"{target}: the ending chooses the format; use .raw, .tif or .ome.zarr."),
        };
    }

    private static async Task<long> WriteFileAsync(
        VolumeReader reader, PyramidLevel level, VoxelBox box, VolumeInfo volume, string target, bool isTiff, IProgress<double>? progress, CancellationToken ct)
    {
        var beside = target + Unfinished;
        var transform = TransformOf(volume, level, box);
        try
        {
            await using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                var tiff = isTiff ? new TiffStackWriter(file, box.Shape, reader.Type, transform.VoxelSize, CornerOf(transform)) : null;
                var done = 0;
                await foreach (var slice in SlicesAsync(reader, level, box, ct))
                {
                    if (tiff is null)
                    {
                        await file.WriteAsync(slice, ct);
                    }
                    else
                    {
                        tiff.Add(slice.Span);
                    }

                    progress?.Report((double)++done / box.Shape.Z);
                }

                tiff?.Finish();
                file.Flush(flushToDisk: true);
            }

            if (!isTiff)
            {
                var header = RawHeader.Of(Path.GetFileName(target), box.Shape, reader.Type, transform);
                await File.WriteAllTextAsync(target + RawHeader.Ending, header, ct);
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

    private static AffineTransform TransformOf(VolumeInfo volume, PyramidLevel level, VoxelBox box) =>
        volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX).From(new VoxelPoint(box.From.Z, box.From.Y, box.From.X));

    // Where the first voxel's corner lies, as far as the axes are the world's: TIFF knows no others.
    private static WorldPoint? CornerOf(AffineTransform transform)
    {
        var m = transform.Rows;
        var isUpright = m is [> 0, 0, 0, _, 0, > 0, 0, _, 0, 0, > 0, _];
        return isUpright ? transform.ToWorld(default) : null;
    }

    private async Task<long> WriteZarrAsync(
        VolumeReader reader, PyramidLevel level, VoxelBox box, VolumeInfo volume, ExportOptions options, string target, IProgress<double>? progress, CancellationToken ct)
    {
        if (options.OmeZarr is not ("0.4" or "0.5"))
        {
            throw new VolumeFormatException($"OME-Zarr {options.OmeZarr} is not supported; use 0.4 or 0.5.");
        }

        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
        {
            throw new VolumeFormatException($"{target} is there already; remove it, or choose another name.");
        }

        var beside = target + Unfinished;
        RemoveFolder(beside);
        try
        {
            var whole = level.Number == 0 && box.Shape == level.Shape;
            var transform = TransformOf(volume, level, box);
            if (whole && reader is StoredReader stored)
            {
                await (options.OmeZarr == "0.5" ? CopyAsync(volume, new FolderBlobStore(beside), progress, ct) : WriteV2Async(stored, transform, volume, beside, progress, ct));
            }
            else
            {
                // A pyramid of its own is made of what is cut out, or lies in another writer's; of that, where asked for, the older layout.
                var made = options.OmeZarr == "0.5" ? beside : beside + ".v3";
                RemoveFolder(made);
                try
                {
                    var cut = new FolderBlobStore(made);
                    await WritePyramidAsync(reader, level, box, transform, volume, cut, progress, ct);
                    if (options.OmeZarr == "0.4")
                    {
                        await WriteV2Async(await StoredReader.OpenAsync(cut, "", null, ct), transform, volume, beside, null, ct);
                    }
                }
                finally
                {
                    if (made != beside)
                    {
                        RemoveFolder(made);
                    }
                }
            }

            RemoveFolder(target);
            Directory.Move(beside, target);
        }
        catch
        {
            RemoveFolder(beside);
            throw;
        }

        return new DirectoryInfo(target).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
    }

    private async Task CopyAsync(VolumeInfo volume, FolderBlobStore root, IProgress<double>? progress, CancellationToken ct)
    {
        var total = await store.Blobs.MeasureAsync(volume.Prefix, ct);
        var copied = 0L;
        await foreach (var blob in store.Blobs.ListAsync(volume.Prefix, ct))
        {
            var bytes = await store.Blobs.TryReadAsync(blob.Name, ct) ?? throw new VolumeFormatException($"{blob.Name} vanished while it was exported; run the export again.");
            await root.WriteAsync(blob.Name[volume.Prefix.Length..], bytes, ct);
            copied += bytes.Length;
            progress?.Report((double)copied / Math.Max(1, total));
        }
    }

    private static async Task WritePyramidAsync(
        VolumeReader reader, PyramidLevel level, VoxelBox box, AffineTransform transform, VolumeInfo volume, IBlobStore cut, IProgress<double>? progress, CancellationToken ct)
    {
        using var writer = new VolumeWriter(cut, "", box.Shape, reader.Type, volume.IsLabels);
        await using var slices = SlicesAsync(reader, level, box, ct).GetAsyncEnumerator(ct);
        await writer.WriteAsync(
            async (_, target) =>
            {
                await slices.MoveNextAsync();
                slices.Current.CopyTo(target);
            },
            inAnyOrder: false, z => progress?.Report((double)z / box.Shape.Z), ct);
        await writer.FinishAsync(transform, volume.Key.ToString(), new JsonObject { ["exportedFrom"] = volume.Prefix, ["level"] = level.Number, ["region"] = box.ToString() }, ct);
    }

    // A brick's zstd frame is a chunk of Zarr v2 as it is; each is checked on its way.
    private static async Task WriteV2Async(StoredReader reader, AffineTransform transform, VolumeInfo volume, string folder, IProgress<double>? progress, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var total = reader.Levels.Sum(l => l.BrickCount.Count);
        var done = 0L;
        foreach (var level in reader.Levels)
        {
            var n = level.BrickCount;
            await Parallel.ForAsync(0L, n.Count, ComputeLane.Options(ct), async (i, token) =>
            {
                var brick = new BrickIndex(level.Number, (int)(i / n.SliceCount), (int)(i / n.X % n.Y), (int)(i % n.X));
                var path = Path.Combine(folder, $"{level.Number}/{brick.Z}/{brick.Y}/{brick.X}");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllBytesAsync(path, await reader.ReadPackedBrickAsync(brick, token), token);
                progress?.Report((double)Interlocked.Increment(ref done) / total);
            });
            await WriteJsonAsync(Path.Combine(folder, $"{level.Number}/.zarray"), ZarrV2.Array(level, reader.Type));
        }

        await WriteJsonAsync(Path.Combine(folder, ".zgroup"), ZarrV2.Group());
        await WriteJsonAsync(Path.Combine(folder, ".zattrs"), ZarrV2.Attributes(reader.Levels, transform, volume.Key.ToString()));
        Task WriteJsonAsync(string path, JsonObject json) => File.WriteAllBytesAsync(path, VolumeWriter.Utf8(json), ct);
    }

    // Slices of a region, in a buffer that the next uses again.
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> SlicesAsync(VolumeReader reader, PyramidLevel level, VoxelBox box, [EnumeratorCancellation] CancellationToken ct)
    {
        var row = new BrickRow(level, reader.Type);
        var voxel = reader.Type.Size();
        var slice = new byte[box.Shape.SliceCount * voxel];
        for (var number = box.From.Z / level.Brick.Z; number * level.Brick.Z < box.To.Z; number++)
        {
            var first = number * level.Brick.Z;
            row.Filled = Math.Min(level.Brick.Z, level.Shape.Z - first);
            await row.ReadAsync(reader, number, ct);
            for (var z = Math.Max(0, box.From.Z - first); z < Math.Min(row.Filled, box.To.Z - first); z++)
            {
                for (var y = 0; y < box.Shape.Y; y++)
                {
                    row.Slice(z).Span.Slice((int)((((long)box.From.Y + y) * level.Shape.X + box.From.X) * voxel), box.Shape.X * voxel).CopyTo(slice.AsSpan(y * box.Shape.X * voxel));
                }

                yield return slice;
            }
        }
    }

    private static void RemoveFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
