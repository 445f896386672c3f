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
        var h = new Header(head, _version, big);
        var magic = head.AsSpan(_version == 1 ? 344 : 4, 3);
        var isPair = magic.SequenceEqual("ni1"u8) || magic.SequenceEqual("ni2"u8);
        if (!isPair && !magic.SequenceEqual("n+1"u8) && !magic.SequenceEqual("n+2"u8))
        {
            throw new VolumeFormatException($"{path} is in the older Analyze 7.5 format, which does not say which way up it is; convert it to NIfTI.");
        }

        Samples = h.DataType switch
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
            var other => throw new VolumeFormatException($"{path} has the NIfTI data type {other}, which is no number of 8 to 64 bits; convert it to grey."),
        };
        var dim = h.Dim;
        if (dim[0] is < 2 or > 7 || dim.Skip(1).Take((int)dim[0]).Any(d => d <= 0))
        {
            throw new VolumeFormatException($"{path} says that it has {dim[0]} axes of {string.Join(" × ", dim.Skip(1).Take((int)Math.Clamp(dim[0], 0, 7)))}; the header is damaged.");
        }

        long At(int i) => i <= dim[0] ? dim[i] : 1;
        if (At(5) * At(6) * At(7) != 1)
        {
            throw new VolumeFormatException($"{path} has {At(5)} × {At(6)} × {At(7)} values a voxel, but a scan has one; convert it to grey.");
        }

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

        var stored = new FileInfo(data).Length - (_packing == Packing.None ? offset : 0);
        SampleStream.CheckSize(path, [At(4), At(3), At(2), At(1)], Samples.Size(), Math.Max(0, stored), _packing.MostRatio());
        Shape = new VolumeShape((int)At(3), (int)At(2), (int)At(1));
        Frames = (int)At(4);
        (double, double)? scale = double.IsFinite(h.Slope) && h.Slope != 0 && double.IsFinite(h.Intercept) && (h.Slope, h.Intercept) != (1.0, 0.0) ? (h.Slope, h.Intercept) : null;
        if (scale is var (slope, intercept))
        {
            _remarks.Add(string.Create(CultureInfo.InvariantCulture, $"Values are its samples times {slope:R} plus {intercept:R}, as it says."));
        }

        _stream = new SampleStream(path, Shape, Samples, big, scale, () =>
        {
            var stream = FileStreams.Open(data, 0, _packing);
            var skipped = new byte[(int)Math.Min(Math.Max(1, offset), 1 << 16)];
            for (var left = offset; left > 0; left -= Math.Min(left, skipped.Length))
            {
                stream.ReadExactly(skipped, 0, (int)Math.Min(left, skipped.Length));
            }

            return stream;
        });
        Fingerprint = Fingerprints.Of(data == path ? [path] : [path, data]);
        Geometry = GeometryOf(h, path);
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

    // sform, else qform, else the spacing alone; x, y, z of voxel and world, the origin in the middle of the first voxel.
    private FileGeometry? GeometryOf(Header h, string path)
    {
        double? um = (h.Units & 7) switch { 1 => 1e6, 2 => 1e3, 3 => 1, _ => null };
        if (um is not { } unit)
        {
            _remarks.Add("It gives a spacing without a unit, so it was not taken.");
            return null;
        }

        if (h.SformCode > 0)
        {
            return Of(Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 3).Select(k => unit * h.Srow(k, i)).ToArray()).ToArray(), Enumerable.Range(0, 3).Select(k => unit * h.Srow(k, 3)).ToArray(), "sform");
        }

        var size = Enumerable.Range(1, 3).Select(i => unit * Math.Abs(h.Pixdim(i))).ToArray();
        if (h.QformCode <= 0)
        {
            return Of([[size[0], 0, 0], [0, size[1], 0], [0, 0, size[2]]], [size[0] / 2, size[1] / 2, size[2] / 2], "pixdim");
        }

        double b = h.Quatern(0), c = h.Quatern(1), d = h.Quatern(2), rest = 1 - (b * b + c * c + d * d), a = Math.Sqrt(Math.Max(0, rest)), q = h.Pixdim(0) < 0 ? -1 : 1;
        double[][] r =
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ];
        var scale = new[] { size[0], size[1], q * size[2] };
        return Of(Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 3).Select(k => r[k][i] * scale[i]).ToArray()).ToArray(), Enumerable.Range(0, 3).Select(k => unit * h.Qoffset(k)).ToArray(), "qform");

        FileGeometry Of(double[][] columns, double[] middle, string from) =>
            columns.Any(column => column.Any(v => !double.IsFinite(v))) || middle.Any(v => !double.IsFinite(v))
                ? throw new VolumeFormatException($"{path}: its {from} holds numbers that are not finite; give voxelSizeUm, or correct the file.")
                : LengthUnits.Geometry(columns, middle, path, from);
    }

    // Where the two versions keep what is read of them.
    private sealed class Header(byte[] bytes, int version, bool big)
    {
        private bool Is1 => version == 1;

        public long[] Dim => Enumerable.Range(0, 8).Select(i => Is1 ? Short(40 + 2 * i) : Long(16 + 8 * i)).ToArray();

        public int DataType => Is1 ? Short(70) : Short(12);

        public double Offset => Is1 ? Float(108) : Long(168);

        public double Slope => Is1 ? Float(112) : Double(176);

        public double Intercept => Is1 ? Float(116) : Double(184);

        public int Units => Is1 ? bytes[123] : Int(500);

        public int QformCode => Is1 ? Short(252) : Int(344);

        public int SformCode => Is1 ? Short(254) : Int(348);

        public double Pixdim(int i) => Is1 ? Float(76 + 4 * i) : Double(104 + 8 * i);

        public double Quatern(int i) => Is1 ? Float(256 + 4 * i) : Double(352 + 8 * i);

        public double Qoffset(int i) => Is1 ? Float(268 + 4 * i) : Double(376 + 8 * i);

        public double Srow(int row, int column) => Is1 ? Float(280 + 16 * row + 4 * column) : Double(400 + 32 * row + 8 * column);

        private short Short(int at) => big ? BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at));

        private int Int(int at) => big ? BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));

        private long Long(int at) => big ? BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));

        private float Float(int at) => big ? BinaryPrimitives.ReadSingleBigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at));

        private double Double(int at) => big ? BinaryPrimitives.ReadDoubleBigEndian(bytes.AsSpan(at)) : BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at));
    }
}
