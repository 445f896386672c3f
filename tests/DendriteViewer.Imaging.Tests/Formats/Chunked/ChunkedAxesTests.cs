using System.Runtime.InteropServices;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Tests.Formats.Chunked;

/// <summary>Axes are what the metadata say they are, wherever they stand, in every chunked format.</summary>
public sealed class ChunkedAxesTests : IDisposable
{
    private static readonly Dictionary<string, int> s_lengths = new()
    {
        ["z"] = 5, ["y"] = 6, ["x"] = 7, ["t"] = 3, ["c"] = 1,
        ["plane"] = 5, ["row"] = 6, ["column"] = 7, ["frames"] = 3,
        ["Z"] = 5, ["Y"] = 6, ["X"] = 7,
    };

    private static readonly string[] s_orders =
    [
        "z y x", "x y z", "y x z", "t z y x", "z y x t", "x t y z", "t c z y x", "z c y x", "Z Y X",
        "plane row column", "column frames row plane",
    ];

    private readonly TempFolder _folder = new();

    public static TheoryData<ChunkedKind, string> Orders
    {
        get
        {
            var all = new TheoryData<ChunkedKind, string>();
            foreach (var kind in Enum.GetValues<ChunkedKind>())
            {
                foreach (var axes in s_orders)
                {
                    all.Add(kind, axes);
                }
            }

            return all;
        }
    }

    // Every voxel of every time, however the axes stand; named by the format itself, and by an image.
    [Theory]
    [MemberData(nameof(Orders))]
    public async Task NamedAxes_InAnyOrder_GiveTheSameVoxels(ChunkedKind kind, string axes)
    {
        var names = axes.Split(' ');
        foreach (var keys in kind == ChunkedKind.N5 ? new[] { Own(kind, names) } : [Own(kind, names), Image(kind, names)])
        {
            var folder = keys.ToFolder(_folder[Guid.NewGuid().ToString("N")]);
            using var file = VolumeFiles.Open(folder, new VolumeManifest());
            var times = names.Any(n => n is "t" or "frames") ? 3 : 1;
            Assert.Equal((times, new VolumeShape(5, 6, 7)), (file.Frames, file.Shape));
            for (var t = 0; t < times; t++)
            {
                Assert.Equal(Expected(t), MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, t)).ToArray());
            }

            await AssertLinkedAsync(keys, times);
        }
    }

    // A type decides where the name says nothing.
    [Fact]
    public void AxisTypes_OfOtherNames_AreTimeAndChannel()
    {
        (string, string)[] axes = [("moment", "time"), ("dye", "channel"), ("z", "space"), ("y", "space"), ("x", "space")];
        var keys = Image(ChunkedKind.V2, ["t", "c", "z", "y", "x"], axes);
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]), new VolumeManifest());
        Assert.Equal(3, file.Frames);
        Assert.Equal(Expected(2), MemoryMarshal.Cast<byte, ushort>(VolumeFileTests.Read(file, 2)).ToArray());
    }

    [Theory]
    [InlineData("x:time", "'x' of the type 'time'")]
    [InlineData("t:space", "'t' of the type 'space'")]
    [InlineData("z:channel", "'z' of the type 'channel'")]
    public void NameAndTypeThatDisagree_AreRefused(string axis, string said)
    {
        var (name, type) = (axis.Split(':')[0], axis.Split(':')[1]);
        var axes = new[] { (name, type), ("z", "space"), ("y", "space"), ("x", "space") };
        var keys = Image(ChunkedKind.V2, ["t", "z", "y", "x"], axes);
        Assert.Contains(said, Refusal(keys), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChunkedKind.V2)]
    [InlineData(ChunkedKind.V2Nested)]
    [InlineData(ChunkedKind.V3)]
    [InlineData(ChunkedKind.V3Sharded)]
    public void ArrayAndImage_ThatNameAxesDifferently_AreRefusedWithBoth(ChunkedKind kind)
    {
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(kind, "", Multiscale(Axes(["z", "y", "x"]))),
            ChunkedWriter.Array(kind, "0", [5, 6, 7], [4, 4, 4], ChunkedWriter.ValueAt, ["x", "y", "z"]));
        var message = Refusal(keys);
        Assert.Contains("x, y, z", message, StringComparison.Ordinal);
        Assert.Contains("z, y, x", message, StringComparison.Ordinal);

        // The same where the level is opened by itself.
        Assert.Contains("x, y, z", ChunkedWriter.RefusalOf(_folder["refused/0"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c", "channels along its axis 'c'")]
    [InlineData("energy", "'energy'")]
    [InlineData("angle", "'angle'")]
    public void LongAxis_ThatNoScanHas_IsRefusedByName(string name, string said)
    {
        foreach (var kind in Enum.GetValues<ChunkedKind>())
        {
            foreach (var names in new[] { new[] { name, "z", "y", "x" }, ["z", "y", "x", name] })
            {
                var shape = names.Select(n => n == name ? 2 : 4).ToArray();
                var keys = ChunkedWriter.Array(kind, "", shape, [2, 2, 2, 2], ChunkedWriter.ValueAt, names);
                Assert.Contains(said, Refusal(keys), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void FourUnnamedAxes_AreReadWithARemark()
    {
        foreach (var kind in Enum.GetValues<ChunkedKind>())
        {
            var keys = ChunkedWriter.Array(kind, "", [2, 4, 4, 4], [1, 4, 4, 4], ChunkedWriter.ValueAt);
            using var file = VolumeFiles.Open(keys.ToFolder(_folder[$"{kind}"]), new VolumeManifest());
            Assert.Equal(2, file.Frames);
            Assert.Contains("taken as time", Assert.Single(file.Remarks), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LastUnnamedAxis_ThatIsLikeColours_IsNeverX()
    {
        var pictures = ChunkedWriter.Array(ChunkedKind.V2, "", [2, 32, 40, 3], [1, 32, 40, 3], _ => 1);
        Assert.Contains("3 elements behind 32 × 40, is like that of colours", Refusal(pictures), StringComparison.Ordinal);
        var thin = ChunkedWriter.Array(ChunkedKind.V2, "", [32, 40, 3], [32, 40, 3], _ => 1).ToFolder(_folder["thin"]);
        using var file = VolumeFiles.Open(thin, new VolumeManifest());
        Assert.Contains("is like that of colours; it was taken as x", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    // What programs write that number axes which were never named.
    [Fact]
    public void NumberedAxes_AreReadAsUnnamed()
    {
        var keys = ChunkedWriter.Array(ChunkedKind.V3, "", [4, 4, 4], [4, 4, 4], ChunkedWriter.ValueAt, ["dim_0", "dim_1", "dim_2"]);
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]), new VolumeManifest());
        Assert.Equal(new VolumeShape(4, 4, 4), file.Shape);
    }

    [Fact]
    public void NamesOfAnotherNumberOfAxes_AreRefused()
    {
        var keys = ChunkedWriter.Array(ChunkedKind.V3, "", [4, 4, 4], [4, 4, 4], ChunkedWriter.ValueAt, ["y", "x"]);
        Assert.Contains("names 2 axes (y, x), but has 3", Refusal(keys), StringComparison.Ordinal);
    }

    [Fact]
    public void ImageOfAnotherNumberOfAxes_IsRefused()
    {
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(ChunkedKind.V2, "", Multiscale(Axes(["y", "x"]))),
            ChunkedWriter.Array(ChunkedKind.V2, "0", [4, 4, 4], [4, 4, 4], ChunkedWriter.ValueAt));
        Assert.Contains("an image of 2 axes (y, x), but its level", Refusal(keys), StringComparison.Ordinal);
    }

    // ImageJ's plugin for N5 leaves out axes of one element: these three are x, y and time.
    [Fact]
    public void ImageJCountsInN5_TellTimesFromSlices()
    {
        var counts = new System.Text.Json.Nodes.JsonObject { ["numChannels"] = 1, ["numSlices"] = 1, ["numFrames"] = 3 };
        var keys = ChunkedWriter.Array(ChunkedKind.N5, "", [3, 4, 4], [1, 4, 4], ChunkedWriter.ValueAt, attributes: counts);
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]), new VolumeManifest());
        Assert.Equal((3, new VolumeShape(1, 4, 4)), (file.Frames, file.Shape));
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<ushort> Expected(int t) =>
        Enumerable.Range(0, 5 * 6 * 7).Select(i => ChunkedWriter.ValueAt(t, i / 42, i / 7 % 6, i % 7));

    // The value of a voxel tells t, z, y and x, in whatever order the axes stand.
    private static ushort Value(string[] names, int[] at)
    {
        int Along(params string[] any) => System.Array.FindIndex(names, any.Contains) is >= 0 and var i ? at[i] : 0;
        return ChunkedWriter.ValueAt(Along("t", "frames"), Along("z", "plane", "Z"), Along("y", "row", "Y"), Along("x", "column", "X"));
    }

    private static Dictionary<string, byte[]> Array(ChunkedKind kind, string key, string[] names, bool areNamed) => ChunkedWriter.Array(
        kind, key, names.Select(n => s_lengths[n]).ToArray(), names.Select((_, i) => 2 + i % 3).ToArray(), at => Value(names, at),
        areNamed ? names : null);

    private static Dictionary<string, byte[]> Own(ChunkedKind kind, string[] names) => Array(kind, "", names, areNamed: true);

    private static Dictionary<string, byte[]> Image(ChunkedKind kind, string[] names, (string Name, string Type)[]? axes = null) =>
        ChunkedWriter.All(ChunkedWriter.Group(kind, "", Multiscale(axes ?? Axes(names))), Array(kind, "0", names, areNamed: false));

    private static (string Name, string Type)[] Axes(string[] names) =>
        names.Select(n => (n, n is "t" or "frames" ? "time" : n == "c" ? "channel" : "space")).ToArray();

    private static object Multiscale((string Name, string Type)[] axes) => new
    {
        multiscales = new[]
        {
            new
            {
                version = "0.4",
                axes = axes.Select(a => new { name = a.Name, type = a.Type }),
                datasets = new[]
                {
                    new { path = "0", coordinateTransformations = new[] { new { type = "scale", scale = axes.Select(_ => 1.0) } } },
                },
            },
        },
    };

    private string Refusal(Dictionary<string, byte[]> keys)
    {
        if (Directory.Exists(_folder["refused"]))
        {
            Directory.Delete(_folder["refused"], recursive: true);
        }

        return ChunkedWriter.RefusalOf(keys.ToFolder(_folder["refused"]));
    }

    // The bricks of the same array where it lies.
    private async Task AssertLinkedAsync(Dictionary<string, byte[]> keys, int times)
    {
        var blobs = new FolderBlobStore(_folder[Guid.NewGuid().ToString("N")]);
        var (store, id) = (new DatasetStore(blobs), DatasetId.Parse("linked"));
        var path = await keys.ToStoreAsync(blobs, "scans/v");
        var volume = new VolumeManifest { InPlace = true, VoxelSizeUm = [1, 1, 1] };
        var hours = times > 1 ? Enumerable.Range(0, times).Select(t => (double)t).ToArray() : null;
        await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportVolumeAsync(new SingleImport(path, id, volume, hours), null, default);
        var dataset = (await new DatasetStore(blobs).TryOpenAsync(id, default))!;
        for (var t = 0; t < times; t++)
        {
            var reader = await store.ReaderAsync(dataset.Volumes[t], default);
            Assert.Equal(Expected(t).Select(v => (float)v), await DenseLevels.ReadFloatAsync(reader, reader.Levels[0], default));
        }
    }
}
