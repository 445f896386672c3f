using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Tests.Zarr;

/// <summary>Writing goes on from what an interrupted writer stored, and ends with the same bytes.</summary>
public sealed class VolumeWriterTests : IDisposable
{
    private const string Prefix = "v/";
    private readonly TempFolder _folder = new();

    public static TheoryData<int, int, int, VoxelType, bool> Volumes => new()
    {
        { 64 * 7 + 5, 9, 70, VoxelType.UInt16, false },
        { 64 * 4, 65, 3, VoxelType.UInt8, true },
        { 130, 40, 40, VoxelType.Float32, false },
        { 1, 200, 130, VoxelType.Int8, false },
    };

    [Theory]
    [MemberData(nameof(Volumes))]
    public async Task Resumed_AnywhereAndWithAnyShardGone_EndsAsTheUninterrupted(int z, int y, int x, VoxelType type, bool labels)
    {
        var shape = new VolumeShape(z, y, x);
        var whole = Store("whole");
        var range = await WriteAsync(whole, shape, type, labels, _ => { });
        var names = await NamesAsync(whole);
        var random = new Random(z);
        for (var run = 0; run < 12; run++)
        {
            // As a writer that was killed leaves it: shards up to somewhere; and then some of them lost or damaged.
            var store = Store($"part{run}");
            var kept = names.Where(n => !n.EndsWith("zarr.json", StringComparison.Ordinal) && random.Next(8) > 0).ToList();
            foreach (var name in kept)
            {
                var bytes = (await whole.TryReadAsync(name, default))!;
                if (random.Next(10) == 0)
                {
                    bytes[random.Next(bytes.Length)] ^= 0x10;
                }

                await store.WriteAsync(name, bytes, default);
            }

            Assert.Equal(range, await WriteAsync(store, shape, type, labels, _ => { }));
            Assert.Equal(names, await NamesAsync(store));
            foreach (var name in names)
            {
                var (a, b) = (await whole.TryReadAsync(name, default), await store.TryReadAsync(name, default));
                Assert.True(a.AsSpan().SequenceEqual(b), $"{name} differs in run {run}, which kept {string.Join(' ', kept)}.");
            }
        }
    }

    [Fact]
    public async Task Resumed_ReadsOnlySlicesBehindTheLastStoredRow()
    {
        var shape = new VolumeShape(64 * 5, 20, 20);
        var store = Store("s");
        using (var stop = new CancellationTokenSource())
        {
            using var writer = new VolumeWriter(store, Prefix, shape, VoxelType.UInt8);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.WriteAsync(
                async (slice, _) =>
                {
                    // Two rows and what the next level has of them are stored; the third may be on its way.
                    while (slice == 64 * 3 + 7 && !stop.IsCancellationRequested)
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                        if (File.Exists(_folder["s/v/0/c/1/0/0"]) && File.Exists(_folder["s/v/1/c/0/0/0"]))
                        {
                            await stop.CancelAsync();
                        }
                    }
                },
                inAnyOrder: false, null, stop.Token));
        }

        var read = new List<int>();
        await WriteAsync(store, shape, VoxelType.UInt8, false, read.Add);
        Assert.Contains(read[0], new[] { 128, 192 });
        Assert.Equal(Enumerable.Range(read[0], shape.Z - read[0]), read);
    }

    [Fact]
    public async Task StoreThatFails_EndsTheWritingWithItsError()
    {
        var shape = new VolumeShape(64 * 6, 20, 20);
        File.WriteAllText(_folder["blocked"], "a file where a folder is wanted");
        using var writer = new VolumeWriter(new FolderBlobStore(_folder["blocked"]), Prefix, shape, VoxelType.UInt8);
        var most = 0;
        await Assert.ThrowsAnyAsync<IOException>(() => writer.WriteAsync((slice, _) =>
            {
                most = Math.Max(most, slice);
                return ValueTask.CompletedTask;
            },
            inAnyOrder: false, null, default));
        Assert.True(most < shape.Z - 1, "It went on to the end.");
    }

    public void Dispose() => _folder.Dispose();

    private IBlobStore Store(string name) => new FolderBlobStore(_folder[name]);

    private static async Task<(double, double)> WriteAsync(IBlobStore store, VolumeShape shape, VoxelType type, bool labels, Action<int> read)
    {
        using var writer = new VolumeWriter(store, Prefix, shape, type, labels);
        await writer.ResumeAsync((await NamesAsync(store)).ToHashSet(), default);
        await writer.WriteAsync(
            (z, slice) =>
            {
                read(z);
                Fill(z, type, slice.Span);
                return ValueTask.CompletedTask;
            },
            inAnyOrder: false, null, default);
        await writer.FinishAsync(AffineTransform.Of(new VoxelSize(1, 1, 1), default), "v", new JsonObject(), default);
        return writer.ValueRange;
    }

    private static void Fill(int z, VoxelType type, Span<byte> slice)
    {
        slice.Clear();
        for (var i = 0; i < slice.Length / type.Size(); i++)
        {
            var value = (uint)(z * 31 + i * 7 + i * z % 13) % 100;
            if (type == VoxelType.Float32)
            {
                BitConverter.TryWriteBytes(slice[(4 * i)..], (float)value);
            }
            else
            {
                slice[type.Size() * i] = (byte)value;
            }
        }
    }

    private static async Task<List<string>> NamesAsync(IBlobStore store)
    {
        var names = new List<string>();
        await foreach (var blob in store.ListAsync(Prefix, default))
        {
            names.Add(blob.Name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
