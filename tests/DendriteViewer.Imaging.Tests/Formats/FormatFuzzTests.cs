using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Tests.Formats.Chunked;
using DendriteViewer.Imaging.Tests.Formats.Tiff;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>Every parser of files that others made, on damaged ones. HDF5, which is read by a program of its own, has its own.</summary>
[Collection(nameof(Mutants))]
public sealed class FormatFuzzTests : IDisposable
{
    private const string ZarrV2 = "formats/zarr/zarr_v2/from_zarr-python/data.zarr/", ZarrV3 = "formats/zarr/zarr_v3/from_zarrita/data.zarr/";
    private static readonly byte[] s_metaImage = Encoding.ASCII.GetBytes(
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\nDimSize = 9 8 7\n"
        + "ElementSpacing = 1 1 1\nDistanceUnits = um\nElementType = MET_USHORT\nElementDataFile = LOCAL\n"
            + new string('x', 2 * 9 * 8 * 7));

    // Interleaved volumes, and axes in another order.
    private static readonly byte[][] s_nrrd =
    [
        .. new[]
        {
            "sizes: 3 9 7 5\nkinds: list space space space\nspace directions: none (1,0,0) (0,1,0) (0,0,1)\nspace units: \"um\" \"um\" "
            + "\"um\"",
            "sizes: 5 9 3 7\nlabels: \"z\" \"x\" \"t\" \"y\"\nspacings: 1 1 nan 2\nunits: \"mm\" \"um\" \"\" \"nm\"",
        }.Select(f => Encoding.ASCII.GetBytes(
            $"NRRD0005\ntype: uint16\ndimension: 4\n{f}\nendian: little\nencoding: raw\n\n{new string('x', 1890)}")),
    ];

    private readonly TempFolder _folder = new();

    [DataTheory]
    [InlineData("formats/tiff", "*.tif*", 800)]
    [InlineData("formats/nrrd", "*.nrrd", 1000)]
    [InlineData("formats/nifti", "*.nii*", 800)]
    [InlineData("", "*.mha", 600)]
    [InlineData("", "*.nrrd", 600)]
    public void Files(string folder, string pattern, int count)
    {
        var seeds = folder.Length == 0
            ? pattern == "*.mha" ? [s_metaImage] : s_nrrd
            : Directory.EnumerateFiles(TestData.File(folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(f => new FileInfo(f).Length < 400_000).Select(File.ReadAllBytes).ToArray();
        Assert.NotEmpty(seeds);
        var path = _folder["mutant" + pattern[1..].Replace("*", "", StringComparison.Ordinal)];
        Try(count, new Random(20230), (random, i) =>
        {
            var bytes = Mutants.Binary(random, seeds[random.Next(seeds.Length)]);
            File.WriteAllBytes(path, bytes);
            return Mutants.IsRead(Path.GetFileName(path), bytes.Length, () => Read(path), () => File.Copy(path, Path.Combine(Path.GetTempPath(), $"{i}-{Path.GetFileName(path)}"), overwrite: true));
        });
    }

    // Metadata and chunks in folders.
    [DataFact]
    public void Zarr()
    {
        string[] seeds = [ZarrV2 + "3d.chunked.mixed.i2.F", ZarrV2 + "1d.contiguous.zstd.i2", ZarrV2 + "1d.contiguous.lz4.i2", ZarrV3 + "3d.chunked.mixed.compressed.sharded.i2", ZarrV3 + "2d.chunked.ragged.i2", "formats/zarr/ome_zarr/simple_0.4", "formats/zarr/ome_zarr/simple_0.5"];
        Try(700, new Random(77), (random, i) =>
        {
            var from = TestData.File(seeds[i % seeds.Length]);
            var to = _folder[$"m{i}"];
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.WriteAllBytes(copy, File.ReadAllBytes(file));
            }

            var files = Directory.EnumerateFiles(to, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
            var damaged = files[random.Next(files.Length)];
            File.WriteAllBytes(damaged, Mutants.Text(random, File.ReadAllBytes(damaged)));
            var isRead = Mutants.IsRead($"m{i}", files.Sum(f => new FileInfo(f).Length), () => Read(to), () => Directory.Move(to, Path.Combine(Path.GetTempPath(), $"mutant-{i}.zarr")));
            Directory.Delete(to, recursive: true);
            return isRead;
        });
    }

    // The same of N5, of images above levels, of coordinate arrays and of axes that are turned.
    [Fact]
    public void ChunkedFormats_WithDamagedMetadataOrChunks_AreReadOrRefused()
    {
        var sizes = System.Text.Json.Nodes.JsonNode.Parse(
            """{"pixelResolution":{"dimensions":[0.5,0.5,2],"unit":"um"},"scales":[[1,1,1],[2,2,2]],"axes":["x","y","z"]}""")!;
        var image = System.Text.Json.Nodes.JsonNode.Parse(
            """
            {"multiscales":[{"version":"0.4","axes":[{"name":"x","type":"space","unit":"um"},{"name":"y","type":"space","unit":"um"},
             {"name":"t","type":"time"}],"coordinateTransformations":[{"type":"scale","scale":[1,2,3]}],
             "datasets":[{"path":"s0","coordinateTransformations":[{"type":"scale","scale":[1,1,1]},
              {"type":"translation","translation":[0,1,2]}]}]}]}
            """)!;
        (string Open, Dictionary<string, byte[]> Keys)[] seeds =
        [
            ("", ChunkedWriter.All(
                ChunkedWriter.Group(ChunkedKind.N5, "", sizes),
                ChunkedWriter.Array(ChunkedKind.N5, "s0", [6, 5, 4], [4, 4, 4], ChunkedWriter.ValueAt),
                ChunkedWriter.Array(ChunkedKind.N5, "s1", [3, 2, 2], [4, 4, 4], ChunkedWriter.ValueAt))),
            ("s0", ChunkedWriter.All(
                ChunkedWriter.Group(ChunkedKind.V2, "", image),
                ChunkedWriter.Array(ChunkedKind.V2, "s0", [6, 5, 4], [4, 4, 4], ChunkedWriter.ValueAt, ["x", "y", "t"]))),
            ("", ChunkedWriter.All(
                ChunkedWriter.Group(ChunkedKind.V3, "", new System.Text.Json.Nodes.JsonObject { ["ome"] = image.DeepClone() }),
                ChunkedWriter.Array(ChunkedKind.V3Sharded, "s0", [6, 5, 4], [2, 2, 2], ChunkedWriter.ValueAt))),
            ("scan", ChunkedWriter.All(
                ChunkedWriter.Array(ChunkedKind.V2, "scan", [3, 3], [4, 4], ChunkedWriter.ValueAt, ["y", "x"]),
                ChunkedWriter.Array(ChunkedKind.V2, "y", [3], [4], ChunkedWriter.ValueAt, ["y"]),
                ChunkedWriter.Array(ChunkedKind.V2, "x", [3], [4], ChunkedWriter.ValueAt, ["x"]))),
        ];
        Try(700, new Random(140), (random, i) =>
        {
            var (open, keys) = seeds[i % seeds.Length];
            var key = keys.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(keys.Count));
            var mutant = keys.ToDictionary(k => k.Key, k => k.Key == key ? Mutants.Text(random, k.Value) : k.Value);
            var to = mutant.ToFolder(_folder[$"m{i}"]);
            var isRead = Mutants.IsRead(
                $"m{i}", mutant.Sum(k => k.Value.Length), () => Read(Path.Combine(to, open)),
                () => Directory.Move(to, Path.Combine(Path.GetTempPath(), $"mutant-{i}.chunked")));
            Directory.Delete(to, recursive: true);
            return isRead;
        });
    }

    // What programs write into a TIFF as text, which says how its pages are slices.
    [Fact]
    public void TiffDescriptions()
    {
        string[] seeds =
        [
            "ImageJ=1.53t\nimages=6\nchannels=1\nslices=3\nframes=2\nunit=um\nyunit=nm\nspacing=2.5\n"
                + "xorigin=3\ncf=0\nc0=1\nc1=2\n",
            "SCIFIO=0.1\naxes=X,Y,Z,Time\nlengths=4,2,3,2\nunit=um\n",
            """{"shape": [2, 3, 2, 4], "axes": "TZYX", "truncated": false}""",
            """
            <?xml version="1.0"?><OME UUID="urn:uuid:a"><Image>
             <Pixels DimensionOrder="XYTZC" Type="uint8" SizeX="4" SizeY="2" SizeZ="3" SizeC="1" SizeT="2"
             PhysicalSizeX="5" PhysicalSizeXUnit="nm" PhysicalSizeZ="2"><TiffData FirstZ="0" FirstT="0" IFD="0" PlaneCount="6">
             <UUID FileName="b.tif">urn:uuid:a</UUID></TiffData></Pixels></Image></OME>
            """,
            """<OME UUID="urn:uuid:a"><BinaryOnly MetadataFile="none.ome" UUID="urn:uuid:b"/></OME>""",
        ];
        var path = _folder["mutant.tif"];
        Try(1500, new Random(33), (random, i) =>
        {
            var seed = seeds[i % seeds.Length];
            var text = i < seeds.Length ? seed : Encoding.UTF8.GetString(Mutants.Text(random, Encoding.UTF8.GetBytes(seed)));
            var pages = Enumerable.Range(0, 1 + random.Next(8)).Select(p => TestPage.Of(4, 2, new byte[8]) with
            {
                Description = p == 0 ? text : null, X = ((uint)random.Next(3), (uint)random.Next(3)), Y = (3, 1),
            });
            var bytes = TestTiff.Write([.. pages], random.Next(2) == 0, random.Next(2) == 0);
            File.WriteAllBytes(path, bytes);
            void Keep() => File.Copy(path, Path.Combine(Path.GetTempPath(), $"{i}-mutant.tif"), overwrite: true);
            return Mutants.IsRead("mutant.tif", bytes.Length, () => Read(path), Keep);
        });
    }

    // What people write by hand, and what the store keeps.
    [Fact]
    public void Manifests_Curves_AndLinks()
    {
        var manifest = """
            { "name": "Li/Li3PS4/Li", "voxelSizeUm": [0.5, 0.5, 0.5], "depth": { "axis": "z", "direction": 1, "interfaceUm": { "pointUm": [1, 2, 3], "normal": [1, 0, 0.1] } },
              "cell": { "electrodeAreaMm2": 0.2, "outlineUm": [[0, 0], [0, 9], [9, 9]] },
              "volumes": [ { "modality": "projection", "hours": 0.5, "path": "a", "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], "region": [[0, 9], [0, 9], [0, 9]], "convert": { "dtype": "uint8", "range": [0, 9] }, "denoise": "nlm" },
                           { "hours": 1, "path": "blob:b", "inPlace": true, "voxelSizeUm": [1, 1, 1] } ],
              "series": [ { "kind": "voltage", "path": "v.csv" } ] }
            """u8.ToArray();
        var curve = Encoding.UTF8.GetBytes("hours,voltage / V\n" + string.Join('\n', Enumerable.Range(0, 50).Select(i => $"{i / 10.0:R},{3.1 - i / 100.0:R}")));
        var link = new VolumeLink { Source = "blob:b", Frame = 0, Recipe = "r", Metadata = new string('a', 64), Levels = [new() { Dataset = 0, Crc32C = new byte[40] }] }.ToBytes();
        Try(1200, new Random(9), (random, i) =>
        {
            var bytes = Mutants.Text(random, (i % 3) switch { 0 => manifest, 1 => curve, _ => link });
            return Mutants.IsRead("mutant", bytes.Length, () => Parse(i % 3, bytes), () => File.WriteAllBytes(Path.Combine(Path.GetTempPath(), $"mutant-{i}"), bytes));
        });

        static void Parse(int kind, byte[] bytes)
        {
            switch (kind)
            {
                case 0:
                    Manifests.Validate(Manifests.Parse(bytes, "mutant"), "mutant");
                    break;
                case 1:
                    Series.Parse("voltage", bytes, "mutant");
                    break;
                default:
                    try
                    {
                        VolumeLink.Parse(bytes);
                    }
                    catch (FormatException e)
                    {
                        // Whoever reads a link names it.
                        throw new VolumeFormatException("mutant", e);
                    }

                    break;
            }
        }
    }

    [DataFact]
    public void ConformanceFiles_AreReadOrRefusedWithTheirName()
    {
        var files = Directory.EnumerateFiles(TestData.File("formats/tiff"), "*.tif*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(TestData.File("formats/tiff_libtiff"), "*", SearchOption.AllDirectories));
        var read = files.Count(f => Mutants.IsRead(Path.GetFileName(f), new FileInfo(f).Length, () => Read(f), () => { }));
        Assert.True(read >= 10, $"only {read} files were read");
    }

    public void Dispose() => _folder.Dispose();

    private static void Try(int usual, Random random, Func<Random, int, bool> isRead)
    {
        var (read, count) = (0, Mutants.Count(usual));
        for (var i = 0; i < count; i++)
        {
            read += isRead(random, i) ? 1 : 0;
        }

        Assert.True(read > 0 && read < count, $"{read} of {count} were read");
    }

    // What an import reads, one slice after another.
    private static void Read(string path)
    {
        using var file = VolumeFiles.Open(path, new VolumeManifest());
        using var source = file.Open(0);
        var slice = new byte[source.Shape.SliceCount * source.Type.Size()];
        for (var z = 0; z < Math.Min(source.Shape.Z, 50); z++)
        {
            source.ReadSlice(z, slice);
        }
    }
}
