using System.Buffers;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// Decodes the strips or tiles of one page and makes sure that every byte of them was decoded. libtiff alone does not: it reports success
/// for some strips of which it wrote only a part (docs/decisions/0017-every-strip-is-checked.md).
/// </summary>
/// <param name="tiff">The file, at the page.</param>
/// <param name="path">Its name, for messages.</param>
/// <param name="ofPage">" of page 3", for messages; empty where there is one.</param>
/// <param name="format">The page's format.</param>
internal readonly ref struct TiffStrips(TiffHandle tiff, string path, string ofPage, TiffPageFormat format)
{
    private const int Uncompressed = 1, Deflate = 8, OldDeflate = 32946;
    private const int FaxRle = 2, FaxWordRle = 32771, Fax3 = 3, Fax4 = 4;
    private const long LargestRatio = 4096;

    /// <summary>Decodes the page.</summary>
    /// <param name="target">Its rows, without gaps.</param>
    /// <exception cref="VolumeFormatException">A strip or tile is damaged, or shorter than its rows; the sentence names it.</exception>
    public void Decode(Span<byte> target)
    {
        if (LibTiff.IsTiled(tiff) != 0)
        {
            DecodeTiles(target);
        }
        else
        {
            DecodeStrips(target);
        }
    }

    private void DecodeStrips(Span<byte> target)
    {
        var line = format.RowBytes(format.Width);
        if (LibTiff.ScanlineSize(tiff) != line)
        {
            throw Damaged("its rows have another length than it says");
        }

        var packing = PagePacking.Of(tiff);
        var rows = (int)Math.Clamp(LibTiff.Field32(tiff, LibTiff.RowsPerStrip), 1u, (uint)format.Height);
        for (int y = 0, strip = 0; y < format.Height; y += rows, strip++)
        {
            var left = Math.Min(rows, format.Height - y);
            DecodeOne(isTile: false, (uint)strip, target.Slice(y * line, left * line), ref packing, isWhole: left == rows);
        }
    }

    private void DecodeTiles(Span<byte> target)
    {
        var size = (long)LibTiff.TileSize(tiff);
        int tw = (int)LibTiff.Field32(tiff, LibTiff.TileWidth), th = (int)LibTiff.Field32(tiff, LibTiff.TileLength);
        if (tw <= 0 || th <= 0 || tw % 8 != 0 || size != ((long)tw * format.Bits + 7) / 8 * th || size > int.MaxValue
            || size > 65536 + LargestRatio * new FileInfo(path).Length)
        {
            throw Damaged($"its tiles of {tw} × {th} are impossible");
        }

        var packing = PagePacking.Of(tiff);
        var buffer = ArrayPool<byte>.Shared.Rent((int)size);
        try
        {
            var tile = 0u;
            for (var y = 0; y < format.Height; y += th)
            {
                for (var x = 0; x < format.Width; x += tw, tile++)
                {
                    DecodeOne(isTile: true, tile, buffer.AsSpan(0, (int)size), ref packing, isWhole: true);
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

    // isWhole: whether it has as many rows as any; a last strip may have fewer.
    private void DecodeOne(bool isTile, uint number, Span<byte> target, ref PagePacking packing, bool isWhole)
    {
        switch (packing.Compression)
        {
            // libtiff reads as many bytes as the rows need, whether they belong to the strip or to what lies behind it.
            case Uncompressed when LibTiff.StoredBytes(tiff, number) is var stored && stored < (ulong)target.Length:
                throw Damaged($"{Name(isTile, number)} has {stored} bytes, but its rows need {target.Length}");

            // libdeflate stops before a symbol that reaches beyond the rows, and what it had not written by then stays as it was.
            case Deflate or OldDeflate:
                DecodeDeflate(isTile, number, target, ref packing, isWhole);
                break;

            // A fax that ends early is reported as whole: where two decodings onto different bytes differ, something was not written.
            case FaxRle or FaxWordRle or Fax3 or Fax4:
                DecodeTwice(isTile, number, target);
                break;
            default:
                DecodeOnce(isTile, number, target);
                break;
        }
    }

    private void DecodeDeflate(bool isTile, uint number, Span<byte> target, ref PagePacking packing, bool isWhole)
    {
        if (!packing.UsesZlib && (packing.HasPredictor || !isWhole))
        {
            packing = packing with { UsesZlib = LibTiff.InflateBy(tiff, zlib: true) };
        }

        if (packing.UsesZlib)
        {
            DecodeOnce(isTile, number, target);
            return;
        }

        // What is not written is always the end: the last byte, which is the first of the last sample where libtiff turns bytes around.
        // Where it is still the one put there, that may be right, so zlib has to say.
        var turned = Math.Max(1, format.Bits / 8);
        target[^1] = packing.Sentinel;
        DecodeOnce(isTile, number, target);
        if (target[^1] == packing.Sentinel || target[^turned] == packing.Sentinel)
        {
            LibTiff.InflateBy(tiff, zlib: true);
            DecodeOnce(isTile, number, target);
            LibTiff.InflateBy(tiff, zlib: false);
        }

        packing = packing with { Sentinel = (byte)~target[^1] };
    }

    private void DecodeTwice(bool isTile, uint number, Span<byte> target)
    {
        var again = ArrayPool<byte>.Shared.Rent(target.Length);
        try
        {
            var other = again.AsSpan(0, target.Length);
            target.Clear();
            other.Fill(byte.MaxValue);
            DecodeOnce(isTile, number, target);
            DecodeOnce(isTile, number, other);
            if (!AreEqual(target, other, isTile ? 0 : format.Width * format.Bits % 8))
            {
                throw Damaged($"{Name(isTile, number)} ends before its last row");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(again);
        }
    }

    // tail: bits of a row's last byte that are pixels, 0 for all. The others are never written.
    private bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int tail)
    {
        if (tail == 0)
        {
            return a.SequenceEqual(b);
        }

        var line = format.RowBytes(format.Width);
        for (var at = 0; at < a.Length; at += line)
        {
            var last = at + line - 1;
            if (!a[at..last].SequenceEqual(b[at..last]) || (a[last] ^ b[last]) >> (8 - tail) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private void DecodeOnce(bool isTile, uint number, Span<byte> target)
    {
        if (LibTiff.Decode(tiff, isTile, number, target) is { } by)
        {
            throw Damaged($"{Name(isTile, number)} cannot be decoded, or ends before its last row ({by})");
        }
    }

    private static string Name(bool isTile, uint number) => $"{(isTile ? "tile" : "strip")} {number + 1}";

    private VolumeFormatException Damaged(string what) => new($"{path} is damaged: {what}{ofPage}; copy it again from its source.");

    // How the page is packed. UsesZlib: whether zlib inflates it rather than libdeflate.
    private readonly record struct PagePacking(int Compression, bool HasPredictor, bool UsesZlib, byte Sentinel)
    {
        public static PagePacking Of(TiffHandle tiff)
        {
            var compression = LibTiff.Field16(tiff, LibTiff.Compression);
            var predicted = compression is Deflate or OldDeflate && LibTiff.Field16(tiff, LibTiff.Predictor) > 1;
            return new PagePacking(compression, predicted, false, 0xA5);
        }
    }
}
