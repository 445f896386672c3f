using System.Text;

namespace DendriteViewer.Hdf5;

/// <summary>One dataset of one file, read slice by slice.</summary>
internal sealed class ScanReader
{
    private const long MostLayer = 256L << 20;
    private const long Piece = 8L << 20;
    private const long MostSlice = int.MaxValue;
    private const long MostChunk = 512L << 20;
    private readonly long _dataset;
    private readonly ulong[] _extent;

    // Which axis of the dataset counts volumes, and which are z, y and x; -1 where it has none.
    private readonly int[] _axes;
    private readonly SampleKind _kind;
    private byte[] _buffer = [];

    /// <param name="path">The file.</param>
    /// <param name="inside">Path of the dataset, or null to choose one.</param>
    /// <param name="refuse">Asked before another file is opened: why it may not be, or null.</param>
    /// <exception cref="Hdf5Exception">There is nothing that can be read.</exception>
    public ScanReader(string path, string? inside, Func<string, string?> refuse)
    {
        var referred = new ReferredFiles(refuse);
        var file = H5.OpenFile(path, H5.ReadOnly, 0);
        if (file < 0)
        {
            throw new Hdf5Exception("it is damaged, or still being written; close the program that writes it, or copy it again from its source.");
        }

        var access = referred.Access();
        var (name, by) = Chosen(new DatasetChoice(file, access), inside, referred);
        _dataset = H5.OpenDataset(file, name, access);
        if (_dataset < 0)
        {
            throw new Hdf5Exception(referred.Refused ?? $"its dataset {name} cannot be opened; the file is damaged.");
        }

        _kind = SampleKind.Of(_dataset) ?? throw new Hdf5Exception($"its dataset {name} holds no numbers; give the path of one that does.");
        referred.Check(_dataset);
        var space = H5.Check(H5.DatasetSpace(_dataset), $"its dataset {name} has no extent; the file is damaged.");
        _extent = Spaces.Extent(space);
        H5.CloseSpace(space);
        _axes = AxesOf(name);
        var shape = _axes.Select(a => a < 0 ? 1L : (long)_extent[a]).ToArray();
        if ((UInt128)shape[2] * (UInt128)shape[3] * (UInt128)Math.Max(4, _kind.Size) > MostSlice)
        {
            throw new Hdf5Exception($"a slice of {shape[2]} × {shape[3]} is larger than 2 GiB, which is not supported.");
        }

        var sliceBytes = shape[2] * shape[3] * _kind.Size;
        var creation = H5.Check(H5.Creation(_dataset), $"its dataset {name} has no properties; the file is damaged.");
        var packing = FiltersOf(creation, name);
        CheckSize(name, shape, H5.Layout(creation), [path, .. referred.Seen]);
        var layer = LayerOf(creation, shape, sliceBytes, out var cache, out var chunk);
        MemoryBytes = layer * sliceBytes + cache + 4 * chunk;
        H5.CloseProperties(creation);
        if (cache > 0)
        {
            // Chunks that span several layers stay until the last of them.
            H5.SetChunkCache(access, 12_421, (nuint)cache, 1);
            H5.CloseObject(_dataset);
            _dataset = H5.Check(H5.OpenDataset(file, name, access), $"its dataset {name} cannot be opened; the file is damaged.");
        }

        var size = VoxelSizes.Of(file, _dataset, name, access, _axes.AsSpan(1));
        List<string> remarks = [];
        if (Attributes.Numbers(_dataset, "scaling_factor").Length > 0 || Attributes.Numbers(_dataset, "offset").Length > 0)
        {
            remarks.Add("its scaling_factor and offset are not applied; voxels are as they are stored");
        }

        Description = new Hdf5Description(
            name, by, shape, _kind.Name, packing, layer, size?.Size, size?.Units, size?.From, [path, .. referred.Seen], (long)Math.Min(long.MaxValue, H5.StorageSize(_dataset)), [.. remarks]);
    }

    public Hdf5Description Description { get; }

    /// <summary>Bytes that reading a layer takes at most: itself, the chunks that are kept, and those that are unpacked.</summary>
    public long MemoryBytes { get; }

    /// <summary>Slices [first, first + count) of a volume, in a buffer that the next call uses again.</summary>
    /// <exception cref="Hdf5Exception">They cannot be read.</exception>
    public ReadOnlySpan<byte> Read(long frame, long first, long count)
    {
        var s = Description.Shape;
        if (frame < 0 || frame >= s[0] || first < 0 || count <= 0 || first + count > s[1] || count * s[2] * s[3] * _kind.Size > MostSlice)
        {
            throw new Hdf5Exception($"it has no {count} slices from {first} on.");
        }

        var (start, extent) = (new ulong[_extent.Length], new ulong[_extent.Length]);
        Array.Fill(extent, 1UL);
        Set(0, frame, 1);
        Set(1, first, count);
        Set(2, 0, s[2]);
        Set(3, 0, s[3]);
        var bytes = (int)(count * s[2] * s[3] * _kind.Size);
        if (_buffer.Length < bytes)
        {
            _buffer = new byte[bytes];
        }

        var (file, memory) = (H5.DatasetSpace(_dataset), H5.NewSpace(extent.Length, extent, 0));
        var ok = file >= 0 && memory >= 0 && H5.Select(file, 0, start, 0, extent, 0) >= 0 && H5.Read(_dataset, _kind.Memory, memory, file, 0, _buffer.AsSpan(0, bytes)) >= 0;
        H5.CloseSpace(file);
        H5.CloseSpace(memory);
        return ok ? _buffer.AsSpan(0, bytes) : throw new Hdf5Exception($"its dataset {Description.Dataset} is damaged in slices {first} to {first + count - 1}; copy it again from its source.");

        void Set(int axis, long from, long n)
        {
            if (_axes[axis] >= 0)
            {
                (start[_axes[axis]], extent[_axes[axis]]) = ((ulong)from, (ulong)n);
            }
        }
    }

    // Where nothing is found, a link that may not be followed says more.
    private static (string Name, string By) Chosen(DatasetChoice choice, string? inside, ReferredFiles referred)
    {
        try
        {
            return inside is null ? choice.Choose() : choice.Named(inside);
        }
        catch (Hdf5Exception) when (referred.Refused is { } reason)
        {
            throw new Hdf5Exception(reason);
        }
    }

    private int[] AxesOf(string name)
    {
        if (_extent.Length == 0 || _extent.Any(n => n is 0 or > int.MaxValue) || _extent.Aggregate((UInt128)1, (a, b) => a > (UInt128)1 << 64 ? a : a * b) > (UInt128)1 << 50)
        {
            throw new Hdf5Exception($"its dataset {name} is of {(_extent.Length == 0 ? "no axes" : string.Join(" × ", _extent))}, but a scan has z, y and x; give the path of another.");
        }

        // Axes of one element before the others, and a last one behind z, y, x (a channel), are none.
        var axes = Enumerable.Range(0, _extent.Length).ToList();
        while (axes.Count > 3 && _extent[axes[0]] == 1)
        {
            axes.RemoveAt(0);
        }

        if (axes.Count is 4 or 5 && _extent[axes[^1]] == 1)
        {
            axes.RemoveAt(axes.Count - 1);
        }

        if (axes.Count > 4)
        {
            throw new Hdf5Exception($"its dataset {name} is of {string.Join(" × ", _extent)}, but a scan has z, y and x, and before them time; write it in that order.");
        }

        return [.. Enumerable.Repeat(-1, 4 - axes.Count), .. axes];
    }

    // What is packed best is a thousandth of itself; what is not packed is there whole.
    private void CheckSize(string name, long[] shape, int layout, string[] files)
    {
        var stored = files.Sum(f => (decimal)new FileInfo(f).Length);
        if (shape.Aggregate((decimal)_kind.Size, (a, b) => a * b) > (layout is H5.LayoutChunked or H5.LayoutVirtual ? 1040 * stored + 65536 : 4 * stored))
        {
            throw new Hdf5Exception($"its dataset {name} is of {string.Join(" × ", _extent)}, which its {stored} bytes cannot hold; the file is damaged, or was cut off.");
        }
    }

    private int LayerOf(long creation, long[] shape, long sliceBytes, out long cache, out long chunkBytes)
    {
        (cache, chunkBytes) = (0, 0);
        var layer = (int)Math.Clamp(Piece / sliceBytes, 1, shape[1]);
        if (H5.Layout(creation) != H5.LayoutChunked)
        {
            return layer;
        }

        var chunk = new ulong[_extent.Length];
        H5.Check(H5.Chunk(creation, chunk.Length, chunk), "its chunks have no size; the file is damaged.");
        var size = chunk.Aggregate((UInt128)_kind.Size, (a, b) => a > (UInt128)1 << 64 ? a : a * b);
        if (size > MostChunk)
        {
            throw new Hdf5Exception($"its chunks are of {string.Join(" × ", chunk)}, larger than 512 MiB, which is not supported; write it in smaller ones (h5repack).");
        }

        // libhdf5 holds one packed, unpacked, and as the file's type.
        chunkBytes = (long)size;
        var deep = _axes[1] < 0 ? 1 : (int)Math.Min(chunk[_axes[1]], (ulong)shape[1]);
        var most = (int)Math.Clamp(MostLayer / sliceBytes, 1, int.MaxValue);
        var several = _axes[0] >= 0 && chunk[_axes[0]] > 1;
        if (deep > most || several)
        {
            // Chunks of a layer, whole.
            cache = Math.Min(MostChunk, sliceBytes * deep * (several ? (long)chunk[_axes[0]] : 1) + (16 << 20));
        }

        // Thin chunks: several layers at once.
        return deep > most ? most : Math.Max(deep, layer / deep * deep);
    }

    private static string[] FiltersOf(long creation, string name)
    {
        var names = new List<string>();
        Span<byte> bytes = stackalloc byte[256];
        for (uint i = 0; i < Math.Max(0, H5.FilterCount(creation)); i++)
        {
            bytes.Clear();
            nuint none = 0;
            var id = H5.Filter(creation, i, out _, ref none, [], (nuint)bytes.Length, bytes, out _);
            if (id < 0)
            {
                throw new Hdf5Exception("its list of filters is damaged; copy it again from its source.");
            }

            var said = Encoding.UTF8.GetString(bytes[..Math.Max(0, bytes.IndexOf((byte)0))]);
            var (known, package) = Known(id);
            names.Add(known ?? (said.Length > 0 ? said : $"filter {id}"));
            if (H5.HasFilter(id) <= 0)
            {
                throw new Hdf5Exception(
                    $"its dataset {name} is packed by {names[^1]} (HDF5 filter {id}), whose plugin is not installed; {(package is null ? "install it where HDF5_PLUGIN_PATH points" : $"install Debian's {package}")}, or repack the file with deflate (h5repack -f GZIP=4).");
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
        32000 => ("lzf", null),
        32001 => ("blosc", "hdf5-filter-plugin-blosc-serial"),
        32004 => ("lz4", "hdf5-filter-plugin"),
        32008 => ("bitshuffle", null),
        32013 => ("zfp", "hdf5-filter-plugin-zfp-serial"),
        32015 => ("zstd", null),
        32026 => ("blosc2", null),
        _ => (null, null),
    };
}
