using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Formats.Chunked;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>
/// What the store keeps of a volume that is used where it lies (<c>link.json</c>, sealed): where that is, and a checksum of its metadata
/// and of every chunk as it was when somebody last looked through all of it.
/// </summary>
internal sealed record VolumeLink
{
    /// <summary>Name of the blob, below the volume's prefix.</summary>
    public const string Name = "link.json";

    /// <summary>blob: and a prefix of the same store.</summary>
    public required string Source { get; init; }

    /// <summary>Which of the image's times.</summary>
    public required int Frame { get; init; }

    /// <summary>What the volume was made of, for an import that comes again.</summary>
    public required string Recipe { get; init; }

    /// <summary>SHA-256 of the metadata, as <see cref="WatchedKeys"/> counts it.</summary>
    public required string Metadata { get; init; }

    /// <summary>The levels that are used, finest first.</summary>
    public required IReadOnlyList<LevelChecks> Levels { get; init; }

    /// <summary>The link as it is stored.</summary>
    public byte[] ToBytes() => SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(this, DatasetManifest.Json));

    /// <summary>Reads a link.</summary>
    /// <exception cref="FormatException">It is no link, or damaged.</exception>
    public static VolumeLink Parse(ReadOnlySpan<byte> stored)
    {
        try
        {
            return JsonSerializer.Deserialize<VolumeLink>(SealedJson.Unseal(stored), DatasetManifest.Json) ?? throw new FormatException("It is empty.");
        }
        catch (JsonException e)
        {
            throw new FormatException("It is no link.", e);
        }
    }

    /// <summary>Opens what a prefix of a store holds.</summary>
    /// <returns>The levels that can be used, and the checksum of the metadata.</returns>
    /// <exception cref="VolumeFormatException">Nothing there can be used in place.</exception>
    public static (IReadOnlyList<LinkedLevel> Levels, string Metadata) Open(IBlobStore blobs, string source, int frame)
    {
        var keys = new WatchedKeys(new BlobKeys(blobs, source[Formats.VolumeFiles.BlobScheme.Length..]));
        var levels = LinkedLayout.Of(ZarrMetadata.Levels(keys), frame, source);
        return (levels, keys.Sum());
    }

    /// <summary>Checksums of a level's chunks.</summary>
    public sealed record LevelChecks
    {
        /// <summary>Which of the image's levels.</summary>
        public required int Dataset { get; init; }

        /// <summary>CRC-32C of each chunk as it is stored, in C order, little endian; 0 for one that is absent.</summary>
        public required byte[] Crc32C { get; init; }

        /// <summary>The checksum of one chunk.</summary>
        public uint this[long chunk] => BinaryPrimitives.ReadUInt32LittleEndian(Crc32C.AsSpan((int)(4 * chunk)));

        /// <summary>A chunk's checksum, never 0.</summary>
        public static uint Of(byte[]? packed) => packed is null ? 0 : Math.Max(1, ShardCodec.Crc32C(packed));
    }

    /// <summary>Keys that remember what was read whole: while an image is opened, its metadata.</summary>
    internal sealed class WatchedKeys(KeyStore keys) : KeyStore
    {
        private readonly SortedDictionary<string, byte[]> _read = new(StringComparer.Ordinal);

        public override string Path => keys.Path;

        public override async ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct)
        {
            var bytes = await keys.ReadAsync(key, ct);
            if (IsMetadata(key))
            {
                lock (_read)
                {
                    _read[key] = bytes ?? [];
                }
            }

            return bytes;
        }

        public override ValueTask<byte[]?> ReadAsync(string key, long offset, long length, CancellationToken ct) => keys.ReadAsync(key, offset, length, ct);

        public override string Fingerprint() => keys.Fingerprint();

        public override IEnumerable<string> Children(string key) => keys.Children(key);

        /// <summary>SHA-256 of the keys of metadata and what they held.</summary>
        public string Sum()
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            lock (_read)
            {
                foreach (var (key, bytes) in _read)
                {
                    hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{key}|{bytes.Length}|"));
                    hash.AppendData(bytes);
                }
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        public override void Dispose()
        {
            keys.Dispose();
            base.Dispose();
        }
    }
}
