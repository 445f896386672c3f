using System.Runtime.InteropServices;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats.Chunked;

/// <summary>Chunks that are lost, forbidden, damaged, or absent by design, in every format and wherever keys lie.</summary>
public sealed class AbsentChunksTests : IDisposable
{
    private static readonly int[] s_shape = [8, 8, 8];
    private static readonly int[] s_chunk = [4, 4, 4];
    private readonly TempFolder _folder = new();
    private readonly IBlobStore _blobs;
    private KeyServer? _server;

    public AbsentChunksTests() => _blobs = new FolderBlobStore(_folder["store"]);

    public static TheoryData<ChunkedKind, string> Everywhere
    {
        get
        {
            var all = new TheoryData<ChunkedKind, string>();
            foreach (var kind in Enum.GetValues<ChunkedKind>())
            {
                foreach (var place in new[] { "folder", "zip", "http", "blob" })
                {
                    all.Add(kind, place);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Array_OfWhichNoChunkIsThere_IsRefusedWithTheKeyByInspectAndImport(ChunkedKind kind, string place)
    {
        var keys = Written(kind, _ => true);
        var path = await PutAsync(keys, place);
        foreach (var message in new[] { Refusal(() => Inspect(path)), await ImportRefusalAsync(path) })
        {
            Assert.Contains(ChunkedWriter.NameOf(kind, 0, 0, 0), message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Array_WhoseMetadataNameChunksDifferently_IsRefusedWithWhatLiesThere(ChunkedKind kind, string place)
    {
        // The chunks of one kind under the metadata of another.
        var (written, read) = kind switch
        {
            ChunkedKind.V2 => (ChunkedKind.V2Nested, ChunkedKind.V2),
            ChunkedKind.V2Nested => (ChunkedKind.V2, ChunkedKind.V2Nested),
            ChunkedKind.N5 => (ChunkedKind.V2, ChunkedKind.N5),
            _ => (ChunkedKind.V2, kind),
        };
        var keys = Written(written, _ => false).Where(k => char.IsAsciiDigit(k.Key[0]))
            .Concat(Written(read, _ => true)).ToDictionary();
        var path = await PutAsync(keys, place);
        var message = Refusal(() => Inspect(path));
        Assert.Contains(ChunkedWriter.NameOf(read, 0, 0, 0), message, StringComparison.Ordinal);

        // Nothing can be listed by HTTP, and N5 has one way to name blocks.
        if (place != "http" || kind != ChunkedKind.N5)
        {
            Assert.Contains(ChunkedWriter.NameOf(written, 0, 0, 0), message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task OneAbsentChunkOfEight_IsTheFillAndCountedByTheImport(ChunkedKind kind, string place)
    {
        var path = await PutAsync(Written(kind, at => at is [0, 1, 0]), place);
        using (var file = Open(path))
        {
            var values = MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, 0)).ToArray();
            Assert.Equal(Values().Select((v, i) => i / 64 < 4 && i / 8 % 8 >= 4 && i % 8 < 4 ? (ushort)0 : v), values);
        }

        var warning = Assert.Single((await ImportAsync(path)).Warnings);
        Assert.Contains("1 of 8 chunks", warning, StringComparison.Ordinal);
        Assert.Contains("(12.5 %) is absent", warning, StringComparison.Ordinal);
        Assert.Contains(Inspect(path).Remarks, r => r.Contains("is absent", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task WholeArray_GivesEveryVoxelAndNoWarning(ChunkedKind kind, string place)
    {
        var path = await PutAsync(Written(kind, _ => false), place);
        using var file = Open(path);
        Assert.Equal(Values(), MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, 0)).ToArray());
        Assert.Empty((await ImportAsync(path)).Warnings);
    }

    // A folder that is no chunk, a link that leads nowhere, half a chunk, nothing of a chunk.
    [Theory]
    [InlineData("folder", "is a folder where a file was expected")]
    [InlineData("link", "cannot be read")]
    [InlineData("half", "is damaged")]
    [InlineData("empty", "is damaged")]
    public void ChunkThatIsThereButCannotBeRead_IsAFailureThatNamesIt(string how, string said)
    {
        foreach (var kind in Enum.GetValues<ChunkedKind>().Except([ChunkedKind.V3Sharded]))
        {
            var folder = Written(kind, _ => false).ToFolder(_folder[$"{kind}-{how}"]);
            var chunk = Path.Combine(folder, ChunkedWriter.NameOf(kind, 1, 0, 1));
            var bytes = File.ReadAllBytes(chunk);
            File.Delete(chunk);
            switch (how)
            {
                case "folder":
                    Directory.CreateDirectory(chunk);
                    break;
                case "link":
                    File.CreateSymbolicLink(chunk, "nowhere");
                    break;
                default:
                    File.WriteAllBytes(chunk, how == "half" ? bytes[..(bytes.Length / 2)] : []);
                    break;
            }

            using var file = Open(folder);
            var message = Refusal(() => VolumeFileTests.Read(file, 0));
            Assert.Contains(said, message, StringComparison.Ordinal);
            Assert.Contains(chunk, message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(403, "403 (forbidden)")]
    [InlineData(401, "401")]
    [InlineData(410, "410")]
    public async Task ServerThatRefusesAChunk_FailsTheImportWithTheKey(int status, string said)
    {
        foreach (var kind in Enum.GetValues<ChunkedKind>())
        {
            var refused = ChunkedWriter.NameOf(kind, 1, 1, 1);
            _server?.Dispose();
            _server = new KeyServer(Written(kind, _ => false), key => key == refused ? status : null);
            var message = await ImportRefusalAsync(_server.Address);
            Assert.Contains(said, message, StringComparison.Ordinal);
            Assert.Contains(_server.Address + refused, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ServerThatForbidsAll_IsSaidToForbid()
    {
        _server = new KeyServer([], _ => 403);
        var message = Refusal(() => Open(_server.Address));
        Assert.Contains("403 (forbidden)", message, StringComparison.Ordinal);
        Assert.DoesNotContain("holds no Zarr", message, StringComparison.Ordinal);
    }

    // A store that may not be listed forbids what is not there: metadata that are missing by design too.
    [Fact]
    public void ServerThatForbidsWhatIsAbsent_IsReadAndTheMetadataAreNamed()
    {
        var keys = Written(ChunkedKind.V2, _ => false);
        _server = new KeyServer(keys, key => keys.ContainsKey(key) ? null : 403);
        using var file = Open(_server.Address);
        Assert.Equal(Values(), MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, 0)).ToArray());
        Assert.Contains(file.Remarks, r => r.Contains("403 (forbidden) for .zattrs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ArrayInTheStore_OfWhichNoChunkIsThere_IsNotLinked()
    {
        foreach (var kind in Enum.GetValues<ChunkedKind>())
        {
            var path = await Written(kind, _ => true).ToStoreAsync(_blobs, $"scans/{kind}");
            Assert.Contains(ChunkedWriter.NameOf(kind, 0, 0, 0), await ImportRefusalAsync(path, inPlace: true), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AbsentChunk_OfALinkedArray_IsCounted()
    {
        foreach (var kind in Enum.GetValues<ChunkedKind>())
        {
            var path = await Written(kind, at => at is [0, 1, 0]).ToStoreAsync(_blobs, $"scans/{kind}");
            var warning = Assert.Single((await ImportAsync(path, inPlace: true)).Warnings);
            Assert.Contains("1 of 8 chunks", warning, StringComparison.Ordinal);
        }
    }

    // A shape that was cut after the chunks were written, or is another array's.
    [Theory]
    [InlineData(ChunkedKind.V2)]
    [InlineData(ChunkedKind.V3)]
    [InlineData(ChunkedKind.N5)]
    public void ChunksBeyondTheShape_AreSaid(ChunkedKind kind)
    {
        var keys = ChunkedWriter.Array(kind, "", [4, 8, 8], s_chunk, ChunkedWriter.ValueAt);
        foreach (var (key, bytes) in Written(kind, _ => false))
        {
            keys.TryAdd(key, bytes);
        }

        using var file = Open(keys.ToFolder(_folder["v"]));
        var remark = Assert.Single(file.Remarks);
        Assert.StartsWith("4 chunks (", remark, StringComparison.Ordinal);
        Assert.Contains("beyond the shape", remark, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _server?.Dispose();
        _folder.Dispose();
    }

    private static Dictionary<string, byte[]> Written(ChunkedKind kind, Func<int[], bool> isAbsent) =>
        ChunkedWriter.Array(kind, "", s_shape, s_chunk, ChunkedWriter.ValueAt, isAbsent: isAbsent);

    private static IEnumerable<ushort> Values() => Enumerable.Range(0, 512).Select(i => ChunkedWriter.ValueAt(i / 64, i / 8 % 8, i % 8));

    private static string Refusal(Action action) => Assert.Throws<VolumeFormatException>(action).Message;

    private async Task<string> ImportRefusalAsync(string path, bool inPlace = false)
    {
        var e = await Assert.ThrowsAsync<VolumeFormatException>(() => ImportAsync(path, inPlace));
        Assert.Empty(await _blobs.NamesAsync("datasets/", default));
        return e.Message;
    }

    private async Task<ImportResult> ImportAsync(string path, bool inPlace = false)
    {
        var (store, id) = (new DatasetStore(_blobs), DatasetId.Parse("imported"));
        await store.DeleteAsync(id, default);
        return await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(path, id, new VolumeManifest { VoxelSizeUm = [1, 1, 1], InPlace = inPlace ? true : null }), null, default);
    }

    private VolumeFile Open(string path) => VolumeFiles.Open(path, new VolumeManifest(), blobs: _blobs);

    private Inspection Inspect(string path) => Inspection.Of(path, new VolumeManifest(), TimeProvider.System, null, default, _blobs);

    private async Task<string> PutAsync(Dictionary<string, byte[]> keys, string place)
    {
        switch (place)
        {
            case "folder":
                return keys.ToFolder(_folder["v"]);
            case "zip":
                return keys.ToZip(_folder["v.zip"]);
            case "http":
                _server = new KeyServer(keys);
                return _server.Address;
            default:
                return await keys.ToStoreAsync(_blobs, "scans/v");
        }
    }
}
