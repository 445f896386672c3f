using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// MetaImage (itk.org, MetaIO): .mha with its data, or .mhd that names one or many files; raw, text or zlib. A fourth axis is time. A
/// spacing is taken where DistanceUnits says what it is in; most programs leave that out.
/// </summary>
internal sealed class MetaImageFile : VolumeFile
{
    private const int MostHeader = 1 << 20;
    private const int MostFiles = 100_000;
    private readonly string _path;
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);
    private readonly SampleStream _stream;
    private readonly List<string> _remarks = [];
    private readonly bool _isPacked;

    /// <param name="path">The file with the header.</param>
    /// <param name="confine">Asked before another file is opened.</param>
    public MetaImageFile(string path, Func<string, string> confine)
    {
        _path = path;
        var (list, dataAt) = ReadHeader();
        Samples = Field("ElementType") switch
        {
            "MET_UCHAR" => SampleType.UInt8,
            "MET_CHAR" => SampleType.Int8,
            "MET_USHORT" => SampleType.UInt16,
            "MET_SHORT" => SampleType.Int16,
            "MET_UINT" => SampleType.UInt32,
            "MET_INT" => SampleType.Int32,
            "MET_ULONG" or "MET_ULONG_LONG" => SampleType.UInt64,
            "MET_LONG" or "MET_LONG_LONG" => SampleType.Int64,
            "MET_FLOAT" => SampleType.Float32,
            "MET_DOUBLE" => SampleType.Float64,
            null => throw Missing("ElementType"),
            var other => throw new VolumeFormatException($"{path} has elements of {other}, which is no number of 8 to 64 bits; convert it to grey."),
        };
        if (Field("ElementNumberOfChannels") is { } channels && channels != "1")
        {
            throw new VolumeFormatException(
                $"{path} has {channels} values a voxel (ElementNumberOfChannels), but a scan has one; convert it to grey.");
        }

        var sizes = (Field("DimSize") ?? throw Missing("DimSize")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(s => long.TryParse(s, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n)
                ? n
                : throw new VolumeFormatException(
                    $"{path}: DimSize is '{Field("DimSize")}', which are no whole numbers; the header is damaged.")).ToList();
        if (Field("NDims") is { } dims && dims != sizes.Count.ToString(CultureInfo.InvariantCulture))
        {
            throw new VolumeFormatException($"{path}: NDims and DimSize disagree; the header is damaged.");
        }

        var axes = sizes.Count switch
        {
            2 => [1, 1, sizes[1], sizes[0]],
            3 => [1, sizes[2], sizes[1], sizes[0]],
            4 => new[] { sizes[3], sizes[2], sizes[1], sizes[0] },
            _ => throw new VolumeFormatException($"{path} has {sizes.Count} axes, but a scan has two or three, and a fourth for time."),
        };
        _isPacked = IsTrue("CompressedData");
        var packing = _isPacked ? Packing.Zlib : Packing.None;
        var isText = Field("BinaryData") is { } b && !b.Equals("True", StringComparison.OrdinalIgnoreCase);
        var big = IsBigEndian();
        var parts = FilesOf(list, confine, axes);
        var skip = HeaderSize(packing);
        var stored = parts.Sum(p => new FileInfo(p).Length) - (parts is [var only] && only == path ? dataAt : 0);
        SampleStream.CheckSize(path, axes, isText ? 1 : Samples.Size(), Math.Max(0, stored), isText ? 1 : packing.MostRatio());
        var need = axes.Aggregate((long)Samples.Size(), (n, a) => checked(n * a)) / parts.Count;
        Shape = new VolumeShape((int)axes[1], (int)axes[2], (int)axes[3]);
        Frames = (int)axes[0];
        long StartOf(string part) => skip == -1 ? Math.Max(0, new FileInfo(part).Length - need) : part != path ? skip
            : skip == 0 || skip >= dataAt ? Math.Max(skip, dataAt)
            : throw new VolumeFormatException($"{path}: HeaderSize is {skip}, but its header takes {dataAt} bytes; correct it.");
        Stream Open() => FileStreams.Concat(parts.Select(p => (Func<Stream>)(() =>
        {
            var stream = FileStreams.Open(p, StartOf(p), packing);
            return isText ? new PlainText(stream, Samples) : stream;
        })).ToArray());
        _stream = new SampleStream(path, Shape, Samples, big, null, Open);
        Fingerprint = Fingerprints.Of(parts.Prepend(path).Distinct());
        foreach (var part in _isPacked || isText ? [] : parts)
        {
            Remark(skip == -1 && part == path && StartOf(part) < dataAt
                ? throw new VolumeFormatException(
                    $"{path} holds {new FileInfo(path).Length - dataAt} bytes of voxels, but its header says that there are {need}; it "
                    + "was cut off.")
                : DataLengths.Compare(part, need, new FileInfo(part).Length - StartOf(part)));
        }

        if (_isPacked || isText)
        {
            CheckPackedSize(parts, dataAt);
            Remark(DataLengths.ComparePacked(path, need * parts.Count, null, 0, Open));
        }

        if (Frames > 1)
        {
            _remarks.Add($"Its fourth axis, of {Frames} elements, is taken for time.");
        }

        Geometry = MetaImageSpace.Of(Field, sizes.Count, path, _remarks);
    }

    public override string Format => _isPacked ? "MetaImage, zlib" : "MetaImage";

    public override VolumeShape Shape { get; }

    public override SampleType Samples { get; }

    public override int Frames { get; }

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks => _remarks;

    public override string Fingerprint { get; }

    public override ISliceSource Open(int frame) => _stream.Frame(frame, $"{Fingerprint}|{frame}");

    /// <summary>Whether a file begins with fields as MetaImage has.</summary>
    public static bool IsMetaImage(ReadOnlySpan<byte> head)
    {
        var text = Encoding.Latin1.GetString(head[..Math.Min(head.Length, 400)]);
        var first = text.Split('\n')[0];
        return first.Contains('=', StringComparison.Ordinal) && (text.Contains("ObjectType", StringComparison.Ordinal) || text.Contains("NDims", StringComparison.Ordinal));
    }

    // "Name = value" a line; ElementDataFile ends the header, and after LIST names files to the end.
    private (List<string> List, long DataAt) ReadHeader()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var (line, list, at, isList) = (new StringBuilder(), new List<string>(), 0L, false);
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

            var text = line.ToString().Trim();
            line.Clear();
            if (isList && text.Length > 0)
            {
                list.Add(text);
            }
            else if (text.Length > 0)
            {
                var equals = text.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                {
                    throw new VolumeFormatException($"{_path}: '{text[..Math.Min(40, text.Length)]}' is no field of a header; the file is damaged.");
                }

                var name = text[..equals].Trim();
                _fields[name] = text[(equals + 1)..].Trim();
                if (name.Equals("ElementDataFile", StringComparison.OrdinalIgnoreCase))
                {
                    isList = _fields[name].StartsWith("LIST", StringComparison.OrdinalIgnoreCase);
                    if (!isList)
                    {
                        return (list, at);
                    }
                }
            }

            if (c == -1)
            {
                return isList ? (list, at) : throw Missing("ElementDataFile");
            }
        }
    }

    private string? Field(string name) => _fields.GetValueOrDefault(name) is { Length: > 0 } v ? v : null;

    private bool IsTrue(string name) => Field(name)?.Equals("True", StringComparison.OrdinalIgnoreCase) == true;

    // Two names for the same, which must not say different things.
    private bool IsBigEndian()
    {
        const string One = "BinaryDataByteOrderMSB", Other = "ElementByteOrderMSB";
        return Field(One) is null || Field(Other) is null || IsTrue(One) == IsTrue(Other)
            ? IsTrue(One) || IsTrue(Other)
            : throw new VolumeFormatException($"{_path}: {One} and {Other} disagree about the byte order; correct the header.");
    }

    // Bytes before the voxels of each file; -1 where they are its last.
    private long HeaderSize(Packing packing)
    {
        if (Field("HeaderSize") is not { } text)
        {
            return 0;
        }

        if (!long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var size) || size < -1)
        {
            throw new VolumeFormatException($"{_path}: HeaderSize is '{text}'; it is -1 or more.");
        }

        return size >= 0 || packing == Packing.None ? size
            : throw new VolumeFormatException($"{_path}: a HeaderSize of -1 is for voxels that are not compressed; correct the header.");
    }

    private void CheckPackedSize(List<string> parts, long dataAt)
    {
        if (_isPacked && parts is [var part]
            && long.TryParse(Field("CompressedDataSize"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var said)
            && new FileInfo(part).Length - (part == _path ? dataAt : 0) is var have && have != said)
        {
            _remarks.Add(have > said
                ? $"Its data take {have} bytes, but CompressedDataSize is {said}."
                : throw new VolumeFormatException(
                    $"{_path}: CompressedDataSize is {said}, but only {have} bytes are there; it was cut off, copy it again."));
        }
    }

    private void Remark(string? text)
    {
        if (text is not null)
        {
            _remarks.Add(text);
        }
    }

    private List<string> FilesOf(List<string> list, Func<string, string> confine, long[] axes)
    {
        var named = Field("ElementDataFile") ?? throw Missing("ElementDataFile");
        if (named.Equals("LOCAL", StringComparison.OrdinalIgnoreCase))
        {
            return [_path];
        }

        IEnumerable<string> names = named.StartsWith("LIST", StringComparison.OrdinalIgnoreCase) ? list : [named];
        var words = named.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is [var pattern, var from, var to, ..] && pattern.Contains('%', StringComparison.Ordinal))
        {
            names = Numbered(pattern, from, to, words.Length > 3 ? words[3] : "1");
        }

        // A file holds a row, a slice or a volume; so a list that lacks a file is seen before its voxels are.
        var files = FileStreams.DataOf(
            _path, names, confine, axes.Aggregate((UInt128)1, (a, b) => a * (UInt128)Math.Clamp(b, 0, int.MaxValue)));
        long[] counts = [1, axes[0], axes[0] * Math.Max(1, axes[1]), axes[0] * Math.Max(1, axes[1]) * Math.Max(1, axes[2])];
        return counts.Contains(files.Count) ? files
            : throw new VolumeFormatException(
                $"{_path} names {files.Count} files, but has {axes[0] * axes[1]} slices; correct the list, or DimSize.");
    }

    // slice%03d.raw 1 100 1: printf's number, the first, the last, and the step.
    private IEnumerable<string> Numbered(string pattern, string from, string to, string step)
    {
        var match = Regex.Match(pattern, "^([^%]*)%(0?)([0-9]{0,2})[di]([^%]*)$");
        var (first, last, by) = (0, 0, 0);
        if (!match.Success || !int.TryParse(from, out first) || !int.TryParse(to, out last) || !int.TryParse(step, out by)
            || by <= 0 || first < 0 || last < first || (last - first) / by > MostFiles)
        {
            throw new VolumeFormatException(
                $"{_path} names its data by '{pattern} {from} {to} {step}', which is no pattern with a first number, a last and a step; "
                + "name the files after ElementDataFile = LIST.");
        }

        var width = match.Groups[3].Value.Length == 0 ? 0 : int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
        return Enumerable.Range(0, (last - first) / by + 1)
            .Select(i => (first + i * by).ToString(CultureInfo.InvariantCulture).PadLeft(width, match.Groups[2].Value == "0" ? '0' : ' '))
            .Select(n => match.Groups[1].Value + n + match.Groups[4].Value).ToList();
    }

    private VolumeFormatException Missing(string field) => new($"{_path} has no {field} in its header; the file is damaged.");
}
