using DendriteViewer.Hdf5.Filters;

namespace DendriteViewer.Hdf5;

/// <summary>One dataset of one file, read slice by slice.</summary>
internal sealed class ScanReader
{
    private const long MostSlice = int.MaxValue;
    private readonly long _dataset;
    private readonly ulong[] _extent;

    // Which axis of the dataset counts volumes, and which are z, y and x; -1 where it has none.
    private readonly int[] _axes;
    private readonly SampleKind _kind;
    private readonly bool _isTurned;

    // Elements of the dataset's axis that are the slices, where some are left out (flats and darks).
    private readonly int[]? _kept;
    private byte[] _buffer = [], _unturned = [];

    /// <param name="path">The file.</param>
    /// <param name="inside">Path of the dataset, or null to choose one.</param>
    /// <param name="refuse">Asked before another file is opened: why it may not be, or null.</param>
    /// <param name="ask">Asked which of its axes are which.</param>
    /// <exception cref="Hdf5Exception">There is nothing that can be read.</exception>
    public ScanReader(string path, string? inside, Func<string, string?> refuse, Func<AxesQuestion, AxesAnswer> ask)
    {
        var referred = new ReferredFiles(refuse);
        var file = H5.OpenFile(path, H5.ReadOnly, 0);
        if (file < 0)
        {
            throw new Hdf5Exception("it is damaged, or still being written; close the program that writes it, or copy it again from its source.");
        }

        var access = referred.Access();
        var choice = new DatasetChoice(file, access);
        var (name, by) = Chosen(choice, inside, referred);
        _dataset = H5.OpenDataset(file, name, access);
        if (_dataset < 0)
        {
            throw new Hdf5Exception(referred.Refused ?? $"its dataset {name} cannot be opened; the file is damaged.");
        }

        _kind = SampleKind.Of(_dataset) ?? throw new Hdf5Exception($"its dataset {name} holds no numbers; give the path of one that does.");
        List<string> remarks = [];
        referred.Check(_dataset, remarks);
        var space = H5.Check(H5.DatasetSpace(_dataset), $"its dataset {name} has no extent; the file is damaged.");
        _extent = Spaces.Extent(space);
        H5.CloseSpace(space);
        if (_extent.Length == 0 || _extent.Any(n => n is 0 or > int.MaxValue)
            || _extent.Aggregate((UInt128)1, (a, b) => a > (UInt128)1 << 64 ? a : a * b) > (UInt128)1 << 50)
        {
            throw new Hdf5Exception(
                $"its dataset {name} is of {(_extent.Length == 0 ? "no axes" : string.Join(" × ", _extent))}, but a scan has z, y and x; "
                + "give the path of another.");
        }

        var evidence = choice.ProjectionsIn(new Candidate(name, _extent));
        var names = AxisNames.Of(file, _dataset, name, _extent.Length, access);
        _axes = AxesOf(name, names, evidence, ask, remarks);
        var shape = _axes.Select(a => a < 0 ? 1L : (long)_extent[a]).ToArray();
        if (evidence is not null)
        {
            _kept = Kept(file, evidence, access, shape, name, remarks);
            shape[1] = _kept?.Length ?? shape[1];
        }

        if ((UInt128)shape[2] * (UInt128)shape[3] * (UInt128)Math.Max(4, _kind.Size) > MostSlice)
        {
            throw new Hdf5Exception($"a slice of {shape[2]} × {shape[3]} is larger than 2 GiB, which is not supported.");
        }

        _isTurned = Turning.IsNeeded(_axes.AsSpan(1));
        var creation = H5.Check(H5.Creation(_dataset), $"its dataset {name} has no properties; the file is damaged.");
        CheckSize(name, shape, H5.Layout(creation), [path, .. referred.Seen]);
        var layers = LayerPlan.Of(_dataset, creation, name, _extent, _axes, shape, _kind.Size, _isTurned);
        var packing = FilterPipeline.Prepare(creation, name, layers.FileChunkBytes);
        AbsentVoxels.Say(_dataset, creation, name, remarks);
        MemoryBytes = layers.MemoryBytes;
        H5.CloseProperties(creation);
        if (layers.CacheBytes > 0)
        {
            // Chunks that span several layers stay until the last of them.
            H5.SetChunkCache(access, 12_421, (nuint)layers.CacheBytes, 1);
            H5.CloseObject(_dataset);
            _dataset = H5.Check(H5.OpenDataset(file, name, access), $"its dataset {name} cannot be opened; the file is damaged.");
        }

        var size = VoxelSizes.Of(file, _dataset, names, access, _axes.AsSpan(1), _extent, remarks);
        if (Attributes.Numbers(_dataset, "scaling_factor").Length > 0 || Attributes.Numbers(_dataset, "offset").Length > 0)
        {
            remarks.Add("its scaling_factor and offset are not applied; voxels are as they are stored");
        }

        Description = new Hdf5Description(
            name, by, shape, _kind.Name, packing, layers.Slices, size?.Size, size?.Units, size?.From, [path, .. referred.Seen],
            (long)Math.Min(long.MaxValue, H5.StorageSize(_dataset)), [.. remarks]);
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

        var slice = (int)(s[2] * s[3] * _kind.Size);
        var bytes = (int)count * slice;
        if (_buffer.Length < bytes)
        {
            _buffer = new byte[bytes];
        }

        // Elements that follow each other are read at once.
        for (var done = 0; done < count;)
        {
            var from = _kept is null ? (int)first + done : _kept[first + done];
            var run = _kept is null ? (int)count : 1;
            while (_kept is not null && done + run < count && _kept[first + done + run] == from + run)
            {
                run++;
            }

            if (!ReadRun(frame, from, run, _buffer.AsSpan(done * slice, run * slice)))
            {
                throw new Hdf5Exception($"its dataset {Description.Dataset} is damaged in slices {first} to {first + count - 1}; copy it "
                    + "again from its source.");
            }

            done += run;
        }

        return _buffer.AsSpan(0, bytes);
    }

    private bool ReadRun(long frame, long first, long count, Span<byte> target)
    {
        var s = Description.Shape;
        var (start, extent) = (new ulong[_extent.Length], new ulong[_extent.Length]);
        Array.Fill(extent, 1UL);
        Set(0, frame, 1);
        Set(1, first, count);
        Set(2, 0, s[2]);
        Set(3, 0, s[3]);
        var into = target;
        if (_isTurned)
        {
            into = (_unturned.Length < target.Length ? _unturned = new byte[target.Length] : _unturned).AsSpan(0, target.Length);
        }

        var (file, memory) = (H5.DatasetSpace(_dataset), H5.NewSpace(extent.Length, extent, 0));
        var ok = file >= 0 && memory >= 0 && H5.Select(file, 0, start, 0, extent, 0) >= 0
            && H5.Read(_dataset, _kind.Memory, memory, file, 0, into) >= 0;
        H5.CloseSpace(file);
        H5.CloseSpace(memory);
        if (ok && _isTurned)
        {
            Turning.Turn(into, target, _axes.AsSpan(1), [(int)count, (int)s[2], (int)s[3]], _kind.Size);
        }

        return ok;

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

    private int[] AxesOf(string name, AxisNames? names, ProjectionEvidence? evidence, Func<AxesQuestion, AxesAnswer> ask,
        List<string> remarks)
    {
        // Who asks for projections gets them as slices.
        var spelled = names?.Axes.Select(a => evidence is not null && RotationAngles.IsName(a.Name) ? "z" : a.Name).ToArray();
        var answer = ask(new AxesQuestion(name, spelled, [.. _extent.Select(n => (long)n)]));
        remarks.AddRange(answer.Remarks);
        if (names?.From == AxisNames.Matlab)
        {
            remarks.Add("MATLAB wrote it, whose arrays are (row, column, page), so its first index is taken for y, its second for x and "
                + "its third for z");
        }
        else if (names is not null && Turning.IsNeeded(answer.Order.AsSpan(1)))
        {
            remarks.Add($"its axes are {string.Join(", ", names.Axes.Select(a => a.Name))} ({names.From}); they are turned to z, y, x");
        }

        return answer.Order;
    }

    // Flats and darks are no pictures of the sample.
    private static int[]? Kept(long file, ProjectionEvidence evidence, long access, long[] shape, string name, List<string> remarks)
    {
        remarks.Add($"{name} holds projections, not slices of a reconstructed scan ({evidence.Reason})");
        if (evidence.ImageKey is not { } path || Attributes.NumberDataset(file, path, access) is not { } keys || keys.Length != shape[1])
        {
            return null;
        }

        var kept = Enumerable.Range(0, keys.Length).Where(i => keys[i] == 0).ToArray();
        if (kept.Length == keys.Length)
        {
            return null;
        }

        remarks.Add($"{keys.Length - kept.Length} of its {keys.Length} pictures are flats, darks or unusable by {path}, and are left out");
        return kept.Length > 0 ? kept
            : throw new Hdf5Exception($"its dataset {name} holds only flats and darks by {path}; give the path of another.");
    }

    // What is packed best is a thousandth of itself; what is not packed is there whole.
    private void CheckSize(string name, long[] shape, int layout, string[] files)
    {
        var stored = files.Sum(f => (decimal)new FileInfo(f).Length);
        if (shape.Aggregate((decimal)_kind.Size, (a, b) => a * b) > (layout is H5.LayoutChunked or H5.LayoutVirtual ? 1040 * stored + 65536 : 4 * stored))
        {
            throw new Hdf5Exception(
                $"its dataset {name} is of {string.Join(" × ", _extent)}, which its {stored} bytes cannot hold; the file is damaged, or "
                + "was cut off.");
        }
    }
}
