using System.Buffers.Binary;
using System.Text;

namespace DendriteViewer.Imaging.Tests.Formats.Tiff;

/// <summary>A page of a TIFF as a test wants it, right or wrong: its strips or tiles are written as they are given.</summary>
internal sealed record TestPage(int Width, int Height, byte[][] Parts)
{
    public int Bits { get; init; } = 8;

    public int SampleFormat { get; init; } = 1;

    public int SamplesPerPixel { get; init; } = 1;

    public int Compression { get; init; } = 1;

    public int Photometric { get; init; } = 1;

    public int Predictor { get; init; } = 1;

    /// <summary>Null for as many as the page has.</summary>
    public int? RowsPerStrip { get; init; }

    /// <summary>Width and height of tiles, where the parts are tiles.</summary>
    public (int Width, int Height)? Tile { get; init; }

    public int Subfile { get; init; }

    public string? Description { get; init; }

    public (uint Numerator, uint Denominator)? X { get; init; }

    public (uint Numerator, uint Denominator)? Y { get; init; }

    public int? Unit { get; init; }

    /// <summary>Further tags of one 32-bit number.</summary>
    public (int Tag, uint Value)[] More { get; init; } = [];

    /// <summary>A page of one uncompressed strip.</summary>
    public static TestPage Of(int width, int height, byte[] pixels) => new(width, height, [pixels]);
}

/// <summary>
/// Writes TIFFs of either byte order, classic or big. The pixels of a page come before its directory, so that cut-off files can be made.
/// </summary>
internal static class TestTiff
{
    public static byte[] Write(IReadOnlyList<TestPage> pages, bool bigEndian = false, bool isBig = false)
    {
        using var file = new MemoryStream();
        file.Write(bigEndian ? "MM"u8 : "II"u8);
        Number(2, isBig ? 43 : 42);
        if (isBig)
        {
            Number(2, 8);
            Number(2, 0);
        }

        var link = file.Position;
        Number(isBig ? 8 : 4, 0);
        foreach (var page in pages)
        {
            var offsets = page.Parts.Select(part =>
            {
                var at = file.Position;
                file.Write(part);
                return (ulong)at;
            }).ToArray();
            var text = page.Description is null ? [] : Encoding.UTF8.GetBytes(page.Description + "\0");
            (int Tag, int Type, ulong[] Values)[] entries =
            [
                (254, 4, [(ulong)page.Subfile]), (256, 4, [(ulong)page.Width]), (257, 4, [(ulong)page.Height]),
                (258, 3, [.. Enumerable.Repeat((ulong)page.Bits, page.SamplesPerPixel)]), (259, 3, [(ulong)page.Compression]),
                (262, 3, [(ulong)page.Photometric]),
                .. text.Length > 0 ? [(270, 2, [.. text.Select(b => (ulong)b)])] : Array.Empty<(int, int, ulong[])>(),
                .. page.Tile is { } tile
                    ? new (int, int, ulong[])[]
                    {
                        (322, 4, [(ulong)tile.Width]), (323, 4, [(ulong)tile.Height]), (324, isBig ? 16 : 4, offsets),
                    }
                    : [(273, isBig ? 16 : 4, offsets), (278, 4, [(ulong)(page.RowsPerStrip ?? page.Height)])],
                (277, 3, [(ulong)page.SamplesPerPixel]),
                (page.Tile is null ? 279 : 325, isBig ? 16 : 4, [.. page.Parts.Select(p => (ulong)p.Length)]),
                .. page.X is { } x ? [(282, 5, [((ulong)x.Numerator << 32) | x.Denominator])] : Array.Empty<(int, int, ulong[])>(),
                .. page.Y is { } y ? [(283, 5, [((ulong)y.Numerator << 32) | y.Denominator])] : Array.Empty<(int, int, ulong[])>(),
                .. page.Unit is { } unit ? [(296, 3, [(ulong)unit])] : Array.Empty<(int, int, ulong[])>(),
                .. page.Predictor > 1 ? [(317, 3, [(ulong)page.Predictor])] : Array.Empty<(int, int, ulong[])>(),
                (339, 3, [.. Enumerable.Repeat((ulong)page.SampleFormat, page.SamplesPerPixel)]),
                .. page.More.Select(m => (m.Tag, 4, new[] { (ulong)m.Value })),
            ];
            WriteDirectory(entries.OrderBy(e => e.Tag).ToArray());
        }

        return file.ToArray();

        void WriteDirectory((int Tag, int Type, ulong[] Values)[] entries)
        {
            var places = entries.Select(e =>
            {
                var size = e.Type switch { 2 => 1, 3 => 2, 4 => 4, _ => 8 };
                var at = file.Position;
                if (size * e.Values.Length > (isBig ? 8 : 4))
                {
                    Values(e.Type, e.Values);
                }

                return at;
            }).ToArray();
            if (file.Position % 2 == 1)
            {
                file.WriteByte(0);
            }

            var directory = file.Position;
            Number(isBig ? 8 : 2, entries.Length);
            foreach (var ((tag, type, values), place) in entries.Zip(places))
            {
                var size = type switch { 2 => 1, 3 => 2, 4 => 4, _ => 8 };
                Number(2, tag);
                Number(2, type);
                Number(isBig ? 8 : 4, values.Length);
                var end = file.Position + (isBig ? 8 : 4);
                if (size * values.Length > (isBig ? 8 : 4))
                {
                    Number(isBig ? 8 : 4, place);
                }
                else
                {
                    Values(type, values);
                    while (file.Position < end)
                    {
                        file.WriteByte(0);
                    }
                }
            }

            var next = file.Position;
            Number(isBig ? 8 : 4, 0);
            file.Position = link;
            Number(isBig ? 8 : 4, directory);
            (link, file.Position) = (next, file.Length);
        }

        void Values(int type, ulong[] values)
        {
            foreach (var v in values)
            {
                if (type == 5)
                {
                    Number(4, (long)(v >> 32));
                    Number(4, (long)(v & uint.MaxValue));
                }
                else
                {
                    Number(type switch { 2 => 1, 3 => 2, 4 => 4, _ => 8 }, (long)v);
                }
            }
        }

        void Number(int bytes, long value)
        {
            Span<byte> eight = stackalloc byte[8];
            if (bigEndian)
            {
                BinaryPrimitives.WriteInt64BigEndian(eight, value);
                file.Write(eight[^bytes..]);
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(eight, value);
                file.Write(eight[..bytes]);
            }
        }
    }
}
