using System.IO.Compression;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats.Tiff;

/// <summary>
/// Strips and tiles that hold more rows than are left of the page, and such that hold fewer. libtiff 4.5 leaves the end of some of them
/// as it was and reports success.
/// </summary>
public sealed class TiffStripTests : IDisposable
{
    private const int Width = 350, Height = 250, Rows = 8;
    private readonly TempFolder _folder = new();

    // What libdeflate leaves unwritten depends on the pixels, so several pictures are tried: noise, a few values, one value.
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(32946)]
    [InlineData(32773)]
    [InlineData(50000)]
    public void LastStrip_WithAllRowsPerStrip_IsDecodedRight(int compression)
    {
        foreach (var picture in Pictures(Width * Height))
        {
            var strips = picture.Chunk(Rows * Width).Select(s => Pack(compression, Padded(s, Rows * Width))).ToArray();
            Assert.Equal(picture, Read([new TestPage(Width, Height, strips) { Compression = compression, RowsPerStrip = Rows }]));
        }
    }

    // Strips in the middle that hold more than their rows: what is too much is no pixel of the page.
    [Theory]
    [InlineData(8, 1, false)]
    [InlineData(8, 2, false)]
    [InlineData(8, 2, true)]
    [InlineData(32946, 1, true)]
    [InlineData(5, 1, false)]
    [InlineData(50000, 1, false)]
    public void AnyStrip_WithMoreThanItsRows_IsDecodedRight(int compression, int predictor, bool bigEndian)
    {
        foreach (var picture in Pictures(2 * 64 * 64))
        {
            var samples = MemoryMarshal.Cast<byte, ushort>(picture).ToArray();
            byte[] Strip(ushort[] s) => Pack(compression, Bytes([.. s, .. s[..64]], 64, predictor, bigEndian));
            var strips = samples.Chunk(Rows * 64).Select(Strip).ToArray();
            var page = new TestPage(64, 64, strips) { Bits = 16, Compression = compression, RowsPerStrip = Rows, Predictor = predictor };
            Assert.Equal(picture, Read([page], bigEndian));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(32946)]
    [InlineData(32773)]
    [InlineData(50000)]
    public void Strip_WithFewerRows_IsRefusedByPageAndNumber(int compression)
    {
        var picture = Pictures(Width * Height).First();
        for (var lack = 1; lack <= Width; lack += 83)
        {
            var strips = picture.Chunk(Rows * Width).Select((s, i) => Pack(compression, i == 3 ? s[..^lack] : s)).ToArray();
            byte[][] whole = [.. picture.Chunk(Rows * Width).Select(s => Pack(compression, s))];
            var good = new TestPage(Width, Height, whole) { Compression = compression, RowsPerStrip = Rows };
            var e = Assert.Throws<VolumeFormatException>(() => Read([good, good with { Parts = strips }]));
            Assert.Contains("strip 4", e.Message, StringComparison.Ordinal);
            Assert.Contains("of page 2", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(5)]
    [InlineData(50000)]
    public void Tile_WithFewerBytes_IsRefused_AndWithMoreIsDecodedRight(int compression)
    {
        foreach (var picture in Pictures(32 * 64))
        {
            byte[] Tile(int x) => [.. Enumerable.Range(0, 64).SelectMany(y => picture.AsSpan(y * 32 + x, 16).ToArray())];
            TestPage Page(params byte[][] tiles) => new(32, 64, tiles) { Compression = compression, Tile = (16, 64) };
            Assert.Equal(picture, Read([Page(Pack(compression, [.. Tile(0), .. new byte[77]]), Pack(compression, Tile(16)))]));
            var e = Assert.Throws<VolumeFormatException>(() => Read([Page(Pack(compression, Tile(0)), Pack(compression, Tile(16)[..^3]))]));
            Assert.Contains("tile 2", e.Message, StringComparison.Ordinal);
        }
    }

    // A Group 4 fax whose end code comes before its last row: libtiff calls it whole.
    [Fact]
    public void Fax_ThatEndsEarly_IsRefused()
    {
        // Rows like the white row before them are one bit, 1; then twice 000000000001.
        byte[] White(int rows) => ToBytes(new string('1', rows) + "000000000001000000000001");
        TestPage Page(int rows) => new(64, 32, [White(rows)]) { Bits = 1, Compression = 4, Photometric = 0 };
        Assert.All(Read([Page(32)]), b => Assert.Equal(0, b));
        var e = Assert.Throws<VolumeFormatException>(() => Read([Page(20)]));
        Assert.Contains("ends before its last row", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private byte[] Read(TestPage[] pages, bool bigEndian = false)
    {
        File.WriteAllBytes(_folder["v.tif"], TestTiff.Write(pages, bigEndian));
        using var file = VolumeFiles.Open(_folder["v.tif"], new VolumeManifest());
        return VolumeFileTests.Read(file, 0);
    }

    private static IEnumerable<byte[]> Pictures(int bytes)
    {
        var random = new Random(3);
        yield return [.. Enumerable.Range(0, bytes).Select(_ => random.NextDouble() < 0.95 ? (byte)127 : (byte)0)];
        yield return [.. Enumerable.Range(0, bytes).Select(i => (byte)(i / 1000))];
        yield return [.. Enumerable.Repeat((byte)0xA5, bytes)];
        var noise = new byte[bytes];
        random.NextBytes(noise);
        yield return noise;
    }

    private static byte[] Padded(byte[] strip, int length) => [.. strip.Concat(strip).Concat(new byte[length]).Take(length)];

    private static byte[] Bytes(ushort[] samples, int width, int predictor, bool bigEndian)
    {
        var coded = samples.Select((v, i) => predictor == 2 && i % width > 0 ? (ushort)(v - samples[i - 1]) : v);
        return [.. coded.SelectMany(v => bigEndian ? new[] { (byte)(v >> 8), (byte)v } : new[] { (byte)v, (byte)(v >> 8) })];
    }

    private static byte[] ToBytes(string bits) =>
        [.. bits.PadRight((bits.Length + 7) / 8 * 8, '0').Chunk(8).Select(b => Convert.ToByte(new string(b), 2))];

    private static byte[] Pack(int compression, byte[] bytes)
    {
        switch (compression)
        {
            case 8 or 32946:
                using (var packed = new MemoryStream())
                {
                    using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal))
                    {
                        zlib.Write(bytes);
                    }

                    return packed.ToArray();
                }

            case 5:
                return Lzw(bytes);
            case 32773:
                // Literal runs.
                return [.. bytes.Chunk(128).SelectMany(c => c.Prepend((byte)(c.Length - 1)))];
            case 50000:
                using (var zstd = new ZstdCompressor(1))
                {
                    var target = new byte[ZstdCompressor.Bound(bytes.Length)];
                    return target[..zstd.Compress(bytes, target)];
                }

            default:
                return bytes;
        }
    }

    // Without a table: a clear code before every 200 bytes, so that codes stay of 9 bits.
    private static byte[] Lzw(byte[] bytes)
    {
        var bits = new System.Text.StringBuilder();
        foreach (var chunk in bytes.Chunk(200))
        {
            bits.Append(Convert.ToString(256, 2).PadLeft(9, '0'));
            foreach (var b in chunk)
            {
                bits.Append(Convert.ToString(b, 2).PadLeft(9, '0'));
            }
        }

        return ToBytes(bits.Append(Convert.ToString(257, 2).PadLeft(9, '0')).ToString());
    }
}
