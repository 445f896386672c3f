using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats.Chunked;

/// <summary>Sizes and places of voxels, wherever the metadata keep them, each with the unit of its axis.</summary>
public sealed class ChunkedSizesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IBlobStore _blobs;
    private KeyServer? _server;

    public ChunkedSizesTests() => _blobs = new FolderBlobStore(_folder["store"]);

    // z in millimetres, y in micrometres, x in nanometres; the level's transform and the image's.
    [Theory]
    [InlineData(ChunkedKind.V2)]
    [InlineData(ChunkedKind.V3)]
    public void Units_BelongToTheirAxis(ChunkedKind kind)
    {
        string[] units = ["millimeter", "micrometer", "nanometer"];
        var keys = Image(kind, ["z", "y", "x"], units, [0.5, 0.5, 0.5], [[0.004, 5, 6000], [0.008, 10, 12000]]);
        AssertSize(keys.ToFolder(_folder["v"]), (2, 2.5, 3), (0, 0, 0));
    }

    [Theory]
    [InlineData(ChunkedKind.V2)]
    [InlineData(ChunkedKind.V3)]
    public void Scale_OfTurnedAxes_IsTurnedWithThem(ChunkedKind kind)
    {
        var keys = Image(kind, ["x", "z", "y"], ["um", "um", "um"], [1, 1, 1], [[3, 1, 2], [6, 2, 4]]);
        AssertSize(keys.ToFolder(_folder["v"]), (1, 2, 3), (0, 0, 0));
    }

    [Theory]
    [InlineData(null, "along y without a unit")]
    [InlineData("furlong", "along y in furlong, which is no unit of length that is known")]
    public void UnitOfOneAxis_ThatIsMissingOrUnknown_IsNamedAndNoSizeTaken(string? unit, string said)
    {
        foreach (var kind in new[] { ChunkedKind.V2, ChunkedKind.V3 })
        {
            var keys = Image(kind, ["z", "y", "x"], ["micrometer", unit, "micrometer"], [1, 1, 1], [[1, 1, 1]]);
            using var file = VolumeFiles.Open(keys.ToFolder(_folder[$"{kind}"]), new VolumeManifest());
            Assert.Null(file.Geometry);
            Assert.Contains(said, Assert.Single(file.Remarks), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[1, 0, 1]", "the scale 0 along axis 2")]
    [InlineData("[1, 1, -0.5]", "the scale -0.5 along axis 3")]
    [InlineData("[1, 1, NaN]", "the scale \"NaN\" along axis 3")]
    [InlineData("[1, 1, null]", "the scale null along axis 3")]
    [InlineData("[1, 1]", "a scale of 2 numbers for 3 axes")]
    public void ScaleThatIsNoLength_IsRefused(string scale, string said)
    {
        var keys = Image(ChunkedKind.V2, ["z", "y", "x"], ["um", "um", "um"], [1, 1, 1], [[7, 7, 7]]);
        var text = System.Text.Encoding.UTF8.GetString(keys[".zattrs"]).Replace("[7,7,7]", scale, StringComparison.Ordinal);
        keys[".zattrs"] = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.Contains(said, Refusal(keys), StringComparison.Ordinal);
    }

    // The size of a level stands in the image above it, in the folder, in the store and behind an address.
    [Theory]
    [InlineData(ChunkedKind.V2, "folder")]
    [InlineData(ChunkedKind.V2, "http")]
    [InlineData(ChunkedKind.V2, "blob")]
    [InlineData(ChunkedKind.V2Nested, "folder")]
    [InlineData(ChunkedKind.V3, "folder")]
    [InlineData(ChunkedKind.V3, "http")]
    [InlineData(ChunkedKind.V3, "blob")]
    [InlineData(ChunkedKind.V3Sharded, "folder")]
    public async Task LevelOpenedByItself_HasTheSizeAndPlaceThatItsImageGives(ChunkedKind kind, string place)
    {
        var keys = Image(kind, ["z", "y", "x"], ["um", "um", "um"], [0.65, 0.65, 0.65], [[1, 1, 1], [2, 2, 2]], [0.5, 0.5, 0.5]);
        var image = await PutAsync(keys.ToDictionary(k => $"in/image.zarr/{k.Key}", k => k.Value), place);
        AssertSize($"{image}/in/image.zarr/s1", (1.3, 1.3, 1.3), (0.325, 0.325, 0.325), "level 1, s1, of the image");
        AssertSize($"{image}/in/image.zarr/s0", (0.65, 0.65, 0.65), (0.325, 0.325, 0.325), "level 0, s0, of the image");
    }

    // Deeper paths, and levels that an archive holds, by --inside.
    [Fact]
    public void LevelInsideAnArchive_HasTheSizeThatItsImageGives()
    {
        (string, double[])[] levels = [("deep/s0", [1, 1, 1]), ("deep/s1", [2, 3, 4])];
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(ChunkedKind.V2, "a", Multiscale("0.4", ["z", "y", "x"], ["um", "um", "um"], null, levels)),
            Array(ChunkedKind.V2, "a/deep/s0", [8, 8, 8]), Array(ChunkedKind.V2, "a/deep/s1", [4, 3, 2]),
            Array(ChunkedKind.V2, "b", [2, 2, 2]), Array(ChunkedKind.V2, "c", [2, 2, 2]));
        var zip = keys.ToZip(_folder["v.zip"]);
        using var file = VolumeFiles.Open(zip, new VolumeManifest { Inside = "a/deep/s1" });
        Assert.Equal((2, 3, 4), Sizes(file));
        Assert.Contains("--inside", ChunkedWriter.RefusalOf(zip), StringComparison.Ordinal);
    }

    // Who may not read above a folder opens the array without.
    [Fact]
    public void LevelBelowAFolderThatMayNotBeRead_IsOpenedWithoutASize()
    {
        Image(ChunkedKind.V2, ["z", "y", "x"], ["um", "um", "um"], [1, 1, 1], [[1, 1, 1], [2, 2, 2]]).ToFolder(_folder["v"]);
        var level = _folder["v/s1"];
        using var file = VolumeFiles.Open(level, new VolumeManifest(), Confined);
        Assert.Null(file.Geometry);

        string Confined(string path) => path.StartsWith(level, StringComparison.Ordinal) ? path : throw new VolumeFormatException("no");
    }

    [Fact]
    public void LevelOfAnImageThatIsPlacedOtherwise_IsOpenedWithTheReason()
    {
        var keys = Image(ChunkedKind.V2, ["z", "y", "x"], ["um", "um", "um"], [1, 1, 1], [[1, 1, 1]]);
        var text = System.Text.Encoding.UTF8.GetString(keys[".zattrs"]).Replace("\"scale\",", "\"affine\",", StringComparison.Ordinal);
        keys[".zattrs"] = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.Contains("type affine", Refusal(keys), StringComparison.Ordinal);
        using var file = VolumeFiles.Open(_folder["refused/s0"], new VolumeManifest());
        Assert.Contains("whose size was not taken", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> N5Sizes => new()
    {
        // Attributes of the group, of s0, of s1; each gives s0 2 × 0.5 × 0.25 µm and s1 twice as much.
        { """{"pixelResolution":{"dimensions":[0.25,0.5,2],"unit":"um"},"scales":[[1,1,1],[2,2,2]]}""", "{}", "{}" },
        { """{"pixelResolution":[0.25,0.5,2],"unit":"um","downsamplingFactors":[[1,1,1],[2,2,2]]}""", "{}", "{}" },
        { """{"resolution":[250,500,2000],"units":["nm","nm","nm"],"scales":[[1,1,1],[2,2,2]]}""", "{}", "{}" },
        {
            """{"resolution":[250,0.5,0.002],"units":["nm","um","mm"]}""", """{"downsamplingFactors":[1,1,1]}""",
            """{"downsamplingFactors":[2,2,2]}"""
        },
        {
            "{}", """{"pixelResolution":{"dimensions":[0.25,0.5,2],"unit":"µm"}}""",
            """{"pixelResolution":{"dimensions":[0.25,0.5,2],"unit":"µm"},"downsamplingFactors":[2,2,2]}"""
        },
        {
            "{}", """{"transform":{"axes":["z","y","x"],"scale":[2000,500,250],"translate":[0,0,0],"units":["nm","nm","nm"]}}""",
            """{"transform":{"axes":["z","y","x"],"scale":[4000,1000,500],"translate":[1000,250,125],"units":["nm","nm","nm"]}}"""
        },
        {
            """
            {"multiscales":[{"name":"a","datasets":[
              {"path":"s0","transform":{"axes":["z","y","x"],"scale":[2,0.5,0.25],"translate":[0,0,0],"units":["um","um","um"]}},
              {"path":"s1","transform":{"axes":["z","y","x"],"scale":[4,1,0.5],"translate":[1,0.25,0.125],"units":["um","um","um"]}}]}]}
            """, "{}", "{}"
        },
        {
            "{}", """{"pixelWidth":0.25,"pixelHeight":0.5,"pixelDepth":2,"pixelUnit":"um"}""",
            """{"pixelWidth":0.25,"pixelHeight":0.5,"pixelDepth":2,"pixelUnit":"um","downsamplingFactors":[2,2,2]}"""
        },
    };

    [Theory]
    [MemberData(nameof(N5Sizes))]
    public async Task SizesOfN5_AreFoundOnTheArrayAndItsGroup_AndTheGroupIsOneImage(string group, string s0, string s1)
    {
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(ChunkedKind.N5, "heart", JsonNode.Parse(group)!),
            Array(ChunkedKind.N5, "heart/s0", [4, 6, 8], s0), Array(ChunkedKind.N5, "heart/s1", [2, 3, 4], s1));
        foreach (var place in new[] { "folder", "http", "blob" })
        {
            var path = await PutAsync(keys, place);
            AssertSize($"{path}/heart", (2, 0.5, 0.25), (0, 0, 0));
            AssertSize($"{path}/heart/s0", (2, 0.5, 0.25), (0, 0, 0));
            AssertSize($"{path}/heart/s1", (4, 1, 0.5), (1, 0.25, 0.125));
        }

        var levels = DendriteViewer.Imaging.Zarr.VolumeLink.Open(_blobs, "blob:scans/heart", 0).Levels;
        Assert.Equal(2, levels.Count);
    }

    // BigDataViewer writes factors one group above the resolution; here the root says the unit, too.
    [Fact]
    public void SizesOfN5_ThatStandInDifferentGroups_AreGathered()
    {
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(ChunkedKind.N5, "", JsonNode.Parse("""{"n5":"2.5.0"}""")!),
            ChunkedWriter.Group(ChunkedKind.N5, "setup0", JsonNode.Parse("""{"downsamplingFactors":[[1,1,1],[2,2,1]]}""")!),
            ChunkedWriter.Group(ChunkedKind.N5, "setup0/timepoint0", JsonNode.Parse("""{"resolution":[0.25,0.5,2],"unit":"um"}""")!),
            Array(ChunkedKind.N5, "setup0/timepoint0/s0", [4, 6, 8]), Array(ChunkedKind.N5, "setup0/timepoint0/s1", [4, 3, 4]));
        var folder = keys.ToFolder(_folder["v.n5"]);
        AssertSize(folder, (2, 0.5, 0.25), (0, 0, 0));
        AssertSize($"{folder}/setup0/timepoint0/s1", (2, 1, 0.5), (0, 0.25, 0.125), "level 1 of an image");
    }

    [Fact]
    public void LevelOfN5_WhoseShapeAndFactorsDisagree_IsSaid()
    {
        var group = JsonNode.Parse("""{"scales":[[1,1,1],[4,4,4]],"pixelResolution":{"dimensions":[1,1,1],"unit":"um"}}""")!;
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(ChunkedKind.N5, "", group), Array(ChunkedKind.N5, "s0", [8, 8, 8]), Array(ChunkedKind.N5, "s1", [4, 4, 4]));
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]), new VolumeManifest());
        Assert.Contains("one of these is wrong", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void ArrayAndGroupOfN5_ThatNameAxesDifferently_AreRefusedWithBoth()
    {
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(ChunkedKind.N5, "", JsonNode.Parse("""{"axes":["x","y","z"]}""")!),
            ChunkedWriter.Array(ChunkedKind.N5, "s0", [4, 6, 8], [4, 4, 4], ChunkedWriter.ValueAt, ["x", "y", "z"]));
        var message = Refusal(keys);
        Assert.Contains("names its axes x, y, z, but its image names them z, y, x", message, StringComparison.Ordinal);
    }

    // A group needs no attributes, nor does the container above it.
    [Fact]
    public void GroupOfN5WithoutAttributes_IsOneImage()
    {
        var keys = ChunkedWriter.All(
            Array(ChunkedKind.N5, "heart/s0", [4, 6, 8]), Array(ChunkedKind.N5, "heart/s1", [2, 3, 4]),
            Array(ChunkedKind.N5, "heart/s10", [1, 1, 1]));
        var folder = keys.ToFolder(_folder["v.n5"]);
        foreach (var path in new[] { folder, $"{folder}/heart", keys.ToZip(_folder["v.zip"]) })
        {
            using var file = VolumeFiles.Open(path, new VolumeManifest());
            Assert.Equal(new VolumeShape(4, 6, 8), file.Shape);
        }
    }

    [Theory]
    [InlineData("""{"pixelResolution":[1,1,1]}""", "without a unit")]
    [InlineData("""{"pixelResolution":{"dimensions":[1,1,1],"unit":"pixel"}}""", "in pixel, which is no unit of length")]
    public void SizeOfN5_WithoutAUnit_IsSaidAndNotTaken(string attributes, string said)
    {
        var keys = Array(ChunkedKind.N5, "", [4, 4, 4], attributes);
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]), new VolumeManifest());
        Assert.Null(file.Geometry);
        Assert.Contains(said, Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void SizeOfN5_ThatIsNoLength_IsRefused() => Assert.Contains(
        "a voxel's size is a number above 0",
        Refusal(Array(ChunkedKind.N5, "", [4, 4, 4], """{"pixelResolution":[1,0,1],"unit":"um"}""")),
        StringComparison.Ordinal);

    [Fact]
    public void LevelOfN5_OfWhichNothingSaysHowCoarseItIs_HasNoSizeAndARemark()
    {
        var group = JsonNode.Parse("""{"pixelResolution":{"dimensions":[1,1,1],"unit":"um"}}""")!;
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(ChunkedKind.N5, "", group), Array(ChunkedKind.N5, "s0", [4, 4, 4]), Array(ChunkedKind.N5, "s1", [2, 2, 2]));
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]) + "/s1", new VolumeManifest());
        Assert.Null(file.Geometry);
        Assert.Contains(file.Remarks, r => r.Contains("nothing says by how much it is coarser", StringComparison.Ordinal));
    }

    // xarray keeps the places of voxels in arrays of their own.
    [Theory]
    [InlineData(ChunkedKind.V2)]
    [InlineData(ChunkedKind.V3)]
    public void CoordinateArrays_GiveSizeAndPlace(ChunkedKind kind)
    {
        var (um, nm) = (new JsonObject { ["units"] = "um" }, new JsonObject { ["units"] = "nm" });
        var keys = ChunkedWriter.All(
            ChunkedWriter.Array(kind, "scan", [4, 5, 6], [4, 4, 4], ChunkedWriter.ValueAt, ["depth", "y", "x"]),
            ChunkedWriter.Array(kind, "depth", [4], [3], at => (ushort)(10 + 2 * at[0]), ["depth"], attributes: um),
            ChunkedWriter.Array(kind, "y", [5], [5], at => (ushort)(3 * at[0]), ["y"], attributes: um),
            ChunkedWriter.Array(kind, "x", [6], [6], at => (ushort)(7 + 4000 * at[0]), ["x"], attributes: nm));
        AssertSize(keys.ToFolder(_folder["v"]) + "/scan", (2, 3, 4), (10, 0, 0.007));
    }

    [Fact]
    public void CoordinatesThatAreNotEven_AreSaidAndNotTaken()
    {
        var um = new JsonObject { ["units"] = "um" };
        var keys = ChunkedWriter.All(
            ChunkedWriter.Array(ChunkedKind.V2, "scan", [4, 4, 4], [4, 4, 4], ChunkedWriter.ValueAt, ["z", "y", "x"]),
            ChunkedWriter.Array(ChunkedKind.V2, "z", [4], [4], at => (ushort)(at[0] * at[0]), ["z"], attributes: um));
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]) + "/scan", new VolumeManifest());
        Assert.Null(file.Geometry);
        Assert.Contains("do not rise evenly", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _server?.Dispose();
        _folder.Dispose();
    }

    private static Dictionary<string, byte[]> Array(ChunkedKind kind, string key, int[] shape, string attributes = "{}") =>
        ChunkedWriter.Array(
            kind, key, shape, shape.Select(_ => 4).ToArray(), ChunkedWriter.ValueAt, attributes: JsonNode.Parse(attributes)!.AsObject());

    private static Dictionary<string, byte[]> Image(
        ChunkedKind kind, string[] names, string?[] units, double[] whole, double[][] scales, double[]? translation = null)
    {
        var levels = scales.Select((s, i) => ($"s{i}", s)).ToArray();
        return ChunkedWriter.All([
            ChunkedWriter.Group(kind, "", Multiscale("0.4", names, units, whole, levels, translation)),
            .. scales.Select((_, i) => Array(kind, $"s{i}", names.Select(_ => 8 >> i).ToArray()))]);
    }

    private static object Multiscale(
        string version,
        string[] names,
        string?[] units,
        double[]? whole,
        (string Path, double[] Scale)[] levels,
        double[]? translation = null)
    {
        static object Scale(double[] scale) => new { type = "scale", scale };
        object Move() => new { type = "translation", translation };
        return new
        {
            multiscales = new[]
            {
                new
                {
                    version,
                    axes = names.Select((n, i) => new { name = n, type = "space", unit = units[i] }),
                    coordinateTransformations = whole is null ? [] : new[] { Scale(whole) },
                    datasets = levels.Select(l => new
                    {
                        path = l.Path,
                        coordinateTransformations = translation is null ? new[] { Scale(l.Scale) } : [Scale(l.Scale), Move()],
                    }),
                },
            },
        };
    }

    private static (double Z, double Y, double X) Sizes(VolumeFile file)
    {
        var size = file.Geometry!.Transform.VoxelSize;
        return (Math.Round(size.Z, 9), Math.Round(size.Y, 9), Math.Round(size.X, 9));
    }

    // Where the middle of the first voxel lies, too.
    private void AssertSize(string path, (double Z, double Y, double X) size, (double Z, double Y, double X) first, string? remark = null)
    {
        using var file = VolumeFiles.Open(path, new VolumeManifest(), blobs: _blobs);
        Assert.NotNull(file.Geometry);
        Assert.Equal(size, Sizes(file));
        var middle = file.Geometry.Transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5));
        Assert.Equal(first, (Math.Round(middle.Z, 9), Math.Round(middle.Y, 9), Math.Round(middle.X, 9)));
        if (remark is not null)
        {
            Assert.Contains(file.Remarks, r => r.Contains(remark, StringComparison.Ordinal));
        }
    }

    private string Refusal(Dictionary<string, byte[]> keys) =>
        ChunkedWriter.RefusalOf(keys.ToFolder(_folder["refused"]));

    private async Task<string> PutAsync(Dictionary<string, byte[]> keys, string place)
    {
        switch (place)
        {
            case "folder":
                return keys.ToFolder(_folder["v"]);
            case "http":
                _server?.Dispose();
                _server = new KeyServer(keys);
                return _server.Address.TrimEnd('/');
            default:
                return await keys.ToStoreAsync(_blobs, "scans");
        }
    }
}
