using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A headerless file of voxels in C order.</summary>
internal sealed class RawSource : ISliceSource
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly long _offset;
    private readonly bool _swap;

    public RawSource(string path, VolumeShape shape, string dtype, long offset)
    {
        if (!VoxelTypes.TryParse(dtype, out var type))
        {
            throw new VolumeFormatException($"{path}: the dtype '{dtype}' is not supported; use uint8, int8, uint16, int16 or float32.");
        }

        if (shape.Z <= 0 || shape.Y <= 0 || shape.X <= 0 || offset < 0)
        {
            throw new VolumeFormatException($"{path}: a shape needs three positive numbers and byteOffset must not be negative; correct them.");
        }

        (_path, Shape, Type, _offset, _swap) = (path, shape, type, offset, dtype.StartsWith('>') && type.Size() > 1);
        var (have, need) = (new FileInfo(path).Length, offset + shape.Count * type.Size());
        if (have < need)
        {
            throw new VolumeFormatException($"{path} has {have} bytes, but {shape} voxels of {type.ZarrName()} from byte {offset} need {need}; correct shape, dtype or byteOffset.");
        }

        if (shape.SliceCount * type.Size() > int.MaxValue)
        {
            throw new VolumeFormatException($"{path}: a slice of {shape.Y} × {shape.X} is larger than 2 GiB, which is not supported.");
        }

        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        Fingerprint = Fingerprints.Of([path]) + $"|{shape}|{dtype}|{offset}";
    }

    public VolumeShape Shape { get; }

    public VoxelType Type { get; }

    public string Fingerprint { get; }

    public void ReadSlice(int z, Span<byte> target)
    {
        var bytes = (int)(Shape.SliceCount * Type.Size());
        try
        {
            _file.Position = _offset + (long)z * bytes;
            _file.ReadExactly(target[..bytes]);
        }
        catch (EndOfStreamException e)
        {
            throw new VolumeFormatException($"{_path} became shorter while it was read; copy it again from its source.", e);
        }

        if (_swap)
        {
            for (var i = 0; i < bytes; i += Type.Size())
            {
                target.Slice(i, Type.Size()).Reverse();
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
