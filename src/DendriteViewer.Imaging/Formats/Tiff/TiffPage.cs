using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>Reads the pixels of single pages through libtiff: strips and tiles, either byte order, whatever compression it
/// decodes.</summary>
internal static class TiffPage
{
    /// <summary>Opens a file, at no page.</summary>
    /// <exception cref="VolumeFormatException">It cannot be opened.</exception>
    public static TiffHandle Open(string path)
    {
        var handle = new TiffHandle(path);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new VolumeFormatException($"{path} cannot be read as TIFF any more; look whether it is still there.");
        }

        return handle;
    }

    /// <summary>Reads a page as voxels of what the store keeps such samples as.</summary>
    /// <param name="tiff">The file.</param>
    /// <param name="directories">What was found of it before.</param>
    /// <param name="page">The page, from 0.</param>
    /// <param name="format">What the page must be.</param>
    /// <param name="target">The voxels.</param>
    /// <exception cref="VolumeFormatException">It is another page now, or a strip or tile of it is damaged.</exception>
    public static void Read(TiffHandle tiff, TiffDirectories directories, int page, in TiffPageFormat format, Span<byte> target)
    {
        var path = directories.Path;
        if (LibTiff.SetSubDirectory(tiff, (ulong)directories.OffsetOf(page)) != 1)
        {
            throw new VolumeFormatException($"{path} is damaged: page {page + 1} cannot be read; copy it again from its source.");
        }

        // libtiff mends some damaged tags in ways of its own, and the file may have become another.
        var now = TiffPageTags.Of(tiff).Format(path, page, directories.FileBytes);
        if (now != format)
        {
            throw new VolumeFormatException($"{path}: page {page + 1} is {now} when it is read, but {format} was found; the file is "
                + "damaged or changing.");
        }

        var strips = new TiffStrips(tiff, path, directories.Count > 1 ? $" of page {page + 1}" : "", format);
        var isPacked = format.Bits != 8 * format.Samples.Size();
        if (!isPacked && format.Samples.IsStored())
        {
            strips.Decode(target);
            return;
        }

        var row = format.RowBytes(format.Width);
        var decoded = ArrayPool<byte>.Shared.Rent(row * format.Height);
        try
        {
            strips.Decode(decoded.AsSpan(0, row * format.Height));
            if (isPacked)
            {
                var wide = format.Width * format.Samples.Size();
                for (var y = 0; y < format.Height; y++)
                {
                    Unpack(decoded.AsSpan(y * row, row), format, target.Slice(y * wide, wide));
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
            var values = MemoryMarshal.Cast<byte, float>(target);
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
                BinaryPrimitives.WriteUInt16LittleEndian(target[(2 * x)..], (ushort)value);
            }
            else
            {
                target[x] = (byte)value;
            }
        }
    }
}
