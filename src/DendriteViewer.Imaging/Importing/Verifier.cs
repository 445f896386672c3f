using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Importing;

/// <summary>Something of a dataset that could not be read: a brick, or with no brick named, metadata, a series, or what an analysis found.</summary>
public sealed record BadBrick(string Volume, int Level, string Brick, string Reason);

/// <summary>
/// Reads every brick of a dataset against its checksum, its series, what analyses found, where volumes were placed and what belongs to its
/// cell; on every processor.
/// </summary>
public sealed class Verifier(DatasetStore store)
{
    /// <summary>Bricks that there are to read; none of a volume whose metadata is damaged.</summary>
    public async Task<long> CountAsync(Dataset dataset, CancellationToken ct)
    {
        var bricks = 0L;
        foreach (var volume in dataset.Everything)
        {
            await ProblemAsync(async () => bricks += (await store.ReaderAsync(volume, ct)).Levels.Sum(l => l.BrickCount.Count));
        }

        return bricks;
    }

    /// <summary>Yields null for each good brick and what is wrong for each thing that is bad, in no order.</summary>
    public async IAsyncEnumerable<BadBrick?> VerifyAsync(Dataset dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var series in dataset.Manifest.Series)
        {
            if (await ProblemAsync(() => store.SeriesAsync(dataset, series.Kind, ct)) is { } problem)
            {
                yield return new BadBrick($"the {series.Kind} series", 0, "", problem);
            }
        }

        foreach (var modality in dataset.Modalities)
        {
            if (await ProblemAsync(() => CheckAnalysisAsync(dataset, modality, ct)) is { } problem)
            {
                yield return new BadBrick($"the analysis of {modality}", 0, "", problem);
            }
        }

        await foreach (var problem in CellContents.ProblemsAsync(store.Blobs.Uncached, dataset, ct))
        {
            yield return new BadBrick("the cell", 0, "", problem);
        }

        await foreach (var problem in PlacementContents.ProblemsAsync(store.Blobs.Uncached, dataset, ct))
        {
            yield return new BadBrick("a placement", 0, "", problem);
        }

        foreach (var volume in dataset.Everything)
        {
            VolumeReader? reader = null;
            if (await ProblemAsync(async () => reader = await store.OpenReaderAsync(store.Blobs.Uncached, volume, ct)) is { } problem)
            {
                yield return new BadBrick(volume.Key.ToString(), 0, "", problem);
                continue;
            }

            await foreach (var brick in BricksAsync(volume, reader!, ct))
            {
                yield return brick;
            }
        }
    }

    private static async IAsyncEnumerable<BadBrick?> BricksAsync(VolumeInfo volume, VolumeReader reader, [EnumeratorCancellation] CancellationToken ct)
    {
        var found = Channel.CreateBounded<BadBrick?>(256);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = ComputeLane.Run(
            async () =>
            {
                Exception? failure = null;
                try
                {
                    await Parallel.ForEachAsync(reader.Levels.SelectMany(Bricks), ComputeLane.Options(stop.Token), async (brick, token) =>
                    {
                        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(reader.BrickBytes(brick.Level));
                        var problem = await ProblemAsync(async () =>
                        {
                            await reader.ReadBrickAsync(brick, buffer.AsMemory(0, reader.BrickBytes(brick.Level)), token);
                            return true;
                        });
                        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
                        await found.Writer.WriteAsync(problem is null ? null : new BadBrick(volume.Key.ToString(), brick.Level, $"{brick.Z}/{brick.Y}/{brick.X}", problem), token);
                    });
                }
                catch (Exception e)
                {
                    failure = e;
                }

                found.Writer.Complete(failure);
            },
            CancellationToken.None);
        try
        {
            await foreach (var brick in found.Reader.ReadAllAsync(ct))
            {
                yield return brick;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    // What an analysis kept is sealed, so that its content need not be understood to be checked.
    private async Task<bool> CheckAnalysisAsync(Dataset dataset, string modality, CancellationToken ct)
    {
        var name = BlobNames.Analysis(dataset.Id, dataset.Manifest, modality);
        try
        {
            if (await store.Blobs.TryReadAsync(name, ct) is { } bytes)
            {
                SealedJson.Unseal(bytes);
            }
            else if (dataset.Manifest.Analyses?.ContainsKey(modality) == true)
            {
                throw new VolumeFormatException($"{name} is missing; run the analysis again.");
            }

            return true;
        }
        catch (FormatException e)
        {
            throw new VolumeFormatException($"{name} is damaged; run the analysis again.", e);
        }
    }

    private static async Task<string?> ProblemAsync<T>(Func<Task<T>> read)
    {
        try
        {
            await read();
            return null;
        }
        catch (Exception e) when (e is VolumeFormatException or BlobStoreException { IsTransient: false })
        {
            return e.Message;
        }
    }

    private static IEnumerable<BrickIndex> Bricks(PyramidLevel level)
    {
        var n = level.BrickCount;
        for (var z = 0; z < n.Z; z++)
        {
            for (var y = 0; y < n.Y; y++)
            {
                for (var x = 0; x < n.X; x++)
                {
                    yield return new BrickIndex(level.Number, z, y, x);
                }
            }
        }
    }
}
