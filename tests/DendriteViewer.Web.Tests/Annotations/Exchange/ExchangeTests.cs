using System.Text.Json;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations.Exchange;

/// <summary>Sites and annotations in every format, there and back.</summary>
public sealed class ExchangeTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person s_ada = new("account:ada", "Ada");
    private static readonly DefaultScan s_scan = new(1.5, "projection");

    private static readonly MeasurementKind[] s_flat = [MeasurementKind.Circle, MeasurementKind.Rectangle, MeasurementKind.Polygon];

    [Fact]
    public void Annotations_WrittenAndRead_HaveTheirValuesAxesAndUnits() =>
        Prop.ForAll<int>(IsTheSameAgain).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private bool IsTheSameAgain(int seed)
    {
        var set = Random(new Random(seed));
        foreach (var format in new[] { ExchangeFormat.Json, ExchangeFormat.GeoJson })
        {
            var marks = AnnotationFiles.Read(AnnotationFiles.Write(format, set), "f", s_scan).Marks;
            var sites = marks.Select(m => m.Site).OfType<SiteLine>().Select(s => s.ToSite()).ToArray();
            var drawn = marks.Select(m => m.Drawn).OfType<Measurement>().ToArray();
            Assert.All(marks, m => Assert.Null(m.Wrong));
            Assert.Equal(set.Sites.Select(Plain), sites.Select(Plain));
            Assert.Equal(set.Drawn.Select(Text), drawn.Select(Text));
        }

        // Neuroglancer has no word for most; what it has comes back in µm with z, y, x in their places.
        foreach (var mark in AnnotationFiles.Read(AnnotationFiles.Write(ExchangeFormat.Neuroglancer, set), "f", s_scan).Marks)
        {
            Assert.Null(mark.Wrong);
            if (mark.Site is { } site)
            {
                var was = set.Sites.Single(s => s.Id == site.Id);
                Assert.Equal([was.ZUm, was.YUm, was.XUm, was.RadiusUm, was.Hours],
                    new[] { site.ZUm, site.YUm, site.XUm, site.RadiusUm, site.Hours }.Select(v => Math.Round(v!.Value, 4)));
                continue;
            }

            var before = set.Drawn.Single(m => m.Id == mark.Drawn!.Id);
            if (mark.Drawn!.Kind == before.Kind && before.Kind is not (MeasurementKind.Sphere or MeasurementKind.Note))
            {
                Assert.Equal(before.PointsUm.SelectMany(p => p), mark.Drawn.PointsUm.SelectMany(p => p).Select(v => Math.Round(v, 4)));
            }
        }

        return true;
    }

    [Fact]
    public void NeuroglancerLayer_OfASiteAndABox_IsInVoxelsWithMetresStated()
    {
        var set = new AnnotationSet(host.Dataset, AnnotationSchema.Empty,
            [new Site { Id = "a", ZUm = 30, YUm = 60, XUm = 90, RadiusUm = 6, Label = "N1", Hours = 1.5 }],
            [new Measurement { Kind = MeasurementKind.Box, Id = "b", PointsUm = [[3, 6, 9], [30, 60, 90]], Label = "Box 1", Note = "n" }]);
        var voxel = host.Dataset.Volumes[0].VoxelSize;
        var layer = JsonDocument.Parse(AnnotationFiles.Write(ExchangeFormat.Neuroglancer, set)).RootElement;
        var dimensions = layer.GetProperty("source").GetProperty("transform").GetProperty("outputDimensions");
        Assert.Equal(["z", "y", "x"], dimensions.EnumerateObject().Select(d => d.Name));
        Assert.Equal($"[{voxel.Z}E-06,\"m\"]", dimensions.GetProperty("z").GetRawText().Replace("e-06", "E-06").Replace(" ",
            "").Replace("\n", ""));
        var site = layer.GetProperty("annotations")[0];
        Assert.Equal(("ellipsoid", "site-a", "N1"), (site.GetProperty("type").GetString(), site.GetProperty("id").GetString(),
            site.GetProperty("description").GetString()));
        Assert.Equal([30 / voxel.Z, 60 / voxel.Y, 90 / voxel.X], site.GetProperty("center").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(6 / voxel.Z, site.GetProperty("radii")[0].GetDouble());
        Assert.Equal(1.5, site.GetProperty("props")[0].GetDouble());
        var box = layer.GetProperty("annotations")[1];
        Assert.Equal("axis_aligned_bounding_box", box.GetProperty("type").GetString());
        Assert.Equal("Box 1\nn", box.GetProperty("description").GetString());
        Assert.Equal(2, layer.GetProperty("annotationProperties").GetArrayLength());
    }

    // A layer as neuroglancer itself saves it: other order of axes, other units, no props.
    [Fact]
    public void NeuroglancerState_WithAxesInAnotherOrderAndNanometres_IsReadInMicrometres()
    {
        const string state =
            """
            {"dimensions":{"x":[4e-9,"m"],"y":[8e-9,"m"],"z":[4e-8,"m"]},
             "layers":[{"type":"image","source":"zarr://x"},
              {"type":"annotation","source":"local://annotations","annotations":[
               {"pointA":[1000,2000,300],"pointB":[2000,2000,300],"type":"line","id":"q"},
               {"center":[1,2,3],"radii":[250,125,25],"type":"ellipsoid","id":"r"},
               {"center":[1,2,3],"radii":[250,250,250],"type":"ellipsoid","id":"s"},
               {"point":[1,2],"type":"point","id":"t"}]}]}
            """;
        var marks = AnnotationFiles.Read(state, "f", s_scan).Marks;
        Assert.Equal([[12d, 16, 4], [12, 16, 8]], marks[0].Drawn!.PointsUm);
        Assert.Equal((MeasurementKind.Ruler, "q", 1.5), (marks[0].Drawn!.Kind, marks[0].Drawn!.Id, marks[0].Drawn!.Hours));
        Assert.Equal(MeasurementKind.Sphere, marks[1].Drawn!.Kind);
        Assert.Contains("different radii", marks[2].Wrong);
        Assert.Contains("finite coordinates", marks[3].Wrong);
        Assert.Equal([4, 5, 6, 7], marks.Select(m => m.Line));
    }

    [Theory]
    [InlineData("""{"type":"FeatureCollection","features":[]}""", "does not say that its coordinates are in µm")]
    [InlineData("""{"format":"dendrite-annotations","version":9}""", "of a version")]
    [InlineData("""{"annotations":[{"type":"point","point":[1,2,3]}]}""", "does not say how large its voxels are")]
    [InlineData("""{"a":1}""", "none of the formats")]
    [InlineData("""{"a":""", "this is not JSON")]
    public void File_ThatCannotBeRead_SaysWhyInOneSentence(string text, string said) =>
        Assert.Contains(said, Assert.Throws<VolumeFormatException>(() => AnnotationFiles.Read(text, "f", s_scan)).Message);

    [Fact]
    public void Reader_OfDamagedFiles_RefusesOrReadsAndNeverFails() =>
        Prop.ForAll<int>(IsReadOrRefused).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private bool IsReadOrRefused(int seed)
    {
        var random = new Random(seed);
        var text = AnnotationFiles.Write((ExchangeFormat)random.Next(3), Random(random)).ToCharArray();
        const string bits = "{}[]\",:0-9eE.null\\u\0é";
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            text[random.Next(text.Length)] = bits[random.Next(bits.Length)];
        }

        var cut = new string(text, 0, random.Next(4) == 0 ? random.Next(text.Length) : text.Length);
        try
        {
            var file = AnnotationFiles.Read(cut, "f", s_scan);
            host.Exchange.PreviewAsync(host.Dataset, file, new ImportChoice(), s_scan, s_ada, default).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is VolumeFormatException or ArgumentException)
        {
            Assert.DoesNotContain('\n', e.Message);
        }

        return true;
    }

    [Fact]
    public async Task File_OfSitesAndAnnotations_IsOneStepAndItsSecondImportChangesNothing()
    {
        var hours = host.Dataset.HoursOf("projection")[0];
        var scan = new DefaultScan(hours, "projection");
        const string layer =
            """
            {"type":"annotation","source":{"url":"local://annotations",
              "transform":{"outputDimensions":{"z":[1e-6,"m"],"y":[1e-6,"m"],"x":[1e-6,"m"]}}},"annotations":[
              {"type":"point","id":"p1","point":[60,61,62],"description":"A point"},
              {"type":"polyline","id":"l1","points":[[60,60,60],[60,60,70],[60,70,70]]},
              {"type":"ellipsoid","id":"site-s1","center":[70,70,70],"radii":[5,5,5],"description":"S"},
              {"type":"line","id":"w1","pointA":[60,60,60],"pointB":[60,60,60]},
              {"type":"point","id":"w2","point":[60,61,1e9]}]}
            """;
        var (file, history) = (AnnotationFiles.Read(layer, "f", scan), new EditHistory());
        var me = new Editor(s_ada, history);
        var refused = await host.Exchange.ImportAsync(host.Dataset, file, new ImportChoice(), scan, me, default);
        Assert.Equal((3, 2, false), (refused.Added, refused.Wrong, refused.Applied));
        Assert.Equal([6, 7], refused.Lines.Where(l => l.Outcome == ImportOutcome.Wrong).Select(l => l.Line).Order());
        var done = await host.Exchange.ImportAsync(host.Dataset, file, new ImportChoice(SkipWrong: true), scan, me, default);
        Assert.Equal((3, true), (done.Added, done.Applied));
        var line = (await host.Measurements.Log.ListAsync(host.Dataset.Identity)).Single(m => m.Id == "l1");
        Assert.Equal(20, line.Result!.LengthUm!.Value.Value, 9);
        var again = await host.Exchange.PreviewAsync(host.Dataset, file, new ImportChoice(SkipWrong: true), scan, s_ada, default);
        Assert.Equal((0, 0, 3), (again.Added, again.Changed, again.Unchanged));
        Assert.Equal(1, history.Counts.Undo);
        await history.UndoAsync(s_ada, default);
        Assert.DoesNotContain(await host.Measurements.Log.ListAsync(host.Dataset.Identity), m => m.Id is "p1" or "l1");
        Assert.DoesNotContain(await host.Sites.ListAsync(host.Dataset.Identity), s => s.Id == "s1");
        await history.RedoAsync(s_ada, default);
        Assert.Contains(await host.Sites.ListAsync(host.Dataset.Identity), s => s.Id == "s1");
    }

    private AnnotationSet Random(Random random)
    {
        double Um() => Math.Round(random.NextDouble() * 180, 3);
        double[] P() => [Um(), Um(), Um()];
        string Word() => new([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => "aß \"=,;é'"[random.Next(9)])]);
        var kinds = Enum.GetValues<MeasurementKind>();
        return new AnnotationSet(host.Dataset, AnnotationSchema.Empty,
            [.. Enumerable.Range(0, 3).Select(i => new Site
            {
                Id = $"s{i}", ZUm = Um(), YUm = Um(), XUm = Um(), RadiusUm = Math.Round(1 + Um(), 3), Hours = 1.5,
                Modality = "projection", Label = Word(),
                Note = Word(), Status = (SiteStatus)random.Next(3), Track = new([new SitePosition { Hours = 3, ZUm = Um(), YUm = Um(),
                    XUm = Um() }]),
            })],
            [.. kinds.Select((k, i) => new Measurement
            {
                Id = $"m{i}", Kind = k, Label = Word(), Note = Word(), Hours = 1.5, Modality = "projection",
                PointsUm = k switch
                {
                    MeasurementKind.Point => [P()], MeasurementKind.Angle => [P(), P(), P()],
                    MeasurementKind.Polygon or MeasurementKind.Polyline => [P(), P(), P(), P()], _ => [P(), P()],
                },
                Right = s_flat.Contains(k) ? [0, 0, 1] : null, Down = s_flat.Contains(k) ? [0, 1, 0] : null,
                Fields = FieldValues.Empty.With("width", new FieldValue(null, Um())).With("sure", new FieldValue(null, null, true)),
            })]);
    }

    // Without what a file does not say, or says of its own.
    private static Site Plain(Site s) => s with { DepthUm = 0, Author = "", FileAuthor = "", ChangedAt = 0, Version = 0 };

    private static string Text(Measurement m) =>
        JsonSerializer.Serialize(m with { Author = "", ChangedAt = 0, Version = 0, Result = null }, MeasurementLog.Json);
}
