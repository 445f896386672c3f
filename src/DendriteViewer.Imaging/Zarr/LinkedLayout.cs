using System.Numerics;
using DendriteViewer.Imaging.Formats.Chunked;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>A level of another writer's image, and how it is cut into bricks here.</summary>
/// <param name="Dataset">Which of the image's levels.</param>
/// <param name="Volume">Its chunks.</param>
/// <param name="Level">Its bricks; the shape is rounded up where its writer rounded down.</param>
internal sealed record LinkedLevel(int Dataset, ChunkedVolume Volume, PyramidLevel Level);

/// <summary>
/// How an image that another program wrote is drawn from: which of its levels are halvings of the finest, and bricks that are powers of two
/// and, where that can be, whole chunks or whole parts of them.
/// </summary>
internal static class LinkedLayout
{
    // What is drawn from before anything finer is there must be little.
    private const long MostCoarsest = 64L << 20;
    private const long MostChunkBytes = 128L << 20;
    private const long MostChunks = 16L << 20;
    private const int LeastEdge = 8, MostEdge = 64;

    // How far a scale may be from a power of two of the finest's: some writers divide the extent by the rounded shape.
    private const double ScaleTolerance = 0.02;

    /// <summary>The levels that can be used, finest first.</summary>
    /// <param name="image">The image.</param>
    /// <param name="frame">Which of its times.</param>
    /// <param name="path">The image's name, for people.</param>
    /// <exception cref="VolumeFormatException">It cannot be used in place.</exception>
    public static IReadOnlyList<LinkedLevel> Of(ChunkedImage image, int frame, string path)
    {
        var finest = new ChunkedVolume(image.Levels[0].Array, image.Axes, frame);
        if (frame < 0 || frame >= finest.Frames)
        {
            throw new VolumeFormatException($"{path} holds {finest.Frames} volume(s), so frame {frame} is none; the first is 0.");
        }

        var brick = new VolumeShape(Edge(finest.Chunk.Z), Edge(finest.Chunk.Y), Edge(finest.Chunk.X));
        var levels = new List<LinkedLevel>();
        for (var i = 0; i < image.Levels.Count; i++)
        {
            var volume = i == 0 ? finest : new ChunkedVolume(image.Levels[i].Array, image.Axes, frame);
            if (volume.Chunk.Count * volume.SampleBytes > MostChunkBytes)
            {
                throw new VolumeFormatException($"{path} has chunks of {volume.Chunk} voxels, too large to be read whenever a part of one is drawn; import it instead of using it in place.");
            }

            if (volume.ChunkCount.Count > MostChunks)
            {
                throw new VolumeFormatException($"{path} has {volume.ChunkCount.Count} chunks of {volume.Chunk} voxels, too many to keep a checksum of each; import it instead of using it in place.");
            }

            if (volume.Array.Samples == finest.Array.Samples && volume.Frames == finest.Frames && FactorsOf(image, i, finest, volume) is var (z, y, x) && IsCoarser(levels, z, y, x))
            {
                levels.Add(new LinkedLevel(i, volume, new PyramidLevel(levels.Count, new VolumeShape(Up(finest.Shape.Z, z), Up(finest.Shape.Y, y), Up(finest.Shape.X, x)), z, y, x, brick, brick)));
            }
        }

        return levels[^1].Level.Shape.Count <= MostCoarsest
            ? levels
            : throw new VolumeFormatException($"{path} has no level that is coarse enough to be drawn from at once: the coarsest is of {levels[^1].Level.Shape} voxels; import it instead of using it in place.");
    }

    // A whole chunk, or a part of one that is no thinner than 16; else the power of two below the chunk.
    private static int Edge(int chunk)
    {
        var part = Math.Min(MostEdge, chunk & -chunk);
        return part >= 2 * LeastEdge ? part : Math.Clamp(1 << BitOperations.Log2((uint)chunk), LeastEdge, MostEdge);
    }

    private static bool IsCoarser(List<LinkedLevel> levels, int z, int y, int x) =>
        levels.Count == 0 || (levels[^1].Level is var l && z >= l.FactorZ && y >= l.FactorY && x >= l.FactorX && (long)z * y * x > (long)l.FactorZ * l.FactorY * l.FactorX);

    // By how much a level is coarser, as its shape says; null where that is no power of two, or its scale or place says otherwise.
    private static (int Z, int Y, int X)? FactorsOf(ChunkedImage image, int level, ChunkedVolume finest, ChunkedVolume volume)
    {
        Span<int> fine = [finest.Shape.Z, finest.Shape.Y, finest.Shape.X], coarse = [volume.Shape.Z, volume.Shape.Y, volume.Shape.X], factors = stackalloc int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var f = 1 << (int)Math.Round(Math.Log2((double)fine[axis] / coarse[axis]));
            if (f < 1 || coarse[axis] > Up(fine[axis], f) || coarse[axis] < Math.Max(1, fine[axis] / f))
            {
                return null;
            }

            var at = axis switch { 0 => image.Axes.Z, 1 => image.Axes.Y, _ => image.Axes.X };
            if (at >= 0 && level > 0)
            {
                var (from, to) = (image.Levels[0], image.Levels[level]);
                var size = Math.Abs(from.Scale[at]);
                var isScaled = to.Scale.Zip(from.Scale).Any(s => s.First != s.Second);
                if ((isScaled && Math.Abs(Math.Abs(to.Scale[at]) / (f * size) - 1) > Math.Max(ScaleTolerance, 1.0 / coarse[axis])) || Math.Abs(to.Translation[at] - from.Translation[at]) > f * size)
                {
                    return null;
                }
            }

            factors[axis] = f;
        }

        return (factors[0], factors[1], factors[2]);
    }

    private static int Up(int length, int factor) => (int)(((long)length + factor - 1) / factor);
}
