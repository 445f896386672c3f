using System.Runtime.CompilerServices;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Importing;

/// <summary>A brick that could not be read.</summary>
public sealed record BadBrick(string Volume, int Level, string Brick, string Reason);

/// <summary>Reads every brick of a dataset against its checksum.</summary>
public sealed class Verifier(DatasetStore store)
{
    /// <summary>Yields null for each good brick and what is wrong for each bad one.</summary>
    public async IAsyncEnumerable<BadBrick?> VerifyAsync(Dataset dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var volume in dataset.Everything)
        {
            VolumeReader? reader = null;
            string? problem = null;
            try
            {
                reader = await VolumeReader.OpenAsync(store.Blobs, volume.Prefix, volume.MetadataSha256, ct);
            }
            catch (VolumeFormatException e)
            {
                problem = e.Message;
            }

            if (reader is null)
            {
                yield return new BadBrick(volume.Key.ToString(), 0, "", problem!);
                continue;
            }

            foreach (var brick in reader.Levels.SelectMany(Bricks))
            {
                BadBrick? bad = null;
                try
                {
                    await reader.ReadBrickAsync(brick, ct);
                }
                catch (VolumeFormatException e)
                {
                    bad = new BadBrick(volume.Key.ToString(), brick.Level, $"{brick.Z}/{brick.Y}/{brick.X}", e.Message);
                }

                yield return bad;
            }
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
