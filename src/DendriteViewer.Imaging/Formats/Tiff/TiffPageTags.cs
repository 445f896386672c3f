using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// Width, height and samples of a TIFF page. Samples of fewer <paramref name="Bits"/> than their type has are packed, each row by itself.
/// </summary>
internal readonly record struct TiffPageFormat(int Width, int Height, int Bits, SampleType Samples)
{
    /// <summary>Bytes of a row of a number of pixels in the file, unpacked from its compression.</summary>
    public int RowBytes(int pixels) => checked((int)(((long)pixels * Bits + 7) / 8));

    public override string ToString() => $"{Width} × {Height} {(Bits == 8 * Samples.Size() ? Samples.Name() : $"{Bits}-bit")}";
}

/// <summary>The tags of a page that decide whether it can be a slice.</summary>
internal readonly record struct TiffPageTags(
    long Width, long Height, int Bits, int SamplesPerPixel, int SampleFormat, int? Photometric, long SubfileType, bool HasSubDirectories,
    long Depth)
{
    private const int ReducedCopy = 1, Mask = 4;

    // deflate's best is 1032:1; no honest file decodes to more than this many bytes for each of its own.
    private const long LargestRatio = 4096;

    /// <summary>Whether the page is a smaller copy of another, or a mask, rather than a picture of its own.</summary>
    public bool IsReducedCopyOrMask => (SubfileType & (ReducedCopy | Mask)) != 0;

    /// <summary>Whether zero is drawn white.</summary>
    public bool IsZeroWhite => Photometric == 0;

    /// <summary>The same tags as libtiff read them.</summary>
    public static TiffPageTags Of(TiffHandle tiff) => new(
        LibTiff.Field32(tiff, LibTiff.ImageWidth), LibTiff.Field32(tiff, LibTiff.ImageLength), LibTiff.Field16(tiff, LibTiff.BitsPerSample),
        LibTiff.Field16(tiff, LibTiff.SamplesPerPixel), LibTiff.Field16(tiff, LibTiff.SampleFormat),
        LibTiff.TryField16(tiff, LibTiff.Photometric, out var photometric) ? photometric : null, 0, false, 1);

    /// <summary>What a page with these tags holds.</summary>
    /// <param name="path">Its file, for messages.</param>
    /// <param name="page">Its number, from 0.</param>
    /// <param name="fileBytes">The file's length.</param>
    /// <exception cref="VolumeFormatException">It cannot be a slice: colours, several samples a pixel, an unknown type, an impossible
    /// size.</exception>
    public TiffPageFormat Format(string path, int page, long fileBytes)
    {
        var where = page == 0 ? path : $"{path}: page {page + 1}";
        if (Width is <= 0 or > int.MaxValue || Height is <= 0 or > int.MaxValue)
        {
            throw new VolumeFormatException($"{where} says that it is of {Width} × {Height} pixels; the file is damaged.");
        }

        if (SamplesPerPixel != 1)
        {
            throw new VolumeFormatException($"{where} has {SamplesPerPixel} samples a pixel, but a scan has one; convert it to grey.");
        }

        if (Depth > 1)
        {
            throw new VolumeFormatException($"{where} has {Depth} slices in one page (ImageDepth), which is not supported; write a page a "
                + "slice.");
        }

        SampleType? type = (Bits, SampleFormat) switch
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
            var kind = SampleFormat switch { 2 => "signed", 3 => "float", 5 or 6 => "complex", _ => "unsigned" };
            throw new VolumeFormatException(
                $"{where} has {Bits}-bit {kind} voxels, which are not supported; convert it to 8 or 16 bits or 32-bit float.");
        }

        if (Photometric > 1)
        {
            throw new VolumeFormatException(
                $"{where} holds {(Photometric == 3 ? "colours of a palette" : "colours")}, but a scan has grey values; convert it "
                    + "to grey.");
        }

        var bytes = (UInt128)Math.Max((Width * Bits + 7) / 8, Width * type.Value.StoredAs().Size()) * (UInt128)Height;
        return bytes <= int.MaxValue && bytes <= (UInt128)(65536 + LargestRatio * fileBytes)
            ? new TiffPageFormat((int)Width, (int)Height, Bits, type.Value)
            : throw new VolumeFormatException(
                $"{where} says that it has {Width} × {Height} pixels, which a file of its size cannot hold; the file is damaged.");
    }
}
