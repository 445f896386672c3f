using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Tests.Annotations.Exchange;

/// <summary>Which label, field and place of the dataset a file means, and what it says is empty.</summary>
public sealed partial class ExchangeTests
{
    // Ids are made of ASCII letters, in the order of creation: α phase is phase in one dataset and phase_2 in the other.
    [Fact]
    public async Task File_OfAnotherDatasetWhoseIdsMeanOtherNames_IsMatchedByName()
    {
        var (from, to) = (Another(), Another());
        await DefineAsync(from, ["α phase", "β phase"], ["空隙", "裂纹"]);
        await DefineAsync(to, ["β phase", "α phase"], ["裂纹", "空隙"]);
        const string sites = """
            [{"id":"n1","zUm":60,"yUm":60,"xUm":60,"hours":1.5,"modality":"projection","label":"N1","labels":["phase"],
              "fields":{"x":1}},
             {"id":"n2","zUm":60,"yUm":60,"xUm":70,"hours":1.5,"modality":"projection","label":"N2","labels":["phase_2"],
              "fields":{"x_2":2}}]
            """;
        await BringInAsync(from, sites);
        var done = await BringInAsync(to, AnnotationFiles.Write(ExchangeFormat.Json, await SetAsync(from)));
        Assert.Equal((2, 0), (done.Added, done.Wrong));
        Assert.Empty(done.Notes);
        var set = await SetAsync(to);
        Assert.Equal(["N1 α phase 空隙 1", "N2 β phase 裂纹 2"], set.Sites.Select(s => (Site: s, Value: s.Fields.Single()))
            .Select(s => $"{s.Site.Label} {set.Schema.Label(s.Site.Labels.Single())!.Name} {set.Schema.Field(s.Value.Key)!.Name} "
                + $"{s.Value.Value}")
            .Order());
    }

    // Void was renamed to Pore, and another label is called Void now.
    [Fact]
    public async Task Label_RenamedSince_IsItselfInAFileOfItsDataset_AndTheOneOfThatNameInOthers()
    {
        var dataset = Another();
        await DefineAsync(dataset, ["Void"], []);
        const string mark = """
            [{"id":"n1","zUm":60,"yUm":60,"xUm":60,"hours":1.5,"modality":"projection","label":"N1","labels":["void"]}]
            """;
        await BringInAsync(dataset, mark);
        var own = AnnotationFiles.Write(ExchangeFormat.Json, await SetAsync(dataset));
        await host.Schemas.ChangeAsync(dataset.Identity, now => SchemaRules.Check(now with
        {
            Labels = new([now.Labels[0] with { Name = "Pore" }, new() { Name = "Void", Color = "#ffaabb" }]),
        }, now), 1, s_ada, default);
        var again = await PreviewAsync(dataset, own);
        Assert.Equal((1, 0), (again.Unchanged, again.Changed));
        Assert.Equal(["The label Void of the file is called Pore by now."], again.Notes);

        // The same of another dataset means the Void of this one.
        var others = own.Replace(dataset.Identity.Value, DatasetIdentityOf(Another()), StringComparison.Ordinal);
        var changed = await BringInAsync(dataset, others);
        Assert.Equal((1, "labels (Pore → Void)"), (changed.Changed, Assert.Single(changed.Lines).Why));
        Assert.Empty(changed.Notes);
    }

    // Names come before ids where a format writes names, and what only an id can tell is said.
    [Fact]
    public async Task FormatsWithoutASchema_TakeNamesFirst_AndSayWhatOnlyAnIdTells()
    {
        var dataset = Another();
        await DefineAsync(dataset, ["void"], ["Width", "空隙"]);
        await host.Schemas.ChangeAsync(dataset.Identity, now => SchemaRules.Check(now with
        {
            Labels = new([now.Labels[0] with { Name = "Pore" }, new() { Name = "void", Color = "#ffaabb" }]),
        }, now), 1, s_ada, default);
        const string csv = "id,z_um,y_um,x_um,hours,modality,label,labels,field_width,field_x\n"
            + "n1,60,60,60,1.5,projection,N1,void,3,\nn2,60,60,70,1.5,projection,N2,Pore,,4\n";
        var done = await BringInAsync(dataset, csv);
        Assert.Equal((2, 0), (done.Added, done.Wrong));
        Assert.Equal(["Values of the field 'x' are taken for 空隙, whose id that is here; the file does not say what it is called there. "
            + "See that it means the same."], done.Notes);
        var set = await SetAsync(dataset);
        Assert.Equal(["N1 void_2", "N2 void"], set.Sites.Select(s => $"{s.Label} {s.Labels.Single()}").Order());

        // JSON of sites has ids.
        const string json = """
            [{"id":"n3","zUm":60,"yUm":60,"xUm":80,"hours":1.5,"modality":"projection","label":"N3","labels":["void"]}]
            """;
        Assert.Equal("The label 'void' is taken for Pore, whose id that is here; the file does not say what it is called there. "
            + "See that it means the same.", Assert.Single((await BringInAsync(dataset, json)).Notes));

        // GeoJSON says which dataset it is of.
        Assert.Empty((await PreviewAsync(dataset, AnnotationFiles.Write(ExchangeFormat.GeoJson, set))).Notes);
        var others = AnnotationFiles.Write(ExchangeFormat.GeoJson, set).Replace(
            dataset.Identity.Value, DatasetIdentityOf(Another()), StringComparison.Ordinal);
        Assert.Single((await PreviewAsync(dataset, others)).Notes);
    }

    // "Not said" and "empty" were one once: a file could clear nothing, and was called unchanged.
    [Theory]
    [InlineData("json")]
    [InlineData("geojson")]
    [InlineData("csv")]
    public async Task File_ThatSaysWhatIsEmpty_ClearsIt_AndWhatItDoesNotSayStays(string format)
    {
        var dataset = Another();
        await DefineAsync(dataset, ["Void"], ["Width", "Depth"]);
        const string full = """
            {"format":"dendrite-annotations","version":1,
             "sites":[{"id":"n1","zUm":60,"yUm":60,"xUm":60,"hours":1.5,"modality":"projection","label":"N1","note":"n","labels":["void"],
               "fields":{"width":3,"depth":4}}],
             "annotations":[{"kind":"ruler","id":"r1","pointsUm":[[60,60,60],[60,60,90]],"hours":1.5,"modality":"projection","label":"R",
               "note":"n","color":"#ff0000","thicknessUm":12,"labels":["void"],"fields":{"width":3,"depth":4}}]}
            """;
        await BringInAsync(dataset, full);
        var set = await SetAsync(dataset);
        var bare = set with
        {
            Sites = [set.Sites.Single() with { Note = "", Labels = ValueList<string>.Empty, Fields = Width(5) }],
            Drawn = [set.Drawn.Single() with { Note = "", Color = "", Labels = ValueList<string>.Empty, Fields = Width(5) }],
        };
        string[] files = format switch
        {
            "json" => [AnnotationFiles.Write(ExchangeFormat.Json, bare)],
            "geojson" => [AnnotationFiles.Write(ExchangeFormat.GeoJson, bare)],
            _ => [SiteFiles.ToCsv(bare.Sites, set.Schema), MeasurementFiles.ToCsv(bare.Drawn, dataset, set.Schema)],
        };

        // What names neither stays: of files as programs write them.
        string[] silent = format switch
        {
            "json" =>
            [
                """
                {"format":"dendrite-annotations","version":1,"sites":[{"id":"n1","radiusUm":7}],
                 "annotations":[{"kind":"ruler","id":"r1","pointsUm":[[60,60,60],[60,60,80]]}]}
                """,
            ],
            "geojson" =>
            [
                """
                {"type":"FeatureCollection","frame":{"unit":"micrometre"},"features":[
                 {"id":"n1","geometry":{"type":"Point","coordinates":[60,60,60]},"properties":{"kind":"site","radiusUm":7}},
                 {"id":"r1","geometry":{"type":"LineString","coordinates":[[60,60,60],[80,60,60]]},"properties":{"kind":"ruler"}}]}
                """,
            ],
            _ => ["id,radius_um\nn1,7\n", "id,kind,hours_h,modality,points_zyx_um\nr1,ruler,1.5,projection,60 60 60; 60 60 80\n"],
        };
        foreach (var file in silent)
        {
            var report = await BringInAsync(dataset, file);
            Assert.Equal(0, report.Wrong + report.Skipped + report.Unchanged);
        }

        var kept = await SetAsync(dataset);
        var (site, ruler) = (kept.Sites.Single(), kept.Drawn.Single());
        Assert.Equal(7, site.RadiusUm);
        Assert.Equal(80, ruler.PointsUm[1][2]);
        Assert.Equal(("N1", "n", 2, "R", "n", "#ff0000"), (site.Label, site.Note, site.Fields.Count, ruler.Label, ruler.Note, ruler.Color));
        Assert.Equal((12.0, 1.5, "projection", 2), (ruler.ThicknessUm, ruler.Hours, ruler.Modality, ruler.Fields.Count));
        Assert.Equal(("void", "void"), (site.Labels.Single(), ruler.Labels.Single()));
        foreach (var file in files)
        {
            var report = await BringInAsync(dataset, file);
            Assert.Equal(0, report.Wrong + report.Skipped + report.Unchanged);
            Assert.All(report.Lines, l => Assert.Contains("note", l.Why));
            Assert.All(report.Lines, l => Assert.Contains("labels", l.Why));
        }

        var cleared = await SetAsync(dataset);
        (site, ruler) = (cleared.Sites.Single(), cleared.Drawn.Single());
        Assert.Equal(("", 0, "", "", 0), (site.Note, site.Labels.Count, ruler.Note, ruler.Color, ruler.Labels.Count));
        Assert.Equal([Width(5), Width(5)], new[] { site.Fields, ruler.Fields });
        Assert.Equal((12.0, 90), (ruler.ThicknessUm, ruler.PointsUm[1][2]));
    }

    // Two corners and other directions are another box.
    [Fact]
    public async Task Box_TurnedInTheFile_IsChangedAndMeasuredAnew()
    {
        var dataset = Another();
        const string straight = """
            {"format":"dendrite-annotations","version":1,"annotations":[{"kind":"box","id":"b1","pointsUm":[[60,60,60],[70,80,90]],
              "hours":1.5,"modality":"projection","label":"B"}]}
            """;
        var turned = straight.Replace(
            "\"hours\"", "\"right\":[0,0.6,0.8],\"down\":[0,0.8,-0.6],\"hours\"", StringComparison.Ordinal);
        var axes = straight.Replace("\"hours\"", "\"right\":[0,0,1],\"down\":[0,1,0],\"hours\"", StringComparison.Ordinal);
        await BringInAsync(dataset, straight);
        Assert.Equal(1, (await PreviewAsync(dataset, straight)).Unchanged);
        Assert.Equal(1, (await PreviewAsync(dataset, axes)).Unchanged);
        Assert.Equal("orientation", Assert.Single((await BringInAsync(dataset, turned)).Lines).Why);
        Assert.Equal(0.8, (await SetAsync(dataset)).Drawn.Single().Right![2], 9);
        Assert.Equal(1, (await PreviewAsync(dataset, turned)).Unchanged);
        Assert.Equal("orientation", Assert.Single((await BringInAsync(dataset, straight)).Lines).Why);
        Assert.Null((await SetAsync(dataset)).Drawn.Single().Right);
    }

    // What a line moves away leaves its place to another line, in whatever order they stand.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task NewMark_AtThePlaceThatAnotherOfTheFileLeaves_IsAdded(bool byPlace, bool isFirst)
    {
        var dataset = Another();
        static string Site(string id, int x) =>
            $$"""{{{id}}"zUm":60,"yUm":60,"xUm":{{x}},"hours":1.5,"modality":"projection","label":"S{{x}}"}""";
        static string Point(string id, int x) =>
            $$"""{"kind":"point",{{id}}"pointsUm":[[60,60,{{x}}]],"hours":1.5,"modality":"projection","label":"P{{x}}"}""";
        static string File(IEnumerable<string> sites, IEnumerable<string> points) => "{\"format\":\"dendrite-annotations\",\"version\":1,"
            + $"\"sites\":[{string.Join(',', sites)}],\"annotations\":[{string.Join(',', points)}]}}";
        await BringInAsync(dataset, File([Site("\"id\":\"a\",", 60)], [Point("\"id\":\"b\",", 60)]));
        string[] sites = [Site("", 60), Site("\"id\":\"a\",", 70)], points = [Point("", 60), Point("\"id\":\"b\",", 70)];
        var text = File(isFirst ? sites : sites.Reverse(), isFirst ? points : points.Reverse());
        var done = await BringInAsync(dataset, text, new ImportChoice(OverwriteNewer: true, ByPlace: byPlace));
        Assert.Equal((2, 2, 0, 0), (done.Added, done.Changed, done.Skipped, done.Wrong));
        var set = await SetAsync(dataset);
        Assert.Equal([60.0, 70], set.Sites.Select(s => s.XUm).Order());
        Assert.Equal([60.0, 70], set.Drawn.Select(m => m.PointsUm[0][2]).Order());

        // And what goes where another is, is there already.
        var again = await PreviewAsync(dataset, File([Site("", 70)], [Point("", 70)]));
        Assert.Equal((0, 2), (again.Added, again.Skipped));
    }

    private static FieldValues Width(double value) => FieldValues.Empty.With("width", new FieldValue(null, value));

    private static string DatasetIdentityOf(Dataset dataset) => dataset.Identity.Value;

    private Task<AnnotationSet> SetAsync(Dataset dataset) => host.Exchange.SetAsync(dataset, s_owner, default);

    private Task DefineAsync(Dataset dataset, string[] labels, string[] fields) => host.Schemas.ChangeAsync(
        dataset.Identity, now => SchemaRules.Check(now with
        {
            Labels = new(labels.Select(l => new AnnotationLabel { Name = l, Color = "#77aadd" })),
            Fields = new(fields.Select(f => new AnnotationField { Name = f, Type = FieldType.Number })),
        }, now), 0, s_ada, default);

    private Task<ImportReport> PreviewAsync(Dataset dataset, string text) => host.Exchange.PreviewAsync(
        Order(new ImportChoice(OverwriteNewer: true), s_scan) with { Dataset = dataset, MayDefine = true },
        AnnotationFiles.Read(text, "f", s_scan), s_ada, default);

    private Task<ImportReport> BringInAsync(Dataset dataset, string text, ImportChoice? choice = null) => host.Exchange.ImportAsync(
        Order(choice ?? new ImportChoice(OverwriteNewer: true), s_scan) with { Dataset = dataset, MayDefine = true },
        AnnotationFiles.Read(text, "f", s_scan), s_ada, default);
}
