using System.Runtime.InteropServices;
using DendriteViewer.Hdf5.Filters;

namespace DendriteViewer.Hdf5;

/// <summary>Numbers along one axis, as a spectrum is stored.</summary>
/// <param name="Paths">Every path that leads to them inside the file.</param>
/// <param name="Unit">As the file spells it; null where it does not say.</param>
/// <param name="Values">The numbers.</param>
public sealed record Hdf5Column(string[] Paths, string? Unit, double[] Values);

/// <summary>One measurement of a file: an NXentry, or the whole file where it has none.</summary>
/// <param name="Path">Inside the file.</param>
/// <param name="Mode">What its text dataset "mode" says, as NXxas has it; null where there is none.</param>
/// <param name="Signal">Path of what its NXdata shows; null where it does not say.</param>
/// <param name="Axis">Path of the axis that this lies along; null where it does not say.</param>
/// <param name="Columns">Its numbers along one axis.</param>
public sealed record Hdf5Entry(string Path, string? Mode, string? Signal, string? Axis, Hdf5Column[] Columns);

/// <summary>
/// Finds what a file of spectra holds. Other files are never opened, whatever the file refers to: it was uploaded by somebody.
/// </summary>
internal sealed class SpectrumColumns
{
    private const int MostEntries = 64, MostObjects = 5_000, MostDepth = 12, LeastPoints = 3, MostPoints = 50_000, MostValues = 400_000;
    private const long MostChunk = 64L << 20;

    private readonly long _file, _access;
    private readonly ReferredFiles _referred = new(
        path => $"it refers to {System.IO.Path.GetFileName(path)}; write one file without others.");

    private int _objects, _values;

    /// <param name="path">The file.</param>
    /// <exception cref="Hdf5Exception">It cannot be opened.</exception>
    public SpectrumColumns(string path)
    {
        _file = H5.OpenFile(path, H5.ReadOnly, 0);
        if (_file < 0)
        {
            throw new Hdf5Exception(
                "it is damaged, or still being written; close the program that writes it, or copy it again from its source.");
        }

        _access = _referred.Access();
    }

    /// <summary>The measurements.</summary>
    /// <exception cref="Hdf5Exception">There are too many, or one cannot be read.</exception>
    public Hdf5Entry[] Read()
    {
        var root = H5.OpenObject(_file, "/", _access);
        string[] entries = [.. H5.Links(root).Select(name => "/" + name).Where(p => ClassOf(p) == "NXentry").Take(MostEntries + 1)];
        H5.CloseObject(root);
        if (entries.Length > MostEntries)
        {
            throw new Hdf5Exception($"it holds more than {MostEntries} measurements; write fewer in one file.");
        }

        Hdf5Entry[] read = [.. entries.DefaultIfEmpty("/").Select(EntryAt)];

        // Links to pictures elsewhere are usual; where the energy is behind one, it is said.
        return _referred.Refused is { } refused && !read.Any(e => e.Columns.Any(c => c.Paths.Any(p => p.EndsWith(
            "energy", StringComparison.OrdinalIgnoreCase)))) ? throw new Hdf5Exception(refused) : read;
    }

    private Hdf5Entry EntryAt(string path)
    {
        var columns = new Dictionary<(ulong, ulong, ulong), (List<string> Paths, string? Unit, double[] Values)>();
        var groups = new List<string>();
        Walk(path, 0, columns, groups, []);
        var preferred = Default(path);
        var shown = groups.OrderBy(g => g == preferred ? 0 : 1).Select(Shown).FirstOrDefault(s => s.Signal is not null);
        var mode = Attributes.TextDataset(_file, AxisNames.Join(path, "mode"), _access) ?? ModeBelow(groups);
        return new(path, mode, shown.Signal, shown.Axis, [.. columns.Values.Select(c => new Hdf5Column([.. c.Paths], c.Unit, c.Values))]);
    }

    private void Walk(
        string path, int depth, Dictionary<(ulong, ulong, ulong), (List<string> Paths, string? Unit, double[] Values)> columns,
        List<string> groups, HashSet<(ulong, ulong, ulong)> seen)
    {
        var group = H5.OpenObject(_file, path, _access);
        if (group < 0)
        {
            return;
        }

        if (Attributes.Text(group, "NX_class") == "NXdata")
        {
            groups.Add(path);
        }

        foreach (var name in H5.Links(group))
        {
            if (_objects++ > MostObjects)
            {
                throw new Hdf5Exception($"it holds more than {MostObjects} objects; export the spectra alone.");
            }

            var id = H5.OpenObject(group, name, _access);
            if (id < 0)
            {
                continue;
            }

            var (below, identity) = (AxisNames.Join(path, name), H5.Identity(id));
            if (H5.TypeOf(id) == H5.TypeGroup && depth < MostDepth && seen.Add(identity))
            {
                Walk(below, depth + 1, columns, groups, seen);
            }
            else if (columns.TryGetValue(identity, out var known))
            {
                known.Paths.Add(below);
            }
            else if (H5.TypeOf(id) == H5.TypeDataset && IsColumn(id))
            {
                columns.Add(identity, ([below], Attributes.Text(id, "units"), Values(below)));
            }

            H5.CloseObject(id);
        }

        H5.CloseObject(group);
    }

    private static bool IsColumn(long dataset) => SampleKind.Of(dataset) is not null
        && Spaces.OfDataset(dataset) is [>= LeastPoints and <= MostPoints];

    private double[] Values(string path)
    {
        var dataset = H5.Check(H5.OpenDataset(_file, path, _access), $"its dataset {path} cannot be opened; the file is damaged.");
        _referred.Check(dataset, []);
        var creation = H5.Check(H5.Creation(dataset), $"its dataset {path} has no properties; the file is damaged.");
        FilterPipeline.Prepare(creation, path, MostChunk);
        H5.CloseProperties(creation);
        var values = new double[(int)Spaces.OfDataset(dataset)[0]];
        _values += values.Length;
        if (_values > MostValues)
        {
            throw new Hdf5Exception($"it holds more than {MostValues} numbers; write fewer spectra in one file.");
        }

        var read = H5.Read(dataset, H5.Variable("H5T_NATIVE_DOUBLE_g"), H5.All, H5.All, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        H5.CloseObject(dataset);
        return read < 0 ? throw new Hdf5Exception($"its dataset {path} is damaged; copy the file again from its source.") : values;
    }

    // What an NXdata shows and along what: attributes of the group, or of its datasets in files of before 2014.
    private (string? Signal, string? Axis) Shown(string path)
    {
        var group = H5.OpenObject(_file, path, _access);
        var (signal, axis) = (Attributes.Text(group, "signal"), Attributes.Texts(group, "axes").FirstOrDefault());
        foreach (var name in H5.Links(group))
        {
            var id = H5.OpenObject(group, name, _access);
            if (id >= 0 && H5.TypeOf(id) == H5.TypeDataset)
            {
                signal ??= Attributes.Text(id, "signal") == "1" || Attributes.Numbers(id, "signal") is [1, ..] ? name : null;
                axis ??= Attributes.Text(id, "axis") == "1" || Attributes.Numbers(id, "axis") is [1, ..] ? name : null;
            }

            H5.CloseObject(id);
        }

        H5.CloseObject(group);
        return signal is null ? (null, null) : (AxisNames.Join(path, signal), axis is null or "." ? null : AxisNames.Join(path, axis));
    }

    private string? Default(string path)
    {
        var id = H5.OpenObject(_file, path, _access);
        var name = id < 0 ? null : Attributes.Text(id, "default");
        H5.CloseObject(id);
        return name is null ? null : AxisNames.Join(path, name);
    }

    private string? ModeBelow(List<string> groups) => groups
        .Select(g => Attributes.TextDataset(_file, AxisNames.Join(g, "mode"), _access)).FirstOrDefault(m => m is not null);

    private string? ClassOf(string path)
    {
        var id = H5.OpenObject(_file, path, _access);
        var name = id >= 0 && H5.TypeOf(id) == H5.TypeGroup ? Attributes.Text(id, "NX_class") : null;
        H5.CloseObject(id);
        return name;
    }
}
