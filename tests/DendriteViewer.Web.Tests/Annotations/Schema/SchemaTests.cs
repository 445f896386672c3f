using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Measurements;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations.Schema;

/// <summary>What labels and fields a dataset may have, and what sites may have of them.</summary>
public sealed class SchemaTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person s_ada = new("account:ada", "Ada");

    private static readonly AnnotationSchema s_wanted = new()
    {
        Labels = new([new AnnotationLabel { Name = " Dendrite ", Color = "#77aadd", Key = 1 }]),
        Fields = new(
        [
            new AnnotationField { Name = "Form", Type = FieldType.Choice, Choices = new(["mossy", "needle"]), Required = true },
            new AnnotationField { Name = "Width", Type = FieldType.Number, Unit = "µm", Least = 0, Most = 50 },
            new AnnotationField { Name = "Größe 2", Type = FieldType.Text, For = new(["ruler"]) },
            new AnnotationField { Name = "Sure", Type = FieldType.YesNo },
        ]),
    };

    [Fact]
    public void Schema_Checked_HasIdsThatAreNamesOfColumnsAndStay()
    {
        var made = SchemaRules.Check(s_wanted, AnnotationSchema.Empty);
        Assert.Equal(("dendrite", "Dendrite"), (made.Labels[0].Id, made.Labels[0].Name));
        Assert.Equal(["form", "width", "gr_e_2", "sure"], made.Fields.Select(f => f.Id));
        var renamed = SchemaRules.Check(made with { Fields = new(made.Fields.Select(f => f with { Name = f.Name + " now" })) }, made);
        Assert.Equal(made.Fields.Select(f => f.Id), renamed.Fields.Select(f => f.Id));
        Assert.Equal(made, JsonSerializer.Deserialize<AnnotationSchema>(
            JsonSerializer.Serialize(made, MeasurementLog.Json), MeasurementLog.Json));
    }

    public static TheoryData<AnnotationSchema, string> Wrong => new()
    {
        { s_wanted with { Labels = new([s_wanted.Labels[0], s_wanted.Labels[0] with { Name = "dendrite" }]) }, "Two labels are called" },
        { s_wanted with { Labels = new([s_wanted.Labels[0] with { Color = "#ff0000" }]) }, "one of the palette" },
        { s_wanted with { Labels = new([s_wanted.Labels[0], s_wanted.Labels[0] with { Name = "b" }]) }, "Two labels have the key 1" },
        { s_wanted with { Labels = new([s_wanted.Labels[0] with { Name = " " }]) }, "A label has no name" },
        { s_wanted with { Fields = new([s_wanted.Fields[0] with { Choices = ValueList<string>.Empty }]) }, "offers 0 choices" },
        { s_wanted with { Fields = new([s_wanted.Fields[1] with { Least = 60 }]) }, "give the smaller number first" },
        { s_wanted with { Fields = new([s_wanted.Fields[1] with { For = new(["rulers"]) }]) }, "kinds are site, ruler" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Schema_ThatCannotBe_IsRefusedInOneSentence(AnnotationSchema wanted, string said) =>
        Assert.Contains(said, Assert.Throws<ArgumentException>(() => SchemaRules.Check(wanted, AnnotationSchema.Empty)).Message);

    [Theory]
    [InlineData("form", "fluffy", "it is one of mossy, needle")]
    [InlineData("width", "wide", "not a number")]
    [InlineData("width", "51", "give 0 to 50 µm")]
    [InlineData("sure", "perhaps", "it is yes or no")]
    public void Value_ThatCannotBe_IsRefusedInOneSentence(string field, string text, string said)
    {
        var schema = SchemaRules.Check(s_wanted, AnnotationSchema.Empty);
        Assert.Contains(said, Assert.Throws<ArgumentException>(() => MarkRules.Parse(schema.Field(field)!, text)).Message);
    }

    [Fact]
    public void Numbers_WrittenAndReadAsText_AreTheSame()
    {
        var field = new AnnotationField { Name = "n", Type = FieldType.Number };
        Prop.ForAll<double>(number => !double.IsFinite(number)
            || MarkRules.Parse(field, new FieldValue(null, number).ToString())!.Number == number).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Operations_ThatGiveLabelsAndValues_AreJudgedByTheSchemaAndNumberedInOneJournalWithIt()
    {
        var journal = new EditJournal(host.Database, host.Time);
        var schemas = new SchemaLog(host.Database, host.Time, journal);
        var sites = new SiteLog(host.Database, host.Time, journal, schemas);
        var desk = new EditDesk(journal, [sites]);
        var identity = host.Dataset.Identity;
        var site = await sites.AddAsync(host.Dataset, new WorldPoint(60, 60, 60), 1.5, "projection", s_ada, default);
        var before = await schemas.OfAsync(identity);
        var number = await journal.NumberAsync(identity, default);
        using var history = new EditHistory("page");
        var page = new Editor(s_ada, history);
        await schemas.ChangeAsync(identity, _ => SchemaRules.Check(s_wanted, AnnotationSchema.Empty), before.Version, page, default);
        Assert.Equal(0, history.Counts.Undo);
        var answers = await desk.ApplyAsync(host.Dataset, EditOp.ReadAll(
            $$$"""
            [{"key":"labels-no","do":"change","id":"{{{site.Id}}}","base":1,"fields":{"labels":["no"]},"was":{"labels":[]}},
             {"key":"labels-null","do":"change","id":"{{{site.Id}}}","base":1,"fields":{"labels":null},"was":{"labels":[]}},
             {"key":"label-null","do":"change","id":"{{{site.Id}}}","base":1,"fields":{"label":null},"was":{"label":"{{{site.Label}}}"}},
             {"key":"labels-yes","do":"change","id":"{{{site.Id}}}","base":1,"fields":{"labels":["dendrite"]},"was":{"labels":[]}},
             {"key":"labels-schema","kind":"schema","do":"delete","id":"schema"}]
            """), page, default);
        Assert.Equal(
            [EditOutcome.Refused, EditOutcome.Unchanged, EditOutcome.Refused, EditOutcome.Accepted, EditOutcome.Refused],
            answers.Select(a => a.Outcome));
        Assert.Equal(["dendrite"], (await sites.ListAsync(identity)).Single(s => s.Id == site.Id).Labels);
        var entries = await journal.SinceAsync(identity, number, 10, default);
        Assert.Equal(["schema", "site"], entries.Select(e => e.Kind));
        Assert.Equal([number + 1, number + 2], entries.Select(e => e.Number));

        // Another server folds the same.
        var other = new SchemaLog(host.Database, host.Time);
        Assert.Equal(await schemas.OfAsync(identity), await other.OfAsync(identity));
        await history.UndoAsync(s_ada, default);
        Assert.Empty((await sites.ListAsync(identity)).Single(s => s.Id == site.Id).Labels);
    }

    [Fact]
    public async Task LabelsAndFields_ThatWereSaved_AreRetiredWhereTheyAreTakenOutAndKeepTheirIds()
    {
        var (schemas, sites) = (host.Schemas, host.Sites);
        var desk = new SchemaDesk(schemas, sites, host.Measurements.Log, host.Audit);
        var all = host.Dataset;
        var dataset = new Dataset(
            all.Id, all.Manifest with { Identity = DatasetIdentity.New().Value }, all.Volumes, all.Labels, all.Depth, all.Outline);
        var before = await schemas.OfAsync(dataset.Identity);
        var made = await desk.SaveAsync(dataset, s_wanted with { Version = before.Version }, s_ada, default);
        var site = await sites.AddAsync(dataset, new WorldPoint(60, 60, 60), 1.5, "projection", s_ada, default);
        Assert.Equal(["Form"], made.Missing("site", site.Fields));
        site = await sites.ChangeAsync(dataset, site with
        {
            Labels = new(["dendrite"]), Fields = FieldValues.Empty.With("form", new("needle")).With("width", new(null, 12.5)),
        }, s_ada, default);
        await Assert.ThrowsAsync<ArgumentException>(() => sites.ChangeAsync(dataset, site with { Labels = new(["no"]) }, s_ada,
            default));
        await Assert.ThrowsAsync<ArgumentException>(() => sites.ChangeAsync(
            dataset, site with { Fields = site.Fields.With("gr_e_2", new("for rulers")) }, s_ada, default));

        // A type stays where there are values; what is taken out is retired, since the log may have it.
        await Assert.ThrowsAsync<ArgumentException>(() => desk.SaveAsync(dataset, made with
        {
            Fields = new(made.Fields.Select(f => f.Id == "width" ? f with { Type = FieldType.Text } : f)),
        }, s_ada, default));
        var bare = await desk.SaveAsync(dataset, AnnotationSchema.Empty with { Version = made.Version }, s_ada, default);
        Assert.Equal(["form", "width", "gr_e_2", "sure"], bare.Fields.Where(f => f.Retired).Select(f => f.Id));
        Assert.Equal(4, bare.Fields.Count);
        Assert.True(bare.Label("dendrite")!.Retired);
        var told = new AuditFilter(Dataset: dataset.Identity.Value, Kind: AuditKind.Description);
        var count = (await host.Audit.ListAsync(told, 0, 10)).Entries.Count;
        await Assert.ThrowsAsync<EditConflictException>(() => desk.SaveAsync(dataset, made, s_ada, default));
        Assert.Equal(count, (await host.Audit.ListAsync(told, 0, 10)).Entries.Count);
        Assert.Equal(2, count);

        // What is taken out and added under the same name in one save is another, also before one that is kept and stands behind it.
        bare = await desk.SaveAsync(dataset, bare with
        {
            Labels = new([new AnnotationLabel { Name = "Dendrite", Color = "#77aadd" }, bare.Labels[0]]),
            Fields = new(bare.Fields.Where(f => f.Id != "sure").Append(new AnnotationField { Name = "Sure", Type = FieldType.Text })),
        }, s_ada, default);
        Assert.Equal(["dendrite_2", "dendrite"], bare.Labels.Select(l => l.Id));
        Assert.Equal(["sure_2", "sure"], bare.Fields.TakeLast(2).Select(f => f.Id));

        // What it has of retired ones stays over another edit, and is in the table.
        site = await sites.ChangeAsync(dataset, site with { Note = "kept" }, s_ada, default);
        Assert.Equal(12.5, site.Fields["width"]!.Number);
        var csv = SiteFiles.ToCsv([site], bare);
        Assert.Contains(",field_form,field_width,field_gr_e_2,field_sure_2,field_sure\n", csv);
        Assert.EndsWith("Dendrite,,needle,12.5,,,\n", csv);
    }
}
