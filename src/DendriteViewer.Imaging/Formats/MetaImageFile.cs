using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// MetaImage (itk.org, MetaIO): .mha with its data, or .mhd that names one or many files; raw, text or zlib. A fourth axis is time. The
/// format gives spacings without a unit, so they are not taken.
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
            throw new VolumeFormatException($"{path} has {channels} values a voxel, but a scan has one; convert it to grey.");
        }

        var sizes = (Field("DimSize") ?? throw Missing("DimSize")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(s => long.TryParse(s, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) ? n : throw new VolumeFormatException($"{path}: DimSize is '{Field("DimSize")}', which are no whole numbers; the header is damaged.")).ToList();
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
        var big = IsTrue("BinaryDataByteOrderMSB") || IsTrue("ElementByteOrderMSB");
        var parts = FilesOf(list, confine, axes);
        var skip = Field("HeaderSize") is { } size ? long.TryParse(size, NumberStyles.Integer, CultureInfo.InvariantCulture, out var s) && s >= -1 ? s : throw new VolumeFormatException($"{path}: HeaderSize is '{size}'; it is -1 or more.") : 0;
        var need = (UInt128)Samples.Size() * axes.Aggregate((UInt128)1, (x, y) => (UInt128)Math.Clamp(y, 0, int.MaxValue) * x) / (UInt128)parts.Count;
        var stored = parts.Sum(p => new FileInfo(p).Length) - (parts is [var only] && only == path ? dataAt : 0);
        SampleStream.CheckSize(path, axes, isText ? 1 : Samples.Size(), Math.Max(0, stored), packing.MostRatio());
        Shape = new VolumeShape((int)axes[1], (int)axes[2], (int)axes[3]);
        Frames = (int)axes[0];
        _stream = new SampleStream(path, Shape, Samples, big, null, () => FileStreams.Concat(parts.Select(p => (Func<Stream>)(() =>
        {
            var at = p == path ? dataAt : skip == -1 ? Math.Max(0, new FileInfo(p).Length - (long)need) : skip;
            var stream = FileStreams.Open(p, at, packing);
            return isText ? new PlainText(stream, Samples) : stream;
        })).ToArray()));
        Fingerprint = Fingerprints.Of(parts.Prepend(path).Distinct());
        if ((Field("ElementSpacing") ?? Field("ElementSize")) is { } spacing)
        {
            _remarks.Add($"It gives a spacing of {spacing} without a unit, so it was not taken.");
        }
    }

    public override string Format => _isPacked ? "MetaImage, zlib" : "MetaImage";

    public override VolumeShape Shape { get; }

    public override SampleType Samples { get; }

    public override int Frames { get; }

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

        return FileStreams.DataOf(_path, names, confine, axes.Aggregate((UInt128)1, (a, b) => a * (UInt128)Math.Clamp(b, 0, int.MaxValue)));
    }

    // slice%03d.raw 1 100 1: printf's number, the first, the last, and the step.
    private IEnumerable<string> Numbered(string pattern, string from, string to, string step)
    {
        var match = Regex.Match(pattern, "^([^%]*)%(0?)([0-9]{0,2})[di]([^%]*)$");
        if (!match.Success || !int.TryParse(from, out var first) || !int.TryParse(to, out var last) || !int.TryParse(step, out var by) || by <= 0 || first < 0 || last < first || (last - first) / by > MostFiles)
        {
            throw new VolumeFormatException($"{_path} names its data by '{pattern} {from} {to} {step}', which is no pattern with a first number, a last and a step; name the files after ElementDataFile = LIST.");
        }

        var width = match.Groups[3].Value.Length == 0 ? 0 : int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
        return Enumerable.Range(0, (last - first) / by + 1).Select(i => (first + i * by).ToString(CultureInfo.InvariantCulture).PadLeft(width, match.Groups[2].Value == "0" ? '0' : ' '))
            .Select(n => match.Groups[1].Value + n + match.Groups[4].Value).ToList();
    }

    private VolumeFormatException Missing(string field) => new($"{_path} has no {field} in its header; the file is damaged.");
}
