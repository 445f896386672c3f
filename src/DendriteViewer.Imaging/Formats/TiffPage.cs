using DendriteViewer.Kernels.Bricks;
using System.Buffers;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Width, height and voxel type of a TIFF page.</summary>
internal readonly record struct TiffPageFormat(int Width, int Height, VoxelType Type)
{
    public override string ToString() => $"{Width} × {Height} {Type.ZarrName()}";
}

/// <summary>Reads single-sample pages through libtiff: strips and tiles, either byte order, whatever compression it decodes.</summary>
internal static class TiffPage
{
    // deflate's best is 1032:1; nothing honest decodes to more than this many bytes a byte of file.
    private const long LargestRatio = 4096;

    public static TiffHandle Open(string path)
    {
        var handle = new TiffHandle(path);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new VolumeFormatException(File.Exists(path)
                ? $"{path} cannot be read as TIFF; the file is damaged or of another kind."
                : $"{path} does not exist.");
        }

        return handle;
    }

    public static TiffPageFormat Format(TiffHandle tiff, string path)
    {
        uint width = Tiff.Field32(tiff, Tiff.ImageWidth), height = Tiff.Field32(tiff, Tiff.ImageLength);
        int bits = Tiff.Field16(tiff, Tiff.BitsPerSample), samples = Tiff.Field16(tiff, Tiff.SamplesPerPixel);
        int format = Tiff.Field16(tiff, Tiff.SampleFormat);
        if (width == 0 || height == 0)
        {
            throw new VolumeFormatException($"{path} says that it has no pixels; the file is damaged.");
        }

        if (samples != 1)
        {
            throw new VolumeFormatException($"{path} has {samples} samples a pixel, but a scan has one; convert it to grey.");
        }

        VoxelType? type = (bits, format) switch
        {
            (8, 1 or 4) => VoxelType.UInt8,
            (8, 2) => VoxelType.Int8,
            (16, 1 or 4) => VoxelType.UInt16,
            (16, 2) => VoxelType.Int16,
            (32, 3) => VoxelType.Float32,
            _ => null,
        };
        if (type is null)
        {
            var kind = format switch { 2 => "signed", 3 => "float", 5 or 6 => "complex", _ => "unsigned" };
            throw new VolumeFormatException($"{path} has {bits}-bit {kind} voxels, which are not supported; convert it to 8 or 16 bits or 32-bit float.");
        }

        var bytes = (long)width * height * type.Value.Size();
        if (bytes > int.MaxValue || bytes > 65536 + LargestRatio * new FileInfo(path).Length)
        {
            throw new VolumeFormatException($"{path} says that it has {width} × {height} pixels, which a file of its size cannot hold; the file is damaged.");
        }

        return new TiffPageFormat((int)width, (int)height, type.Value);
    }

    public static void Read(TiffHandle tiff, string path, in TiffPageFormat format, Span<byte> target)
    {
        if (Tiff.IsTiled(tiff) != 0)
        {
            ReadTiles(tiff, path, format, target);
        }
        else
        {
            ReadStrips(tiff, path, format, target);
        }
    }

    private static void ReadStrips(TiffHandle tiff, string path, in TiffPageFormat format, Span<byte> target)
    {
        var line = format.Width * format.Type.Size();
        if (Tiff.ScanlineSize(tiff) != line)
        {
            throw Damaged(path, "its rows have another length than it says");
        }

        var rows = (int)Math.Clamp(Tiff.Field32(tiff, Tiff.RowsPerStrip), 1u, (uint)format.Height);
        for (int y = 0, strip = 0; y < format.Height; y += rows, strip++)
        {
            var part = target.Slice(y * line, Math.Min(rows, format.Height - y) * line);
            if (Tiff.ReadStrip(tiff, (uint)strip, part, part.Length) != part.Length)
            {
                throw Damaged(path, $"strip {strip} cannot be decoded");
            }
        }
    }

    private static void ReadTiles(TiffHandle tiff, string path, in TiffPageFormat format, Span<byte> target)
    {
        var size = (long)Tiff.TileSize(tiff);
        int tw = (int)Tiff.Field32(tiff, Tiff.TileWidth), th = (int)Tiff.Field32(tiff, Tiff.TileLength), voxel = format.Type.Size();
        if (tw <= 0 || th <= 0 || size != (long)tw * th * voxel || size > int.MaxValue || size > 65536 + LargestRatio * new FileInfo(path).Length)
        {
            throw Damaged(path, $"its tiles of {tw} × {th} are impossible");
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)size);
        try
        {
            var tile = 0u;
            for (var y = 0; y < format.Height; y += th)
            {
                for (var x = 0; x < format.Width; x += tw, tile++)
                {
                    if (Tiff.ReadTile(tiff, tile, buffer.AsSpan(0, (int)size), (nint)size) != (nint)size)
                    {
                        throw Damaged(path, $"tile {tile} cannot be decoded");
                    }

                    var bytes = Math.Min(tw, format.Width - x) * voxel;
                    for (var row = 0; row < Math.Min(th, format.Height - y); row++)
                    {
                        buffer.AsSpan(row * tw * voxel, bytes).CopyTo(target[(((y + row) * format.Width + x) * voxel)..]);
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static VolumeFormatException Damaged(string path, string what) => new($"{path} is damaged: {what}; copy it again from its source.");
}
