namespace DendriteViewer.Hdf5;

/// <summary>A dataset of numbers that was found in a file.</summary>
/// <param name="Path">Inside the file.</param>
/// <param name="Extent">Elements along each axis, slowest first.</param>
internal sealed record Candidate(string Path, ulong[] Extent)
{
    /// <summary>Other paths that lead to it.</summary>
    public List<string> Aliases { get; } = [];

    public override string ToString() => $"{Path} ({string.Join(" × ", Extent)})";
}

/// <summary>
/// Which dataset of a file is the scan: what NeXus' default leads to, else what its only NXdata (or the only dataset with the older
/// signal attribute) shows, else what Data Exchange calls it, else the only one of three or more axes, else the only one. What holds
/// projections is none of them: a reconstruction beside it is taken, or asked for.
/// </summary>
internal sealed class DatasetChoice(long file, long access)
{
    private const int MostObjects = 10_000;
    private const int MostDepth = 16;
    private const int MostAliases = 8;
    private readonly List<Candidate> _datasets = [];
    private readonly List<Candidate> _signals = [];
    private readonly HashSet<(ulong, ulong, ulong)> _seen = [], _shown = [];
    private readonly Dictionary<(ulong, ulong, ulong), Candidate> _known = [];
    private readonly Projections _projections = new(file, access);
    private int _objects;

    /// <summary>The dataset's path, and why this one.</summary>
    /// <exception cref="Hdf5Exception">None can be chosen; the sentence lists what there is.</exception>
    public (string Path, string ChosenBy) Choose()
    {
        var preferred = Default();
        if (preferred is not null && ProjectionsIn(preferred) is null)
        {
            return (preferred.Path, "the NeXus default");
        }

        Walk("/", 0);
        if (_datasets.Count == 0)
        {
            throw new Hdf5Exception("it holds no numbers; give a file with a scan in it.");
        }

        // Projections are no scan, nor are their flats and darks; a reconstruction beside them is.
        var thick = _datasets.Where(d => Thick(d.Extent)).ToList();
        var raw = thick.Where(d => !Projections.IsReference(d.Path) && ProjectionsIn(d) is not null).ToList();
        if (preferred is not null && !raw.Exists(d => d.Path == preferred.Path || d.Aliases.Contains(preferred.Path)))
        {
            raw.Insert(0, preferred);
        }

        var scans = raw.Count == 0 ? thick : thick.Where(d => !raw.Contains(d) && !Projections.IsReference(d.Path)).ToList();
        if (raw.Count > 0)
        {
            return scans.Where(d => _projections.IsReconstruction(d.Path)).ToList() is [var made]
                ? (made.Path, $"a reconstruction; {raw[0].Path} holds projections")
                : scans is [var other] ? (other.Path, $"the only one of three axes that holds no projections as {raw[0].Path} does")
                : scans.Count == 0 ? throw Refused(raw[0])
                : throw new Hdf5Exception(
                    $"it holds projections ({raw[0].Path}) and several other datasets: {Listed(scans)}; say which with --inside (inside "
                    + "in dataset.json).");
        }

        return _signals.Where(d => Thick(d.Extent)).ToList() is [var signal] ? (signal.Path, "the only NXdata")
            : scans.Find(d => d.Path == "/exchange/data") is { } exchanged ? (exchanged.Path, "Data Exchange")
            : scans is [var only] ? (only.Path, "the only one of three axes")
            : _datasets is [var alone] ? (alone.Path, "the only one")
            : throw new Hdf5Exception(
                $"it holds several datasets: {Listed(scans.Count > 0 ? scans : _datasets)}; say which with --inside (inside in "
                + "dataset.json).");
    }

    /// <summary>Why a dataset holds projections; null where nothing says so.</summary>
    public ProjectionEvidence? ProjectionsIn(Candidate dataset) =>
        Thick(dataset.Extent) ? dataset.Aliases.Prepend(dataset.Path).Select(p => _projections.Of(p, dataset.Extent))
            .FirstOrDefault(e => e is not null) : null;

    private Hdf5Exception Refused(Candidate raw) => new(
        $"its dataset {raw.Path} holds {raw.Extent[0]} projections, not slices of a reconstructed scan ({ProjectionsIn(raw)!.Reason}); "
        + "reconstruct it first, "
        + $"or give --inside {raw.Path} (inside in dataset.json) to read the projections as they are.");

    private static string Listed(List<Candidate> datasets) => string.Join(", ", datasets.Take(8)) + (datasets.Count > 8 ? ", …" : "");

    /// <summary>The dataset that a path leads to: itself, or what a group at it shows.</summary>
    public (string Path, string ChosenBy) Named(string inside)
    {
        var id = Open(file, inside);
        if (id < 0)
        {
            throw new Hdf5Exception($"it has no {inside}; `dendrite inspect` without --inside says what it has.");
        }

        try
        {
            return H5.TypeOf(id) == H5.TypeDataset ? (inside, "the path given")
                : Signal(id, inside) is { } signal ? (signal, "the path given, and its signal")
                : throw new Hdf5Exception($"{inside} is a group; give the path of a dataset in it ({string.Join(", ", H5.Links(id).Take(8))}).");
        }
        finally
        {
            H5.CloseObject(id);
        }
    }

    // NXroot, NXentry and so on name the next of them by default, the last, an NXdata, its dataset by signal.
    private Candidate? Default()
    {
        var path = "/";
        for (var i = 0; i < MostDepth; i++)
        {
            var id = Open(file, path);
            if (id < 0 || H5.TypeOf(id) != H5.TypeGroup)
            {
                Close(id);
                return null;
            }

            var (next, signal) = (Attributes.Text(id, "default"), Signal(id, path));
            Close(id);
            if (next is not { Length: > 0 })
            {
                return signal is not null && path != "/" && Numbers(signal) is { } found && found.Extent.Length >= 2 ? found : null;
            }

            path = Join(path, next);
        }

        return null;
    }

    private string? Signal(long group, string path) => Attributes.Text(group, "signal") is { Length: > 0 } name && Numbers(Join(path, name)) is not null ? Join(path, name) : null;

    private Candidate? Numbers(string path)
    {
        var id = Open(file, path);
        try
        {
            return id >= 0 && H5.TypeOf(id) == H5.TypeDataset && SampleKind.Of(id) is not null ? new Candidate(path, Spaces.OfDataset(id))
                : null;
        }
        finally
        {
            Close(id);
        }
    }

    private void Walk(string path, int depth)
    {
        var group = Open(file, path);
        if (group < 0)
        {
            return;
        }

        var signal = Attributes.Text(group, "signal");
        foreach (var name in H5.Links(group))
        {
            if (_objects++ > MostObjects)
            {
                break;
            }

            var id = Open(group, name);
            if (id < 0)
            {
                continue;
            }

            var below = Join(path, name);
            if (H5.TypeOf(id) == H5.TypeDataset && SampleKind.Of(id) is not null)
            {
                var found = new Candidate(below, Spaces.OfDataset(id));

                // What several links lead to counts once, but a signal is one by whatever link.
                var identity = H5.Identity(id);
                if (_known.TryAdd(identity, found))
                {
                    _datasets.Add(found);
                }
                else if (_known[identity].Aliases.Count < MostAliases)
                {
                    _known[identity].Aliases.Add(below);
                }

                if (!_shown.Contains(identity) && (name == signal || Attributes.Numbers(id, "signal") is [1, ..] || Attributes.Text(id, "signal") == "1"))
                {
                    _shown.Add(identity);
                    _signals.Add(found);
                }
            }
            else if (H5.TypeOf(id) == H5.TypeGroup && depth < MostDepth && _seen.Add(H5.Identity(id)))
            {
                Walk(below, depth + 1);
            }

            Close(id);
        }

        Close(group);
    }

    private long Open(long at, string name) => H5.OpenObject(at, name, access);

    private static bool Thick(ulong[] extent) => extent.Count(n => n > 1) >= 3;

    private static string Join(string path, string name) => AxisNames.Join(path, name);

    private static void Close(long id)
    {
        if (id >= 0)
        {
            H5.CloseObject(id);
        }
    }
}
