using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// NRRD (teem.sourceforge.net/nrrd/format.html): header and data in one file, or a header that names one or many files of data; raw,
/// text, gzip or bzip2. A fourth axis is time.
/// </summary>
internal sealed partial class NrrdFile : VolumeFile
{
    private const int MostHeader = 1 << 20;
    private readonly string _path;
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _remarks = [];
    private readonly SampleStream _stream;
    private readonly string _encoding;

    /// <param name="path">The file with the header.</param>
    /// <param name="confine">Asked before another file is opened.</param>
    public NrrdFile(string path, Func<string, string> confine)
    {
        _path = path;
        var (header, list, dataAt) = ReadHeader();
        foreach (var (name, value) in header)
        {
            _fields[name] = value;
        }

        var samples = TypeOf(Field("type") ?? throw Missing("type"));
        var sizes = Numbers("sizes") ?? throw Missing("sizes");
        if (Numbers("dimension") is not [var dimension] || dimension != sizes.Count)
        {
            throw new VolumeFormatException($"{path}: dimension and sizes disagree; the header is damaged.");
        }

        var (axes, frames) = AxesOf(sizes);
        _encoding = (Field("encoding") ?? throw Missing("encoding")).ToLowerInvariant();
        var packing = _encoding switch
        {
            "raw" or "txt" or "text" or "ascii" => Packing.None,
            "gz" or "gzip" => Packing.Gzip,
            "bz2" or "bzip2" => Packing.Bzip2,
            _ => throw new VolumeFormatException($"{path} is encoded as {_encoding}, which is not supported; write it as raw, gzip or bzip2."),
        };
        var isText = _encoding is "txt" or "text" or "ascii";
        var big = Field("endian")?.ToLowerInvariant() switch
        {
            "big" => true,
            "little" => false,
            null when isText || samples.Size() == 1 => false,
            _ => throw Missing("endian (little or big)"),
        };
        var (lineSkip, byteSkip) = (Skip("line skip", "lineskip", 0), Skip("byte skip", "byteskip", -1));
        var parts = FilesOf(list, confine, axes, frames);
        long need = samples.Size() * frames;
        axes.ForEach(a => need = checked(need * Math.Max(1, Math.Min(a, int.MaxValue))));
        var stored = parts.Sum(p => new FileInfo(p).Length) - (parts is [var only] && only == path ? dataAt : 0);
        SampleStream.CheckSize(path, [frames, .. axes], isText ? 1 : samples.Size(), Math.Max(0, stored), isText ? 1 : packing.MostRatio());
        if (byteSkip == -1 && parts.Count > 1)
        {
            throw new VolumeFormatException($"{path}: a byte skip of -1 is for one file of data; correct the header.");
        }

        Shape = new VolumeShape((int)axes[0], (int)axes[1], (int)axes[2]);
        Frames = (int)frames;
        Samples = samples;
        _stream = new SampleStream(path, Shape, samples, big, null, () => FileStreams.Concat(parts.Select(p => (Func<Stream>)(() =>
        {
            var stream = OpenAt(p, p == path ? dataAt : 0, packing, lineSkip, byteSkip, need);
            return isText ? new PlainText(stream, samples) : stream;
        })).ToArray()));
        Fingerprint = Fingerprints.Of(parts.Prepend(path).Distinct());
        Geometry = GeometryOf();
    }

    public override string Format => $"NRRD, {_encoding}";

    public override VolumeShape Shape { get; }

    public override SampleType Samples { get; }

    public override int Frames { get; }

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks => _remarks;

    public override string Fingerprint { get; }

    public override ISliceSource Open(int frame) => _stream.Frame(frame, $"{Fingerprint}|{frame}");

    /// <summary>Whether a file begins as NRRD does.</summary>
    public static bool IsNrrd(ReadOnlySpan<byte> head) => head.StartsWith("NRRD000"u8);

    private SampleType TypeOf(string name) => name.ToLowerInvariant() switch
    {
        "uchar" or "unsigned char" or "uint8" or "uint8_t" => SampleType.UInt8,
        "signed char" or "int8" or "int8_t" or "char" => SampleType.Int8,
        "ushort" or "unsigned short" or "unsigned short int" or "uint16" or "uint16_t" => SampleType.UInt16,
        "short" or "short int" or "signed short" or "signed short int" or "int16" or "int16_t" => SampleType.Int16,
        "uint" or "unsigned int" or "uint32" or "uint32_t" => SampleType.UInt32,
        "int" or "signed int" or "int32" or "int32_t" => SampleType.Int32,
        "ulonglong" or "unsigned long long" or "unsigned long long int" or "uint64" or "uint64_t" => SampleType.UInt64,
        "longlong" or "long long" or "long long int" or "signed long long" or "signed long long int" or "int64" or "int64_t" => SampleType.Int64,
        "float" => SampleType.Float32,
        "double" => SampleType.Float64,
        _ => throw new VolumeFormatException($"{_path} has samples of the type '{name}', which is not supported; write numbers of 8 to 64 bits."),
    };

    // Fields are "name: value", key/value pairs "key:=value"; an empty line, or the end of a header without data, ends them.
    private (List<(string Name, string Value)> Fields, List<string> List, long DataAt) ReadHeader()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var (fields, list, line, at) = (new List<(string, string)>(), new List<string>(), new StringBuilder(), 0L);
        var isList = false;
        while (true)
        {
            var c = file.ReadByte();
            if (++at > MostHeader)
            {
                throw new VolumeFormatException($"{_path} has no end of its header; the file is damaged.");
            }

            if (c is not ('\n' or -1))
            {
                line.Append((char)c);
                continue;
            }

            var text = line.ToString().TrimEnd('\r');
            line.Clear();
            if (text.Length == 0 || c == -1)
            {
                AddLine(text);
                return (fields, list, at);
            }

            AddLine(text);
        }

        void AddLine(string text)
        {
            if (text.Length == 0 || text[0] == '#' || IsNrrd(Encoding.Latin1.GetBytes(text)))
            {
                return;
            }

            if (isList)
            {
                list.Add(text);
                return;
            }

            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new VolumeFormatException($"{_path}: '{text[..Math.Min(40, text.Length)]}' is no field of a header; the file is damaged.");
            }

            if (!text.AsSpan(colon).StartsWith(":="))
            {
                fields.Add((text[..colon].Trim(), text[(colon + 1)..].Trim()));
                isList = fields[^1].Item1.Replace(" ", "", StringComparison.Ordinal).Equals("datafile", StringComparison.OrdinalIgnoreCase) && fields[^1].Item2.StartsWith("LIST", StringComparison.Ordinal);
            }
        }
    }

    private string? Field(params string[] names) => names.Select(n => _fields.GetValueOrDefault(n)).FirstOrDefault(v => v is { Length: > 0 });

    private List<long>? Numbers(string name)
    {
        if (Field(name) is not { } text)
        {
            return null;
        }

        var numbers = new List<long>();
        foreach (var part in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            numbers.Add(long.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) ? n : throw new VolumeFormatException($"{_path}: {name} is '{text}', which are no whole numbers; the header is damaged."));
        }

        return numbers;
    }

    private long Skip(string name, string old, long least) => Field(name, old) is not { } text ? 0
        : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) && n >= least ? n
        : throw new VolumeFormatException($"{_path}: {name} is '{text}', but it is {least} or more; correct the header.");

    // The fastest axis is x; a leading axis of components must have one, a fourth is time.
    private (List<long> Axes, long Frames) AxesOf(List<long> sizes)
    {
        var axes = sizes.ToList();
        var kinds = Field("kinds")?.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (kinds.Length == axes.Count && axes.Count > 1 && kinds[0] is not ("domain" or "space" or "time" or "???" or "none" or "list"))
        {
            axes = axes[0] == 1 ? axes[1..] : throw new VolumeFormatException($"{_path} has {axes[0]} values a voxel ({kinds[0]}), but a scan has one; convert it to grey.");
        }

        while (axes.Count > 4 && axes[^1] == 1)
        {
            axes.RemoveAt(axes.Count - 1);
        }

        return axes.Count switch
        {
            2 => ([1, axes[1], axes[0]], 1),
            3 => ([axes[2], axes[1], axes[0]], 1),
            4 => ([axes[2], axes[1], axes[0]], axes[3]),
            _ => throw new VolumeFormatException($"{_path} has {axes.Count} axes, but a scan has two or three, and a fourth for time."),
        };
    }

    // One file, a pattern with a range, or a list; beside the header unless they say otherwise.
    private List<string> FilesOf(List<string> list, Func<string, string> confine, List<long> axes, long frames)
    {
        if (Field("data file", "datafile") is not { } named)
        {
            return [_path];
        }

        IEnumerable<string> names = [named];
        if (named.StartsWith("LIST", StringComparison.Ordinal))
        {
            names = list;
        }
        else if (Pattern().Match(named) is { Success: true } m)
        {
            var (from, to, step) = (long.Parse(m.Groups[4].Value, CultureInfo.InvariantCulture), long.Parse(m.Groups[5].Value, CultureInfo.InvariantCulture), long.Parse(m.Groups[6].Value, CultureInfo.InvariantCulture));
            if (step == 0 || (to - from) / step < 0 || (to - from) / step > 1_000_000)
            {
                throw new VolumeFormatException($"{_path}: data file counts from {from} to {to} by {step}; correct the header.");
            }

            var width = m.Groups[2].Length > 0 ? int.Parse(m.Groups[2].Value.TrimStart('0') is { Length: > 0 } w ? w : "0", CultureInfo.InvariantCulture) : 0;
            names = Enumerable.Range(0, (int)((to - from) / step) + 1).Select(i => m.Groups[1].Value + (from + i * step).ToString(CultureInfo.InvariantCulture).PadLeft(Math.Min(width, 20), m.Groups[2].Value.StartsWith('0') ? '0' : ' ') + m.Groups[3].Value);
        }

        return FileStreams.DataOf(_path, names, confine, axes.Aggregate((UInt128)Math.Max(0, frames), (a, b) => a * (UInt128)Math.Clamp(b, 0, int.MaxValue)));
    }

    // Lines are skipped in the file, bytes in what it unpacks to.
    private static Stream OpenAt(string path, long offset, Packing packing, long lines, long bytes, long need)
    {
        offset = AfterLines(path, offset, lines);
        var stream = FileStreams.Open(path, offset, packing);
        if (bytes == -1)
        {
            if (stream.CanSeek)
            {
                stream.Position = stream.Length >= need ? stream.Length - need : throw new EndOfStreamException();
                return stream;
            }

            // Packed: how much precedes the last bytes is known once all of it was read.
            var all = 0L;
            var buffer = new byte[1 << 16];
            for (int n; (n = stream.Read(buffer)) > 0;)
            {
                all += n;
            }

            stream.Dispose();
            stream = FileStreams.Open(path, offset, packing);
            bytes = all >= need ? all - need : throw new EndOfStreamException();
        }

        var skipped = new byte[(int)Math.Min(bytes, 1 << 16)];
        for (; bytes > 0; bytes -= Math.Min(bytes, skipped.Length))
        {
            stream.ReadExactly(skipped, 0, (int)Math.Min(bytes, skipped.Length));
        }

        return stream;
    }

    private static long AfterLines(string path, long offset, long lines)
    {
        if (lines == 0)
        {
            return offset;
        }

        using var file = FileStreams.Open(path, offset, Packing.None);
        for (; lines > 0; offset++)
        {
            lines -= file.ReadByte() switch { '\n' => 1, -1 => throw new EndOfStreamException(), _ => 0 };
        }

        return offset;
    }

    private FileGeometry? GeometryOf()
    {
        var units = Quoted().Matches(Field("space units") ?? Field("units") ?? "").Select(m => m.Groups[1].Value).Where(u => u.Length > 0 && u != "???").Distinct().ToArray();
        var vectors = Vector().Matches(Field("space directions") ?? "").Select(m => m.Value).ToArray();
        var spacings = Field("spacings")?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(s => !s.Equals("nan", StringComparison.OrdinalIgnoreCase)).ToArray();
        if (vectors.Length == 0 && spacings is null)
        {
            return null;
        }

        if (units.Length != 1 || LengthUnits.InUm(units[0]) is not { } um)
        {
            _remarks.Add(units.Length == 0
                ? $"It gives a spacing of {Field("space directions") ?? Field("spacings")} without a unit, so it was not taken."
                : $"Its spacing is in {string.Join(" and ", units)}, so it was not taken.");
            return null;
        }

        // From x, y, z (fastest first) of index and world to z, y, x; the origin is the middle of the first voxel.
        var columns = vectors.Length >= 3
            ? vectors.Take(3).Select(v => Three(v, um)).ToArray()
            : spacings is { Length: >= 3 } ? Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 3).Select(k => k == i ? um * Number(spacings[i]) : 0).ToArray()).ToArray()
            : throw new VolumeFormatException($"{_path}: spacings are for fewer axes than it has; correct the header.");
        var origin = Field("space origin") is { } o ? Three(o, um) : [0.0, 0, 0];
        return LengthUnits.Geometry(columns, origin, _path, vectors.Length >= 3 ? "space directions" : "spacings");
    }

    private double[] Three(string vector, double um)
    {
        var numbers = vector.Trim('(', ')', ' ').Split(',').Select(n => um * Number(n)).ToArray();
        return numbers.Length == 3 ? numbers : throw new VolumeFormatException($"{_path}: '{vector}' is no vector of three numbers; correct the header.");
    }

    private double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v)
        ? v
        : throw new VolumeFormatException($"{_path}: '{text}' is no number; correct the header.");

    private VolumeFormatException Missing(string field) => new($"{_path} has no {field} in its header; the file is damaged.");

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\([^()]*\)")]
    private static partial Regex Vector();

    [GeneratedRegex(@"^(.*)%(0?\d{0,3})d(\S*)\s+(-?\d{1,12})\s+(-?\d{1,12})\s+(-?\d{1,12})(?:\s+\d+)?$")]
    private static partial Regex Pattern();
}
