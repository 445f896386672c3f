using DendriteViewer.Kernels.Bricks;
using System.Buffers;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Width, height and samples of a TIFF page; of fewer <paramref name="Bits"/> than a sample has, they are packed, each row by itself.</summary>
internal readonly record struct TiffPageFormat(int Width, int Height, int Bits, SampleType Samples)
{
    /// <summary>Bytes of a row of a number of pixels in the file, unpacked from its compression.</summary>
    public int RowBytes(int pixels) => checked((int)(((long)pixels * Bits + 7) / 8));

    public override string ToString() => $"{Width} × {Height} {(Bits == 8 * Samples.Size() ? Samples.Name() : $"{Bits}-bit")}";
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
            throw new VolumeFormatException(WhyNot(path));
        }

        return handle;
    }

    // libtiff does not say.
    private static string WhyNot(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return $"{path} cannot be read as TIFF; the file is damaged or of another kind.";
        }
        catch (UnauthorizedAccessException)
        {
            return $"{path} may not be read; change its permissions.";
        }
        catch (IOException e)
        {
            return e is FileNotFoundException or DirectoryNotFoundException ? $"{path} does not exist." : $"{path} cannot be read ({e.Message.TrimEnd('.')}); check its disk.";
        }
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

        SampleType? type = (bits, format) switch
        {
            ( >= 1 and <= 8, 1 or 4) => SampleType.UInt8,
            ( > 8 and <= 16, 1 or 4) => SampleType.UInt16,
            (24, 1 or 4) => SampleType.UInt32,
            (32, 1 or 4) => SampleType.UInt32,
            (64, 1 or 4) => SampleType.UInt64,
            (8, 2) => SampleType.Int8,
            (16, 2) => SampleType.Int16,
            (32, 2) => SampleType.Int32,
            (64, 2) => SampleType.Int64,
            (16, 3) => SampleType.Float16,
            (32, 3) => SampleType.Float32,
            (64, 3) => SampleType.Float64,
            _ => null,
        };
        if (type is null)
        {
            var kind = format switch { 2 => "signed", 3 => "float", 5 or 6 => "complex", _ => "unsigned" };
            throw new VolumeFormatException($"{path} has {bits}-bit {kind} voxels, which are not supported; convert it to 8 or 16 bits or 32-bit float.");
        }

        if (Tiff.TryField16(tiff, Tiff.Photometric, out var photometric) && photometric > 1)
        {
            throw new VolumeFormatException($"{path} holds {(photometric == 3 ? "colours of a palette" : "colours")}, but a scan has grey values; convert it to grey.");
        }

        var bytes = Math.Max(((long)width * bits + 7) / 8, (long)width * type.Value.StoredAs().Size()) * height;
        if (bytes > int.MaxValue || bytes > 65536 + LargestRatio * new FileInfo(path).Length)
        {
            throw new VolumeFormatException($"{path} says that it has {width} × {height} pixels, which a file of its size cannot hold; the file is damaged.");
        }

        return new TiffPageFormat((int)width, (int)height, bits, type.Value);
    }

    /// <summary>Reads a page as voxels of what the store keeps such samples as.</summary>
    public static void Read(TiffHandle tiff, string path, in TiffPageFormat format, Span<byte> target)
    {
        var isPacked = format.Bits != 8 * format.Samples.Size();
        if (!isPacked && format.Samples.IsStored())
        {
            Decode(tiff, path, format, target);
            return;
        }

        var row = format.RowBytes(format.Width);
        var decoded = ArrayPool<byte>.Shared.Rent(row * format.Height);
        try
        {
            Decode(tiff, path, format, decoded.AsSpan(0, row * format.Height));
            if (isPacked)
            {
                for (var y = 0; y < format.Height; y++)
                {
                    Unpack(decoded.AsSpan(y * row, row), format, target.Slice(y * format.Width * format.Samples.Size(), format.Width * format.Samples.Size()));
                }
            }
            else
            {
                Samples.Convert(format.Samples, bigEndian: false, decoded.AsSpan(0, row * format.Height), target, path);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }

    // Samples of 1 to 15 bits one after another, the highest bit first; of 24 bits.
    private static void Unpack(ReadOnlySpan<byte> packed, in TiffPageFormat format, Span<byte> target)
    {
        if (format.Bits == 24)
        {
            // Little endian after libtiff; a 32-bit float holds each.
            var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(target);
            for (var x = 0; x < format.Width; x++)
            {
                values[x] = packed[3 * x] | (packed[3 * x + 1] << 8) | (packed[3 * x + 2] << 16);
            }

            return;
        }

        var (bits, wide) = (format.Bits, format.Samples == SampleType.UInt16);
        var mask = (1u << bits) - 1;
        var (held, have, at) = (0u, 0, 0);
        for (var x = 0; x < format.Width; x++)
        {
            while (have < bits)
            {
                held = (held << 8) | packed[at++];
                have += 8;
            }

            have -= bits;
            var value = (held >> have) & mask;
            if (wide)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(target[(2 * x)..], (ushort)value);
            }
            else
            {
                target[x] = (byte)value;
            }
        }
    }

    private static void Decode(TiffHandle tiff, string path, in TiffPageFormat format, Span<byte> target)
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
        var line = format.RowBytes(format.Width);
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
        int tw = (int)Tiff.Field32(tiff, Tiff.TileWidth), th = (int)Tiff.Field32(tiff, Tiff.TileLength);
        if (tw <= 0 || th <= 0 || tw % 8 != 0 || size != ((long)tw * format.Bits + 7) / 8 * th || size > int.MaxValue || size > 65536 + LargestRatio * new FileInfo(path).Length)
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

                    var (bytes, line) = (format.RowBytes(Math.Min(tw, format.Width - x)), format.RowBytes(format.Width));
                    for (var row = 0; row < Math.Min(th, format.Height - y); row++)
                    {
                        buffer.AsSpan(row * format.RowBytes(tw), bytes).CopyTo(target[((y + row) * line + x * format.Bits / 8)..]);
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
