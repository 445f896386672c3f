using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Tests.Annotations.Exchange;

/// <summary>Files of what is there already, and lines of a file that cannot be or that meet.</summary>
public sealed partial class ExchangeTests
{
    private static readonly DatasetGrant s_owner = new(DatasetRole.Own, IsMember: true);

    // Layers have no modalities: what is there stays in its scan, what is new is of the one shown.
    [Fact]
    public async Task NeuroglancerLayer_BroughtInWhereAnotherModalityIsShown_MovesNothingToThatScan()
    {
        var scans = host.Dataset.Volumes;
        var dataset = Another(scans.Concat(scans.Select(v => v with { Key = v.Key with { Modality = "second" } })));
        const string text = """
            {"format":"dendrite-annotations","version":1,
             "sites":[{"id":"n1","zUm":60,"yUm":60,"xUm":60,"hours":1.5,"modality":"projection","label":"N1"}],
             "annotations":[{"kind":"ruler","id":"r1","pointsUm":[[60,60,60],[60,60,90]],"hours":1.5,"modality":"projection",
               "label":"R","thicknessUm":12}]}
            """;
        var order = Order(new ImportChoice(OverwriteNewer: true), s_scan) with { Dataset = dataset };
        await host.Exchange.ImportAsync(order, AnnotationFiles.Read(text, "f", s_scan), s_ada, default);
        var layer = AnnotationFiles.Write(ExchangeFormat.Neuroglancer, await host.Exchange.SetAsync(dataset, s_owner, default));
        var shown = new DefaultScan(3, "second");
        order = order with { Scan = shown };
        var again = await host.Exchange.PreviewAsync(order, AnnotationFiles.Read(layer, "f", shown), s_ada, default);
        Assert.Equal((2, 0, 0), (again.Unchanged, again.Changed, again.Wrong));

        // As neuroglancer saves what somebody renamed there: without hours.
        var renamed = layer.Replace("\"R\"", "\"R 2\"", StringComparison.Ordinal).Replace("\"id\": \"hours\"", "\"id\": \"h\"",
            StringComparison.Ordinal);
        var done = await host.Exchange.ImportAsync(order, AnnotationFiles.Read(renamed, "f", shown), s_ada, default);
        Assert.Equal((1, 1), (done.Changed, done.Unchanged));
        var ruler = (await host.Measurements.Log.ListAsync(dataset.Identity)).Single();
        Assert.Equal(("R 2", 1.5, "projection", 12.0), (ruler.Label, ruler.Hours, ruler.Modality, ruler.ThicknessUm));
        Assert.NotNull(ruler.Result);
        const string added = """
            {"source":{"transform":{"outputDimensions":{"z":[1e-6,"m"],"y":[1e-6,"m"],"x":[1e-6,"m"]}}},"annotations":[
              {"type":"point","id":"p","point":[60,61,62]},
              {"type":"ellipsoid","id":"site-new","center":[70,70,70],"radii":[5,5,5],"description":"S"}]}
            """;
        await host.Exchange.ImportAsync(order, AnnotationFiles.Read(added, "f", shown), s_ada, default);
        var point = (await host.Measurements.Log.ListAsync(dataset.Identity)).Single(m => m.Id == "p");
        var site = (await host.Exchange.Sites.ListAsync(dataset.Identity)).Single(s => s.Id == "new");
        Assert.Equal((3, "second", 3, "second"), (point.Hours, point.Modality, site.Hours, site.Modality));
    }

    [Fact]
    public async Task Lines_ThatMeetInOneObject_AreTakenOnceAndTheOthersNameTheLine()
    {
        var dataset = Another();
        const string text = """
            {"format":"dendrite-annotations","version":1,
             "sites":[{"id":"n1","zUm":60,"yUm":60,"xUm":60,"hours":1.5,"modality":"projection","label":"N1"}],
             "annotations":[{"kind":"point","id":"p1","pointsUm":[[60,60,60]],"hours":1.5,"modality":"projection","label":"P"}]}
            """;
        const string meeting = """
            {"format":"dendrite-annotations","version":1,"sites":[
              {"zUm":60,"yUm":60,"xUm":60,"hours":1.5,"modality":"projection","label":"a"},
              {"zUm":60,"yUm":60,"xUm":60,"hours":1.5,"modality":"projection","label":"b"},
              {"id":"n1","note":"by id"}],
             "annotations":[
              {"kind":"point","pointsUm":[[60,60,60]],"hours":1.5,"modality":"projection","label":"a"},
              {"kind":"point","id":"p1","pointsUm":[[60,60,60]],"hours":1.5,"modality":"projection","label":"P","note":"by id"},
              {"kind":"point","pointsUm":[[70,60,60]],"hours":1.5,"modality":"projection"},
              {"kind":"point","pointsUm":[[70,60,60]],"hours":1.5,"modality":"projection","label":"b"}]}
            """;
        var order = Order(new ImportChoice(OverwriteNewer: true, ByPlace: true), s_scan) with { Dataset = dataset };
        await host.Exchange.ImportAsync(order, AnnotationFiles.Read(text, "f", s_scan), s_ada, default);
        var done = await host.Exchange.ImportAsync(order, AnnotationFiles.Read(meeting, "f", s_scan), s_ada, default);
        Assert.Equal((1, 2, 4, 0, true), (done.Added, done.Changed, done.Skipped, done.Wrong, done.Applied));
        Assert.Equal(
            [(2, "The site is in line 4 already."), (3, "The site is in line 4 already."), (6, "It is in line 7 already."),
                (9, "It is in line 8 already.")],
            done.Lines.Where(l => l.Outcome == ImportOutcome.Skipped).Select(l => (l.Line, l.Why)).Order());
        Assert.Equal("by id", (await host.Exchange.Sites.ListAsync(dataset.Identity)).Single().Note);
        Assert.Equal(["P", "Point 1"], (await host.Measurements.Log.ListAsync(dataset.Identity)).Select(m => m.Label).Order());
    }

    [Theory]
    [InlineData("geo", """{"geometry":{"type":"Point","coordinates":[1,2,3]},"properties":{"kind":"site","status":"odd"}}""")]
    [InlineData("geo", """{"geometry":{"type":"MultiPoint","coordinates":[]},"properties":{"kind":"site"}}""")]
    [InlineData("geo", """{"geometry":{"type":"LineString","coordinates":[]},"properties":{}}""")]
    [InlineData("geo", """{"geometry":{"type":"Point","coordinates":[1,2,3]},"properties":{"kind":"site","track":[[]]}}""")]
    [InlineData("whole", """{"kind":"point","pointsUm":null,"hours":1.5,"modality":"projection"}""")]
    [InlineData("whole", """{"kind":"point","pointsUm":[null],"hours":1.5,"modality":"projection"}""")]
    [InlineData("whole", """{"kind":"point","pointsUm":[[1,2]],"label":null,"color":null,"id":null,"hours":1.5,"modality":null}""")]
    [InlineData("whole", """{"kind":"point","pointsUm":[[1,2]],"labels":[null],"hours":1.5,"modality":"projection"}""")]
    [InlineData("whole", """{"kind":"point","pointsUm":[[1,2]],"labels":null,"fields":null,"note":null,"hours":1.5}""")]
    [InlineData("layer", """{"type":"polyline","points":[]}""")]
    [InlineData("layer", """{"type":"ellipsoid","id":"site-a","center":[60,60,60],"radii":[]}""")]
    [InlineData("layer", """{"type":"ellipsoid","id":"followed-a","center":[60,60,60],"radii":[5,5,5]}""")]
    public async Task Line_ThatCannotBe_IsWrongAndTheOthersAreRead(string format, string bad)
    {
        var text = format switch
        {
            "geo" => """{"type":"FeatureCollection","frame":{"unit":"micrometre"},"features":[""" + bad + """
                ,{"geometry":{"type":"Point","coordinates":[60,60,60]},"properties":{"hours":1.5,"modality":"projection"}}]}
                """,
            "whole" => """{"format":"dendrite-annotations","version":1,"schema":{"labels":null,"fields":null},"annotations":[""" + bad + """
                ,{"kind":"point","pointsUm":[[60,60,60]],"hours":1.5,"modality":"projection"}]}
                """,
            _ => """{"source":{"transform":{"outputDimensions":{"z":[1e-6,"m"],"y":[1e-6,"m"],"x":[1e-6,"m"]}}},"annotations":[""" + bad
                + """,{"type":"point","point":[60,60,60]}]}""",
        };
        var order = Order(new ImportChoice(), s_scan) with { Dataset = Another() };
        var told = await host.Exchange.PreviewAsync(order, AnnotationFiles.Read(text, "f", s_scan), s_ada, default);
        Assert.Equal((1, 1), (told.Added, told.Wrong));
    }

    // A width in mm is none in µm.
    [Fact]
    public async Task FieldOfAFile_OfAnotherUnitThanTheDatasets_MakesItsLinesWrongAndNoOthers()
    {
        const string text = """
            {"format":"dendrite-annotations","version":1,
             "schema":{"labels":[{"id":"zzz","name":"Crack","color":"#77aadd"}],
               "fields":[{"id":"w","name":"Width","type":"number","unit":"mm"},{"id":"h","name":"Height","type":"number","unit":"µm"}]},
             "sites":[{"id":"n1","zUm":60,"yUm":60,"xUm":60,"hours":0,"modality":"projection","label":"N1","fields":{"w":3}},
               {"id":"n2","zUm":60,"yUm":60,"xUm":70,"hours":0,"modality":"projection","label":"N2","labels":["zzz"],"fields":{"h":3}}]}
            """;
        var dataset = Another();
        await host.Schemas.ChangeAsync(dataset.Identity, now => SchemaRules.Check(now with
        {
            Labels = new([new() { Name = "Crack", Color = "#ffaabb", Retired = true }, new() { Name = "crack", Color = "#77aadd" }]),
            Fields = new([
                new() { Name = "Width", Type = FieldType.Number, Unit = "µm" },
                new() { Name = "Height", Type = FieldType.Text, Retired = true },
                new() { Name = "Height", Type = FieldType.Number, Unit = "µm" },
            ]),
        }, now), 0, s_ada, default);
        var order = Order(new ImportChoice(SkipWrong: true), s_scan) with { Dataset = dataset, MayDefine = true };
        var done = await host.Exchange.ImportAsync(order, AnnotationFiles.Read(text, "f", s_scan), s_ada, default);
        Assert.Equal((1, 1), (done.Added, done.Wrong));
        Assert.Null(done.Schema);
        Assert.Equal("It has a value of Width, which is a number in mm in the file and a number in µm in this dataset (Width); convert "
            + "the values, or name the field otherwise in the file.", done.Lines.Single(l => l.Outcome == ImportOutcome.Wrong).Why);
        var site = (await host.Exchange.Sites.ListAsync(dataset.Identity)).Single();
        Assert.Equal(3, site.Fields["height_2"]!.Number);
        Assert.Equal(["crack_2"], site.Labels);
        Assert.Equal(["crack_2"], MarkColumns.Resolved(
            await host.Schemas.OfAsync(dataset.Identity), new ValueList<string>(["CRACK"]), areNames: true)!);
    }

    [Fact]
    public void NeuroglancerLink_OfAFollowedSite_ShowsItWhereItIsInTheScan()
    {
        var set = new AnnotationSet(host.Dataset, AnnotationSchema.Empty,
            [new Site
            {
                Id = "a", ZUm = 30, YUm = 60, XUm = 90, Label = "N1", Hours = 0,
                Track = new([new SitePosition { Hours = 1.5, ZUm = 60, YUm = 60, XUm = 60 }, new SitePosition { Hours = 3 }]),
            }], []);
        var url = Uri.UnescapeDataString(NeuroglancerLink.Of(set, s_scan, "https://x.org", isPublic: true).Url!);
        var voxel = host.Dataset.Volumes[0].VoxelSize.Z;
        Assert.Contains($"\"center\":[{60 / voxel},{60 / voxel},{60 / voxel}]", url);
        Assert.Contains("\"id\":\"followed-a\"", url);
        Assert.Contains("\"id\":\"site-a\"", Uri.UnescapeDataString(
            NeuroglancerLink.Of(set, s_scan with { Hours = 0 }, "https://x.org", isPublic: true).Url!));
    }

    private Dataset Another(IEnumerable<VolumeInfo> volumes) => new(
        host.Dataset.Id, host.Dataset.Manifest with { Identity = DatasetIdentity.New().Value }, [.. volumes], host.Dataset.Labels,
        host.Dataset.Depth, host.Dataset.Outline);
}
