using System.Globalization;
using System.Text.RegularExpressions;
using DendriteViewer.Hdf5;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// Which axes of an NRRD file are space and which counts volumes, and how large a voxel is. What says so, in this order: kinds; space
/// directions, which are "none" for an axis that is not space; spacings, which are NaN there; labels; and where none of them does, the
/// order.
/// </summary>
internal sealed partial class NrrdSpace
{
    private readonly NrrdHeader _header;

    // Of each axis, fastest first; null where its direction is "none".
    private readonly double[]?[]? _directions;
    private readonly double[]? _spacings;
    private readonly string?[] _kinds, _labels;

    /// <param name="header">The fields.</param>
    /// <param name="sizes">Elements along each axis, fastest first.</param>
    /// <param name="remarks">Takes what was guessed.</param>
    /// <exception cref="VolumeFormatException">An axis is neither space nor time, or a field is for another number of axes.</exception>
    public NrrdSpace(NrrdHeader header, List<long> sizes, List<string> remarks)
    {
        _header = header;
        if (sizes.Count < 2)
        {
            throw new VolumeFormatException($"{header.Path} has {sizes.Count} axes, but a scan has two or three, and a fourth for time.");
        }

        _kinds = PerAxis("kinds", header.Words("kinds"), sizes.Count).Select(k => k?.ToLowerInvariant()).ToArray();
        _labels = PerAxis("labels", header.Quoted("labels"), sizes.Count);
        _spacings = header.Words("spacings") is { } spacings ? PerAxis("spacings", spacings, sizes.Count).Select(s => Number(s!)).ToArray()
            : null;
        _directions = header.Field("space directions") is { } text
            ? PerAxis("space directions", [.. Direction().Matches(text).Select(m => m.Value)], sizes.Count).Select(v => Vector(v!))
                .ToArray()
            : null;
        var roles = RolesOf(sizes, remarks);
        Axes = [.. Enumerable.Range(0, sizes.Count).Reverse().Select(i => new FileAxis(NameOf(i), roles[i], sizes[i]))];
        if (header.Key("modality")?.StartsWith("DWMRI", StringComparison.OrdinalIgnoreCase) == true
            && Axes.Any(a => a.Role == AxisRole.Time && a.Length > 1))
        {
            throw new VolumeFormatException(
                $"{header.Path} holds diffusion weighted pictures along an axis, which are neither space nor time; write the one to "
                + "import by itself.");
        }

        Order = AxisOrder.Of(header.Path, Axes);
        if (Order.Time >= 0 && sizes.Count - 1 - Order.Time is var time && Axes[Order.Time].Length > 1)
        {
            SayWhyTime(time, remarks);
        }
    }

    /// <summary>The axes, slowest first.</summary>
    public IReadOnlyList<FileAxis> Axes { get; }

    /// <summary>Which of them are z, y, x and time.</summary>
    public AxisOrder Order { get; }

    /// <summary>Rows and columns of a slice.</summary>
    public (long Rows, long Columns) Slice => (Order.Y < 0 ? 1 : Axes[Order.Y].Length, Order.X < 0 ? 1 : Axes[Order.X].Length);

    /// <summary>Where the voxels lie, where that has a unit of length; else a remark says why it was not taken.</summary>
    public FileGeometry? GeometryOf(string path, List<string> remarks)
    {
        SayWhatIsNotTaken(remarks);
        var space = new[] { Order.X, Order.Y, Order.Z }.Select(a => a < 0 ? -1 : Axes.Count - 1 - a).ToArray();
        var shown = _header.Field("space directions") ?? _header.Field("spacings");
        if (shown is null)
        {
            return null;
        }

        var isDirected = _directions is not null;
        var from = isDirected ? "space directions" : "spacings";
        // One unit for each axis of the world where directions are given, for each axis of the array where only spacings are.
        var units = !isDirected && _header.Quoted("units") is { } own && own.Length == Axes.Count
            ? [.. space.Where(i => i >= 0).Select(i => own[i])]
            : _header.Quoted("space units") ?? [];
        if (units.All(u => u.Trim() is "" or "???"))
        {
            remarks.Add($"It gives a spacing of {shown} without a unit, so it was not taken.");
            return null;
        }

        if (space.Any(i => i < 0 || (isDirected ? _directions![i] is null : double.IsNaN(_spacings![i]))))
        {
            remarks.Add($"Its {from} ({shown}) are not for all of z, y and x, so they were not taken.");
            return null;
        }

        var um = units.Take(3).Select(LengthUnits.InUm).ToArray();
        if (um.Length < 3 || um.Any(u => u is null))
        {
            remarks.Add($"Its spacing is in {string.Join(", ", units.Select(u => $"\"{u}\""))}, which is no unit of length for each of "
                + "x, y and z, so it was not taken.");
            return null;
        }

        if (isDirected && _directions!.Any(d => d is { Length: not (3 or 4) }))
        {
            remarks.Add($"Its space directions ({shown}) are not in a space of three dimensions, so they were not taken.");
            return null;
        }

        // Steps of x, y and z of the array in x, y and z of the world; the origin is the middle of the first voxel.
        var steps = space.Select((axis, i) => Enumerable.Range(0, 3)
            .Select(k => isDirected ? um[k]!.Value * _directions![axis]![k] : k == i ? um[i]!.Value * _spacings![axis] : 0).ToArray())
                .ToArray();
        var origin = _header.Field("space origin") is { } o ? Vector(o) : null;
        if (origin is { Length: not (3 or 4) })
        {
            remarks.Add($"Its space origin ({_header.Field("space origin")}) is not in a space of three dimensions, so it was not taken.");
            origin = null;
        }

        var middle = origin is null ? [0.0, 0, 0] : Enumerable.Range(0, 3).Select(k => um[k]!.Value * origin[k]).ToArray();
        SayHowAxesRun(steps, remarks);
        return LengthUnits.TryGeometry(steps, middle, path, from, remarks);
    }

    private AxisRole[] RolesOf(List<long> sizes, List<string> remarks)
    {
        var roles = new AxisRole[sizes.Count];
        var open = new List<int>();
        var nothingKnown = true;
        for (var i = 0; i < sizes.Count; i++)
        {
            var (label, isSpace) = (FileAxis.RoleOf(_labels[i]), IsSpace(i, sizes.Count));
            var named = label is AxisRole.Z or AxisRole.Y or AxisRole.X;
            roles[i] = _kinds[i] switch
            {
                "time" or "list" => AxisRole.Time,
                "domain" or "space" or "???" or "none" or null => isSpace switch
                {
                    _ when RotationAngles.IsName(_labels[i]) || label is AxisRole.Time or AxisRole.Channel => label,
                    true => named ? label : AxisRole.Unknown,
                    false => AxisRole.Time,
                    null => named || (_kinds[i] is null && label == AxisRole.Other
                        && _labels.Any(l => FileAxis.RoleOf(l) is not (AxisRole.Unknown or AxisRole.Other)))
                        ? label : AxisRole.Unknown,
                },
                _ => AxisRole.Channel,
            };
            nothingKnown &= roles[i] == AxisRole.Unknown && isSpace is null && _kinds[i] is not ("domain" or "space");
            if (roles[i] == AxisRole.Unknown)
            {
                open.Add(i);
            }
        }

        if (nothingKnown)
        {
            if (sizes.Count(s => s > 1) > 3)
            {
                remarks.Add($"It does not say what its axes are, so the slowest, of {sizes[^1]} elements, is taken for time and the "
                    + "others for z, y and x.");
            }

            return roles;
        }

        // Axes of space without a name of their own are x, y and z in the order in which they lie; a fourth counts volumes.
        AxisRole[] free = [.. new[] { AxisRole.X, AxisRole.Y, AxisRole.Z }.Where(r => !roles.Contains(r))];
        if (open.Count == free.Length + 1 && !roles.Contains(AxisRole.Time)
            && open.All(i => IsSpace(i, sizes.Count) is null && _kinds[i] != "space"))
        {
            if (sizes[open[^1]] > 1)
            {
                remarks.Add($"Its axes are all of the kind domain, so the slowest, of {sizes[open[^1]]} elements, is taken for time.");
            }

            roles[open[^1]] = AxisRole.Time;
            open.RemoveAt(open.Count - 1);
        }

        for (var i = 0; i < open.Count; i++)
        {
            roles[open[i]] = free.Length > 0 ? free[Math.Min(i, free.Length - 1)] : AxisRole.Z;
        }

        return roles;
    }

    // Whether the header says that an axis is one of space, or none; null where it says neither.
    private bool? IsSpace(int axis, int count) =>
        _directions is not null ? _directions[axis] is { } v && (v.Length != 4 || v[0] != 0 || v[1] != 0 || v[2] != 0)
        : _spacings is not null && count > 3 && _spacings.Count(double.IsFinite) == 3 ? double.IsFinite(_spacings[axis])
        : null;

    private void SayWhyTime(int axis, List<string> remarks)
    {
        var (count, position) = (Axes[Order.Time].Length, axis + 1);
        if (_spacings is not null && double.IsFinite(_spacings[axis]))
        {
            var unit = _header.Quoted("units") is { } units && units.Length == Axes.Count ? " " + units[axis] : "";
            remarks.Add(string.Create(
                CultureInfo.InvariantCulture, $"Its steps in time of {_spacings[axis]:0.######}{unit} are not taken."));
        }

        if (_kinds[axis] == "list")
        {
            remarks.Add($"Its axis {position} (the fastest is 1) is a list, and the header does not say of what; "
                + $"each of its {count} entries is read as a volume of its own.");
        }
        else if (_kinds[axis] != "time" && FileAxis.RoleOf(_labels[axis]) != AxisRole.Time && _directions is not null)
        {
            remarks.Add($"Its axis {position} (the fastest is 1) has no direction in space, and the header does not say what it is; "
                + $"each of its {count} entries is read as a volume of its own.");
        }
    }

    private void SayWhatIsNotTaken(List<string> remarks)
    {
        if (_header.Field("old min", "oldmin", "old max", "oldmax", "min", "max") is not null)
        {
            var (min, max) = (_header.Field("old min", "oldmin", "min") ?? "none", _header.Field("old max", "oldmax", "max") ?? "none");
            remarks.Add($"Its old min ({min}) and old max ({max}) are not applied; voxels are as they are stored.");
        }

        if (_header.Field("sample units", "sampleunits") is { } units)
        {
            remarks.Add($"Its sample units ({units.Trim('"')}) are not kept; voxels are as they are stored.");
        }

        if (_header.Field("axis mins", "axismins", "axis maxs", "axismaxs") is not null
            && _header.Field("spacings", "space directions") is null)
        {
            remarks.Add("Its axis mins and maxs are not taken for a voxel's size; give voxelSizeUm.");
        }

        if (_header.Field("thicknesses") is { } thick && thick.Split(' ')
            .Any(t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v)))
        {
            remarks.Add($"Its thicknesses ({thick}) are not taken; slices are as far apart as its spacing says.");
        }

        if (_directions is not null && _spacings is not null)
        {
            remarks.Add("It gives spacings and space directions; the directions are taken.");
        }
    }

    // Voxels keep the order of the file; where its axes run otherwise in its space, the transform holds that, and people are told.
    private void SayHowAxesRun(double[][] steps, List<string> remarks)
    {
        var runs = steps.Select(s =>
        {
            var k = Enumerable.Range(0, 3).MaxBy(i => Math.Abs(s[i]));
            return (s[k] < 0 ? "−" : "") + "xyz"[k];
        }).ToArray();
        if (!runs.SequenceEqual(["x", "y", "z"]))
        {
            var name = _header.Field("space") is { } space ? $" ({space})" : "";
            remarks.Add($"Its x, y and z run along {string.Join(", ", runs)} of its space{name}; voxels keep the order of the file, and "
                + "their transform says how they lie.");
        }
    }

    private string NameOf(int axis) => _labels[axis] is { Length: > 0 } label ? label : _kinds[axis] is { Length: > 0 } kind ? kind : "";

    private string?[] PerAxis(string field, string[]? values, int count) =>
        values is null ? new string?[count]
        : values.Length == count ? values
        : throw new VolumeFormatException($"{_header.Path}: {field} are for {values.Length} axes, but it has {count}; correct the header.");

    private double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var v)
        ? v
        : throw new VolumeFormatException($"{_header.Path}: '{text}' is no number; correct the header.");

    // Null for "none", also as some programs write it: a vector of NaN.
    private double[]? Vector(string text)
    {
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var numbers = text.Trim('(', ')', ' ').Split(',').Select(n => Number(n.Trim())).ToArray();
        return numbers.All(double.IsNaN) ? null : numbers;
    }

    [GeneratedRegex(@"\([^()]*\)|\bnone\b", RegexOptions.IgnoreCase)]
    private static partial Regex Direction();
}
