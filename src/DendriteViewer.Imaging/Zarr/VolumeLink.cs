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

    /// <summary>The <see cref="MetadataRule"/> of links that are made now.</summary>
    public const int NewestRule = 2;

    /// <summary>blob: and a prefix of the same store.</summary>
    public required string Source { get; init; }

    /// <summary>Which of the image's times.</summary>
    public required int Frame { get; init; }

    /// <summary>What the volume was made of, for an import that comes again.</summary>
    public required string Recipe { get; init; }

    /// <summary>SHA-256 of the metadata, as <see cref="WatchedKeys"/> counts it.</summary>
    public required string Metadata { get; init; }

    /// <summary>
    /// Which keys that sum counts: 1 for links from before the attributes of arrays and of groups above were read, 2 for all that is read.
    /// </summary>
    public int MetadataRule { get; init; } = 1;

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
    /// <param name="blobs">The store.</param>
    /// <param name="source">blob: and the prefix.</param>
    /// <param name="frame">Which of the image's times.</param>
    /// <param name="rule">Which metadata the checksum counts, as <see cref="MetadataRule"/>.</param>
    /// <param name="isListed">Whether the store is asked which chunks are there, so that none that cannot be read is called absent.</param>
    /// <exception cref="VolumeFormatException">Nothing there can be used in place.</exception>
    public static LinkedImage Open(IBlobStore blobs, string source, int frame, int rule = NewestRule, bool isListed = false)
    {
        var keys = new WatchedKeys(new BlobKeys(blobs, source[Formats.VolumeFiles.BlobScheme.Length..]));
        var image = ZarrMetadata.Levels(keys);
        if (isListed)
        {
            image = image with
            {
                Levels = image.Levels.Select(l => l with { Array = l.Array with { Listing = ChunkListing.Of(l.Array) } }).ToArray(),
            };
        }

        var levels = LinkedLayout.Of(image, frame, source);
        var left = Enumerable.Range(0, image.Levels.Count).Except(levels.Select(l => l.Dataset)).ToArray();
        var numbers = string.Join(", ", left);
        var warning = $"Of its levels, {numbers} (the finest is 0) are no halvings of the finest and are not used.";
        return new LinkedImage(levels, keys.Sum(rule), left.Length == 0 ? [] : [warning]);
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
    internal sealed class WatchedKeys : KeyStore
    {
        private const string Parent = "../";
        private readonly KeyStore _keys;
        private readonly string _prefix;
        private readonly SortedDictionary<string, byte[]> _read;

        /// <param name="keys">What is watched.</param>
        public WatchedKeys(KeyStore keys)
            : this(keys, "", new(StringComparer.Ordinal))
        {
        }

        private WatchedKeys(KeyStore keys, string prefix, SortedDictionary<string, byte[]> read)
        {
            (_keys, _prefix, _read) = (keys, prefix, read);
        }

        public override string Path => _keys.Path;

        public override async ValueTask<byte[]?> ReadAsync(string key, CancellationToken ct)
        {
            var bytes = await _keys.ReadAsync(key, ct);
            if (IsMetadata(key))
            {
                lock (_read)
                {
                    _read[_prefix + key] = bytes ?? [];
                }
            }

            return bytes;
        }

        public override ValueTask<byte[]?> ReadAsync(string key, long offset, long length, CancellationToken ct) =>
            _keys.ReadAsync(key, offset, length, ct);

        public override string Fingerprint() => _keys.Fingerprint();

        public override IEnumerable<string>? List(string key) => _keys.List(key);

        public override IEnumerable<string> Folders(string key) => _keys.Folders(key);

        /// <summary>The same of the folder above, whose metadata count too.</summary>
        public override (KeyStore Store, string Name)? Above() =>
            _keys.Above() is var (above, name) ? (new WatchedKeys(above, Parent + _prefix, _read), name) : null;

        /// <summary>SHA-256 of the keys of metadata and what they held.</summary>
        /// <param name="rule">Which keys count, as <see cref="MetadataRule"/>.</param>
        public string Sum(int rule)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            lock (_read)
            {
                foreach (var (key, bytes) in _read.Where(r => rule >= NewestRule || IsOfFirstRule(r.Key)))
                {
                    hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{key}|{bytes.Length}|"));
                    hash.AppendData(bytes);
                }
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        // Neither what lies above, nor the attributes of what is an array, nor the list of series.
        private bool IsOfFirstRule(string key)
        {
            var folder = key[..(key.LastIndexOf('/') + 1)];
            var isArray = _read.TryGetValue(folder + ".zarray", out var array) && array.Length > 0;
            return !key.StartsWith(Parent, StringComparison.Ordinal) && folder != "OME/" && !(isArray && key == folder + ".zattrs");
        }

        public override void Dispose()
        {
            _keys.Dispose();
            base.Dispose();
        }
    }
}

/// <summary>An image that is used in place, opened.</summary>
/// <param name="Levels">The levels that can be used, finest first.</param>
/// <param name="Metadata">Checksum of the metadata.</param>
/// <param name="Warnings">What whoever links it must know.</param>
internal sealed record LinkedImage(IReadOnlyList<LinkedLevel> Levels, string Metadata, IReadOnlyList<string> Warnings);
