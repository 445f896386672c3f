using System.Buffers.Binary;
using System.IO.Compression;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>How a chunk's bytes were packed.</summary>
internal enum ChunkPacking
{
    Gzip,
    Zlib,
    Bzip2,
    Zstd,
    Blosc,
    Lz4,

    /// <summary>Four bytes of CRC-32C at the end.</summary>
    Crc32C,
}

internal static class ChunkCodecs
{
    /// <summary>Undoes packings in turn, the last applied first. What comes out must be <paramref name="size"/> bytes.</summary>
    /// <exception cref="InvalidDataException">Damaged, or of another size.</exception>
    public static byte[] Unpack(byte[] packed, IReadOnlyList<ChunkPacking> packings, int size)
    {
        for (var i = packings.Count - 1; i >= 0; i--)
        {
            // Between two packings the size is what the inner one took; only checksums come between in practice.
            var inner = size + 4 * packings.Take(i).Count(p => p == ChunkPacking.Crc32C);
            if (packings.Take(i).Any(p => p != ChunkPacking.Crc32C) && packings[i] != ChunkPacking.Crc32C)
            {
                packed = UnpackAny(packed, packings[i]);
                continue;
            }

            packed = packings[i] == ChunkPacking.Crc32C ? Checked(packed) : UnpackTo(packed, packings[i], inner);
        }

        return packed.Length == size ? packed : throw new InvalidDataException($"{packed.Length} bytes where {size} were expected");
    }

    private static byte[] Checked(byte[] bytes) =>
        bytes.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4)) == ShardCodec.Crc32C(bytes.AsSpan(0, bytes.Length - 4))
            ? bytes[..^4]
            : throw new InvalidDataException("its checksum is wrong");

    private static byte[] UnpackTo(byte[] packed, ChunkPacking packing, int size)
    {
        var target = new byte[size];
        switch (packing)
        {
            case ChunkPacking.Zstd when ZstdDecompressor.Current.TryDecompress(packed, target) is { } why:
                throw new InvalidDataException(why);
            case ChunkPacking.Blosc when !Blosc.TryDecompress(packed, target):
                throw new InvalidDataException("its blosc data is damaged");
            case ChunkPacking.Lz4 when packed.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(packed) != size || !Lz4.TryDecompress(packed.AsSpan(4), target):
                throw new InvalidDataException("its lz4 data is damaged");
            case ChunkPacking.Gzip or ChunkPacking.Zlib or ChunkPacking.Bzip2:
                using (var stream = Open(packed, packing))
                {
                    if (stream.ReadAtLeast(target, size, throwOnEndOfStream: false) != size || stream.ReadByte() >= 0)
                    {
                        throw new InvalidDataException("it unpacks to another size");
                    }
                }

                break;
        }

        return target;
    }

    // One packing inside another: sizes in between are not known, so they are bounded by what such data can unpack to.
    private static byte[] UnpackAny(byte[] packed, ChunkPacking packing)
    {
        if (packing is not (ChunkPacking.Gzip or ChunkPacking.Zlib or ChunkPacking.Bzip2))
        {
            throw new InvalidDataException("it is packed twice, which is not supported");
        }

        using var stream = Open(packed, packing);
        using var all = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int n; (n = stream.Read(buffer)) > 0;)
        {
            all.Write(buffer, 0, n);
        }

        return all.ToArray();
    }

    private static Stream Open(byte[] packed, ChunkPacking packing) => packing switch
    {
        ChunkPacking.Gzip => new GZipStream(new MemoryStream(packed), CompressionMode.Decompress),
        ChunkPacking.Zlib => new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress),
        _ => new Bzip2Stream(new MemoryStream(packed)),
    };
}
