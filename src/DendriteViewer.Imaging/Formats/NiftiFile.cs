using System.Buffers.Binary;
using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats;

/// <summary>NIfTI-1 and NIfTI-2 (nifti.nimh.nih.gov): one file or a .hdr with its .img, either byte order, gzipped or not. The fourth axis is time.</summary>
internal sealed class NiftiFile : VolumeFile
{
    private const int Size1 = 348, Size2 = 540;
    private readonly SampleStream _stream;
    private readonly List<string> _remarks = [];
    private readonly int _version;
    private readonly Packing _packing;

    /// <param name="path">The file with the header.</param>
    /// <param name="confine">Asked before another file is opened.</param>
    public NiftiFile(string path, Func<string, string> confine)
    {
        var head = Head(path, out _packing);
        (_version, var big) = Recognise(head) ?? throw new VolumeFormatException($"{path} is no NIfTI file.");
        var h = new NiftiHeader(head, _version, big);
        var magic = head.AsSpan(_version == 1 ? 344 : 4, 3);
        var isPair = magic.SequenceEqual("ni1"u8) || magic.SequenceEqual("ni2"u8);
        if (!isPair && !magic.SequenceEqual("n+1"u8) && !magic.SequenceEqual("n+2"u8))
        {
            throw new VolumeFormatException($"{path} is in the older Analyze 7.5 format, which does not say which way up it is; convert it to NIfTI.");
        }

        Samples = TypeOf(h, path);
        var dim = h.Dim;
        CheckAxes(h, path);
        long At(int i) => i <= dim[0] ? dim[i] : 1;
        var data = path;
        if (isPair)
        {
            data = PairOf(path, confine, ref _packing);
        }

        var offset = (long)h.Offset;
        if (!(h.Offset >= 0) || h.Offset > 1e12)
        {
            throw new VolumeFormatException($"{path} says that its voxels begin at byte {h.Offset.ToString("R", CultureInfo.InvariantCulture)}; the header is damaged.");
        }

        if (!isPair && offset < (_version == 1 ? Size1 : Size2))
        {
            throw new VolumeFormatException(
                $"{path} says that its voxels begin at byte {offset}, which is inside its header; correct vox_offset.");
        }

        var stored = new FileInfo(data).Length - (_packing == Packing.None ? offset : 0);
        SampleStream.CheckSize(path, [At(4), At(3), At(2), At(1)], Samples.Size(), Math.Max(0, stored), _packing.MostRatio());
        Shape = new VolumeShape((int)At(3), (int)At(2), (int)At(1));
        Frames = (int)At(4);
        var scale = ScaleOf(h);
        Stream Open()
        {
            var stream = FileStreams.Open(data, 0, _packing);
            var skipped = new byte[(int)Math.Min(Math.Max(1, offset), 1 << 16)];
            for (var left = offset; left > 0; left -= Math.Min(left, skipped.Length))
            {
                stream.ReadExactly(skipped, 0, (int)Math.Min(left, skipped.Length));
            }

            return stream;
        }

        _stream = new SampleStream(path, Shape, Samples, big, scale, Open);
        Fingerprint = Fingerprints.Of(data == path ? [path] : [path, data]);
        var need = checked(Shape.Count * Frames * Samples.Size());
        if ((_packing == Packing.None ? DataLengths.Compare(data, need, stored)
            : DataLengths.ComparePacked(path, need, data, offset, Open)) is { } remark)
        {
            _remarks.Add(remark);
        }

        SayWhatIsNotTaken(h);
        Geometry = NiftiSpace.Of(h, path, _remarks);
    }

    public override string Format => $"NIfTI-{_version}{(_packing == Packing.Gzip ? ", gzip" : "")}";

    public override VolumeShape Shape { get; }

    public override SampleType Samples { get; }

    public override VoxelType Type => _stream.Type;

    public override int Frames { get; }

    public override FileGeometry? Geometry { get; }

    public override IReadOnlyList<string> Remarks => _remarks;

    public override string Fingerprint { get; }

    public override ISliceSource Open(int frame) => _stream.Frame(frame, $"{Fingerprint}|{frame}");

    /// <summary>Whether a file, gzipped or not, begins as NIfTI or Analyze does.</summary>
    public static bool IsNifti(string path)
    {
        try
        {
            return Recognise(Head(path, out _)) is not null;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static (int Version, bool Big)? Recognise(byte[] head)
    {
        if (head.Length < Size1)
        {
            return null;
        }

        return (BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt32BigEndian(head)) switch
        {
            (Size1, _) => (1, false),
            (_, Size1) => (1, true),
            (Size2, _) when head.Length >= Size2 => (2, false),
            (_, Size2) when head.Length >= Size2 => (2, true),
            _ => null,
        };
    }

    private static byte[] Head(string path, out Packing packing)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Span<byte> two = stackalloc byte[2];
        packing = file.ReadAtLeast(two, 2, throwOnEndOfStream: false) == 2 && two is [0x1F, 0x8B] ? Packing.Gzip : Packing.None;
        using var stream = FileStreams.Open(path, 0, packing);
        var head = new byte[Size2];
        var n = stream.ReadAtLeast(head, Size2, throwOnEndOfStream: false);
        return head[..n];
    }

    private static string PairOf(string path, Func<string, string> confine, ref Packing packing)
    {
        var stem = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path).Split(".hdr")[0]);
        foreach (var (suffix, how) in new[] { (".img", Packing.None), (".img.gz", Packing.Gzip) })
        {
            if (File.Exists(stem + suffix))
            {
                packing = how;
                return confine(stem + suffix);
            }
        }

        throw new VolumeFormatException($"{stem}.img, which {Path.GetFileName(path)} is the header of, does not exist; put it there.");
    }

    private static SampleType TypeOf(NiftiHeader h, string path)
    {
        var type = h.DataType switch
        {
            2 => SampleType.UInt8,
            4 => SampleType.Int16,
            8 => SampleType.Int32,
            16 => SampleType.Float32,
            64 => SampleType.Float64,
            256 => SampleType.Int8,
            512 => SampleType.UInt16,
            768 => SampleType.UInt32,
            1024 => SampleType.Int64,
            1280 => SampleType.UInt64,
            128 => throw new VolumeFormatException($"{path} holds colours (RGB24), but a scan has one value a voxel; convert it to grey."),
            2304 => throw new VolumeFormatException(
                $"{path} holds colours (RGBA32), but a scan has one value a voxel; convert it to grey."),
            32 or 1792 or 2048 => throw new VolumeFormatException(
                $"{path} holds complex numbers, but a scan has one value a voxel; write their magnitude."),
            var other => throw new VolumeFormatException(
                $"{path} has the NIfTI data type {other}, which is no number of 8 to 64 bits; convert it to grey."),
        };

        // Old programs leave the bits at zero.
        return h.BitsPerSample == 0 || h.BitsPerSample == 8 * type.Size() ? type
            : throw new VolumeFormatException(
                $"{path} says that a sample is {type.Name()} (datatype {h.DataType}) of {h.BitsPerSample} bits (bitpix); the header is "
                + "damaged.");
    }

    // The fourth axis is time, those behind it are values of one voxel; what the intent and the units say must agree with that.
    private void CheckAxes(NiftiHeader h, string path)
    {
        var dim = h.Dim;
        if (dim[0] is < 2 or > 7 || dim.Skip(1).Take((int)dim[0]).Any(d => d <= 0))
        {
            throw new VolumeFormatException(
                $"{path} says that it has {dim[0]} axes of {string.Join(" × ", dim.Skip(1).Take((int)Math.Clamp(dim[0], 0, 7)))}; the "
                + "header is damaged.");
        }

        long At(int i) => i <= dim[0] ? dim[i] : 1;
        var values = IntentName(h.Intent);
        if (At(5) != 1 || At(6) != 1 || At(7) != 1)
        {
            throw new VolumeFormatException(
                $"{path} has {At(5)} × {At(6)} × {At(7)} values a voxel{(values is null ? "" : $" ({values})")}, but a scan has one; "
                + "write the one to import by itself.");
        }

        if (values is not null && At(4) > 1)
        {
            throw new VolumeFormatException(
                $"{path} says by its intent that it holds {values}, so its fourth axis, of {At(4)} elements, is not time; write the one "
                + "to import by itself.");
        }

        if (At(4) > 1 && (h.Units & 0x38) is 32 or 40 or 48)
        {
            throw new VolumeFormatException(
                $"{path} has a fourth axis of {At(4)} elements in {((h.Units & 0x38) switch { 32 => "Hz", 40 => "ppm", _ => "rad/s" })}, "
                + "which is not time; write the one to import by itself.");
        }

        for (var i = (int)dim[0] + 1; i < 8; i++)
        {
            if (dim[i] > 1)
            {
                _remarks.Add($"It says that it has {dim[0]} axes, so the {dim[i]} elements that it gives for axis {i} do not count.");
            }
        }
    }

    // Intents whose values are not one number a voxel.
    private static string? IntentName(int intent) => intent switch
    {
        1004 => "matrices",
        1005 => "symmetric matrices",
        1006 => "displacement vectors",
        1007 => "vectors",
        1008 => "points",
        1009 => "triangles",
        1010 => "quaternions",
        2003 => "colours (RGB)",
        2004 => "colours (RGBA)",
        _ => null,
    };

    // A slope of zero means that there is none.
    private (double Slope, double Intercept)? ScaleOf(NiftiHeader h)
    {
        var (slope, intercept) = (h.Slope, h.Intercept);
        if (slope == 0 || (slope, intercept) == (1.0, 0.0))
        {
            return null;
        }

        if (!double.IsFinite(slope) || !double.IsFinite(intercept))
        {
            var shown = string.Create(CultureInfo.InvariantCulture, $"slope ({slope:R}) and intercept ({intercept:R})");
            _remarks.Add($"Its {shown} are not both numbers, so they are not applied; voxels are as they are stored.");
            return null;
        }

        _remarks.Add(string.Create(CultureInfo.InvariantCulture,
            $"Values are its samples times {slope:R} plus {intercept:R}, as it says."));
        return (slope, intercept);
    }

    private void SayWhatIsNotTaken(NiftiHeader h)
    {
        if (Frames > 1)
        {
            var unit = (h.Units & 0x38) switch { 8 => "s", 16 => "ms", 24 => "µs", _ => "of no known unit" };
            _remarks.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Its fourth axis, of {Frames} elements, is taken for time; its steps "
                + $"of {h.Pixdim(4):0.######} {unit} from {h.TimeOffset:0.######} on are not taken."));
        }
    }
}
