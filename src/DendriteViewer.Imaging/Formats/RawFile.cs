using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A headerless file of voxels in C order. What follows the first volume is a volume more, as often as it fits.</summary>
internal sealed class RawFile : VolumeFile
{
    private readonly SampleStream _stream;

    /// <param name="path">The file.</param>
    /// <param name="shape">Voxels.</param>
    /// <param name="dtype">Their type, as numpy writes it.</param>
    /// <param name="byteOffset">Bytes before the first; null where nobody said, which means none.</param>
    /// <exception cref="VolumeFormatException">The file does not hold them, or holds more that are no whole volumes.</exception>
    public RawFile(string path, VolumeShape shape, string dtype, long? byteOffset)
    {
        var offset = byteOffset ?? 0;
        if (!Formats.Samples.TryParse(dtype, out var type))
        {
            throw new VolumeFormatException($"{path}: the dtype '{dtype}' is not supported; use uint8 to uint64, int8 to int64, or float16 to float64.");
        }

        if (shape.Z <= 0 || shape.Y <= 0 || shape.X <= 0 || offset < 0)
        {
            throw new VolumeFormatException($"{path}: a shape needs three positive numbers and byteOffset must not be negative; correct them.");
        }

        var (have, need) = (new FileInfo(path).Length, offset + shape.Count * type.Size());
        if (have < need)
        {
            throw new VolumeFormatException($"{path} has {have} bytes, but {shape} voxels of {type.Name()} from byte {offset} need {need}; correct shape, dtype or byteOffset.");
        }

        // What is not a whole volume may stand before the voxels as well as behind them, where nobody said.
        var (volume, left) = (need - offset, (have - offset) % (need - offset));
        if (left != 0 && byteOffset is null)
        {
            throw new VolumeFormatException(
                $"{path} has {have} bytes, but {shape} voxels of {type.Name()} take {need}; correct shape or dtype, or give byteOffset "
                + $"({have - need} where {have - need} bytes precede the voxels, "
                + "0 where what follows them does not count).");
        }

        if (have > need)
        {
            Remarks =
            [
                $"It has {have} bytes, of which {shape} voxels of {type.Name()} from byte {offset} on take {volume}"
                + (have - need >= volume ? $"; the {(have - offset) / volume - 1} whole volumes that follow are frames of their own" : "")
                + (left != 0 ? $"; the last {left} bytes are not read." : "."),
            ];
        }

        if (shape.SliceCount * Math.Max(4, type.Size()) > int.MaxValue)
        {
            throw new VolumeFormatException($"{path}: a slice of {shape.Y} × {shape.X} is larger than 2 GiB, which is not supported.");
        }

        (Shape, Samples) = (shape, type);
        Frames = (int)Math.Min(int.MaxValue, (have - offset) / (shape.Count * type.Size()));
        Fingerprint = Fingerprints.Of([path]) + $"|{shape}|{dtype}|{offset}";
        _stream = new SampleStream(path, shape, type, dtype.StartsWith('>'), null, () => FileStreams.Open(path, offset, Packing.None));
    }

    public override string Format => "raw";

    public override VolumeShape Shape { get; }

    public override SampleType Samples { get; }

    public override int Frames { get; }

    public override IReadOnlyList<string> Remarks { get; } = [];

    public override string Fingerprint { get; }

    public override ISliceSource Open(int frame) => _stream.Frame(frame, frame == 0 ? Fingerprint : $"{Fingerprint}|{frame}");
}
