using System.Globalization;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>
/// NRRD (teem.sourceforge.net/nrrd/format.html): header and data in one file, or a header that names one or many files of data; raw,
/// text, gzip or bzip2. Which axes are space and which counts volumes is what <see cref="NrrdSpace"/> reads of the header.
/// </summary>
internal sealed partial class NrrdFile : VolumeFile
{
    private readonly string _path;
    private readonly List<string> _remarks = [];
    private readonly SampleStream _stream;
    private readonly string _encoding;

    /// <param name="path">The file with the header.</param>
    /// <param name="confine">Asked before another file is opened.</param>
    public NrrdFile(string path, Func<string, string> confine)
    {
        _path = path;
        var header = new NrrdHeader(path);
        Samples = TypeOf(header.Field("type") ?? throw header.Missing("type"));
        var sizes = header.Numbers("sizes") ?? throw header.Missing("sizes");
        if (header.Numbers("dimension") is not [var dimension] || dimension != sizes.Count)
        {
            throw new VolumeFormatException($"{path}: dimension and sizes disagree; the header is damaged.");
        }

        _encoding = (header.Field("encoding") ?? throw header.Missing("encoding")).ToLowerInvariant();
        var packing = _encoding switch
        {
            "raw" or "txt" or "text" or "ascii" => Packing.None,
            "gz" or "gzip" => Packing.Gzip,
            "bz2" or "bzip2" => Packing.Bzip2,
            _ => throw new VolumeFormatException($"{path} is encoded as {_encoding}, which is not supported; write it as raw, gzip or bzip2."),
        };
        var isText = _encoding is "txt" or "text" or "ascii";
        var big = header.Field("endian")?.ToLowerInvariant() switch
        {
            "big" => true,
            "little" => false,
            null when isText || Samples.Size() == 1 => false,
            _ => throw header.Missing("endian (little or big)"),
        };
        var space = new NrrdSpace(header, sizes, _remarks);
        var (lineSkip, byteSkip) = (header.Skip("line skip", "lineskip", 0), header.Skip("byte skip", "byteskip", -1));
        var samples = sizes.Aggregate((UInt128)1, (a, b) => a > UInt128.MaxValue >> 64 ? a : a * (UInt128)Math.Clamp(b, 0, int.MaxValue));
        var parts = FilesOf(header, confine, samples);
        var stored = parts.Sum(p => new FileInfo(p).Length) - (parts is [var only] && only == path ? header.DataAt : 0);
        SampleStream.CheckSize(
            path, Sizes(sizes), isText ? 1 : Samples.Size(), Math.Max(0, stored), isText ? 1 : packing.MostRatio(), space.Slice);
        if (byteSkip == -1 && parts.Count > 1)
        {
            throw new VolumeFormatException($"{path}: a byte skip of -1 is for one file of data; correct the header.");
        }

        var need = checked((long)samples * Samples.Size());
        var layout = SampleLayout.Of(path, space.Axes, space.Order, Samples.Size());
        (Shape, Frames) = (layout.Shape, layout.Frames);
        Stream Open() => FileStreams.Concat(parts.Select(p => (Func<Stream>)(() =>
        {
            var stream = OpenAt(p, p == path ? header.DataAt : 0, packing, lineSkip, byteSkip, need);
            return isText ? new PlainText(stream, Samples) : stream;
        })).ToArray());
        _stream = new SampleStream(path, Shape, Samples, big, null, Open, layout);
        Fingerprint = Fingerprints.Of(parts.Prepend(path).Distinct());
        if (packing == Packing.None && !isText)
        {
            foreach (var part in byteSkip == -1 ? [] : parts)
            {
                var at = AfterLines(part, part == path ? header.DataAt : 0, lineSkip) + byteSkip;
                Remark(DataLengths.Compare(part, need / parts.Count, new FileInfo(part).Length - at));
            }
        }
        else
        {
            Remark(DataLengths.ComparePacked(path, need, packing == Packing.Gzip && parts.Count == 1 && lineSkip == 0 ? parts[0] : null,
                Math.Max(0, byteSkip), Open));
        }

        Geometry = space.GeometryOf(path, _remarks);
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

    private void Remark(string? text)
    {
        if (text is not null)
        {
            _remarks.Add(text);
        }
    }

    private static IReadOnlyList<long> Sizes(List<long> fastestFirst) => [.. Enumerable.Reverse(fastestFirst)];

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

    // One file, a pattern with a range, or a list; beside the header unless they say otherwise.
    private List<string> FilesOf(NrrdHeader header, Func<string, string> confine, UInt128 samples)
    {
        if (header.Field("data file", "datafile") is not { } named)
        {
            return [_path];
        }

        IEnumerable<string> names = [named];
        if (named.StartsWith("LIST", StringComparison.Ordinal))
        {
            names = header.List;
        }
        else if (Pattern().Match(named) is { Success: true } m)
        {
            long Group(int i) => long.Parse(m.Groups[i].Value, CultureInfo.InvariantCulture);
            var (from, to, step) = (Group(4), Group(5), Group(6));
            if (step == 0 || (to - from) / step < 0 || (to - from) / step > 1_000_000)
            {
                throw new VolumeFormatException($"{_path}: data file counts from {from} to {to} by {step}; correct the header.");
            }

            var digits = m.Groups[2].Value;
            var width = digits.TrimStart('0') is { Length: > 0 } w ? Math.Min(20, int.Parse(w, CultureInfo.InvariantCulture)) : 0;
            names = Enumerable.Range(0, (int)((to - from) / step) + 1)
                .Select(i => (from + i * step).ToString(CultureInfo.InvariantCulture).PadLeft(width, digits.StartsWith('0') ? '0' : ' '))
                .Select(n => m.Groups[1].Value + n + m.Groups[3].Value);
        }

        return FileStreams.DataOf(_path, names, confine, samples);
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

    [GeneratedRegex(@"^(.*)%(0?\d{0,3})d(\S*)\s+(-?\d{1,12})\s+(-?\d{1,12})\s+(-?\d{1,12})(?:\s+\d+)?$")]
    private static partial Regex Pattern();
}
