namespace DendriteViewer.Hdf5;

/// <summary>Why a dataset holds projections rather than slices.</summary>
/// <param name="Reason">For people: "angles in /exchange/theta".</param>
/// <param name="ImageKey">Path of the list that says which pictures are flats (1), darks (2) or unusable (3), if there is one.</param>
internal sealed record ProjectionEvidence(string Reason, string? ImageKey);

/// <summary>
/// Tells projections from reconstructed scans. A stack of projections has as many rotation angles as pictures (NXtomo, Data Exchange and
/// what others write), an image_key, flats and darks beside it, or a name that says so. What a path calls a reconstruction is none, since
/// its slices may happen to be as many as the angles that are kept in the same entry.
/// </summary>
internal sealed class Projections(long file, long access)
{
    private const int MostLinks = 256, MostGroups = 32, MostNamed = 64;
    private static readonly string[] s_references =
        ["data_white", "data_dark", "flat", "flats", "dark", "darks", "white", "whites", "flat_field", "flatfield", "dark_field",
            "darkfield", "flat_fields", "dark_fields", "bright", "brightfield", "ref", "refs", "flats_pre", "flats_post"];

    private static readonly string[] s_angles = ["theta", "angles", "rotation_angle", "rotation_angles", "Angles"];
    private static readonly string[] s_names = ["projection", "sinogram", "radiograph"];

    private readonly Dictionary<string, List<Candidate>> _groups = [];
    private readonly Dictionary<string, string?> _definitions = [];
    private int _named;

    /// <summary>Whether a path is that of a reconstruction: /process/recon, NXtomoproc, /volume.</summary>
    public bool IsReconstruction(string path) =>
        path.ToLowerInvariant().Split('/')
            .Any(s => s.Contains("recon", StringComparison.Ordinal) || s.Contains("tomogram", StringComparison.Ordinal)
                || s is "volume" or "vol" or "slices")
        || Definition(path) == "NXtomoproc";

    /// <summary>Whether a dataset holds flats, or darks, by its name.</summary>
    public static bool IsReference(string path) => s_references.Contains(LeafOf(path).ToLowerInvariant());

    /// <summary>Why a dataset of three axes holds projections; null where nothing says so.</summary>
    public ProjectionEvidence? Of(string path, ulong[] extent)
    {
        if (extent.Length < 2 || extent[0] < 2)
        {
            return null;
        }

        // Of four axes, the first may be times, each with its own pictures.
        bool ArePictures(ulong n) => n > 1 && (n == extent[0] || (extent.Length == 4 && n == extent[1]));
        var (made, around) = (IsReconstruction(path), GroupsAround(path));
        var near = made ? Contents(AxisNames.Parent(path)) : around.SelectMany(Contents);
        if (near.FirstOrDefault(d => LeafOf(d.Path) is "image_key" or "image_key_control" && ArePictures(Length(d))) is { } key)
        {
            return new ProjectionEvidence($"{key.Path} says which of them are flats and darks", key.Path);
        }

        if (made)
        {
            return null;
        }

        if (around.SelectMany(Contents).FirstOrDefault(d => RotationAngles.IsName(LeafOf(d.Path)) && ArePictures(Length(d))) is { } angles)
        {
            return new ProjectionEvidence($"as many angles are in {angles.Path}", null);
        }

        if (Contents(AxisNames.Parent(path))
            .FirstOrDefault(d => d.Path != path && IsReference(d.Path) && IsLike(d, extent)) is { } reference)
        {
            return new ProjectionEvidence($"{reference.Path} beside it holds flats or darks", null);
        }

        return s_names.Any(n => path.Contains(n, StringComparison.OrdinalIgnoreCase))
            ? new ProjectionEvidence("its name says so", null)
            : Definition(path) == "NXtomo" && path.Contains("/detector", StringComparison.Ordinal)
                ? new ProjectionEvidence("its entry is defined as NXtomo", null)
                : Angles(path, extent) is { } angular ? new ProjectionEvidence(angular, null) : null;
    }

    // What the dataset says by itself: an axis of angles, or a list of them. So few datasets are asked that it takes no time.
    private string? Angles(string path, ulong[] extent)
    {
        var dataset = _named++ < MostNamed ? H5.OpenDataset(file, path, access) : -1;
        if (dataset < 0)
        {
            return null;
        }

        var names = AxisNames.Of(file, dataset, path, extent.Length, access);
        var listed = s_angles.FirstOrDefault(n => (ulong)Attributes.Numbers(dataset, n).Length == extent[0]);
        H5.CloseObject(dataset);
        return names?.Axes.Select((a, i) => extent[i] > 1 && RotationAngles.IsName(a.Name) ? a.Name : null)
            .FirstOrDefault(n => n is not null) is { } axis ? $"its axis {axis} counts angles"
            : listed is not null ? $"as many angles are in its attribute {listed}"
            : null;
    }

    // Flats are as large as what they are for; of Data Exchange, they are what they are called.
    private static bool IsLike(Candidate reference, ulong[] extent) =>
        LeafOf(reference.Path) is "data_white" or "data_dark"
            || (reference.Extent.Length >= 2 && extent.Length >= 2 && reference.Extent[^1] == extent[^1]
                && reference.Extent[^2] == extent[^2]);

    // The groups from the dataset's own up to its entry, the root, and what NeXus keeps the angles in.
    private List<string> GroupsAround(string path)
    {
        var groups = new List<string>();
        for (var group = AxisNames.Parent(path); group.Length > 1; group = AxisNames.Parent(group))
        {
            groups.Add(group);
        }

        if (groups.Count > 0)
        {
            var entry = groups[^1];
            groups.AddRange([entry + "/sample", entry + "/instrument", entry + "/instrument/detector", entry + "/sample/transformations",
                entry + "/measurement", entry + "/data"]);
        }

        groups.Add("/");
        return [.. groups.Distinct().Take(MostGroups)];
    }

    private List<Candidate> Contents(string group)
    {
        if (_groups.TryGetValue(group, out var known))
        {
            return known;
        }

        var found = _groups[group] = [];
        var id = H5.OpenObject(file, group, access);
        if (id < 0)
        {
            return found;
        }

        if (H5.TypeOf(id) == H5.TypeGroup)
        {
            foreach (var name in H5.Links(id).Take(MostLinks))
            {
                // Only what may say something is opened.
                if (name is not ("image_key" or "image_key_control") && !RotationAngles.IsName(name)
                    && !s_references.Contains(name.ToLowerInvariant()))
                {
                    continue;
                }

                var one = H5.OpenObject(id, name, access);
                if (one >= 0 && H5.TypeOf(one) == H5.TypeDataset && SampleKind.Of(one) is not null)
                {
                    found.Add(new Candidate(AxisNames.Join(group, name), Spaces.OfDataset(one)));
                }

                if (one >= 0)
                {
                    H5.CloseObject(one);
                }
            }
        }

        H5.CloseObject(id);
        return found;
    }

    private string? Definition(string path)
    {
        var entry = path.Split('/', StringSplitOptions.RemoveEmptyEntries) is [var first, _, ..] ? "/" + first : "/";
        if (!_definitions.TryGetValue(entry, out var definition))
        {
            _definitions[entry] = definition = Attributes.TextDataset(file, AxisNames.Join(entry, "definition"), access);
        }

        return definition;
    }

    // Elements of a list; 0 of what is none.
    private static ulong Length(Candidate d) => d.Extent.Count(n => n > 1) == 1 ? d.Extent.Max() : 0;

    private static string LeafOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
