namespace DendriteViewer.Hdf5;

/// <summary>
/// How many slices are read at once: those of a layer of chunks, so that each chunk is unpacked once. Where a dataset's axes stand in
/// another order, its layers are as thick as memory allows, and what would have to be read more than a few times is refused.
/// </summary>
/// <param name="Slices">Slices of a layer.</param>
/// <param name="CacheBytes">What the library is to keep of unpacked chunks; 0 for its usual.</param>
/// <param name="FileChunkBytes">Bytes of a chunk as the file's type; 0 where there are none.</param>
/// <param name="MemoryBytes">Bytes that reading a layer takes at most.</param>
internal sealed record LayerPlan(int Slices, long CacheBytes, long FileChunkBytes, long MemoryBytes)
{
    private const long MostLayer = 256L << 20, MostTurnedLayer = 512L << 20;
    private const long Piece = 8L << 20;
    private const long MostChunk = 512L << 20;
    private const int MostPasses = 4;

    /// <summary>Plans how to read a dataset.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="creation">Its properties.</param>
    /// <param name="name">Its path, for messages.</param>
    /// <param name="extent">Elements along its axes.</param>
    /// <param name="axes">Which of them are time, z, y and x; negative for none.</param>
    /// <param name="shape">Volumes, and voxels along z, y and x.</param>
    /// <param name="sampleBytes">Bytes of a sample in memory.</param>
    /// <param name="isTurned">Whether the axes stand in another order.</param>
    /// <exception cref="Hdf5Exception">Chunks are too large, or it would have to be read too often.</exception>
    public static LayerPlan Of(
        long dataset, long creation, string name, ulong[] extent, int[] axes, long[] shape, int sampleBytes, bool isTurned)
    {
        var slice = shape[2] * shape[3] * sampleBytes;
        var usual = (int)Math.Clamp(Piece / slice, 1, shape[1]);
        var most = (int)Math.Clamp((isTurned ? MostTurnedLayer : MostLayer) / slice, 1, shape[1]);
        var copies = isTurned ? 2 : 1;
        if (H5.Layout(creation) != H5.LayoutChunked)
        {
            // Where z is not the slowest, each layer is strewn over all of the file.
            if (isTurned && (axes[2] >= 0 && axes[2] < axes[1] || axes[3] >= 0 && axes[3] < axes[1]))
            {
                RefuseManyPasses(name, (shape[1] + most - 1) / most);
                return new LayerPlan(most, 0, 0, copies * most * slice);
            }

            return new LayerPlan(usual, 0, 0, copies * usual * slice);
        }

        var chunk = new ulong[extent.Length];
        H5.Check(H5.Chunk(creation, chunk.Length, chunk), "its chunks have no size; the file is damaged.");
        var elements = chunk.Aggregate((UInt128)1, (a, b) => a > (UInt128)1 << 64 ? a : a * b);
        var (size, fileSize) = (elements * (UInt128)sampleBytes, elements * FileSampleBytes(dataset));
        if (size > MostChunk || fileSize > MostChunk || size == 0)
        {
            throw new Hdf5Exception($"its chunks are of {string.Join(" × ", chunk)}, larger than 512 MiB, which is not supported; write "
                + "it in smaller ones (h5repack).");
        }

        var deep = axes[1] < 0 ? 1 : (int)Math.Min(chunk[axes[1]], (ulong)shape[1]);
        var several = axes[0] >= 0 && chunk[axes[0]] > 1;
        var layer = deep > most ? most : Math.Max(deep, usual / deep * deep);
        var cache = 0L;
        if (deep > most || several)
        {
            // Chunks of a layer, whole.
            var whole = slice * deep * (several ? (long)chunk[axes[0]] : 1);
            cache = Math.Min(MostChunk, whole + (16 << 20));
            if (isTurned && whole > MostChunk)
            {
                RefuseManyPasses(name, (deep + most - 1) / most);
            }
        }

        // libhdf5 holds one packed, unpacked, and as the file's type.
        return new LayerPlan(layer, cache, (long)fileSize, copies * layer * slice + cache + 4 * (long)UInt128.Max(size, fileSize));
    }

    private static void RefuseManyPasses(string name, long passes)
    {
        if (passes > MostPasses)
        {
            throw new Hdf5Exception(
                $"its dataset {name} has its axes in an order in which it would have to be read {passes} times; write it in the order z, "
                + "y, x, or in chunks of some 64 × 64 × 64 (h5repack -l CHUNK=64x64x64).");
        }
    }

    private static UInt128 FileSampleBytes(long dataset)
    {
        var type = H5.DatasetType(dataset);
        var bytes = type < 0 ? 8 : (UInt128)H5.SizeOf(type);
        H5.CloseType(type);
        return bytes;
    }
}
