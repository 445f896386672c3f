using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Formats.Chunked;

/// <summary>Metadata that disagree with what lies there, or that say more than is read: refused, or said.</summary>
public sealed class ChunkedHeaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void LevelThatIsFinerThanTheFirst_IsRefused()
    {
        var byShape = Image([("s1", 4, 2), ("s0", 8, 1)]);
        var byScale = Image([("s1", 4, 2), ("s0", 4, 1)]);
        Assert.Contains("names its level s1 (4 × 4 × 4) before s0 (8 × 8 × 8)", Refusal(byShape), StringComparison.Ordinal);
        Assert.Contains("which is finer", Refusal(byScale), StringComparison.Ordinal);
    }

    [Fact]
    public void LevelWhoseShapeAndScaleDisagree_IsSaid()
    {
        Assert.Contains("one of these is wrong", Assert.Single(Remarks(Image([("s0", 8, 1), ("s1", 4, 4)]))), StringComparison.Ordinal);
        Assert.Empty(Remarks(Image([("s0", 9, 1), ("s1", 5, 2), ("s2", 3, 3.25)])));
    }

    [Fact]
    public void CoarserLevelThatIsMissing_IsSaid_AndTheFinestIsRefused()
    {
        var keys = Image([("s0", 8, 1), ("s1", 4, 2)]);
        var withoutCoarse = keys.Where(k => !k.Key.StartsWith("s1/", StringComparison.Ordinal)).ToDictionary();
        Assert.Contains("s1, a level of its image, does not exist", Assert.Single(Remarks(withoutCoarse)), StringComparison.Ordinal);
        var withoutFine = keys.Where(k => !k.Key.StartsWith("s0/", StringComparison.Ordinal)).ToDictionary();
        Assert.Contains("s0, a level of its image, does not exist", Refusal(withoutFine), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"0.4\"", "\"0.9\"", "says that it is OME-NGFF 0.9")]
    [InlineData("\"multiscales\":[", "\"multiscales\":[{},", "no image")]
    [InlineData("\"multiscales\":[", "\"image-label\":{},\"multiscales\":[", "label image")]
    public void MoreThanIsRead_IsSaid(string from, string to, string said)
    {
        var keys = Image([("s0", 8, 1)]);
        keys[".zattrs"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(keys[".zattrs"]).Replace(from, to, StringComparison.Ordinal));
        if (said == "no image")
        {
            // The first entry is no image: nothing is taken in its place.
            Assert.Contains("an image without datasets", Refusal(keys), StringComparison.Ordinal);
            return;
        }

        Assert.Contains(Remarks(keys), r => r.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void SeveralImages_AreNamedAndTheFirstIsTaken()
    {
        var keys = Image([("s0", 8, 1)]);
        var json = JsonNode.Parse(keys[".zattrs"])!;
        json["multiscales"]![0]!["name"] = "scan";
        var second = json["multiscales"]![0]!.DeepClone();
        second["name"] = "filtered";
        json["multiscales"]!.AsArray().Add(second);
        keys[".zattrs"] = JsonSerializer.SerializeToUtf8Bytes(json);
        Assert.Contains("lists 2 images (scan, filtered); the first was taken", Assert.Single(Remarks(keys)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"plate":{"wells":[{"path":"A/1"}]}}""", "is a plate of many images; give the path of one, as")]
    [InlineData("""{"well":{"images":[{"path":"0"}]}}""", "is a plate's well")]
    [InlineData("""{"labels":["cells","pores"]}""", "lists the labels of an image (cells, pores)")]
    [InlineData("""{"multiscales":[{"coordinateSystems":[],"datasets":[{"path":"0"}]}]}""", "coordinate systems")]
    [InlineData("""{"multiscales":[{"version":"0.4","datasets":[]}]}""", "an image of no levels")]
    [InlineData("""{"multiscales":[{"datasets":[{"path":"0","coordinateTransformations":[{"type":"scale","path":"x"}]}]}]}""", "own")]
    [InlineData("""{"multiscales":[{"datasets":[{"path":"0","coordinateTransformations":[{"type":"rotation"}]}]}]}""", "type rotation")]
    public void GroupsThatAreNoImage_AreRefusedInBothVersions(string attributes, string said)
    {
        var json = JsonNode.Parse(attributes)!;
        Assert.Contains(said, Refusal(ChunkedWriter.Group(ChunkedKind.V2, "", json)), StringComparison.Ordinal);
        var newer = new JsonObject { ["ome"] = json.DeepClone() };
        Assert.Contains(said, Refusal(ChunkedWriter.Group(ChunkedKind.V3, "", newer)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChunkedKind.V2)]
    [InlineData(ChunkedKind.V3)]
    public void SeriesOfBioFormats_AreNamedAndTheFirstIsTaken(ChunkedKind kind)
    {
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(kind, "", JsonNode.Parse("""{"bioformats2raw.layout":3}""")!),
            Image([("s0", 8, 1)], kind, "0/"), Image([("s0", 2, 1)], kind, "1/"));
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]), new VolumeManifest());
        Assert.Equal(new VolumeShape(8, 8, 8), file.Shape);
        Assert.Contains("holds 2 images (0, 1); the first, 0, was taken", Assert.Single(file.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void SizesOfTime_AreSaid()
    {
        var keys = ChunkedWriter.All(
            ChunkedWriter.Group(ChunkedKind.V2, "", JsonNode.Parse(
                """
                {"multiscales":[{"version":"0.4","axes":[{"name":"t","type":"time","unit":"second"},{"name":"y","type":"space","unit":"um"},
                {"name":"x","type":"space","unit":"um"}],
                "datasets":[{"path":"0","coordinateTransformations":[{"type":"scale","scale":[1800,2,2]}]}]}]}
                """)!),
            ChunkedWriter.Array(ChunkedKind.V2, "0", [3, 4, 4], [1, 4, 4], ChunkedWriter.ValueAt));
        var remarks = Remarks(keys);
        Assert.Contains(remarks, r => r.Contains("1800 second apart, which was not taken", StringComparison.Ordinal));
        Assert.Contains(remarks, r => r.Contains("It has no z", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<u2", "-1", "its fill_value -1 is no uint16")]
    [InlineData("<u2", "65536", "is no uint16")]
    [InlineData("<u2", "0.5", "is no uint16")]
    [InlineData("<u2", "\"NaN\"", "is no uint16")]
    [InlineData("|i1", "128", "is no int8")]
    [InlineData("<u8", "-1", "is no uint64")]
    [InlineData("<u8", "18446744073709551616", "is no uint64")]
    [InlineData("<f4", "1e300", "is no float32")]
    [InlineData("<f4", "\"none\"", "is no float32")]
    public void FillThatTheTypeCannotHold_IsRefused(string dtype, string fill, string said) =>
        Assert.Contains(said, Refusal(Filled(dtype, fill)), StringComparison.Ordinal);

    [Theory]
    [InlineData("<u2", "65535", 65535)]
    [InlineData("<u2", "7.0", 7)]
    [InlineData("<u2", "null", 0)]
    [InlineData("|b1", "true", 1)]
    [InlineData("|i1", "-128", -128)]
    [InlineData("<i8", "-9007199254740992", -9007199254740992)]
    [InlineData("<u8", "9223372036854775808", 9223372036854775808)]
    [InlineData("<f4", "\"NaN\"", float.NaN)]
    [InlineData("<f4", "NaN", float.NaN)]
    [InlineData("<f4", "\"-Infinity\"", float.NegativeInfinity)]
    [InlineData("<f4", "\"0x40490fdb\"", 3.14159274f)]
    [InlineData(">f8", "2.5", 2.5)]
    public void Fill_IsTheValueOfAbsentChunks(string dtype, string fill, double expected)
    {
        using var file = VolumeFiles.Open(Filled(dtype, fill).ToFolder(_folder["v"]), new VolumeManifest());
        var voxels = VolumeFileTests.Read(file, 0);
        var last = new float[1];
        DendriteViewer.Imaging.Zarr.DenseLevels.ToFloat(voxels.AsSpan(voxels.Length - voxels.Length / 8), file.Type, last);
        Assert.Equal((float)expected, last[0]);
        Assert.Contains(file.Remarks, r => r.Contains("1 of 2 chunks (50 %) is absent", StringComparison.Ordinal));
        Assert.Equal(fill == "null", file.Remarks.Any(r => r.Contains("null in the metadata", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"filters\":null", "\"filters\":[{\"id\":\"delta\"}]", "the filter delta")]
    [InlineData("\"<u2\"", "\"<c8\"", "values of the type <c8")]
    [InlineData("\"<u2\"", "\"<M8[ns]\"", "values of the type <M8[ns]")]
    [InlineData("\"<u2\"", "[[\"a\",\"<u2\"]]", "records")]
    [InlineData("\"compressor\":null", "\"compressor\":{\"id\":\"lzma\"}", "the codec lzma")]
    [InlineData("\"order\":\"C\"", "\"order\":\"A\"", "the order A")]
    [InlineData("\"zarr_format\":2", "\"zarr_format\":4", "zarr_format 4")]
    [InlineData("\"order\":\"C\"", "\"dimension_separator\":\"-\"", "the separator '-'")]
    public void UnsupportedPartsOfV2_AreRefusedByName(string from, string to, string said) =>
        AssertRefused(ChunkedKind.V2, ".zarray", from, to, said);

    [Theory]
    [InlineData("\"fill_value\":0", "\"fill_value\":0,\"storage_transformers\":[{\"name\":\"mirror\"}]", "the storage transformer mirror")]
    [InlineData("\"fill_value\":0", "\"fill_value\":0,\"scrambling\":{\"must_understand\":true}", "the extension scrambling")]
    [InlineData("\"name\":\"bytes\"", "\"name\":\"delta\"", "the codec delta")]
    [InlineData("\"name\":\"regular\"", "\"name\":\"rectilinear\"", "the chunk grid rectilinear")]
    [InlineData("\"name\":\"default\"", "\"name\":\"hashed\"", "the chunk key encoding hashed")]
    [InlineData("\"uint16\"", "\"complex64\"", "values of the type complex64")]
    [InlineData("\"uint16\"", "{\"name\":\"numpy.datetime64\"}", "values of the type numpy.datetime64")]
    [InlineData("\"zarr_format\":3", "\"zarr_format\":4", "zarr_format 4")]
    public void UnsupportedPartsOfV3_AreRefusedByName(string from, string to, string said) =>
        AssertRefused(ChunkedKind.V3, "zarr.json", from, to, said);

    [Fact]
    public void MembersThatMayBeLeftOut_AreLeftOut()
    {
        var keys = ChunkedWriter.Array(ChunkedKind.V3, "", [4, 4, 4], [4, 4, 4], ChunkedWriter.ValueAt);
        Replace(keys, "zarr.json", "\"fill_value\":0", "\"fill_value\":0,\"storage_transformers\":[],\"note\":{\"must_understand\":false}");
        Assert.Empty(Remarks(keys));
    }

    [Theory]
    [InlineData("\"uint16\"", "\"object\"", "values of the type object")]
    [InlineData("\"raw\"", "\"jpeg\"", "the compression jpeg")]
    public void UnsupportedPartsOfN5_AreRefusedByName(string from, string to, string said) =>
        AssertRefused(ChunkedKind.N5, "attributes.json", from, to, said);

    // A block in the middle that holds less than its place, which would be filled up with nothing.
    [Fact]
    public void BlockOfN5_ThatIsTooSmall_IsRefused()
    {
        var keys = ChunkedWriter.Array(ChunkedKind.N5, "", [8, 8, 8], [4, 4, 4], ChunkedWriter.ValueAt);
        keys["0/0/0"] = ChunkedWriter.Array(ChunkedKind.N5, "", [4, 4, 3], [4, 4, 4], ChunkedWriter.ValueAt)["0/0/0"];
        using var file = VolumeFiles.Open(keys.ToFolder(_folder["v"]), new VolumeManifest());
        var message = Assert.Throws<VolumeFormatException>(() => VolumeFileTests.Read(file, 0)).Message;
        Assert.Contains("4 × 4 × 3 values where 4 × 4 × 4 are needed", message, StringComparison.Ordinal);
    }

    // What reads an archive does not compare its checksums.
    [Fact]
    public void ArchiveWithAFlippedByte_IsRefusedWithTheKey()
    {
        var zip = ChunkedWriter.Array(ChunkedKind.V2, "", [4, 4, 4], [4, 4, 4], _ => 0x7777).ToZip(_folder["v.zip"]);
        var bytes = File.ReadAllBytes(zip);
        bytes[bytes.AsSpan().IndexOf("wwwwwwww"u8) + 3] ^= 1;
        File.WriteAllBytes(zip, bytes);
        using var file = VolumeFiles.Open(zip, new VolumeManifest());
        var message = Assert.Throws<VolumeFormatException>(() => VolumeFileTests.Read(file, 0)).Message;
        Assert.Contains("0.0.0 is damaged", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChunkedKind.V2, "s")]
    [InlineData(ChunkedKind.V3, "")]
    public void ArraysThatHalveOneAnother_AreOneImage_AndOthersAreNot(ChunkedKind kind, string prefix)
    {
        Dictionary<string, byte[]> Group(params int[] lengths) => ChunkedWriter.All([
            ChunkedWriter.Group(kind, "", new { }),
            .. lengths.Select((n, i) => ChunkedWriter.Array(kind, $"{prefix}{i}", [n, 8, 8], [4, 4, 4], ChunkedWriter.ValueAt))]);
        Assert.Contains("halve one another", Assert.Single(Remarks(Group(9, 5, 2))), StringComparison.Ordinal);
        Assert.Contains("holds several arrays", Refusal(Group(9, 9)), StringComparison.Ordinal);
        Assert.Contains("holds several arrays", Refusal(Group(9, 3)), StringComparison.Ordinal);
    }

    [Fact]
    public void PackedValues_AreSaid()
    {
        var packed = JsonNode.Parse("""{"scale_factor":0.1,"add_offset":-5,"note":"x"}""")!.AsObject();
        var keys = ChunkedWriter.Array(ChunkedKind.V2, "", [4, 4, 4], [4, 4, 4], ChunkedWriter.ValueAt, attributes: packed);
        Replace(keys, ".zattrs", "\"x\"", "NaN");
        Assert.Contains("scale_factor 0.1, add_offset -5), which was not undone", Assert.Single(Remarks(keys)), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Dictionary<string, byte[]> Image(
        (string Name, int Length, double Scale)[] levels, ChunkedKind kind = ChunkedKind.V2, string prefix = "") =>
        ChunkedWriter.All([
            ChunkedWriter.Group(kind, prefix.TrimEnd('/'), new
            {
                multiscales = new[]
                {
                    new
                    {
                        version = "0.4",
                        axes = "zyx".Select(a => new { name = a.ToString(), type = "space", unit = "um" }),
                        datasets = levels.Select(l => new
                        {
                            path = l.Name,
                            coordinateTransformations = new[] { new { type = "scale", scale = new[] { l.Scale, l.Scale, l.Scale } } },
                        }),
                    },
                },
            }),
            .. levels.Select(l => ChunkedWriter.Array(
                kind, prefix + l.Name, [l.Length, l.Length, l.Length], [4, 4, 4], ChunkedWriter.ValueAt))]);

    // Two chunks, of which the second is absent.
    private static Dictionary<string, byte[]> Filled(string dtype, string fill) => new()
    {
        [".zarray"] = Encoding.UTF8.GetBytes(
            $$"""
            {"zarr_format":2,"shape":[1,1,8],"chunks":[1,1,4],"dtype":"{{dtype}}","order":"C",
             "compressor":null,"filters":null,"fill_value":{{fill}}}
            """),
        ["0.0.0"] = new byte[4 * (dtype[^1] - '0')],
    };

    private static void Replace(Dictionary<string, byte[]> keys, string key, string from, string to)
    {
        var text = Encoding.UTF8.GetString(keys[key]);
        Assert.Contains(from, text, StringComparison.Ordinal);
        keys[key] = Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }

    private void AssertRefused(ChunkedKind kind, string key, string from, string to, string said)
    {
        var keys = ChunkedWriter.Array(kind, "", [4, 4, 4], [4, 4, 4], ChunkedWriter.ValueAt);
        Replace(keys, key, from, to);
        Assert.Contains(said, Refusal(keys), StringComparison.Ordinal);
    }

    private string Refusal(Dictionary<string, byte[]> keys) =>
        ChunkedWriter.RefusalOf(keys.ToFolder(_folder[Guid.NewGuid().ToString("N")]));

    private IReadOnlyList<string> Remarks(Dictionary<string, byte[]> keys)
    {
        using var file = VolumeFiles.Open(keys.ToFolder(_folder[Guid.NewGuid().ToString("N")]), new VolumeManifest());
        return file.Remarks;
    }
}
