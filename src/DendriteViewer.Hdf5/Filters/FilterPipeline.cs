using System.Text;

namespace DendriteViewer.Hdf5.Filters;

/// <summary>
/// The filters that a dataset's chunks went through. Most are the library's own or plugins; zstd, for which Debian has no plugin, and
/// bitshuffle where its plugin is missing or knows no zstd, are unpacked here (<see cref="ZstdFilter"/>, <see cref="BitshuffleFilter"/>).
/// </summary>
internal static class FilterPipeline
{
    private const int MostValues = 32;

    /// <summary>Makes a dataset's chunks readable.</summary>
    /// <param name="creation">Its properties.</param>
    /// <param name="name">Its path, for messages.</param>
    /// <param name="chunkBytes">Bytes of an unpacked chunk, as the file's type: no filter may make more.</param>
    /// <returns>Names of the filters, in the order in which they were applied.</returns>
    /// <exception cref="Hdf5Exception">One is missing; the sentence says which and what to install.</exception>
    public static string[] Prepare(long creation, string name, long chunkBytes)
    {
        var names = new List<string>();
        Span<byte> bytes = stackalloc byte[256];
        Span<uint> values = stackalloc uint[MostValues];
        for (uint i = 0; i < Math.Max(0, H5.FilterCount(creation)); i++)
        {
            bytes.Clear();
            values.Clear();
            nuint count = MostValues;
            var id = H5.Filter(creation, i, out _, ref count, values, (nuint)bytes.Length, bytes, out _);
            if (id < 0)
            {
                throw new Hdf5Exception("its list of filters is damaged; copy it again from its source.");
            }

            var said = Encoding.UTF8.GetString(bytes[..Math.Max(0, bytes.IndexOf((byte)0))]);
            var (known, package) = Known(id);
            names.Add(known ?? (said.Length > 0 ? said : $"filter {id}"));
            switch (id)
            {
                case ZstdFilter.Id when H5.HasFilter(id) <= 0:
                    ZstdFilter.Register(chunkBytes);
                    break;
                case BitshuffleFilter.Id when values[4] == BitshuffleFilter.Zstd || (H5.HasFilter(id) <= 0 && BitshuffleFilter.HasLz4):
                    BitshuffleFilter.Register(chunkBytes, values[4]);
                    break;
            }

            if (H5.HasFilter(id) <= 0)
            {
                throw new Hdf5Exception(
                    $"its dataset {name} is packed by {names[^1]} (HDF5 filter {id}), whose plugin is not installed; "
                    + (package is null ? "install it where HDF5_PLUGIN_PATH points" : $"install Debian's {package}")
                    + ", or repack the file with deflate (h5repack -f GZIP=4).");
            }
        }

        return [.. names];
    }

    // Registered filters, and the Debian package of their plugins.
    private static (string? Name, string? Package) Known(int id) => id switch
    {
        1 => ("deflate", null),
        2 => ("shuffle", null),
        3 => ("fletcher32", null),
        4 => ("szip", null),
        5 => ("nbit", null),
        6 => ("scaleoffset", null),
        307 => ("bzip2", "hdf5-filter-plugin"),
        32000 => ("lzf", "hdf5-plugin-lzf"),
        32001 => ("blosc", "hdf5-filter-plugin-blosc-serial"),
        32004 => ("lz4", "hdf5-filter-plugin"),
        32008 => ("bitshuffle", "bitshuffle"),
        32013 => ("zfp", "hdf5-filter-plugin-zfp-serial"),
        32015 => ("zstd", null),
        32026 => ("blosc2", null),
        _ => (null, null),
    };
}
