using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Measurements;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations.Exchange;

/// <summary>Sites and annotations in every format, there and back.</summary>
public sealed partial class ExchangeTests(TestHost host) : IClassFixture<TestHost>
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

    // A link is of a dataset that is open to everybody, in a store that is; what is missing is said.
    [Fact]
    public void NeuroglancerLink_WhereItCannotBe_NamesAllThatIsMissing()
    {
        var (set, scan) = (new AnnotationSet(host.Dataset, AnnotationSchema.Empty, [], []), s_scan);
        var link = NeuroglancerLink.Of(set, scan, "https://blobs.example.org/ct/", isPublic: true);
        Assert.Null(link.Reason);
        Assert.StartsWith("https://neuroglancer-demo.appspot.com/#!", link.Url);
        Assert.Contains($"zarr://https://blobs.example.org/ct/{host.Dataset.Find("projection", 1.5)!.Prefix.TrimEnd('/')}",
            Uri.UnescapeDataString(link.Url!));
        Assert.Equal("Not available because this server's store is not public; its operator sets Dendrite:PublicStore where it is.",
            NeuroglancerLink.Of(set, scan, null, isPublic: true).Reason);
        Assert.Equal("Not available because this dataset is not open to everybody, which an owner can change under People.",
            NeuroglancerLink.Of(set, scan, "https://blobs.example.org", isPublic: false).Reason);
        Assert.Contains("open to everybody, which an owner can change under People; and this server's store is not public",
            NeuroglancerLink.Of(set, scan, "", isPublic: false).Reason);
        Assert.Contains("no such scan", NeuroglancerLink.Of(set, scan with { Hours = 7 }, "https://x.org", isPublic: true).Reason);
        Assert.All(["ftp://x", "blobs", "https://x.org/?a"], address =>
            Assert.Contains("Dendrite:PublicStore", Assert.Single(new DendriteOptions { PublicStore = address }.Problems(),
                p => p.Contains("PublicStore", StringComparison.Ordinal))));
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
            host.Exchange.PreviewAsync(Order(new ImportChoice(), s_scan), file, s_ada, default).GetAwaiter().GetResult();
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
        var (file, history) = (AnnotationFiles.Read(layer, "f", scan), new EditHistory("page"));
        var me = new Editor(s_ada, history);
        var refused = await host.Exchange.ImportAsync(Order(new ImportChoice(), scan), file, me, default);
        Assert.Equal((3, 2, false), (refused.Added, refused.Wrong, refused.Applied));
        Assert.Equal([6, 7], refused.Lines.Where(l => l.Outcome == ImportOutcome.Wrong).Select(l => l.Line).Order());
        var done = await host.Exchange.ImportAsync(Order(new ImportChoice(SkipWrong: true), scan), file, me, default);
        Assert.Equal((3, true), (done.Added, done.Applied));
        var line = (await host.Measurements.Log.ListAsync(host.Dataset.Identity)).Single(m => m.Id == "l1");
        Assert.Equal(20, line.Result!.LengthUm!.Value.Value, 9);
        var again = await host.Exchange.PreviewAsync(Order(new ImportChoice(SkipWrong: true), scan), file, s_ada, default);
        Assert.Equal((0, 0, 3), (again.Added, again.Changed, again.Unchanged));
        Assert.Equal(1, history.Counts.Undo);
        await history.UndoAsync(s_ada, default);
        Assert.DoesNotContain(await host.Measurements.Log.ListAsync(host.Dataset.Identity), m => m.Id is "p1" or "l1");
        Assert.DoesNotContain(await host.Exchange.Sites.ListAsync(host.Dataset.Identity), s => s.Id == "s1");
        var imports = new AuditFilter(Dataset: host.Dataset.Identity.Value, Kind: AuditKind.Import);
        var entry = (await host.Audit.ListAsync(imports, 0, 1)).Entries[0];
        Assert.Contains("3 added, 0 changed, 0 unchanged, 0 skipped, 2 wrong", entry.Detail);

        // After a reload too it is one step, back and forth.
        var desk = new EditDesk(host.Journal, [host.Exchange.Sites, host.Measurements.Log]);
        foreach (var isThere in new[] { true, false })
        {
            using var reloaded = new EditHistory("page");
            await desk.RecallAsync(host.Dataset.Identity, s_ada.Key, reloaded, [], default);
            Assert.Equal("import 3 sites and annotations", isThere ? reloaded.Counts.RedoName : reloaded.Counts.UndoName);
            await (isThere ? reloaded.RedoAsync(s_ada, default) : reloaded.UndoAsync(s_ada, default));
            Assert.Equal(isThere, (await host.Exchange.Sites.ListAsync(host.Dataset.Identity)).Any(s => s.Id == "s1"));
            Assert.Equal(isThere, (await host.Measurements.Log.ListAsync(host.Dataset.Identity)).Any(m => m.Id == "p1"));
        }
    }

    // What is exported, brought into a dataset without annotations and exported again is the same, but for who marked it, and for numbers
    // of regions and profiles, which nobody has measured there yet.
    [Fact]
    public void Export_BroughtIntoAnEmptyDataset_IsExportedTheSame() =>
        Prop.ForAll<int>(seed => IsExportedTheSame(seed).Result).Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    private async Task<bool> IsExportedTheSame(int seed)
    {
        var random = new Random(seed);
        var schema = SchemaRules.Check(new AnnotationSchema
        {
            Labels = new([
                new() { Name = "Crack", Color = "#77aadd", Key = 3 }, new() { Name = "Old name", Color = "#ffaabb", Retired = true },
            ]),
            Fields = new([
                new() { Name = "Width", Type = FieldType.Number, Unit = "µm" }, new() { Name = "Sure", Type = FieldType.YesNo },
                new() { Name = "Shape", Type = FieldType.Choice, Choices = new(["round", "flat"]) },
                new() { Name = "Remark", Type = FieldType.Text },
            ]),
        }, AnnotationSchema.Empty);
        FieldValues Values() => FieldValues.Empty.With("width", new FieldValue(null, Math.Round(random.NextDouble(), 9)))
            .With("sure", random.Next(2) == 0 ? null : new FieldValue(null, null, random.Next(2) == 0))
            .With("shape", new FieldValue(random.Next(2) == 0 ? "round" : "flat")).With("remark", new FieldValue("=a, \"ß\"\n; é"));
        ValueList<string> Labels() => new(new[] { "crack", "old_name" }.Where(_ => random.Next(2) == 0));
        var set = Random(random);
        set = set with
        {
            Schema = schema,
            Sites = [.. set.Sites.Select(s => s with
            {
                Label = "S" + s.Label, ZUm = 60, Labels = Labels(), Fields = Values(),
                Track = new(s.Track.Select(p => p with { ZUm = 61 })),
            })],
            Drawn = [.. set.Drawn.Select(m => m with
            {
                Label = "M" + m.Label, Note = "n" + m.Note, Labels = Labels(), Fields = Values(),
                Color = random.Next(2) == 0 ? "" : "#123456", ThicknessUm = s_flat.Contains(m.Kind) ? 12 : 0,
                WidthUm = m.Kind == MeasurementKind.Profile ? 6 : 0,
                PointsUm = m.Kind switch
                {
                    MeasurementKind.Polygon => [[60, 10, 10], [60, 20, 10], [60, 20, 20]],
                    _ when s_flat.Contains(m.Kind) => [.. m.PointsUm.Select(p => new[] { 60, p[1], p[2] })],
                    _ => m.PointsUm,
                },
            })],
        };

        // The first import is of what was made up; from then on there are two datasets to compare.
        var first = await ImportedAsync(AnnotationFiles.Write(ExchangeFormat.Json, set));
        Assert.Equal((set.Sites.Count + set.Drawn.Count, true), (first.Report.Added, first.Report.Applied));
        Assert.Equal(schema.Labels, first.Set.Schema.Labels);
        Assert.Equal(schema.Fields, first.Set.Schema.Fields);
        var second = await ImportedAsync(AnnotationFiles.Write(ExchangeFormat.Json, first.Set));
        Assert.Equal(Comparable(first.Set), Comparable(second.Set));

        // Tables have no labels and fields of their own.
        var third = await ImportedAsync(
            AnnotationFiles.Write(ExchangeFormat.Json, first.Set with { Sites = [], Drawn = [], Schema = Offered(first.Set.Schema) }),
            SiteFiles.ToCsv(first.Set.Sites, first.Set.Schema), MeasurementFiles.ToCsv(first.Set.Drawn, host.Dataset, first.Set.Schema));
        Assert.Equal(Comparable(first.Set), Comparable(third.Set with { Schema = first.Set.Schema with { ChangedAt = 0 } }));
        return true;
    }

    private static AnnotationSchema Offered(AnnotationSchema s) =>
        s with { Labels = new(s.Labels.Select(l => l with { Retired = false })) };

    private string Comparable(AnnotationSet set) => AnnotationFiles.Write(ExchangeFormat.Json, set with
    {
        Schema = set.Schema with { Version = 0, ChangedAt = 0 }, Sites = [.. set.Sites.Select(s => s with { ChangedAt = 0, Version = 0 })],
        Drawn = [.. set.Drawn.Select(m => m with { ChangedAt = 0, Version = 0, Result = null })],
        Dataset = host.Dataset,
    });

    // Files brought one after another into a dataset without annotations, by who may curate it.
    private async Task<(ImportReport Report, AnnotationSet Set)> ImportedAsync(params string[] files)
    {
        var dataset = Another();
        ImportReport report = null!;
        foreach (var file in files)
        {
            report = await host.Exchange.ImportAsync(
                Order(new ImportChoice(), s_scan) with { Dataset = dataset, MayDefine = true },
                AnnotationFiles.Read(file, "f", s_scan), s_ada, default);
            Assert.True(report.Applied || report.Wrong == 0, report.Refusal("f"));
        }

        return (report, await host.Exchange.SetAsync(dataset, new DatasetGrant(DatasetRole.Own, IsMember: true), default));
    }

    // A curator adds what the dataset lacks; who annotates is told that it is left out, with the values.
    [Fact]
    public async Task LabelsAndFieldsOfAFile_AreAddedByCurators_AndLeftOutForAnnotators()
    {
        const string text = """
            {"format":"dendrite-annotations","version":1,
             "schema":{"labels":[{"id":"void","name":"Void","color":"#77aadd"},{"id":"zzz","name":"Crack","color":"#123"}],
               "fields":[{"id":"width","name":"Width","type":"number"}]},
             "sites":[{"id":"n1","zUm":60,"yUm":60,"xUm":60,"hours":0,"modality":"projection","label":"N1","labels":["void","zzz"],
               "fields":{"width":3}}]}
            """;
        var file = AnnotationFiles.Read(text, "f", s_scan);
        var dataset = Another();
        await host.Schemas.ChangeAsync(dataset.Identity, now => SchemaRules.Check(
            now with { Labels = new([new() { Name = "crack", Color = "#ffaabb" }]) }, now), 0, s_ada, default);
        var order = Order(new ImportChoice(), s_scan) with { Dataset = dataset };
        var told = await host.Exchange.PreviewAsync(order, file, s_ada, default);
        Assert.Equal((1, 0), (told.Added, told.Wrong));
        Assert.Equal("Leaves out the label Void and the field Width, with their values in 1 line; curators and owners of the dataset can "
            + "bring them in.", told.Schema!.Sentence);
        await host.Exchange.ImportAsync(order, file, s_ada, default);
        Assert.Equal(["crack"], (await host.Exchange.Sites.ListAsync(dataset.Identity)).Single().Labels);
        order = order with { MayDefine = true };
        Assert.Equal("Adds the label Void and the field Width, which this dataset does not have yet.",
            (await host.Exchange.PreviewAsync(order, file, s_ada, default)).Schema!.Sentence);
        await host.Exchange.ImportAsync(order with { Choice = new ImportChoice(OverwriteNewer: true) }, file, s_ada, default);
        var site = (await host.Exchange.Sites.ListAsync(dataset.Identity)).Single();
        Assert.Equal(["void", "crack"], site.Labels);
        Assert.Equal(3, site.Fields["width"]!.Number);
        Assert.Null((await host.Exchange.PreviewAsync(order, file, s_ada, default)).Schema);
    }

    // Another server writes between the preview and the write: nothing of a file is half there.
    [Fact]
    public async Task Import_WhoseAnnotationsAreRefused_WritesNoSitesEither()
    {
        var dataset = Another();
        var (sites, drawn) = (host.Exchange.Sites, host.Measurements.Log);
        var good = sites.BeginImport(dataset, [new SiteLine { ZUm = 60, YUm = 60, XUm = 60, Hours = 0 }], new ImportChoice(),
            AnnotationSchema.Empty, s_ada, default);
        var bad = drawn.BeginImport(
            new DrawnFile(dataset, [new ReadMark(1) { Wrong = "No." }], AnnotationSchema.Empty, new ImportChoice(), m => m), s_ada,
            default);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            host.Journal.AppendAsync(dataset.Identity, PendingEdit.Together([good.Edit, bad.Edit], null)));
        await Assert.ThrowsAsync<ArgumentException>(() => good.FinishAsync());
        Assert.Empty(await sites.ListAsync(dataset.Identity));
    }

    // The same scans as a dataset that nobody has annotated.
    private Dataset Another() => Another(host.Dataset.Volumes);

    private ImportOrder Order(ImportChoice choice, DefaultScan scan) => new(host.Dataset, choice, scan, MayDefine: false);

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
