using System.Text.Json;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Exchange;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Web.Tests.Annotations;

/// <summary>What a file of sites does to the sites that are there, and what its report says.</summary>
public sealed class SiteImportTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Person Ada = new("ada", "Ada"), Ben = new("ben", "Ben");
    private readonly SiteLog _log = host.Exchange.Sites;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_OfWhatWasExported_IsAllUnchanged(bool json)
    {
        await AddAsync("a, \"b\"\nc");
        await AddAsync("=1+1");
        var sites = await _log.ListAsync(host.Dataset.Identity);
        var text = json ? JsonSerializer.Serialize(sites, SiteLog.Json) : SiteFiles.ToCsv(sites);
        var edits = (await _log.HistoryAsync(host.Dataset.Identity, default)).Count;
        var report = await ImportAsync(text);
        Assert.Equal((sites.Count, 0, 0, 0, 0), (report.Unchanged, report.Added, report.Changed, report.Skipped, report.Wrong));
        Assert.Equal(edits, (await _log.HistoryAsync(host.Dataset.Identity, default)).Count);
    }

    [Fact]
    public async Task Import_ReportsEveryLine_ByWhatBecomesOfIt()
    {
        var (kept, changed, deleted) = (await AddAsync("kept"), await AddAsync("old"), await AddAsync("gone"));
        await _log.DeleteAsync(host.Dataset.Identity, deleted.Id, Ada, default);
        var csv = "id,note,z_um,y_um,x_um,hours,label\n"
            + $"{kept.Id},kept,60,90,90,0,{kept.Label}\n"
            + $"{changed.Id},new,60,90,90,0,{changed.Label}\n"
            + $"{deleted.Id},gone,60,90,90,0,x\n"
            + "fresh1,new,61,90,90,0,\n"
            + "fresh1,twice,61,90,90,0,\n"
            + "not an id,new,62,90,90,0,M1\n"
            + "fresh2,new,6000,90,90,0,M2\n"
            + "fresh3,new,here,90,90,0,M3\n";
        var preview = await PreviewAsync(csv, new ImportChoice());
        Assert.Equal((2, 1, 1), (preview.Added, preview.Changed, preview.Unchanged));
        Assert.Equal((2, 2, false), (preview.Skipped, preview.Wrong, preview.Applied));
        Assert.Equal([8, 9, 4, 6, 3, 5, 7], preview.Lines.Select(l => l.Line));
        Assert.Contains("outside the scans", preview.Lines[0].Why);
        Assert.Contains("x", preview.Lines[2].Site);
        Assert.Contains("deleted here", preview.Lines[2].Why);
        Assert.Contains("in line 5 already", preview.Lines[3].Why);
        Assert.Equal("note", preview.Lines[4].Why);
        Assert.Contains("has no label, and is called N", preview.Lines[5].Why);
        Assert.Contains("it gets another", preview.Lines[6].Why);

        // A wrong line refuses the file, unless somebody chooses to leave such lines out.
        var before = State();
        Assert.False((await ImportAsync(csv)).Applied);
        Assert.Equal(before, State());
        var page = new Editor(Ada, new EditHistory());
        var report = await ImportAsync(csv, new ImportChoice(SkipWrong: true), page);
        Assert.Equal((2, 1, true), (report.Added, report.Changed, report.Applied));
        Assert.Equal("new", (await _log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == changed.Id).Note);
        await page.History!.UndoAsync(Ada, default);
        Assert.Equal(before, State());
    }

    [Fact]
    public async Task Import_OfAFileOlderThanAnEdit_LeavesTheEditUnlessSomebodyChooses()
    {
        var site = await AddAsync("as exported");
        var csv = SiteFiles.ToCsv([site with { Note = "changed in the file" }]);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await _log.ChangeAsync(host.Dataset, site with { Note = "changed by Ben" }, Ben, default);
        var report = await ImportAsync(csv);
        Assert.Equal((1, true), (report.Skipped, report.Applied));
        Assert.Contains("changed here after the file was written, which has another note", report.Lines[0].Why);
        Assert.Equal("changed by Ben", await NoteAsync(site.Id));
        var chosen = await ImportAsync(csv, new ImportChoice(OverwriteNewer: true));
        Assert.Equal(1, chosen.Changed);
        Assert.Equal("changed in the file", await NoteAsync(site.Id));
    }

    [Fact]
    public async Task Import_OfSomeColumns_LeavesTheOthers()
    {
        var site = await AddAsync("stays");
        var report = await ImportAsync($"id,status\n{site.Id},confirmed\nunknown,rejected\n", new ImportChoice(SkipWrong: true));
        Assert.Equal((1, 1), (report.Changed, report.Wrong));
        Assert.Contains("There is no site unknown", report.Lines[0].Why);
        var now = (await _log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == site.Id);
        Assert.Equal((SiteStatus.Confirmed, "stays", site.RadiusUm, "Ada"), (now.Status, now.Note, now.RadiusUm, now.Author));
    }

    [Fact]
    public async Task Import_WithoutIdsTwice_AddsEachSiteOnce()
    {
        const string csv = "z_um,y_um,x_um,hours\n33,44,55,0\n33,44,56,0\n";
        Assert.Equal(2, (await ImportAsync(csv)).Added);
        var again = await ImportAsync(csv);
        Assert.Equal((0, 2), (again.Added, again.Skipped));
        Assert.Contains("at the same place already", again.Lines[0].Why);
    }

    [Fact]
    public async Task Report_OfManyLines_IsBounded()
    {
        var csv = "z_um,y_um,x_um,hours\n" + string.Concat(Enumerable.Range(0, 1500).Select(i => $"6000,{i},0,0\n"));
        var report = await PreviewAsync(csv, new ImportChoice());
        Assert.Equal((1500, ImportReport.MostLines, 500), (report.Wrong, report.Lines.Count, report.LeftOut));
        Assert.Contains("The file has 1500 wrong lines; nothing was taken. Line 2: ", report.Refusal("The file"));
    }

    // Whatever a file says: the counts add up to its lines, a preview says what the import then does, and a second import changes nothing.
    [Fact]
    public void Import_OfAnyLines_DoesWhatThePreviewSaysAndTwiceIsOnce()
    {
        var ids = Gen.Elements("p1", "p2", "p3", "p4", "", "no id");
        var lines = (from id in ids
                     from note in Gen.Elements("", "x", "y")
                     from z in Gen.Elements("60", "61.5", "6000", "far", "")
                     from status in Gen.Elements("", "confirmed", "maybe")
                     select $"{id},{note},{z},90,90,0,{status}").ArrayOf(6);
        Prop.ForAll(lines.ToArbitrary(), rows =>
        {
            var csv = "id,note,z_um,y_um,x_um,hours,status\n" + string.Join('\n', rows);
            var choice = new ImportChoice(SkipWrong: true);
            var preview = PreviewAsync(csv, choice).Result;
            var report = ImportAsync(csv, choice).Result;
            Assert.Equal(rows.Length, report.Added + report.Changed + report.Unchanged + report.Skipped + report.Wrong);
            Assert.Equal(preview.Lines, report.Lines);
            var state = State();
            var again = ImportAsync(csv, choice).Result;
            Assert.Equal((0, 0), (again.Added, again.Changed));
            return state.SequenceEqual(State());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private async Task<string> NoteAsync(string id) => (await _log.ListAsync(host.Dataset.Identity)).Single(s => s.Id == id).Note;

    private Task<ImportReport> PreviewAsync(string text, ImportChoice choice) =>
        host.Exchange.PreviewAsync(Order(choice), ReadMarks.Of(SiteFiles.Read(text, "f")), Ada, default);

    private Task<ImportReport> ImportAsync(string text, ImportChoice? choice = null, Editor? by = null) =>
        host.Exchange.ImportAsync(Order(choice ?? new ImportChoice()), ReadMarks.Of(SiteFiles.Read(text, "f")), by ?? Ada, default);

    private ImportOrder Order(ImportChoice choice) => new(host.Dataset, choice, new DefaultScan(0, "projection"), MayDefine: false);

    private async Task<Site> AddAsync(string note)
    {
        var site = await _log.AddAsync(host.Dataset, new WorldPoint(60, 90, 90), 0, "projection", Ada, default);
        return await _log.ChangeAsync(host.Dataset, site with { Note = note }, Ada, default);
    }

    private string[] State() => [.. _log.ListAsync(host.Dataset.Identity).Result
        .Select(s => $"{s.Id} {s.Label} {s.Note} {s.Status} {s.ZUm}").Order(StringComparer.Ordinal)];
}
