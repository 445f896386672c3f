using System.Text;
using DendriteViewer.Imaging.Native;
using Microsoft.Win32.SafeHandles;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>What the first page of a TIFF says beside its pixels.</summary>
/// <param name="Description">ImageDescription, where programs put what TIFF has no tag for; empty where there is none.</param>
/// <param name="X">Pixels a unit along x, or null.</param>
/// <param name="Y">Pixels a unit along y, or null.</param>
/// <param name="Unit">ResolutionUnit as written: 1 none, 2 inch, 3 cm; null where there is none.</param>
/// <param name="Data">Where the first strip lies, or null.</param>
/// <param name="Compression">1 where the pixels lie as they are.</param>
internal sealed record TiffFirstPage(string Description, TiffRational? X, TiffRational? Y, int? Unit, long? Data, int Compression)
{
    public static readonly TiffFirstPage Silent = new("", null, null, null, null, 1);
}

/// <summary>A fraction as a file has it. Its inverse is exact where a size was written as a fraction of whole numbers.</summary>
internal readonly record struct TiffRational(double Numerator, double Denominator)
{
    /// <summary>Whether it is a number above zero.</summary>
    public bool IsPositive =>
        Numerator / Denominator is > 0 and < double.PositiveInfinity && Denominator / Numerator is > 0 and < double.PositiveInfinity;

    /// <summary>How much of a length lies in one of so many to the unit.</summary>
    public double Share(double length) => length * Denominator / Numerator;
}

/// <summary>The entries of one directory. Where a tag stands twice, the first counts, as in libtiff.</summary>
/// <param name="layout">The file's.</param>
/// <param name="bytes">The directory with its count and the offset of the next.</param>
/// <param name="fileBytes">The file's length, which no value lies beyond.</param>
internal readonly ref struct TiffDirectory(TiffByteLayout layout, ReadOnlySpan<byte> bytes, long fileBytes)
{
    private const int Byte = 1, Ascii = 2, Short = 3, Long = 4, Rational = 5, SignedShort = 8, SignedLong = 9, SignedRational = 10,
        Float = 11, Double = 12, Ifd = 13, Long8 = 16, SignedLong8 = 17, Ifd8 = 18;
    private const int LargestText = 100_000_000;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next directory lies, or 0.</summary>
    public long Next => layout.Offset(_bytes[^layout.OffsetBytes..]);

    /// <summary>The tags that decide whether the page can be a slice; defaults are those of TIFF 6.0.</summary>
    public TiffPageTags PageTags(SafeFileHandle file)
    {
        // Old files say by another tag that a page is a smaller copy: 2 of 1 to 3.
        var subfile = Number(file, LibTiff.SubfileType) ?? (Number(file, LibTiff.OldSubfileType) == 2 ? 1 : 0);
        return new TiffPageTags(
            Number(file, LibTiff.ImageWidth) ?? 0, Number(file, LibTiff.ImageLength) ?? 0, Small(Number(file, LibTiff.BitsPerSample) ?? 1),
            Small(Number(file, LibTiff.SamplesPerPixel) ?? 1), Small(Number(file, LibTiff.SampleFormat) ?? 1),
            Number(file, LibTiff.Photometric) is { } p ? Small(p) : null, subfile, Find(LibTiff.SubDirectories, out _),
            Math.Max(Number(file, LibTiff.ImageDepth) ?? 1, Number(file, LibTiff.TileDepth) ?? 1));
    }

    /// <summary>What the page says beside its pixels.</summary>
    public TiffFirstPage FirstPage(SafeFileHandle file) => new(
        Text(file, LibTiff.ImageDescription), Fraction(file, LibTiff.XResolution), Fraction(file, LibTiff.YResolution),
        Number(file, LibTiff.ResolutionUnit) is { } unit ? Small(unit) : null, Number(file, LibTiff.StripOffsets),
        Small(Number(file, LibTiff.Compression) ?? 1));

    private static int Small(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    // The first of an entry's whole numbers.
    private long? Number(SafeFileHandle file, uint tag)
    {
        Span<byte> value = stackalloc byte[8];
        return Find(tag, out var entry) && entry.Count > 0
            ? entry.Type switch
            {
                Byte when Fetch(file, entry, value[..1]) => value[0],
                Short when Fetch(file, entry, value[..2]) => layout.U16(value),
                Long or Ifd when Fetch(file, entry, value[..4]) => layout.U32(value),
                Long8 or Ifd8 when Fetch(file, entry, value) => (long)Math.Min(long.MaxValue, layout.U64(value)),
                _ => null,
            }
            : null;
    }

    private TiffRational? Fraction(SafeFileHandle file, uint tag)
    {
        Span<byte> value = stackalloc byte[8];
        return Find(tag, out var entry) && entry.Count > 0
            ? entry.Type switch
            {
                Rational when Fetch(file, entry, value) => new TiffRational(layout.U32(value), layout.U32(value[4..])),
                SignedRational when Fetch(file, entry, value) => new TiffRational((int)layout.U32(value), (int)layout.U32(value[4..])),
                Float when Fetch(file, entry, value[..4]) => new TiffRational(BitConverter.UInt32BitsToSingle(layout.U32(value)), 1),
                Double when Fetch(file, entry, value) => new TiffRational(BitConverter.UInt64BitsToDouble(layout.U64(value)), 1),
                _ => Number(file, tag) is { } whole ? new TiffRational(whole, 1) : null,
            }
            : null;
    }

    // Text ends at its first zero. What is no UTF-8 is Latin-1, which older programs write (µm).
    private string Text(SafeFileHandle file, uint tag)
    {
        if (!Find(tag, out var entry) || entry.Type is not (Ascii or Byte)
            || entry.Count <= 0 || entry.Count > Math.Min(LargestText, fileBytes))
        {
            return "";
        }

        var text = new byte[entry.Count];
        if (!Fetch(file, entry, text))
        {
            return "";
        }

        var end = Array.IndexOf(text, (byte)0);
        var kept = end < 0 ? text : text.AsSpan(0, end);
        return System.Text.Unicode.Utf8.IsValid(kept) ? Encoding.UTF8.GetString(kept) : Encoding.Latin1.GetString(kept);
    }

    // Fills a span from an entry's value; false where the file ends before it does.
    private bool Fetch(SafeFileHandle file, in Entry entry, Span<byte> value)
    {
        var whole = entry.Count * SizeOf(entry.Type);
        if (whole <= layout.OffsetBytes)
        {
            if (value.Length > whole)
            {
                return false;
            }

            _bytes.Slice(entry.At, value.Length).CopyTo(value);
            return true;
        }

        var from = layout.Offset(_bytes[entry.At..]);
        return from > 0 && from <= fileBytes - value.Length && RandomAccess.Read(file, value, from) == value.Length;
    }

    private static int SizeOf(int type) => type switch
    {
        Short or SignedShort => 2, Long or SignedLong or Float or Ifd => 4,
        Rational or SignedRational or Double or Long8 or SignedLong8 or Ifd8 => 8, _ => 1,
    };

    private bool Find(uint tag, out Entry entry)
    {
        for (var at = layout.CountBytes; at + layout.EntryBytes + layout.OffsetBytes <= _bytes.Length; at += layout.EntryBytes)
        {
            if (layout.U16(_bytes[at..]) == tag)
            {
                var count = layout.Offset(_bytes[(at + 4)..]);
                entry = new Entry(layout.U16(_bytes[(at + 2)..]), Math.Min(count, int.MaxValue), at + 4 + layout.OffsetBytes);
                return true;
            }
        }

        entry = default;
        return false;
    }

    // At: where in the directory the value, or the offset of it, stands.
    private readonly record struct Entry(int Type, long Count, int At);
}
