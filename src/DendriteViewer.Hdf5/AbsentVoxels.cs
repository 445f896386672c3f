namespace DendriteViewer.Hdf5;

/// <summary>Says which voxels were never written: the library gives the fill value for them without a word.</summary>
internal static class AbsentVoxels
{
    /// <summary>Looks at what is stored of a dataset.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="creation">Its properties.</param>
    /// <param name="name">Its path, for messages.</param>
    /// <param name="remarks">Takes how many of its chunks are absent.</param>
    /// <exception cref="Hdf5Exception">Nothing of it was written.</exception>
    public static void Say(long dataset, long creation, string name, List<string> remarks)
    {
        switch (H5.Layout(creation))
        {
            case H5.LayoutContiguous when H5.StorageSize(dataset) == 0 && H5.ExternalCount(creation) <= 0:
                throw NeverWritten(name);
            case H5.LayoutChunked:
                var extent = Spaces.OfDataset(dataset);
                var chunk = new ulong[extent.Length];
                if (H5.Chunk(creation, chunk.Length, chunk) < 0 || chunk.Contains(0UL) || H5.WrittenChunks(dataset) is not { } written)
                {
                    return;
                }

                var all = extent.Zip(chunk, (n, c) => (UInt128)((n + c - 1) / c))
                    .Aggregate((UInt128)1, (a, b) => a > UInt128.MaxValue >> 64 ? a : a * b);
                if (written == 0)
                {
                    throw NeverWritten(name);
                }

                if (written < all)
                {
                    remarks.Add($"{all - written} of the {all} chunks of {name} were never written; their voxels are the fill value");
                }

                break;
        }
    }

    private static Hdf5Exception NeverWritten(string name) =>
        new($"nothing of its dataset {name} was ever written, so all its voxels would be the fill value; copy the file again when it is "
            + "complete.");
}
